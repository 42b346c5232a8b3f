"""HTML and SVG from values: whatever is not markup already is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Final

__all__ = ["Markup", "element", "joined"]

_VOID: Final = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})
_NAME: Final = re.compile(r"[a-zA-Z][\w:.-]*")


class Markup(str):
    """Text that is HTML or SVG. Made by the functions of this module, or of what is known to be markup."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | int | float | bool | None) -> Markup:
    """An element. Children that are not Markup are text and are escaped, and so are attributes.

    Attributes: ``_`` at the end of a name goes, others become ``-``; None and False leave it out, True gives it no value; numbers are
    written with two decimals at most.
    """
    written = "".join(map(_attribute, attributes.items()))
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{joined(children)}</{name}>")


def joined(parts: Iterable[str]) -> Markup:
    """Parts one after the other; those that are not Markup are escaped."""
    return Markup("".join(part if isinstance(part, Markup) else html.escape(part) for part in parts))


def _attribute(pair: tuple[str, str | int | float | bool | None]) -> str:
    name, value = pair
    name = name.rstrip("_").replace("_", "-")
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of an attribute")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if isinstance(value, int | float):
        value = f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
    return f' {name}="{html.escape(value)}"'
