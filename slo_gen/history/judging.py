"""From the facts of a period to what is closed: every target evaluated exactly, and the reasons why another is not.

Pure. The terms are the agreement's; the answers come in with the questions that they belong to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from slo_gen.contract.claims import Incident, claim_deadlines
from slo_gen.contract.credits import Credit
from slo_gen.contract.facts import Slots
from slo_gen.contract.fees import FeeError
from slo_gen.contract.methods import measurement
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.rounding import percent
from slo_gen.contract.target_period import Promise, adjusted_time, business_days, target_period, term
from slo_gen.history.attained import attained_text
from slo_gen.history.closable import Closable
from slo_gen.history.closing_file import OBJECTIONS, REPORT, ClosedTarget, Closing, DueDate, Judged, facts_text
from slo_gen.history.crediting import credit_of, possible_credit, unknown_credits
from slo_gen.history.facts import Answers, Question, Wanted, condition_question, condition_spans, questions, reading
from slo_gen.history.judging_states import judged_states
from slo_gen.history.judging_tickets import judged_tickets
from slo_gen.history.later_periods import rights_to_end, won_back
from slo_gen.history.misses import is_breach
from slo_gen.history.state_ledger import StateLedger
from slo_gen.history.target_facts import Kept, TargetFacts, kept_facts, recorded_facts
from slo_gen.history.ticket_ledger import TicketLedger
from slo_gen.spec.model import Agreement, AgreementTarget, Catalogue
from slo_gen.spec.normative import normative_hash
from slo_gen.spec.terms import ClaimTerms, Deadline, Money
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.spans import EMPTY, Spans

__all__ = ["NO_SERVER", "Asked", "Conditions", "Found", "Server", "asked_about", "conditions_of", "held", "judge", "reach"]

_AROUND: Final = 86_400
"""Seconds beyond an edge of the period that are read where a run of down time may reach over it."""


@dataclass(frozen=True, slots=True)
class Server:
    """The Prometheus that was asked. ``retention``: seconds for which it keeps samples, None where that is not known."""

    url: str
    version: str
    retention: int | None


NO_SERVER: Final = Server("", "", None)
"""Where nothing needed to be asked."""

Conditions = tuple[tuple[str, tuple[Question, ...]], ...]
"""What to ask about each dynamic exclusion, with its reason."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What must be known to judge one target in ``[start, end)``: its facts, and when each dynamic exclusion held."""

    target: AgreementTarget
    start: int
    end: int
    wanted: Wanted
    facts: tuple[Question, ...]
    conditions: Conditions

    @property
    def questions(self) -> tuple[Question, ...]:
        return (*self.facts, *(question for _, asked in self.conditions for question in asked))

    @property
    def queries(self) -> tuple[str, ...]:
        """What was asked, each once."""
        return tuple(dict.fromkeys(question.query for question in self.questions))


# --- what to ask -------------------------------------------------------------------------------------------------
def asked_about(catalogue: Catalogue, each: Closable, end: int, now: int) -> tuple[Asked, ...]:
    """What to ask about a period of an agreement up to ``end``, which is before the period's own only while it is running."""
    start, evaluation = each.period.start, catalogue.evaluation
    found = []
    for target in each.agreement.targets:
        if catalogue.states_decide(target):
            continue
        around = reach(target)
        until = max(end, min(end + around, now - evaluation.settling - 2 * evaluation.interval))
        wanted = Wanted.over(catalogue.indicators[target.indicator], evaluation, start - around, until, target.where)
        found.append(Asked(target, start, end, wanted, questions(wanted), conditions_of(target, wanted)))
    return tuple(found)


def conditions_of(target: AgreementTarget, wanted: Wanted) -> Conditions:
    """What to ask about the dynamic exclusions of a target."""
    return tuple(
        (exclusion.reason, condition_question(exclusion.when, wanted.evaluation, wanted.start, wanted.end))
        for exclusion in target.exclude if exclusion.when
    )  # fmt: skip


def reach(target: AgreementTarget) -> int:
    """Seconds beyond the edges of a period in which a run of down time is followed; 0 where runs do not matter."""
    how = measurement(target)
    shortest = how.runs.shortest if how.runs is not None else 0
    return max(shortest, _AROUND) if how.runs is not None or how.reduce in ("max", "count", "percentile") else 0


# --- what the answers mean ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Found:
    """What a period came to, the files of facts that it names, by their paths, and what is to be said of this look at it alone."""

    judged: Judged
    files: dict[str, str]
    remarks: tuple[str, ...]


def judge(
    catalogue: Catalogue, each: Closable, asked: Sequence[Asked], answers: Answers, earlier: Sequence[Closing], server: Server, now: int,
    *, kept: Kept, tickets: TicketLedger | None = None, states: StateLedger | None = None, former: Closing | None = None,
    affected: Money | None = None,
) -> Found:  # fmt: skip
    """What a period came to.

    ``earlier`` are the closings of the periods before, in their order, as far as there are any; ``former`` is that of the period
    itself, whose targets on tickets and states stand where no ``tickets`` or ``states`` are given, and so does what was paid for what
    was ``affected``. Where the server has less of the period than the ``former`` closing, the facts of that one are ``kept``.
    """
    agreement = each.agreement
    targets, files, remarks = [], {}, list(_forgotten(each, server, now))
    for one in asked:
        recorded = _recorded(one, answers)
        facts = kept_facts(recorded, one.target, former, kept)
        if facts.are_kept:
            remarks.append(
                f"{agreement.name}/{one.target.name}: judged by the facts that {each.period.name} was closed with, "
                f"{percent(facts.completeness, places=1)} of it; {server.url} has {percent(recorded.completeness, places=1)} of it now"
            )
        reference, text = facts_text(one.target.indicator, one.target.where, facts.slots)
        files[reference.file] = text
        judged = target_period(
            catalogue, agreement, one.target, Period(one.start, one.end, each.period.name), facts.slots, found=facts.held,
            adjusted=adjusted_time(catalogue, agreement, one.target),
        )
        outcome = judged.outcome
        targets.append(ClosedTarget(
            target=one.target.name, indicator=one.target.indicator, where=dict(sorted(one.target.where.items())),
            objective=one.target.bound.text, verdict=outcome.verdict,
            breach=_breach(agreement, one.target, outcome, earlier), attained=attained_text(judged),
            completeness=facts.completeness, outcome=outcome, measure=one.target.measure, bound=judged.bound, window=judged.window,
            not_excluded=judged.exclusions.not_excluded, facts=reference, queries=facts.queries, sources=facts.sources,
        ))
    of_tickets = judged_tickets(
        agreement, each.period, tickets, former, lambda target, outcome: _breach(agreement, target, outcome, earlier),
        whole=now >= each.period.end,
    )
    of_states = judged_states(
        catalogue, agreement, each.period, states, former, lambda target, outcome: _breach(agreement, target, outcome, earlier),
        whole=now >= each.period.end,
    )
    targets = _in_order(agreement, [*targets, *of_states.targets])
    targets += of_tickets.targets
    files |= of_tickets.files | of_states.files
    notes = [*filter(None, [unknown_credits(agreement, each.period, earlier)])]
    owed: Credit | None = None
    try:
        affected = affected or (former.current.judged.affected_fee if former is not None else None)
        owed, at_most = (credit_of(agreement, each.period, targets, earlier, affected, worst=worst) for worst in (False, True))
        notes += filter(None, [possible_credit(owed, at_most)])
    except FeeError as error:
        notes.append(f"no credit could be computed: {error}")
    return Found(Judged(
        terms=normative_hash(agreement, catalogue), server=server.url, version=server.version, targets=tuple(targets), credit=owed,
        affected_fee=affected, won_back=won_back(agreement, targets, earlier),
        may_be_ended=tuple(rights_to_end(agreement, targets, earlier)), not_judged=(*of_states.not_judged, *of_tickets.not_judged),
        deadlines=tuple(_deadlines(agreement, each.period.end, targets)), notes=tuple(notes),
    ), files, tuple(remarks))


def _in_order(agreement: Agreement, targets: Sequence[ClosedTarget]) -> list[ClosedTarget]:
    """Targets in the order of the agreement."""
    places = {target.name: place for place, target in enumerate(agreement.targets)}
    return sorted(targets, key=lambda each: places.get(each.target, len(places)))


def held(conditions: Conditions, answers: Answers) -> dict[str, Spans]:
    """When the conditions held, by the reason that they exclude for."""
    found: dict[str, Spans] = {}
    for reason, asked in conditions:
        found[reason] = found.get(reason, EMPTY) | condition_spans(asked, answers)
    return found


def _trimmed(slots: Slots, start: int, end: int) -> Slots:
    """Without what lies beyond the period and can lengthen no run: from the nearest slot on that was surely up.

    So that closing again later, when more has been recorded after the period, gives the same facts.
    """
    length = slots.seconds
    first, last = (start - slots.start) // length, -((slots.start - end) // length)
    while first > 0 and not _up(slots, first):
        first -= 1
    while last < len(slots.total) and not _up(slots, last - 1):
        last += 1
    return replace(
        slots, start=slots.start + first * length, total=slots.total[first:last], bad=slots.bad[first:last],
        unseen=slots.unseen[first:last] if any(slots.unseen[first:last]) else (),
    )


def _up(slots: Slots, number: int) -> bool:
    """Events, none of them bad, and none that nobody saw."""
    total = slots.total[number]
    return total is not None and total > 0 and slots.bad[number] == 0 and not (slots.unseen and slots.unseen[number])


def _recorded(one: Asked, answers: Answers) -> TargetFacts:
    found = reading(one.wanted, one.facts, answers, (one.start, one.end))
    slots = _trimmed(found.slots, one.start, one.end)
    return recorded_facts(found, slots, one.start, one.end, one.queries, held(one.conditions, answers))


def _breach(agreement: Agreement, target: Promise, outcome: Outcome, earlier: Sequence[Closing]) -> bool:
    """Whether the agreement calls the miss a breach: not in its grace, nor while so many misses are allowed."""
    if outcome.verdict != "missed" or _in_grace(agreement, target, outcome.start):
        return False
    before = [
        closed.verdict == "missed" for closing in earlier for closed in closing.current.judged.targets if closed.target == target.name
    ]
    return is_breach(target.misses, [*before, True])


def _in_grace(agreement: Agreement, target: Promise, start: int) -> bool:
    """Whether the period begins within the grace after the start of the agreement."""
    if not target.grace or agreement.starts is None:
        return False
    timezone = agreement.period.timezone
    return start < add_duration(term(agreement).items[0][0], target.grace, timezone, business_days(agreement))


def _forgotten(each: Closable, server: Server, now: int) -> Iterator[str]:
    """What a reader must know of the server, and what no closing says, since it changes with the day."""
    if server.retention is not None and each.period.start < now - server.retention:
        days = server.retention // 86_400
        yield f"{each.agreement.name}: {server.url} keeps {days} days, and the period begins before that: what it has dropped is unknown"


def _deadlines(agreement: Agreement, end: int, targets: Sequence[ClosedTarget]) -> Iterator[DueDate]:
    """When the report of a period is due, until when its figures may be disputed, and by when each outage of a breach must be claimed."""
    timezone, terms, business = agreement.period.timezone, agreement.report, business_days(agreement)
    report = add_duration(end, terms.due, timezone, business, agreement.period.month_day)
    yield DueDate(what=REPORT, at=report)
    if terms.objections:
        yield DueDate(what=OBJECTIONS, at=add_duration(report, terms.objections, timezone, business))
    if agreement.claim is None:
        return
    for target in targets:
        if target.breach:
            incidents = [Incident(run.start, run.end) for run in target.outcome.interruptions if run.counted]
            known = _known(agreement.claim, bool(incidents))
            due = [
                claim_deadlines(known, incident, end, agreement.period, business, report)
                for incident in incidents or [Incident(target.outcome.start, None)]
            ]
            for what, instants in (("notify of", [each.notify for each in due]), ("claim for", [each.submit for each in due])):
                for at in sorted({instant for instant in instants if instant is not None}):
                    yield DueDate(what=f"{what} {target.target}", at=at)


def _known(terms: ClaimTerms, outages: bool) -> ClaimTerms:
    """Without what runs from an incident where the facts name none."""
    if outages:
        return terms

    def kept(deadline: Deadline | None) -> Deadline | None:
        return None if deadline is not None and deadline.after.startswith("incident") else deadline

    return replace(terms, notify=kept(terms.notify), submit=kept(terms.submit))
