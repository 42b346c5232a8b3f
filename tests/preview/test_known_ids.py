"""Whatever a generated dashboard can name, a preview can draw."""

from __future__ import annotations

from typing import get_args

import msgspec
from sla_dashboards import modern
from sla_dashboards.modern.ids import Calculation, Colour, MatcherId, TransformationId, Unit

from slo_gen.preview.colours import tone
from slo_gen.preview.dashboard import Matcher
from slo_gen.preview.frames import reduced
from slo_gen.preview.panels import PANELS
from slo_gen.preview.transformations import TRANSFORMATIONS
from slo_gen.preview.values import is_known_unit


def test_units() -> None:
    assert [unit for unit in get_args(Unit) if not is_known_unit(unit)] == []


def test_colours() -> None:
    assert len([tone(colour) for colour in get_args(Colour)]) == len(get_args(Colour))


def test_transformations() -> None:
    assert set(get_args(TransformationId)) <= TRANSFORMATIONS.keys()


def test_matchers() -> None:
    for matcher in get_args(MatcherId):
        assert msgspec.convert({"id": matcher, "options": "x"}, Matcher).id == matcher


def test_calculations() -> None:
    assert [reduced([1.0, 2.0], calculation) for calculation in get_args(Calculation)] != []


def test_types_of_panels() -> None:
    kinds = [
        each for each in vars(modern).values()
        if isinstance(each, type) and issubclass(each, modern.Panel) and each not in (modern.Panel, modern.Row)
    ]  # fmt: skip
    assert len(kinds) == len(PANELS)
    place = {"key": "k", "title": "t", "description": "d", "at": (0, 0, 1, 1)}
    assert {each(**place).kind() for each in kinds} == set(PANELS)
