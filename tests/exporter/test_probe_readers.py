"""What systems answer of states, as they answer it, and what is none of it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from api_server import Asked, Told, api, looked, probe_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from sla_exporter.probes.probe import UNSEEN, Answer, Seen, lines
from sla_exporter.probes.registry import READERS, reader_class
from sla_exporter.sources.source import SourceError

from slo_gen.fetch import Credentials
from slo_gen.spec.documents.probes import ProbeSource

TEXT = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
ASKED_AS_ONE = ("uptime_kuma", "icinga")
"""Systems that answer for all subjects at once; of the others each subject fails alone."""


def text(body: str) -> Told:
    return Told(body.encode(), headers=TEXT)


def look(
    kind: str, answer: Callable[[Asked], Told | None], subjects: Sequence[str], credentials: Credentials | None = None, **document: Any
) -> Mapping[str, Answer]:
    with api() as server:
        server.answer = answer
        given = probe_settings({kind: {"url": server.url, **document}})
        if credentials is not None:
            given = replace(given, credentials=credentials)
        return asyncio.run(looked(reader_class(given.document)(given), subjects))


def test_blackbox_probes_each_target_by_the_module() -> None:
    answers = {
        "https://a": "# TYPE probe_success gauge\nprobe_success 1\nprobe_ssl_earliest_cert_expiry 1.8e+09\n",
        "https://b": "probe_success 0\nprobe_ssl_earliest_cert_expiry -6.21355968e+10\n",
        "https://c": "probe_duration_seconds 1\n",
    }

    def answer(asked: Asked) -> Told | None:
        return text(answers[asked.query["target"]]) if asked.path == "/probe" and asked.query["module"] == "http_2xx" else None

    expected = {"https://a": Seen("up", certificate_ends=1_800_000_000), "https://b": Seen("down", reason="value"), "https://c": UNSEEN}
    assert look("blackbox", answer, list(answers)) == expected


def test_blackbox_says_what_it_found() -> None:
    body = "probe_success 0\nprobe_http_status_code 200\nprobe_failed_due_to_regex 1\n"
    found = look("blackbox", lambda asked: text(body), ["a"])["a"]
    assert isinstance(found, Seen)
    assert found.detail == "probe_success is 0, its status is 200, and its text is not as the module wants it"


def test_kuma_is_read_by_status_and_never_by_ratio() -> None:
    body = "".join(f'monitor_status{{monitor_name="{name}",monitor_type="push"}} {number}\n' for number, name in enumerate("abcd"))
    body += 'monitor_uptime_ratio{monitor_name="e",window="1d"} 1\nmonitor_response_time{monitor_name="a"} -1\n'
    found = look("uptime_kuma", lambda asked: text(body), list("abcde"))
    assert found == {
        "a": Seen("down", reason="value"), "b": Seen("up"), "c": Seen("unknown", reason="value"), "d": Seen("excluded", reason="value"),
        "e": UNSEEN,
    }  # fmt: skip


def test_a_monitor_that_is_pending_is_down_where_that_is_wanted() -> None:
    body = 'monitor_status{monitor_name="a"} 2\n'
    assert look("uptime_kuma", lambda asked: text(body), ["a"]) == {"a": Seen("unknown", reason="value")}
    assert look("uptime_kuma", lambda asked: text(body), ["a"], pending="down") == {"a": Seen("down", reason="value")}


def test_an_answer_that_was_recorded_is_read() -> None:
    body = (
        'monitor_response_time{monitor_name="p1",monitor_type="push",monitor_url="null",monitor_hostname="null",monitor_port="null"} -1\n'
        'monitor_status{monitor_name="p1",monitor_type="push",monitor_url="null",monitor_hostname="null",monitor_port="null"} 0\n'
    )
    assert look("uptime_kuma", lambda asked: text(body), ["p1"]) == {"p1": Seen("down", reason="value")}


def test_kuma_is_asked_with_its_api_key_which_has_no_user_name() -> None:
    def answer(asked: Asked) -> Told:
        given = base64.b64decode(asked.headers.get("authorization", "Basic ").removeprefix("Basic "))
        return text('monitor_status{monitor_name="a"} 1\n') if given == b":uk1_key" else Told({}, 401)

    assert look("uptime_kuma", answer, ["a"], Credentials(password="uk1_key")) == {"a": Seen("up")}
    with pytest.raises(SourceError, match="401"):
        look("uptime_kuma", answer, ["a"], Credentials(password="uk1_other"))


@pytest.mark.parametrize("line", ["monitor_status{monitor_name=\"a\",monitor_url=\"https://me:s3cret@h/\"} x", "{s3cret"])
def test_what_an_answer_holds_is_not_in_what_is_said_of_it(line: str) -> None:
    good = 'monitor_status{monitor_name="a",monitor_url="https://me:s3cret@h/?t=s3cret"} 0\n'
    found = look("uptime_kuma", lambda asked: text(good), ["a"])["a"]
    assert found == Seen("down", reason="value")
    assert "s3cret" not in repr(found)
    with pytest.raises(SourceError) as raised:
        look("uptime_kuma", lambda asked: text(good + line + "\n"), ["a"])
    assert "s3cret" not in str(raised.value)
    with pytest.raises(SourceError) as raised:
        look("uptime_kuma", lambda asked: text(good + good.replace("h/", "g/")), ["a"])
    assert "s3cret" not in str(raised.value)


def test_blackbox_is_told_how_long_it_may_take() -> None:
    def answer(asked: Asked) -> Told:
        return text(f"probe_success {int(asked.headers['x-prometheus-scrape-timeout-seconds'] == '2')}\n")

    assert look("blackbox", answer, ["a"]) == {"a": Seen("up")}


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.sampled_from('monitor_staus{}=",\\# 0123.eEnNaA\n\t+-é'), max_size=120))
def test_no_text_breaks_the_reading_of_metrics(body: str) -> None:
    try:
        found = list(lines(body.encode(), "it"))
    except SourceError as error:
        found = []
        reason = error.reason
    else:
        reason = "schema"
    assert reason == "schema"
    assert all(isinstance(each.value, int | float) for each in found)


def test_two_monitors_of_one_name_are_refused() -> None:
    body = 'monitor_status{monitor_name="a",monitor_type="http"} 1\nmonitor_status{monitor_name="a",monitor_type="push"} 0\n'
    with pytest.raises(SourceError, match="two monitors 'a'"):
        look("uptime_kuma", lambda asked: text(body), ["a"])


def thing(name: str, state: float, depth: float = 0, at: float | None = 1_795_291_264.7234) -> dict[str, Any]:
    checked = None if at is None else {"execution_end": at, "type": "CheckResult"}
    attributes = {"state": state, "last_state_change": 1_795_291_000.0, "downtime_depth": depth, "last_check_result": checked}
    attributes |= {"last_hard_state": 0, "last_hard_state_change": 1_795_290_000.0}
    return {"name": name, "type": "Service", "attrs": attributes}


def test_icinga_tells_services_and_hosts_as_of_their_last_check() -> None:
    lists = {
        "/v1/objects/services": [thing(f"w!{state}", state) for state in range(4)] + [thing("w!d", 2.0, 1), thing("w!n", 0, at=None)],
        "/v1/objects/hosts": [thing("w", 0), thing("v", 1)],
    }
    found = look("icinga", lambda asked: Told({"results": lists[asked.path]}), ["w!0", "w!1", "w!2", "w!3", "w!d", "w!n", "w!?", "w", "v"])
    states = {"w!0": "up", "w!1": "up", "w!2": "down", "w!3": "unknown", "w!d": "excluded", "w!n": "unknown", "w!?": "unknown",
              "w": "up", "v": "down"}  # fmt: skip
    assert {name: isinstance(seen, Seen) and seen.state for name, seen in found.items()} == states
    assert found["w!2"] == Seen("down", at=1_795_291_264_723, since=1_795_291_000_000)
    assert found["w!d"] == Seen("excluded", at=1_795_291_264_723)
    assert found["w!n"] == found["w!?"] == UNSEEN


FAULTS = (
    (Told({}, 503), "server"), (Told({}, 401), "auth"), (Told(b"<html>log in</html>"), "not_json"),
    (Told(b"{ <no> metrics, \n no JSON", headers=TEXT), "schema or not_json"),
    (Told(b"#" + b"x" * 17_000_000, headers=TEXT), "too_large"),
)  # fmt: skip


@pytest.mark.parametrize("kind", ASKED_AS_ONE)
@pytest.mark.parametrize(("told", "reason"), FAULTS)
def test_a_system_that_fails_says_nothing_of_its_subjects(kind: str, told: Told, reason: str) -> None:
    with pytest.raises(SourceError) as raised:
        look(kind, lambda asked: told, ["w!http"])
    assert raised.value.reason in reason


@pytest.mark.parametrize(("told", "reason"), FAULTS)
def test_one_answer_of_blackbox_that_cannot_be_read_leaves_the_others(told: Told, reason: str) -> None:
    found = look("blackbox", lambda asked: told if asked.query["target"] == "b" else text("probe_success 1\n"), ["a", "b", "c"])
    assert (found["a"], found["c"]) == (Seen("up"), Seen("up"))
    assert isinstance(found["b"], SourceError)
    assert found["b"].reason in reason


def test_every_kind_of_probe_has_a_reader() -> None:
    assert {*READERS, "plugin"} == set(ProbeSource.exactly_one[0])
