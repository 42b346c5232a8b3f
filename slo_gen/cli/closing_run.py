"""Closing one period after the other: reading, judging, writing. What goes wrong with one agreement does not stop the others."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import msgspec

from slo_gen.cli.asking import answered, ask_questions, open_prometheus, read_retention
from slo_gen.cli.breach_stubs import write_stubs
from slo_gen.cli.closing_files import ClosingFiles, Unfinished, UnreadableClosingError
from slo_gen.cli.progress import progress
from slo_gen.fetch import AddressError, NoAnswerError, RequestError
from slo_gen.history.closable import Closable
from slo_gen.history.closing import ClosingError, closed_again, disputed, first_closed, made_final, revised, settled_by_date
from slo_gen.history.closing_file import Closing, Judged
from slo_gen.history.crediting import earlier_periods
from slo_gen.history.facts import Question
from slo_gen.history.judging import NO_SERVER, Found, Server, asked_about, judge
from slo_gen.history.state_ledger import StateLedger
from slo_gen.history.ticket_ledger import TicketLedger
from slo_gen.prometheus import AccessError, Prometheus, Series
from slo_gen.spec.model import Catalogue
from slo_gen.spec.normative import normative_hash
from slo_gen.spec.terms import Money
from slo_gen.timekeeping.periods import RollingDays
from slo_gen.timekeeping.zones import write_instant

__all__ = ["Closed", "ClosingRun", "Mode"]

Mode = Literal["close", "running", "final", "dispute", "revise"]

_KEPT: Final = 64
"""Answers that are kept for the next agreements: those of one customer after the other rest on the same indicators."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of one period: its closing, or the ``problem`` that stood in the way. ``did`` says what this run did.

    ``remarks`` are about what was read, and stand in no file.
    """

    agreement: str
    period: str
    closing: Closing | None
    did: str = ""
    problem: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class ClosingRun:
    """One run of ``slo-gen close``. ``now`` is in seconds since 1970; ``reason`` and ``by`` go with what ``mode`` does."""

    catalogue: Catalogue
    files: ClosingFiles
    records: Path
    mode: Mode
    url: str | None
    now: int
    reason: str = ""
    by: str = ""
    tickets: TicketLedger | None = None
    states: StateLedger | None = None
    affected: Money | None = None
    _answers: OrderedDict[Question, tuple[Series, ...]] = field(default_factory=OrderedDict)
    _server: Server | None = None

    def all(self, chosen: Sequence[Closable]) -> list[Closed]:
        """Close everything that was chosen; what an interrupted run has closed already is not read again."""
        return answered(self._all(chosen))

    async def _all(self, chosen: Sequence[Closable]) -> list[Closed]:
        if self.url is None and self.tickets is None and self.states is None:
            return [await self._one(each, None) for each in chosen]
        unfinished = Unfinished.of(self.files.folder, self._asked_for(chosen))
        found: list[Closed] = []
        async with open_prometheus(self.url) if self.url is not None else nullcontext() as prometheus:
            with progress("closing", len(chosen)) as step:
                for each in chosen:
                    if self.mode == "close" and unfinished.has(each.period.name, each.agreement.name):
                        found.append(self._done_before(each))
                    else:
                        found.append(await self._one(each, prometheus))
                        if self.mode == "close" and not found[-1].problem:
                            unfinished.add(each.period.name, each.agreement.name)
                    step()
        if self.mode == "close":
            unfinished.finish()
        return found

    def _asked_for(self, chosen: Sequence[Closable]) -> list[str]:
        hashes = {each.agreement.name: normative_hash(each.agreement, self.catalogue) for each in chosen}
        tickets = self.tickets.digest if self.tickets is not None else ""
        states = self.states.digest if self.states is not None else ""
        periods = (f"{each.period.name} {each.agreement.name} {hashes[each.agreement.name]}" for each in chosen)
        return [str(self.url), tickets, *filter(None, [states]), *periods]

    def _done_before(self, each: Closable) -> Closed:
        try:
            closing = self.files.read(each.period.name, each.agreement.name)
        except UnreadableClosingError as error:
            return Closed(each.agreement.name, each.period.name, None, problem=str(error))
        return Closed(each.agreement.name, each.period.name, closing, "closed by the run that was interrupted")

    async def _one(self, each: Closable, prometheus: Prometheus | None) -> Closed:
        """One period. Raises RequestError only for a server that answers nobody."""
        name, period = each.agreement.name, each.period.name
        try:
            return await self._step(each, prometheus)
        except (AddressError, AccessError, NoAnswerError):
            raise
        except RequestError as error:
            if self._server is None:
                raise                            # it did not even say who it is: the next agreement would wait for the same
            return Closed(name, period, None, problem=f"{name}: {error}")
        except ClosingError as error:
            return Closed(name, period, None, problem=f"{name}: {error}")
        except UnreadableClosingError as error:
            return Closed(name, period, None, problem=str(error))
        except OSError as error:
            return Closed(name, period, None, problem=f"{error.filename or self.files.folder} cannot be written: {error.strerror}")

    async def _step(self, each: Closable, prometheus: Prometheus | None) -> Closed:
        """What the mode does to one period, and that in words."""
        period, agreement = each.period, each.agreement
        before = self.files.read(period.name, agreement.name)
        closing = settled_by_date(before, self.now) if before is not None else None
        if self.mode in ("final", "dispute"):
            if closing is None:
                raise ClosingError(f"{period.name} is not closed yet; there is no {self.files.path(period.name, agreement.name)}")
            changed = made_final(closing, self.now, self.by) if self.mode == "final" else disputed(closing, self.now, self.reason)
            self.files.write(changed, {})
            return Closed(agreement.name, period.name, changed, "made final" if self.mode == "final" else "disputed")
        if self.mode == "running":
            found = await self._judged(each, prometheus, min(self.now, period.end), closing)
            shown = first_closed(each, _indicative(found.judged), self.now)
            return Closed(agreement.name, period.name, shown, "indicative", remarks=found.remarks)
        if self.now < each.ready:
            raise ClosingError(
                f"{period.name} is not over; it can be closed from {write_instant(each.ready)} on. --running shows how it stands"
            )
        if closing is not None and closing.state == "final" and self.mode == "close":
            written = self.files.write(closing, {})
            return Closed(agreement.name, period.name, closing, "is final now" if written else "is final")
        found = await self._judged(each, prometheus, period.end, closing)
        changed = self._with(each, closing, found.judged)
        if changed != before:
            # Before the closing: a run that is killed in between writes both again.
            write_stubs(changed, self.records, lambda: self._overlapping(each))
        written = self.files.write(changed, found.files)
        did = "closed" if closing is None else "unchanged" if not written else changed.changes[-1].what
        return Closed(agreement.name, period.name, changed, did, remarks=found.remarks)

    def _with(self, each: Closable, closing: Closing | None, judged: Judged) -> Closing:
        if self.mode == "revise":
            if closing is None:
                raise ClosingError(f"{each.period.name} is not closed yet, so there is nothing to revise")
            return revised(closing, judged, self.now, self.reason, self.by)
        return first_closed(each, judged, self.now) if closing is None else closed_again(closing, judged, self.now)

    async def _judged(
        self, each: Closable, prometheus: Prometheus | None, end: int, former: Closing | None
    ) -> Found:
        """Read and judge a period up to ``end``."""
        if self._server is None and prometheus is not None:
            self._server = Server(prometheus.url, (await prometheus.buildinfo()).version, await read_retention(prometheus))
        asked = asked_about(self.catalogue, each, end, self.now)
        wanted = dict.fromkeys(question for one in asked for question in one.questions)
        for question in wanted.keys() - self._answers.keys():
            assert prometheus is not None, "there is one wherever something is asked"
            self._answers |= await ask_questions(prometheus, [question])
        answers = {question: self._answers[question] for question in wanted}
        while len(self._answers) > _KEPT:
            self._answers.popitem(last=False)
        return judge(self.catalogue, each, asked, answers, self._earlier(each), self._server or NO_SERVER, self.now,
                     kept=self.files.facts, tickets=self.tickets, states=self.states, former=former, affected=self.affected)  # fmt: skip

    def _overlapping(self, each: Closable) -> Iterator[Closing]:
        """The closings of the days before, the last one first, as far back as there is no gap; none where periods do not overlap."""
        period = each.period
        while isinstance(each.agreement.period, RollingDays):
            period = each.agreement.period.previous(period)
            closing = self.files.read(period.name, each.agreement.name)
            if closing is None:
                return
            yield closing

    def _earlier(self, each: Closable) -> list[Closing]:
        """The closings of the periods before that decide with this one, in their order, as far as they go back without a gap."""
        found: list[Closing] = []
        for period in earlier_periods(each.agreement, each.period):
            closing = self.files.read(period.name, each.agreement.name)
            if closing is None:
                break
            found.insert(0, closing)
        return found


def _indicative(judged: Judged) -> Judged:
    """Figures of a period that is running. What would be owed by them is nobody's before it is closed, and changes every day."""
    return msgspec.structs.replace(judged, credit=None, won_back=None, may_be_ended=(), notes=())
