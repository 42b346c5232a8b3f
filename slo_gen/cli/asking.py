"""Asking a Prometheus on behalf of a command: its credentials, many questions at once."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeVar

import click

from slo_gen.checks import Facts
from slo_gen.cli.loading import fail
from slo_gen.cli.options import ENVIRONMENT
from slo_gen.fetch import AddressError, Credentials, Limits, RequestError
from slo_gen.history.facts import Question
from slo_gen.prometheus import Alert, Prometheus, QueryError, Sample, Series

__all__ = ["answered", "ask_all", "ask_each", "ask_questions", "ask_with_alerts", "open_prometheus", "read_facts", "read_retention"]

Q = TypeVar("Q")
T = TypeVar("T")
AT_ONCE = 8
LARGE_AT_ONCE = 2
"""Questions about a week of minutes: each keeps a server busy."""

TIMEOUT = 30.0
_RETENTION = "storage.tsdb.retention"
_MAX_SAMPLES = "query.max-samples"
_DURATION = re.compile(r"(\d+)(ms|s|m|h|d|w|y)")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}


def open_prometheus(url: str) -> Prometheus:
    """A client with the credentials of the environment. Raises RequestError."""
    return Prometheus(url, Credentials.from_environment(ENVIRONMENT), Limits(seconds=TIMEOUT))


def answered(question: Coroutine[Any, Any, T]) -> T:
    """The result of something asked; what goes wrong ends the run with a sentence: 2 for a wrong address, else 1."""
    try:
        return asyncio.run(question)
    except AddressError as error:
        raise click.UsageError(str(error)) from None
    except RequestError as error:
        fail(str(error))


async def ask_all(
    prometheus: Prometheus, questions: Iterable[str], asked: Callable[[], None] = lambda: None
) -> dict[str, tuple[Sample, ...]]:
    """The instant values of all expressions, a few at a time; ``asked`` is called after each. Raises RequestError."""
    return await ask_each(questions, prometheus.query, asked, AT_ONCE)


async def ask_questions(
    prometheus: Prometheus, questions: Iterable[Question], asked: Callable[[], None] = lambda: None
) -> dict[Question, tuple[Series, ...]]:
    """What was stored, or what an expression gave, over the range of each question. Raises RequestError."""

    async def ask(question: Question) -> tuple[Series, ...]:
        if question.step is None:
            return await prometheus.samples(question.query, question.start, question.end)
        return await prometheus.query_range(question.query, question.start, question.end, question.step)

    return await ask_each(dict.fromkeys(questions), ask, asked, LARGE_AT_ONCE)


async def ask_with_alerts(url: str, questions: Iterable[str]) -> tuple[dict[str, tuple[Sample, ...]], tuple[Alert, ...]]:
    """The instant values of all expressions, and the alerts of the same moment. Raises RequestError."""
    async with open_prometheus(url) as prometheus:
        return await ask_all(prometheus, questions), await prometheus.alerts()


async def read_facts(
    url: str, questions: Iterable[str], heavy: Iterable[str] = (), asked: Callable[[], None] = lambda: None
) -> Facts:
    """Everything that the checks want to know. A ``heavy`` question that the server refuses has no answer. Raises RequestError."""

    async def try_to_ask(question: str) -> tuple[Sample, ...] | None:
        with contextlib.suppress(QueryError):
            return await prometheus.query(question)
        return None

    async with open_prometheus(url) as prometheus:
        answers = await ask_all(prometheus, questions, asked)
        tried = await ask_each(heavy, try_to_ask, asked, LARGE_AT_ONCE)
        flags = await _flags(prometheus)
    answers |= {question: answer for question, answer in tried.items() if answer is not None}
    return Facts(answers, _retention(flags), _whole_number(flags.get(_MAX_SAMPLES, "")))


async def read_retention(prometheus: Prometheus) -> int | None:
    """Seconds for which the server keeps samples; None where it does not tell, or keeps them by size."""
    return _retention(await _flags(prometheus))


async def _flags(prometheus: Prometheus) -> Mapping[str, str]:
    """The flags of the server; none from Mimir, Thanos and VictoriaMetrics, which have no such call."""
    with contextlib.suppress(RequestError):
        return await prometheus.flags()
    return {}


async def ask_each(
    questions: Iterable[Q], ask: Callable[[Q], Awaitable[T]], asked: Callable[[], None], at_once: int
) -> dict[Q, T]:
    """The answer to every question, ``at_once`` at a time. Raises RequestError."""
    answers: dict[Q, T] = {}
    waiting = list(questions)

    async def worker() -> None:
        while waiting:
            question = waiting.pop()
            answers[question] = await ask(question)
            asked()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(at_once, len(waiting))):
                group.create_task(worker())
    except* RequestError as errors:
        raise _first(errors) from None
    return answers


def _retention(flags: Mapping[str, str]) -> int | None:
    """Seconds for which data is kept. Without any limit set Prometheus keeps 15 days; None when only the size is limited."""
    parts = _DURATION.findall(flags.get(f"{_RETENTION}.time", ""))
    seconds = sum(int(number) * _UNITS.get(unit, 0) for number, unit in parts)
    if parts and not seconds and flags.get(f"{_RETENTION}.size", "0B") == "0B":
        return 15 * _UNITS["d"]
    return seconds or None


def _whole_number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _first(errors: BaseExceptionGroup[RequestError]) -> RequestError:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
