"""Reading a dashboard that a customer is shown, to find what it would tell of anybody else.

The proxy holds back what a customer may not see; this looks that a dashboard asks for nothing else in the first place, and
that nothing written on it names another customer or a team of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

import promql_parser

from slo_gen import names

__all__ = ["leaks"]

_VARIABLE: Final = re.compile(r"\$\{?\w")
_READ_BY_GRAFANA: Final = frozenset({"expr", "query", "definition"})


def leaks(text: str, customer: str, strangers: Iterable[str]) -> Iterator[str]:
    """What is wrong with the dashboard ``text`` of ``customer``, one sentence each.

    ``strangers`` are names that it must not hold: other customers and their titles, teams.
    """
    try:
        dashboard = json.loads(text)
    except ValueError:
        yield "is no JSON"
        return
    if not isinstance(dashboard, dict):
        yield "is no dashboard"
        return
    if _listed(dashboard, "templating"):
        yield "has variables, which a public dashboard cannot have and whose values name whoever is in the data"
    known = [_name(each) for each in sorted(set(strangers) - {customer, ""})]
    own = _name(customer)
    for place, key, value in _texts(dashboard, ""):
        if key in _READ_BY_GRAFANA:
            yield from (f"{place}: {fault}" for fault in _unpinned(value, customer))
        for pattern in known:
            if found := pattern.search(own.sub("", value)):
                yield f"{place}: names {found[0]!r}"


def _name(name: str) -> re.Pattern[str]:
    """Finds a name also where it is part of a slug or an address."""
    return re.compile(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", re.IGNORECASE)


def _listed(dashboard: dict[str, object], key: str) -> bool:
    found = dashboard.get(key)
    return isinstance(found, dict) and bool(found.get("list"))


def _texts(value: object, place: str, key: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text of a document and every name in it, with its place and the key that it stands under."""
    if isinstance(value, str):
        yield place, key, value
    elif isinstance(value, dict):
        for name, each in value.items():
            inside = f"{place}.{name}" if place else name
            yield inside, "", name
            yield from _texts(each, inside, name)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts(each, f"{place}[{index}]", key)


def _unpinned(query: str, customer: str) -> Iterator[str]:
    if _VARIABLE.search(query):
        yield f"a variable of Grafana stands in the query {query!r}"
        return
    try:
        tree = promql_parser.parse(query)
    except ValueError as error:
        yield f"the query {query!r} cannot be read: {error}"
        return
    for selector in _selectors(tree):
        if not _is_pinned(selector, customer):
            yield f'the selector {selector.prettify()} lacks {names.CUSTOMER}="{customer}"'


def _selectors(node: object) -> Iterator[promql_parser.VectorSelector]:
    """Every selector of a syntax tree. Raises TypeError for a kind of node that is not known, rather than overlook what is in it."""
    match node:
        case promql_parser.VectorSelector():
            yield node
        case promql_parser.MatrixSelector():
            yield node.vector_selector
        case promql_parser.BinaryExpr():
            yield from _selectors(node.lhs)
            yield from _selectors(node.rhs)
        case promql_parser.Call():
            for argument in node.args:
                yield from _selectors(argument)
        case promql_parser.AggregateExpr():
            yield from _selectors(node.expr)
            if node.param is not None:
                yield from _selectors(node.param)
        case promql_parser.UnaryExpr() | promql_parser.ParenExpr() | promql_parser.SubqueryExpr():
            yield from _selectors(node.expr)
        case promql_parser.NumberLiteral() | promql_parser.StringLiteral():
            return
        case _:
            raise TypeError(f"unknown part of a query: {type(node).__name__}")


def _is_pinned(selector: promql_parser.VectorSelector, customer: str) -> bool:
    """One matcher that says so is enough, since those of one selector narrow it; alternatives would widen it again."""
    matchers = selector.matchers
    return not matchers.or_matchers and any(
        each.name == names.CUSTOMER and each.op == promql_parser.MatchOp.Equal and each.value == customer for each in matchers.matchers
    )
