"""Figures as text, as Grafana writes them: units, decimals, durations, dates.

One thing is done otherwise: a figure that rounding would carry onto or over 0, 100 % or a threshold gets as many decimals as it takes to
see on which side it is. 99.996 % does not read 100 %.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Final

from slo_gen.preview.errors import PreviewError

__all__ = ["UNITS", "Moment", "figure_text", "is_known_unit", "is_time"]

_MOST_DECIMALS: Final = 12
_NEAR: Final = 1e-9
"""What a figure may differ from a mark in binary and still be it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a page is drawn (seconds since 1970), and the zone in which it tells times."""

    now: float
    zone: tzinfo


_WHOLE: Final = 2.0**53
"""From here on every floating point number is a whole one."""

_DECIMALS: Final = sys.float_info.max_10_exp
"""No figure has more that mean anything, and no larger power of ten is one of floating point."""

Scale = Callable[[float], tuple[float, float, str]]
"""From a figure to what it is multiplied with, then divided by, and what is written behind it."""


def figure_text(value: float, unit: str | None, decimals: int | None, moment: Moment, marks: Iterable[float] = ()) -> str:
    """``value`` in ``unit`` as Grafana's, with ``decimals`` (None: as many as suit it).

    ``marks`` are figures onto or over which the text must not round; 0 and 100 % always are. Raises PreviewError for an unknown unit.
    """
    unit = unit or "none"
    if unit in _WORDS:
        return _WORDS[unit][0 if value else 1]
    if math.isinf(value * 100_000):        # 100 for a share, 1000 for a duration
        return "-∞" if value < 0 else "∞"
    if unit in _DURATIONS:
        return _duration(value, decimals, _DURATIONS[unit])
    if unit in _DATES:
        return _date(value, unit, moment)
    if unit == "string" or (unit == "s" and value == 0):
        return _plain(value) + (" s" if unit == "s" else "")
    if unit in ("dthms", "dthmsms"):
        return _clock(value if unit == "dthms" else value / 1000)
    before, scale = _scale(unit)
    times, per, after = scale(value)
    known = [*marks, 0.0, *({"percentunit": [1.0], "percent": [100.0]}.get(unit, []))]
    text = _fixed(value * times / per, decimals, [mark * times / per for mark in known])
    sign, text = ("-", text[1:]) if _is_currency(unit) and text.startswith("-") else ("", text)
    return sign + before + text + after


def is_known_unit(unit: str | None) -> bool:
    """Whether figures in ``unit`` can be written."""
    return not unit or unit in UNITS or unit.startswith(("suffix:", "prefix:", "currency:"))


def is_time(unit: str | None) -> bool:
    """Whether figures in ``unit`` are instants, in milliseconds since 1970."""
    return unit in _DATES


# --- numbers -----------------------------------------------------------------------------------------------------
def _fixed(value: float, decimals: int | None, marks: Iterable[float]) -> str:
    places = _usual_decimals(value) if decimals is None else decimals
    text = _rounded(value, places)
    for mark in marks:
        while _side(value, mark) != _side(float(text), mark) and places < _MOST_DECIMALS:
            places += 1
            text = _rounded(value, places)
    return text


def _side(value: float, mark: float) -> int:
    difference = value - mark
    return 0 if abs(difference) <= _NEAR * max(1.0, abs(mark)) else (1 if difference > 0 else -1)


def _rounded(value: float, decimals: int) -> str:
    if abs(value) >= _WHOLE or decimals > _DECIMALS:        # nothing to round
        text = _plain(value)
    else:
        factor = 10**decimals
        text = _plain(math.floor(value * factor + 0.5) / factor)
    if "e" in text:
        return text
    present = len(text.partition(".")[2])
    return text if present >= decimals else text + ("" if present else ".") + "0" * (decimals - present)


def _plain(value: float) -> str:
    """As JavaScript writes a number: no exponent between a millionth and 10^21."""
    if value == 0:
        return "0"
    if 1e-6 <= abs(value) < 1e21:
        text = format(Decimal(repr(value)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, _, exponent = repr(value).partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}"


def _usual_decimals(value: float) -> int:
    if value == 0 or not math.isfinite(value) or value % 1 == 0:
        return 0
    places = min(1 - math.floor(math.log10(abs(value))), 100)
    if abs(value) / 10.0**-places > 2.25:
        places += 1
    return max(0, places)


# --- scales ------------------------------------------------------------------------------------------------------
def _as_is(after: str = "", factor: float = 1) -> Scale:
    return lambda value: (factor, 1, after)


def _thousands(steps: tuple[str, ...], after: str = "", base: int = 1000) -> Scale:
    def scale(value: float) -> tuple[float, float, str]:
        step = 0
        while step < len(steps) - 1 and abs(value) / float(base) ** (step + 1) >= 1:
            step += 1
        return 1, float(base) ** step, steps[step] + after

    return scale


def _spans(*steps: tuple[float, float, str, bool]) -> Scale:
    """Each step: below which figure, how many of the unit's are one of this, its name, and whether the name has a plural."""

    def scale(value: float) -> tuple[float, float, str]:
        for below, size, name, plural in steps:
            if abs(value) < below or below == math.inf:
                return 1, size, " " + name + "s" * (plural and abs(value / size) > 1)
        raise AssertionError("the last step has no end")

    return scale


_SHORT: Final = ("", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept")
_COUNT: Final = ("", "K", "M", "B", "T")
_YEAR: Final = 31_536_000.0
_SECONDS: Final = _spans(
    (1e-6, 1e-9, "ns", False), (1e-3, 1e-6, "µs", False), (1, 1e-3, "ms", False), (60, 1, "s", False), (3600, 60, "min", True),
    (86400, 3600, "hour", True), (604800, 86400, "day", True), (_YEAR, 604800, "week", True), (math.inf, 3.15569e7, "year", True),
)  # fmt: skip
_PLAIN_SCALES: Final[dict[str, Scale]] = {
    "none": _as_is(),
    "short": _thousands(_SHORT),
    "percent": _as_is("%"),
    "percentunit": _as_is("%", 100),
    "s": _SECONDS,
    "ms": _spans(
        (1000, 1, "ms", False), (60_000, 1000, "s", False), (3_600_000, 60_000, "min", True), (86_400_000, 3_600_000, "hour", True),
        (_YEAR * 1000, 86_400_000, "day", True), (math.inf, 31_536_000_000, "year", True),
    ),
    "m": _spans(
        (60, 1, "min", False), (1440, 60, "hour", True), (10080, 1440, "day", True), (604_800, 10080, "week", True),
        (math.inf, 525_948, "year", True),
    ),
    "h": _spans((24, 1, "hour", False), (168, 24, "day", True), (8760, 168, "week", True), (math.inf, 8760, "year", True)),
    "d": _spans((7, 1, "day", True), (365, 7, "week", True), (math.inf, 365, "year", True)),
    "bytes": _thousands((" B", " KiB", " MiB", " GiB", " TiB", " PiB"), base=1024),
    "reqps": _thousands(_COUNT, " req/s"),
    "ops": _thousands(_COUNT, " ops/s"),
    "cps": _thousands(_COUNT, " c/s"),
}
_CURRENCIES: Final = {"currencyEUR": "€", "currencyUSD": "$", "currencyGBP": "£", "currencyCHF": "CHF", "currencyJPY": "¥"}
_WORDS: Final = {"bool": ("True", "False"), "bool_yes_no": ("Yes", "No"), "bool_on_off": ("On", "Off")}
_DURATIONS: Final = {"dtdurations": 1.0, "dtdurationms": 0.001}
_DATES: Final = frozenset({"dateTimeAsIso", "dateTimeAsIsoNoDateIfToday", "dateTimeFromNow"})

UNITS: Final = frozenset({"string", *_PLAIN_SCALES, *_CURRENCIES, *_WORDS, *_DURATIONS, *_DATES, "dthms", "dthmsms"})
"""Ids of units, beside those that say themselves what is written: ``suffix:``, ``prefix:``, ``currency:``."""


def _is_currency(unit: str) -> bool:
    return unit in _CURRENCIES or unit.startswith("currency:")


def _scale(unit: str) -> tuple[str, Scale]:
    """What is written before figures in ``unit``, and their scale."""
    if unit in _PLAIN_SCALES:
        return "", _PLAIN_SCALES[unit]
    if unit in _CURRENCIES:
        return _CURRENCIES[unit], _thousands(_COUNT)
    kind, colon, rest = unit.partition(":")
    if colon and kind == "suffix":
        return "", _as_is(f" {rest}")
    if colon and kind == "prefix":
        return rest, _as_is()
    if colon and kind == "currency":
        return rest, _thousands(_COUNT)
    raise PreviewError(f"The unit {unit!r} is not known here.")


# --- durations and dates -------------------------------------------------------------------------------------------
_PARTS: Final = (
    ("year", 31_536_000_000), ("month", 2_592_000_000), ("week", 604_800_000), ("day", 86_400_000), ("hour", 3_600_000),
    ("minute", 60_000), ("second", 1000), ("millisecond", 1),
)  # fmt: skip


def _duration(value: float, decimals: int | None, seconds: float) -> str:
    """``2 hours, 5 minutes``: the first part that is not 0, and ``decimals`` more."""
    if value == 0:
        return "0 seconds" if seconds == 1 else "0 milliseconds"
    if value < 0:
        return _duration(-value, decimals, seconds) + " ago"
    left, wanted, parts = value * seconds * 1000, 1 + (decimals or 0), list[str]()
    for name, size in _PARTS:
        if wanted and (parts or left >= size):
            whole = math.floor(left / size)
            parts.append(f"{whole} {name}{'s' * (whole != 1)}")
            left %= size
            wanted -= 1
    return ", ".join(parts)


def _clock(seconds: float) -> str:
    whole = math.floor(abs(seconds))
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}" + (" ago" if seconds < 0 else "")


def _date(milliseconds: float, unit: str, moment: Moment) -> str:
    if unit == "dateTimeFromNow":
        return _from_now(milliseconds / 1000 - moment.now)
    try:
        at = datetime.fromtimestamp(math.floor(milliseconds / 1000), moment.zone)
    except (OverflowError, ValueError, OSError):
        return "Invalid date"
    today = datetime.fromtimestamp(moment.now, moment.zone).date()
    return f"{at:%H:%M:%S}" if unit == "dateTimeAsIsoNoDateIfToday" and at.date() == today else f"{at:%Y-%m-%d %H:%M:%S}"


def _from_now(seconds: float) -> str:
    away = abs(seconds)
    for below, size, one, many in (
        (44.5, 1, "a few seconds", ""), (89.5, 60, "a minute", ""), (2670, 60, "", "minutes"), (5370, 3600, "an hour", ""),
        (77_400, 3600, "", "hours"), (127_800, 86400, "a day", ""), (2_203_200, 86400, "", "days"), (3_931_200, 2_629_746, "a month", ""),
        (27_615_600, 2_629_746, "", "months"), (47_260_800, 31_556_952, "a year", ""), (math.inf, 31_556_952, "", "years"),
    ):  # fmt: skip
        if away < below:
            words = one or f"{math.floor(away / size + 0.5)} {many}"
            return f"in {words}" if seconds > 0 else f"{words} ago"
    return "Invalid date"
