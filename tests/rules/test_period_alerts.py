"""Alerts about the budget of a period: the emitted tests hold, and a forecast waits for a day and for a tenth of the budget."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from catalogues import agreement, catalogue, indicator
from period_cases import DAY, HOUR
from promtool import complaint, judge, run

from slo_gen import names
from slo_gen.cli.compiling import compiled_files
from slo_gen.rules.accounts import accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import shared_groups
from slo_gen.spec.notification import NO_NOTIFICATIONS, PERIOD_BUDGET, Step
from slo_gen.timekeeping.periods import Periods

HORIZON = Horizon(400 * DAY, 800 * DAY)
"""Beyond what promtool evaluates, so that figures are what a test says they are."""

OF = catalogue([indicator("shop")], (), [agreement("acme", "shop")])
KEY = accounts(OF, HORIZON)[0][0].key


def written(folder: Path) -> list[str]:
    files = compiled_files(OF, "prometheus", horizon=HORIZON)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return sorted(name for name in files if name.startswith(("tests/period", "tests/calendar")))


def test_the_emitted_tests_hold(tmp_path: Path) -> None:
    tests = written(tmp_path)
    assert run("test", "rules", *tests, cwd=tmp_path).count("SUCCESS") == 2


@pytest.mark.parametrize(
    ("rules", "right", "wrong"),
    [
        ("slm-calendar", "- time() < 5184000", "- time() < 9999999"),
        ("slm-calendar", "- time() < 5184000", "- time() < 100"),
        (f"slm-period-{KEY}", "< 0)\n", "<= 9)\n"),
        (f"slm-period-{KEY}", "group_left (team)", "group_left ()"),
        (f"slm-period-{KEY}", "is missed", "was missed"),
    ],
)
def test_the_emitted_tests_find_faults(rules: str, right: str, wrong: str, tmp_path: Path) -> None:
    tests = written(tmp_path)
    path = tmp_path / f"rules/{rules}.yml"
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong))
    done = complaint("test", "rules", *tests, cwd=tmp_path)
    assert done.returncode != 0, done.stdout


IDENTITY = 'agreement="acme", target="availability", indicator="shop", slm_service="shop", slm_customer="acme", period="0"'


def forecast(values: str, at: int, fires: bool, folder: Path) -> None:
    firing = f'count(ALERTS{{alertname="{names.PERIOD_AT_RISK}", stage="forecast", alertstate="firing"}}) or vector(0)'
    judge(
        [group for group in shared_groups(OF, HORIZON) if group.name in ("slm-slo-0", f"slm-period-{KEY}")],
        {
            f"{names.PERIOD_BUDGET_LEFT_RATIO}{{{IDENTITY}}}": values,
            f"{names.PERIOD_BUDGET_LEFT}{{{IDENTITY}}}": "1x2000",
            f"{names.PERIOD_ENDS}{{{IDENTITY}}}": f"{10 * DAY}x2000",
        },
        samples={(firing, f"{at}s"): {"{}": int(fires)}}, folder=folder, interval="5m",
    )


def test_a_budget_that_will_not_last_is_told(tmp_path: Path) -> None:
    """A fifth of it in a day, with nine days to go."""
    forecast("1-0.0007x1000", 26 * HOUR, True, tmp_path)


def test_the_first_day_is_no_forecast(tmp_path: Path) -> None:
    forecast("1-0.003x1000", 20 * HOUR, False, tmp_path)


def test_a_budget_that_lasts_is_not_told(tmp_path: Path) -> None:
    forecast("1-0.0003x1000", 40 * HOUR, False, tmp_path)


def test_what_stopped_hours_ago_is_not_told(tmp_path: Path) -> None:
    forecast("1-0.002x200 0.6x200", 25 * HOUR, False, tmp_path)


@pytest.mark.parametrize(
    ("left", "stages"), [("0.51", []), ("0.5", ["50%"]), ("0.25", ["50%"]), ("0.1", ["50%", "90%"]), ("0", ["50%", "90%"]), ("-0.01", [])]
)
def test_a_stage_of_the_budget_is_told_until_the_period_is_lost(left: str, stages: list[str], tmp_path: Path) -> None:
    """At and beyond each stage; a lost period is no longer at risk."""
    steps = tuple(Step(PERIOD_BUDGET, stage, 0, "team/shop", "notice") for stage in ("50%", "90%"))
    of = replace(OF, notifications=replace(NO_NOTIFICATIONS, ladders={"acme": steps}))
    told = f'ALERTS{{alertname="{names.PERIOD_AT_RISK}", stage=~"50%|90%"}}'
    judge(
        [group for group in shared_groups(of, HORIZON) if group.name in ("slm-slo-0", f"slm-period-{KEY}")],
        {f"{names.PERIOD_BUDGET_LEFT_RATIO}{{{IDENTITY}}}": f"{left}x2"},
        samples={(f"count by (stage) ({told})", "5m"): {f'{{stage="{stage}"}}': 1 for stage in stages}}, folder=tmp_path, interval="5m",
    )


# --- the first hours, of all periods and of the first that is watched -------------------------------------------------


SECOND = Periods("month", starts=(1, 2))
"""Months that begin on their second day."""


def events_of(first: int, minutes: int, wrong: dict[int, int]) -> dict[str, str]:
    """A hundred events a minute since minute ``first``; the record of a minute comes a minute after its end."""
    before = "_ " * (first + 2)
    label = '{indicator="shop"}'
    return {
        names.TOTAL + label: before + " ".join("100" for _ in range(first, minutes)),
        names.BAD + label: before + " ".join(str(wrong.get(minute, 0)) for minute in range(first, minutes)),
    }


def lost_at(inputs: dict[str, str], horizon: Horizon, expected: dict[int, bool], folder: Path, periods: Periods) -> None:
    """Whether a period is called lost, at instants."""
    made = agreement("acme", "shop")
    target = replace(made.targets[0], objective=Fraction(99, 100))
    of = catalogue([indicator("shop")], (), [replace(made, period=periods, targets=(target,))])
    (account,), _ = accounts(of, horizon)
    lost = f'count(ALERTS{{alertname="{names.PERIOD_BREACHED}"}}) or vector(0)'
    judge(
        [group for group in shared_groups(of, horizon) if group.name in ("slm-slo-0", f"slm-period-{account.key}")], inputs,
        samples={(lost, f"{at}s"): {"{}": int(each)} for at, each in expected.items()}, folder=folder,
        evaluated="5m",
    )


def test_the_first_errors_of_the_first_period_lose_nothing(tmp_path: Path) -> None:
    """Nobody knows how many events it will have: as many more as at the rate so far. An outage that leaves too few of them loses it."""
    horizon = Horizon(0, 20 * DAY)
    # 1 % of a hundred events a minute may be bad, in the four days that the week of 1970-01-01 has left: 5760 events.
    outage = dict.fromkeys(range(300, 400), 100)
    begun = {HOUR // 2: False, HOUR: False, 5 * HOUR: False, 5 * HOUR + 2700: False, 7 * HOUR: True}
    lost_at(events_of(0, 500, {7: 5, 8: 60} | outage), horizon, begun, tmp_path, Periods("week"))


def test_a_period_of_which_only_the_end_was_seen_says_how_many_events_a_whole_one_has(tmp_path: Path) -> None:
    """The rules were loaded twelve hours before a month ended. An hour of errors is more than a hundredth of those, and not of a month."""
    first, until = DAY // 60 - 12 * 60, DAY // 60 + 120
    wrong = dict.fromkeys(range(DAY // 60 + 10, DAY // 60 + 70), 100)
    lost_at(events_of(first, until, wrong), Horizon(0, 20 * DAY), {DAY + HOUR // 2: False, DAY + 5400: False}, tmp_path, SECOND)
