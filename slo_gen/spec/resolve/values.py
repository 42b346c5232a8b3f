"""Values of the customer and the agreement, inserted where a template says ``${customer.selector.tenant}``.

A value may hold anything. In PromQL it is always the content of a string: inside quotes it is escaped for them, and
for the regular expression when the matcher is one; outside quotes it brings its own. It cannot end the string.
Between backquotes nothing can be escaped, so no value may stand there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["InsertError", "insert_in_promql", "insert_in_text"]

_PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")
_TOKEN = {
    "": re.compile(r"\$\{[^{}]*\}|#[^\n]*|[\"'`]|[^$#\"'`]+|.", re.DOTALL),
    '"': re.compile(r"\$\{[^{}]*\}|\\.|[^$\"\\]+|.", re.DOTALL),
    "'": re.compile(r"\$\{[^{}]*\}|\\.|[^$'\\]+|.", re.DOTALL),
    "`": re.compile(r"\$\{[^{}]*\}|[^$`]+|.", re.DOTALL),
}
"""How PromQL goes on outside strings, and inside each kind of string."""

_REGEX_MATCHER = re.compile(r"[=!]~\s*$")
_REGEX_SPECIAL = re.compile(r"[\x21-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7e]")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class InsertError(ValueError):
    """A value cannot be inserted. ``name`` is what was asked for; ``unknown`` says that there is no such value."""

    def __init__(self, name: str, message: str, *, unknown: bool) -> None:
        super().__init__(message)
        self.name = name
        self.unknown = unknown


def insert_in_text(text: str, values: Mapping[str, str]) -> str:
    """Plain text, such as a label value, with its values. Raises InsertError."""
    return _PLACEHOLDER.sub(lambda found: _value(found[1], values), text)


def insert_in_promql(text: str, values: Mapping[str, str]) -> str:
    """PromQL with its values as contents of strings. Raises InsertError."""
    written = ""
    quote = ""
    regex = False
    position = 0
    while position < len(text):
        found = _TOKEN[quote].match(text, position)
        assert found is not None, "the last branch of each pattern matches any character"
        token = found[0]
        position = found.end()
        if token.startswith("${") and len(token) > 2:
            written += _literal(token[2:-1], values, quote, regex if quote else bool(_REGEX_MATCHER.search(written)))
            continue
        if not quote and token in "\"'`":
            quote, regex = token, bool(_REGEX_MATCHER.search(written))
        elif token == quote:
            quote = ""
        written += token
    return written


def _literal(name: str, values: Mapping[str, str], quote: str, regex: bool) -> str:
    if quote == "`":
        raise InsertError(name, f"${{{name}}} stands between backquotes, where nothing can be escaped", unknown=False)
    value = _value(name, values)
    if regex:
        value = _REGEX_SPECIAL.sub(lambda found: "\\" + found[0], value)
    escaped = "".join(_ESCAPES.get(character, character) for character in value)
    if quote:
        return escaped.replace(quote, "\\" + quote)
    return '"' + escaped.replace('"', '\\"') + '"'


def _value(name: str, values: Mapping[str, str]) -> str:
    try:
        return values[name.strip()]
    except KeyError:
        raise InsertError(name, f"there is no value ${{{name}}}", unknown=True) from None
