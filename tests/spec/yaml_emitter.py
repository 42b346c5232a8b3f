"""YAML text with the place of every key and value, written without the reader that it tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

Path = tuple[str | int, ...]
Place = tuple[int, int]

_SAFE = re.compile(r"[a-z][a-z_-]*")
_NOT_IN_FILES = re.compile("[\x7f-\xa0\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_WORDS = {"null", "true", "false"}


def as_json(value: Any, indent: int | None = None) -> str:
    """JSON in which only what a file may not hold is escaped; libyaml does not join JSON's pairs of surrogates."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _NOT_IN_FILES.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def always(value: Any) -> bool:
    """The style of documents that people write: blocks, quotes only where needed."""
    return True


class Emitter:
    """Writes one value. ``block`` and ``plain`` choose the style of a container and of a text; ``comment`` adds lines."""

    def __init__(
        self,
        block: Callable[[Any], bool] = always,
        plain: Callable[[Any], bool] = always,
        comment: Callable[[], str] = lambda: "",
        line_break: str = "\n",
    ) -> None:
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self._block = block
        self._plain = plain
        self._comment = comment
        self._line_break = line_break
        self._text: list[str] = []
        self._line = 1
        self._column = 1

    def emit(self, value: Any) -> str:
        """The whole document; the places are in ``values`` and ``keys`` afterwards."""
        self._value(value, (), 0)
        self._newline()
        return "".join(self._text)

    def _write(self, text: str) -> None:
        self._text.append(text)
        self._column += len(text)

    def _newline(self) -> None:
        self._text.append(self._line_break)
        self._line += 1
        self._column = 1

    def _fresh_line(self, indent: int) -> None:
        comment = self._comment()
        if comment:
            self._write(f" # {comment}")
        self._newline()
        self._write(" " * indent)

    def _value(self, value: Any, path: Path, indent: int) -> None:
        """Write at the cursor, which stands at column ``indent``."""
        if isinstance(value, dict) and value and self._block(value):
            self._block_mapping(value, path, indent)
        elif isinstance(value, list) and value and self._block(value):
            self._block_list(value, path, indent)
        else:
            self._flow(value, path)

    def _block_mapping(self, value: dict[str, Any], path: Path, indent: int) -> None:
        self.values[path] = (self._line, self._column)
        for number, (key, item) in enumerate(value.items()):
            if number:
                self._fresh_line(indent)
            self._key(key, (*path, key))
            if isinstance(item, (dict, list)) and item and self._block(item):
                self._fresh_line(indent + 2)
                self._value_block(item, (*path, key), indent + 2)
            else:
                self._write(" ")
                self._flow(item, (*path, key))

    def _value_block(self, value: Any, path: Path, indent: int) -> None:
        if isinstance(value, dict):
            self._block_mapping(value, path, indent)
        else:
            self._block_list(value, path, indent)

    def _block_list(self, value: list[Any], path: Path, indent: int) -> None:
        self.values[path] = (self._line, self._column)
        for number, item in enumerate(value):
            if number:
                self._fresh_line(indent)
            self._write("- ")
            self._value(item, (*path, number), indent + 2)

    def _key(self, key: str, path: Path) -> None:
        self.keys[path] = (self._line, self._column)
        self._write(self._scalar(key))
        self._write(":")

    def _flow(self, value: Any, path: Path) -> None:
        self.values[path] = (self._line, self._column)
        if isinstance(value, dict):
            self._write("{")
            for number, (key, item) in enumerate(value.items()):
                self._write(", " if number else "")
                self._key(key, (*path, key))
                self._write(" ")
                self._flow(item, (*path, key))
            self._write("}")
        elif isinstance(value, list):
            self._write("[")
            for number, item in enumerate(value):
                self._write(", " if number else "")
                self._flow(item, (*path, number))
            self._write("]")
        else:
            self._write(self._scalar(value))

    def _scalar(self, value: Any) -> str:
        if isinstance(value, str) and _SAFE.fullmatch(value) and value not in _WORDS and self._plain(value):
            return value
        return as_json(value)
