"""Reading the past of indicators for ``slo-gen backtest``: recorded facts, raw series where there were none yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from slo_gen.cli.answer_cache import AnswerCache
from slo_gen.cli.asking import ask_questions
from slo_gen.history.backtest import Past, joined
from slo_gen.history.facts import Answers, Group, Question, Reading, Wanted, questions, reading, readings_by_group
from slo_gen.history.judging import conditions_of, held
from slo_gen.history.recount import recount_questions
from slo_gen.prometheus import Prometheus, Series
from slo_gen.spec.model import AgreementTarget
from slo_gen.timekeeping.spans import Span, Spans

__all__ = ["History", "Progress"]

Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]
"""Shows that something of so many steps is going on; see ``cli.progress``."""


def _about(part: Wanted, asked: Iterable[Question]) -> list[Question]:
    """The questions whose answers may hold records about a part."""
    late = part.evaluation.settling + 2 * part.evaluation.interval
    return [question for question in asked if question.start < part.end + late and question.end >= part.start]


@dataclass(frozen=True, slots=True)
class History:
    """What a Prometheus knows about the past; every answer is kept as soon as it is there. Calls raise RequestError, OSError."""

    prometheus: Prometheus
    cache: AnswerCache | None
    progress: Progress

    async def whole(self, wanted: Wanted) -> Past:
        """The groups of an indicator that are wanted, added up."""
        asked = questions(wanted)
        recorded = reading(wanted, asked, await self._answers(wanted, asked))
        raw = self._raw(wanted, recorded)
        return joined(recorded, reading(wanted, raw, await self._answers(wanted, raw)))

    async def parts(self, wanted: Wanted, parts: Sequence[tuple[Wanted, Span]]) -> list[Past]:
        """The same of each part of what is wanted by itself, chosen by the records within its period, as a closing does it."""
        asked = questions(wanted)
        answers = await self._answers(wanted, asked)
        raw = self._raw(wanted, reading(wanted, asked, answers))
        computed = await self._answers(wanted, raw)
        return [
            joined(
                reading(part, _about(part, asked), answers, period), reading(part, _about(part, raw), computed, period),
            )
            for part, period in parts
        ]  # fmt: skip

    async def held(self, target: AgreementTarget, wanted: Wanted) -> dict[str, Spans]:
        """When the dynamic exclusions of a target held, by their reasons."""
        conditions = conditions_of(target, wanted)
        return held(conditions, await self._answers(wanted, (question for _, asked in conditions for question in asked)))

    async def by_group(self, wanted: Wanted) -> dict[Group, Past]:
        """Each group for itself; an indicator that is not split has the group ``()``, unless nothing is known of it."""
        asked = questions(wanted)
        answers = await self._answers(wanted, asked)
        recorded = readings_by_group(wanted, asked, answers)
        raw = self._raw(wanted, reading(wanted, asked, answers))
        computed = readings_by_group(wanted, raw, await self._answers(wanted, raw))
        nothing = reading(wanted, (), {})
        groups = sorted(recorded.keys() | computed.keys())
        return {group: joined(recorded.get(group, nothing), computed.get(group, nothing)) for group in groups}

    def _raw(self, wanted: Wanted, recorded: Reading) -> tuple[Question, ...]:
        """What is to be asked about the time before the first record, if there is any."""
        first = recorded.known.items[0][0] if recorded.known else wanted.end
        return recount_questions(replace(wanted, end=first)) if first > wanted.start else ()

    async def _answers(self, about: Wanted, asked: Iterable[Question]) -> Answers:
        wanted = dict.fromkeys(asked)
        known: dict[Question, tuple[Series, ...]] = {}
        if self.cache is not None:
            known = {question: kept for question in wanted if (kept := self.cache.get(question)) is not None}
        missing = [question for question in wanted if question not in known]
        with self.progress(f"reading {about.indicator.name}", len(missing)) as step:
            for question in missing:
                known |= await ask_questions(self.prometheus, [question])
                if self.cache is not None:
                    self.cache.put(question, known[question])
                step()
        return known
