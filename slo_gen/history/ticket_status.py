"""Where the targets on tickets stand now: what was decided in the present period, what runs, and what the promise leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from slo_gen import names
from slo_gen.prometheus import Sample
from slo_gen.rules.promql import label_list
from slo_gen.rules.ticket_rules import TicketPromise, allowed_misses, ticket_promises
from slo_gen.spec.model import Catalogue

__all__ = ["TicketRow", "questions", "rows"]

TicketVerdict = Literal["met", "missed", "no tickets", "no data"]
"""As of now; more tickets may come until the period ends. ``no data``: no exporter tells of it."""

_COUNTED: Final = (names.TICKETS_DECIDED, names.TICKETS_MISSED)
_GAUGES: Final = (names.TICKETS_RUNNING, names.TICKETS_PAUSED, names.TICKETS_OVERDUE)


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One target. Numbers are of tickets; ``misses_left`` below 0: so many too many. None where there is nothing to say."""

    promise: TicketPromise
    verdict: TicketVerdict
    decided: int | None
    missed: int | None
    attained: Fraction | None
    misses_left: int | None
    running: int | None
    paused: int | None
    overdue: int | None


def questions(catalogue: Catalogue) -> list[str]:
    """The PromQL expressions whose instant values ``rows`` needs."""
    if not ticket_promises(catalogue):
        return []
    return [*_COUNTED, *map(_largest, _GAUGES)]


def rows(catalogue: Catalogue, answers: Mapping[str, tuple[Sample, ...]]) -> tuple[TicketRow, ...]:
    """One row per target, in the order of agreements. ``answers`` are those to ``questions``."""
    decided, missed = (_numbers(answers.get(name, ())) for name in _COUNTED)
    running, paused, overdue = (_numbers(answers.get(_largest(name), ())) for name in _GAUGES)
    found = []
    for promise in ticket_promises(catalogue):
        key = (promise.agreement.name, promise.target.name)
        number, bad = decided.get(key), missed.get(key)
        known = number is not None and bad is not None
        left = allowed_misses(promise, number) - bad if number is not None and bad is not None else None
        verdict: TicketVerdict = "no data" if left is None else "no tickets" if not number else "met" if left >= 0 else "missed"
        attained = Fraction(number - bad, number) if known and number and bad is not None else None
        found.append(TicketRow(promise, verdict, number, bad, attained, left, running.get(key), paused.get(key), overdue.get(key)))
    return tuple(found)


def _largest(name: str) -> str:
    """What replicas tell alike, once."""
    return f"max by ({label_list((names.AGREEMENT, names.TARGET))}) ({name})"


def _numbers(samples: Iterable[Sample]) -> dict[tuple[str, str], int]:
    return {(each.labels.get(names.AGREEMENT, ""), each.labels.get(names.TARGET, "")): round(each.value) for each in samples}
