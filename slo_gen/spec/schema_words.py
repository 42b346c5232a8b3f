"""Parts of a JSON Schema in words for a person: what is expected, what an example looks like, what was meant."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from slo_gen.spec.yaml_scalars import BadNumberError, plain_value

__all__ = ["Schema", "example", "expected", "field_line", "flow_yaml", "found", "plain_value_or_text", "repairs", "resolve"]

Schema = Mapping[str, Any]

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_PLAIN = re.compile(r"[A-Za-z0-9/_.](?:[A-Za-z0-9 ._/@%+-]|:(?! |$))*(?<! )")
_SPELT_SPAN = re.compile(r"\s*([0-9]+)\s*([A-Za-z]+)\.?\s*")
_UNITS = {
    "ms": "ms millisecond milliseconds msec",
    "s": "s sec secs second seconds",
    "m": "m min mins minute minutes",
    "h": "h hr hrs hour hours",
    "d": "d day days",
    "w": "w wk week weeks",
    "mo": "mo mon month months",
    "y": "y yr year years",
    "bd": "bd businessday businessdays workingday workingdays",
    "bh": "bh businesshour businesshours",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_REFERENCES = ("team/", "service/", "customer/", "supplier/", "role/", "https://")
_TRUTH = {"yes": True, "on": True, "y": True, "true": True, "no": False, "off": False, "n": False, "false": False}
_COMPARISONS = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def resolve(schema: Schema, root: Schema) -> Schema:
    """The schema with its ``$ref`` followed; what stands beside the reference comes first."""
    seen = 0
    while "$ref" in schema and seen < 20:
        target: Any = root
        for step in str(schema["$ref"]).removeprefix("#/").split("/"):
            target = target[step]
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
        seen += 1
    return schema


def expected(schema: Schema, root: Schema) -> str:
    """What a value should be, e.g. ``a list`` or ``one of `page`, `ticket`, `info` ``."""
    schema = resolve(schema, root)
    for alternatives in ("anyOf", "oneOf"):
        if alternatives in schema:
            return ", or ".join(dict.fromkeys(expected(branch, root) for branch in schema[alternatives]))
    if "const" in schema:
        return f"`{_scalar(schema['const'])}`"
    if "enum" in schema:
        choices = [f"`{_scalar(choice)}`" for choice in schema["enum"]]
        return choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"
    if "errorMessage" in schema:
        return str(schema["errorMessage"]).removeprefix("expected ")
    if "items" in schema:
        items = expected(schema["items"], root)
        return f"a list of texts, each {items}" if "errorMessage" in schema["items"] else "a list"
    return _TYPES.get(str(schema.get("type", "")), "a value")


def found(value: Any, text: str = "") -> str:
    """What a value is, e.g. ``the number 99.9``. ``text`` is how a number was written."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the truth value `{_scalar(value)}`"
    if isinstance(value, (int, float)):
        return f"the number {text or value}"
    if isinstance(value, str):
        kind = "" if plain_value_or_text(value) == value else "the text "
        return f"{kind}`{_short(value)}`" if value else "empty text"
    return "a list" if isinstance(value, list) else "a mapping"


def example(schema: Schema, root: Schema, depth: int = 0) -> Any:
    """A value that the schema accepts, as short as possible."""
    schema = resolve(schema, root)
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for alternatives in ("anyOf", "oneOf"):
        if alternatives in schema and "properties" not in schema:
            branches = [resolve(branch, root) for branch in schema[alternatives]]
            return example(next((branch for branch in branches if "properties" not in branch), branches[0]), root, depth + 1)
    kind = schema.get("type")
    if kind == "object":
        return _example_mapping(schema, root, depth)
    if kind == "array":
        return [example(schema.get("items", {}), root, depth + 1)] if depth < 6 else []
    if kind in ("integer", "number"):
        return schema.get("minimum", 1) or 1
    return True if kind == "boolean" else "..."


def _example_mapping(schema: Schema, root: Schema, depth: int) -> dict[str, Any]:
    if depth > 6:
        return {}
    properties: Schema = schema.get("properties", {})
    names = list(schema.get("required", ()))
    for rule in [schema, *schema.get("allOf", ())]:
        choices = [branch.get("required") for branch in rule.get("oneOf", ())]
        if choices and choices[0]:
            names.extend(name for name in choices[0] if name not in names)
    return {name: example(properties.get(name, {}), root, depth + 1) for name in names}


def field_line(name: str, schema: Schema, root: Schema) -> str:
    """A line that gives a field an example value: ``objective: 99.9%``."""
    return f"{name}: {flow_yaml(example(schema, root))}"


def flow_yaml(value: Any) -> str:
    """A value in one line of YAML, quoted where it must be."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow_yaml(key)}: {flow_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow_yaml(item) for item in value) + "]"
    if not isinstance(value, str):
        return _scalar(value)
    if _PLAIN.fullmatch(value) and plain_value_or_text(value) == value:
        return value
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value)


def repairs(value: Any, text: str, pattern: str = "", unit: str = "", known: frozenset[str] = frozenset()) -> Iterator[Any]:
    """Values that were perhaps meant, best first; the caller takes the first that the schema accepts.

    ``text`` is the value as it was written, ``0.999`` or ``2026``; ``pattern`` is the form that was expected, ``unit``
    what a bare number probably lacks. Of references, those to one of ``known`` come first.
    """
    if isinstance(value, list):
        if len(value) == 1:
            yield value[0]
        return
    if isinstance(value, dict) or value is None:
        return
    if isinstance(value, str) and value.strip().lower() in _TRUTH:
        yield _TRUTH[value.strip().lower()]
    if not isinstance(value, str):
        if "%" in pattern:
            yield from _percentages(text)
        if unit:
            yield f"{text}{unit}"
        yield text
    else:
        yield from _number(text)
    yield from _texts(text, pattern, known)
    yield [value if isinstance(value, str) else text]
    if isinstance(value, str) and "," in text:
        yield [part.strip() for part in text.split(",") if part.strip()]


def _percentages(text: str) -> Iterator[str]:
    try:
        number = Decimal(text)
    except ArithmeticError:
        return
    if 0 < number < 1:
        yield f"{(number * 100).normalize():f}%"
    yield f"{text}%"


def _number(text: str) -> Iterator[int | float]:
    bare = text.strip().replace("_", "").replace(",", ".")
    if re.fullmatch(r"-?[0-9]{1,15}", bare):
        yield int(bare)
    elif re.fullmatch(r"-?[0-9]{1,15}\.[0-9]{1,9}", bare):
        yield float(bare)


def _texts(text: str, pattern: str, known: frozenset[str]) -> Iterator[str]:
    stripped = text.strip()
    squeezed = re.sub(r"\s+", "", stripped)
    dashed = re.sub(r"[^a-z0-9.]+", "-", stripped.lower()).strip("-.")
    yield from _reworded(stripped, pattern)
    for candidate in (stripped, stripped.lower(), stripped.upper(), dashed, squeezed, squeezed.lower(), stripped.replace(",", ".")):
        yield candidate
        yield f"{candidate}%"
    yield re.sub(r"[^A-Za-z0-9_]+", "_", stripped)
    prefixes = [prefix for prefix in _REFERENCES if prefix.rstrip("s:/") in pattern]
    references = [prefix + name for prefix in prefixes for name in (stripped, dashed)]
    yield from sorted(references, key=lambda reference: reference not in known)
    if "/" in stripped:
        yield stripped.rpartition("/")[2]


def _reworded(text: str, pattern: str) -> Iterator[str]:
    """Spans, dates, hours, days and bounds in the form that documents use."""
    if span := _span(re.sub(r"(business|working)\s+", r"\1", text.lower())):
        yield span
    if "per" in pattern:
        yield re.sub(r"\s*(?:/|\ban?\b|\beach\b|\bevery\b)\s*", " per ", text)
    if compared := re.fullmatch(r"([<>]=?)\s*(.+)", text):
        yield f"{_COMPARISONS[compared.group(1)]} {compared.group(2)}"
    if re.fullmatch(r"[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}", text):
        day, month, year = text.split(".")
        yield f"{year}-{int(month):02}-{int(day):02}"
    if re.fullmatch(r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}", text):
        year, month, day = re.split(r"[-/.]", text)
        yield f"{year}-{int(month):02}-{int(day):02}"
    if re.fullmatch(r"[0-9]{1,2}(:[0-9]{2})?-[0-9]{1,2}(:[0-9]{2})?", text):
        yield "-".join(_clock(end) for end in text.split("-"))
    if "/" in pattern and " " in text:
        yield re.sub(r"\s+", "/", text)
    days = [day[:3] for word in re.split(r"\s*-\s*", text.lower()) for day in _DAYS if word and day.startswith(word)]
    if days:
        yield "-".join(days)


def _clock(text: str) -> str:
    hour, _, minute = text.partition(":")
    return f"{int(hour):02}:{minute or '00'}"


def _span(text: str) -> str:
    """``30 days`` as ``30d``, "" where a word is no unit."""
    parts = []
    position = 0
    for match in _SPELT_SPAN.finditer(text):
        unit = _UNIT_OF.get(match.group(2).lower())
        if match.start() != position or unit is None:
            return ""
        parts.append(f"{match.group(1)}{unit}")
        position = match.end()
    return "".join(parts) if position == len(text) else ""


def _scalar(value: Any) -> str:
    return json.dumps(value) if isinstance(value, (bool, type(None))) else str(value)


def plain_value_or_text(text: str) -> Any:
    """What YAML reads when the text is written without quotes."""
    try:
        return plain_value(text)
    except BadNumberError:
        return None


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
