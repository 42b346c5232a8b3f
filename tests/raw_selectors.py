"""How often rules read what was scraped, as opposed to what rules recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import promql_parser

from slo_gen.rules.rule import RuleGroup


def raw_selectors(groups: Iterable[RuleGroup]) -> int:
    """The selectors of scraped series in all expressions, each as often as it stands there."""
    return sum(1 for group in groups for rule in group.rules for name in read_by(rule.expr) if ":" not in name)


def read_by(expr: str) -> Iterator[str]:
    """The metrics that an expression selects."""
    return (read.metric for read in selected_by(expr))


@dataclass(frozen=True, slots=True)
class Read:
    """One selector: a metric, and label, operator and value of each matcher."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Whether a series may be selected that has these labels, and others that nobody knows."""
        return all(_fits(labels[label], operator, value) for label, operator, value in self.matchers if label in labels)


def _fits(held: str, operator: str, value: str) -> bool:
    found = held == value if operator in ("=", "!=") else bool(re.fullmatch(value, held))
    return found == (operator in ("=", "=~"))


_OPERATORS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}


def selected_by(expr: str) -> Iterator[Read]:
    """The selectors of an expression."""
    return _selectors(promql_parser.parse(expr))


def _selectors(node: Any) -> Iterator[Read]:
    match node:
        case promql_parser.VectorSelector():
            assert node.name, "a selector without a metric reads everything"
            assert not node.matchers.or_matchers
            yield Read(node.name, tuple((each.name, _OPERATORS[str(each.op)], each.value) for each in node.matchers.matchers))
        case promql_parser.MatrixSelector():
            yield from _selectors(node.vector_selector)
        case promql_parser.BinaryExpr():
            yield from _selectors(node.lhs)
            yield from _selectors(node.rhs)
        case promql_parser.Call():
            for argument in node.args:
                yield from _selectors(argument)
        case promql_parser.NumberLiteral() | promql_parser.StringLiteral():
            return
        case _:
            yield from _selectors(node.expr)
