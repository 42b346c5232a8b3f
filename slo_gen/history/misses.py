"""When a miss becomes a breach: some agreements allow so many missed periods among the last few."""

from __future__ import annotations

from collections.abc import Sequence

from slo_gen.spec.terms import Misses

__all__ = ["is_breach"]


def is_breach(terms: Misses, missed: Sequence[bool]) -> bool:
    """Whether the last of these periods makes a breach; ``missed`` are the periods up to it, in order, and with it.

    Periods before the first one of ``missed`` are taken as met: nobody has closed them, so nobody can rely on a miss.
    """
    if not missed or not missed[-1]:
        return False
    counted = missed[-terms.of:]
    if not terms.contiguous:
        return sum(counted) > terms.allowed
    row = 0
    while row < len(counted) and counted[-1 - row]:
        row += 1
    return row > terms.allowed
