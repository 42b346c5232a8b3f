"""When samples were taken, while the clock of the machine may be set: by what went by, not by what the clock shows."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Placed", "RunClock"]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a sample belongs; None for an instant that was told already. ``lost``: nothing is known since the sample before."""

    at: int | None
    lost: bool = False


class RunClock:
    """Instants of one run of the exporter, in milliseconds. They never go back.

    The wall clock gives the first one, time that went by the others. Where the two come to differ by more than ``most``, the
    clock was set: from then on its new time holds, what lies between is lost, and after a step back nothing counts until it is made good.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._anchor: tuple[int, int] | None = None
        self._last: int | None = None

    def place(self, wall: int, gone_by: int) -> Placed:
        """The instant of a sample by the wall clock and by a clock that only goes on."""
        lost = False
        if self._anchor is None:
            self._anchor = (wall, gone_by)
        at = self._anchor[0] + gone_by - self._anchor[1]
        if abs(wall - at) > self._most:
            self._anchor, at, lost = (wall, gone_by), wall, True
        if self._last is not None and at <= self._last:
            return Placed(None, lost)
        self._last = at
        return Placed(at, lost)
