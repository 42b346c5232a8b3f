"""What a document of JSON says of something: the value at a path, and which values mean what.

Paths are JMESPath (jmespath.org): ``components[?name=='API'] | [0].status``, ``checks.database``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jmespath
from jmespath.exceptions import JMESPathError

from sla_exporter.probes.probe import Seen
from sla_exporter.probes.states import State
from sla_exporter.sources.source import SourceError, when

__all__ = ["JsonPath", "Meanings"]

_LATEST: Final = 253_402_300_799
"""The last second of the year 9999."""


class JsonPath:
    """A path into a document. Raises ValueError where the text is none; the message says where."""

    def __init__(self, text: str) -> None:
        try:
            self._path = jmespath.compile(text)
        except (JMESPathError, RecursionError) as error:
            why = str(error).splitlines()[0] if str(error) else "it is nested too deeply"
            raise ValueError(f"{text!r} is no path: {why}") from None
        self.text = text

    def value(self, document: object) -> Any:
        """What stands there; None for nothing. Raises SourceError where the document is not of a shape that the path can be asked of."""
        try:
            return self._path.search(document)
        except (JMESPathError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError) as error:
            why = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise SourceError("schema", f"the path {self.text!r} cannot be asked of the answer: {why}") from None

    def instant(self, document: object) -> int:
        """The instant that stands there, in milliseconds since 1970: ISO 8601 with a zone, or seconds or milliseconds as a number.

        Raises SourceError.
        """
        value = self.value(document)
        if isinstance(value, str):
            return when(value, f"the path {self.text!r}") * 1000
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _LATEST * 1000:
            return round(value if value > _LATEST else value * 1000)
        raise SourceError("schema", f"the path {self.text!r} leads to no instant")


@dataclass(frozen=True, slots=True)
class Meanings:
    """States by values as JSON writes them: ``operational``, ``true``, ``0``. Numbers are equal however they are written."""

    states: Mapping[str, State]

    @classmethod
    def of(cls, up: Sequence[str], down: Sequence[str] = (), unknown: Sequence[str] = (), excluded: Sequence[str] = ()) -> Meanings:
        """Raises ValueError for a value that means two things."""
        found: dict[str, State] = {}
        told: Sequence[tuple[State, Sequence[str]]] = (("up", up), ("down", down), ("unknown", unknown), ("excluded", excluded))
        for state, values in told:
            for value in values:
                if found.setdefault(_plain(value), state) != state:
                    raise ValueError(f"{value!r} cannot mean both {found[_plain(value)]} and {state}")
        return cls(found)

    def seen(self, value: object) -> Seen:
        """What a value means; what is not there, no single value, or not told of is unknown."""
        if value is None:
            return Seen("unknown", reason="missing", detail="the answer has nothing at the path")
        if isinstance(value, dict | list):
            kind = "an object" if isinstance(value, dict) else "a list"
            return Seen("unknown", reason="shape", detail=f"the answer has {kind} at the path, where one value is needed")
        written = str(value).lower() if isinstance(value, bool) else str(value)
        state = self.states.get(_plain(written))
        if state is None:
            return Seen("unknown", reason="value", detail=f"{written[:40]!r} is none of the values that mean something")
        return Seen(state, reason="value" if state != "up" else None, detail=f"its value is {written[:40]!r}")


def _plain(text: str) -> str:
    """A number by its shortest form, any other text as it is."""
    try:
        number = float(text) if text.isascii() and len(text) <= 40 else None
    except ValueError:
        return text
    return text if number is None or number != number else repr(number)
