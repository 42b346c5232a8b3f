"""Instants as systems write them."""

from __future__ import annotations

import pytest
from sla_exporter.sources.rows import instant
from sla_exporter.sources.source import SourceError, when


@pytest.mark.parametrize(("text", "seconds"), [
    ("2016-12-31T23:59:60Z", 1_483_228_799),                 # the second that was inserted, as the one before it
    ("2017-01-01T00:59:60+01:00", 1_483_228_799),
    ("2026-10-25T02:30:00+02:00", 1_792_888_200),            # the hour that comes twice in Berlin, first and second time
    ("2026-10-25T02:30:00+01:00", 1_792_891_800),
])  # fmt: skip
def test_leap_seconds_and_hours_that_come_twice(text: str, seconds: int) -> None:
    assert when(text, "a row") == instant(text) == seconds


@pytest.mark.parametrize("text", ["2026-10-25T02:30:00", "2026-10-25T02:61:00Z", "2026-02-30T00:00:00Z", "", "soon"])
def test_what_is_no_instant(text: str) -> None:
    with pytest.raises(SourceError):
        when(text, "a row")
    assert instant(text) is None
