"""How often rules read what was scraped, as opposed to what rules recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import promql_parser

from slo_gen.rules.rule import RuleGroup


def raw_selectors(groups: Iterable[RuleGroup]) -> int:
    """The selectors of scraped series in all expressions, each as often as it stands there."""
    return sum(1 for group in groups for rule in group.rules for name in read_by(rule.expr) if ":" not in name)


def read_by(expr: str) -> Iterator[str]:
    """The metrics that an expression selects."""
    return _metrics(promql_parser.parse(expr))


def _metrics(node: Any) -> Iterator[str]:
    match node:
        case promql_parser.VectorSelector():
            assert node.name, "a selector without a metric reads everything"
            yield node.name
        case promql_parser.MatrixSelector():
            yield from _metrics(node.vector_selector)
        case promql_parser.BinaryExpr():
            yield from _metrics(node.lhs)
            yield from _metrics(node.rhs)
        case promql_parser.Call():
            for argument in node.args:
                yield from _metrics(argument)
        case promql_parser.NumberLiteral() | promql_parser.StringLiteral():
            return
        case _:
            yield from _metrics(node.expr)
