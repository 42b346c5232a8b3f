"""What charts have in common: their size, their axes, where the ticks of an axis stand."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from slo_gen.documents.markup import Markup, element

__all__ = ["Axis", "Plot", "Size", "Tick", "drawn", "even_ticks", "fitting", "frame", "text_width", "time_ticks"]

FONT: Final = 12
_LETTER: Final = 6.7
"""How wide a letter of that size is, about."""


@dataclass(frozen=True, slots=True)
class Size:
    """Of a chart, in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """From ``low`` to ``high`` in whatever unit the figures are in; ``log`` is the base of a logarithmic axis, 0 of a linear one."""

    low: float
    high: float
    ticks: tuple[Tick, ...] = ()
    log: float = 0

    def share(self, value: float) -> float:
        """How far along the axis a figure lies: 0 at its beginning, 1 at its end."""
        low, high = self.low, self.high
        if self.log:
            if value <= 0 or low <= 0:
                return 0.0
            low, high, value = math.log(low), math.log(high), math.log(value)
        return (value - low) / (high - low) if high > low else 0.5


@dataclass(frozen=True, slots=True)
class Plot:
    """The part of a chart in which figures are drawn, and its axes."""

    left: float
    top: float
    width: float
    height: float
    x: Axis
    y: Axis

    def across(self, value: float) -> float:
        return self.left + self.width * self.x.share(value)

    def beside(self, y: Axis | None) -> Plot:
        """The same place with another axis of y; with None itself."""
        return self if y is None else replace(self, y=y)

    def down(self, value: float) -> float:
        return self.top + self.height * (1 - min(1.0, max(0.0, self.y.share(value))))


def drawn(size: Size, title: str, *parts: Markup) -> Markup:
    """The chart as a whole; ``title`` says what it shows to who cannot see it."""
    return element(
        "svg", *parts, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {size.width} {size.height}", class_="chart", role="img",
        aria_label=title, font_size=FONT, fill="currentColor",
    )  # fmt: skip


def frame(
    size: Size, x: Axis, y: Axis, *, right: Axis | None = None, left: float | None = None, lines: bool = True
) -> tuple[Plot, list[Markup]]:
    """Where to draw, with room for what the ticks say, and the ticks themselves; ``right`` is a second axis of y."""
    margin = _room(y) if left is None else left
    beyond = 10 if right is None else _room(right)
    plot = Plot(margin, 8, max(20.0, size.width - margin - beyond), max(20.0, size.height - 8 - 24), x, y)
    parts = []
    for tick in y.ticks:
        at = plot.down(tick.at)
        if lines:
            parts.append(_rule(plot.left, at, plot.left + plot.width, at))
        parts.append(element("text", tick.text, x=plot.left - 6, y=at + 4, text_anchor="end", opacity=0.8))
    for tick in right.ticks if right is not None else ():
        at = plot.beside(right).down(tick.at)
        parts.append(element("text", tick.text, x=plot.left + plot.width + 6, y=at + 4, opacity=0.8))
    base = plot.top + plot.height
    for tick in x.ticks:
        at = plot.across(tick.at)
        half = text_width(tick.text) / 2
        if lines:
            parts.append(_rule(at, plot.top, at, base))
        inside = min(max(at, half + 2), size.width - half - 2)
        parts.append(element("text", tick.text, x=inside, y=base + 17, text_anchor="middle", opacity=0.8))
    return plot, parts


def _room(axis: Axis) -> float:
    return max((text_width(tick.text) for tick in axis.ticks), default=0) + 10


def _rule(x1: float, y1: float, x2: float, y2: float) -> Markup:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke="currentColor", stroke_opacity=0.15)


def text_width(text: str) -> float:
    """Pixels, about."""
    return len(text) * _LETTER


def fitting(text: str, width: float) -> str:
    """``text``, or its beginning where it is wider than ``width`` pixels; "" where not even that says anything."""
    most = int(width / _LETTER)
    if len(text) <= most:
        return text
    return text[: most - 1].rstrip() + "…" if most > 3 else ""


# --- ticks -------------------------------------------------------------------------------------------------------
def even_ticks(low: float, high: float, most: int, text: Callable[[float, float], str]) -> tuple[Tick, ...]:
    """Round figures between ``low`` and ``high``; ``text`` writes one, given the distance between two as well."""
    if not high > low:
        return (Tick(low, text(low, abs(low) or 1.0)),)
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    return tuple(Tick(at, text(at, step)) for at in ((first + number) * step for number in range(count)))


_MINUTES: Final = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
_DAYS: Final = (1, 2, 7, 14)
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60)


def time_ticks(start: float, end: float, most: int, zone: tzinfo) -> tuple[Tick, ...]:
    """Between two instants (seconds since 1970), on round hours, days or months of ``zone``: ``14:30``, ``25 Nov``, ``Nov 2026``."""
    wanted = (end - start) / max(1, most)
    at = datetime.fromtimestamp(start, zone)
    minutes = next((size for size in _MINUTES if size * 60 >= wanted), None)
    if minutes is not None:
        return _told(_minutes(at, end, minutes), start, end, "%H:%M" if end - start <= 90_000 else "%d %b %H:%M")
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    days = next((size for size in _DAYS if size * 86_400 >= wanted), None)
    if days is not None:
        return _told(_days(midnight, end, days), start, end, "%d %b")
    months = next((size for size in _MONTHS if size * 31 * 86_400 >= wanted), _MONTHS[-1])
    return _told(_months(midnight.replace(day=1), end, months), start, end, "%b %Y")


def _told(instants: Iterator[datetime], start: float, end: float, form: str) -> tuple[Tick, ...]:
    return tuple(Tick(at.timestamp(), _date(at, form)) for at in instants if start <= at.timestamp() <= end)


def _date(at: datetime, form: str) -> str:
    text = at.strftime(form)
    return text.removeprefix("0") if form.startswith("%d") else text


def _minutes(at: datetime, end: float, size: int) -> Iterator[datetime]:
    since = at.hour * 60 + at.minute
    at = at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=at.hour) + timedelta(minutes=since // size * size)
    while at.timestamp() <= end:
        yield at
        at = datetime.fromtimestamp(at.timestamp() + size * 60, at.tzinfo)


def _days(at: datetime, end: float, size: int) -> Iterator[datetime]:
    if size >= 7:
        at -= timedelta(days=at.weekday())
    while at.timestamp() <= end:
        yield at
        at += timedelta(days=size)


def _months(at: datetime, end: float, size: int) -> Iterator[datetime]:
    number = (at.year * 12 + at.month - 1) // size * size
    while at.timestamp() <= end:
        at = at.replace(year=number // 12, month=number % 12 + 1)
        yield at
        number += size


def thinned(ticks: Sequence[Tick], width: float) -> tuple[Tick, ...]:
    """So many of the ticks that what is written at them has room in ``width`` pixels."""
    wanted = max((text_width(tick.text) for tick in ticks), default=0) + 14
    every = max(1, math.ceil(len(ticks) * wanted / max(width, 1.0)))
    return tuple(ticks[::every])
