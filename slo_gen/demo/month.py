"""A made-up month before the demo began, so that windows of 30 days have something to say at once.

Only sums are written, the ones that rules would have recorded for a shop that was mostly well; whatever happens from the
start of the demo on is measured. The demo says so on its first screen.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from pathlib import Path

from slo_gen import names
from slo_gen.demo.servers import ServerError, find_program
from slo_gen.rules.promql import all_of, label_matcher
from slo_gen.spec.model import Catalogue, Events, Indicator, Latency

__all__ = ["write_month"]

DAYS = 31
STEP = 1800                      # seconds of one made-up sum
EVENTS_PER_STEP = 36_000
SPENT = (0.2, 0.7)               # share of the error budget that was spent, drawn for each sum


def write_month(catalogue: Catalogue, group_values: Mapping[str, tuple[str, ...]], end: float, data: Path, seed: int = 1) -> int:
    """Write blocks into ``data`` that end at ``end`` (seconds since 1970); returns how many samples they hold.

    ``group_values`` gives the values of labels that indicators are grouped by; an indicator that is grouped by anything else
    has no past. Raises ServerError when promtool fails.
    """
    data.mkdir(parents=True, exist_ok=True)
    source = data.parent / "month.om"
    lines = list(_lines(catalogue, group_values, int(end) // STEP * STEP, random.Random(seed)))
    source.write_text("\n".join([*lines, "# EOF", ""]), encoding="utf-8")
    made = subprocess.run(
        [find_program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=768h", str(source), str(data)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )
    source.unlink()
    if made.returncode:
        raise ServerError(f"promtool could not write the month before: {made.stderr.strip()[-500:]}")
    return len(lines)


def _lines(catalogue: Catalogue, group_values: Mapping[str, tuple[str, ...]], end: int, dice: random.Random) -> Iterator[str]:
    instants = range(end - DAYS * 86400, end + 1, STEP)
    records = STEP // catalogue.evaluation.interval
    for indicator, budget in _judged(catalogue):
        counted = isinstance(indicator.measure, Events | Latency)
        total = EVENTS_PER_STEP if counted else records
        for labels in _groups(indicator, group_values):
            bad = [total * float(budget) * dice.uniform(*SPENT) for _ in instants]
            columns = {
                names.BAD_ROLLUP: [round(value) for value in bad] if counted else bad,
                names.TOTAL_ROLLUP: [total] * len(instants),
                names.MINUTES_ROLLUP: [records] * len(instants),
            }
            for metric, values in columns.items():
                series = all_of(metric, *labels).replace(", ", ",")
                yield from (f"{series} {value} {instant}" for instant, value in zip(instants, values, strict=True))


def _judged(catalogue: Catalogue) -> Iterator[tuple[Indicator, Fraction]]:
    """Every indicator that an SLO is about, with its smallest error budget."""
    budgets: dict[str, Fraction] = {}
    for slo in catalogue.slos.values():
        budgets[slo.indicator] = min(1 - slo.objective, budgets.get(slo.indicator, Fraction(1)))
    return ((catalogue.indicators[name], budget) for name, budget in sorted(budgets.items()))


def _groups(indicator: Indicator, group_values: Mapping[str, tuple[str, ...]]) -> Iterator[list[str]]:
    if all(label in group_values for label in indicator.by):
        for values in product(*(group_values[label] for label in indicator.by)):
            grouped = zip(indicator.by, values, strict=True)
            yield [label_matcher(names.INDICATOR, indicator.name), *(label_matcher(label, value) for label, value in grouped)]
