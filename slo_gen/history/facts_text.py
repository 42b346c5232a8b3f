"""Slots as text that is small, exact, and shows in a diff which minutes changed.

One line a day (of UTC), one word a slot, in order: ``600`` for 600 events of which none was bad, ``598/3`` for three bad
ones among 598, ``598/3+2`` where two more cannot have been seen, ``-`` for a slot without data. ``*`` and a number after a
word repeat it: ``0*60``. Numbers are in units of ``1 / per`` of an event.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from slo_gen.contract.facts import Slots

__all__ = ["FactsTextError", "slots_from", "words_by_day"]

_DAY: Final = 86_400
_WORD: Final = re.compile(r"(?:(-)|([0-9]+)(?:/([0-9]+))?(?:\+([0-9]+))?)(?:\*([1-9][0-9]*))?")
_MOST: Final = 100_000_000
"""Slots that a text may stand for: three years of seconds; more is no fact but a mistake."""


class FactsTextError(ValueError):
    """A text of slots that cannot be read; it says which word."""


def words_by_day(slots: Slots) -> tuple[str, ...]:
    """The lines of some slots, the first one up to the first midnight."""
    unseen = slots.unseen or [0] * len(slots.total)
    words = list(map(_word, slots.total, slots.bad, unseen))
    return tuple(_repeated(words[first:last]) for first, last in _days(slots))


def slots_from(lines: Sequence[str], start: int, seconds: int, per: int) -> Slots:
    """What ``words_by_day`` was given. Raises FactsTextError."""
    total: list[int | None] = []
    bad: list[int] = []
    unseen: list[int] = []
    for word in (word for line in lines for word in line.split()):
        found = _WORD.fullmatch(word)
        times = int(found[5] or 1) if found else 0
        if found is None or len(total) + times > _MOST:
            raise FactsTextError(f"{word!r} is no slot; they are written like 600, 598/3, 598/3+2, - or 0*60")
        total += [None if found[1] else int(found[2])] * times
        bad += [int(found[3] or 0)] * times
        unseen += [int(found[4] or 0)] * times
    return Slots(start, seconds, total, bad, per, unseen if any(unseen) else ())


def _word(total: int | None, bad: int, unseen: int) -> str:
    if total is None:
        return "-"
    return f"{total}" + (f"/{bad}" if bad else "") + (f"+{unseen}" if unseen else "")


def _repeated(words: Iterable[str]) -> str:
    counted = ((word, len(list(same))) for word, same in groupby(words))
    return " ".join(word if times == 1 else f"{word}*{times}" for word, times in counted)


def _days(slots: Slots) -> Iterator[tuple[int, int]]:
    """The numbers of the slots of each day, last one excluded."""
    first, count = 0, len(slots.total)
    while first < count:
        midnight = ((slots.start + first * slots.seconds) // _DAY + 1) * _DAY
        last = min(count, -(-(midnight - slots.start) // slots.seconds))
        yield first, last
        first = last
