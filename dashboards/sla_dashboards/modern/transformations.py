"""What Grafana does to the answers of queries before it draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sla_dashboards.modern.ids import Calculation, TransformationId
from sla_dashboards.modern.json_values import Json, JsonObject

__all__ = [
    "Transformation", "filter_fields", "group_by", "grouping_to_matrix", "join_by_field", "labels_to_fields", "limit", "merge", "organize",
    "reduce_rows", "rename_by_regex", "sort_by",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Transformation:
    """One step. Made by the functions of this module, each of which knows the options of its kind."""

    id: TransformationId
    options: JsonObject

    def to_json_data(self) -> JsonObject:
        return {"id": self.id, "options": self.options}


def merge() -> Transformation:
    """Tables side by side: rows that agree in all fields they share become one."""
    return Transformation("merge", {})


def organize(order: Sequence[tuple[str, str]], hidden: Sequence[str] = ()) -> Transformation:
    """Fields in this ``order``, each with its new name; those that are ``hidden`` go."""
    renamed: dict[str, Json] = {field: heading for field, heading in order if heading}
    places: dict[str, Json] = {field: place for place, (field, _) in enumerate(order)}
    return Transformation("organize", {"excludeByName": dict.fromkeys(hidden, True), "indexByName": places, "renameByName": renamed})


def join_by_field(field: str, mode: Literal["outer", "inner"] = "outer") -> Transformation:
    """Tables side by side, by one field that they share."""
    return Transformation("joinByField", {"byField": field, "mode": mode})


def labels_to_fields(value_label: str = "", *, rows: bool = False) -> Transformation:
    """A field for each label; ``value_label`` gives its values as names to the figures."""
    options: dict[str, Json] = {"mode": "rows" if rows else "columns"}
    return Transformation("labelsToFields", {**options, "valueLabel": value_label} if value_label else options)


def sort_by(field: str, *, descending: bool = False) -> Transformation:
    """Rows in the order of a field."""
    return Transformation("sortBy", {"fields": {}, "sort": [{"field": field, "desc": descending}]})


def filter_fields(names: Sequence[str]) -> Transformation:
    """Only these fields."""
    return Transformation("filterFieldsByName", {"include": {"names": list(names)}})


def reduce_rows(calculations: Sequence[Calculation] = ("lastNotNull",)) -> Transformation:
    """A row for each series, with one figure for each calculation."""
    return Transformation("reduce", {"reducers": list(calculations), "mode": "seriesToRows", "labelsToFields": True})


def group_by(keys: Sequence[str], figures: Sequence[tuple[str, Calculation]]) -> Transformation:
    """One row for each combination of the keys; the figures of its rows taken together."""
    fields: dict[str, Json] = {key: {"operation": "groupby", "aggregations": []} for key in keys}
    fields |= {field: {"operation": "aggregate", "aggregations": [calculation]} for field, calculation in figures}
    return Transformation("groupBy", {"fields": fields})


def grouping_to_matrix(column: str, row: str, value: str) -> Transformation:
    """A grid: a row and a column for each value of two fields. What is empty has no figure."""
    return Transformation("groupingToMatrix", {"columnField": column, "rowField": row, "valueField": value, "emptyValue": "null"})


def limit(rows: int) -> Transformation:
    """The first rows."""
    return Transformation("limit", {"limitField": rows})


def rename_by_regex(pattern: str, name: str) -> Transformation:
    """Fields renamed by what a pattern finds in their names; ``$1`` is its first group."""
    return Transformation("renameByRegex", {"regex": pattern, "renamePattern": name})
