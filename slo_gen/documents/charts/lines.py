"""Figures over time: lines, areas below them, bars; limits across, marks up and down."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from slo_gen.documents.charts.axes import Axis, Plot, Size, drawn, frame
from slo_gen.documents.markup import Markup, element

__all__ = ["Limit", "Line", "Mark", "line_chart", "sparkline"]

_DASHES: Final = {"solid": None, "dash": "8 6", "dot": "1 5"}


@dataclass(frozen=True, slots=True)
class Line:
    """One course. Points are (x, y) in the order of x; a y of None interrupts it, and so does a distance in x above ``gap``.

    ``right``: it is read on the axis to the right. ``base`` are the lower ends of a stacked course, one for each point. ``fill`` is
    the opacity of the area, 0 to 1.
    """

    points: tuple[tuple[float, float | None], ...]
    colour: str
    width: float = 2
    style: Literal["solid", "dash", "dot"] = "solid"
    drawn: Literal["line", "bars", "points"] = "line"
    fill: float = 0
    stepped: bool = False
    dots: bool = False
    gap: float = math.inf
    right: bool = False
    base: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A line across the chart, or with ``area`` the ground above it up to the next limit."""

    value: float
    colour: str
    area: bool = False
    style: Literal["solid", "dash"] = "dash"
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A time that is marked, from ``start`` to ``end``; the same for an instant."""

    start: float
    end: float
    colour: str


def line_chart(
    lines: Sequence[Line], x: Axis, y: Axis, size: Size, title: str, *, right: Axis | None = None, limits: Sequence[Limit] = (),
    marks: Sequence[Mark] = (),
) -> Markup:
    """A chart of figures over ``x``; ``right`` is the axis of those that are read there."""
    plot, parts = frame(size, x, y, right=right)
    shapes = [
        *(_ground(limit, plot) for limit in limits if limit.area),
        *(_marked(mark, plot) for mark in marks),
        *(shape for line in lines for shape in _course(line, plot.beside(right if line.right else None))),
        *(_across(limit, plot) for limit in limits if not limit.area and y.low <= limit.value <= y.high),
    ]
    return drawn(size, title, *parts, *shapes)


def sparkline(points: Sequence[tuple[float, float | None]], size: Size, colour: str, title: str) -> Markup:
    """A course without axes."""
    known = [value for _, value in points if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    room = (high - low) * 0.08 or abs(high) * 0.01 or 1.0
    places = [at for at, _ in points]
    x, y = Axis(min(places, default=0.0), max(places, default=1.0)), Axis(low - room, high + room)
    plot = Plot(0, 2, size.width, size.height - 4, x, y)
    return drawn(size, title, *_course(Line(tuple(points), colour, 1.5, fill=0.2), plot))


def _course(line: Line, plot: Plot) -> Iterator[Markup]:
    if line.drawn == "bars":
        yield from _bars(line, plot)
        return
    bases = line.base or (plot.y.low,) * len(line.points)
    for run in _runs(line):
        places = [(plot.across(line.points[number][0]), plot.down(line.points[number][1] or 0.0)) for number in run]
        if line.drawn == "points" or line.dots or len(run) == 1:
            yield from (element("circle", cx=x, cy=y, r=max(2.0, line.width), fill=line.colour) for x, y in places)
        if line.drawn == "points" or len(run) == 1:
            continue
        path = _path(_thinned(places), line.stepped)
        if line.fill:
            floor = [(x, plot.down(bases[number])) for (x, _), number in zip(places, run, strict=True)]
            below = _path(list(reversed(_thinned(floor))), line.stepped).replace("M", "L", 1)
            yield element("path", d=f"{path}{below}Z", fill=line.colour, fill_opacity=line.fill)
        if line.width:
            yield element(
                "path", d=path, fill="none", stroke=line.colour, stroke_width=line.width, stroke_linejoin="round",
                stroke_linecap="round", stroke_dasharray=_DASHES[line.style],
            )  # fmt: skip


def _runs(line: Line) -> Iterator[list[int]]:
    """The numbers of points that hang together."""
    run: list[int] = []
    for number, (at, value) in enumerate(line.points):
        if run and (value is None or at - line.points[run[-1]][0] > line.gap):
            yield run
            run = []
        if value is not None:
            run.append(number)
    if run:
        yield run


def _bars(line: Line, plot: Plot) -> Iterator[Markup]:
    distances = [later[0] - earlier[0] for earlier, later in itertools.pairwise(line.points)]
    share = min(distances, default=(plot.x.high - plot.x.low) / 10) / ((plot.x.high - plot.x.low) or 1.0)
    width = max(1.0, share * plot.width * 0.8)
    bases = line.base or (max(0.0, plot.y.low),) * len(line.points)
    for (at, value), base in zip(line.points, bases, strict=True):
        if value is not None:
            top, bottom = sorted((plot.down(value), plot.down(base)))
            yield element(
                "rect", x=plot.across(at) - width / 2, y=top, width=width, height=max(bottom - top, 0.5), fill=line.colour,
                fill_opacity=line.fill or 0.8,
            )  # fmt: skip


def _thinned(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """What is seen of the points: of those in one pixel of x the first, the lowest, the highest and the last; of a level run its ends."""
    found: list[tuple[float, float]] = []
    for _, group in itertools.groupby(places, key=lambda place: int(place[0])):
        column = list(group)
        extremes = (min(column, key=lambda place: place[1]), max(column, key=lambda place: place[1]))
        for place in column if len(column) < 4 else sorted({column[0], *extremes, column[-1]}, key=column.index):
            if len(found) > 1 and abs(found[-1][1] - place[1]) < 0.05 and abs(found[-2][1] - place[1]) < 0.05:
                found[-1] = place
            else:
                found.append(place)
    return found


def _path(places: Sequence[tuple[float, float]], stepped: bool) -> str:
    parts = [f"M{_short(places[0][0])} {_short(places[0][1])}"]
    for (_, before), (x, y) in itertools.pairwise(places):
        if stepped:
            parts.append(f"L{_short(x)} {_short(before)}")
        parts.append(f"L{_short(x)} {_short(y)}")
    return "".join(parts)


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _across(limit: Limit, plot: Plot) -> Markup:
    at = plot.down(limit.value)
    return element(
        "line", x1=plot.left, y1=at, x2=plot.left + plot.width, y2=at, stroke=limit.colour, stroke_width=1.5,
        stroke_dasharray=_DASHES[limit.style],
    )  # fmt: skip


def _ground(limit: Limit, plot: Plot) -> Markup:
    top = plot.top if limit.until is None else plot.down(limit.until)
    bottom = plot.down(limit.value)
    return element("rect", x=plot.left, y=top, width=plot.width, height=max(0.0, bottom - top), fill=limit.colour, fill_opacity=0.12)


def _marked(mark: Mark, plot: Plot) -> Markup:
    left, right = (plot.across(min(max(at, plot.x.low), plot.x.high)) for at in (mark.start, mark.end))
    return element("rect", x=left, y=plot.top, width=max(1.5, right - left), height=plot.height, fill=mark.colour, fill_opacity=0.25)
