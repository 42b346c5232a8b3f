"""What systems answer of states, as they answer it, and what is none of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from api_server import Asked, Told, api, looked, probe_reader
from sla_exporter.probes.probe import UNSEEN, Answer, Seen
from sla_exporter.probes.registry import READERS
from sla_exporter.sources.source import SourceError

from slo_gen.spec.documents.probes import ProbeSource

TEXT = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
ASKED_AS_ONE = ("uptime_kuma", "icinga")
"""Systems that answer for all subjects at once; of the others each subject fails alone."""


def text(body: str) -> Told:
    return Told(body.encode(), headers=TEXT)


def look(kind: str, answer: Callable[[Asked], Told | None], subjects: Sequence[str]) -> Mapping[str, Answer]:
    with api() as server:
        server.answer = answer
        return asyncio.run(looked(probe_reader({kind: {"url": server.url}}), subjects))


def test_blackbox_probes_each_target_by_the_module() -> None:
    answers = {
        "https://a": "# TYPE probe_success gauge\nprobe_success 1\nprobe_ssl_earliest_cert_expiry 1.8e+09\n",
        "https://b": "probe_success 0\nprobe_ssl_earliest_cert_expiry -6.21355968e+10\n",
        "https://c": "probe_duration_seconds 1\n",
    }

    def answer(asked: Asked) -> Told | None:
        return text(answers[asked.query["target"]]) if asked.path == "/probe" and asked.query["module"] == "http_2xx" else None

    expected = {"https://a": Seen("up", certificate_ends=1_800_000_000), "https://b": Seen("down"), "https://c": UNSEEN}
    assert look("blackbox", answer, list(answers)) == expected


def test_kuma_is_read_by_status_and_never_by_ratio() -> None:
    body = "".join(f'monitor_status{{monitor_name="{name}",monitor_type="push"}} {number}\n' for number, name in enumerate("abcd"))
    body += 'monitor_uptime_ratio{monitor_name="e",window="1d"} 1\nmonitor_response_time{monitor_name="a"} -1\n'
    found = look("uptime_kuma", lambda asked: text(body), list("abcde"))
    assert found == {"a": Seen("down"), "b": Seen("up"), "c": Seen("unknown"), "d": Seen("excluded"), "e": UNSEEN}


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
