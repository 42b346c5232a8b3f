"""Wall time and instants in the zones of the IANA database, through gaps and folds.

One rule holds everywhere. Wall time that a zone skips lies later by as much as was skipped: in a spring night of an
hour's change 02:30 is 03:30. Wall time that comes twice is its first occurrence.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = [
    "EARLIEST", "LATEST", "TimeError", "at", "day_of", "in_range", "is_zone", "local", "local_date", "read_date", "read_instant",
    "write_instant", "zone",
]  # fmt: skip

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_DAY: Final = 86_400
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))?)?"
)

EARLIEST: Final = -2_208_988_800
"""1900-01-01T00:00Z: no contract is older, and rules of zones before it are guesses."""

LATEST: Final = 10_413_792_000
"""2300-01-01T00:00Z: no contract lasts longer."""


_NO_ZONES: Final = ("localtime", "posixrules", "posix/", "right/", "Factory")
"""What systems have beside the zones: another one on each machine, or clocks that count leap seconds."""


class TimeError(ValueError):
    """A time that cannot be read, or that has no answer. The text is for the reader who wrote it."""


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The time zone of that name, such as ``Europe/Berlin``. Raises TimeError when there is none."""
    try:
        found = None if name.startswith(_NO_ZONES) else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found = None
    if found is None:
        raise TimeError(f"there is no time zone {name or repr(name)}; write a name like Europe/Berlin or UTC")
    return found


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name."""
    try:
        zone(name)
    except TimeError:
        return False
    return True


def at(day: date, seconds: int, where: ZoneInfo) -> int:
    """The instant at which clocks in a zone show ``seconds`` after midnight of ``day``; 86400 is the next midnight."""
    days, rest = divmod(seconds, _DAY)
    shown = datetime(day.year, day.month, day.day, rest // 3600, rest // 60 % 60, rest % 60, tzinfo=where)
    if days:
        shown += timedelta(days=days)            # adds to the wall time, as arithmetic within one zone does
    return (shown - _EPOCH) // _SECOND


def local(instant: int, where: ZoneInfo) -> datetime:
    """What calendar and clock show in a zone at an instant. Raises TimeError outside of EARLIEST to LATEST."""
    return (_EPOCH + timedelta(seconds=in_range(instant))).astimezone(where)


def local_date(instant: int, where: ZoneInfo) -> date:
    """The date in a zone at an instant. Raises TimeError outside of EARLIEST to LATEST."""
    return local(instant, where).date()


def day_of(instant: int, where: ZoneInfo) -> date:
    """The day in which an instant lies: from one midnight up to the next, also where a clock is set back over midnight."""
    day = local_date(instant, where)
    while instant >= at(day, _DAY, where):       # the clock shows this day a second time
        day += timedelta(days=1)
    return day


def in_range(instant: int) -> int:
    """The instant itself. Raises TimeError unless it is between EARLIEST and LATEST."""
    if EARLIEST <= instant <= LATEST:
        return instant
    raise TimeError("the time is not between the years 1900 and 2300")


def read_date(text: str) -> date:
    """The date of ``2026-03-01``. Raises TimeError when there is none, or outside of the years 1900 to 2299."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise TimeError(f"there is no date {text!r}; write it like 2026-03-01")
    if not 1900 <= day.year < 2300:
        raise TimeError(f"the date {text} is not in the years 1900 to 2299")
    return day


def read_instant(text: str, where: ZoneInfo) -> int:
    """The instant of ``2026-03-01``, ``2026-03-01T22:00`` or ``2026-03-01T22:00:30+01:00``.

    A date alone is its midnight; what carries no offset is wall time of the zone ``where``. Raises TimeError.
    """
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise TimeError(f"{text!r} is no time; write it like 2026-03-01T22:00 or 2026-03-01T22:00:00Z")
    day, hours, minutes, seconds, utc, sign, offset_hours, offset_minutes = found.groups()
    try:
        shown = datetime.fromisoformat(day).replace(hour=int(hours or 0), minute=int(minutes or 0), second=int(seconds or 0))
        if sign and (int(offset_hours) > 23 or int(offset_minutes) > 59):
            raise ValueError
    except ValueError:
        raise TimeError(f"there is no time {text}; write one that exists") from None
    of_day = shown.hour * 3600 + shown.minute * 60 + shown.second
    if not (utc or sign):
        return in_range(at(shown.date(), of_day, where))
    ahead = int(f"{sign}1") * (int(offset_hours) * 3600 + int(offset_minutes) * 60) if sign else 0
    return in_range((shown.replace(tzinfo=UTC) - _EPOCH) // _SECOND - ahead)


def write_instant(instant: int) -> str:
    """An instant as text in UTC, such as ``2026-03-29T07:00:00Z``."""
    return (_EPOCH + timedelta(seconds=in_range(instant))).strftime("%Y-%m-%dT%H:%M:%SZ")
