"""The smallest document around every key of every kind, made from the published schema, and ways to spoil the key."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from slo_gen.spec.documents import KINDS
from slo_gen.spec.schema import validator
from slo_gen.spec.schema_words import example, resolve

Path = tuple[str | int, ...]
Schema = dict[str, Any]


@dataclass(frozen=True)
class Key:
    """One key of a kind: a right document that holds it, where it is, what it accepts and whether it must be there."""

    kind: str
    document: dict[str, Any]
    path: Path
    schema: Schema
    required: bool

    def __str__(self) -> str:
        return f"{self.kind}:{'.'.join(map(str, self.path))}"

    def holder(self, document: dict[str, Any]) -> Any:
        """The mapping with the key, in a copy of the document."""
        value: Any = document
        for step in self.path[:-1]:
            value = value[step]
        return value

    def replaced(self, value: Any) -> dict[str, Any]:
        """The document with another value for the key."""
        document = copy.deepcopy(self.document)
        self.holder(document)[self.path[-1]] = value
        return document

    def removed(self) -> dict[str, Any]:
        """The document without the key."""
        document = copy.deepcopy(self.document)
        del self.holder(document)[self.path[-1]]
        return document

    def renamed(self, name: str) -> dict[str, Any]:
        """The document with the key under another name, in the same place."""
        document = copy.deepcopy(self.document)
        holder = self.holder(document)
        items = [(name if key == self.path[-1] else key, value) for key, value in holder.items()]
        holder.clear()
        holder.update(items)
        return document


def keys(kind: str) -> Iterator[Key]:
    """Every key of a kind, however deep."""
    root = dict(validator(kind).schema)  # type: ignore[call-overload]
    for document, path, schema, required in _focused(root, root, ()):
        yield Key(kind, {**document, "kind": kind}, path, schema, required)


def every_key() -> list[Key]:
    """Every key of every kind. UPC is UC."""
    return [key for kind in KINDS if kind != "UPC" for key in keys(kind)]


Focus = tuple[Any, Path, Schema, bool]


def _focused(schema: Schema, root: Schema, above: tuple[str, ...]) -> Iterator[Focus]:
    """Values that the schema accepts, one for each key in them, with the path of the key."""
    reference = str(schema.get("$ref", ""))
    if reference and reference in above:
        return
    above = (*above, reference)
    whole = dict(resolve(schema, root))
    for branch in whole.get("anyOf", ()):
        yield from _focused(branch, root, above)
    if "properties" in whole:
        yield from _focused_fields(whole, root, above)
    elif isinstance(whole.get("additionalProperties"), dict):
        key = str(example(whole.get("propertyNames", {}), root)).replace("...", "some")
        for value, path, inner, required in _focused(whole["additionalProperties"], root, above):
            yield {key: value}, (key, *path), inner, required
    if "items" in whole:
        for value, path, inner, required in _focused(whole["items"], root, above):
            yield [value], (0, *path), inner, required


def _focused_fields(schema: Schema, root: Schema, above: tuple[str, ...]) -> Iterator[Focus]:
    base = example({key: value for key, value in schema.items() if key != "examples"}, root)
    groups = [[branch["required"][0] for branch in rule["oneOf"]] for rule in schema.get("allOf", ())]
    for name, field in schema["properties"].items():
        value = _with(base, name, groups, schema, root)
        value.setdefault(name, example(field, root))
        required = name in schema.get("required", ())
        yield value, (name,), dict(resolve(field, root)), required
        for inner, path, inner_schema, inner_required in _focused(field, root, above):
            yield {**value, name: inner}, (name, *path), inner_schema, inner_required


def _with(base: dict[str, Any], name: str, groups: list[list[str]], schema: Schema, root: Schema) -> dict[str, Any]:
    """The mapping with ``name`` chosen in each group of alternatives that has it, and the other groups complete."""
    value = copy.deepcopy(base)
    banned: set[str] = set()
    for group in groups:
        if name in group:
            banned.update(key for key in group if key != name)
    for key in banned:
        value.pop(key, None)
    for group in groups:
        if name not in group and not any(key in value for key in group):
            chosen = next(key for key in group if key not in banned)
            value[chosen] = example(schema["properties"][chosen], root)
    return value


def wrong_values(schema: Schema, root: Schema) -> Iterator[tuple[str, Any]]:
    """Values of the wrong type and values out of range, each with what is wrong."""
    check = validator("SLO").evolve(schema={**schema, "$defs": root["$defs"]})
    for name, value in (
        ("mapping", {"no-such-key": 1}),
        ("list", [["x"]]),
        ("number", 12345.5),
        ("truth", True),
        ("text", "\u00bf no such thing ?"),
    ):
        if _type_is_wrong(schema, root, value):
            yield name, value
    candidates: list[tuple[str, Any]] = [("pattern", "\u00bf?"), ("empty", ""), ("long", "x" * 20_000), ("negative", -1), ("short", [])]
    for name, value in candidates:
        if not _type_is_wrong(schema, root, value) and not check.is_valid(value):
            yield name, value


def _type_is_wrong(schema: Schema, root: Schema, value: Any) -> bool:
    """Whether no branch of the schema is about values of this type."""
    whole = resolve(schema, root)
    if "anyOf" in whole:
        return all(_type_is_wrong(branch, root, value) for branch in whole["anyOf"])
    if "enum" in whole or "const" in whole:
        return not any(type(value) is type(choice) for choice in whole.get("enum", [whole.get("const")]))
    types = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,), "object": (dict,)}
    return type(value) not in types[whole["type"]]
