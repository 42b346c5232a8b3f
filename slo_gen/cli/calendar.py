"""``slo-gen calendar``: business time of a calendar, asked for on the command line or line by line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, Final

import click

from slo_gen.cli.calendar_batch import Answers, Op, answer_lines
from slo_gen.cli.calendar_question import NamedCalendars, Question, first_periods, question
from slo_gen.cli.loading import fail
from slo_gen.timekeeping.business import Boundary
from slo_gen.timekeeping.zones import LATEST, local, write_instant

__all__ = ["command"]

_BOUNDARIES: Final[dict[str, Boundary]] = {"close": "close", "next-open": "next_open"}
_SHOWN: Final = "%a %Y-%m-%d %H:%M:%S %z"


@click.group("calendar", short_help="Compute with calendars: business time, deadlines, periods.")
def command() -> None:
    """Compute with calendars: how much business time has passed, when a deadline is, when hours begin.

    NAME is a Calendar of SPECS, by default of the folder specs/, or 24x7. With --hours it is left out. Times are like
    2026-03-29, 2026-03-29T07:00 or 2026-03-29T07:00:00Z; without an offset they are in the time zone of the calendar.

    With --batch standard input has one question a line, as JSON, and one answer a line is printed. A line that names an
    operation (`op`) is answered by that one. Times in lines carry their offset.

    Exit status: 0 answered, 1 there is no answer, or a line has an error, 2 wrong use.
    """


def _asks(words: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The arguments and options that all of these commands have."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed((
            click.option("--hours", multiple=True, metavar="HOURS",
                         help='Hours instead of a calendar, such as "mon-fri 08:00-18:00". Repeat it for more.'),
            click.option("--timezone", metavar="ZONE",
                         help="Zone of --hours and of times without an offset. Default: that of the calendar, else UTC."),
            click.option("--batch", is_flag=True, help="Answer the lines of JSON on standard input."),
            click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        )):
            function = option(function)
        return click.argument("words", nargs=-1, metavar=f"NAME {words} [SPECS]...")(function)

    return decorate


_pauses = click.option("--pause", "pauses", multiple=True, metavar="FROM/TO", help="Span in which the clock stands. Repeat it for more.")
_boundary = click.option(
    "--boundary", type=click.Choice(list(_BOUNDARIES)), default="close", show_default=True,
    help="When time that is up at a close, or where a pause begins, is up: then, or when it would run on.",
)  # fmt: skip
_count = click.option("--count", type=click.IntRange(min=1), default=5, show_default=True, help="How many periods.")


@command.command("elapsed", short_help="Show the business time from START to END.")
@_asks("START END")
@_pauses
def elapsed(batch: bool, as_json: bool, pauses: tuple[str, ...], **asked: Any) -> None:
    """Show the business time from START to END: none when the end is before the start."""
    if batch:
        return _answer_lines("elapsed", pauses=pauses, **asked)
    read = question(("START", "END"), **asked)
    start, end, stood = read.instant("START"), read.instant("END"), read.pauses(pauses)
    seconds = read.answer(lambda: read.business.elapsed(start, end, stood))
    click.echo(json.dumps({"seconds": seconds}) if as_json else f"{_length(seconds)} ({seconds} s)")


@command.command("deadline")
@_asks("START DURATION")
@_pauses
@_boundary
def deadline(batch: bool, as_json: bool, pauses: tuple[str, ...], boundary: str, **asked: Any) -> None:
    """Show when DURATION has run from START.

    4h, 30m and 4h30m are business time. 3bd are business days: the close of the third one after the day of START.
    """
    if batch:
        return _answer_lines("deadline", pauses=pauses, boundary=boundary, **asked)
    read = question(("START", "DURATION"), **asked)
    start, stood = read.instant("START"), read.pauses(pauses)
    seconds, days = read.length()
    if days and (pauses or boundary != "close"):
        raise click.UsageError("Business days are whole days: they take no --pause, and end at a close.")
    if days:
        _show(read, read.answer(lambda: read.after_days(start, days)), as_json)
    else:
        _show(read, read.answer(lambda: read.business.deadline(start, seconds, stood, _BOUNDARIES[boundary])), as_json)


@command.command("next-open", short_help="Show the next instant in business hours.")
@_asks("START")
def next_open(batch: bool, as_json: bool, **asked: Any) -> None:
    """Show the first instant at or after START that is in business time."""
    if batch:
        return _answer_lines("next-open", **asked)
    read = question(("START",), **asked)
    start = read.instant("START")
    _show(read, read.answer(lambda: read.business.next_open(start)), as_json)


@command.command("periods", short_help="Show the first business periods from START on.")
@_asks("START")
@_count
def periods(batch: bool, as_json: bool, count: int, **asked: Any) -> None:
    """Show the first business periods from START on; the first one begins there if it is running."""
    if batch:
        return _answer_lines("periods", count=count, **asked)
    read = question(("START",), **asked)
    start = read.instant("START")
    found = read.answer(lambda: first_periods(read.business, start, count))
    if as_json:
        click.echo(json.dumps({"periods": [[write_instant(opens), write_instant(closes)] for opens, closes in found]}))
    else:
        for opens, closes in found:
            end = f"{_local(read, closes)}  {_length(closes - opens)}" if closes < LATEST else "without end"
            click.echo(f"{_local(read, opens)}  {end}")


def _answer_lines(
    op: Op, words: tuple[str, ...], hours: tuple[str, ...], timezone: str | None, pauses: tuple[str, ...] = (), count: int = 5,
    boundary: str = "close",
) -> None:
    """Answer standard input; the operation, the count and the boundary are for lines that have none."""
    if hours or timezone or pauses:
        raise click.UsageError("With --batch each line has its calendar and its pauses: leave --hours, --timezone and --pause out.")
    answers = Answers(op, NamedCalendars(words, each_line=True), count=count, boundary=_BOUNDARIES[boundary])
    wrong = 0
    for line in answer_lines(sys.stdin.buffer if sys.stdin else (), answers):
        sys.stdout.buffer.write(f"{line.text}\n".encode())          # click.echo would flush each of a million lines
        wrong += line.is_error
    sys.stdout.buffer.flush()
    if wrong:
        fail(f"{wrong} line{'s' * (wrong != 1)} could not be answered; the answers say why")


def _show(read: Question, instant: int, as_json: bool) -> None:
    click.echo(json.dumps({"instant": write_instant(instant)}) if as_json else f"{_local(read, instant)} ({write_instant(instant)})")


def _local(read: Question, instant: int) -> str:
    return local(instant, read.zone).strftime(_SHOWN)


def _length(seconds: int) -> str:
    """Business time in hours, minutes and seconds: a day of it is no day."""
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
