"""Tables of columns, as Grafana makes them of what a Prometheus answers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeGuard

from slo_gen.preview.dashboard import Target
from slo_gen.preview.queries import Question
from slo_gen.prometheus import Sample, Series

__all__ = ["Field", "Frame", "Value", "frames_of", "is_drawable", "legend", "reduced"]

Value = float | str | None
Kind = Literal["time", "number", "string"]
_PLACEHOLDER: Final = re.compile(r"\{\{\s*(.+?)\s*\}\}")
TIME: Final = "Time"


@dataclass(frozen=True, slots=True)
class Field:
    """A column. ``name`` is what transformations know it by, ``heading`` what it is shown as; times are milliseconds since 1970.

    ``interval`` is the step in seconds at which its frame was asked for, None for single instants.
    """

    name: str
    kind: Kind
    values: tuple[Value, ...]
    labels: Mapping[str, str]
    heading: str = ""

    @property
    def shown_as(self) -> str:
        return self.heading or self.name


@dataclass(frozen=True, slots=True)
class Frame:
    """Columns of equal length. ``ref`` is the letter of its query, ``step`` its seconds between points, None for an instant."""

    ref: str
    fields: tuple[Field, ...]
    step: float | None = None

    @property
    def length(self) -> int:
        return len(self.fields[0].values) if self.fields else 0

    def rows(self) -> Iterable[tuple[Value, ...]]:
        return zip(*(field.values for field in self.fields), strict=True)

    def with_rows(self, rows: Sequence[Sequence[Value]]) -> Frame:
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(self.fields)
        return replace(self, fields=tuple(replace(field, values=tuple(values)) for field, values in zip(self.fields, columns, strict=True)))


def frames_of(target: Target, question: Question, answer: Sequence[Sample] | Sequence[Series], tables: int) -> tuple[Frame, ...]:
    """What a query's answer becomes; ``tables`` is how many queries of its panel give tables."""
    series = [
        (dict(each.labels), ((each.time, each.value),) if isinstance(each, Sample) else each.points)
        for each in answer
    ]  # fmt: skip
    if target.format == "table":
        return _table(target, question, series, "Value" if tables == 1 else f"Value #{target.ref}")
    if target.format == "heatmap":
        series.sort(key=lambda each: _bound(each[0].get("le", "")))
    names = [legend(target.legend_format, labels, [each for each, _ in series]) for labels, _ in series]
    return tuple(
        Frame(target.ref, (
            Field(TIME, "time", tuple(_milliseconds(at) for at, _ in points), {}),
            Field("Value", "number", tuple(_number(value) for _, value in points), labels, name),
        ), question.step)
        for name, (labels, points) in zip(names, series, strict=True)
    )  # fmt: skip


def _table(
    target: Target, question: Question, series: Sequence[tuple[dict[str, str], Sequence[tuple[float, float]]]], name: str
) -> tuple[Frame, ...]:
    """One row for each sample: its time, its labels, its value. Nothing where nothing was answered."""
    if not series:
        return ()
    labels = sorted({label for each, _ in series for label in each})
    rows = sorted(
        ((at, each, value) for each, points in series for at, value in points), key=lambda row: row[0]
    )
    return (Frame(target.ref, (
        Field(TIME, "time", tuple(_milliseconds(at) for at, _, _ in rows), {}),
        *(Field(label, "string", tuple(each.get(label, "") for _, each, _ in rows), {}) for label in labels),
        Field(name, "number", tuple(_number(value) for _, _, value in rows), {}),
    ), question.step),)  # fmt: skip


def legend(pattern: str, labels: Mapping[str, str], among: Sequence[Mapping[str, str]]) -> str:
    """The name of a series. ``__auto`` is what tells it from the others of its query."""
    if pattern == "__auto":
        varying = [key for key in sorted(labels) if any(each.get(key) != labels[key] for each in among)]
        if len(varying) == 1:
            return labels[varying[0]]
    elif pattern:
        return _PLACEHOLDER.sub(lambda found: labels.get(found[1], ""), pattern)
    pairs = ", ".join(f'{key}="{value}"' for key, value in sorted(labels.items()) if key != "__name__")
    return labels.get("__name__", "") + (f"{{{pairs}}}" if pairs or "__name__" not in labels else "")


def _milliseconds(at: float) -> float:
    return float(round(at * 1000))


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _bound(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.inf


def is_drawable(value: Value) -> TypeGuard[float]:
    """Whether a value is a number with a place on an axis: not missing, and not so far away that the axis would have no length."""
    return isinstance(value, float) and abs(value) < 1e200


def reduced(values: Iterable[Value], calculation: str) -> Value:
    """One value of many, by the id of a calculation. Raises KeyError for one that is not known."""
    known = list(values)
    numbers = [value for value in known if isinstance(value, int | float)]
    present = [value for value in known if value is not None]
    match calculation:
        case "lastNotNull":
            return present[-1] if present else None
        case "last":
            return known[-1] if known else None
        case "firstNotNull":
            return present[0] if present else None
        case "first":
            return known[0] if known else None
        case "min" | "max" | "mean" | "sum" | "range" | "diff" | "delta" if not numbers:
            return 0.0 if calculation == "sum" else None
        case "min":
            return min(numbers)
        case "max":
            return max(numbers)
        case "mean":
            return math.fsum(numbers) / len(numbers)
        case "sum":
            return math.fsum(numbers)
        case "range":
            return max(numbers) - min(numbers)
        case "diff":
            return numbers[-1] - numbers[0]
        case "count":
            return float(len(known))
    raise KeyError(calculation)
