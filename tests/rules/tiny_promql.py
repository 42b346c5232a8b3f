"""Just enough of PromQL to run the roll-up rule under both readings of a range: closed (Prometheus 2) and left-open (3).

One series per metric, no labels. Written from the documented semantics, to have a second opinion that does not need a
Prometheus 3.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import promql_parser

LOOKBACK = 300_000


def milliseconds(span: timedelta | None) -> int:
    return 0 if span is None else (span.days * 86_400 + span.seconds) * 1000 + span.microseconds // 1000


class Track:
    """The samples of one series, by instant in milliseconds."""

    def __init__(self, samples: Mapping[int, float] | None = None) -> None:
        self.times = sorted(samples or {})
        self.values = [(samples or {})[time] for time in self.times]

    def append(self, time: int, value: float) -> None:
        assert not self.times or time > self.times[-1]
        self.times.append(time)
        self.values.append(value)

    def within(self, first: int, last: int, *, left_open: bool) -> list[float]:
        begin = bisect_right(self.times, first) if left_open else bisect_left(self.times, first)
        return self.values[begin : bisect_right(self.times, last)]

    def latest(self, first: int, last: int) -> float | None:
        """The instant, in seconds, of the last sample after ``first`` and up to ``last``."""
        end = bisect_right(self.times, last)
        return self.times[end - 1] / 1000 if end and self.times[end - 1] > first else None


@dataclass(frozen=True, slots=True)
class Store:
    """Series by metric, and how ranges are read."""

    left_open: bool
    series: Mapping[str, Track]

    def instant(self, expr: promql_parser.Expr, at: int) -> float | None:
        """The value of ``expr`` at one instant, None when there is none."""
        if isinstance(expr, promql_parser.ParenExpr):
            return self.instant(expr.expr, at)
        if isinstance(expr, promql_parser.NumberLiteral):
            return float(expr.val)
        if isinstance(expr, promql_parser.BinaryExpr):
            return self._binary(str(expr.op), expr.lhs, expr.rhs, at)
        assert isinstance(expr, promql_parser.Call)
        if expr.func.name == "time":
            return at / 1000
        if expr.func.name == "timestamp":
            last = at - milliseconds(expr.args[0].offset)
            return self.series[expr.args[0].name].latest(last - LOOKBACK, last)
        values = self._range(expr.args[0], at)
        if not values:
            return None
        return {"sum_over_time": sum(values), "count_over_time": float(len(values))}[expr.func.name]

    def _binary(self, op: str, lhs: promql_parser.Expr, rhs: promql_parser.Expr, at: int) -> float | None:
        left = self.instant(lhs, at)
        if op == "or" and left is not None:
            return left
        right = self.instant(rhs, at)
        if op == "or":
            return right
        if op == "unless":
            return left if right is None else None
        if left is None or right is None:
            return None
        return {"+": left + right, "==": left if left == right else None}[op]

    def _range(self, expr: promql_parser.Expr, at: int) -> list[float]:
        if isinstance(expr, promql_parser.MatrixSelector):
            selector = expr.vector_selector
            last = at - milliseconds(selector.offset)
            return self.series[selector.name].within(last - milliseconds(expr.range), last, left_open=self.left_open)
        assert isinstance(expr, promql_parser.SubqueryExpr)
        last = at - milliseconds(expr.offset)
        first, step = last - milliseconds(expr.range), milliseconds(expr.step)
        begin = (first // step + 1) * step if self.left_open else -(-first // step) * step
        found = (self.instant(expr.expr, time) for time in range(begin, last + 1, step))
        return [value for value in found if value is not None]
