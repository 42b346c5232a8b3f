"""Probes, thresholds and ratios: what share of an interval was bad, and when nothing is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from catalogues import catalogue, indicator
from promtool import judge

from slo_gen import names
from slo_gen.rules.counting import counting_groups
from slo_gen.spec.model import Measure, Probe, Ratio, Threshold

MINUTE = "3m"
"""The evaluation at three minutes looks at the steps of the second: the fifth to the eighth sample after the first."""


def minute(steps: str, around: str = "1") -> str:
    """Samples every 15 s, of which ``steps`` are those of the second minute."""
    return " ".join([*[around] * 5, *steps.split(), *[around] * 8])


@dataclass(frozen=True, slots=True)
class Case:
    """``bad`` is the recorded share, None where the minute must have no record; by group if there are groups."""

    measure: Measure
    series: Mapping[str, str]
    bad: float | Mapping[str, float] | None
    by: tuple[str, ...] = ()


def places(**steps: str) -> dict[str, str]:
    return {f'up_probe{{place="{place}"}}': minute(values) for place, values in steps.items()}


def probe(quorum: int | None) -> Probe:
    return Probe("up_probe", "place", quorum)


def depth(op: str) -> Threshold:
    return Threshold("depth", op, Fraction(10))  # type: ignore[arg-type]


def ratio(errors: str, requests: str) -> dict[str, str]:
    return {"errors": minute(errors, "0"), "requests": minute(requests, "10")}


QUOTIENT = Ratio("errors / requests")

CASES = {
    # --- probes
    "up": Case(probe(1), places(a="1 1 1 1"), 0),
    "down for a quarter": Case(probe(1), places(a="1 0 1 1"), 0.25),
    "one of two is enough": Case(probe(1), places(a="1 0 0 1", b="1 1 1 1"), 0.5),
    "two of three agree for one step": Case(probe(2), places(a="1 0 0 1", b="1 1 0 0", c="1 1 1 1"), 0.25),
    "half is no majority": Case(probe(None), places(a="0 0 0 0", b="1 1 1 1"), 0),
    "two of three are a majority": Case(probe(None), places(a="0 0 0 0", b="1 0 0 1", c="1 1 1 1"), 0.5),
    "one location is its own majority": Case(probe(None), places(a="1 0 0 0"), 0.75),
    "fewer locations than the quorum must all agree": Case(probe(3), places(a="0 0 0 0", b="1 0 0 1"), 0.5),
    "a location that is gone has no vote": Case(probe(2), places(a="0 0 0 0", b="1 stale _ _"), 0.75),
    "a majority of those that are left": Case(probe(None), places(a="0 0 0 0", b="1 1 stale _", c="1 stale _ _"), 0.5),
    "a location with two probers is up if one says so": Case(
        Probe("up_probe", "place", 1),
        {'up_probe{place="a",prober="1"}': minute("0 0 0 1"), 'up_probe{place="a",prober="2"}': minute("0 1 0 1")}, 0.5,
    ),
    "no prober, no record": Case(probe(1), {'up_probe{place="a"}': "1 1 1 1 stale _x20"}, None),
    "steps without a prober do not count": Case(probe(1), places(a="0 stale _ 1"), 0.5),
    "each service by itself": Case(
        probe(1),
        {'up_probe{place="a",site="x"}': minute("0 0 1 1"), 'up_probe{place="b",site="y"}': minute("1 1 1 1")},
        {"x": 0.5, "y": 0}, by=("site",),
    ),

    # --- thresholds
    "above": Case(depth(">"), {"depth": minute("10 11 12 9")}, 0.5),
    "at or above": Case(depth(">="), {"depth": minute("10 11 12 9")}, 0.75),
    "below": Case(depth("<"), {"depth": minute("10 11 12 9", "50")}, 0.25),
    "at or below": Case(depth("<="), {"depth": minute("10 11 12 9", "50")}, 0.5),
    "the highest of several is too high": Case(depth(">"), {'depth{q="1"}': minute("0 11 0 0"), 'depth{q="2"}': minute("11 0 0 0")}, 0.5),
    "the lowest of several is too low": Case(depth("<"), {'depth{q="1"}': minute("50 1 50 50"), 'depth{q="2"}': minute("1 50 50 50")}, 0.5),
    "no value, no record": Case(depth(">"), {"depth": "99 99 99 99 stale _x20"}, None),
    "each queue by itself": Case(
        depth(">"), {'depth{q="1"}': minute("0 11 0 0"), 'depth{q="2"}': minute("11 11 11 0")}, {"1": 0.25, "2": 0.75}, by=("q",),
    ),

    # --- ratios
    "the mean of the steps": Case(QUOTIENT, ratio("0 1 2 5", "10 10 10 10"), 0.2),
    "no traffic is no number and does not count": Case(QUOTIENT, ratio("0 0 5 5", "0 0 10 10"), 0.5),
    "no traffic at all, no record": Case(QUOTIENT, ratio("0 0 0 0", "0 0 0 0"), None),
    "more than everything is everything": Case(QUOTIENT, ratio("20 20 20 20", "10 10 10 10"), 1),
    "less than nothing is nothing": Case(QUOTIENT, ratio("-5 -5 -5 -5", "10 10 10 10"), 0),
    "an endless ratio is everything": Case(QUOTIENT, ratio("5 0 0 0", "0 10 10 10"), 0.25),
    "zero stays zero": Case(QUOTIENT, ratio("0 0 0 0", "10 10 10 10"), 0),
    "parts weigh the same": Case(
        Ratio("errors"), {'errors{part="1"}': minute("0 0 0 0"), 'errors{part="2"}': minute("0.5 0.5 0.5 0.5")}, 0.25,
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("slots")


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, folder: Path) -> None:
    case = CASES[name]
    groups = counting_groups(catalogue([indicator("i", measure=case.measure, by=case.by, scrape_interval=15)]))
    shares = case.bad if isinstance(case.bad, Mapping) else {} if case.bad is None else {"": case.bad}

    def expected(metric: str, values: Mapping[str, float]) -> dict[str, float]:
        return {f'{metric}{{indicator="i"' + (f', {case.by[0]}="{group}"' if group else "") + "}": value for group, value in values.items()}

    judge(
        groups, case.series, interval="15s", folder=folder,
        samples={
            (names.BAD, MINUTE): expected(names.BAD, shares),
            (names.TOTAL, MINUTE): expected(names.TOTAL, dict.fromkeys(shares, 1)),
        },
    )
