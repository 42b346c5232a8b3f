"""Where charts put things."""

from __future__ import annotations

import itertools
import math
import re
from datetime import datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.documents.charts import (
    Arc,
    Axis,
    Bars,
    Gauged,
    Heat,
    Limit,
    Line,
    Mark,
    Size,
    State,
    States,
    Tick,
    bar_chart,
    bar_gauge,
    even_ticks,
    gauge,
    heatmap,
    line_chart,
    sparkline,
    state_bands,
    status_boxes,
    time_ticks,
)
from slo_gen.documents.markup import Markup

BERLIN = ZoneInfo("Europe/Berlin")
SIZE = Size(400, 200)
X, Y = Axis(0, 10), Axis(0, 100, (Tick(0, "0"), Tick(100, "100")))


def shapes(chart: Markup, tag: str) -> list[dict[str, str]]:
    """The elements of a kind, with their attributes; the chart is well-formed."""
    return [dict(each.attrib) for each in ElementTree.fromstring(chart).iter(f"{{http://www.w3.org/2000/svg}}{tag}")]


def paths(chart: Markup) -> list[str]:
    return [each["d"] for each in shapes(chart, "path")]


# --- axes --------------------------------------------------------------------------------------------------------
@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_even_ticks_lie_on_the_axis_at_even_distances(low: float, length: float, most: int) -> None:
    ticks = even_ticks(low, low + length, most, lambda at, step: f"{at}")
    slack = length * 1e-6 + abs(low) * 1e-9
    assert 1 <= len(ticks) <= most + 1
    assert all(low - slack <= tick.at <= low + length + slack for tick in ticks)
    distances = [later.at - earlier.at for earlier, later in itertools.pairwise(ticks)]
    assert all(math.isclose(each, distances[0], rel_tol=1e-3, abs_tol=slack) for each in distances)


def test_ticks_of_nothing() -> None:
    assert even_ticks(5, 5, 4, lambda at, step: f"{at:g}") == (Tick(5, "5"),)


@pytest.mark.parametrize(
    ("start", "end", "most", "texts"),
    [
        ("2026-11-20T10:05", "2026-11-20T12:00", 4, ["10:30", "11:00", "11:30", "12:00"]),
        ("2026-11-19T23:10", "2026-11-20T01:00", 4, ["23:30", "00:00", "00:30", "01:00"]),
        ("2026-10-24T00:00", "2026-10-28T00:00", 5, ["24 Oct", "25 Oct", "26 Oct", "27 Oct", "28 Oct"]),
        ("2026-11-01T00:00", "2026-11-30T00:00", 5, ["2 Nov", "9 Nov", "16 Nov", "23 Nov", "30 Nov"]),
        ("2026-01-15T00:00", "2027-01-15T00:00", 6, ["Mar 2026", "May 2026", "Jul 2026", "Sep 2026", "Nov 2026", "Jan 2027"]),
    ],
)
def test_time_ticks_are_round_in_the_zone(start: str, end: str, most: int, texts: list[str]) -> None:
    first, last = (datetime.fromisoformat(each).replace(tzinfo=BERLIN).timestamp() for each in (start, end))
    ticks = time_ticks(first, last, most, BERLIN)
    assert [tick.text for tick in ticks] == texts
    assert all(datetime.fromtimestamp(tick.at, BERLIN).minute in (0, 30) for tick in ticks)


def test_a_logarithmic_axis_gives_each_power_the_same_room() -> None:
    axis = Axis(1, 1000, log=10)
    assert [axis.share(value) for value in (1, 10, 100, 1000)] == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert axis.share(0) == 0


# --- lines -------------------------------------------------------------------------------------------------------
def test_a_line_goes_from_corner_to_corner_and_is_interrupted_where_nothing_is_known() -> None:
    whole = line_chart([Line(((0, 0), (10, 100)), "red")], X, Y, SIZE, "t")
    left, base = 30.1, 176.0
    assert paths(whole) == [f"M{left} {base:g}L390 8"]
    broken = line_chart([Line(((0, 0), (2, 10), (4, None), (6, 20), (8, 30)), "red")], X, Y, SIZE, "t")
    assert len(paths(broken)) == 2
    apart = line_chart([Line(((0, 0), (2, 10), (8, 20), (10, 30)), "red", gap=3)], X, Y, SIZE, "t")
    assert len(paths(apart)) == 2


def test_points_that_cannot_be_told_apart_are_left_out_and_extremes_are_kept() -> None:
    level = line_chart([Line(tuple((at / 100, 50) for at in range(1001)), "red")], X, Y, SIZE, "t")
    assert paths(level) == ["M30.1 92L390 92"]
    spiked = [(at / 1000, 100 if at == 5004 else 50) for at in range(10_001)]
    (path,) = paths(line_chart([Line(tuple(spiked), "red")], X, Y, SIZE, "t"))
    assert " 8L" in path
    assert path.count("L") < 10


def test_a_single_point_is_seen() -> None:
    assert len(shapes(line_chart([Line(((5, 50),), "red")], X, Y, SIZE, "t"), "circle")) == 1


def test_steps_dashes_areas_limits_and_marks() -> None:
    stepped = line_chart([Line(((0, 0), (10, 100)), "red", stepped=True, style="dash", fill=0.3)], X, Y, SIZE, "t")
    area, line = shapes(stepped, "path")
    assert (line["d"], line["stroke-dasharray"]) == ("M30.1 176L390 176L390 8", "8 6")
    assert area["d"].endswith("Z")
    limits = [Limit(50, "blue"), Limit(200, "red"), Limit(80, "red", area=True)]
    drawn = line_chart([], X, Y, SIZE, "t", limits=limits, marks=[Mark(2, 4, "red")])
    assert [each["y1"] for each in shapes(drawn, "line") if each["stroke"] == "blue"] == ["92"]
    assert not [each for each in shapes(drawn, "line") if each["stroke"] == "red"]       # beyond the axis
    ground, mark = shapes(drawn, "rect")
    assert float(ground["height"]) == pytest.approx(0.2 * 168)
    assert float(mark["width"]) == pytest.approx(0.2 * 359.9)


def test_figures_beyond_the_axis_stay_in_the_chart() -> None:
    assert paths(line_chart([Line(((0, -50), (10, 500)), "red")], X, Y, SIZE, "t")) == ["M30.1 176L390 8"]


def test_a_sparkline_has_no_axes() -> None:
    assert shapes(sparkline(((0, 1), (1, 2)), Size(100, 30), "red", "t"), "text") == []


# --- states --------------------------------------------------------------------------------------------------------
def test_bands_last_as_long_as_their_states_and_are_cut_off_at_the_ends() -> None:
    rows = [States("a", (State(-5, 5, "MET", "green", "white"), State(5, 6, "A LONG WORD", "red", "white")))]
    chart = state_bands(rows, X, SIZE, "t")
    first, second = shapes(chart, "rect")
    assert (first["fill"], second["fill"]) == ("green", "red")
    assert float(first["width"]) == pytest.approx(5 * float(second["width"]), rel=0.01)
    written = "".join(ElementTree.fromstring(chart).itertext())
    assert written.count("MET") == 2         # beside its title, where it has room
    assert written.count("A LONG WORD") == 1


def test_boxes_have_a_gap_and_names_stand_above_where_there_is_no_room() -> None:
    rows = [States("a rather long name", tuple(State(at, at + 1, "x", "red", "white") for at in range(10)))]
    boxes = shapes(status_boxes(rows, X, Size(200, 80), "t"), "rect")
    assert len(boxes) == 10
    assert float(boxes[1]["x"]) > float(boxes[0]["x"]) + float(boxes[0]["width"])
    assert shapes(status_boxes(rows, X, Size(200, 80), "t"), "text")[0]["x"] == "2"


# --- bars, gauges, heat ----------------------------------------------------------------------------------------------
def test_bars_are_as_high_as_their_figures_and_stand_on_each_other_when_stacked() -> None:
    series = [Bars("a", (50.0, None), ("red", "red"), ("", ""), ("", "")), Bars("b", (25.0, 100.0), ("blue", "blue"), ("", ""), ("", ""))]
    beside = shapes(bar_chart(("x", "y"), series, Y, SIZE, "t"), "rect")
    assert [float(each["height"]) for each in beside] == pytest.approx([84, 42, 168])
    low, high, _ = shapes(bar_chart(("x", "y"), series, Y, SIZE, "t", stacked=True), "rect")
    assert float(high["y"]) + float(high["height"]) == pytest.approx(float(low["y"]))


def test_gauged_bars_are_filled_as_far_as_their_figures_go() -> None:
    chart = bar_gauge([Gauged("a", "50%", 0.5, "red"), Gauged("b", "No data", None, "red")], SIZE, "t")
    whole, filled, empty = shapes(chart, "rect")
    assert float(filled["width"]) == pytest.approx(float(whole["width"]) / 2, rel=0.01)
    assert empty["fill"] == "currentColor"


def test_an_arc_is_filled_as_far_as_its_figure_goes_and_not_at_all_without_one() -> None:
    arcs = [Arc(0, 0.5, "red"), Arc(0.5, 1, "green")]
    strokes = [[each["stroke"] for each in shapes(gauge(share, "x", "", "blue", arcs, SIZE, "t"), "path")] for share in (0.5, None)]
    assert strokes == [["currentColor", "blue", "red", "green"], ["currentColor", "red", "green"]]


def test_heat_stands_in_its_row_the_first_at_the_bottom() -> None:
    low, high = shapes(heatmap(("1", "2"), [Heat(0, 0, 5, "red"), Heat(1, 5, 10, "blue")], X, SIZE, "t"), "rect")
    assert float(low["y"]) > float(high["y"])
    assert float(low["x"]) < float(high["x"])


def test_every_chart_says_what_it_shows() -> None:
    charts = [
        line_chart([], X, Y, SIZE, 'a "b" <c>'), state_bands([], X, SIZE, 'a "b" <c>'), bar_chart((), [], Y, SIZE, 'a "b" <c>'),
        bar_gauge([], SIZE, 'a "b" <c>'), gauge(None, "", "", "red", [], SIZE, 'a "b" <c>'), heatmap((), [], X, SIZE, 'a "b" <c>'),
    ]  # fmt: skip
    for chart in charts:
        assert ElementTree.fromstring(chart).attrib["aria-label"] == 'a "b" <c>'
        assert re.match(r'<svg [^>]*role="img"', chart)
