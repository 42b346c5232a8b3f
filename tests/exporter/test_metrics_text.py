"""The text of metrics: read back by two parsers and by promtool, whatever stands in the labels."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from sla_exporter.exposition import Family, Sample, labels, limited, quoted, render
from sla_exporter.negotiation import OPENMETRICS, TEXT, accepts_gzip, negotiated

FAMILIES = [
    Family("slm_tickets_running", "gauge", 'Clocks that "run".\nAnd \\ more.', [
        Sample(labels({"a": "1"}), 3), Sample(labels({"a": "2"}), 0),
    ]),
    Family("slm_ticket_results_total", "counter", "Results.", [Sample(labels({"a": 'q"\\\n'}), 7)]),
    Family("slm_exporter_build_info", "info", "Itself.", [Sample(labels({"version": "1"}), 1)]),
    Family("slm_ticket_clock_seconds", "histogram", "How long.", [
        Sample(labels({"a": "1", "le": "60.0"}), 1, "_bucket"), Sample(labels({"a": "1", "le": "+Inf"}), 2, "_bucket"),
        Sample(labels({"a": "1"}), 100, "_sum"), Sample(labels({"a": "1"}), 2, "_count"),
    ]),
    Family("slm_ledger_writable", "gauge", "Whether.", [Sample("", 1)]),
]  # fmt: skip


def whole(*, openmetrics: bool) -> str:
    text = b"".join(render(family, openmetrics=openmetrics) for family in FAMILIES)
    return (text + (b"# EOF\n" if openmetrics else b"")).decode()


def test_both_forms_are_read_back_as_they_were_meant() -> None:
    for families in (read_text(whole(openmetrics=False)), read_openmetrics(whole(openmetrics=True))):
        found = {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for family in families for sample in family.samples}
        assert found["slm_ticket_results_total", (("a", 'q"\\\n'),)] == 7
        assert found["slm_ticket_clock_seconds_bucket", (("a", "1"), ("le", "60.0"))] == 1
        assert len(found) == 9


def test_promtool_has_nothing_to_say() -> None:
    done = subprocess.run(["promtool", "check", "metrics"], input=whole(openmetrics=False), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@given(st.text())
def test_every_text_may_be_a_label_and_comes_back(value: str) -> None:
    kept = "".join(" " if (ord(char) < 32 and char != "\n") or ord(char) == 127 else char for char in value)
    kept = kept.encode("utf-8", "replace").decode()
    family = Family("slm_x", "gauge", "X.", [Sample(labels({"a": value, "b": "y"}), 1)])
    expected = {"a": kept, "b": "y"} if value else {"b": "y"}
    for families in (read_text(render(family, openmetrics=False).decode()),
                     read_openmetrics(render(family, openmetrics=True).decode() + "# EOF\n")):  # fmt: skip
        assert [sample.labels for each in families for sample in each.samples] == [expected]


def test_nothing_leaves_its_quotes() -> None:
    assert quoted('a"} 1\nslm_evil{b="') == '"a\\"} 1\\nslm_evil{b=\\""'


def test_a_family_is_cut_and_what_is_left_out_is_counted() -> None:
    many = Family("slm_x", "gauge", "X.", [Sample(labels({"a": str(number)}), number) for number in range(10)])
    [(kept, dropped)] = limited([many], 4)
    assert ([sample.value for sample in kept.samples], dropped) == ([0, 1, 2, 3], 6)
    assert list(limited([many], 10)) == [(many, 0)]


def test_a_histogram_is_never_cut_inside_a_series() -> None:
    one = FAMILIES[3].samples
    two = [sample._replace(labels=sample.labels.replace('"1"', '"2"')) for sample in one]
    [(kept, dropped)] = limited([Family("slm_h", "histogram", "H.", [*one, *two])], 6)
    assert (list(kept.samples), dropped) == (list(one), 4)


@pytest.mark.parametrize(("accept", "form"), [
    ("", TEXT),
    ("*/*", TEXT),
    ("text/plain", TEXT),
    ("text/html", TEXT),
    ("application/openmetrics-text", OPENMETRICS),
    ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", OPENMETRICS),
    ("application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.6", TEXT),
    ("application/openmetrics-text;version=0.0.1,text/plain;q=0.1", TEXT),
    ("application/openmetrics-text;version=abc", TEXT),
    ("application/openmetrics-text;q=0", TEXT),
    ("text/plain;q=1.0,application/openmetrics-text;q=0.1", TEXT),
    ("application/openmetrics-text;q=nan", TEXT),
    ("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.9,*/*;q=0.1", TEXT),
])  # fmt: skip
def test_the_form_is_what_the_client_prefers(accept: str, form: object) -> None:
    assert negotiated(accept) is form


@pytest.mark.parametrize(("encoding", "zipped"), [
    ("gzip", True), ("gzip, deflate", True), ("deflate, gzip;q=0.5", True), ("*", True),
    ("gzip;q=0", False), ("identity", False), ("", False),
])  # fmt: skip
def test_gzip_is_sent_to_those_who_take_it(encoding: str, zipped: bool) -> None:
    assert accepts_gzip(encoding) is zipped
