"""How a contract measures, as data.

The words of a contract ("minutes in which more than 5 % of requests failed, in runs of at least five, of all minutes
of the month") become one ``Measurement``. Two interpreters read it and know no method by name: ``contract.evaluate``
in exact arithmetic, ``rules.period`` as PromQL. What both of them mean by it:

Counting time. Time counts in the agreed hours while the thing was deployed, unless it is excluded for a reason. Only
what happened in counting time can be bad. Intervals lie end to end from the start of the period, and of an interval
that counts in part only that part is looked at: an interval scores in proportion to its counting seconds, and the
events of a slot of facts are spread evenly over it.

Runs. A run is down time without a break within counting time: an exclusion or the close of hours ends it, an edge of
the period does not. It counts when all of its length, as far as the facts go, is long enough. A sum counts the part
of it in the period; ``max`` and ``count`` count every run that reaches into the period, with all its length.

Unknown. Time without data is all good or all bad, each stretch of it for itself; that gives the bounds. An event
share or an interval of which a part is unknown may have had as many events in each unseen slot as the busiest slot
that was seen; an interval of which nothing was seen may have been all bad, however few events others had. A verdict
needs both bounds on the same side of the objective. Nothing seen in counting time, or no event at all, is not measured,
whatever the policies say.

Figure. The good share where the objective is a floor, the bad share where it is a ceiling; ``1 - counted / of`` of
the bad part and the denominator below. With an objective in seconds it is the bad part itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

__all__ = ["Denominator", "Down", "Empty", "Measurement", "Reduce", "Runs", "Share", "Unknown"]

Empty = Literal["good", "bad", "excluded", "unknown"]
"""What an interval without a single event is. ``excluded`` takes it out of every denominator."""

Unknown = Literal["bounds", "good", "bad", "excluded"]
"""What time without data is; ``bounds`` keeps both possibilities, ``excluded`` takes it out of every denominator."""

Denominator = Literal["calendar", "scheduled", "deployed", "events"]
"""What the figure is a share of.

``calendar``: all time of the period; what is excluded for a reason stays in it and is good. ``deployed``: the time of the
period in which it was deployed, likewise. ``scheduled``: the agreed hours of the period without what is excluded.
``events``: the events of counting time.
"""

Reduce = Literal["sum", "mean", "max", "count", "percentile"]
"""How scores become one figure.

``sum`` and ``mean``: a share of the denominator. ``max``: the longest run, in seconds. ``count``: the number of runs, or of
results. ``percentile``: the shortest time that ``percent`` of the runs, or of the results, do not exceed.
"""


@dataclass(frozen=True, slots=True)
class Share:
    """An interval (or, without intervals, the whole period) scores the share of its events that were bad."""


@dataclass(frozen=True, slots=True)
class Down:
    """An interval is either up or down; one that is down scores its length.

    Down is an interval whose bad share is more than ``threshold``, or at least that where not ``strict``, and that
    has ``minimum_events`` or more. Where ``weighted`` it scores its length times its bad share.

    Facts that are spans are exact to the second and stay so: ``threshold`` is then compared with the share of users a
    span hits. With ``by_interval`` they are cut into intervals first, each judged by the share of it that was down.
    """

    threshold: Fraction
    strict: bool = True
    minimum_events: int = 0
    weighted: bool = False
    by_interval: bool = False


@dataclass(frozen=True, slots=True)
class Runs:
    """Only runs of down intervals of at least ``shortest`` seconds count, or of more than that where ``strict``.

    Where ``whole``, only whole intervals of a run count, and of those whole multiples of ``shortest`` only.
    """

    shortest: int
    strict: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one target measures.

    ``slot`` is the length of one interval in seconds; None takes events as they are, over the whole period. ``percent``
    goes with ``percentile``. ``weights``: hours by the name of their calendar, and how many times as much as other time a second in
    them weighs, in the bad part as well as in the denominator; where several overlap, the first holds.
    """

    slot: int | None
    score: Share | Down
    empty: Empty = "unknown"
    unknown: Unknown = "bounds"
    runs: Runs | None = None
    over: Denominator = "calendar"
    reduce: Reduce = "sum"
    percent: Fraction | None = None
    weights: tuple[tuple[str, int], ...] = ()
