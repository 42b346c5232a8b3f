"""Period, term, fee, allowance, claim, termination and source of an agreement, as exact terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal, cast

from msgspec import UnsetType

from slo_gen.spec import model
from slo_gen.spec.convert import Document
from slo_gen.spec.documents import agreement as written
from slo_gen.spec.documents.credits import Claim
from slo_gen.spec.documents.credits import Deadline as WrittenDeadline
from slo_gen.spec.documents.credits import Fee as WrittenFee
from slo_gen.spec.resolve.ends import ends, figures, key_of
from slo_gen.spec.resolve.quantities import exact, seconds
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import Register
from slo_gen.spec.terms import Allowance, ClaimTerms, Deadline, Fee, Source, Termination
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.periods import Periods, RollingDays
from slo_gen.timekeeping.zones import TimeError, at, local_date, zone

__all__ = [
    "allowance_terms", "check_source", "claim_terms", "fee_terms", "last_day", "periods", "rights_of", "source_terms", "terminations",
]  # fmt: skip

_DAYS = re.compile(r"([0-9]+(mo|y|w|d))+")


def periods(register: Register, document: Document, period: written.Period, timezone: str) -> Periods | RollingDays:
    """Over which periods an agreement is judged."""
    at_period: Steps = ("spec", "period")
    if period.rolling and period.length:
        message = "a period has a length already"
        register.tell(document, (*at_period, "rolling"), message, "keep one of length and rolling", "period", key=True)
    if period.starts and (period.rolling or period.length == "week"):
        message = f"{'rolling periods' if period.rolling else 'weeks'} begin on no day of a year"
        register.tell(document, (*at_period, "starts"), message, "leave `starts` out", "period", key=True)
    if period.rolling:
        return RollingDays(int(period.rolling.removesuffix("d")), timezone)
    month, day = (int(part) for part in (period.starts or "01-01").split("-"))
    return Periods(period.length or "month", timezone, (month, day))


def last_day(register: Register, document: Document, term: written.Term, timezone: str) -> date | None:
    """The last day of a term; None where nobody wrote one, or where it renews itself."""
    at_term: Steps = ("spec", "term")
    if term.length and term.until:
        register.tell(document, (*at_term, "until"), "a term has a length already", "keep one of length and until", "term", key=True)
    if term.until and term.until < term.from_:
        register.tell(document, (*at_term, "until"), "the term ends before it begins", f"it begins on {term.from_}", "term")
    if term.renews and not (term.length or term.until):
        register.tell(document, (*at_term, "renews"), "a term without an end renews nothing", "add its `length`", "term", key=True)
    ends = date.fromisoformat(term.until) if term.until else None
    if term.length and not term.until:
        ends = _last_day_of(date.fromisoformat(term.from_), term.length, timezone)
        if ends is None:
            register.tell(document, (*at_term, "length"), f"a term of {term.length} has no last day", "write it with d, w, mo or y", "term")
    return None if term.renews else ends


def _last_day_of(first: date, length: str, timezone: str) -> date | None:
    """The day before a term of that length is over; None for lengths that are not of days."""
    if _DAYS.fullmatch(length) is None:
        return None
    try:
        where = zone(timezone)
        return local_date(add_duration(at(first, 0, where), length, timezone) - 1, where)
    except TimeError:
        return None


def fee_terms(fee: WrittenFee | UnsetType) -> Fee | None:
    """What is paid."""
    return Fee(exact(fee.amount), fee.currency, fee.per) if fee else None


def allowance_terms(allowance: written.Allowance | UnsetType) -> Allowance | None:
    """The planned work that does not count: ``4h per month``."""
    if not allowance:
        return None
    planned, _, per = allowance.planned.partition(" per ")
    return Allowance(
        planned=int(seconds(planned)),
        per=cast(Literal["week", "month", "quarter", "year"], per),
        notice=allowance.notice or "",
        hours=allowance.hours or "",
    )


def claim_terms(claim: Claim | UnsetType) -> ClaimTerms | None:
    """How credits are claimed, and by when."""
    if not claim:
        return None
    return ClaimTerms(
        notify=_deadline(claim.notify), submit=_deadline(claim.submit), evidence=claim.evidence, prevails=claim.prevails,
        to=claim.to or "", subject=claim.subject,
    )  # fmt: skip


def _deadline(deadline: WrittenDeadline | UnsetType) -> Deadline | None:
    return Deadline(deadline.within, deadline.after) if deadline else None


def terminations(
    register: Register, document: Document, rights: Sequence[written.Termination] | UnsetType
) -> tuple[Termination, ...]:
    """When a party may end the agreement early."""
    return tuple(_termination(register, document, right, ("spec", "termination", position)) for position, right in enumerate(rights or ()))


def _termination(register: Register, document: Document, right: written.Termination, path: Steps) -> Termination:
    if right.breaches > right.of:
        message = f"there cannot be {right.breaches} breaches in {right.of} period{'s' * (right.of != 1)}"
        register.tell(document, (*path, "breaches"), message, f"write at most {right.of}, or a larger `of`", "termination")
    found = ends(register, document, right, path, "termination") or []
    if len(found) > 1:
        message, hint = "one figure says from where on a period counts", f"keep one of {key_of(found[0])} and {key_of(found[1])}"
        register.tell(document, (*path, key_of(found[1])), message, hint, "termination", key=True)
    return Termination(right.breaches, right.of, right.contiguous, found[0] if found else None, right.targets, right.notice or "")


def rights_of(register: Register, document: Document, rights: Sequence[Termination], agreement: model.Agreement) -> tuple[Termination, ...]:
    """Rights to end an agreement, each with the targets whose figures it is about; with a problem for each that no figure can reach."""
    return tuple(_about(register, document, right, agreement, ("spec", "termination", at)) for at, right in enumerate(rights))


def _about(register: Register, document: Document, right: Termination, agreement: model.Agreement, path: Steps) -> Termination:
    end = right.beyond
    if end is None:
        return right
    named = [figure for figure in figures(agreement) if not right.targets or figure.target in right.targets]
    reached = tuple(figure.target for figure in named if figure.gets_worse(end))
    if named and (not reached or (right.targets and len(reached) < len(named))):
        other = next(figure.target for figure in named if not figure.gets_worse(end))
        message = f"{other} does not get worse {key_of(end).replace('_', ' ')} {end.text}"
        hint = "write it in the unit of the target's objective, on its worse side"
        register.tell(document, (*path, key_of(end)), message, hint, "termination")
    return right if right.targets else replace(right, targets=reached)


def source_terms(source: written.Source | UnsetType) -> Source | None:
    """Where the text stands that somebody else wrote."""
    if not source:
        return None
    verified = date.fromisoformat(source.verified_on) if source.verified_on else None
    return Source(source.url or "", source.file or "", source.version or "", verified)


def check_source(register: Register, document: Document, source: Source) -> None:
    """Note a problem for a supplier's text that nobody could find again, or that nobody compared."""
    for missing, hint in _missing(source):
        register.tell(document, ("spec", "source"), f"the source of a supplier's terms lacks {missing}", hint, "source", key=True)


def _missing(source: Source) -> Iterator[tuple[str, str]]:
    if not source.url and not source.file:
        yield "its place", "add `url` or `file`"
    if not source.version:
        yield "its version", "add `version`: the same contract has had other figures at other times"
    if source.verified_on is None:
        yield "the day on which somebody compared it", "add `verified_on`"
