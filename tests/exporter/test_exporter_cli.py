"""The exporter's commands: what they say, and to whom it is of use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sla_exporter.cli import main
from sla_exporter.probes.checking import STALE

from slo_gen import __version__
from slo_gen.rules.ticket_rules import STALE as CALLED_STALE

PROMISES = """
kind: Service
metadata: {name: checkout}
---
kind: Customer
metadata: {name: acme}
---
kind: SLA
metadata: {name: acme}
spec:
  customer: acme
  service: checkout
  state: active
  tickets:
    matrix: {columns: [hours, response, share], P1: [24x7, 15m, 95%]}
"""
GOOD = """kind: Exporter
metadata: {name: main}
spec:
  sources:
    - {name: desk, file: {path: tickets.csv}}
"""
INDICATORS = """
kind: Indicator
metadata: {name: shop-up}
spec: {service: checkout, probe: {read_by: exporter}}
---
kind: Indicator
metadata: {name: requests}
spec: {service: checkout, events: {total: a, bad: b}}
"""
PROBED = GOOD + """  probes:
    - {name: web, blackbox: {url: 'http://b'}, every: 5s, subjects: [{subject: 'http://c', indicator: shop-up}]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "acme.yaml").write_text(PROMISES)
    (tmp_path / "sla-exporter.yaml").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments, prog_name="sla-exporter")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_the_version_is_that_of_slo_gen() -> None:
    assert run("--version").output == f"sla-exporter {__version__}\n"


def test_check_says_what_is_promised(folder: Path) -> None:
    result = run("check")
    assert (result.exit_code, result.output) == (0, "sla-exporter.yaml is good: 1 source, 1 target on tickets in 1 agreement\n")


@pytest.mark.parametrize(("text", "told"), [
    ("", "there is no document of kind Exporter"),
    ("kind: SLO\nmetadata: {name: a}\nspec: {indicator: b, objective: 99%}\n", "there is no document of kind Exporter"),
    (GOOD + "---\n" + GOOD, "there are 2 documents of kind Exporter; the exporter has one"),
    (GOOD.replace("file: {path: tickets.csv}", "redmine: {url: 'http://r', projct: x}"), "unknown field `projct`"),
    (GOOD.replace("file: {path: tickets.csv}", ""), "one of `redmine`, `request_tracker`, `jira`"),
    (GOOD.replace("file: {path: tickets.csv}", "file: {path: a}, every: soon"), "`every`"),
    (GOOD.replace("file: {path: tickets.csv}", "redmine: {url: 'https://me:secret@redmine.example.com'}"), "`url`"),
    (GOOD + "    - {name: desk, file: {path: b}}\n", "there are two sources desk"),
    (GOOD.replace("file: {path: tickets.csv}", "plugin: {use: nosuch}"), "there is no source plugin 'nosuch'"),
    (GOOD.replace("spec:", "spec:\n  specs: [nowhere]"), "there is no such file or folder"),
    ("kind: Exporter\nmetadata: {name: main}\nspec: {sources: [", "a value is missing"),
])  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(folder: Path, text: str, told: str) -> None:
    (folder / "sla-exporter.yaml").write_text(text)
    result = run("check")
    assert result.exit_code == 1
    assert told in result.output
    assert "secret" not in result.output
    assert "Traceback" not in result.output
    assert ".yaml:" in result.output or "nowhere" in result.output


@pytest.mark.parametrize(("text", "told"), [
    (PROBED.replace(" blackbox: {url: 'http://b'},", ""), "one of `blackbox`, `prometheus`, `icinga`"),
    (PROBED.replace("name: web", "name: desk"), "another source or probe is called desk too"),
    (PROBED.replace("shop-up", "shop-ups"), "there is no indicator shop-ups"),
    (PROBED.replace("shop-up", "requests"), "the indicator requests is measured by Prometheus"),
    (PROBED.replace("every: 5s", "every: 5s, timeout: 6s"), "a request may take 6s, and the next one is due after 5s"),
    (PROBED.replace("every: 5s", "every: 5s, checked_every: 4s"), "the system looks every 4s, and is asked every 5s only"),
    (PROBED.replace("}]", "}, {subject: 'http://c', indicator: shop-up}]"), "shop-up is seen from web by another subject already"),
    (PROBED.replace("blackbox: {url: 'http://b'}", "plugin: {use: nosuch}"), "there is no probe plugin 'nosuch'; none is installed"),
    (PROBED.replace(", subjects: [{subject: 'http://c', indicator: shop-up}]", ""), "`subjects`"),
    (PROBED.replace("blackbox: {url: 'http://b'}", "http: {allow: [1.2.3.4/33]}"), "'1.2.3.4/33' is no network, address or name"),
    (PROBED.replace("blackbox: {url: 'http://b'}", "http: {status: [700]}"), "`status`"),
    (PROBED.replace("blackbox: {url: 'http://b'}", "http: {}").replace("'http://c'", "'http://me:secret@c'"), "the subject is no address"),
    (PROBED.replace("blackbox: {url: 'http://b'}", "tcp: {}"), "'http://c' is no address"),
    (PROBED.replace("blackbox: {url: 'http://b'}", "json: {url: 'http://b', up: [ok], down: [ok]}").replace("http://c", "a"),
     "'ok' cannot mean both up and down"),
    (PROBED.replace("blackbox: {url: 'http://b'}", "json: {url: 'http://b', up: [ok], at: 'a['}").replace("http://c", "a"),
     "'a[' is no path"),
    (PROBED.replace("blackbox: {url: 'http://b'}", "json: {url: 'http://b', up: [ok]}"), "'http://c' is no path"),
])  # fmt: skip
def test_what_is_wrong_with_probes_is_told_with_its_place(folder: Path, text: str, told: str) -> None:
    (folder / "specs" / "indicators.yaml").write_text(INDICATORS)
    (folder / "sla-exporter.yaml").write_text(text)
    result = run("check")
    assert result.exit_code == 1
    assert told in result.output
    assert "sla-exporter.yaml:7:" in result.output
    assert "secret" not in result.output


def test_a_probe_that_alerts_take_for_stale_is_told(folder: Path) -> None:
    assert CALLED_STALE == STALE
    (folder / "specs" / "indicators.yaml").write_text(INDICATORS)
    for every, told in (("15m", False), ("16m", True)):
        (folder / "sla-exporter.yaml").write_text(PROBED.replace("every: 5s", f"every: {every}"))
        result = run("check")
        assert result.exit_code == 0
        assert ("warning: between two looks of web is more than the quarter of an hour" in result.output) is told


@pytest.mark.parametrize(("kind", "subject", "allow", "refused"), [
    ("http", "http://169.254.169.254/latest", "", "169.254.169.254"),
    ("http", "http://2852039166/", "", "2852039166"),                             # the same as one number
    ("http", "'https://[fe80::1]:8443/'", "", "fe80::1"),
    ("http", "http://Metadata.Google.internal/", "", "metadata.google.internal"),
    ("http", "http://169.254.169.254/", "169.254.0.0/16", ""),
    ("http", "http://metadata/", "metadata", ""),
    ("http", "http://127.0.0.1/", "", ""),
    ("http", "http://10.0.0.7/", "", ""),
    ("http", "http://nobody-knows.invalid/", "", ""),                              # no name server is asked
    ("tcp", "169.254.1.1:22", "", "169.254.1.1"),
    ("tcp", "'[::ffff:169.254.169.254]:80'", "", "::ffff:169.254.169.254"),
    ("tcp", "0.0.0.0:80", "", "0.0.0.0"),
    ("tcp", "169.254.1.1:22", "169.254.1.1", ""),
    ("blackbox", "http://169.254.169.254/", "", ""),                               # the other system asks, by its own rules
])
def test_a_subject_that_will_never_be_asked_is_told(folder: Path, kind: str, subject: str, allow: str, refused: str) -> None:
    (folder / "specs" / "indicators.yaml").write_text(INDICATORS)
    settings = "url: 'http://b'" if kind == "blackbox" else f"allow: [{allow}]"
    text = PROBED.replace("blackbox: {url: 'http://b'}", f"{kind}: {{{settings}}}").replace("'http://c'", subject)
    (folder / "sla-exporter.yaml").write_text(text)
    result = run("check")
    assert result.exit_code == 0, result.output
    told = f"warning: {refused} is an address or name of the link, of this host or of a cloud's secrets: it is not asked" if refused else ""
    assert ("warning" in result.output) is bool(refused)
    assert told in result.output


def test_an_indicator_that_nobody_looks_at_is_told(folder: Path) -> None:
    (folder / "specs" / "indicators.yaml").write_text(INDICATORS)
    result = run("check")
    assert result.exit_code == 0
    assert "warning: no probe looks at shop-up" in result.output
    (folder / "sla-exporter.yaml").write_text(PROBED)
    assert "warning" not in run("check").output
    (folder / "specs" / "indicators.yaml").write_text(INDICATORS.replace("exporter}", "exporter, quorum: 2}"))
    assert "shop-up is seen from 1 location, which is less than its `quorum` or `known`" in run("check").output


def test_a_mistake_in_the_promises_is_told_as_well(folder: Path) -> None:
    (folder / "specs" / "acme.yaml").write_text(PROMISES.replace("15m", "soon"))
    result = run("check")
    assert result.exit_code == 1
    assert "specs/acme.yaml:15:60: error: soon is no time" in result.output


def test_a_source_that_an_agreement_names_and_nobody_reads_is_a_warning(folder: Path) -> None:
    (folder / "specs" / "acme.yaml").write_text(PROMISES.replace("  tickets:\n", "  tickets:\n    source: helpdesk\n"))
    result = run("check")
    assert result.exit_code == 0
    assert "the exporter has no source 'helpdesk' for acme" in result.output


def test_without_a_configuration_its_name_is_told(folder: Path) -> None:
    (folder / "sla-exporter.yaml").unlink()
    result = run("run")
    assert result.exit_code == 1
    assert "there is no such file or folder" in result.output


@pytest.mark.parametrize("address", ["9798", ":http", "127.0.0.1:99999"])
def test_a_wrong_address_is_wrong_use(folder: Path, address: str) -> None:
    result = run("run", "--web.listen-address", address)
    assert result.exit_code == 2
    assert "is no address to listen on" in result.output


def test_explaining_needs_a_ticket_that_is_known(folder: Path) -> None:
    assert "there is no such ledger" in run("explain-ticket", "desk", "T-1").output
    assert "there is no source 'dsk'; did you mean `desk`?" in run("explain-ticket", "dsk", "T-1").output


def test_a_ledger_that_is_damaged_is_kept_beside_a_new_one(folder: Path) -> None:
    (folder / "sla-ledger.sqlite").write_text("scribbled over " * 1000)
    refused = run("ledger", "verify")
    assert (refused.exit_code, "ledger rebuild" in refused.output) == (1, True)
    result = run("ledger", "rebuild")
    assert (result.exit_code, "the damaged file is kept as" in result.output) == (0, True)
    assert len(list(folder.glob("sla-ledger.sqlite.damaged-*"))) == 1
    assert run("ledger", "verify").output == "0 results follow from the events, to the second\n"


def test_the_ledger_is_exported_as_json_lines(folder: Path) -> None:
    from sla_exporter.config import open_ledger, read_configuration
    from sla_exporter.ledger.ledger import Ledger, SourceEvent, SourceState
    from sla_exporter.promises import Promises

    configuration = read_configuration(folder / "sla-exporter.yaml")
    database = open_ledger(configuration)
    promises = Promises(configuration.catalogue, ["desk"])
    told = [SourceEvent("T-1", "1", 1_700_000_000, 0, "opened"), SourceEvent("T-1", "2", 1_700_000_000, 1, "priority", "P1"),
            SourceEvent("T-1", "3", 1_700_000_060, 2, "agent_message")]  # fmt: skip
    Ledger(database).store("desk", told, SourceState("1", 1_700_000_100), promises, 1_700_000_100)
    database.close()
    head, result = [json.loads(line) for line in run("ledger", "export").output.splitlines()]
    assert head == {"ledger": "results", "sources": {"desk": 1_700_000_100}}
    assert (result["ticket"], result["target"], result["worked"], result["outcome"]) == ("T-1", "p1-response", 60, "met")
    assert [json.loads(line)["name"] for line in run("ledger", "export", "--what", "events").output.splitlines()] == [
        "opened", "priority", "agent_message",
    ]  # fmt: skip
    said = run("explain-ticket", "desk", "T-1").output
    assert "acme/p1-response: response of P1 within 15m in 24x7, 95% of tickets" in said
    assert "took 1m of 15m in these hours, 1m by the clock\n  => kept" in said
