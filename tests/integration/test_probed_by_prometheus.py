"""What a real Prometheus has stored of probes, by selectors and by expressions: up, down, gone, and a prober that is broken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from backfilled_prometheus import STALE, Prometheus, backfilled_prometheus
from sla_exporter.probes.probe import UNSEEN, ProbeSettings, Seen
from sla_exporter.probes.prometheus_series import PrometheusReader
from sla_exporter.probes.states import Sample, State, held, milliseconds
from sla_exporter.sources.source import SourceError

from slo_gen.fetch import Credentials
from slo_gen.spec.documents.probes import ProbeSource

START = 1_795_608_000        # 2026-11-25T12:00:00Z
NAMES = {"job": "blackbox", "instance": 'https://shop/?q="\\x'}
SELECTOR = 'probe_success{job="blackbox",team="shop"}'
SUBJECT = {"subject": SELECTOR, "indicator": "shop"}
pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Ten minutes of a probe every 15 seconds: down from 2:00 on, up from 4:00, the prober broken from 6:00, all well from 8:00."""
    instants = [START + 15 * number for number in range(41)]
    broken = [at for at in instants if START + 360 <= at < START + 480]
    success = [
        (at, STALE if at == broken[0] else float(not START + 120 <= at < START + 240)) for at in instants if at not in broken[1:]
    ]
    with backfilled_prometheus(tmp_path_factory.mktemp("stored")) as server:
        server.write([
            ({"__name__": "probe_success", "team": "shop", **NAMES}, success),
            ({"__name__": "up", "team": "shop", **NAMES}, [(at, float(at not in broken)) for at in instants]),
            ({"__name__": "up", "team": "shop", "module": "another", **NAMES}, [(at, 0.0) for at in instants]),
            ({"__name__": "queue", "shard": "a"}, [(at, 1.0) for at in instants]),
            ({"__name__": "queue", "shard": "b"}, [(at, 2.0) for at in instants]),
        ])
        yield server


def reading(server: Prometheus, now: int = 0) -> PrometheusReader:
    document: dict[str, Any] = {"name": "stored", "prometheus": {"url": str(server.client.base_url)}, "subjects": [SUBJECT]}
    return PrometheusReader(ProbeSettings(msgspec.convert(document, ProbeSource), Credentials(), 45_000, 20.0, 10, lambda: now * 1000))


def history(server: Prometheus, subject: str) -> tuple[Sample, ...]:
    async def story() -> tuple[Sample, ...]:
        reader = reading(server)
        try:
            return await reader.history(subject, START * 1000 - 1, (START + 600) * 1000)
        finally:
            await reader.close()

    return asyncio.run(story())


def look(server: Prometheus, subject: str, now: int) -> object:
    async def story() -> object:
        reader = reading(server, now)
        try:
            return (await reader.look([subject]))[subject]
        finally:
            await reader.close()

    return asyncio.run(story())


@pytest.mark.parametrize(
    "subject",
    [SELECTOR, SELECTOR + " # a remark", f"min({SELECTOR})",
     "probe_success and on (job, instance, team) up{module=''} == 1", "probe_success > bool 0.5"],
)  # fmt: skip
def test_downtime_and_a_broken_prober_are_told_apart(prometheus: Prometheus, subject: str) -> None:
    seen = milliseconds(held(history(prometheus, subject), START * 1000, (START + 600) * 1000, 45_000), START * 1000, (START + 600) * 1000)
    assert seen == {"up": 360_000, "down": 120_000, "unknown": 120_000, "excluded": 0}


@pytest.mark.parametrize(
    ("subject", "at", "expected"),
    [
        (SELECTOR, 100, Seen("up", at=(START + 90) * 1000)),
        (SELECTOR, 130, Seen("down", at=(START + 120) * 1000, reason="value")),
        (SELECTOR, 370, Seen("unknown", at=(START + 360) * 1000, reason="missing")),
        (f"min({SELECTOR})", 130, Seen("down", at=(START + 130) * 1000, reason="value")),
        (f"min({SELECTOR})", 370, UNSEEN),
        ('up{job="blackbox",module=""}', 370, Seen("unknown", at=(START + 360) * 1000, reason="missing")),
        ("min(up)", 370, Seen("unknown", at=(START + 370) * 1000, reason="missing")),
        ("nosuch", 100, UNSEEN),
        ("vector(0)", 100, Seen("down", at=(START + 100) * 1000, reason="value")),
        ("0 / 0 * queue{shard='a'}", 100, Seen("unknown", at=(START + 100) * 1000, reason="missing")),
    ],
)
def test_the_present_state_is_told(prometheus: Prometheus, subject: str, at: int, expected: Seen) -> None:
    assert look(prometheus, subject, START + at) == expected


@pytest.mark.parametrize("subject", ["queue", "queue > 0", "label_replace(queue, 'x', 'y', '', '')"])
def test_several_series_at_a_time_are_refused(prometheus: Prometheus, subject: str) -> None:
    with pytest.raises(SourceError, match="2 series at a time"):
        history(prometheus, subject)
    assert isinstance(look(prometheus, subject, START + 100), SourceError)


def test_up_alone_is_never_down(prometheus: Prometheus) -> None:
    subjects = ("up{module=''}", "max(up)", "sum(up) >= bool 1")
    states: set[State] = {each.state for subject in subjects for each in history(prometheus, subject)}
    assert states == {"up", "unknown"}
