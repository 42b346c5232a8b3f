"""What Grafana's types leave open: a unit, a transformation, a matcher or a colour is any text to them.

A name that Grafana does not know is no error there: figures lose their unit, a table its columns, a state its colour.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

__all__ = ["NAMES", "unknown"]

_HUES: Final = ("red", "orange", "yellow", "green", "blue", "purple")
_SHADES: Final = ("super-light-", "light-", "", "semi-dark-", "dark-")
NAMES: Final[dict[str, Any]] = {
    **json.loads((Path(__file__).parent / "grafana_ids.json").read_text(encoding="utf-8")),
    "colours": {*(f"{shade}{hue}" for hue in _HUES for shade in _SHADES), "text", "transparent", "panel-bg"},
}
"""The names of one release of Grafana's package, recorded from what it registers; the colours are those of its themes."""
_FREE_UNITS: Final = ("prefix", "suffix", "time", "si", "count", "currency", "bool")
"""What a unit may begin with that goes on after a colon as one likes."""

_OF_KEY: Final = {"unit": "units", "color": "colours", "fixedColor": "colours", "iconColor": "colours"}
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}|rgba?\([0-9., ]+\)")


def unknown(dashboard: dict[str, Any]) -> Iterator[str]:
    """Each name that Grafana does not know, with its place."""
    yield from _below(dashboard, "")


def _below(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _below(each, f"{place}[{index}]")
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _named(key, each, f"{place}.{key}")
            yield from _below(each, f"{place}.{key}")


def _named(key: str, value: Any, place: str) -> Iterator[str]:
    if key in _OF_KEY and isinstance(value, str):
        yield from _missing(_OF_KEY[key], value, place)
    elif key == "transformations":
        for each in value:
            yield from _missing("transformations", each["id"], place)
            yield from _calculations(each["options"], place)
    elif key == "matcher":
        yield from _missing("matchers", value["id"], place)
    elif key == "properties":
        for each in value:
            yield from _named(each["id"], each["value"], place)
    elif key == "calcs":
        for each in value:
            yield from _missing("calculations", each, place)


def _calculations(options: Any, place: str) -> Iterator[str]:
    for each in options.get("reducers", ()):
        yield from _missing("calculations", each, place)


def _missing(list_name: str, name: str, place: str) -> Iterator[str]:
    beginning, colon, rest = name.partition(":")
    free = list_name == "units" and colon and rest and beginning in _FREE_UNITS
    if not (free or name in NAMES[list_name] or (list_name == "colours" and _HEX.fullmatch(name))):
        yield f"{place.lstrip('.')}: {name!r} is none of Grafana's {list_name}"
