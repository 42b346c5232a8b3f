"""Reading a dashboard that anybody may be shown who has its address, to find what a public dashboard of Grafana cannot do or would tell.

Grafana shows such readers no queries, but all labels of the series that these give. So each query must say which labels are left.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

import promql_parser

from slo_gen import names

__all__ = ["PUBLIC_LABELS", "unfit_for_public", "visible_labels"]

PUBLIC_LABELS: Final = frozenset({names.AGREEMENT, names.TARGET, names.OBJECTIVE_TEXT, names.PRIORITY, names.PERIOD, "month"})
"""What is told of a series."""

_KEPT_BY_LEFT: Final = frozenset({"and", "unless"})
_OF_GRAFANA: Final = "-- Grafana --"


def unfit_for_public(text: str) -> Iterator[str]:
    """What is wrong with a public dashboard, one sentence each. Raises ValueError for text that is no JSON."""
    dashboard = json.loads(text)
    annotations = dashboard.get("annotations", {}).get("list", ())
    for place, each in enumerate(annotations):
        source = each.get("datasource")
        if not isinstance(source, dict) or source.get("uid") != _OF_GRAFANA:
            yield f"annotations.list[{place}]: a public dashboard shows annotations of Grafana itself alone"
    for panel in _panels(dashboard):
        title = panel.get("title", "")
        if "libraryPanel" in panel:
            yield f"panel {title!r}: a public dashboard has no library panels"
        for target in panel.get("targets", ()):
            yield from (f"panel {title!r}: {fault}" for fault in _told(str(target.get("expr", ""))))


def _panels(dashboard: dict[str, object]) -> Iterator[dict[str, list[dict[str, object]]]]:
    found = dashboard.get("panels")
    for panel in found if isinstance(found, list) else ():
        yield panel
        yield from _panels(panel)


def _told(query: str) -> Iterator[str]:
    labels = visible_labels(promql_parser.parse(query))
    if labels is None:
        yield f"the query {query!r} gives series with all their labels; aggregate it by those that may be seen"
    elif labels - PUBLIC_LABELS:
        yield f"the query {query!r} shows the labels {', '.join(sorted(labels - PUBLIC_LABELS))}"


def visible_labels(node: object) -> frozenset[str] | None:
    """The labels that what a syntax tree gives can have; None where they are those of what is stored.

    Raises TypeError for a kind of node that is not known.
    """
    match node:
        case promql_parser.VectorSelector() | promql_parser.MatrixSelector():
            return None
        case promql_parser.NumberLiteral() | promql_parser.StringLiteral():
            return frozenset()
        case promql_parser.ParenExpr() | promql_parser.UnaryExpr() | promql_parser.SubqueryExpr():
            return visible_labels(node.expr)
        case promql_parser.AggregateExpr():
            return _of_aggregation(node)
        case promql_parser.Call():
            return _of_call(node)
        case promql_parser.BinaryExpr():
            return _of_both(node)
        case _:
            raise TypeError(f"unknown part of a query: {type(node).__name__}")


def _of_aggregation(node: promql_parser.AggregateExpr) -> frozenset[str] | None:
    operation, modifier = str(node.op), node.modifier
    if operation in ("topk", "bottomk", "limitk", "limit_ratio"):
        return visible_labels(node.expr)
    if modifier is not None and modifier.type != promql_parser.AggModifierType.By:
        return None
    kept = frozenset(modifier.labels) if modifier is not None else frozenset()
    if operation == "count_values" and isinstance(node.param, promql_parser.StringLiteral):
        return kept | {node.param.val}
    return kept


def _of_call(node: promql_parser.Call) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    if node.func.name in ("scalar", "vector", "time"):
        return found
    for argument in node.args:
        of_argument = visible_labels(argument)
        if of_argument is None:
            return None
        found |= of_argument
    if node.func.name in ("label_replace", "label_join"):
        target = node.args[1]
        assert isinstance(target, promql_parser.StringLiteral)
        found |= {target.val}
    return found


def _of_both(node: promql_parser.BinaryExpr) -> frozenset[str] | None:
    left, operation, modifier = visible_labels(node.lhs), str(node.op), node.modifier
    if operation in _KEPT_BY_LEFT:
        return left
    right = visible_labels(node.rhs)
    cards = promql_parser.VectorMatchCardinality
    if modifier is not None and modifier.card in (cards.ManyToOne, cards.OneToMany):
        many = left if modifier.card == cards.ManyToOne else right
        return None if many is None else many | frozenset(modifier.group_labels or ())
    matching = modifier.matching if modifier is not None and operation != "or" else None
    if matching is not None and matching.type == promql_parser.LabelModifierType.Include:
        return frozenset(matching.labels)
    return None if left is None or right is None else left | right
