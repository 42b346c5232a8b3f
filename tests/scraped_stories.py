"""Stories of processes and what scrapes saw of them, as input for promtool.

Time runs in steps of one scrape (15 s). Step 0 lies twelve minutes after promtool's epoch, so that a process can be
older than the ten minutes of gaps that the rules bridge here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

STEP = 15
BEGIN = 720
BRIDGE = 600
OLD = 1.0
"""Start time of a process that is older than any bridge."""

Level = Callable[[int], float | None]
_Target = tuple[tuple[str, str], ...]


def at(step: int) -> float:
    """The instant of a step, in promtool's seconds: what a process shows that started just then."""
    return float(BEGIN + step * STEP)


def nothing(_: int) -> None:
    """A series that does not exist."""


_Scrape = dict[str, float]
"""What one scrape returned: series to value."""


@dataclass
class Story:
    """What every scrape of every target returned; None is a scrape that failed. The last word on a step counts."""

    _scrapes: dict[_Target, dict[int, _Scrape | None]] = field(default_factory=dict)
    lingering: int = 0
    """Steps after the last scrape of a target at which Prometheus marks its series stale; a failed scrape does so at once."""

    def runs(
        self, since: int, until: int, *, start: float | None, ok: Level, bad: Level = nothing, missed: Collection[int] = (),
        instance: str = "a", pod: str = "p", job: str = "shop", also: str = "",
    ) -> Story:
        """A process is scraped from step ``since`` to ``until``, both included, except for the ``missed`` ones, which fail.

        ``ok`` and ``bad`` give the counters at a step; ``start`` is what it says of its start, None says nothing.
        """
        target = tuple({"job": job, "instance": instance, "pod": pod}.items())
        labels = ",".join(f'{name}="{value}"' for name, value in target if value)
        scrapes = self._scrapes.setdefault(target, {})
        for step in range(since, until + 1):
            if step in missed:
                scrapes[step] = None
                continue
            values: _Scrape = {} if start is None else {f"process_start_time_seconds{{{labels}}}": start}
            for code, level in (("200", ok), ("500", bad)):
                value = level(step)
                if value is not None:
                    values[f'http_requests_total{{{labels},code="{code}"{also}}}'] = value
            scrapes[step] = values
        return self

    def fails(self, since: int, until: int, *, instance: str = "a", pod: str = "p", job: str = "shop") -> Story:
        """Scrapes of this target fail."""
        target = tuple({"job": job, "instance": instance, "pod": pod}.items())
        self._scrapes.setdefault(target, {}).update(dict.fromkeys(range(since, until + 1), None))
        return self

    def series(self, steps: int) -> dict[str, str]:
        """The series as Prometheus stores them up to ``steps``, in promtool's notation, with marks where one went stale."""
        columns: dict[str, dict[int, str]] = {}
        for target, scrapes in self._scrapes.items():
            up = "up{" + ",".join(f'{name}="{value}"' for name, value in target if value) + "}"
            there: set[str] = set()
            for step in range(steps + 1):
                now: _Scrape = {}
                if step in scrapes:
                    scrape = scrapes[step]
                    now = {up: 0.0} if scrape is None else {up: 1.0, **scrape}
                for series, value in now.items():
                    columns.setdefault(series, {})[step] = f"{value:.15g}"
                for series in there - now.keys():
                    columns[series][step + (0 if step in scrapes else self.lingering)] = "stale"
                there = set(now)
        return {series: _notation(column, steps) for series, column in columns.items()}


def _notation(column: dict[int, str], steps: int) -> str:
    return " ".join([f"_x{BEGIN // STEP}", *(column.get(step, "_") for step in range(steps + 1))])
