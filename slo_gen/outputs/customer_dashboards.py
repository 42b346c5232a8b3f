"""Reading a dashboard that a customer is shown, to find what it would tell of anybody else.

The proxy holds back what a customer may not see; this looks that a dashboard asks for nothing else in the first place, and
that nothing written on it names another customer, a team of ours or a supplier.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import promql_parser
from sla_dashboards.vocabulary import said_to_everybody

from slo_gen import names

__all__ = ["Reader", "leaks"]

_VARIABLE: Final = re.compile(r"\$\{|\$[A-Za-z_]|\[\[")
"""Those of Grafana begin with a letter; ``$1`` is a group of a regular expression."""

_READ_BY_GRAFANA: Final = frozenset({"expr", "query", "definition"})
_QUOTED: Final = re.compile(r"""\"(?:[^"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`|\#.*""")
_OF_GRAFANA: Final = "-- Grafana --"
"""The data source that asks nobody; annotations of Grafana itself stand behind it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The customer who reads a dashboard.

    ``datasource`` is the uid of theirs. ``called``: their names. ``agreed``: texts of their agreements, in which even a team
    of ours may be named.
    """

    customer: str
    datasource: str
    called: tuple[str, ...] = ()
    agreed: tuple[str, ...] = ()


def leaks(text: str, reader: Reader, strangers: Iterable[str], internal: Iterable[str] = ()) -> Iterator[str]:
    """What is wrong with the dashboard ``text`` of ``reader``, one sentence each.

    ``strangers`` are other customers and their titles, ``internal`` our teams and suppliers: none of them may be named.
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
    for place, uid in _datasources(dashboard, ""):
        if uid not in (reader.datasource, _OF_GRAFANA):
            yield f"{place}: asks the data source {uid!r}, not {reader.datasource!r} of this customer"
    texts = list(_texts(dashboard, ""))
    written = "\n".join(value for _, _, value in texts).lower()
    common = said_to_everybody()
    agreed = "\n".join(reader.agreed).lower()
    own = [_name(each) for each in sorted({reader.customer, *reader.called} - {""}, key=len, reverse=True)]
    known = [(each, _name(each)) for each in sorted({*strangers} - {reader.customer, ""}) if each.lower() in written]
    secret = ((each, _name(each)) for each in sorted({*internal} - {""}) if each.lower() in written)
    known += [(each, pattern) for each, pattern in secret if not pattern.search(agreed)]
    for place, key, value in texts:
        read_by_grafana = key in _READ_BY_GRAFANA
        if read_by_grafana:
            yield from (f"{place}: {fault}" for fault in _unpinned(value, reader.customer))
        if known:
            # Of a query only what stands in quotes can name anybody: the rest are words of the language, metrics and labels.
            lines = _QUOTED.findall(value) if read_by_grafana else value.splitlines()
            own_words = [_without(own, line.lower()) for line in lines]
            told = "\n".join(line for line in own_words if line not in common)
            yield from (f"{place}: names {name!r}" for name, pattern in known if pattern.search(told))


def _without(names_of_reader: Iterable[re.Pattern[str]], line: str) -> str:
    for pattern in names_of_reader:
        line = pattern.sub("", line)
    return line


def _name(name: str) -> re.Pattern[str]:
    """Finds a name in small letters, also where it is part of a slug or an address."""
    return re.compile(rf"(?<![^\W_]){re.escape(name.lower())}(?![^\W_])")


def _datasources(value: object, place: str) -> Iterator[tuple[str, object]]:
    """The uid of every data source that a document names, with its place."""
    if isinstance(value, dict):
        for name, each in value.items():
            inside = f"{place}.{name}" if place else name
            if name == "datasource" and each is not None:
                yield inside, each.get("uid") if isinstance(each, dict) else each
            else:
                yield from _datasources(each, inside)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _datasources(each, f"{place}[{index}]")


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
