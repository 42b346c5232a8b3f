"""The made-up months agree with themselves and with the documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import Result

from slo_gen import names
from slo_gen.cli.loading import load_catalogue
from slo_gen.demo.past import END, past_series

ROOT = Path(__file__).parent.parent.parent
BERLIN = ZoneInfo("Europe/Berlin")
Key = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def told() -> dict[Key, dict[int, float]]:
    """The figures of one of nordwind's shops, and of another customer's none, by metric, agreement, target and period."""
    catalogue = load_catalogue([ROOT / "specs"])
    kept = ("nordwind-fjord-checkout", "nordwind-fjord-storefront", "brightline-soho-checkout")
    catalogue = replace(catalogue, agreements={name: catalogue.agreements[name] for name in kept})
    found = {}
    for labels, samples in past_series(catalogue, {"nordwind"}):
        assert labels[names.CUSTOMER] == "nordwind"
        if names.OUTCOME not in labels:
            found[labels["__name__"], labels[names.AGREEMENT], labels.get(names.TARGET, ""), labels.get(names.PERIOD, "")] = dict(samples)
    return found


def month(number: int) -> str:
    return str(int(datetime(2026, number, 1, tzinfo=BERLIN).timestamp()))


def test_a_share_is_what_was_good_of_what_counts_and_the_budget_is_what_is_left(told: dict[Key, dict[int, float]]) -> None:
    compared = 0
    for (metric, agreement, target, period), samples in told.items():
        if metric == names.PERIOD_BAD:
            total, basis, attained, left = (
                told[each, agreement, target, period]
                for each in (names.PERIOD_TOTAL, names.PERIOD_BASIS, names.PERIOD_ATTAINED, names.PERIOD_BUDGET_LEFT_RATIO)
            )
            for at, bad in samples.items():
                assert attained[at] == pytest.approx(1 - bad / total[at] if total[at] else 1)
                assert basis[at] >= total[at]
                allowed = 1 - told[names.AGREEMENT_TARGET, agreement, target, ""][at]
                assert left[at] == pytest.approx(1 - bad / (allowed * basis[at]))
                compared += 1
    assert compared > 400


def test_october_is_the_month_that_the_documents_tell_of(told: dict[Key, dict[int, float]]) -> None:
    ended = int(datetime(2026, 11, 1, tzinfo=BERLIN).timestamp())
    attained = told[names.PERIOD_ATTAINED, "nordwind-fjord-checkout", "availability", month(10)][ended]
    assert 0.9987 <= attained < 0.9988                # as its breach says
    assert told[names.PERIOD_BUDGET_LEFT_RATIO, "nordwind-fjord-checkout", "availability", month(10)][ended] < 0
    assert told[names.PERIOD_BUDGET_LEFT_RATIO, "nordwind-fjord-checkout", "availability", month(11)][END] > 0.25


def test_planned_work_does_not_count(told: dict[Key, dict[int, float]]) -> None:
    assert told[names.PERIOD_EXCLUDED, "nordwind-fjord-checkout", "availability", month(11)][END] == 2 * 3600
    assert told[names.PERIOD_EXCLUDED, "nordwind-fjord-storefront", "availability", month(11)][END] == 3 * 3600
    assert told[names.PERIOD_ATTAINED, "nordwind-fjord-storefront", "availability", month(11)][END] > 0.999


def test_everything_is_told_at_the_end_and_tickets_keep_to_what_may_be_missed(told: dict[Key, dict[int, float]]) -> None:
    promised = {(agreement, target) for metric, agreement, target, _ in told if metric == names.AGREEMENT_TARGET}
    assert len(promised) == 4
    assert all(END in told[names.PERIOD_ATTAINED, *pair, month(11)] for pair in promised)
    misses = [samples[END] for (metric, *_), samples in told.items() if metric == names.TICKETS_MISSES_LEFT]
    assert len(misses) == 11         # nothing is promised of how fast P3 of the storefront are resolved
    assert min(misses) >= 0
    assert told[names.TICKET_TARGET, "nordwind-fjord-checkout", "p1-response", ""] == {END: 0.95}


def test_wrong_use_is_explained(run: Callable[..., Result], tmp_path: Path) -> None:
    specs = str(ROOT / "specs")
    nobody = run("demo", specs, "--past", str(tmp_path / "past"), "--customer", "acme")
    assert nobody.exit_code == 2
    assert "There is no customer 'acme' in these documents." in nobody.output
    alone = run("demo", specs, "--customer", "nordwind")
    assert alone.exit_code == 2
    assert "--customer belongs to --past." in alone.output
    (tmp_path / "data").mkdir()
    again = run("demo", specs, "--past", str(tmp_path))
    assert (again.exit_code, again.output) == (1, f"slo-gen: {tmp_path / 'data'} is there already; name another folder, or remove it\n")
