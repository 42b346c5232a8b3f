"""Documents made from the structs themselves, right ones and spoiled ones, for property tests."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

from slo_gen.spec.documents import KINDS, Choice

__all__ = ["documents", "spoiled"]

_JUNK = st.sampled_from([
    None, True, False, 0, 1, -1, 1.0, 0.5, -0.5, 10**30, -(10**30), "", " ", "x", "X", "a\n", "\n", "0", "-", "1.5%", "100%", "100.1%",
    "99.9", "1h30m", "1H", "5", "-1d", "30d\n", "2026-02-29", "2024-02-29", "2026-13-01", "team/x", "role/x\n", "a/b", "a/b/c", "gold@0",
    "gold@3", "12 EUR", "EUR", "24:00", "08:00-18:00", "at least 5%", "above 5", "http://x y", "٣٠d",
    [], {}, [[]], [None], {"x": 1}, {"": ""}, ["x"],
])  # fmt: skip
_PLAIN = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


def documents(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of a kind that the structs accept."""
    return _struct(KINDS[kind], 0).map(lambda document: {**document, "kind": kind})


@st.composite
def spoiled(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A document in which one to three things were changed; it may still be right."""
    document = copy.deepcopy(draw(documents(kind)))
    for _ in range(draw(st.integers(1, 3))):
        _spoil(draw, document)
    return document


def _spoil(draw: st.DrawFn, document: dict[str, Any]) -> None:
    if not document:
        return
    holder, key = draw(st.sampled_from(_places(document)))
    match draw(st.sampled_from(["replace", "replace", "delete", "add", "copy"])):
        case "replace":
            holder[key] = copy.deepcopy(draw(_JUNK))  # later changes must not reach the examples themselves
        case "delete":
            del holder[key]
        case "add" if isinstance(holder, dict):
            holder[draw(st.sampled_from(["x", "name", "spec", "as", "any", "span", "bad", "1", "P1 "]))] = copy.deepcopy(draw(_JUNK))
        case _:
            other, name = draw(st.sampled_from(_places(document)))
            holder[key] = copy.deepcopy(other[name])


def _places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found.append((value, key))
        found.extend(_places(item))
    return found


def _value(kind: inspect.Type, depth: int, examples: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    while isinstance(kind, inspect.Metadata):
        examples = examples or tuple((kind.extra_json_schema or {}).get("examples", ()))
        kind = kind.type
    match kind:
        case inspect.StrType():
            return _text(kind, tuple(example for example in examples if isinstance(example, str)))
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            return st.integers(kind.ge, kind.le)
        case inspect.FloatType():
            return st.floats(kind.ge, allow_nan=False, allow_infinity=False)
        case inspect.VarTupleType():
            low = kind.min_length or 0
            return st.lists(_value(kind.item_type, depth), min_size=low, max_size=max(low, 2 if depth < 4 else 0))
        case inspect.DictType():
            return st.dictionaries(_value(kind.key_type, depth), _value(kind.value_type, depth), max_size=2)
        case inspect.UnionType():
            return st.one_of(*(_value(each, depth) for each in kind.types))
        case inspect.StructType():
            return _struct(kind.cls, depth + 1)
    raise TypeError(f"no values for {kind}")


def _text(kind: inspect.StrType, examples: tuple[str, ...]) -> st.SearchStrategy[str]:
    if kind.pattern is None:
        return _PLAIN if kind.min_length else st.one_of(st.just(""), _PLAIN)
    given = [st.sampled_from(examples)] if examples else []
    return st.one_of(
        *given, st.from_regex(kind.pattern.removesuffix("$(?!\\n)") + r"\Z").filter(lambda text: len(text) <= (kind.max_length or 200))
    )


@st.composite
def _struct(draw: st.DrawFn, struct: type, depth: int) -> dict[str, Any]:
    groups = struct.exactly_one if issubclass(struct, Choice) else ()
    left_out = _left_out(draw, groups)
    document: dict[str, Any] = {}
    for key, required, value in _keys(struct, depth):
        chosen = any(key in keys for keys in groups)
        if key not in left_out and (chosen or required or draw(st.integers(0, 3)) == 0):
            document[key] = draw(value)
    return document


@cache
def _keys(struct: type, depth: int) -> list[tuple[str, bool, st.SearchStrategy[Any]]]:
    """The keys of a struct, whether they are required, and their values. Made once: strategies are slow to make."""
    information = inspect.type_info(struct)
    assert isinstance(information, inspect.StructType)
    return [(field.encode_name, field.required, _value(field.type, depth)) for field in information.fields]


def _left_out(draw: st.DrawFn, groups: tuple[tuple[str, ...], ...]) -> set[str]:
    """Keys to leave out so that exactly one of each group remains."""
    kept: set[str] = set()
    out: set[str] = set()
    for keys in groups:
        standing = [key for key in keys if key in kept] or [draw(st.sampled_from([key for key in keys if key not in out]))]
        kept.add(standing[0])
        out.update(key for key in keys if key != standing[0])
    return out - kept
