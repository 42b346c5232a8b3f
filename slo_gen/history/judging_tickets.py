"""Targets on tickets in a period that is closed: judged by what the exporter's ledger says of each ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import msgspec

from slo_gen.contract.methods import of_results
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.target_period import ticket_period
from slo_gen.contract.ticket_promises import promised_of_tickets
from slo_gen.history.attained import attained_text
from slo_gen.history.closing_file import ClosedTarget, Closing, NotJudged, ReadSource, results_text
from slo_gen.history.ticket_ledger import TicketLedger, facts
from slo_gen.spec.model import Agreement, OtherTarget, TicketTarget
from slo_gen.timekeeping.periods import Period

__all__ = ["JudgedTickets", "judged_tickets"]

NOT_GIVEN: Final = "no results of tickets were given; --tickets takes what `sla-exporter ledger export` writes"
IsBreach = Callable[[TicketTarget | OtherTarget, Outcome], bool]


@dataclass(slots=True)
class JudgedTickets:
    """The targets on tickets, the others with the reason why not, and the files of facts by their paths."""

    targets: list[ClosedTarget] = field(default_factory=list)
    not_judged: list[NotJudged] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)


def judged_tickets(
    agreement: Agreement, period: Period, ledger: TicketLedger | None, former: Closing | None, is_breach: IsBreach, *, whole: bool = True
) -> JudgedTickets:
    """Judges them over the period, or as far as it has come where it is not ``whole``.

    Without a ledger, what the ``former`` closing of the period says of them stands.
    """
    found = JudgedTickets()
    by_tickets = {target.name: target for target in promised_of_tickets(agreement)}
    promised: tuple[TicketTarget | OtherTarget, ...] = (*agreement.ticket_targets, *agreement.other_targets)
    for target in promised:
        if target.name not in by_tickets:
            found.not_judged.append(NotJudged(target=target.name, reason="neither an indicator nor single tickets of a period decide it"))
            continue
        before = next(_closed_before(former, target.name), None)
        if ledger is None and before is not None:
            found.targets.append(before)
            continue
        source = agreement.tickets.source if agreement.tickets is not None else ""
        why = NOT_GIVEN if ledger is None else ledger.behind(source, period.end) if whole else ""
        if ledger is None or why:
            found.not_judged.append(NotJudged(target=target.name, reason=why))
            continue
        # What business days bound has no figure in seconds; which share of tickets kept it, it has.
        has_figure = isinstance(target, TicketTarget) or of_results(target) is not None
        judged_as = target if has_figure else by_tickets[target.name]
        closed = _judged(agreement, judged_as, period, ledger, found.files, is_breach)
        text = closed.objective if isinstance(target, TicketTarget) else target.objective_text
        found.targets.append(msgspec.structs.replace(closed, objective=text))
    return found


def _closed_before(former: Closing | None, name: str) -> Iterator[ClosedTarget]:
    if former is not None:
        yield from (each for each in former.current.judged.targets if each.target == name and each.measure is None)


def _judged(
    agreement: Agreement, target: TicketTarget | OtherTarget, period: Period, ledger: TicketLedger, files: dict[str, str],
    is_breach: IsBreach,
) -> ClosedTarget:  # fmt: skip
    results = ledger.of(agreement.name, target.name, period.start, period.end)
    judged = ticket_period(agreement, target, period, facts(results, period.start, period.end))
    outcome = judged.outcome
    reference, text = results_text(agreement.name, target.name, period.start, period.end, results)
    files[reference.file] = text
    sources = sorted({each.source for each in results})
    return ClosedTarget(
        target=target.name, indicator="", where={}, objective=judged.bound.text, verdict=outcome.verdict, breach=is_breach(target, outcome),
        attained=attained_text(judged), completeness=Fraction(1), outcome=outcome, measure=None, bound=judged.bound,
        window=judged.window, facts=reference, queries=(),
        sources=tuple(
            ReadSource(labels={"source": name}, records=sum(each.source == name for each in results), read=True) for name in sources
        ),
    )  # fmt: skip
