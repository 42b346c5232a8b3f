"""YAML text to values with positions, in one pass over libyaml's events.

The pass guards (depth, expansion of aliases, tags, duplicate keys, size), resolves plain scalars by the core schema of
YAML 1.2 and notes where every key and value was written. Merge keys (``<<``) are refused: they are no part of
YAML 1.2, and `extends` of a Template does their work. What libyaml cannot read is told in plain words; reading
goes on with the next document.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from slo_gen.spec.nearest import did_you_mean
from slo_gen.spec.problems import Problem
from slo_gen.spec.source import Positions, Source
from slo_gen.spec.yaml_scalars import BadNumberError, plain_value
from slo_gen.spec.yaml_syntax import syntax_problem
from slo_gen.spec.yaml_text import problem_at

__all__ = ["MAX_ALIAS_NODES", "MAX_DEPTH", "MAX_PROBLEMS", "RawDocument", "read_yaml"]

MAX_DEPTH = 64
"""Levels of mappings and lists inside each other, aliases expanded."""

MAX_ALIAS_NODES = 100_000
"""Values that the aliases of one file may repeat in all."""

MAX_PROBLEMS = 50
"""Problems of one file after which the rest of the file is not read."""

_DOCUMENT_START = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_TAGGED = re.compile(r"(?:&\S+\s+)?!")
_TAG = re.compile(r"![^\s,\[\]{}]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One document of a file: its value (dicts, lists, scalars) and where everything in it was written."""

    value: dict[str, Any]
    positions: Positions


def read_yaml(source: Source) -> tuple[list[RawDocument], list[Problem]]:
    """The documents of one file that can be read, in order, and the problems of those that cannot.

    Documents without content are skipped. Never raises, whatever the text.
    """
    documents: list[RawDocument] = []
    problems: list[Problem] = []
    begin = 0
    while begin >= 0:
        begin = _read_stream(source, begin, documents, problems)
        if len(problems) >= MAX_PROBLEMS:
            break
    return documents, problems


def _read_stream(source: Source, begin: int, documents: list[RawDocument], problems: list[Problem]) -> int:
    """Read from offset ``begin`` on. Returns where to go on after a document that had to be given up, else -1."""
    builder = _Builder(source, begin, problems)
    try:
        while (document := builder.next_document()) is not None:
            documents.extend(document)
            builder.read = bool(document)
        return -1
    except _GivenUpError:
        stopped = builder.offset
    except yaml.YAMLError as error:
        if builder.between_documents and builder.read:
            documents.pop()  # it ended where the error stands, and what it lacks is the consequence
        problem, stopped = syntax_problem(source, begin, error)
        problems.append(problem)
    following = _DOCUMENT_START.search(source.text, max(stopped, begin + 1))
    return following.start() if following else -1


class _GivenUpError(Exception):
    """The document cannot be read further; its problem has been noted."""


class _Anchored:
    """An anchored value, its number in the order of writing, and what an alias of it costs."""

    __slots__ = ("height", "nodes", "number", "value")

    def __init__(self, number: int, value: Any) -> None:
        self.number = number
        self.value = value
        self.nodes, self.height = _extent(value)


class _Builder:
    """Builds values from the events of one stream. Offsets of events are relative to ``begin``."""

    def __init__(self, source: Source, begin: int, problems: list[Problem]) -> None:
        text = source.text[begin:] if begin else source.text
        self._source = source
        self._begin = begin
        self._text = text
        self._problems = problems
        self._event = CParser(text).get_event
        self._tags_possible = "!" in text
        self._plain: dict[str, str | int | float | bool | None] = {}
        self._keys: dict[str, str] = {}
        self._expanded = 0
        self._no_mapping: Any = None
        self.between_documents = True
        self.read = False
        self.offset = begin
        self._start_document()

    def _start_document(self) -> None:
        self._starts = array("I")
        self._ends = array("I")
        self._anchors: dict[str, _Anchored | None] = {}
        self._aliases: dict[int, int] = {}

    def next_document(self) -> list[RawDocument] | None:
        """The next document, as a list that is empty when the document holds nothing; None at the end."""
        self.between_documents = True
        event = self._event()
        while type(event) is not DocumentStartEvent and type(event) is not StreamEndEvent:
            event = self._event()
        self._settle()
        if type(event) is StreamEndEvent:
            return None
        self.between_documents = False
        self._start_document()
        known = len(self._problems)
        event = self._event()
        value = self._node(event, 1)
        if len(self._problems) > known or value is None:
            return []
        if not isinstance(value, dict):
            self._no_mapping = event
            return []
        if self._begin:
            self._starts = array("I", [offset + self._begin for offset in self._starts])
            self._ends = array("I", [offset + self._begin for offset in self._ends])
        return [RawDocument(value, Positions(self._source, value, self._starts, self._ends, self._aliases))]

    def _settle(self) -> None:
        """Report a document that is no mapping, now that no error of syntax stands behind it as its cause."""
        event, self._no_mapping = self._no_mapping, None
        if event is not None:
            self._refuse(event, "a document must be a mapping", "start it with `apiVersion: slm/v1alpha1` and `kind: ...`")

    # --- values -----------------------------------------------------------------------------------------------
    def _node(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is ScalarEvent:
            return self._scalar(event)
        if kind is AliasEvent:
            return self._alias(event, depth)
        number = len(self._starts)
        start = event.start_mark.index
        self._starts.append(start)
        self._ends.append(start + 1)
        if depth > MAX_DEPTH:
            self._give_up(event, f"more than {MAX_DEPTH} levels inside each other", "no document needs more than a dozen")
        if event.tag is not None:
            self._refuse_tag(event)
        anchor = event.anchor
        if anchor is not None:
            self._anchors[anchor] = None
        value = self._mapping(depth + 1) if kind is MappingStartEvent else self._sequence(depth + 1)
        if anchor is not None:
            self._anchors[anchor] = _Anchored(number, value)
        return value

    def _mapping(self, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        number = len(self._starts) - 1
        while True:
            event = self._event()
            if type(event) is not ScalarEvent:
                if type(event) is MappingEndEvent:
                    return result
                self._refuse_key(event)
            key = self._key(event)
            if key in result:
                self._refuse_duplicate(event, key, number)
            event = self._event()
            result[key] = self._scalar(event) if type(event) is ScalarEvent else self._node(event, depth)

    def _sequence(self, depth: int) -> list[Any]:
        result: list[Any] = []
        while True:
            event = self._event()
            if type(event) is ScalarEvent:
                result.append(self._scalar(event))
            elif type(event) is SequenceEndEvent:
                return result
            else:
                result.append(self._node(event, depth))

    def _scalar(self, event: Any) -> Any:
        self._starts.append(event.start_mark.index)
        self._ends.append(event.end_mark.index)
        if self._tags_possible:
            self._check_tag(event)
        text = event.value
        if event.implicit[0]:
            try:
                value = self._plain[text]
            except KeyError:
                value = self._plain_value(event)
        else:
            value = text
            if event.style == '"' and _CONTROL.search(text):
                self._refuse_control(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(len(self._starts) - 1, value)
        return value

    def _plain_value(self, event: Any) -> Any:
        text = event.value
        try:
            value = self._plain[text] = plain_value(text)
        except BadNumberError as error:
            self._refuse(event, str(error), f"quote it if it is text: '{text}'" if len(text) < 40 else "quote it if it is text")
            return None
        return value

    def _key(self, event: Any) -> str:
        self._starts.append(event.start_mark.index)
        self._ends.append(event.end_mark.index)
        text: str = event.value
        if self._tags_possible:
            self._check_tag(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(len(self._starts) - 1, text)
        if not event.implicit[0]:
            if event.style == '"' and _CONTROL.search(text):
                self._refuse_control(event)
            return text
        try:
            return self._keys[text]
        except KeyError:
            self._check_plain_key(event)
            return self._keys.setdefault(text, text)

    def _alias(self, event: Any, depth: int) -> Any:
        number = len(self._starts)
        self._starts.append(event.start_mark.index)
        self._ends.append(event.end_mark.index)
        name = event.anchor
        if name not in self._anchors:
            known = did_you_mean(f"*{name}", [f"*{anchor}" for anchor in self._anchors])
            hint = known or "write the value out, or quote it if it is text that starts with `*`"
            self._refuse(event, f"there is no anchor `&{name}` above this alias in the same document", hint)
            return None
        anchored = self._anchors[name]
        if anchored is None:
            self._give_up(event, f"`*{name}` stands inside `&{name}` itself and would repeat without end", "write the value out")
        if depth + anchored.height - 1 > MAX_DEPTH:
            self._give_up(event, f"`*{name}` makes more than {MAX_DEPTH} levels inside each other", "no document needs more than a dozen")
        self._expanded += anchored.nodes
        if self._expanded > MAX_ALIAS_NODES:
            self._give_up(event, f"the aliases of this file repeat more than {MAX_ALIAS_NODES:,} values", "write fewer aliases of aliases")
        self._aliases[number] = anchored.number
        return anchored.value

    # --- guards -----------------------------------------------------------------------------------------------
    def _check_tag(self, event: Any) -> None:
        """Refuse a tagged scalar; libyaml says nothing of the tag ``!`` alone, so that the text is looked at."""
        start = event.start_mark.index
        if event.tag is not None or (self._text[start : start + 1] in ("!", "&") and _TAGGED.match(self._text, start)):
            self._refuse_tag(event)

    def _refuse_tag(self, event: Any) -> None:
        found = _TAG.search(self._text, event.start_mark.index)
        tag = found.group() if found else "!"
        self._refuse(event, f"the tag `{tag}` is not allowed", "leave it out; quote a value that must be text")

    def _check_plain_key(self, event: Any) -> None:
        text = event.value
        if text == "<<":
            self._refuse(event, "merge keys (`<<`) are not supported", "write the fields out, or put them in a Template and use `extends`")
            return
        value = self._plain_value(event)
        if value is None and not text:
            self._refuse(event, "a key is missing before `:`", "write `name: value`")
        elif not isinstance(value, str):
            start = event.start_mark.index
            if self._text[start - 1 : start] == ",":
                hint = "write decimals with a point (18400.00), or quote the value"
                self._refuse(event, f"a comma inside `{{...}}` ends the value, and `{text}` cannot be a key", hint)
                return
            kind = "nothing" if value is None else "a truth value" if isinstance(value, bool) else "a number"
            self._refuse(event, f"the key `{text}` is {kind}, and keys must be text", f"quote it: '{text}':")

    def _refuse_key(self, event: Any) -> NoReturn:
        if type(event) is AliasEvent:
            self._give_up(event, f"the alias `*{event.anchor}` cannot be a key", "write the key out")
        shape = "a mapping" if type(event) is MappingStartEvent else "a list"
        self._give_up(event, f"{shape} cannot be a key", "quote it if it is text, for example a template: '{{ name }}'")

    def _refuse_duplicate(self, event: Any, key: str, mapping_number: int) -> None:
        first = _key_offset(self._text, self._starts[mapping_number], key)
        where = self._source.span(self._begin + first)
        self._refuse(
            event,
            f"the key `{key}` is there twice: first in line {where.line}, column {where.column}",
            "keep one of the two; nobody can know which one counts",
        )

    def _refuse_control(self, event: Any) -> None:
        found = _CONTROL.search(event.value)
        name = f"U+{ord(found.group()):04X}" if found else "?"
        self._refuse(event, f"the text holds the control character {name}", "only line breaks (\\n) and tabs (\\t) are allowed in text")

    def _refuse(self, event: Any, message: str, hint: str) -> None:
        start = self._begin + event.start_mark.index
        self._problems.append(problem_at(self._source, start, self._begin + event.end_mark.index, message, hint))
        if len(self._problems) >= MAX_PROBLEMS:
            self._problems.append(problem_at(self._source, start, start, "too many problems; the rest of this file was not read", ""))
            raise _GivenUpError

    def _give_up(self, event: Any, message: str, hint: str) -> NoReturn:
        self._refuse(event, message, hint)
        self.offset = self._begin + event.end_mark.index
        raise _GivenUpError


def _extent(value: Any) -> tuple[int, int]:
    """How many nodes a value has and how many levels, aliases expanded."""
    if not isinstance(value, (dict, list)):
        return 1, 0
    nodes, height = 1, 0
    for child in value.values() if isinstance(value, dict) else value:
        child_nodes, child_height = _extent(child)
        nodes += child_nodes
        height = max(height, child_height)
    return nodes, height + 1


def _key_offset(text: str, mapping_start: int, key: str) -> int:
    """Where ``key`` stands first in the mapping that starts at an offset. Reads again: duplicates are rare."""
    depth = 0
    inside = 0
    expect_key = True
    parser = CParser(text)
    while True:
        event: Any = parser.get_event()
        kind = type(event)
        if kind is MappingStartEvent and not inside and event.start_mark.index == mapping_start:
            inside = depth = 1
            continue
        if not inside:
            continue
        if depth == 1 and expect_key and kind is ScalarEvent and event.value == key:
            offset: int = event.start_mark.index
            return offset
        if kind in (MappingStartEvent, SequenceStartEvent):
            depth += 1
        elif kind in (MappingEndEvent, SequenceEndEvent):
            depth -= 1
        if depth == 1:
            expect_key = not expect_key
