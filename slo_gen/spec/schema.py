"""The published JSON Schema and the manual's tables of fields, both made from the structs of the documents.

The schema (draft 2020-12) accepts exactly the documents that the fast conversion accepts. One thing JSON Schema
cannot say: to it ``1.0`` is an integer, while a document must write ``1``. ``validator`` is strict about that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect

from slo_gen.spec.documents import API_VERSION, KINDS, Choice, Envelope, Section
from slo_gen.spec.documents.envelope import choice_message

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["Field", "Schema", "fields", "schema", "schema_json", "validator"]

Schema = Mapping[str, Any]

_ID = f"urn:slo-gen:schema:{API_VERSION}"


@cache
def schema() -> Schema:
    """The JSON Schema of a document of any kind."""
    structs = list(dict.fromkeys(KINDS.values()))
    _, definitions = msgspec.json.schema_components(structs, ref_template="#/$defs/{name}")
    for choice in _choices(Choice):
        definitions[choice.__name__]["allOf"] = [_one_of(keys) for keys in choice.exactly_one]
    for section in _sections_below(Section):
        for key, names in _fixed_keys(section):
            definitions[section.__name__]["properties"][key]["propertyNames"] = {"enum": names}
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ID,
        "title": "slo-gen document",
        "description": "A document of service level management as code.",
        "type": "object",
        "properties": {
            "apiVersion": {"description": "Version of the document format. May be left out.", "const": API_VERSION},
            "kind": {"description": "What the document is.", "enum": list(KINDS)},
            "metadata": {"description": "Name, title and labels of the document.", "type": "object"},
            "spec": {"description": "What the document says; its keys depend on the kind.", "type": "object"},
        },
        "required": ["kind", "metadata"],
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{struct.__name__}"},
            }
            for kind, struct in KINDS.items()
        ],
        "$defs": dict(sorted(definitions.items())),
    }
    plain: Schema = json.loads(json.dumps(whole))  # defaults of the structs are tuples, which are no JSON
    return plain


def schema_json() -> str:
    """The JSON Schema as text, the same bytes every time."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


@cache
def validator(kind: str) -> Validator:
    """A validator of documents of one kind that finds every error. KeyError for an unknown kind."""
    from jsonschema import Draft202012Validator, validators

    strict = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool))
    strict_validator = validators.extend(Draft202012Validator, type_checker=strict)  # type: ignore[no-untyped-call]
    found: Validator = strict_validator({"$ref": f"#/$defs/{KINDS[kind].__name__}", "$defs": schema()["$defs"]})
    return found


def _choices(section: type[Choice]) -> Iterator[type[Choice]]:
    for choice in section.__subclasses__():
        yield choice
        yield from _choices(choice)


def _sections_below(section: type[Section]) -> Iterator[type[Section]]:
    for each in section.__subclasses__():
        yield each
        yield from _sections_below(each)


def _fixed_keys(section: type[Section]) -> Iterator[tuple[str, list[str]]]:
    """Mappings whose keys are words out of a list, which msgspec's own schema leaves out."""
    information = inspect.type_info(section)
    assert isinstance(information, inspect.StructType)
    for field in information.fields:
        kind, _ = _bare(field.type)
        if isinstance(kind, inspect.DictType):
            names, _ = _bare(kind.key_type)
            if isinstance(names, inspect.LiteralType):
                yield field.encode_name, sorted(str(name) for name in names.values)


def _one_of(keys: tuple[str, ...]) -> Schema:
    return {"oneOf": [{"required": [key]} for key in keys], "errorMessage": choice_message(keys)}


# --- tables of the manual ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Field:
    """One key of a kind: where it stands, what it takes, what holds when it is left out, what it means."""

    path: str  # spec.targets[].objective
    type: str  # in words: "text", "list of names", ...
    required: bool
    default: str  # as YAML; "" when there is none
    description: str
    examples: tuple[str, ...]


def fields(kind: str) -> tuple[Field, ...]:
    """Every key of a kind, outermost first, sections directly after the key that holds them. KeyError for an unknown kind."""
    struct: type[Envelope] = KINDS[kind]
    return tuple(_fields(struct, "", ()))


def _fields(struct: type, prefix: str, above: tuple[type, ...]) -> Iterator[Field]:
    information = inspect.type_info(struct)
    assert isinstance(information, inspect.StructType)
    for field in information.fields:
        path = f"{prefix}{field.encode_name}"
        kind, notes = _bare(field.type)
        yield Field(
            path=path,
            type=_words(field.type),
            required=field.required,
            default=_default(field),
            description=str(notes.get("description", "")),
            examples=tuple(_shown(example) for example in notes.get("examples", ())),
        )
        for suffix, section in _sections(kind):
            if section not in (*above, struct):
                yield from _fields(section, f"{path}{suffix}.", (*above, struct))


def _bare(kind: inspect.Type) -> tuple[inspect.Type, dict[str, Any]]:
    """A type without its notes, and the notes."""
    notes: dict[str, Any] = {}
    while isinstance(kind, inspect.Metadata):
        notes = {**(kind.extra_json_schema or {}), **notes}
        kind = kind.type
    return kind, notes


def _sections(kind: inspect.Type) -> Iterator[tuple[str, type]]:
    kind, _ = _bare(kind)
    if isinstance(kind, inspect.StructType):
        yield "", kind.cls
    elif isinstance(kind, inspect.VarTupleType):
        for suffix, section in _sections(kind.item_type):
            yield f"[]{suffix}", section
    elif isinstance(kind, inspect.DictType):
        for suffix, section in _sections(kind.value_type):
            yield f".<key>{suffix}", section
    elif isinstance(kind, inspect.UnionType):
        for each in kind.types:
            yield from _sections(each)


def _words(kind: inspect.Type) -> str:
    kind, notes = _bare(kind)
    if isinstance(kind, inspect.LiteralType):
        return " or ".join(f"`{_shown(value)}`" for value in kind.values)
    if isinstance(kind, inspect.UnionType):
        return " or ".join(dict.fromkeys(_words(each) for each in kind.types))
    if isinstance(kind, inspect.VarTupleType):
        return f"list of: {_words(kind.item_type)}"
    if isinstance(kind, inspect.DictType):
        return f"mapping of {_words(kind.key_type)} to: {_words(kind.value_type)}"
    if isinstance(kind, inspect.StructType):
        return "section"
    if isinstance(kind, inspect.StrType):
        return str(notes.get("errorMessage", "expected text")).removeprefix("expected ")
    if isinstance(kind, inspect.BoolType):
        return "`true` or `false`"
    if isinstance(kind, inspect.IntType):
        return "whole number"
    if isinstance(kind, inspect.FloatType):
        return "number"
    raise TypeError(f"no words for {kind}")


def _default(field: inspect.Field) -> str:
    if field.required or field.default is msgspec.UNSET:
        return ""
    if field.default is msgspec.NODEFAULT:
        return _shown(field.default_factory()) if field.default_factory is not msgspec.NODEFAULT else ""
    return "" if isinstance(field.default, msgspec.Struct) else _shown(field.default)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
