"""Building a document from answers: which keys are worth asking for, and how an answer becomes a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slo_gen.spec.documents import KINDS, Choice
from slo_gen.spec.schema import Field, fields
from slo_gen.spec.source import Source
from slo_gen.spec.yaml_reader import read_yaml
from slo_gen.spec.yaml_scalars import BadNumberError, plain_value

__all__ = ["AssignmentError", "asked_fields", "assemble", "choices", "field_named"]

_WORTH_ASKING: Mapping[str, tuple[str, ...]] = {
    "Service": ("metadata.title", "spec.owner", "spec.criticality"),
    "Customer": ("metadata.title",),
    "Supplier": ("metadata.title",),
    "Team": ("metadata.title",),
    "SLO": ("spec.window",),
    "SLA": ("spec.extends", "spec.state"),
}
"""Optional keys that most documents of a kind have."""


class AssignmentError(ValueError):
    """An assignment cannot be carried out; the text is for the reader."""


def choices(kind: str) -> tuple[tuple[str, ...], ...]:
    """Groups of keys below ``spec`` of which exactly one is to be given."""
    spec = KINDS[kind].__annotations__.get("spec")
    section = getattr(spec, "__origin__", spec)
    return section.exactly_one if isinstance(section, type) and issubclass(section, Choice) else ()


def asked_fields(kind: str, chosen: Iterable[str]) -> Iterator[Field]:
    """The keys to ask for: those that must be there, and those that most documents have.

    ``chosen`` names sections below ``spec`` that are wanted though they are optional.
    """
    wanted = {f"spec.{key}" for key in chosen}
    inside: set[str] = {""}
    for field in fields(kind):
        parent = field.path.rpartition(".")[0]
        if parent not in inside or "[]" in field.path or "<key>" in field.path or field.path in ("kind", "apiVersion"):
            continue
        if field.required or field.path in wanted or field.path in _WORTH_ASKING.get(kind, ()):
            if field.type == "section":
                inside.add(field.path)
            else:
                yield field


def field_named(kind: str, path: str) -> Field:
    """The key at ``path``. Raises AssignmentError with the nearest one."""
    from slo_gen.spec.nearest import did_you_mean

    known = {field.path: field for field in fields(kind)}
    if path in known:
        return known[path]
    owner = max((name for name in known if path.startswith(name + ".") and known[name].type.startswith("mapping")), key=len, default=None)
    if owner is not None:
        return known[owner]
    raise AssignmentError(f"{kind} has no key {path}; {did_you_mean(path, known, most_listed=5)}")


def assemble(kind: str, answers: Mapping[str, str]) -> dict[str, Any]:
    """The document that answers by path make. Raises AssignmentError."""
    document: dict[str, Any] = {"kind": kind, "metadata": {}, "spec": {}}
    for path, text in answers.items():
        field = field_named(kind, path)
        _put(document, path.split("."), _value(field, text) if field.path == path else text)
    if not document["spec"] and not _needs_spec(kind):
        del document["spec"]
    return document


def _needs_spec(kind: str) -> bool:
    return any(field.path == "spec" and field.required for field in fields(kind))


def _put(document: dict[str, Any], path: list[str], value: Any) -> None:
    for key in path[:-1]:
        inner = document.setdefault(key, {})
        if not isinstance(inner, dict):
            raise AssignmentError(f"{'.'.join(path)}: {key} has a value of its own already")
        document = inner
    document[path[-1]] = value


def _flow(path: str, text: str) -> Any:
    """A list or a mapping as YAML writes them in one line."""
    documents, problems = read_yaml(Source("--set", f"value: {text}"))
    if problems or len(documents) != 1 or list(documents[0].value) != ["value"]:
        why = f": {problems[0].message}" if problems else ""
        raise AssignmentError(f"{path}: {text} is no YAML in one line{why}")
    return documents[0].value["value"]


def _value(field: Field, text: str) -> Any:
    if text[:1] in ("[", "{") and (field.type == "section" or field.type.startswith(("list of", "mapping"))):
        return _flow(field.path, text)
    if field.type == "list of: section":
        raise AssignmentError(f"{field.path} is a list of sections; write it like --set '{field.path}=[{{name: availability, ...}}]'")
    if field.type == "section" or "[]" in field.path or "<key>" in field.path:
        raise AssignmentError(f"{field.path} cannot be given as one value; give the keys in it, or write it into the file")
    if field.type.startswith("list of"):
        return [part.strip() for part in text.split(",") if part.strip()]
    if not any(word in field.type for word in ("number", "`true`")):
        return text
    try:
        return plain_value(text)
    except BadNumberError as error:
        raise AssignmentError(f"{field.path}: {error}") from None
