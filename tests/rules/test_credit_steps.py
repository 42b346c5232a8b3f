"""The step of the credits that a running period has reached for certain, at every bound of its scale."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from catalogues import agreement, catalogue, indicator
from period_cases import DAY
from promtool import complaint, judge, run

from slo_gen import names
from slo_gen.cli.compiling import compiled_files
from slo_gen.rules.accounts import accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import shared_groups
from slo_gen.spec.model import Catalogue
from slo_gen.spec.terms import Bound, CreditTerms, Money, Tier

HORIZON = Horizon(400 * DAY, 800 * DAY)
"""Beyond what promtool evaluates, so that figures are what a test says they are."""


def bound(op: str, percent: str) -> Bound:
    return Bound(op, Fraction(percent) / 100, "%", f"{percent}%")  # type: ignore[arg-type]


BELOW_AND_AT_MOST = (
    Tier(bound("<", "99.5"), credit=Fraction(1, 10)),
    Tier(bound("<=", "99"), credit=Fraction(1, 4)),
    Tier(bound("<", "95"), credit=Fraction(1)),
)
WITH_A_HOLE = (
    Tier(bound("<=", "99.9"), amount=Money(Fraction(500), "EUR"), until=bound(">", "99")),
    Tier(bound("<", "99"), amount=Money(Fraction(900), "EUR")),
)


def sold(tiers: tuple[Tier, ...], name: str = "acme") -> Catalogue:
    one = replace(agreement(name, "shop"), credits=CreditTerms(tiers=tiers))
    return catalogue([indicator("shop")], (), [one])


def reached(of: Catalogue, left: str, basis: int, steps: set[str], folder: Path) -> None:
    """Just these steps have an alert that fires."""
    (account,), _ = accounts(of, HORIZON)
    identity = 'agreement="acme", target="availability", indicator="shop", slm_service="shop", slm_customer="acme", period="0"'
    firing = f'ALERTS{{alertname="{names.CREDIT_STEP}", alertstate="firing"}}'
    judge(
        [group for group in shared_groups(of, HORIZON) if group.name in ("slm-slo-0", f"slm-period-{account.key}")],
        {f"{names.PERIOD_BUDGET_LEFT}{{{identity}}}": f"{left}x2", f"{names.PERIOD_BASIS}{{{identity}}}": f"{basis}x2"},
        samples={(f"count by (stage) ({firing})", "10m"): {f'{{stage="{step}"}}': 1 for step in steps}}, folder=folder, interval="5m",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "steps"),
    [
        (0, set()), (13_392, set()), (13_393, {"10%"}),          # 0.5 % of a month of 31 days is 13,392 seconds
        (26_783, {"10%"}), (26_784, {"25%"}), (133_920, {"25%"}), (133_921, {"100%"}), (2_678_400, {"100%"}),
    ],
)  # fmt: skip
def test_a_step_is_reached_at_the_second(bad: int, steps: set[str], tmp_path: Path) -> None:
    month = 31 * DAY
    reached(sold(BELOW_AND_AT_MOST), f"{month // 200 - bad}", month, steps, tmp_path)


@pytest.mark.parametrize(("bad", "steps"), [(99, set()), (100, {"500 EUR"}), (999, {"500 EUR"}), (1000, set()), (1001, {"900 EUR"})])
def test_a_hole_in_the_scale_gives_nothing(bad: int, steps: set[str], tmp_path: Path) -> None:
    reached(sold(WITH_A_HOLE), f"{500 - bad}", 100_000, steps, tmp_path)


def written(of: Catalogue, folder: Path) -> str:
    files = compiled_files(of, "prometheus", horizon=HORIZON)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return next(name for name in files if name.startswith("tests/period"))


@pytest.mark.parametrize("tiers", [BELOW_AND_AT_MOST, WITH_A_HOLE])
def test_the_emitted_tests_hold(tiers: tuple[Tier, ...], tmp_path: Path) -> None:
    assert "SUCCESS" in run("test", "rules", written(sold(tiers), tmp_path), cwd=tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong"), [(" <= 0)", " < 0)"), ("unless (", "and ("), ("25%", "26%"), ("* -0.005, 1e-6", "* -0.0051, 1e-6")]
)
def test_the_emitted_tests_find_faults(right: str, wrong: str, tmp_path: Path) -> None:
    emitted = written(sold(BELOW_AND_AT_MOST), tmp_path)
    path = next((tmp_path / "rules").glob("slm-period-*.yml"))
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong))
    done = complaint("test", "rules", emitted, cwd=tmp_path)
    assert done.returncode != 0, done.stdout


def test_targets_that_earn_nothing_by_steps_have_no_such_alert() -> None:
    for terms in (None, CreditTerms(multiplier=Fraction(10)), CreditTerms(tiers=BELOW_AND_AT_MOST, targets=("other",))):
        of = sold(())
        of = replace(of, agreements={"acme": replace(of.agreements["acme"], credits=terms)})
        assert not [rule for group in shared_groups(of, HORIZON) for rule in group.rules if names.CREDIT_STEP in str(rule)]
