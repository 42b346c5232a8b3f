"""How a contract measures, as data.

The words of a contract ("minutes in which more than 5 % of requests failed, in runs of at least five, of all minutes
of the month") become one ``Measurement``. Two interpreters read it and know no method by name: ``contract.evaluate``
in exact arithmetic, ``rules.period`` as PromQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

__all__ = ["Denominator", "Down", "Empty", "Measurement", "Reduce", "Runs", "Share", "Unknown"]

Empty = Literal["good", "bad", "excluded", "unknown"]
"""What an interval without a single event is."""

Unknown = Literal["bounds", "good", "bad", "excluded"]
"""What time without data is; ``bounds`` keeps both possibilities."""

Denominator = Literal["calendar", "scheduled", "deployed", "events"]
"""What the figure is a share of: all time of the period, its agreed hours, the time it was deployed, or events."""

Reduce = Literal["sum", "mean", "max", "count"]
"""How scores become one figure: added up, averaged over intervals, the longest run, or the number of runs."""


@dataclass(frozen=True, slots=True)
class Share:
    """An interval (or, without intervals, the whole period) scores the share of its events that were bad."""


@dataclass(frozen=True, slots=True)
class Down:
    """An interval is either up or down; one that is down scores its length.

    Down is an interval whose bad share is more than ``threshold``, or at least that where not ``strict``, and that
    has ``minimum_events`` or more. Where ``weighted`` it scores its length times its bad share.
    """

    threshold: Fraction
    strict: bool = True
    minimum_events: int = 0
    weighted: bool = False


@dataclass(frozen=True, slots=True)
class Runs:
    """Only runs of down intervals of at least ``shortest`` seconds count, or of more than that where ``strict``.

    Where ``whole``, a run counts in whole multiples of ``shortest`` only.
    """

    shortest: int
    strict: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one target measures.

    ``slot`` is the length of one interval in seconds; None takes events as they are, over the whole period.
    """

    slot: int | None
    score: Share | Down
    empty: Empty = "unknown"
    unknown: Unknown = "bounds"
    runs: Runs | None = None
    over: Denominator = "calendar"
    reduce: Reduce = "sum"
