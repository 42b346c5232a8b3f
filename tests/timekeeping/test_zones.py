"""Wall time that is skipped, that comes twice, and that cannot be read."""

from __future__ import annotations

from datetime import date

import pytest

from slo_gen.timekeeping.zones import TimeError, at, local_date, read_instant, write_instant, zone


@pytest.mark.parametrize(("name", "shown", "instant"), [
    ("America/Los_Angeles", "2014-03-09T02:30", "2014-03-09T10:30:00Z"),     # skipped: an hour later
    ("America/Los_Angeles", "2014-11-02T01:30", "2014-11-02T08:30:00Z"),     # twice: the first
    ("America/Sao_Paulo", "2015-10-18T00:00", "2015-10-18T03:00:00Z"),       # midnight itself is skipped
    ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30:00Z"),
    ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
    ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z"),     # half an hour is skipped
    ("UTC", "2026-02-28", "2026-02-28T00:00:00Z"),
    ("Europe/Berlin", "2026-07-01T12:00:30+05:30", "2026-07-01T06:30:30Z"),  # the offset holds, not the zone
])  # fmt: skip
def test_wall_time(name: str, shown: str, instant: str) -> None:
    assert write_instant(read_instant(shown, zone(name))) == instant


def test_the_end_of_a_day_is_the_next_midnight() -> None:
    where = zone("America/Sao_Paulo")
    assert at(date(2015, 10, 17), 86_400, where) == read_instant("2015-10-18T03:00:00Z", where)
    assert local_date(read_instant("2015-10-18T02:59:59Z", where), where) == date(2015, 10, 17)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-02-29", "2026-13-01", "2026-01-01T24:00", "2026-01-01T10:00+24:00", "2301-01-01"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(TimeError):
        read_instant(text, zone("UTC"))


def test_a_zone_that_is_none() -> None:
    with pytest.raises(TimeError, match="there is no time zone Europe/Berln; write a name like"):
        zone("Europe/Berln")
