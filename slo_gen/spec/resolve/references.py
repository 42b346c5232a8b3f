"""Which other documents a document names, found by the types of its fields.

Fields whose text names something say so in ``documents.scalars`` (``refers``). For each struct a visitor is built
once; visiting a document touches only the fields that can hold references.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from slo_gen.spec.documents import Envelope

__all__ = ["Reference", "references"]

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A text that names something, and where it stands.

    ``refers`` is the kind that a bare name belongs to; ``kind/name`` and ``agreement/target`` say how to read the text.
    """

    path: Steps
    refers: str
    text: str


_Visitor = Callable[[Any, Steps, list[Reference]], None]


def references(document: Envelope) -> list[Reference]:
    """Every reference in a document, in the order of its fields."""
    found: list[Reference] = []
    visitor = _struct_visitor(type(document))
    if visitor is not None:
        visitor(document, (), found)
    return found


@cache
def _struct_visitor(struct: type) -> _Visitor | None:
    information = inspect.type_info(struct)
    assert isinstance(information, inspect.StructType)
    return _of_struct(information, {})


def _visitor(kind: inspect.Type, refers: str, open_structs: dict[type, _Visitor]) -> _Visitor | None:
    while isinstance(kind, inspect.Metadata):
        refers = refers or (kind.extra or {}).get("refers", "")
        kind = kind.type
    if isinstance(kind, inspect.StrType):
        return _of_text(refers) if refers else None
    if isinstance(kind, inspect.VarTupleType):
        return _of_list(_visitor(kind.item_type, refers, open_structs))
    if isinstance(kind, inspect.DictType):
        return _of_mapping(_visitor(kind.value_type, refers, open_structs))
    if isinstance(kind, inspect.StructType):
        return _of_struct(kind, open_structs)
    if isinstance(kind, inspect.UnionType):
        return _of_union(kind, refers, open_structs)
    return None


def _of_text(refers: str) -> _Visitor:
    def visit(value: Any, path: Steps, found: list[Reference]) -> None:
        found.append(Reference(path, refers, value))

    return visit


def _of_list(item: _Visitor | None) -> _Visitor | None:
    if item is None:
        return None

    def visit(value: Any, path: Steps, found: list[Reference]) -> None:
        for position, each in enumerate(value):
            item(each, (*path, position), found)

    return visit


def _of_mapping(item: _Visitor | None) -> _Visitor | None:
    if item is None:
        return None

    def visit(value: Mapping[str, Any], path: Steps, found: list[Reference]) -> None:
        for key, each in value.items():
            item(each, (*path, key), found)

    return visit


def _of_union(kind: inspect.UnionType, refers: str, open_structs: dict[type, _Visitor]) -> _Visitor | None:
    text: _Visitor | None = None
    sections: dict[type, _Visitor] = {}
    for each in kind.types:
        bare = each
        while isinstance(bare, inspect.Metadata):
            bare = bare.type
        visitor = _visitor(each, refers, open_structs)
        if isinstance(bare, inspect.StructType) and visitor is not None:
            sections[bare.cls] = visitor
        elif isinstance(bare, inspect.StrType):
            text = visitor
        elif visitor is not None:
            raise TypeError(f"references in {bare} beside other types are not visited")
    if text is None and not sections:
        return None

    def visit(value: Any, path: Steps, found: list[Reference]) -> None:
        visitor = text if isinstance(value, str) else sections.get(type(value))
        if visitor is not None:
            visitor(value, path, found)

    return visit


def _of_struct(kind: inspect.StructType, open_structs: dict[type, _Visitor]) -> _Visitor | None:
    if kind.cls in open_structs:
        return open_structs[kind.cls]
    fields: list[tuple[str, str, _Visitor]] = []

    def visit(value: Any, path: Steps, found: list[Reference]) -> None:
        for attribute, key, visitor in fields:
            held = getattr(value, attribute)
            if held is not msgspec.UNSET:
                visitor(held, (*path, key), found)

    open_structs[kind.cls] = visit
    for field in kind.fields:
        visitor = _visitor(field.type, "", open_structs)
        if visitor is not None:
            fields.append((field.name, field.encode_name, visitor))
    del open_structs[kind.cls]
    return visit if fields else None
