"""What somebody probably meant who wrote a time zone that there is not: abbreviations of contracts, offsets, names of cities.

The nearest name is no help here: PST is nearest to MST, and EDT to WET, which are other hours.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from slo_gen.spec.nearest import nearest
from slo_gen.timekeeping.zones import is_zone

__all__ = ["zone_hint"]

_ABBREVIATED: Final = {
    "America/Los_Angeles": "PST PDT PT Pacific PacificTime PacificStandardTime PacificDaylightTime",
    "America/Denver": "MDT MT Mountain MountainTime MountainStandardTime MountainDaylightTime",
    "America/Chicago": "CDT CT Central CentralTime CentralStandardTime CentralDaylightTime",
    "America/New_York": "EDT ET Eastern EasternTime EasternStandardTime EasternDaylightTime",
    "Europe/London": "BST",
    "Europe/Berlin": "CEST MEZ MESZ CentralEuropeanTime",
    "Europe/Helsinki": "EEST",
    "Asia/Tokyo": "JST",
    "Asia/Kolkata": "IST",
    "Asia/Singapore": "SGT",
    "Asia/Hong_Kong": "HKT",
    "Australia/Sydney": "AEST AEDT AET",
    "Pacific/Auckland": "NZST NZDT",
    "UTC": "Z CoordinatedUniversalTime",
}
_ZONES: Final = {word.lower(): name for name, words in _ABBREVIATED.items() for word in words.split()}
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_USUAL: Final = "write a name like Europe/Berlin"


def zone_hint(name: str) -> str:
    """What to write in place of a name that is no time zone."""
    plain = _letters(name)
    offset = _OFFSET.fullmatch(name.strip())
    if offset is not None:
        return _of_offset(*offset.groups())
    if plain in _ZONES:
        return f"did you mean `{_ZONES[plain]}`?"
    whole = next((each for each in _names() if _letters(each) == _letters(name)), None)
    if whole is not None:
        return f"did you mean `{whole}`?"
    region, _, city = name.replace(" ", "_").rpartition("/")
    among = {each.rpartition("/")[2].lower(): each for each in _names() if not region or each.lower().startswith(f"{region.lower()}/")}
    meant = city.lower() if city.lower() in among else nearest(city, among)
    if meant is not None and meant[:1] == city[:1].lower():
        return f"did you mean `{among[meant]}`?"
    return f"{_USUAL}: zones bear the names of a few large cities" if region else _USUAL


def _of_offset(sign: str, hours: str, minutes: str | None) -> str:
    """The zone with a fixed offset, whose name has the other sign by POSIX' custom, beside one with clock changes."""
    changes = "a name like Europe/Berlin follows clock changes, an offset does not"
    fixed = f"Etc/GMT{'-' if sign == '+' else '+'}{int(hours)}" if int(hours) else "UTC"
    if (minutes or "00") != "00" or not is_zone(fixed):
        return changes
    return f"{changes}; `{fixed}` is the one that is always {sign}{int(hours):02}:00"


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


@cache
def _names() -> tuple[str, ...]:
    """All zones with a place in their name, those of Etc left out."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/") and is_zone(name)))
