"""What counts as a change of a dashboard, and that each one is told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.publish.difference import changes, covers

scalars = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "a\nb", "x\ny"])
values = st.recursive(scalars, lambda below: st.lists(below, max_size=2) | st.dictionaries(st.sampled_from("abc"), below, max_size=2))
panels = st.fixed_dictionaries({"id": st.integers(1, 3), "options": values})
dashboards = st.fixed_dictionaries({"title": scalars, "panels": st.lists(panels, unique_by=lambda each: each["id"])})


@given(dashboards, dashboards)
def test_a_difference_is_told_and_nothing_else(stored: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert bool(list(changes(stored, wanted))) == (not covers(stored, wanted))


@given(dashboards, values)
def test_what_is_stored_as_wanted_is_covered_whatever_stands_beside(wanted: dict[str, Any], more: Any) -> None:
    assert covers(wanted, wanted)
    assert covers({**wanted, "added": more}, wanted)


@pytest.mark.parametrize(
    ("stored", "wanted", "same"),
    [
        ({"schemaVersion": 42}, {"schemaVersion": 41}, True),
        ({"schemaVersion": 40}, {"schemaVersion": 41}, False),
        ({"version": 42}, {"version": 41}, False),
        ({}, {"value": None}, True),
        ({"value": 0}, {"value": None}, False),
        ({"value": None}, {"value": 0}, False),
        ({"on": 1}, {"on": True}, False),
        ({"value": 1.0}, {"value": 1}, True),
        ({"links": [1]}, {"links": []}, False),
        ({"panels": [{"id": 1}, {"id": 2}]}, {"panels": [{"id": 2}, {"id": 1}]}, True),
        ({"panels": [{"id": 1}, {"id": 3}]}, {"panels": [{"id": 2}, {"id": 1}]}, False),
        ({"list": [1, 2]}, {"list": [2, 1]}, False),
    ],
)
def test_what_is_the_same(stored: dict[str, Any], wanted: dict[str, Any], same: bool) -> None:
    assert covers(stored, wanted) is same


def test_long_texts_are_shown_line_by_line_and_cut() -> None:
    panel = {"id": 1, "title": "Agreed", "options": {"content": "| one |\n| two |"}}
    other = {**panel, "options": {"content": "| one |\n| three |"}, "expr": "x" * 200}
    assert list(changes({"panels": [panel]}, {"panels": [other]})) == [
        'panel "Agreed":', "  expr", "    - nothing", f'    + "{"x" * 159}...', "  options.content", "    - | two |", "    + | three |",
    ]  # fmt: skip
