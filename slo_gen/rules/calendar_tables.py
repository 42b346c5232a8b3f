"""Calendars and periods as rules: compiled to the instants at which they change, for as long as the tables reach.

Nothing runs beside Prometheus: every instant is a constant of an expression. The tables reach over whole years around a
date, so that the same documents give the same rules all year. Beyond them nothing is evaluated, rather than wrongly;
``SLMCalendarEnding`` says so in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from slo_gen import names
from slo_gen.rules.promql import duration, parse_expression
from slo_gen.rules.rule import AlertRule, RecordingRule, RuleGroup
from slo_gen.rules.step_tables import Mask, Steps, mask_of
from slo_gen.rules.templates import literal
from slo_gen.spec.model import Catalogue, Evaluation
from slo_gen.timekeeping.calendars import Calendar
from slo_gen.timekeeping.periods import Period, Periods
from slo_gen.timekeeping.zones import at, zone

__all__ = ["ENDING_NOTICE", "ENDING_SEVERITY", "Horizon", "PeriodTable", "calendar_group", "period_table", "zones_of"]

ENDING_NOTICE: Final = 60 * 86_400
"""Seconds before the end of the tables at which SLMCalendarEnding fires."""

ENDING_SEVERITY: Final = "ticket"
_UTC: Final = "UTC"
_MILLISECOND: Final = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Horizon:
    """The instants between which tables are made, in seconds since 1970-01-01T00:00Z."""

    start: int
    end: int

    @classmethod
    def around(cls, day: date) -> Horizon:
        """From the December before the year of ``day`` up to the end of the year after it: 12 to 24 months ahead."""
        where = zone(_UTC)
        return cls(at(date(day.year - 1, 12, 1), 0, where), at(date(day.year + 2, 1, 1), 0, where))


@dataclass(frozen=True, slots=True)
class PeriodTable:
    """The periods of a horizon, the first and the last of them whole."""

    periods: tuple[Period, ...]

    @property
    def start(self) -> int:
        return self.periods[0].start

    @property
    def end(self) -> int:
        return self.periods[-1].end

    @property
    def starts(self) -> tuple[int, ...]:
        return tuple(period.start for period in self.periods)

    def start_text(self) -> str:
        """The start of the period of the interval that ends at ``time()``, as a vector; nothing beyond the table."""
        return self.value_text((period.start, period.start) for period in self.periods)

    def end_text(self) -> str:
        """The end of that period."""
        return self.value_text((period.start, period.end) for period in self.periods)

    def value_text(self, values: Iterable[tuple[int, int]]) -> str:
        """A number that belongs to each period, by its start, as a vector; nothing beyond the table."""
        return self.within(Steps.through(values).value_text())

    def within(self, scalar: str) -> str:
        """A scalar as a vector that is there as far as the table reaches."""
        return f"(vector({scalar}) and on () ((vector(time()) > {self.start}) <= {self.end}))"


def period_table(periods: Periods, horizon: Horizon) -> PeriodTable:
    """All periods of which something lies in the horizon."""
    return PeriodTable(periods.between(horizon.start, horizon.end))


def periods_name(periods: Periods) -> str:
    """What tells periods from others, as the value of a label: ``month Europe/Berlin``, ``year UTC from 04-01``."""
    month, day = periods.starts
    shifted = f" from {month:02d}-{day:02d}" if periods.starts != (1, 1) else ""
    return f"{periods.length} {periods.timezone}{shifted}"


def zones_of(catalogue: Catalogue) -> tuple[str, ...]:
    """The time zones that periods and calendars are read in, and UTC."""
    found = {_UTC, *(agreement.period.timezone for agreement in catalogue.agreements.values())}
    for calendar in catalogue.calendars.values():
        found |= set(_zones(calendar))
    return tuple(sorted(found))


def _zones(part: object) -> Iterator[str]:
    """The zones in the parts of a calendar."""
    if isinstance(part, tuple):
        for each in part:
            yield from _zones(each)
    elif is_dataclass(part):
        for field in fields(part):
            value = getattr(part, field.name)
            if field.name == "timezone":
                yield value
            else:
                yield from _zones(value)


# --- rules -------------------------------------------------------------------------------------------------------------


def calendar_group(
    catalogue: Catalogue, periods: Iterable[Periods], masks: Iterable[Mask], conditions: Mapping[str, str], horizon: Horizon
) -> RuleGroup:
    """Start and end of the current period of each of ``periods``, the calendars, and until when all of this is known.

    ``masks``: what counts of each minute, as far as it is known beforehand. ``conditions``: expressions by their keys; whether
    they held is recorded for every minute.
    """
    evaluation = catalogue.evaluation
    rules: list[RecordingRule | AlertRule] = [RecordingRule(names.TABLES_END, f"vector({horizon.end})")]
    for name, each in sorted({periods_name(each): each for each in periods}.items()):
        table = period_table(each, horizon)
        label = {names.PERIODS: name}
        rules.append(RecordingRule(names.PERIOD_START, _at_mark(table.start_text(), evaluation), label))
        rules.append(RecordingRule(names.PERIOD_END, _at_mark(table.end_text(), evaluation), label))
    zones = zones_of(catalogue)
    for name, calendar in sorted(catalogue.calendars.items()):
        mask = _calendar_mask(calendar, evaluation, horizon, zones)
        rules.append(RecordingRule(names.CALENDAR_OPEN, _at_mark(_open(mask), evaluation), {names.CALENDAR: name}))
    for key, mask in sorted({mask.key: mask for mask in masks if not mask.is_whole}.items()):
        for back in range(2):
            seconds = _at_mark(f"vector({mask.seconds_text()})", evaluation, back)
            rules.append(RecordingRule(names.COUNTING_SECONDS, seconds, {names.MASK: key, names.BACK: f"{back}"}))
    for key, expression in sorted(conditions.items()):
        holds = f"(clamp_max(count({parse_expression(expression)}), 1) or vector(0))"
        rules.append(RecordingRule(names.CONDITION, _at_mark(holds, evaluation), {names.CONDITION_KEY: key}))
    return RuleGroup("slm-calendar", evaluation.interval, (*rules, _ending(evaluation.severity_names)))


def _calendar_mask(calendar: Calendar, evaluation: Evaluation, horizon: Horizon, zones: tuple[str, ...]) -> Mask:
    return mask_of(calendar.spans(horizon.start, horizon.end), evaluation.interval, horizon.start, horizon.end, zones)


def _open(mask: Mask) -> str:
    inside = f"((vector(time()) > {mask.start}) <= {mask.end})"
    return f"(vector({mask.seconds_text()} / {mask.interval}) and on () {inside})"


def _at_mark(expression: str, evaluation: Evaluation, back: int = 0) -> str:
    """``expression`` for the last settled interval, the one that the records of this instant are about, or so many before it."""
    span, settled = duration(evaluation.interval - _MILLISECOND), duration(evaluation.settling + back * evaluation.interval)
    return f"last_over_time({expression}[{span}:{duration(evaluation.interval)}] offset {settled})"


def _ending(severities: Mapping[str, str]) -> AlertRule:
    return AlertRule(
        names.CALENDAR_ENDING,
        f"max({names.TABLES_END}) - time() < {ENDING_NOTICE}",
        labels={names.SEVERITY: literal(severities.get(ENDING_SEVERITY, ENDING_SEVERITY))},
        annotations={
            "summary": "The tables of calendars and periods in the rules end in {{ $value | humanizeDuration }}",
            "description": "After that no agreement is evaluated. Run slo-gen compile again and load the new rules.",
        },
    )
