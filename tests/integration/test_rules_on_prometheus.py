"""The shared rules on a real Prometheus: restarts, silence, and neighbours that go wrong."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from backfilled_prometheus import Prometheus, Series, backfilled_prometheus, backfilled_victoriametrics
from catalogues import HOUR, PAIRS, agreement, catalogue, indicator, slo

from slo_gen import names
from slo_gen.demo.servers import Server
from slo_gen.outputs.targets import render_rules
from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.compile import shared_groups
from slo_gen.rules.rule import RecordingRule, RuleGroup
from slo_gen.rules.shards import deal
from slo_gen.rules.windows import rollup_rules
from slo_gen.spec.model import Catalogue, Evaluation

pytestmark = pytest.mark.integration

MARK = 300


def recorded(of: str, samples: Iterable[tuple[float, float]], metric: str = names.TOTAL, **labels: str) -> Series:
    return {"__name__": metric, "indicator": of, **labels}, list(samples)


# --- roll-ups ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outages:
    """Eight hours with four outages: the minutes recorded and the instants of evaluation, whose phase changes once."""

    start: int
    series: tuple[Series, ...]
    instants: tuple[float, ...]

    @classmethod
    def thrown(cls, dice: random.Random, phases: Sequence[float]) -> Outages:
        """Two indicators, one with groups that come and go; ``phases`` are those of the roll-ups that may occur."""
        start = int(time.time()) // HOUR * HOUR - 12 * HOUR
        phase = dice.choice([0, 13.37, 59.999])
        before, after = dice.sample(phases, 2)
        down = {first + minute for first in dice.sample(range(480), 4) for minute in range(dice.randint(1, 80))}
        up = [minute for minute in range(480) if minute not in down]
        series = (
            recorded("checkout", [(start + minute * 60 + phase, dice.randint(0, 9)) for minute in up]),
            recorded("search", [(start + minute * 60 + phase, 1) for minute in up if minute < 300], region="eu"),
            recorded("search", [(start + minute * 60 + phase, 2) for minute in up if minute >= 200], region="us"),
        )
        marks = (start + mark * MARK + (before if mark <= 48 else after) for mark in range(480 // 5 + 3))
        return cls(start, series, tuple(at for at in marks if (at - start) // 60 not in down))

    def replay(self, server: Prometheus) -> None:
        """Record roll-ups at every instant, as the server would, and compare their sums with what was recorded."""
        of = catalogue([indicator("checkout"), indicator("search", by=("region",))], [slo("a", "checkout"), slo("b", "search")])
        (shard,) = deal(of)
        rules = [rule for rule in rollup_rules(shard, Evaluation()) if rule.record in (names.TOTAL_ROLLUP, names.MINUTES_ROLLUP)]
        server.write(self.series)
        for at in self.instants:
            for rule in rules:
                server.record(rule.record, rule.expr, at)
        end = self.start + 9 * HOUR
        for rollup, truth in ((names.TOTAL_ROLLUP, "sum_over_time"), (names.MINUTES_ROLLUP, "count_over_time")):
            sums = server.query(f"sum_over_time({rollup}[1d])", end)
            assert sums == server.query(f"{truth}({names.TOTAL}[1d])", end)
            assert len(sums) == 3


@pytest.mark.parametrize("seed", range(4))
def test_no_restart_loses_or_repeats_a_minute(seed: int, tmp_path: Path) -> None:
    outages = Outages.thrown(random.Random(seed), [0, 59.999, 60, 60.001, 123.456, 299.999])
    with backfilled_prometheus(tmp_path / "server") as server:
        outages.replay(server)


@pytest.mark.parametrize("seed", range(2))
def test_nor_where_ranges_are_open_to_the_left(seed: int, tmp_path: Path) -> None:
    """VictoriaMetrics reads ranges as Prometheus 3 does; vmalert evaluates at multiples of the interval."""
    outages = Outages.thrown(random.Random(seed), [0, 60, 123])
    with backfilled_victoriametrics(tmp_path / "server") as server:
        outages.replay(server)


# --- neighbours --------------------------------------------------------------------------------------------------


def every_second(groups: Iterable[RuleGroup]) -> list[RuleGroup]:
    return [replace(group, interval=1) for group in groups]


def written_rules(folder: Path, groups: Iterable[RuleGroup]) -> Path:
    path = folder / "rules.yml"
    path.write_text(render_groups(every_second(groups)))
    return path


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def faults(server: Prometheus) -> list[str]:
    return [f"{rule['name']}: {rule['lastError']}" for rule in server.rules() if rule.get("lastError")]


def evaluated(server: Prometheus, since: float) -> bool:
    """Whether every rule has been evaluated after ``since``."""
    stamps = [rule["lastEvaluation"][:19] for rule in server.rules()]
    return bool(stamps) and min(stamps) > time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(since))


def firing(server: Prometheus) -> set[tuple[str, ...]]:
    """Which SLOs page, over which window, for which group, whom."""
    kept = (names.SLO, names.LONG_WINDOW, "region", "team")
    return {
        tuple(alert["labels"].get(label, "") for label in kept)
        for alert in server.alerts()
        if alert["state"] == "firing" and alert["labels"]["alertname"] == names.BUDGET_BURN
    }


CROWD = catalogue(
    [indicator("burning", counting="exact"), indicator("fine"), indicator("grouped", by=("region",)), indicator("broken")],
    [
        slo("burning-high", "burning", alerts=PAIRS[:1]),
        slo("burning-low", "burning", "0.9", alerts=PAIRS[:1]),
        slo("burning-other", "burning", "0.99", alerts=PAIRS[:1], team="payments"),
        slo("fine", "fine", alerts=PAIRS[:1]),
        slo("grouped-high", "grouped", alerts=PAIRS[:1]),
        slo("grouped-low", "grouped", "0.99", alerts=PAIRS[:1]),
        slo("broken", "broken", alerts=PAIRS[:1]),
    ],
    [agreement(f"acme-{number}", "burning") for number in range(300)],
)


def with_history(server: Prometheus, extra: Iterable[Series] = ()) -> None:
    """The last hour of the crowd: burning and the group eu fail throughout, the others do not."""
    now = time.time()
    minutes = [now - 60 * back for back in range(60, -1, -1)]

    def both(of: str, bad: float, **labels: str) -> list[Series]:
        return [
            recorded(of, [(at, 10.0) for at in minutes], **labels),
            recorded(of, [(at, bad) for at in minutes], names.BAD, **labels),
        ]

    server.write([
        *both("burning", 10), *both("fine", 0), *both("grouped", 10, region="eu"), *both("grouped", 0, region="us"), *extra,
    ])


EXPECTED = {
    ("burning-high", "1h", "", "shop"),
    ("burning-other", "1h", "", "payments"),
    ("grouped-high", "1h", "eu", "shop"),
    ("grouped-low", "1h", "eu", "shop"),
}
"""burning-low would need more than every request to fail."""


def test_one_outage_is_one_alert_per_slo(tmp_path: Path) -> None:
    rules = written_rules(tmp_path, shared_groups(CROWD))
    with backfilled_prometheus(tmp_path / "server", [rules]) as server:
        with_history(server)
        wait_for(lambda: firing(server) == EXPECTED, "the alerts that must fire")
        assert faults(server) == []
        (alert,) = [alert for alert in server.alerts() if alert["labels"].get("slo") == "burning-high"]
        assert "Agreements in danger: 300 (acme-0, acme-1, acme-10, " in alert["annotations"]["description"]
        assert alert["annotations"]["description"].endswith(", acme-105, acme-106, ...).")


def test_what_goes_wrong_in_one_indicator_stays_there(tmp_path: Path) -> None:
    """A base rule that fails, series of other replicas and of an older catalogue, labels that nobody expected."""
    failing = RuleGroup("base", 1, (RecordingRule(names.TOTAL, "fine_x * on (indicator) group_left () fine_x", {"indicator": "broken"}),))
    rules = written_rules(tmp_path, (failing, *shared_groups(CROWD)))
    now = time.time()
    recent = [(now - 60 * back, 1.0) for back in range(4, -1, -1)]
    about = {"__name__": names.OBJECTIVE, "slm_service": "shop", "window": "30d"}
    strays: list[Series] = [
        ({**about, "slo": "burning-high", "indicator": "burning", "team": "old"}, [(at, 0.5) for at, _ in recent]),
        ({**about, "slo": "burning-high", "indicator": "burning", "team": "shop", "replica": "b"}, [(at, 0.999) for at, _ in recent]),
        ({**about, "slo": "fine", "indicator": "burning", "team": "shop"}, [(at, 0.5) for at, _ in recent]),
        ({"__name__": names.INDICATOR_INFO, "indicator": "fine", "replica": "b"}, recent),
        ({"__name__": names.AGREEMENT_TARGET, "agreement": "acme-1", "indicator": "burning", "replica": "b"}, recent),
        ({"__name__": "fine_x", "indicator": "i", "one": "1"}, recent),
        ({"__name__": "fine_x", "indicator": "i", "one": "2"}, recent),
        recorded("fine", [(at, 10.0) for at, _ in recent], cluster="b", slo="stray", team="stray"),
        recorded("fine", [(at, 0.0) for at, _ in recent], names.BAD, cluster="b", slo="stray", team="stray"),
    ]
    with backfilled_prometheus(tmp_path / "server", [rules]) as server:
        with_history(server, strays)
        wait_for(lambda: firing(server) == EXPECTED, "the alerts of the neighbours")
        since = time.time()
        wait_for(lambda: evaluated(server, since), "an evaluation with the strays in place")
        assert [fault.split(":")[0:3] for fault in faults(server)] == [["slm", "total", "increase1m"]]
        assert firing(server) == EXPECTED


def test_vmalert_raises_the_same_alerts(tmp_path: Path) -> None:
    paths = []
    for name, text in render_rules("victoriametrics", every_second(shared_groups(CROWD))).items():
        paths.append(tmp_path / Path(name).name)
        paths[-1].write_text(text)
    with backfilled_victoriametrics(tmp_path / "server") as storage:
        with_history(storage)
        url = str(storage.client.base_url)

        def arguments(port: int) -> list[str]:
            return [
                *(f"-rule={path}" for path in paths), f"-datasource.url={url}", f"-remoteWrite.url={url}", "-remoteWrite.flushInterval=1s",
                "-notifier.url=http://127.0.0.1:9", f"-httpListenAddr=127.0.0.1:{port}",
            ]

        with (
            Server("vmalert", arguments, "/health", tmp_path / "log") as vmalert,
            httpx.Client(base_url=vmalert.url, trust_env=False) as client,
        ):
            server = Prometheus(client)
            wait_for(lambda: firing(server) == EXPECTED, "the alerts that must fire")
            assert [fault for fault in faults(server) if "send alerts" not in fault] == []
            texts = {alert["labels"]["slo"]: alert["annotations"] for alert in server.alerts() if "slo" in alert["labels"]}
            said = texts["burning-high"]["description"]
            assert said.startswith("The promise burning-high: 100% of the last 1h was bad, the objective is 99.9% good.")
            assert "Agreements in danger: 300 (acme-0, " in said
            assert not any(label.startswith("slm_shard") for alert in server.alerts() for label in alert["labels"])


def test_a_restart_goes_on_where_it_stopped(tmp_path: Path) -> None:
    of: Catalogue = catalogue([indicator("burning")], [slo("a", "burning")])
    rules = written_rules(tmp_path, shared_groups(of))
    for run in range(2):
        with backfilled_prometheus(tmp_path / "server", [rules]) as server:
            if run == 0:
                with_history(server)
            since = time.time()
            wait_for(lambda since=since: evaluated(server, since + 1), "an evaluation")
            now = time.time()
            total = server.query(f'sum_over_time({names.TOTAL_ROLLUP}{{indicator="burning"}}[1d])', now)
            mark = (now - 60) // MARK * MARK
            assert total == server.query(f'sum_over_time({names.TOTAL}{{indicator="burning"}}[2h])', mark)
            assert set(server.query(names.ATTAINED, now).values()) == {0.0}
