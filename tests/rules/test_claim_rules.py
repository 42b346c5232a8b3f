"""Deadlines of claims against suppliers: as the contract has them, remembered beyond the period, told before they pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from catalogues import agreement, catalogue, indicator
from period_cases import DAY, HOUR
from promtool import complaint, judge, run

from slo_gen import names
from slo_gen.cli.compiling import compiled_files
from slo_gen.contract.target_period import business_days
from slo_gen.rules.accounts import accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.claim_rules import CLAIM_NOTICE
from slo_gen.rules.compile import shared_groups
from slo_gen.spec.model import Catalogue, Party
from slo_gen.spec.terms import ClaimTerms, Deadline
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.periods import Periods

JANUARY = 31 * DAY
"""1970, in UTC."""


def bought(claim: ClaimTerms, kind: str = "supplier") -> Catalogue:
    one = replace(agreement("cloud", "db"), kind="UC", party=Party(kind, "bigcloud"), claim=claim)  # type: ignore[arg-type]
    return catalogue([indicator("db")], (), [one])


def held(of: Catalogue, left: str, expected: dict[tuple[str, int], float | None], folder: Path) -> None:
    """What expressions give at instants, while ``left`` is left of the budget of January, hour by hour."""
    horizon = Horizon(0, 100 * DAY)
    (account,), _ = accounts(of, horizon)
    identity = 'agreement="cloud", target="availability", indicator="db", slm_service="shop", slm_party="bigcloud", period="0"'
    steps = int(JANUARY / HOUR)
    given = (names.PERIOD_BUDGET_LEFT, names.PERIOD_ENDS)
    judge(
        [
            replace(group, rules=tuple(rule for rule in group.rules if getattr(rule, "record", "") not in given))
            for group in shared_groups(of, horizon) if group.name in ("slm-slo-0", f"slm-period-{account.key}")
        ],
        {f"{names.PERIOD_BUDGET_LEFT}{{{identity}}}": left, f"{names.PERIOD_ENDS}{{{identity}}}": f"{JANUARY}x{steps}"},
        samples={(expr, f"{at}s"): {} if value is None else {"{}": value} for (expr, at), value in expected.items()},
        folder=folder, interval="1h",
    )  # fmt: skip


def deadline(stage: str) -> str:
    return f'max({names.CLAIM_DEADLINE}{{stage="{stage}"}})'


def near(stage: str) -> str:
    return f'count(ALERTS{{alertname="{names.CLAIM_DEADLINE_NEAR}", stage="{stage}", alertstate="firing"}})'


def test_a_deadline_after_the_period_outlives_it(tmp_path: Path) -> None:
    of = bought(ClaimTerms(submit=Deadline("30d", "period_end")))
    due = JANUARY + 30 * DAY
    lost = 20 * 24                                                     # hours until it is lost
    held(of, f"5x{lost - 1} -5x{31 * 24 - lost}", {
        (deadline("submit"), (lost - 2) * HOUR): None,
        (deadline("submit"), (lost + 2) * HOUR): due,
        (deadline("submit"), JANUARY + 20 * DAY): due,
        (near("submit"), due - CLAIM_NOTICE - HOUR): None,
        (near("submit"), due - CLAIM_NOTICE + HOUR): 1,
        (near("submit"), due - HOUR): 1,
        (near("submit"), due + HOUR): None,
        (deadline("submit"), due + HOUR): None,
    }, tmp_path)  # fmt: skip


def test_months_after_a_billing_cycle_are_whole_cycles(tmp_path: Path) -> None:
    """Cycles from the 31st: that of February 1970 ends on the 28th, and the second one after it on the 30th of April, day 119."""
    of = bought(ClaimTerms(submit=Deadline("2mo", "billing_cycle_end")))
    cloud = replace(of.agreements["cloud"], period=Periods("month", "UTC", (1, 31)))
    of = replace(of, agreements={"cloud": cloud})
    lost = 40 * 24                                                     # hours until it is lost, in February
    held(of, f"5x{lost - 1} -5x{55 * 24 - lost}", {
        (deadline("submit"), (lost - 2) * HOUR): None,
        (deadline("submit"), (lost + 2) * HOUR): 119 * DAY,
        (deadline("submit"), 54 * DAY): 119 * DAY,
    }, tmp_path)  # fmt: skip


def test_a_deadline_after_the_report_runs_from_when_it_is_due(tmp_path: Path) -> None:
    """Five business days after January: the end of Friday, 1970-02-06. Thirty days from there, as in closed periods."""
    of = bought(ClaimTerms(submit=Deadline("30d", "report")))
    assert of.agreements["cloud"].report.due == "5bd"
    report = JANUARY + 6 * DAY
    held(of, f"-5x{31 * 24}", {(deadline("submit"), 20 * DAY): report + 30 * DAY, (deadline("submit"), JANUARY + DAY): report + 30 * DAY},
         tmp_path)  # fmt: skip


def test_a_deadline_after_the_incident_begins_with_the_day_on_which_the_period_is_lost(tmp_path: Path) -> None:
    """Thursday, 1970-01-08: five business days after it are those from the 9th, a Friday, to the 15th."""
    of = bought(ClaimTerms(notify=Deadline("5bd", "incident_end")))
    lost = 7 * 24 + 10
    due = 15 * DAY
    assert add_duration(7 * DAY + 1, "5bd", "UTC", business_days(of.agreements["cloud"])) == due
    held(of, f"5x{lost - 1} -5x{31 * 24 - lost}", {
        (deadline("notify"), (lost + 2) * HOUR): due,
        (near("notify"), (lost + 2) * HOUR): None,
        (near("notify"), due - HOUR): 1,
        # It has passed, and is not begun anew though the period runs on.
        (near("notify"), due + HOUR): None,
        (deadline("notify"), due + 5 * DAY): due,
        (deadline("notify"), JANUARY + 2 * HOUR): None,
    }, tmp_path)  # fmt: skip


@pytest.mark.parametrize("of", [
    bought(ClaimTerms(submit=Deadline("30d", "period_end")), "customer"),
    bought(ClaimTerms(notify=Deadline("5bd", "incident_start"))),
    bought(ClaimTerms()),
])  # fmt: skip
def test_what_others_claim_and_what_rules_cannot_see_has_no_deadline_here(of: Catalogue) -> None:
    rules = [rule for group in shared_groups(of, Horizon(0, 100 * DAY)) for rule in group.rules]
    assert not [rule for rule in rules if names.CLAIM_DEADLINE in str(rule)]


def written(folder: Path) -> str:
    of = bought(ClaimTerms(submit=Deadline("30d", "period_end"), notify=Deadline("5bd", "incident_end")))
    files = compiled_files(of, "prometheus", horizon=Horizon(400 * DAY, 800 * DAY))
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return next(name for name in files if name.startswith("tests/period"))


def test_the_emitted_tests_hold(tmp_path: Path) -> None:
    assert "SUCCESS" in run("test", "rules", written(tmp_path), cwd=tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong"), [("< 604800 > 0", "<= 604800 > 0"), ("< 604800 > 0", "< 604800 >= 0"), ("must be told", "may be told")]
)
def test_the_emitted_tests_find_faults(right: str, wrong: str, tmp_path: Path) -> None:
    emitted = written(tmp_path)
    path = next((tmp_path / "rules").glob("slm-period-*.yml"))
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong))
    done = complaint("test", "rules", emitted, cwd=tmp_path)
    assert done.returncode != 0, done.stdout
