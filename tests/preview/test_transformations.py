"""Transformations do what those of @grafana/data 13.2.3 did with the same frames."""

from __future__ import annotations

from typing import Any

import pytest
from boards import panel, table

from slo_gen.preview.errors import PreviewError
from slo_gen.preview.frames import Field, Frame
from slo_gen.preview.transformations import TRANSFORMATIONS, transformed

A = table("A", Time=[1.0, 1.0], agreement=["a", "b"], target=["x", "y"], **{"Value #A": [1.0, 2.0]})
B = table("B", Time=[1.0, 1.0, 1.0], agreement=["a", "b", "c"], target=["x", "y", "z"], **{"Value #B": [10.0, 20.0, 30.0]})
FEWER = table("C", Time=[1.0], agreement=["a"], **{"Value #C": [7.0]})
TWICE = table("B", Time=[1.0, 1.0], agreement=["a", "a"], target=["x", "x"], more=["p", "q"], **{"Value #B": [10.0, 20.0]})
SORTED = table("A", V=[3.0, None, 1.0])
GROUPED = table("A", agreement=["a", "b", "a"], **{"Value #A": [1.0, 2.0, 3.0]})


def course(name: str, *values: float) -> Frame:
    labels = {"a": name, "b": "x"}
    return Frame("A", (Field("Time", "time", (1.0, 2.0), {}), Field("Value", "number", values, labels, f"leg {name}")), 1.0)


COURSES = (course("1", 1.0, 2.0), course("2", 3.0, 4.0))
CASES: list[tuple[str, dict[str, Any], tuple[Frame, ...], list[dict[str, list[Any]]]]] = [
    ("merge", {}, (A, B), [
        {"Time": [1, 1, 1], "agreement": ["a", "b", "c"], "target": ["x", "y", "z"], "Value #A": [1, 2, None], "Value #B": [10, 20, 30]},
    ]),
    ("merge", {}, (A, FEWER), [
        {"Time": [1, 1], "agreement": ["a", "b"], "target": ["x", "y"], "Value #A": [1, 2], "Value #C": [7, None]},
    ]),
    ("merge", {}, (A, TWICE), [{
        "Time": [1, 1, 1], "agreement": ["a", "b", "a"], "target": ["x", "y", "x"], "Value #A": [1, 2, None],
        "more": ["p", None, "q"], "Value #B": [10, None, 20],
    }]),
    ("merge", {}, (A, Frame("Z", ())), [{"Time": [1, 1], "agreement": ["a", "b"], "target": ["x", "y"], "Value #A": [1, 2]}]),
    ("organize", {
        "excludeByName": {"Time": True}, "indexByName": {"Value #A": 0, "agreement": 1}, "renameByName": {"agreement": "Agreement"},
    }, (A,), [{"Value #A": [1, 2], "Agreement": ["a", "b"], "target": ["x", "y"]}]),
    ("sortBy", {"sort": [{"field": "V", "desc": False}]}, (SORTED,), [{"V": [None, 1, 3]}]),
    ("sortBy", {"sort": [{"field": "V", "desc": True}]}, (SORTED,), [{"V": [3, 1, None]}]),
    ("reduce", {"reducers": ["lastNotNull", "max", "sum", "count", "mean"], "mode": "seriesToRows", "labelsToFields": True}, COURSES, [{
        "Field": ["Value", "Value"], "a": ["1", "2"], "b": ["x", "x"], "Last *": [2, 4], "Max": [2, 4], "Total": [3, 7], "Count": [2, 2],
        "Mean": [1.5, 3.5],
    }]),
    ("reduce", {"reducers": ["lastNotNull"], "mode": "seriesToRows"}, COURSES, [{"Field": ["leg 1", "leg 2"], "Last *": [2, 4]}]),
    ("groupBy", {"fields": {
        "agreement": {"operation": "groupby", "aggregations": []},
        "Value #A": {"operation": "aggregate", "aggregations": ["sum", "lastNotNull"]},
    }}, (GROUPED,), [{"agreement": ["a", "b"], "Value #A (sum)": [4, 2], "Value #A (lastNotNull)": [3, 2]}]),
    ("groupingToMatrix", {"columnField": "agreement", "rowField": "target", "valueField": "Value #A", "emptyValue": "null"}, (A,),
     [{"target\\agreement": ["x", "y"], "a": [1, None], "b": [None, 2]}]),
    ("labelsToFields", {"mode": "columns"}, COURSES, [
        {"Time": [1, 2], "Value": [1, 2], "a": ["1", "1"], "b": ["x", "x"]},
        {"Time": [1, 2], "Value": [3, 4], "a": ["2", "2"], "b": ["x", "x"]},
    ]),
    ("labelsToFields", {"mode": "columns", "valueLabel": "a"}, COURSES, [
        {"Time": [1, 2], "1": [1, 2], "b": ["x", "x"]}, {"Time": [1, 2], "2": [3, 4], "b": ["x", "x"]},
    ]),
    ("labelsToFields", {"mode": "rows"}, COURSES[:1], [{"label": ["a", "b"], "value": ["1", "x"]}]),
    ("joinByField", {"byField": "agreement", "mode": "outer"}, (A, FEWER), [{
        "agreement": ["a", "b"], "Time 1": [1, 1], "target": ["x", "y"], "Value #A": [1, 2], "Time 2": [1, None], "Value #C": [7, None],
    }]),
    ("joinByField", {"byField": "agreement", "mode": "inner"}, (A, FEWER), [
        {"agreement": ["a"], "Time 1": [1], "target": ["x"], "Value #A": [1], "Time 2": [1], "Value #C": [7]},
    ]),
    ("filterFieldsByName", {"include": {"names": ["agreement", "Value #A"]}}, (A,), [{"agreement": ["a", "b"], "Value #A": [1, 2]}]),
    ("limit", {"limitField": 1}, (A,), [{"Time": [1], "agreement": ["a"], "target": ["x"], "Value #A": [1]}]),
    ("renameByRegex", {"regex": "Value #(.*)", "renamePattern": "Q$1"}, (A,),
     [{"Time": [1, 1], "agreement": ["a", "b"], "target": ["x", "y"], "QA": [1, 2]}]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "frames", "expected"), CASES)
def test_transformations(name: str, options: dict[str, Any], frames: tuple[Frame, ...], expected: list[dict[str, list[Any]]]) -> None:
    found = transformed(panel(transformations=[{"id": name, "options": options}]), frames)
    assert [[(each.shown_as, list(each.values)) for each in frame.fields] for frame in found] == [list(each.items()) for each in expected]


def test_every_transformation_is_compared() -> None:
    assert {name for name, *_ in CASES} == set(TRANSFORMATIONS)


def test_steps_follow_each_other_and_disabled_ones_are_passed_over() -> None:
    steps = [
        {"id": "merge", "options": {}}, {"id": "limit", "options": {"limitField": 1}, "disabled": True},
        {"id": "organize", "options": {"excludeByName": {"Time": True, "target": True}}},
    ]  # fmt: skip
    (frame,) = transformed(panel(transformations=steps), (A, B))
    assert [(each.name, each.values) for each in frame.fields] == [
        ("agreement", ("a", "b", "c")), ("Value #A", (1.0, 2.0, None)), ("Value #B", (10.0, 20.0, 30.0)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"id": "histogram"}, "The transformation 'histogram' of panel 'Panel' is not known here."),
        ({"id": "reduce", "options": {"reducers": ["p99"]}},
         "The transformation 'reduce' of panel 'Panel' wants the calculation 'p99', which is not known here."),
        ({"id": "joinByField", "options": {"byField": "a", "mode": "outerTabular"}},
         "The transformation 'joinByField' of panel 'Panel' cannot be drawn: Invalid enum value 'outerTabular' - at `$.mode`."),
        ({"id": "renameByRegex", "options": {"regex": "(", "renamePattern": ""}},
         "The transformation 'renameByRegex' of panel 'Panel' has a pattern that cannot be read: "
         "missing ), unterminated subpattern at position 0."),
    ],
)  # fmt: skip
def test_what_is_not_known_is_named(step: dict[str, Any], message: str) -> None:
    with pytest.raises(PreviewError) as error:
        transformed(panel(transformations=[step]), COURSES)
    assert str(error.value) == message
