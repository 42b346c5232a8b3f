"""Deadlines from the beginning or the end of an outage: by promtool, beside the outages themselves and the contract's arithmetic."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from catalogues import agreement, catalogue, indicator
from period_cases import DAY, HOUR
from promtool import judge

from slo_gen import names
from slo_gen.contract.target_period import business_days
from slo_gen.rules.accounts import STEP, accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.claim_rules import CLAIM_NOTICE, claims_not_live
from slo_gen.rules.compile import shared_groups
from slo_gen.rules.period import delay
from slo_gen.spec.model import Catalogue, Party
from slo_gen.spec.terms import ClaimTerms, Deadline, MeasureTerms
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.periods import Periods

WEEK = 7 * DAY
WEEKS = Periods("week")
DOWN = MeasureTerms(method="downtime_minutes")
HORIZON = Horizon(0, 20 * DAY)
RUN = {
    names.AGREEMENT_TARGET, names.INDICATOR_INFO, names.CLAIM_OUTAGE, names.CLAIM_OPEN, names.CLAIM_DEADLINE, names.CLAIM_DEADLINE_NEAR,
}
"""The rules that are evaluated; what they read of the period is given."""


def bought(claim: ClaimTerms, measure: MeasureTerms = DOWN, periods: Periods = WEEKS) -> Catalogue:
    one = agreement("cloud", "db")
    target = replace(one.targets[0], measure=measure)
    made = replace(
        one, kind="UC", party=Party("supplier", "bigcloud"), claim=claim, targets=(target,), period=periods
    )  # fmt: skip
    return catalogue([indicator("db")], (), [made])


@dataclass(frozen=True, slots=True)
class Outage:
    """``[start, end)``, on units."""

    start: int
    end: int


def outages(dice: random.Random, first: int, last: int) -> list[Outage]:
    """Some a day, of a unit or of days; some begin and end at midnight, some stand one unit apart."""
    found: list[Outage] = []
    at = first + dice.randrange(1, 80) * STEP
    while at < last:
        end = at + dice.choice([1, 1, 2, 12, 12, 100, 300, 700]) * STEP
        if dice.random() < 0.2:
            end = (end // DAY + 1) * DAY
        found.append(Outage(at, end))
        at = end + dice.choice([1, 2, 30, 200, 500, 800]) * STEP
        if dice.random() < 0.2:
            at = (at // DAY + 1) * DAY
    return found


class History:
    """What is recorded of a target over some weeks, an evaluation every ``STEP`` seconds; without those in ``away``."""

    def __init__(self, of: Catalogue, down: Sequence[Outage], until: int, lost: int, away: Sequence[Outage] = ()) -> None:
        (self.account,), _ = accounts(of, HORIZON)
        self.of, self.down, self.until, self.lost, self.away = of, down, until, lost, away
        self.delay = delay(self.account, of.evaluation)

    def mark(self, at: int) -> int:
        return (at - self.delay) // self.account.unit * self.account.unit

    def inputs(self) -> dict[str, str]:
        """The figures of each period, as its rules record them; the budget is used up from ``lost`` on."""
        found: dict[str, list[str]] = {}
        identity = 'agreement="cloud", target="availability", indicator="db", slm_service="shop", slm_party="bigcloud"'
        for number in range(self.until // STEP):
            at = number * STEP
            mark = self.mark(at)
            if mark <= 0 or any(each.start <= at < each.end for each in self.away):
                continue
            period = self.of.agreements["cloud"].period.of(mark - 1)
            bad = sum(max(0, min(each.end, mark) - max(each.start, period.start)) for each in self.down)
            left = -1 if mark >= self.lost or period.end <= self.lost else 1
            figures = {
                names.PERIOD_BAD: bad, names.PERIOD_BUDGET_LEFT: left, names.PERIOD_STARTED: period.start, names.PERIOD_ENDS: period.end,
            }  # fmt: skip
            for metric, value in figures.items():
                series = f'{metric}{{{identity}, period="{period.start}"}}'
                found.setdefault(series, ["_"] * (self.until // STEP))[number] = str(value)
        return {series: " ".join(values) for series, values in found.items()}

    def held(self, expected: dict[tuple[str, int], float | None], folder: Path) -> None:
        judge(
            [
                replace(group, rules=tuple(rule for rule in group.rules if RUN & {getattr(rule, "record", ""), getattr(rule, "alert", "")}))
                for group in shared_groups(self.of, HORIZON) if group.name in ("slm-slo-0", f"slm-period-{self.account.key}")
            ],
            self.inputs(),
            samples={(expr, f"{at}s"): {} if value is None else {"{}": value} for (expr, at), value in expected.items()},
            folder=folder, interval="5m",
        )  # fmt: skip

    def first_ahead(self, at: int, within: str, after: str, timezone: str, period: int) -> tuple[int, int] | None:
        """The earliest deadline ahead, of the outages in a period as they were at the mark: as it is told, and by the contract."""
        mark, starts = self.mark(at), self.of.agreements["cloud"].period.of(period)
        deadlines: list[tuple[int, int]] = []
        for each in self.down:
            counted = min(each.end, starts.end, mark) > max(each.start, starts.start)
            if not counted or (after == "incident_end" and min(each.end, starts.end) >= mark):
                continue
            anchor = each.start if after == "incident_start" else min(each.end, starts.end) - STEP
            exact = each.start if after == "incident_start" else min(each.end, starts.end)
            found = add_duration(anchor, within, timezone, business_days(self.of.agreements["cloud"]))
            true = add_duration(exact, within, timezone, business_days(self.of.agreements["cloud"]))
            deadlines.append((found, true))
        return min((each for each in deadlines if each[0] > at), default=None)


def deadline(stage: str, period: int) -> str:
    return f'max({names.CLAIM_DEADLINE}{{stage="{stage}", period="{period}"}})'


@pytest.mark.parametrize(("within", "after", "timezone"), [
    ("5bd", "incident_start", "UTC"), ("5bd", "incident_end", "America/New_York"), ("30h", "incident_end", "UTC"),
    ("3d", "incident_start", "Asia/Kolkata"),
])  # fmt: skip
def test_the_first_deadline_ahead_of_any_outage_is_told(within: str, after: str, timezone: str, tmp_path: Path) -> None:
    dice = random.Random(f"{within} {after}")
    # A month that begins on the second, as promtool's time begins on the first.
    of = bought(ClaimTerms(notify=Deadline(within, after)), periods=Periods("month", timezone, (1, 2)))  # type: ignore[arg-type]
    start = of.agreements["cloud"].period.of(2 * DAY).start
    assert HOUR < start < 2 * DAY
    history = History(of, outages(dice, start, start + 5 * DAY), start + 7 * DAY, start + dice.randrange(2 * DAY))
    expected: dict[tuple[str, int], float | None] = {}
    for _ in range(60):
        at = start + dice.randrange((7 * DAY) // STEP) * STEP
        found = history.first_ahead(at, within, after, timezone, start)
        if history.mark(at) < max(history.lost, start + 1):
            found = None
        if found is None:
            expected[deadline("notify", start), at] = None
            continue
        assert found[0] <= found[1] <= found[0] + (3 * DAY if "bd" in within else STEP)
        expected[deadline("notify", start), at] = found[0]
    assert sum(value is not None for value in expected.values()) > 5
    history.held(expected, tmp_path)


@pytest.mark.parametrize(("after", "add"), [("incident_start", 0), ("incident_end", HOUR // 6 - STEP)])
def test_outages_of_one_hour_have_a_deadline_each(after: str, add: int, tmp_path: Path) -> None:
    """Three of ten minutes, a quarter of an hour after each other: when one deadline has passed the next is told."""
    of = bought(ClaimTerms(notify=Deadline("2d", after), submit=None))  # type: ignore[arg-type]
    begins = [5 * DAY + minutes * 60 for minutes in (5, 20, 35)]
    history = History(of, [Outage(each, each + HOUR // 6) for each in begins], 8 * DAY, 4 * DAY)
    first, second, third = (each + add + 2 * DAY for each in begins)
    told = deadline("notify", 4 * DAY)
    history.held({
        (told, first - STEP): first, (told, first): second, (told, second - STEP): second, (told, second): third, (told, third): None,
    }, tmp_path)  # fmt: skip


def test_an_outage_over_the_end_of_a_period_began_in_the_former(tmp_path: Path) -> None:
    """It goes on from Sunday to Monday. Both periods are lost; neither has until later than counted from Sunday."""
    of = bought(ClaimTerms(notify=Deadline("30h", "incident_start"), submit=Deadline("2d", "incident_end")))
    monday = 11 * DAY
    began, ended = monday - 3 * HOUR, monday + 2 * HOUR
    history = History(of, [Outage(began, ended)], monday + 3 * DAY, monday - HOUR)
    history.held({
        (deadline("notify", monday - WEEK), monday): began + 30 * HOUR,
        (deadline("notify", monday - WEEK), monday + DAY): began + 30 * HOUR,
        (deadline("notify", monday), monday + HOUR): began + 30 * HOUR,
        (deadline("notify", monday), began + 30 * HOUR - STEP): began + 30 * HOUR,
        (deadline("notify", monday), began + 30 * HOUR): None,
        # Of the former period it ends with that; it is told though nothing else was told of the period before.
        (deadline("submit", monday - WEEK), monday): None,
        (deadline("submit", monday - WEEK), monday + HOUR): monday - STEP + 2 * DAY,
        (deadline("submit", monday), ended): None,
        (deadline("submit", monday), ended + HOUR): ended - STEP + 2 * DAY,
    }, tmp_path)  # fmt: skip


def test_what_began_while_prometheus_was_away_counts_from_before(tmp_path: Path) -> None:
    """Five business days after a Tuesday; Prometheus was away from Tuesday evening to Wednesday morning, a mark later at most."""
    of = bought(ClaimTerms(notify=Deadline("5bd", "incident_start")))
    wednesday = 6 * DAY
    away = Outage(wednesday - 2 * HOUR, wednesday + 5 * HOUR)
    history = History(of, [Outage(wednesday + 4 * HOUR, wednesday + 6 * HOUR)], 9 * DAY, 4 * DAY, [away])
    after = add_duration(wednesday - 2 * HOUR, "5bd", "UTC", business_days(of.agreements["cloud"]))
    assert after == add_duration(wednesday + 4 * HOUR, "5bd", "UTC", business_days(of.agreements["cloud"])) - DAY
    history.held({(deadline("notify", 4 * DAY), wednesday + 6 * HOUR): after, (deadline("notify", 4 * DAY), 8 * DAY): after}, tmp_path)


def test_it_is_told_in_the_week_before(tmp_path: Path) -> None:
    of = bought(ClaimTerms(notify=Deadline("9d", "incident_end")))
    ended = 5 * DAY
    history = History(of, [Outage(ended - HOUR, ended)], 8 * DAY, 4 * DAY)
    near = f'count(ALERTS{{alertname="{names.CLAIM_DEADLINE_NEAR}", stage="notify", alertstate="firing"}})'
    told = ended - STEP + 9 * DAY - CLAIM_NOTICE
    history.held({(near, told): None, (near, told + STEP): 1}, tmp_path)


def test_no_other_target_of_the_agreement_gets_in_between(tmp_path: Path) -> None:
    """Two targets with accounts of their own: each rule makes the series of its own targets only."""
    of = bought(ClaimTerms(notify=Deadline("5bd", "incident_start")))
    made = of.agreements["cloud"]
    other = replace(made.targets[0], name="other", measure=replace(DOWN, empty="good"))
    both = replace(of, agreements={"cloud": replace(made, targets=(*made.targets, other))})
    found, _ = accounts(both, HORIZON)
    assert len(found) == 2
    history = History(of, [Outage(5 * DAY, 5 * DAY + HOUR)], 7 * DAY, 4 * DAY)
    history.of = both
    shown = f'count({names.CLAIM_DEADLINE}{{stage="notify"}})'
    history.held({(shown, 6 * DAY): 1}, tmp_path)


# --- what has no deadline ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("measure", "after", "live"), [
    (MeasureTerms(), "incident_start", False),
    (MeasureTerms(), "incident_end", True),
    (MeasureTerms(method="interval_mean", interval=300), "incident_start", False),
    (MeasureTerms(method="downtime_periods", at_least=300), "incident_start", True),
    (MeasureTerms(method="unavailable_intervals", interval=300), "incident_start", True),
    (MeasureTerms(), "report", True),
])  # fmt: skip
def test_a_share_has_no_outage_that_began(measure: MeasureTerms, after: str, live: bool) -> None:
    of = bought(ClaimTerms(notify=Deadline("5bd", after)), measure)  # type: ignore[arg-type]
    told = {getattr(rule, "record", "") for group in shared_groups(of, HORIZON) for rule in group.rules}
    assert (names.CLAIM_DEADLINE in told) == live
    found = claims_not_live(of)
    assert found == {} if live else "and a share of events or of intervals has none" in found["cloud", "availability"]
