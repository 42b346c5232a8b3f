"""Grafana's colours by name, for its dark theme and its light one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from slo_gen.preview.errors import PreviewError

__all__ = ["CIVIDIS", "PALETTE", "Tone", "contrasting", "tone"]

_SHADES: Final = ("super-light-", "light-", "", "semi-dark-", "dark-")
_HUES: Final = {
    "red": ("FFA6B0", "FF7383", "F2495C", "E02F44", "C4162A", "AD0317"),
    "orange": ("FFCB7D", "FFB357", "FF9830", "FF780A", "FA6400", "E55400"),
    "yellow": ("FFF899", "FFEE52", "FADE2A", "F2CC0C", "E0B400", "CC9D00"),
    "green": ("C8F2C2", "96D98D", "73BF69", "56A64B", "37872D", "19730E"),
    "blue": ("C0D8FF", "8AB8FF", "5794F2", "3274D9", "1F60C4", "1250B0"),
    "purple": ("DEB6F2", "CA95E5", "B877D9", "A352CC", "8F3BB8", "7C2EA3"),
}
"""From light to dark; the light theme takes each name one step darker than the dark theme does."""

PALETTE: Final = (
    "green", "semi-dark-yellow", "blue", "orange", "red", "purple", "dark-green", "dark-yellow", "dark-blue", "dark-orange", "dark-red",
    "dark-purple", "super-light-green", "super-light-yellow",
)  # fmt: skip
"""Colours of series that have none of their own, in their order."""

CIVIDIS: Final = ("#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838")
"""From few to many; told apart without seeing red and green."""

_DARK_INK: Final = "#111217"
_LIGHT_INK: Final = "#ffffff"
_HEX: Final = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


class Tone(str):
    """A colour as a page names it: the name of a custom property of its style sheet, such as ``dark-red``, or ``x808080``."""

    @property
    def css(self) -> str:
        return f"var(--{self})"


def tone(name: str) -> Tone:
    """The colour that Grafana calls ``name``. Raises PreviewError for one that it does not know."""
    if _HEX.fullmatch(name):
        return Tone("x" + _six(name).lower())
    if name in ("text", "transparent") or any(name == shade + hue for shade in _SHADES for hue in _HUES):
        return Tone(name)
    raise PreviewError(f"The colour {name!r} is not known here.")


def themes(used: set[Tone]) -> tuple[dict[str, str], dict[str, str]]:
    """Custom properties for the colours used, dark and light: the colour itself, and ``on-...``, in which text on it is written."""
    dark: dict[str, str] = {}
    light: dict[str, str] = {}
    for each in sorted(used):
        for found, theme in ((dark, 0), (light, 1)):
            found[each] = _colour(each, theme)
            found[f"on-{each}"] = contrasting(found[each]) if found[each].startswith("#") else _ON[found[each]]
    return dark, light


_ON: Final = {"transparent": "var(--ink)", "var(--ink)": "var(--panel)"}
"""Text on colours that are those of the page."""


def _colour(each: Tone, theme: int) -> str:
    if each == "transparent":
        return "transparent"
    if each == "text":
        return "var(--ink)"
    if re.fullmatch(r"x[0-9a-f]{6}", each):
        return f"#{each[1:]}"
    shade, hue = next((shade, hue) for shade in _SHADES for hue in _HUES if each == shade + hue)
    return f"#{_HUES[hue][_SHADES.index(shade) + theme].lower()}"


def contrasting(colour: str) -> str:
    """The ink, dark or light, that is easier to read on ``colour`` (``#rrggbb``)."""
    return max((_DARK_INK, _LIGHT_INK), key=lambda ink: _contrast(ink, colour))


def _contrast(one: str, other: str) -> float:
    """By the definition of the Web Content Accessibility Guidelines, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> Iterator[float]:
    for place in (1, 3, 5):
        share = int(colour[place : place + 2], 16) / 255
        yield share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _six(name: str) -> str:
    digits = name[1:]
    return "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
