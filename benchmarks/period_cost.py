"""What the periods of agreements cost a Prometheus on top of the indicators that they are promised on.

    .venv/bin/python benchmarks/period_cost.py            # 500 agreements with monthly periods on 100 indicators; about four minutes
    .venv/bin/python benchmarks/period_cost.py --measure downtime_minutes

One server with the data of ``rule_cost.py``, two sets of rules that take turns: the indicators alone, counted exactly, and the
same with all agreements. Nothing else is promised, so the indicators alone are as cheap as they can be. Printed is what a set
takes once and per minute of operation, where groups that run every five minutes count a fifth, and the share of both.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Final

from rule_cost import Case, cost, dearest, documents, measured
from synthetic import Fleet, Track

from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import compile_rules
from slo_gen.rules.rule import RuleGroup
from slo_gen.spec.files import load
from slo_gen.spec.resolve import resolve

AGREEMENTS_EACH: Final = 5
"""Agreements on every indicator, each with a customer of its own."""

GOAL: Final = Fraction(3, 2)
"""What indicators and agreements may cost together, as a share of the indicators alone."""


@dataclass(frozen=True, slots=True)
class PeriodCase(Case):
    """``measure``: the terms of every target, as a document has them."""

    measure: str = ""

    def title(self) -> str:
        return f"{self.indicators * AGREEMENTS_EACH} agreements on {Case.title(self)}"


def agreements(case: PeriodCase) -> str:
    """Every indicator sold to as many customers."""
    found = [f"kind: Customer\nmetadata: {{name: customer-{number}}}\n" for number in range(AGREEMENTS_EACH)]
    for job in case.job_names():
        target = f"name: availability, indicator: exact-{job}, objective: at least 99.9%, exclude: [maintenance]{case.measure}"
        found += [
            f"kind: SLA\nmetadata: {{name: {job}-{number}}}\n"
            f"spec:\n  customer: customer-{number}\n  service: shop\n  state: active\n"
            f"  period: {{length: month, timezone: Europe/Berlin}}\n  targets: [{{{target}}}]\n"
            for number in range(AGREEMENTS_EACH)
        ]
    return "---\n".join(found)


def period_sets(case: Case) -> dict[str, tuple[RuleGroup, ...]]:
    """The indicators alone, and with agreements."""
    assert isinstance(case, PeriodCase)
    documented = "".join(documents(case, "exact")).split("kind: ")[1:]
    alone = "---\n".join(f"kind: {each}" for each in documented if not each.startswith("SLO"))
    return {"alone": compiled(alone), "agreements": compiled(f"{alone}---\n{agreements(case)}")}


def compiled(text: str) -> tuple[RuleGroup, ...]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "all.yaml").write_text(text)
        catalogue, problems = resolve(load([Path(folder)]).documents)
    if problems:
        raise SystemExit(f"the documents of the benchmark are wrong: {problems[0]}")
    return compile_rules(catalogue, horizon=Horizon.around(datetime.now(UTC).date()))


def period_tracks(case: Case, fleet: Fleet, sets: dict[str, tuple[RuleGroup, ...]]) -> list[Track]:
    """What was scraped, and what the indicators recorded of it."""
    return [*fleet.raw(), *fleet.recorded(sets["alone"], {f"exact-{job}": job for job in case.job_names()})]


def run(case: PeriodCase, folder: Path) -> None:
    """Print both sets, and whether the goal is met."""
    sets, durations, last = measured(case, folder)
    costs = {name: cost(name, groups, durations) for name, groups in sets.items()}
    for name, groups in sets.items():
        own = costs[name]
        rules = sum(len(group.rules) for group in groups)
        print(f"{name:12}{rules:6} rules {own.once:9.3f} s once {own.processor:9.3f} s processor {own.per_minute:9.3f} s a minute"
              + (f" ({own.missing} groups did not run)" if own.missing else ""))
    alone, both = costs["alone"], costs["agreements"]
    once, minute = both.once / alone.once, both.per_minute / alone.per_minute
    verdict = "met" if max(once, minute) <= GOAL else "MISSED"
    print(f"with agreements {once:.2f} times once, {minute:.2f} times a minute; goal {float(GOAL)}: {verdict}")
    print(dearest("agreements", last["agreements"], {group.name: group.interval for group in sets["agreements"]}))


def main() -> None:
    """One case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--indicators", type=int, default=100)
    parser.add_argument("--measure", default="", help="the method of every target (event_ratio)")
    wanted = parser.parse_args()
    measure = f", measure: {{method: {wanted.measure}}}" if wanted.measure else ""
    with tempfile.TemporaryDirectory(prefix="period-cost-") as folder:
        run(PeriodCase("periods", wanted.indicators, 2, 15, 1, 15, 3, period_sets, period_tracks, measure), Path(folder) / "case")


if __name__ == "__main__":
    main()
