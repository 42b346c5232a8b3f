"""The families about tickets, made of where every promise stands.

Every series that is known is there from the first scrape on, with 0. No ticket's id is a label but in one family, which holds
the nearest deadlines only.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from typing import Final

from sla_exporter.exposition import Family, Labels, Sample, labels
from sla_exporter.ledger.books import BOUNDS, Books
from sla_exporter.promises import Promise
from sla_exporter.standings import OUTCOMES, OUTCOMES_COUNTED, Open, Standings
from slo_gen import names
from slo_gen.contract.ticket_promises import COUNTED
from slo_gen.spec.model import Agreement

__all__ = ["TicketFamilies", "identity"]

CACHED: Final = f"As of what the sources told; see {names.SOURCE_WATERMARK}."


def identity(agreement: Agreement) -> dict[str, str]:
    """The labels that say whose promise it is."""
    party = names.CUSTOMER if agreement.party.kind == "customer" else names.PARTY
    return {names.AGREEMENT: agreement.name, party: agreement.party.name, names.SERVICE: agreement.service}


class TicketFamilies:
    """Makes the families of all promises. Labels are quoted once. ``nearest``: how many tickets are told by their id."""

    def __init__(self, standings: Standings, books: Books, nearest: int = 100) -> None:
        self._standings = standings
        self._books = books
        self._nearest = nearest
        self._labels: dict[tuple[str, str, str, str], Labels] = {}
        self._outcomes: Final = {
            (name, target.name): OUTCOMES if target.limit is None else OUTCOMES_COUNTED
            for name, promise in standings.promises.all.items() for target in promise.judge.targets
        }  # fmt: skip
        self._about: Final = {name: identity(promise.agreement) for name, promise in standings.promises.all.items()}

    def families(self) -> list[Family]:
        """All families as they are now."""
        periods, promises = self._standings.periods, self._standings.promises.all
        running, paused, overdue, next_due = [], [], [], []
        risk: list[Sample] = []
        tickets: list[Sample] = []
        for (name, target), standing in self._standings.targets.items():
            of_period = standing.period_counts(periods[name])
            tickets += [Sample(self._of(name, target, names.OUTCOME, each), of_period[each]) for each in self._outcomes[name, target]]
            plain = self._of(name, target)
            opened = list(standing.open.values())
            running.append(Sample(plain, sum(each.outcome == "running" for each in opened)))
            paused.append(Sample(plain, sum(each.outcome == "paused" for each in opened)))
            overdue.append(Sample(plain, sum(each.outcome == "missed" for each in opened)))
            for stage in self._standings.stages(name):
                at_risk = sum(each.outcome == "running" and stage in each.reached for each in opened)
                risk.append(Sample(self._of(name, target, names.STAGE, stage), at_risk))
            ahead = [each.deadline for each in opened if each.outcome == "running" and each.deadline is not None and each.stages]
            if ahead:
                next_due.append(Sample(plain, min(ahead)))
        return [
            *self._terms(),
            Family(names.PERIOD_TICKETS, "gauge", f"Results of tickets that count in the present period. {CACHED}", tickets),
            Family(names.TICKETS_PERIOD_START, "gauge", "Start of the present period.", list(self._edges(promises, start=True))),
            Family(names.TICKETS_PERIOD_END, "gauge", "End of the present period.", list(self._edges(promises, start=False))),
            self._results(),
            self._durations(),
            Family(names.TICKETS_RUNNING, "gauge", f"Clocks that run, and are in time. {CACHED}", running),
            Family(names.TICKETS_PAUSED, "gauge", f"Clocks that stand, and are in time. {CACHED}", paused),
            Family(names.TICKETS_AT_RISK, "gauge", "Clocks that run and have used up so much of their time, and are in time.", risk),
            Family(names.TICKETS_OVERDUE, "gauge", "Clocks that have used up more than their time and have not ended.", overdue),
            Family(names.TICKET_NEXT_DEADLINE, "gauge", "After this instant the next running clock is too late.", next_due),
            Family(names.TICKET_DEADLINE, "gauge", "Instants at which a ticket has used up so much of its time; the nearest only.",
                   list(self._deadlines())),
            *self._feedback(),
            Family(names.TICKET_CORRECTIONS, "counter", "Results of complete periods that came out differently later.",
                   self._corrections()),
        ]  # fmt: skip

    def _terms(self) -> Iterator[Family]:
        """What was promised, for the rules to compare with."""
        shares: list[Sample] = []
        below: list[Sample] = []
        misses: list[Sample] = []
        limits: list[Sample] = []
        for name, promise in self._standings.promises.all.items():
            if promise.agreement.state != "active":
                continue
            few = promise.judge.terms.low_volume
            for target in promise.judge.targets:
                text = target.share_text if target.limit is not None else f"at least {target.share_text}"
                about = {
                    **self._about[name], names.TARGET: target.name, names.OBJECTIVE_TEXT: text,
                    names.PRIORITY: target.priority, names.KIND: promise.agreement.kind, names.OWNER: self._standings.owner(name),
                }  # fmt: skip
                shares.append(Sample(labels(about), float(target.share)))
                if target.limit is not None:
                    limits.append(Sample(self._of(name, target.name), target.limit))
                if few is not None and target in promise.agreement.ticket_targets:
                    below.append(Sample(self._of(name, target.name), few.below))
                    misses.append(Sample(self._of(name, target.name), few.allow_misses))
        yield Family(names.TICKET_TARGET, "gauge", "The share of tickets that is to be in time.", shares)
        yield Family(names.TICKET_LIMIT, "gauge", "So many tickets there may be, where only their number is promised.", limits)
        yield Family(names.LOW_VOLUME_BELOW, "gauge", "Fewer tickets than this are few.", below)
        yield Family(names.LOW_VOLUME_MISSES, "gauge", "So many may be missed where there are few.", misses)

    # --- families ---------------------------------------------------------------------------------------------------
    def _feedback(self) -> Iterator[Family]:
        said = [(self._of(name, ""), each) for name, each in self._standings.feedback.items()]
        yield Family(names.FEEDBACK_RATINGS, "gauge", "Marks that customers gave to tickets in the present period.",
                     [Sample(of, each.ratings) for of, each in said])  # fmt: skip
        yield Family(names.FEEDBACK_SCORE, "gauge", "All of these marks together; good is 1 and bad 0.",
                     [Sample(of, each.score) for of, each in said])  # fmt: skip
        yield Family(names.FEEDBACK_COMPLAINTS, "gauge", "Complaints about tickets in the present period.",
                     [Sample(of, each.complaints) for of, each in said])  # fmt: skip

    def _edges(self, promises: Mapping[str, Promise], *, start: bool) -> Iterator[Sample]:
        for name in promises:
            period = self._standings.periods[name]
            yield Sample(self._of(name, ""), period.start if start else period.end)

    def _results(self) -> Family:
        counted = self._books.counters()
        samples = [
            Sample(self._of(name, target, names.OUTCOME, outcome), counted.get((name, target, outcome), 0))
            for name, target in self._standings.targets for outcome in self._outcomes[name, target]
        ]  # fmt: skip
        return Family(names.TICKET_RESULTS, "counter", "Results of tickets since the ledger began; a later change counts again.", samples)

    def _durations(self) -> Family:
        found = self._books.durations()
        samples: list[Sample] = []
        for name, target in self._standings.targets:
            if COUNTED in self._outcomes[name, target]:
                continue
            by_bound = found.get((name, target), {})
            bounds = sorted({*BOUNDS, *(bound for bound in by_bound if bound), *self._allowed(name, target)})
            below = 0
            for bound in bounds:
                below += by_bound.get(bound, (0, 0))[0]
                samples.append(Sample(self._of(name, target, "le", f"{bound}.0"), below, "_bucket"))
            number = below + by_bound.get(0, (0, 0))[0]
            samples.append(Sample(self._of(name, target, "le", "+Inf"), number, "_bucket"))
            samples.append(Sample(self._of(name, target), sum(seconds for _, seconds in by_bound.values()), "_sum"))
            samples.append(Sample(self._of(name, target), number, "_count"))
        return Family(names.TICKET_CLOCK, "histogram", "Seconds of the hours that count until clocks ended.", samples)

    def _allowed(self, name: str, target: str) -> Iterator[int]:
        fixed = self._standings.promises.all[name].judge.fixed_length(target)
        if fixed is not None:
            yield fixed

    def _corrections(self) -> list[Sample]:
        counted = self._books.correction_counts()
        return [Sample(self._of(name, target), counted.get((name, target), 0)) for name, target in self._standings.targets]

    def _deadlines(self) -> Iterator[Sample]:
        """Of running tickets the nearest ahead, and of those that are too late the latest; half of the room for each at least."""
        ahead: list[tuple[int, str, str, Open]] = []
        behind: list[tuple[int, str, str, Open]] = []
        for (name, target), standing in self._standings.targets.items():
            for each in standing.open.values():
                if each.deadline is not None and each.stages and each.outcome in ("running", "missed"):
                    (ahead if each.outcome == "running" else behind).append((each.deadline, name, target, each))
        half = self._nearest // 2
        behind_kept = max(half, self._nearest - len(ahead))
        ahead_kept = max(self._nearest - half, self._nearest - len(behind))
        chosen = heapq.nsmallest(ahead_kept, ahead, key=_order) + heapq.nlargest(behind_kept, behind, key=_order)
        for _, name, target, each in sorted(chosen, key=_order)[: self._nearest]:
            about = {**self._about[name], names.TARGET: target, names.TICKET: each.row.ticket, names.SOURCE: each.row.source,
                     names.PRIORITY: each.row.priority}  # fmt: skip
            for stage, instant in each.stages:
                yield Sample(labels({**about, names.STAGE: stage}), instant)

    def _of(self, agreement: str, target: str, name: str = "", value: str = "") -> Labels:
        key = (agreement, target, name, value)
        found = self._labels.get(key)
        if found is None:
            more = {name: value} if name else {}
            found = self._labels[key] = labels({**self._about[agreement], names.TARGET: target, **more})
        return found


def _order(each: tuple[int, str, str, Open]) -> tuple[int, str, str, str, str, int]:
    deadline, name, target, standing = each
    return deadline, name, target, standing.row.source, standing.row.ticket, standing.row.cycle
