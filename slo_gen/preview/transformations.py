"""What a panel does to the answers of its queries before they are drawn, as Grafana does it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, Literal

from msgspec import field

from slo_gen.preview.dashboard import Panel, Record, read_json
from slo_gen.preview.errors import PreviewError
from slo_gen.preview.frames import Field, Frame, Value, reduced

__all__ = ["TRANSFORMATIONS", "transformed"]

Frames = tuple[Frame, ...]
_LAST: Final = math.inf
"""The place of a field that an order does not name."""


class OrganizeOptions(Record, frozen=True, kw_only=True):
    exclude_by_name: dict[str, bool] = field(default_factory=dict)
    include_by_name: dict[str, bool] = field(default_factory=dict)
    index_by_name: dict[str, int] = field(default_factory=dict)
    rename_by_name: dict[str, str] = field(default_factory=dict)


class JoinOptions(Record, frozen=True, kw_only=True):
    by_field: str
    mode: Literal["outer", "inner"] = "outer"


class LabelsOptions(Record, frozen=True, kw_only=True):
    mode: Literal["columns", "rows"] = "columns"
    value_label: str = ""
    keep_labels: list[str] | None = None


class SortKey(Record, frozen=True, kw_only=True):
    by: str = field(name="field")
    desc: bool = False


class SortOptions(Record, frozen=True, kw_only=True):
    sort: tuple[SortKey, ...] = ()


class Names(Record, frozen=True, kw_only=True):
    names: tuple[str, ...] | None = None
    pattern: str | None = None


class FilterOptions(Record, frozen=True, kw_only=True):
    include: Names | None = None
    exclude: Names | None = None


class ReduceOptions(Record, frozen=True, kw_only=True):
    reducers: tuple[str, ...] = ()
    mode: Literal["seriesToRows", "reduceFields"] = "seriesToRows"
    labels_to_fields: bool = False


class Aggregation(Record, frozen=True, kw_only=True):
    operation: Literal["groupby", "aggregate"] | None = None
    aggregations: tuple[str, ...] = ()


class GroupOptions(Record, frozen=True, kw_only=True):
    fields: dict[str, Aggregation] = field(default_factory=dict)


class MatrixOptions(Record, frozen=True, kw_only=True):
    column_field: str
    row_field: str
    value_field: str
    empty_value: Literal["null", "empty", "zero", "false", "true"] = "empty"


class LimitOptions(Record, frozen=True, kw_only=True):
    limit_field: int = 10


class RenameOptions(Record, frozen=True, kw_only=True):
    regex: str = ""
    rename_pattern: str = ""


def transformed(panel: Panel, frames: Frames) -> Frames:
    """The frames after all steps of the panel, in their order. Raises PreviewError for a step that is not known."""
    for step in panel.transformations:
        if step.disabled:
            continue
        place = f"The transformation {step.id!r} of panel {panel.title!r}"
        if step.id not in TRANSFORMATIONS:
            raise PreviewError(f"{place} is not known here.")
        kind, apply = TRANSFORMATIONS[step.id]
        try:
            frames = apply(frames, read_json(step.options, kind, place))
        except KeyError as error:
            raise PreviewError(f"{place} wants the calculation {error.args[0]!r}, which is not known here.") from None
        except re.error as error:
            raise PreviewError(f"{place} has a pattern that cannot be read: {error}.") from None
    return frames


# --- tables side by side -------------------------------------------------------------------------------------------
def _merge(frames: Frames, options: Record) -> Frames:
    """Rows that agree in all fields that every table has become one, unless they differ in a field that only some have."""
    frames = tuple(frame for frame in frames if frame.fields)
    if len(frames) < 2:
        return frames
    fields: dict[str, Field] = {}
    for frame in frames:
        for each in frame.fields:
            fields.setdefault(each.name, each)
    keys = [name for name in fields if all(any(each.name == name for each in frame.fields) for frame in frames)]
    rows: list[dict[str, Value]] = []
    by_key: dict[tuple[Value, ...], list[dict[str, Value]]] = {}
    for frame in frames:
        names = [each.name for each in frame.fields]
        for values in frame.rows():
            row = dict(zip(names, values, strict=True))
            alike = by_key.setdefault(tuple(row[key] for key in keys), [])
            known = next((each for each in alike if all(each.get(name, value) == value for name, value in row.items())), None)
            if known is None:
                alike.append(row)
                rows.append(row)
            else:
                known.update(row)
    return (Frame(frames[0].ref, tuple(
        replace(each, values=tuple(row.get(name) for row in rows), labels={}) for name, each in fields.items()
    ), frames[0].step),)  # fmt: skip


def _join(frames: Frames, options: JoinOptions) -> Frames:
    """One row for each value of a field; a table without it is left out."""
    with_key = [(frame, key) for frame in frames if (key := _field(frame, options.by_field)) is not None]
    if not with_key:
        return frames
    sets = [set(key.values) for _, key in with_key]
    values = sorted(set.union(*sets) if options.mode == "outer" else set.intersection(*sets), key=_order)
    key_field = replace(with_key[0][1], values=tuple(values))
    joined = [key_field]
    for frame, key in with_key:
        rows = {value: row for row, value in reversed(list(enumerate(key.values)))}
        joined += [
            replace(each, values=tuple(each.values[rows[value]] if value in rows else None for value in values))
            for each in frame.fields
            if each is not key
        ]
    return (Frame(with_key[0][0].ref, _told_apart(joined), with_key[0][0].step),)


def _told_apart(fields: list[Field]) -> tuple[Field, ...]:
    """Fields of the same name are numbered."""
    counts = Counter(each.shown_as for each in fields)
    seen: Counter[str] = Counter()
    found = []
    for each in fields:
        seen[each.shown_as] += 1
        found.append(replace(each, heading=f"{each.shown_as} {seen[each.shown_as]}") if counts[each.shown_as] > 1 else each)
    return tuple(found)


# --- fields --------------------------------------------------------------------------------------------------------
def _organize(frames: Frames, options: OrganizeOptions) -> Frames:
    def organized(frame: Frame) -> Frame:
        kept = [each for each in frame.fields if not options.exclude_by_name.get(each.shown_as)]
        if options.include_by_name:
            kept = [each for each in kept if options.include_by_name.get(each.shown_as)]
        kept.sort(key=lambda each: options.index_by_name.get(each.shown_as, _LAST))
        return replace(frame, fields=tuple(_renamed(each, options.rename_by_name.get(each.shown_as, "")) for each in kept))

    return tuple(map(organized, frames))


def _labels_to_fields(frames: Frames, options: LabelsOptions) -> Frames:
    if options.mode == "rows":
        return tuple(
            Frame(frame.ref, (
                Field("label", "string", tuple(sorted(each.labels)), {}),
                Field("value", "string", tuple(each.labels[label] for label in sorted(each.labels)), {}),
            ))
            for frame in frames for each in frame.fields if each.labels
        )  # fmt: skip
    return tuple(_with_labels(frame, options) for frame in frames)


def _with_labels(frame: Frame, options: LabelsOptions) -> Frame:
    found: dict[str, Field] = {}
    figures = []
    for each in frame.fields:
        kept = {name: value for name, value in each.labels.items() if options.keep_labels is None or name in options.keep_labels}
        for name, value in sorted(kept.items()):
            if name != options.value_label:
                found.setdefault(name, Field(name, "string", (value,) * frame.length, {}))
        named = kept.get(options.value_label)
        figures.append(replace(each, name=named, heading="", labels={}) if named else replace(each, labels={}, heading=""))
    return replace(frame, fields=(*figures, *found.values()))


def _filter_fields(frames: Frames, options: FilterOptions) -> Frames:
    def kept(each: Field) -> bool:
        return (options.include is None or _is_named(each, options.include)) and not (
            options.exclude is not None and _is_named(each, options.exclude)
        )

    return tuple(replace(frame, fields=tuple(filter(kept, frame.fields))) for frame in frames)


def _is_named(each: Field, names: Names) -> bool:
    by_pattern = names.pattern is not None and re.search(_pattern(names.pattern), each.shown_as) is not None
    return by_pattern or (names.names is not None and each.shown_as in names.names)


def _rename(frames: Frames, options: RenameOptions) -> Frames:
    pattern = re.compile(_pattern(options.regex))
    written = re.sub(r"\$(\d)", r"\\g<\1>", options.rename_pattern.replace("\\", r"\\"))
    return tuple(
        replace(frame, fields=tuple(
            replace(each, heading=pattern.sub(written, each.shown_as)) if pattern.search(each.shown_as) else each for each in frame.fields
        ))
        for frame in frames
    )  # fmt: skip


# --- rows ----------------------------------------------------------------------------------------------------------
def _sort(frames: Frames, options: SortOptions) -> Frames:
    def in_order(frame: Frame) -> Frame:
        rows = list(frame.rows())
        for key in reversed(options.sort):
            place = next((index for index, each in enumerate(frame.fields) if key.by in (each.shown_as, each.name)), None)
            if place is not None:
                rows.sort(key=lambda row, place=place: _order(row[place]), reverse=key.desc)  # type: ignore[misc]
        return frame.with_rows(rows)

    return tuple(in_order(frame) if frame.fields else frame for frame in frames)


def _limit(frames: Frames, options: LimitOptions) -> Frames:
    return tuple(frame.with_rows(list(frame.rows())[: options.limit_field]) if frame.fields else frame for frame in frames)


def _reduce(frames: Frames, options: ReduceOptions) -> Frames:
    if options.mode == "reduceFields":
        calculation = options.reducers[0] if options.reducers else "lastNotNull"
        return tuple(
            replace(frame, fields=tuple(
                replace(each, values=(reduced(each.values, calculation),)) for each in frame.fields if each.kind == "number"
            ))
            for frame in frames
        )  # fmt: skip
    figures = [each for frame in frames for each in frame.fields if each.kind == "number"]
    labels = sorted({label for each in figures for label in each.labels}) if options.labels_to_fields else []
    rows: list[list[Value]] = []
    for each in figures:
        told: list[Value] = [each.name if labels else each.shown_as, *(each.labels.get(label) for label in labels)]
        rows.append([*told, *(reduced(each.values, calculation) for calculation in options.reducers)])
    fields = (
        *(Field(name, "string", (), {}) for name in ("Field", *labels)),
        *(Field(_CALCULATED.get(calculation, calculation.capitalize()), "number", (), {}) for calculation in options.reducers),
    )
    return (Frame(frames[0].ref if frames else "", fields).with_rows(rows),) if rows else ()


_CALCULATED: Final = {"lastNotNull": "Last *", "firstNotNull": "First *", "sum": "Total", "diff": "Difference"}
"""What columns of reduced figures are called, where it is not their own name."""


def _group(frames: Frames, options: GroupOptions) -> Frames:
    return tuple(_grouped(frame, options) for frame in frames)


def _grouped(frame: Frame, options: GroupOptions) -> Frame:
    keys = [each for each in frame.fields if _operation(each, options) == "groupby"]
    if not keys:
        return frame
    groups: dict[tuple[Value, ...], list[int]] = {}
    for row, values in enumerate(zip(*(each.values for each in keys), strict=True)):
        groups.setdefault(values, []).append(row)
    fields = [replace(each, values=tuple(group[place] for group in groups)) for place, each in enumerate(keys)]
    for each in frame.fields:
        if _operation(each, options) == "aggregate":
            for calculation in options.fields[each.shown_as].aggregations:
                found = tuple(reduced((each.values[row] for row in rows), calculation) for rows in groups.values())
                fields.append(Field(f"{each.shown_as} ({calculation})", "number", found, {}))
    return replace(frame, fields=tuple(fields))


def _operation(each: Field, options: GroupOptions) -> str | None:
    found = options.fields.get(each.shown_as)
    return None if found is None else found.operation


def _matrix(frames: Frames, options: MatrixOptions) -> Frames:
    """A row and a column for each value of two fields, both in the order in which they appear."""
    if len(frames) != 1:
        return frames
    (frame,) = frames
    columns, rows, values = (_field(frame, name) for name in (options.column_field, options.row_field, options.value_field))
    if columns is None or rows is None or values is None:
        return frames
    cells = {(row, column): value for row, column, value in zip(rows.values, columns.values, values.values, strict=True)}
    empty: Value = {"null": None, "empty": "", "zero": 0.0, "false": 0.0, "true": 1.0}[options.empty_value]
    down = tuple(dict.fromkeys(rows.values))
    return (Frame(frame.ref, (
        Field(f"{options.row_field}\\{options.column_field}", rows.kind, down, {}),
        *(
            Field(_text(column), values.kind, tuple(cells.get((row, column), empty) for row in down), {})
            for column in dict.fromkeys(columns.values)
        ),
    )),)  # fmt: skip


# --- pieces --------------------------------------------------------------------------------------------------------
def _field(frame: Frame, name: str) -> Field | None:
    return next((each for each in frame.fields if name in (each.shown_as, each.name)), None)


def _renamed(each: Field, heading: str) -> Field:
    return replace(each, heading=heading) if heading else each


def _order(value: Value) -> tuple[int, float, str]:
    """Nothing before figures, figures before texts."""
    if value is None:
        return (0, 0.0, "")
    return (2, 0.0, value) if isinstance(value, str) else (1, value, "")


def _text(value: Value) -> str:
    return value if isinstance(value, str) else "" if value is None else f"{value:g}"


def _pattern(text: str) -> str:
    """A pattern of JavaScript, with or without the slashes around it."""
    found = re.fullmatch(r"/(.*)/([gimsuy]*)", text, re.DOTALL)
    return text if found is None else ("(?i)" if "i" in found[2] else "") + found[1]


TRANSFORMATIONS: Final[Mapping[str, tuple[type[Record], Callable[[Frames, Any], Frames]]]] = {
    "merge": (Record, _merge),
    "joinByField": (JoinOptions, _join),
    "organize": (OrganizeOptions, _organize),
    "labelsToFields": (LabelsOptions, _labels_to_fields),
    "filterFieldsByName": (FilterOptions, _filter_fields),
    "renameByRegex": (RenameOptions, _rename),
    "sortBy": (SortOptions, _sort),
    "limit": (LimitOptions, _limit),
    "reduce": (ReduceOptions, _reduce),
    "groupBy": (GroupOptions, _group),
    "groupingToMatrix": (MatrixOptions, _matrix),
}
"""Id of each transformation that is known here: its options, and what it does."""
