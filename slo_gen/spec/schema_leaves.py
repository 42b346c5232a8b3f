"""Which errors of jsonschema are to be told: those of the branch of each union that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema.exceptions import ValidationError

from slo_gen.spec.schema_words import Schema, resolve

__all__ = ["Leaf", "accepts_type", "is_choice", "told_errors"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An error that is to be told: the rule of the schema that was broken, by which value, and where."""

    rule: str
    bound: Any  # what the rule asks for: the pattern, the least number, the required fields
    schema: dict[str, Any]
    value: Any
    path: tuple[str | int, ...]
    about_key: bool


def told_errors(errors: Iterable[ValidationError], root: Schema, base: tuple[str | int, ...] = ()) -> Iterator[Leaf]:
    """The errors with those of unions replaced by the errors of the branch that was probably meant.

    A union of which no branch, or more than one, fits what was written stays an error of its own (``anyOf``).
    """
    for error in errors:
        path = base + tuple(error.relative_path)
        branches: Any = error.validator_value
        if error.validator in ("anyOf", "oneOf") and not is_choice(branches):
            meant = _meant_branch(error, root)
            if meant is not None:
                yield from told_errors(meant, root, path)
                continue
        schema: Any = error.schema
        about_key = "propertyNames" in list(error.relative_schema_path)[-3:-1]
        yield Leaf(str(error.validator), branches, dict(resolve(schema, root)), error.instance, path, about_key)


def _meant_branch(error: ValidationError, root: Schema) -> list[ValidationError] | None:
    """The errors of the branch that accepts such a mapping, list or number; None when several or none do, and for text."""
    branches: dict[int, list[ValidationError]] = {}
    for child in error.context or ():
        branches.setdefault(int(child.relative_schema_path[0]), []).append(child)
    schemas: Any = error.validator_value
    fitting = [children for number, children in sorted(branches.items()) if accepts_type(resolve(schemas[number], root), error.instance)]
    if len(fitting) > 1 and isinstance(error.instance, dict):
        return min(fitting, key=len)
    if isinstance(error.instance, (int, float)):
        return fitting[-1] if fitting else None
    return fitting[0] if len(fitting) == 1 and isinstance(error.instance, (dict, list)) else None


def is_choice(branches: Any) -> bool:
    """Whether the branches of a union only say which fields must be there."""
    return all(set(branch) == {"required"} for branch in branches)


def accepts_type(schema: Schema, value: Any) -> bool:
    """Whether a schema is about values of this type, right or wrong."""
    if "enum" in schema:
        return any(type(choice) is type(value) for choice in schema["enum"])
    if "const" in schema:
        return type(schema["const"]) is type(value)
    accepted: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}
    kind = accepted.get(str(schema.get("type", "")))
    return kind is None or (isinstance(value, kind) and (kind is bool or not isinstance(value, bool)))
