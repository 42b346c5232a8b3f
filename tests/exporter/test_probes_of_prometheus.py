"""What Prometheus has stored of a probe, and what it may answer that says nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from api_server import Asked, Told, api, probe_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from sla_exporter.probes.probe import UNSEEN, Seen
from sla_exporter.probes.prometheus_series import PrometheusReader
from sla_exporter.probes.promql_subject import PromqlSubject
from sla_exporter.probes.states import Sample
from sla_exporter.sources.source import SourceError

T = TypeVar("T")


def stored(*series: list[tuple[float, str]]) -> Told:
    rows = [{"metric": {"instance": str(number)}, "values": [list(point) for point in points]} for number, points in enumerate(series)]
    return Told({"status": "success", "data": {"resultType": "matrix", "result": rows}})


def asked_of(told: Told, question: Callable[[PrometheusReader], Awaitable[T]]) -> tuple[T, list[Asked]]:
    async def ask(url: str) -> Any:
        reader = PrometheusReader(probe_settings({"prometheus": {"url": url}}, now=100_000))
        try:
            return await question(reader)
        finally:
            await reader.close()

    with api() as server:
        server.answer = lambda asked: told
        return asyncio.run(ask(server.url)), server.asked


def history(told: Told) -> tuple[Sample, ...]:
    return asked_of(told, lambda reader: reader.history("probe_success", 0, 100_000))[0]


def test_samples_are_told_as_they_were_written() -> None:
    told = stored([(10.123, "1"), (25.123, "0"), (40.123, "NaN")])
    assert history(told) == (Sample(10_123, "up"), Sample(25_123, "down"), Sample(40_123, "unknown"))


def test_one_series_after_another_is_one_subject() -> None:
    assert history(stored([(40, "0")], [(10, "1"), (25, "1")])) == (Sample(10_000, "up"), Sample(25_000, "up"), Sample(40_000, "down"))


def test_two_series_at_a_time_are_refused() -> None:
    with pytest.raises(SourceError, match="2 series at a time"):
        history(stored([(10, "1"), (40, "1")], [(25, "0")]))


def test_a_series_that_is_not_there_is_unknown() -> None:
    assert asked_of(stored(), lambda reader: reader.look(["probe_success"]))[0] == {"probe_success": UNSEEN}


def test_the_last_sample_is_the_present_state() -> None:
    found, _ = asked_of(stored([(70, "1"), (85.5, "0")]), lambda reader: reader.look(["probe_success"]))
    assert found == {"probe_success": Seen("down", at=85_500, reason="value")}


@pytest.mark.parametrize(("told", "reason"), [(Told({}, 503), "server"), (Told({}, 401), "auth"), (Told(b"<html>"), "not_json")])
def test_a_prometheus_that_fails_says_nothing(told: Told, reason: str) -> None:
    with pytest.raises(SourceError) as raised:
        history(told)
    assert raised.value.reason == reason


def test_history_begins_after_what_was_seen_to_the_millisecond() -> None:
    told = stored([(10.123, "1"), (10.124, "0"), (25.0, "1"), (25.001, "0")])
    found, _ = asked_of(told, lambda reader: reader.history("probe_success", 10_123, 25_000))
    assert found == (Sample(10_124, "down"), Sample(25_000, "up"))


@pytest.mark.parametrize(
    ("text", "stored", "of_scrapes"),
    [
        ('probe_success{instance="a"}', True, False), ("up", True, True), ('{__name__="up",job="a"}', True, True),
        ("probe_success offset 5m", False, False), ("probe_success @ 5", False, False), ("min(up)", False, True),
        ("(probe_success)", False, False), ("probe_success and on (instance) up == 1", False, False), ("vector(1)", False, False),
        ("avg_over_time(up[5m]) > bool 0.5", False, True), ('probe_success{a="#"} # remark', True, False),
    ],
)  # fmt: skip
def test_what_is_asked_is_a_selector_or_an_expression(text: str, stored: bool, of_scrapes: bool) -> None:
    assert PromqlSubject.of(text) == PromqlSubject(text, stored, of_scrapes)


@pytest.mark.parametrize("text", ["", "up{", "up[5m]", "'text'", "rate(up)", "up[5m:1m]", "a b"])
def test_what_has_no_single_value_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it "):
        PromqlSubject.of(text)
    with pytest.raises(SourceError) as raised:
        asked_of(stored(), lambda reader: reader.history(text, 0, 1000))
    assert raised.value.reason == "query"


PARTS = st.sampled_from([
    "up", "{", "}", "(", ")", "[5m]", "offset", "@", "-", "1", "1e999", "0x1F", "'", '"', "`", "#", "\n", "sum(", "by", '"x"', "=~",
    "inf", "nan", "99999999999999999999y", "start()", ",", "a", "=", "__name__", "5m", ":", "bool", ">",
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=8).map(" ".join) | st.lists(PARTS, max_size=8).map("".join) | st.text(max_size=20))
def test_no_subject_breaks_the_parser(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert PromqlSubject.of(text).text == text


@pytest.mark.parametrize("text", ["up offset inf", "up offset -NaN", "up offset 1e30", "inf offset inf", "up offset 0x7fffffffffffffffff"])
def test_an_offset_without_an_end_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="an offset is a duration"):
        PromqlSubject.of(text)
    assert PromqlSubject.of(f"up{{a=\"{text}\"}}").stored


def test_a_long_history_is_asked_in_parts_and_absence_is_unknown_at_each_instant() -> None:
    found, asked = asked_of(stored(), lambda reader: reader.history("vector(1)", 0, 15_000 * 25_000))
    assert len(asked) == 3
    assert [each.at for each in found] == [15_000 * number for number in range(1, 25_001)]
    assert {each.state for each in found} == {"unknown"}


def test_stored_samples_of_a_long_gap_are_asked_for_by_days() -> None:
    days = [0, 86_400, 2 * 86_400, 2 * 86_400 + 10]
    _, asked = asked_of(stored(), lambda reader: reader.history("probe_success", days[0] * 1000, days[-1] * 1000))
    assert len(asked) == 3


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["0", "1", "NaN", "+Inf", "-1", "2.5"])), max_size=5), max_size=3))
def test_no_matrix_breaks_a_history(series: list[list[tuple[int, str]]]) -> None:
    with contextlib.suppress(SourceError):
        told = stored(*[sorted(dict(points).items()) for points in series if points])  # type: ignore[misc]
        samples, _ = asked_of(told, lambda reader: reader.history("probe_success", 0, 400_000))
        assert [each.at for each in samples] == sorted(each.at for each in samples)
