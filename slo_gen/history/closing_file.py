"""The file of a closed period: ``closings/2026-10/acme-checkout.json``, and the files of facts beside it.

A closing outlives the Prometheus it was read from, and stays in the user's repository for years: it holds all that its
figures follow from. Facts are measured once however many agreements rest on them, so they stand in files of their own,
named by their content; a closing names them with their hash. Instants are seconds since 1970-01-01T00:00Z, exact numbers
are text like ``44639/44640``. The same closing is the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, Literal, TypeVar

import msgspec

from slo_gen.contract.credits import Credit
from slo_gen.contract.exclusions import NotExcluded
from slo_gen.contract.facts import Downtime, Slots
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.window import Window
from slo_gen.history.facts_text import FactsTextError, slots_from, words_by_day
from slo_gen.history.ticket_ledger import LedgerResult
from slo_gen.spec.terms import Bound, MeasureTerms, Money

__all__ = [
    "OBJECTIONS", "REPORT", "Change", "ClosedTarget", "Closing", "ClosingFileError", "DueDate", "FactsReference", "Judged", "NotJudged",
    "ReadSource", "Revision", "State", "WonBack", "closing_path", "closing_text", "facts_text", "read_closing", "read_facts_file",
    "results_text", "states_text",
]  # fmt: skip

REPORT: Final = "report"
"""The deadline by which the figures are to be told."""

OBJECTIONS: Final = "objections"
"""The deadline that ends the time in which figures may be disputed."""

State = Literal["provisional", "disputed", "final"]
"""Where a closed period stands. A period that is still running has no file."""

_FRACTION: Final = re.compile(r"-?[0-9]+(/[1-9][0-9]*)?")
T = TypeVar("T")


class ClosingFileError(ValueError):
    """A file that is no closing, or not one of this version. The text says what is wrong where, without the file's name."""


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A section of the file; a key that nobody knows is a mistake or of a later version."""


class FactsReference(_Record, frozen=True, kw_only=True):
    """A file of facts, relative to the folder of the closing, and the hash of its content."""

    file: str
    sha256: str


class ReadSource(_Record, frozen=True, kw_only=True):
    """A replica, or another set of series of the same indicator; one of them was read."""

    labels: Mapping[str, str]
    records: int
    read: bool


class ClosedTarget(_Record, frozen=True, kw_only=True):
    """One target of the agreement: what it came to, and all that this follows from.

    A target on tickets has no ``indicator`` and no ``measure``, and its facts are results of tickets.
    ``attained`` is the figure for readers, rounded but never across the objective. ``breach``: whether the miss, with those
    of the periods before, is a breach; a miss that the agreement allows is none. ``completeness`` is the share of the time
    that was measured. ``window`` is what of the period counted, and what was excluded for which reason; ``not_excluded``
    what could have been and was not, and why. ``queries`` say what was asked, and ``sources`` which of several answers was read.
    """

    target: str
    indicator: str
    where: Mapping[str, str]
    objective: str
    verdict: str
    breach: bool
    attained: str
    completeness: Fraction
    outcome: Outcome
    measure: MeasureTerms | None
    bound: Bound
    window: Window
    not_excluded: tuple[NotExcluded, ...] = ()
    facts: FactsReference
    queries: tuple[str, ...]
    sources: tuple[ReadSource, ...]


class NotJudged(_Record, frozen=True, kw_only=True):
    """A target that a closing does not judge, and why."""

    target: str
    reason: str


class WonBack(_Record, frozen=True, kw_only=True):
    """What of the credit of an earlier period is not owed any more, since the periods after it were good."""

    period: str
    amount: Fraction
    currency: str


class DueDate(_Record, frozen=True, kw_only=True):
    """Until when something is to be done."""

    what: str
    at: int


class Judged(_Record, frozen=True, kw_only=True):
    """What was found out about a period at one time; equal ones say the same of it.

    ``terms`` is the hash of the agreement's binding text. ``server`` and ``version`` say which Prometheus was read. ``credit``
    is what is owed, step by step; None where the agreement gives none, or where it could not be computed (see ``notes``).
    ``affected_fee`` is what was paid for what was affected, where somebody said it. ``may_be_ended``: rights to end the agreement
    that this period completes, in words.
    """

    terms: str
    server: str
    version: str
    targets: tuple[ClosedTarget, ...]
    credit: Credit | None = None
    affected_fee: Money | None = None
    won_back: WonBack | None = None
    may_be_ended: tuple[str, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    deadlines: tuple[DueDate, ...] = ()
    notes: tuple[str, ...] = ()


class Revision(_Record, frozen=True, kw_only=True):
    """The figures as they were told, from ``at`` on. From the second on with the ``reason`` and who agreed to it."""

    number: int
    at: int
    reason: str = ""
    agreed_by: str = ""
    judged: Judged


class Change(_Record, frozen=True, kw_only=True):
    """A change of state, or of the figures while they were provisional."""

    at: int
    state: State
    revision: int
    what: str
    by: str = ""


class Closing(_Record, frozen=True, kw_only=True):
    """A closed period of an agreement. ``objections_until`` None: nobody agreed how long figures may be disputed."""

    format: Literal[1] = 1
    agreement: str
    kind: Literal["SLA", "OLA", "UC"]
    party: str
    service: str
    period: str
    timezone: str
    start: int
    end: int
    state: State
    objections_until: int | None
    current: Revision
    changes: tuple[Change, ...] = ()
    earlier: tuple[Revision, ...] = ()


class _FactsFile(_Record, frozen=True, kw_only=True):
    """Slots as text; see ``facts_text``."""

    format: Literal[1] = 1
    indicator: str
    where: Mapping[str, str]
    start: int
    seconds: int
    per: int
    days: tuple[str, ...]


def closing_path(period: str, agreement: str) -> str:
    """Where a closing stands below the folder of closings."""
    return f"{period}/{agreement}.json"


def closing_text(closing: Closing) -> str:
    """The content of the file."""
    return _text(closing)


def read_closing(data: bytes) -> Closing:
    """The closing of a file's content. Raises ClosingFileError."""
    return _read(data, Closing)


class _ResultsFile(_Record, frozen=True, kw_only=True):
    """Results of tickets that count in the period."""

    format: Literal[1] = 1
    agreement: str
    target: str
    start: int
    end: int
    results: tuple[LedgerResult, ...]


def facts_text(indicator: str, where: Mapping[str, str], slots: Slots) -> tuple[FactsReference, str]:
    """A file of facts: where it stands beside the closing, and its content."""
    text = _text(_FactsFile(
        indicator=indicator, where=dict(sorted(where.items())), start=slots.start, seconds=slots.seconds, per=slots.per,
        days=words_by_day(slots),
    ))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return FactsReference(file=f"facts/{indicator}-{digest[:12]}.json", sha256=digest), text


def read_facts_file(data: bytes, reference: FactsReference) -> Slots:
    """The facts of a file's content. Raises ClosingFileError, also when the content is not what was closed with."""
    if hashlib.sha256(data).hexdigest() != reference.sha256:
        raise ClosingFileError("was changed after the period was closed: its content has another hash than the closing names")
    found = _read(data, _FactsFile)
    try:
        return slots_from(found.days, found.start, found.seconds, found.per)
    except FactsTextError as error:
        raise ClosingFileError(f"`$.days`: {error}") from None


def results_text(agreement: str, target: str, start: int, end: int, results: tuple[LedgerResult, ...]) -> tuple[FactsReference, str]:
    """A file of results of tickets: where it stands beside the closing, and its content."""
    text = _text(_ResultsFile(agreement=agreement, target=target, start=start, end=end, results=results))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return FactsReference(file=f"facts/{agreement}-{target}-{digest[:12]}.json", sha256=digest), text


class _StatesFile(_Record, frozen=True, kw_only=True):
    """When an indicator was down in ``[start, end)``, and when nobody looked, in seconds since 1970."""

    format: Literal[1] = 1
    indicator: str
    start: int
    end: int
    down: tuple[tuple[int, int], ...]
    unknown: tuple[tuple[int, int], ...]


def states_text(indicator: str, facts: Downtime) -> tuple[FactsReference, str]:
    """A file of states: where it stands beside the closing, and its content."""
    text = _text(_StatesFile(
        indicator=indicator, start=facts.start, end=facts.end, down=tuple((each.start, each.end) for each in facts.outages),
        unknown=tuple(facts.unknown),
    ))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return FactsReference(file=f"facts/{indicator}-{digest[:12]}.json", sha256=digest), text


# --- JSON --------------------------------------------------------------------------------------------------------
def _text(value: Any) -> str:
    encoded = msgspec.json.encode(value, enc_hook=_encoded, order="deterministic")
    return msgspec.json.format(encoded, indent=1).decode() + "\n"


def _encoded(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError(f"{type(value)} has no form in a closing")


def _read(data: bytes, form: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=form, dec_hook=_decoded)
    except msgspec.ValidationError as error:
        raise ClosingFileError(str(error)) from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise ClosingFileError(f"is no JSON: {error}") from None


def _decoded(form: type, value: Any) -> Any:
    if form is Fraction:
        if isinstance(value, str) and _FRACTION.fullmatch(value):
            return Fraction(value)
        raise ValueError(f"Expected an exact number like 44639/44640, got {value!r:.40}")
    raise NotImplementedError(f"{form} has no form in a closing")
