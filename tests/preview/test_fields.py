"""Words, units and colours of figures."""

from __future__ import annotations

from typing import Any

import pytest
from boards import MOMENT, look, panel, table

from slo_gen.preview.errors import PreviewError
from slo_gen.preview.fields import Text, looks_of

STEPS = {"mode": "absolute", "steps": [{"color": "red", "value": None}, {"color": "orange", "value": 1}, {"color": "green", "value": 2}]}
STATES = [
    {"type": "value", "options": {"0": {"text": "BREACHED", "color": "dark-red", "index": 0}}},
    {"type": "range", "options": {"from": 5, "to": None, "result": {"text": "PLENTY"}}},
    {"type": "special", "options": {"match": "null+nan", "result": {"text": "No data", "color": "#808080", "index": 1}}},
]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, Text("BREACHED", "dark-red")),
        (0.5, Text("0.500", "red")),
        (1.0, Text("1", "orange")),
        (2.0, Text("2", "green")),
        (7.0, Text("PLENTY", "green")),
        (None, Text("No data", "x808080")),
    ],
)  # fmt: skip
def test_words_before_units_and_colours_of_words_before_those_of_thresholds(value: float | None, shown: Text) -> None:
    assert look({"mappings": STATES, "thresholds": STEPS}).shown(value) == shown


def test_texts_can_be_mapped_too_by_themselves_or_by_a_pattern() -> None:
    mappings = [
        {"type": "value", "options": {"page": {"text": "Page", "color": "red"}}},
        {"type": "regex", "options": {"pattern": "/^tick/", "result": {"text": "Ticket"}}},
    ]
    found = look({"mappings": mappings}, "page")
    assert [found.shown(each).text for each in ("page", "ticket", "info")] == ["Page", "Ticket", "info"]


def test_thresholds_in_percent_are_shares_of_the_bounds() -> None:
    found = look({"min": 0, "max": 200, "thresholds": {**STEPS, "mode": "percentage"}})
    assert [found.threshold(value) for value in (1.0, 2.0, 4.0)] == ["red", "orange", "green"]


def test_a_figure_is_not_rounded_over_its_threshold() -> None:
    steps = {"mode": "absolute", "steps": [{"color": "red", "value": None}, {"color": "green", "value": 0.9995}]}
    found = look({"unit": "percentunit", "decimals": 2, "thresholds": steps})
    assert found.shown(0.999499) == Text("99.9499%", "red")
    assert found.shown(0.9995) == Text("99.95%", "green")


@pytest.mark.parametrize(
    ("matcher", "meant"),
    [
        ({"id": "byName", "options": "Value"}, True),
        ({"id": "byName", "options": "Other"}, False),
        ({"id": "byFrameRefID", "options": "A"}, True),
        ({"id": "byFrameRefID", "options": "B"}, False),
        ({"id": "byRegexp", "options": "/^val/i"}, True),
        ({"id": "byType", "options": "number"}, True),
        ({"id": "byType", "options": "time"}, False),
        ({"id": "byNames", "options": {"names": ["Value"]}}, True),
    ],
)
def test_overrides_change_the_fields_that_are_meant(matcher: dict[str, Any], meant: bool) -> None:
    changes = [{"id": "unit", "value": "s"}, {"id": "custom.lineStyle", "value": {"fill": "dash"}}, {"id": "displayName", "value": "Named"}]
    found = look({"unit": "none"}, overrides=[{"matcher": matcher, "properties": changes}])
    assert (found.config.unit, found.config.custom.line_style.fill, found.heading) == (
        ("s", "dash", "Named") if meant else ("none", "solid", "Value")
    )


def test_series_take_colours_in_their_order_unless_they_have_one() -> None:
    frame = table(One=[1.0], Two=[2.0])
    found = looks_of(panel(), (frame,), MOMENT)
    assert [found[id(each)].series_colour() for each in frame.fields] == ["green", "semi-dark-yellow"]
    assert look({"color": {"mode": "fixed", "fixedColor": "dark-blue"}}).series_colour() == "dark-blue"
    assert look({"color": {"mode": "thresholds"}, "thresholds": STEPS}).series_colour(1.0) == "orange"


@pytest.mark.parametrize(
    ("defaults", "overrides", "message"),
    [
        ({"unit": "furlongs"}, [], "The unit 'furlongs' of panel 'Panel' is not known here."),
        ({}, [{"matcher": {"id": "byName", "options": "Value"}, "properties": [{"id": "custom.spin", "value": 1}]}],
         "An override of panel 'Panel' changes 'custom.spin', which is not known here."),
        ({"custom": {"drawStyle": "fireworks"}}, [],
         "Field 'Value' of panel 'Panel' cannot be drawn: Invalid enum value 'fireworks' - at `$.custom.drawStyle`."),
        ({}, [{"matcher": {"id": "byRegexp", "options": "("}, "properties": []}],
         "An override of panel 'Panel' has a pattern that cannot be read: missing ), unterminated subpattern at position 0."),
    ],
)  # fmt: skip
def test_what_is_not_known_is_named(defaults: dict[str, Any], overrides: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(PreviewError) as error:
        look(defaults, overrides=overrides)
    assert str(error.value) == message


def test_an_unknown_colour_is_named() -> None:
    with pytest.raises(PreviewError, match="The colour 'beige' is not known here"):
        look({"thresholds": {"mode": "absolute", "steps": [{"color": "beige", "value": None}]}}).shown(1.0)
