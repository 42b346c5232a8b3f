"""Every error of a document that was refused, each as one problem at the place where it stands.

jsonschema finds them; here they become sentences. A union is reported for the branch that was probably meant, and
an error that follows from another one (the field that is missing because its name is misspelt) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from jsonschema.protocols import Validator

from slo_gen.spec.documents import API_VERSION, Envelope
from slo_gen.spec.nearest import did_you_mean, nearest
from slo_gen.spec.problems import Problem
from slo_gen.spec.schema import validator
from slo_gen.spec.schema_leaves import Leaf, accepts_type, is_choice, told_errors
from slo_gen.spec.schema_words import Schema, expected, field_line, flow_yaml, found, repairs, resolve
from slo_gen.spec.secrets import is_secret_address
from slo_gen.spec.source import Path, Span
from slo_gen.spec.yaml_reader import RawDocument
from slo_gen.spec.zone_names import zone_hint

__all__ = ["schema_problems"]


def schema_problems(raw: RawDocument, kinds: Mapping[str, type[Envelope]], known: frozenset[str] = frozenset()) -> list[Problem]:
    """All problems of a document by the schema of its kind, without repetitions, in the order of writing.

    ``known`` are the documents that hints prefer to name, such as ``customer/acme``.
    """
    explainer = _Explainer(raw, known)
    if explainer.foreign():
        return explainer.problems
    kind = raw.value.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        kind = explainer.kind(kinds)
    if kind is not None:
        explainer.document(kind)
    return sorted(set(explainer.problems))


class _Explainer:
    def __init__(self, raw: RawDocument, known: frozenset[str]) -> None:
        self.problems: list[Problem] = []
        self._raw = raw
        self._known = known
        self._value = dict(raw.value)
        self._kind = ""
        self._root: Schema = {}
        self._told: set[tuple[tuple[str | int, ...], str]] = set()

    # --- the document as a whole ------------------------------------------------------------------------------
    def foreign(self) -> bool:
        """Whether the document is another tool's, by its apiVersion. Then nothing else is said about it."""
        version = self._value.get("apiVersion")
        if not isinstance(version, str) or version.startswith(API_VERSION.partition("/")[0]):
            return False
        hint = f"write `apiVersion: {API_VERSION}`, or keep documents of other tools out of this folder"
        self._add(self._at_value(["apiVersion"]), f"this is no document of slo-gen: its apiVersion is `{version}`", hint)
        return True

    def kind(self, kinds: Iterable[str]) -> str | None:
        """What is wrong with the kind. Returns the kind that was probably meant."""
        known = list(kinds)
        everything = did_you_mean("", known, most_listed=30)
        kind = self._value.get("kind")
        misspelt = nearest("kind", [key for key in self._value if key not in _TOP_FIELDS]) if "kind" not in self._value else None
        if misspelt is not None:
            kind = self._value.pop(misspelt)
            self._add(self._key([misspelt]), f"unknown field `{misspelt}`", "did you mean `kind`?")
        elif "kind" not in self._value:
            self._add(self._at_value([]), "`kind` is missing", f"add a line `kind: SLO`; {everything}")
        elif isinstance(kind, str):
            self._add(self._at_value(["kind"]), f"there is no kind `{kind}`", did_you_mean(kind, known, most_listed=30))
        else:
            self._add(self._at(["kind"]), f"`kind`: expected text, found {found(kind)}", everything)
        if not isinstance(kind, str):
            return None
        return kind if kind in known else nearest(kind, known)

    def document(self, kind: str) -> None:
        """All errors by the schema of a kind."""
        checked = validator(kind)
        root: Any = checked.schema
        self._kind = kind
        self._root = root
        leaves = list(told_errors(checked.iter_errors({**self._value, "kind": kind}), root))
        for leaf in leaves:
            if leaf.rule == "additionalProperties":
                self._unknown_fields(leaf)
        for leaf in leaves:
            if leaf.rule != "additionalProperties":
                self._explain(leaf)

    # --- one error --------------------------------------------------------------------------------------------
    def _explain(self, leaf: Leaf) -> None:
        if leaf.rule == "required":
            self._missing_fields(leaf)
        elif leaf.rule == "oneOf" and is_choice(leaf.bound):
            if isinstance(leaf.value, dict):  # anything else has an error of its type besides
                self._choice(leaf)
        elif leaf.about_key:
            self._wrong_key(leaf)
        elif self._told_at(leaf):
            pass
        elif leaf.value is None:
            self._no_value(leaf)
        elif leaf.rule in _BOUNDS:
            self._out_of_bounds(leaf)
        else:
            self._wrong_value(leaf)

    def _unknown_fields(self, leaf: Leaf) -> None:
        fields = leaf.schema.get("properties", {})
        for name in leaf.value:
            if name in fields or self._cut_by_comma(leaf, name):
                continue
            if f"{name}_file" in fields:
                self._secret(leaf, name)
                continue
            place = self._elsewhere(name, leaf.path)
            meant = None if place is not None else nearest(name, [field for field in fields if field not in leaf.value] or fields)
            if place is not None:
                self._told.add((place, name))
                hint = f"`{name}` belongs in `{place[0]}`" if place else f"`{name}` belongs beside `kind` and `metadata`"
            elif meant is not None:
                self._told.add((leaf.path, meant))
                hint = f"did you mean `{meant}`?"
            else:
                self._told.update((leaf.path, field) for field in fields if len(fields) == 1)
                hint = did_you_mean("", fields)
            self._add(self._key([*leaf.path, name]), f"unknown field `{name}` of {self._place(leaf.path)}", hint)

    def _secret(self, leaf: Leaf, name: str) -> None:
        """A secret in the place of the file that holds it."""
        self._told.update((leaf.path, field) for field in leaf.schema.get("properties", {}))
        message = f"`{name}` is a secret, and secrets do not belong in documents"
        hint = f"write `{name}_file` with the path of a file that holds it; Alertmanager reads it from there"
        self._add(self._key([*leaf.path, name]), message, hint)

    def _cut_by_comma(self, leaf: Leaf, name: str) -> bool:
        """Report a key that is the second half of a value, like the ``9%`` of ``{objective: 99,9%}``."""
        names = list(leaf.value)
        before = names[names.index(name) - 1]
        span, rest = self._at_value([*leaf.path, before]), self._key([*leaf.path, name])
        adjacent = (span.line, span.column + span.length + 1) == (rest.line, rest.column)
        if leaf.value[name] is not None or not adjacent or before == name:
            return False
        self._told.add(((*leaf.path, before), ""))
        whole = span._replace(length=span.length + 1 + rest.length)
        hint = f"write `{self._written([*leaf.path, before])}.{name}`, or quote the value"
        self._add(whole, f"`{before}`: a comma inside `{{...}}` ends the value", hint)
        return True

    def _elsewhere(self, name: str, path: tuple[str | int, ...]) -> tuple[str, ...] | None:
        """Where a field belongs that stands in the wrong one of the three mappings that every document has."""
        top = resolve(self._root, self._root).get("properties", {})
        places: dict[tuple[str, ...], Schema] = {(): top}
        for section in ("metadata", "spec"):
            places[(section,)] = resolve(top.get(section, {}), self._root).get("properties", {})
        for place, fields in places.items():
            if place != path and len(path) < 2 and name in fields:
                return place
        return None

    def _missing_fields(self, leaf: Leaf) -> None:
        fields = leaf.schema.get("properties", {})
        for name in leaf.bound:
            if name in leaf.value or (leaf.path, name) in self._told:
                continue
            self._told.add((leaf.path, name))
            schema = resolve(fields.get(name, {}), self._root)
            about = f"\n{schema['description']}" if schema.get("description") else ""
            hint = f"add `{field_line(name, schema, self._root)}`{about}"
            self._add(self._at_value(leaf.path), f"`{name}` is missing in {self._place(leaf.path)}", hint)

    def _choice(self, leaf: Leaf) -> None:
        names = [branch["required"][0] for branch in leaf.bound]
        given = [name for name in leaf.value if name in names]
        listed = ", ".join(f"`{name}`" for name in names)
        if len(given) > 1:
            if (leaf.path, given[1]) in self._told:
                return
            self._told.add((leaf.path, given[1]))
            others = " or ".join(f"`{name}`" for name in given)
            message = f"only one of {listed} can be given in {self._place(leaf.path)}"
            self._add(self._key([*leaf.path, given[1]]), message, f"keep {others}")
        elif not any((leaf.path, name) in self._told for name in names):
            self._told.update((leaf.path, name) for name in names)
            self._add(self._at_value(leaf.path), f"one of {listed} is missing in {self._place(leaf.path)}", self._choice_hint(leaf, names))

    def _choice_hint(self, leaf: Leaf, names: list[str]) -> str:
        fields = self._schema_at(leaf.path).get("properties", {})
        return f"for example `{field_line(names[0], fields[names[0]], self._root)}`" if names[0] in fields else ""

    def _schema_at(self, path: tuple[str | int, ...]) -> Schema:
        """The schema of the mapping at ``path``, as far as the schema leads there without a union."""
        schema = resolve(self._root, self._root)
        for step in path:
            if isinstance(step, int):
                schema = schema.get("items", {})
            else:
                schema = schema.get("properties", {}).get(step) or schema.get("additionalProperties") or {}
            schema = resolve(schema, self._root) if isinstance(schema, Mapping) else {}
        return schema

    def _wrong_key(self, leaf: Leaf) -> None:
        name = leaf.value
        schema = leaf.schema
        message = f"the key `{name}` in {self._place(leaf.path)}: expected {expected(schema, self._root)}"
        meant = did_you_mean(name, [str(choice) for choice in schema["enum"]]) if "enum" in schema else self._repaired(leaf, name, str)
        self._add(self._key([*leaf.path, name]), message, meant)

    def _no_value(self, leaf: Leaf) -> None:
        path = leaf.path
        schema = leaf.schema
        if path and isinstance(path[-1], str):
            optional = "" if path[-1] in self._schema_at(path[:-1]).get("required", ()) else ", or leave the line out"
            hint = f"write for example `{field_line(path[-1], schema, self._root)}`{optional}"
            self._add(self._at(path), f"`{path[-1]}` has no value", hint)
        else:
            self._add(self._at(path), f"{self._field(path)}: an item of the list has no value", "write the item, or remove the `-`")

    def _told_at(self, leaf: Leaf) -> bool:
        """Whether this value was reported already; one sentence about a value is enough."""
        known = (leaf.path, "") in self._told
        self._told.add((leaf.path, ""))
        return known

    def _out_of_bounds(self, leaf: Leaf) -> None:
        bound = leaf.bound
        size = len(leaf.value) if isinstance(leaf.value, (str, list, dict)) else 0
        message = _BOUNDS[leaf.rule].format(bound=bound, size=size, found=self._written(leaf.path))
        self._add(self._at(leaf.path), f"{self._field(leaf.path)}: {message}")

    def _wrong_value(self, leaf: Leaf) -> None:
        if leaf.path and str(leaf.path[-1]).endswith(("_file", "_env")):
            # What was written may be the secret itself: neither it nor a way to mend it is shown, nor a line that holds nothing else.
            span, key = self._at(leaf.path), self._key(leaf.path)
            beside = span.line == key.line or not isinstance(leaf.value, str)
            self._add(span if beside else key, f"{self._field(leaf.path)}: expected {expected(leaf.schema, self._root)}")
            return
        message = f"{self._field(leaf.path)}: expected {expected(leaf.schema, self._root)}, found {self._found(leaf)}"
        self._add(self._at(leaf.path), message, self._hint(leaf))

    def _hint(self, leaf: Leaf) -> str:
        schema = leaf.schema
        value = leaf.value
        written = self._written(leaf.path)
        if isinstance(value, (dict, list)) and written[:1] in ("{", "[") and accepts_type(schema, "text"):
            return f"quote text that starts with `{written[0]}`: '...'"
        if isinstance(value, str) and is_secret_address(value):
            return "whoever knows this address may use it: name a file that holds it, or the token, instead"
        if isinstance(value, str) and leaf.path[-1:] == ("timezone",):
            return zone_hint(value)
        if isinstance(value, str) and _no_such_day(value):
            return f"there is no {value[:10]} in the calendar"
        if isinstance(value, str):
            choices = [str(choice) for choice in _choices(schema, self._root)]
            meant = nearest(value, choices)
            if meant is not None:
                return f"did you mean `{flow_yaml(meant)}`?"
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            units = _units(schema, self._root)
            if len(units) > 1:
                return f"a number needs its unit or sign, for example `{'`, `'.join(sorted(units.values()))}`"
        repaired = self._repaired(leaf, value)
        if repaired:
            return repaired
        if "properties" in schema:
            return did_you_mean("", [f"{name}:" for name in schema["properties"]]).replace("known: ", "its fields are ")
        if leaf.path and isinstance(leaf.path[-1], str) and "enum" not in schema and "const" not in schema:
            line = field_line(leaf.path[-1], schema, self._root)
            return "" if line.endswith(("{}", "[]")) else f"write for example `{line}`"
        return ""

    def _repaired(self, leaf: Leaf, value: Any, kind: type = object) -> str:
        """The value with a small slip mended, when that makes it one that the schema accepts."""
        check = validator(self._kind).evolve(schema=leaf.schema)
        text = value if isinstance(value, str) else self._written(leaf.path)
        unit = next(iter(_units(leaf.schema, self._root)), "")
        for candidate in repairs(value, text, " ".join(_patterns(leaf.schema, self._root)), unit, self._known):
            if isinstance(candidate, kind) and not _same(candidate, value) and _valid(check, candidate):
                return f"did you mean `{flow_yaml(candidate)}`?"
        return ""

    # --- places and words -------------------------------------------------------------------------------------
    def _found(self, leaf: Leaf) -> str:
        return found(leaf.value, self._written(leaf.path))

    def _written(self, path: Path) -> str:
        """The value as it stands in the file."""
        span = self._at_value(path)
        source = self._raw.positions.source
        start = source.offset(span.line, span.column)
        return source.text[start : start + span.length]

    def _place(self, path: tuple[str | int, ...]) -> str:
        return f"{self._kind} {_dotted(path)}".rstrip()

    def _field(self, path: tuple[str | int, ...]) -> str:
        names = [step for step in path if isinstance(step, str)]
        return f"`{names[-1]}`" if names else "the document"

    def _at_value(self, path: Path) -> Span:
        return self._raw.positions.value_span(path)

    def _key(self, path: Path) -> Span:
        return self._raw.positions.key_span(path)

    def _at(self, path: Path) -> Span:
        """The value, or its key where nothing is written behind it."""
        return self._at_value(path) if self._written(path).strip() else self._key(path)

    def _add(self, span: Span, message: str, hint: str = "") -> None:
        file = self._raw.positions.source.file
        self.problems.append(Problem("error", file, span.line, span.column, message, hint, length=span.length))


_TOP_FIELDS = ("apiVersion", "metadata", "spec")
_UNITS = frozenset({"%", "s", "m", "h", "d", "bd", "bh", "w", "mo"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_BOUNDS = {
    "minimum": "expected {bound} or more, found {found}",
    "maximum": "expected {bound} or less, found {found}",
    "exclusiveMinimum": "expected more than {bound}, found {found}",
    "exclusiveMaximum": "expected less than {bound}, found {found}",
    "minLength": "expected text, found nothing between the quotes",
    "maxLength": "expected at most {bound} characters, found {size}",
    "minItems": "expected a list of {bound} or more, found {size}",
    "maxItems": "expected a list of {bound} or fewer, found {size}",
}


def _no_such_day(text: str) -> bool:
    if not _DAY.match(text):
        return False
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return True
    return False


def _valid(check: Validator, candidate: Any) -> bool:
    return check.is_valid(candidate)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _choices(schema: Schema, root: Schema) -> Iterator[Any]:
    """The fixed words among the values that a schema accepts."""
    yield from schema.get("enum", ())
    if "const" in schema:
        yield schema["const"]
    for branch in schema.get("anyOf", ()):
        yield from _choices(resolve(branch, root), root)


def _units(schema: Schema, root: Schema) -> dict[str, str]:
    """The units with which the examples of a schema end, each with its first example."""
    found: dict[str, str] = {}
    for text in _examples(schema, root):
        unit = text.lstrip("0123456789.")
        if unit in _UNITS and unit != text:
            found.setdefault(unit, text)
    return found


def _patterns(schema: Schema, root: Schema) -> Iterator[str]:
    """The patterns of a schema and of the branches of its union."""
    if "pattern" in schema:
        yield schema["pattern"]
    for branch in schema.get("anyOf", ()):
        yield from _patterns(resolve(branch, root), root)


def _examples(schema: Schema, root: Schema) -> Iterator[str]:
    """The examples of a schema and of the branches of its union that are texts."""
    yield from (text for text in schema.get("examples", ()) if isinstance(text, str))
    for branch in schema.get("anyOf", ()):
        yield from _examples(resolve(branch, root), root)


def _dotted(path: tuple[str | int, ...]) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")
