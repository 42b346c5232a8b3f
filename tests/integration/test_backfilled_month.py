"""A month of 31 days in which the clocks change, against exact arithmetic.

The recorded minutes are loaded as blocks; roll-ups, windows and verdicts are evaluated by a real Prometheus, with
roll-ups that were missed for up to six hours.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from backfilled_prometheus import Prometheus, backfilled_prometheus
from catalogues import DAY, HOUR, catalogue, indicator, slo

from slo_gen import names
from slo_gen.demo.servers import find_program
from slo_gen.rules.compile import shared_groups
from slo_gen.rules.rule import RecordingRule, RuleGroup

pytestmark = pytest.mark.integration

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = int(datetime(2026, 10, 1, tzinfo=BERLIN).timestamp())
CHANGED = int(datetime(2026, 10, 26, tzinfo=BERLIN).timestamp())
END = int(datetime(2026, 11, 1, tzinfo=BERLIN).timestamp())
MARKS = (CHANGED, END)
AFTER = 61.5
"""Seconds after a mark at which roll-ups are evaluated, when its minutes have settled."""

PHASE = 13.371
"""At which second of the minute the rules were evaluated."""

MINUTES = (END - BEGIN) // 60
TOLERANCE = Fraction(1, 100_000)
"""0.001 percentage points."""

WINDOWS = {"day": DAY, "week": 7 * DAY, "month": 31 * DAY}
Minute = tuple[int, int]
"""Total and bad events."""

Traffic = Callable[[int, random.Random], Minute | None]


# --- traffic -------------------------------------------------------------------------------------------------------


def steady(_: int, dice: random.Random) -> Minute:
    return 600 + dice.randrange(100), dice.randrange(3)


def bursty(_: int, dice: random.Random) -> Minute:
    return (50_000 + dice.randrange(9_999), dice.randrange(2_000)) if dice.random() < 0.01 else (0, 0)


def low(_: int, dice: random.Random) -> Minute:
    total = dice.choice([0, 0, 0, 1, 2])
    return total, int(total > 0 and dice.random() < 0.02)


def rare(minute: int, _: random.Random) -> Minute:
    """One event a day, every fifth of them bad."""
    return (1, int(minute // 1440 % 5 == 0)) if minute % 1440 == 777 else (0, 0)


def with_gaps(minute: int, dice: random.Random) -> Minute | None:
    """No data for a whole day, for the hour that the clocks repeat, and for single minutes now and then."""
    repeated = CHANGED - 22 * HOUR <= BEGIN + minute * 60 < CHANGED - 21 * HOUR
    if minute // 1440 == 9 or repeated or dice.random() < 0.01:
        return None
    return dice.randrange(40), 0 if dice.random() < 0.9 else dice.randrange(5)


def born_late(minute: int, dice: random.Random) -> Minute | None:
    return None if minute < 20 * 1440 + 17 else (100, dice.randrange(4))


def gone_early(minute: int, dice: random.Random) -> Minute | None:
    return None if minute > 27 * 1440 + 41 else (30, dice.randrange(2))


TRAFFIC: dict[tuple[str, str], Traffic] = {
    ("steady", ""): steady, ("bursty", ""): bursty, ("low", ""): low, ("rare", ""): rare, ("with-gaps", ""): with_gaps,
    ("in-parts", "eu"): born_late, ("in-parts", "us"): gone_early,
}
INDICATORS = sorted({name for name, _ in TRAFFIC})
CATALOGUE = catalogue(
    [indicator(name, by=("region",) if name == "in-parts" else ()) for name in INDICATORS],
    [slo(f"{name}-{label}", name, window=window) for name in INDICATORS for label, window in WINDOWS.items()],
)


@dataclass(frozen=True, slots=True)
class Month:
    """Every recorded minute, by indicator and region: the minute's number to its events."""

    minutes: dict[tuple[str, str], dict[int, Minute]]

    @classmethod
    def thrown(cls, seed: int) -> Month:
        minutes: dict[tuple[str, str], dict[int, Minute]] = {}
        for key, traffic in TRAFFIC.items():
            dice = random.Random(f"{seed} {key}")
            told = ((minute, traffic(minute, dice)) for minute in range(MINUTES))
            minutes[key] = {minute: events for minute, events in told if events is not None}
        return cls(minutes)

    def open_metrics(self) -> Iterator[str]:
        for metric, number in ((names.TOTAL, 0), (names.BAD, 1)):
            yield f"# TYPE {metric} gauge\n"
            for (name, region), minutes in self.minutes.items():
                labels = f'indicator="{name}"' + (f',region="{region}"' if region else "")
                for minute, events in minutes.items():
                    yield f"{metric}{{{labels}}} {events[number]} {BEGIN + minute * 60 + PHASE:.3f}\n"
        yield "# EOF\n"

    def within(self, key: tuple[str, str], window: int, at: float) -> list[Minute]:
        """The minutes whose record lies within ``window`` seconds before ``at``."""
        return [events for minute, events in self.minutes[key].items() if at - window < BEGIN + minute * 60 + PHASE <= at]

    def attained(self, key: tuple[str, str], window: int, at: float) -> Fraction | None:
        found = self.within(key, window, at)
        total = sum(events[0] for events in found)
        return 1 - Fraction(sum(events[1] for events in found), total) if total else None


# --- Prometheus ----------------------------------------------------------------------------------------------------


def load(month: Month, folder: Path) -> None:
    """The minutes as blocks, before the server starts."""
    folder.mkdir()
    text = folder / "month.om"
    with text.open("w") as file:
        file.writelines(month.open_metrics())
    command = [find_program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=768h"]
    done = subprocess.run([*command, str(text), str(folder / "data")], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def of_kind(kind: str) -> list[RuleGroup]:
    found = [group for group in shared_groups(CATALOGUE) if group.name.startswith(f"slm-{kind}-")]
    assert found
    return found


def record(server: Prometheus, groups: list[RuleGroup], at: float, only: Callable[[str], bool] = lambda _: True) -> None:
    for group in groups:
        for rule in group.rules:
            if isinstance(rule, RecordingRule) and only(rule.record):
                server.record(rule.record, rule.expr, at, {label: value for label, value in rule.labels.items() if value})


def rolled_up(server: Prometheus, dice: random.Random) -> None:
    """Roll-ups at most six hours apart, and in time where a window begins: what is booked late counts when it is booked."""
    groups = of_kind("long")
    begins = sorted({mark - window for mark in MARKS for window in WINDOWS.values()} | set(MARKS))
    mark = BEGIN
    while mark < END:
        late = mark + dice.choice([300, HOUR, 3 * HOUR, 350 * 60])
        mark = min(late, *(begin for begin in begins if begin > mark))
        record(server, groups, mark + AFTER, lambda metric: "rollup" in metric)


@pytest.mark.parametrize("seed", [1])
def test_a_month_is_measured_to_a_thousandth_of_a_percent(seed: int, tmp_path: Path) -> None:
    month = Month.thrown(seed)
    load(month, tmp_path / "server")
    with backfilled_prometheus(tmp_path / "server") as server:
        rolled_up(server, random.Random(seed))
        compared = 0
        for mark in MARKS:
            at = mark + AFTER
            record(server, of_kind("slo"), at)
            record(server, of_kind("long"), at, lambda metric: "rollup" not in metric)
            found = {
                (labels["slo"], labels.get("region", "")): value for labels, value in server.vector(names.ATTAINED, at)
            }
            for key in TRAFFIC:
                for label, window in WINDOWS.items():
                    truth = month.attained(key, window, mark)
                    value = found.pop((f"{key[0]}-{label}", key[1]), None)
                    if truth is None:
                        assert value is None, (key, label)
                    else:
                        assert value is not None, (key, label)
                        assert abs(Fraction(value) - truth) <= TOLERANCE, (key, label, value, float(truth))
                        compared += 1
            assert found == {}
        assert compared > 30
