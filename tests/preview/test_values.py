"""Figures as text: the same as Grafana writes, but where rounding would say something else than the figure."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.preview.errors import PreviewError
from slo_gen.preview.values import UNITS, Moment, figure_text, is_known_unit, is_time

MOMENT = Moment(1_795_000_000 + 3 * 86_400, ZoneInfo("Europe/Berlin"))
TEXTS = Path(__file__).parent / "golden" / "texts.txt"
"""Unit, decimals, figure, and what the functions of @grafana/data 13.2.3 make of them in Europe/Berlin."""


def test_texts_are_those_of_grafana() -> None:
    rows = [line.split("|") for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    wrong = []
    for unit, decimals, value, text in rows:
        if unit == "dateTimeFromNow":
            text = "3 days ago"     # theirs was told at another time
        found = figure_text(float(value), unit, int(decimals) if decimals else None, MOMENT)
        if found != text:
            wrong.append((unit, decimals, value, text, found))
    assert wrong == []
    assert len(rows) > 800
    assert {row[0] for row in rows} >= {"none", "short", "percentunit", "s", "dtdurations", "dateTimeAsIso"}


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "marks", "text"),
    [
        (0.99996, "percentunit", 2, (), "99.996%"),          # not 100.00%
        (1.0, "percentunit", 2, (), "100.00%"),
        (99.996, "percent", 2, (), "99.996%"),
        (0.99949, "percentunit", 2, (0.9995,), "99.949%"),   # missed 99.95 %
        (0.9995, "percentunit", 2, (0.9995,), "99.95%"),
        (0.00004, "percentunit", 1, (), "0.004%"),           # something is left
        (-0.0004, "percentunit", 0, (), "-0.04%"),           # and here nothing
        (0.3, "none", 0, (), "0.3"),
        (0.1 + 0.2, "none", 2, (0.3,), "0.30"),              # 0.3, but for binary
        (1e-15, "percentunit", 2, (), "0.00%"),              # nothing, but for binary
    ],
)  # fmt: skip
def test_no_figure_is_rounded_onto_or_over_a_mark(value: float, unit: str, decimals: int, marks: tuple[float, ...], text: str) -> None:
    assert figure_text(value, unit, decimals, MOMENT, marks) == text


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_only_all_of_it_reads_100_percent(millionths: int, decimals: int) -> None:
    text = figure_text(millionths / 10**6, "percentunit", decimals, MOMENT)
    assert (float(text.rstrip("%")) == 100) == (millionths == 10**6)
    assert (float(text.rstrip("%")) == 0) == (millionths == 0)


def test_durations_say_as_many_parts_as_decimals_more_than_one() -> None:
    texts = [figure_text(93_784, "dtdurations", decimals, MOMENT) for decimals in (None, 0, 1, 2, 3)]
    assert texts == ["1 day", "1 day", "1 day, 2 hours", "1 day, 2 hours, 3 minutes", "1 day, 2 hours, 3 minutes, 4 seconds"]


def test_dates_are_told_in_the_zone() -> None:
    summer = 1_793_000_000_000.0
    assert figure_text(summer, "dateTimeAsIso", None, MOMENT) == "2026-10-26 08:33:20"
    assert figure_text(summer, "dateTimeAsIso", None, Moment(0, ZoneInfo("Asia/Tokyo"))) == "2026-10-26 16:33:20"
    assert figure_text(MOMENT.now * 1000, "dateTimeAsIsoNoDateIfToday", None, MOMENT) == "12:06:40"
    assert figure_text(1e30, "dateTimeAsIso", None, MOMENT) == "Invalid date"
    assert figure_text(MOMENT.now * 1000 + 7.2e6, "dateTimeFromNow", None, MOMENT) == "in 2 hours"


def test_no_end_is_a_sign() -> None:
    assert [figure_text(float(sign + "inf"), "s", None, MOMENT) for sign in "+-"] == ["∞", "-∞"]


def test_an_unknown_unit_is_named() -> None:
    assert not is_known_unit("furlongs")
    assert all(is_known_unit(unit) for unit in (None, "", "suffix:x", "currency:CHF", *UNITS))
    assert is_time("dateTimeAsIso")
    assert not is_time("s")
    with pytest.raises(PreviewError, match="The unit 'furlongs' is not known here"):
        figure_text(1, "furlongs", None, MOMENT)


@given(
    st.floats(allow_nan=False), st.sampled_from([*sorted(UNITS), "suffix:x", "prefix:x", "currency:CHF"]),
    st.none() | st.integers(0, 6), st.lists(st.floats(-1e6, 1e6), max_size=2),
)  # fmt: skip
def test_every_figure_has_a_text(value: float, unit: str, decimals: int | None, marks: list[float]) -> None:
    text = figure_text(value, unit, decimals, MOMENT, marks)
    assert text.strip() or abs(value) < 1       # a duration below a millisecond has no parts
    assert "nan" not in text
