"""Wall time that is skipped, that comes twice, and that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, reset_tzpath

import pytest

from slo_gen.timekeeping.zones import EARLIEST, LATEST, TimeError, at, in_range, local_date, read_date, read_instant, write_instant, zone


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


NO_ZONES = ["localtime", "posixrules", "posix/Here", "right/Here", "Factory"]


@pytest.fixture
def system_zones(tmp_path: Path) -> Iterator[None]:
    """A system whose folder of zones holds what is no zone beside one that is."""
    held = TZPATH
    where = resources.files("tzdata") / "zoneinfo" / "UTC"
    for name in (*NO_ZONES, "Here"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(where.read_bytes())
    reset_tzpath([tmp_path])
    zone.cache_clear()
    yield
    reset_tzpath(held)
    zone.cache_clear()
    ZoneInfo.clear_cache()


@pytest.mark.usefixtures("system_zones")
@pytest.mark.parametrize("name", [*NO_ZONES, "Nowhere", "here", "../Here", "posix"])
def test_what_lies_beside_the_zones_is_none(name: str) -> None:
    assert zone("Here").key == "Here"
    with pytest.raises(TimeError) as error:
        zone(name)
    assert f"{error.value}" == f"there is no time zone {name}; write a name like Europe/Berlin or UTC"


def test_no_name_is_no_zone() -> None:
    with pytest.raises(TimeError) as error:
        zone("")
    assert f"{error.value}" == "there is no time zone ''; write a name like Europe/Berlin or UTC"


UNREADABLE = "{!r} is no time; write it like 2026-03-01T22:00 or 2026-03-01T22:00:00Z"
NOWHERE = "there is no time {}; write one that exists"
FAR_AWAY = "the time is not between the years 1900 and 2300"


@pytest.mark.parametrize(("text", "message"), [
    ("", UNREADABLE), ("tomorrow", UNREADABLE), ("2026-01-01T10:00 ", UNREADABLE),
    ("2026-02-29", NOWHERE), ("2026-13-01", NOWHERE), ("2026-01-01T24:00", NOWHERE),
    ("2026-01-01T10:00+24:00", NOWHERE), ("2026-01-01T10:00+02:60", NOWHERE),
    ("2301-01-01", FAR_AWAY), ("1899-12-30T23:59", FAR_AWAY), ("0001-01-01", FAR_AWAY), ("9999-12-31T23:59:59", FAR_AWAY),
])  # fmt: skip
@pytest.mark.parametrize("where", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_what_is_no_time(text: str, message: str, where: str) -> None:
    with pytest.raises(TimeError) as error:
        read_instant(text, zone(where))
    assert str(error.value) == message.format(text)


@pytest.mark.parametrize(("text", "instant"), [
    ("2026-01-01T10:00:07+23:00", "2025-12-31T11:00:07Z"),
    ("2026-01-01T10:00:07-00:59", "2026-01-01T10:59:07Z"),
    ("2026-01-01T10:00:07", "2026-01-01T10:00:07Z"),
])  # fmt: skip
def test_times_that_are_read(text: str, instant: str) -> None:
    found = read_instant(text, zone("UTC"))
    assert isinstance(found, int)
    assert write_instant(found) == instant


def test_the_first_and_the_last_instant() -> None:
    assert (in_range(EARLIEST), in_range(LATEST)) == (EARLIEST, LATEST)
    assert (write_instant(EARLIEST), write_instant(LATEST)) == ("1900-01-01T00:00:00Z", "2300-01-01T00:00:00Z")
    for outside in (EARLIEST - 1, LATEST + 1):
        with pytest.raises(TimeError, match=FAR_AWAY):
            in_range(outside)


@pytest.mark.parametrize("text", ["1900-01-01", "2026-03-01", "2028-02-29", "2299-12-31"])
def test_dates_that_are_read(text: str) -> None:
    year, month, day = map(int, text.split("-"))
    assert read_date(text) == date(year, month, day)


@pytest.mark.parametrize(("text", "message"), [
    ("", "there is no date ''; write it like 2026-03-01"),
    ("2026-02-29", "there is no date '2026-02-29'; write it like 2026-03-01"),
    ("20260301", "there is no date '20260301'; write it like 2026-03-01"),
    ("2026-03-01T", "there is no date '2026-03-01T'; write it like 2026-03-01"),
    ("1899-12-31", "the date 1899-12-31 is not in the years 1900 to 2299"),
    ("2300-01-01", "the date 2300-01-01 is not in the years 1900 to 2299"),
])  # fmt: skip
def test_what_is_no_date(text: str, message: str) -> None:
    with pytest.raises(TimeError) as error:
        read_date(text)
    assert str(error.value) == message


def test_a_zone_that_is_none() -> None:
    with pytest.raises(TimeError, match="there is no time zone Europe/Berln; write a name like"):
        zone("Europe/Berln")
