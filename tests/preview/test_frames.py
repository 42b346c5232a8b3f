"""What the answers of a Prometheus become, and what single figures are taken from them."""

from __future__ import annotations

import math

import pytest
from boards import panel

from slo_gen.preview.frames import Field, Frame, frames_of, legend, reduced
from slo_gen.preview.queries import Question
from slo_gen.prometheus import Sample, Series

INSTANT = Question("x", 0, 60, None)
RANGE = Question("x", 0, 60, 30)


def target(**keys: object) -> object:
    return panel(targets=[{"refId": "B", "expr": "x", **keys}]).targets[0]


def test_a_table_has_its_labels_in_order_and_its_figures_by_the_letter_of_the_query() -> None:
    answer = [Sample({"b": "1"}, 60, 0.5), Sample({"a": "2", "b": "3"}, 60, math.nan)]
    wanted = (
        Field("Time", "time", (60_000.0, 60_000.0), {}), Field("a", "string", ("", "2"), {}), Field("b", "string", ("1", "3"), {}),
        Field("Value #B", "number", (0.5, None), {}),
    )  # fmt: skip
    assert frames_of(target(format="table"), INSTANT, answer, 2) == (Frame("B", wanted),)
    (alone,) = frames_of(target(format="table"), INSTANT, answer, 1)
    assert alone.fields[-1].name == "Value"
    assert frames_of(target(format="table"), INSTANT, [], 1) == ()


def test_each_series_is_a_frame_with_its_labels_and_its_legend() -> None:
    answer = [Series({"a": "1"}, ((0.0, 1.0), (30.0, math.nan)))]
    (frame,) = frames_of(target(legendFormat="of {{a}}"), RANGE, answer, 0)
    assert frame == Frame("B", (Field("Time", "time", (0.0, 30_000.0), {}), Field("Value", "number", (1.0, None), {"a": "1"}, "of 1")), 30)


def test_buckets_stand_in_the_order_of_their_bounds() -> None:
    answer = [Series({"le": bound}, ((0.0, 1.0),)) for bound in ("+Inf", "10", "2")]
    frames = frames_of(target(format="heatmap"), RANGE, answer, 0)
    assert [frame.fields[1].labels["le"] for frame in frames] == ["2", "10", "+Inf"]


def test_legends() -> None:
    labels = {"__name__": "up", "job": "a", "zone": "b"}
    assert legend("{{job}} in {{ zone }}{{none}}", labels, ()) == "a in b"
    assert legend("", labels, ()) == 'up{job="a", zone="b"}'
    assert legend("", {}, ()) == "{}"
    assert legend("__auto", labels, [labels, {**labels, "zone": "c"}]) == "b"
    assert legend("__auto", labels, [labels, {**labels, "zone": "c", "job": "d"}]) == 'up{job="a", zone="b"}'


@pytest.mark.parametrize(
    ("calculation", "value"),
    [
        ("lastNotNull", 4.0), ("last", None), ("firstNotNull", 2.0), ("first", None), ("min", 2.0), ("max", 6.0), ("mean", 4.0),
        ("sum", 12.0), ("range", 4.0), ("diff", 2.0), ("count", 5.0),
    ],
)  # fmt: skip
def test_calculations(calculation: str, value: float | None) -> None:
    assert reduced([None, 2.0, 6.0, 4.0, None], calculation) == value


def test_nothing_has_no_figure_and_an_unknown_calculation_is_an_error() -> None:
    assert [reduced([], each) for each in ("lastNotNull", "max", "mean", "first")] == [None] * 4
    with pytest.raises(KeyError):
        reduced([1.0], "p99")
