"""Targets on tickets, from the gauges of the exporter: how many were in time, how many misses are left, which ticket is due next.

The exporter counts; rules read what it counts as it stands, and never by ``increase()``, which would guess. Replicas of an exporter tell
the same, and the largest is taken; one that is still in the former period is left out. A promise is never lost for good while its period
runs, since more tickets may come: it is at risk, and beyond it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from slo_gen import names
from slo_gen.contract.ticket_promises import COUNTED, promised_of_tickets
from slo_gen.rules.info import IN_FORCE
from slo_gen.rules.promql import all_of, label_list, label_matcher, number, one_of
from slo_gen.rules.rule import AlertRule, RecordingRule, Rule, RuleGroup
from slo_gen.rules.templates import literal
from slo_gen.spec.model import Agreement, Catalogue, TicketTarget
from slo_gen.spec.notification import PERIOD_BUDGET

__all__ = ["ALL", "STALE", "TICKET_SEVERITY", "TicketPromise", "allowed_misses", "reads_states", "risk_stages", "ticket_group",
           "ticket_promises", "ticket_texts"]  # fmt: skip

TICKET_SEVERITY: Final = "ticket"
ALL: Final = "100%"
"""The stage at which all of the time, or all of the misses, are used up."""

STALE: Final = 900
"""Seconds after which a source that told nothing new is called stale."""

_STALE_HOLD: Final = 300
_IDENTITY: Final = (names.AGREEMENT, names.TARGET, names.CUSTOMER, names.PARTY, names.SERVICE)
_OF_TICKET: Final = (names.TICKET, names.SOURCE)
_PAIR: Final = label_list((names.AGREEMENT, names.TARGET))
_ROUNDING: Final = "1e-9"
"""What 0.1 * 10 in binary may lack of a whole number."""


class TicketPromise(NamedTuple):
    """A target on tickets of an agreement in force."""

    agreement: Agreement
    target: TicketTarget


def ticket_promises(catalogue: Catalogue) -> tuple[TicketPromise, ...]:
    """All of them, in the order of the agreements."""
    return tuple(
        TicketPromise(agreement, target)
        for agreement in catalogue.agreements.values() if agreement.state == IN_FORCE and agreement.tickets is not None
        for target in promised_of_tickets(agreement)
    )  # fmt: skip


def ticket_group(catalogue: Catalogue) -> RuleGroup:
    """The rules of all targets on tickets, and of the exporter that reads them or states; without a rule where there is neither."""
    promised = ticket_promises(catalogue)
    rules: tuple[Rule, ...] = ()
    if promised:
        rules = (*_figures(), *_alerts(catalogue))
    if promised or reads_states(catalogue):
        rules = (*rules, _stale(catalogue))
    return RuleGroup("slm-tickets", catalogue.evaluation.interval, rules)


def allowed_misses(promise: TicketPromise, decided: int) -> int:
    """How many of so many tickets may be missed: the share that is not promised, or what is allowed where there are few.

    Where only their number is promised, it is that number, and each ticket is one of them.
    """
    if promise.target.limit is not None:
        return promise.target.limit
    allowed = int((1 - promise.target.share) * decided)
    terms = promise.agreement.tickets
    few = terms.low_volume if terms is not None and promise.target in promise.agreement.ticket_targets else None
    return max(allowed, few.allow_misses) if few is not None and decided < few.below else allowed


# --- figures -----------------------------------------------------------------------------------------------------------
def _figures() -> Iterator[RecordingRule]:
    identity = label_list(_IDENTITY)
    start = names.TICKETS_PERIOD_START
    present = f"{start} == on ({names.AGREEMENT}) group_left () max by ({names.AGREEMENT}) ({start})"

    def counted(outcomes: str) -> str:
        chosen = all_of(names.PERIOD_TICKETS, label_matcher(names.OUTCOME, outcomes, "=~"))
        return f"max by ({label_list((*_IDENTITY, names.OUTCOME))}) ({chosen} and on (job, instance, {names.AGREEMENT}) ({present}))"

    decided, missed = names.TICKETS_DECIDED, names.TICKETS_MISSED
    yield RecordingRule(decided, f"sum by ({identity}) ({counted(f'met|missed|{COUNTED}')})")
    yield RecordingRule(missed, f"sum by ({identity}) ({counted(f'missed|{COUNTED}')})")
    limit = f"max by ({_PAIR}) ({names.TICKET_LIMIT})"
    share_kept = f"(({decided} - {missed}) / ({decided} > 0)) unless on ({_PAIR}) {names.TICKET_LIMIT}"
    yield RecordingRule(names.TICKETS_ATTAINED, share_kept, with_previous=True)
    share = f"max by ({_PAIR}) ({names.TICKET_TARGET})"
    allowed = f"floor({decided} * on ({_PAIR}) group_left () (1 - {share}) + {_ROUNDING})"
    below, misses = (f"max by ({_PAIR}) ({name})" for name in (names.LOW_VOLUME_BELOW, names.LOW_VOLUME_MISSES))
    # What few tickets allow, where that is more: the smaller of both is dropped by the comparison.
    few = f"0 * ({decided} < on ({_PAIR}) group_left () {below}) + on ({_PAIR}) group_left () {misses}"
    allowed = f"(({few}) > {allowed}) or {allowed}"
    allowed = f"(0 * {decided} + on ({_PAIR}) group_left () {limit}) or {allowed}"
    yield RecordingRule(names.TICKETS_MISSES_LEFT, f"({allowed}) - {missed}", with_previous=True)


# --- alerts ------------------------------------------------------------------------------------------------------------
_OF: Final = f"{{{{ $labels.{names.TARGET} }}}} of {{{{ $labels.{names.AGREEMENT} }}}}"
_NAMED: Final = f"{{{{ $labels.{names.TICKET} }}}}"


class _Texts(NamedTuple):
    summary: str
    description: str


def ticket_texts(alert: str, target: str, ticket: str, value: str, stage: str = "") -> _Texts:
    """What an alert says; ``value`` is the time left, the time beyond, or a number, in words."""
    match alert:
        case names.TICKET_DEADLINE_NEAR:
            return _Texts(f"Ticket {ticket}: {stage} of the time of {target} is used up", f"It is due in {value}.")
        case names.TICKET_OVERDUE if ticket:
            return _Texts(f"Ticket {ticket} is overdue: {target} is missed", f"It was due {value} ago.")
        case names.TICKET_OVERDUE:
            return _Texts(f"{value} more tickets are overdue: {target} is missed", "They are too many to be named one by one.")
        case names.PERIOD_AT_RISK if stage == ALL:
            summary = f"{target}: more tickets were missed than its period allows"
            return _Texts(summary, f"{value} too many of those that are decided so far.")
        case names.PERIOD_AT_RISK:
            return _Texts(f"{target} is at risk: {stage} of the misses of its period are used up", f"{value} more may be missed.")
    return _Texts(f"Source {target} told nothing new", f"All that is known from it is {value} old.")


def risk_stages(catalogue: Catalogue) -> Mapping[str, list[str]]:
    """The shares of the misses of a period at which somebody is told, and the agreements in which they stand."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for agreement in dict.fromkeys(promise.agreement.name for promise in ticket_promises(catalogue)):
        steps = catalogue.notifications.ladders.get(agreement, ())
        for stage in sorted({step.stage for step in steps if step.event == PERIOD_BUDGET and step.stage and step.stage != ALL}):
            found[stage].append(agreement)
    return found


def _alerts(catalogue: Catalogue) -> Iterator[AlertRule]:
    severity = literal(catalogue.evaluation.severity_names.get(TICKET_SEVERITY, TICKET_SEVERITY))
    team = f"max by ({label_list((names.AGREEMENT, names.TARGET, names.OWNER))}) ({names.TICKET_TARGET} >= bool 0)"

    def alert(name: str, condition: str, value: str, *, ticket: str = "", stage: str = "", apart: str) -> AlertRule:
        summary, description = ticket_texts(name, _OF, ticket, value, f"{{{{ $labels.{names.STAGE} }}}}" if stage == "*" else stage)
        labels = {names.SEVERITY: severity, **({names.STAGE: literal(stage)} if stage not in ("", "*") else {})}
        labels[names.TEAM] = f"{{{{ $labels.{names.OWNER} }}}}"
        joined = f"({condition})\n* on ({_PAIR}) group_left ({names.OWNER}) {team}"
        return AlertRule(name, joined, labels={**labels, f"slm_shard_tickets_{apart}": ""},
                         annotations={"summary": summary, "description": description})  # fmt: skip

    due = f"max by ({label_list((*_IDENTITY, *_OF_TICKET, names.PRIORITY))}) ({_deadline('=')})"
    stages = f"max by ({label_list((*_IDENTITY, *_OF_TICKET, names.PRIORITY, names.STAGE))}) ({_deadline('!=')})"
    on = label_list((names.AGREEMENT, names.TARGET, *_OF_TICKET))
    left = f"(({stages} <= time()) >= bool 0)\n* on ({on}) group_left () ({due} - time() >= 0)"
    yield alert(names.TICKET_DEADLINE_NEAR, left, "{{ $value | humanizeDuration }}", ticket=_NAMED, stage="*", apart="near")
    yield alert(names.TICKET_OVERDUE, f"time() - {due} > 0", "{{ $value | humanizeDuration }}", ticket=_NAMED, apart="overdue")
    overdue = f"max by ({label_list(_IDENTITY)}) ({names.TICKETS_OVERDUE})"
    named = f"count by ({_PAIR}) (time() - {due} > 0)"
    more = f"{overdue} - on ({_PAIR}) group_left () ({named} or on ({_PAIR}) 0 * max by ({_PAIR}) ({names.TICKETS_OVERDUE})) > 0"
    yield alert(names.TICKET_OVERDUE, more, "{{ $value }}", apart="more")
    misses_left, missed = names.TICKETS_MISSES_LEFT, names.TICKETS_MISSED
    yield alert(names.PERIOD_AT_RISK, f"-{misses_left} > 0", "{{ $value }}", stage=ALL, apart="beyond")
    for stage, agreements in sorted(risk_stages(catalogue).items()):
        of = one_of(names.AGREEMENT, agreements)
        lost, still = all_of(missed, of), all_of(misses_left, of)
        share = number(Fraction(stage.removesuffix("%")) / 100)
        used = f"{still} >= 0 and {lost} > 0 and {lost} - {share} * ({lost} + {still}) >= 0"
        apart = f"risk_{stage.strip('%').replace('.', '_')}"
        yield alert(names.PERIOD_AT_RISK, used, "{{ $value }}", stage=stage, apart=apart)


def reads_states(catalogue: Catalogue) -> bool:
    """Whether the exporter has probes to ask."""
    return any(indicator.watch is not None for indicator in catalogue.indicators.values())


def _stale(catalogue: Catalogue) -> AlertRule:
    severity = literal(catalogue.evaluation.severity_names.get(TICKET_SEVERITY, TICKET_SEVERITY))
    age = f"time() - max by ({names.SOURCE}) ({names.SOURCE_WATERMARK}) > {STALE}"
    summary, description = ticket_texts(names.SOURCE_STALE, f"{{{{ $labels.{names.SOURCE} }}}}", "", "{{ $value | humanizeDuration }}")
    return AlertRule(names.SOURCE_STALE, age, hold=_STALE_HOLD, labels={names.SEVERITY: severity, "slm_shard_tickets_stale": ""},
                     annotations={"summary": summary, "description": description})  # fmt: skip


def _deadline(op: Literal["=", "!="]) -> str:
    """The instants of all of the time, or those of stages of it."""
    return all_of(names.TICKET_DEADLINE, label_matcher(names.STAGE, ALL, op))
