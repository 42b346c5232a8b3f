"""A budget smaller than one look at the service cannot be measured."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from math import floor
from typing import Final

from slo_gen import names
from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.rules.promql import duration, number
from slo_gen.spec.model import Agreement, AgreementTarget, Catalogue, Events, Indicator, Latency
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.zones import at, zone

__all__ = ["CHECK"]

_DAY: Final = 86_400
_SOME_DAY: Final = date(2026, 1, 1)
"""For agreements that do not say when they begin."""

EVENTS_OF_A_DAY: Final = f"sum by ({names.INDICATOR}) (sum_over_time({names.TOTAL}[1d]))"


def questions(subject: Subject) -> Iterator[str]:
    if any(_is_counted(subject.catalogue, target) for _, target in _limited(subject.catalogue)):
        yield EVENTS_OF_A_DAY


def find(subject: Subject) -> Iterator[Finding]:
    daily = {} if subject.facts is None else {
        sample.labels.get(names.INDICATOR, ""): Fraction(sample.value) for sample in subject.facts.answers.get(EVENTS_OF_A_DAY, ())
    }
    for agreement, target in _limited(subject.catalogue):
        indicator = subject.catalogue.indicators[target.indicator]
        period = _first_period(agreement)
        if not _is_counted(subject.catalogue, target):
            yield from _of_time(subject, agreement, target, indicator, period)
        elif daily.get(indicator.name):
            yield from _of_events(agreement, target, daily[indicator.name] * period.seconds / _DAY)


def _limited(catalogue: Catalogue) -> Iterator[tuple[Agreement, AgreementTarget]]:
    """Targets that allow a share to be bad, but not all of it. One that allows nothing is missed by anything that is seen.

    Where only lasting outages count, it is their shortest length that decides, and no single look.
    """
    for agreement in catalogue.agreements.values():
        for target in agreement.targets:
            lasting = target.measure.at_least is not None or target.measure.longer_than is not None
            limits = target.unit == "%" and 0 < _budget(target) < 1 and not lasting
            if limits and target.indicator in catalogue.indicators and agreement.state != "ended":
                yield agreement, target


def _budget(target: AgreementTarget) -> Fraction:
    return 1 - target.objective if target.direction == "at least" else target.objective


def _is_counted(catalogue: Catalogue, target: AgreementTarget) -> bool:
    """Whether the figure is a share of events that are counted one by one."""
    indicator = catalogue.indicators.get(target.indicator)
    return target.measure.method == "event_ratio" and indicator is not None and isinstance(indicator.measure, Events | Latency)


def _first_period(agreement: Agreement) -> Period:
    return agreement.period.of(at(agreement.starts or _SOME_DAY, 0, zone(agreement.period.timezone)))


def _of_time(subject: Subject, agreement: Agreement, target: AgreementTarget, indicator: Indicator, period: Period) -> Iterator[Finding]:
    # Hours make no budget smaller where it is a share of all time.
    calendar = None if target.measure.over in ("calendar", "deployed") else subject.catalogue.calendars.get(target.hours)
    seconds = period.seconds if calendar is None else calendar.spans(period.start, period.end).seconds
    allowed = _budget(target) * seconds
    look, what = _finest(target, indicator)
    if 0 < allowed < look:
        yield Finding(
            CHECK.id, "warning", agreement, ("spec", "targets", target.name, "objective"),
            f"{target.objective_text} of a period like {period.name} leaves {_time(allowed)}, less than {what} of {duration(look)}: "
            "a single one that is bad misses it",
            "look more often, or promise what can be measured",
        )


def _finest(target: AgreementTarget, indicator: Indicator) -> tuple[int, str]:
    """The shortest time that can be seen to be bad, and what it is."""
    if target.measure.method != "event_ratio" and target.measure.interval >= indicator.scrape_interval:
        return target.measure.interval, "one interval"
    return indicator.scrape_interval, "one scrape"


def _of_events(agreement: Agreement, target: AgreementTarget, events: Fraction) -> Iterator[Finding]:
    allowed = _budget(target) * events
    if allowed < 1:
        yield Finding(
            CHECK.id, "warning", agreement, ("spec", "targets", target.name, "objective"),
            f"at the volume of the last day, {target.objective_text} of about {floor(events):,} events in a period allows not one of them "
            "to fail",
            "judge a longer period, or promise what so few events can show",
        )


def _time(seconds: Fraction) -> str:
    """A time rounded down, so that no more is told than is left."""
    tenths = Fraction(floor(seconds * 10), 10)
    return f"{number(tenths)} s" if seconds < 120 else f"{number(Fraction(floor(seconds / 6), 10))} minutes"


CHECK = Check(
    id="budget-unseen",
    title="A budget is larger than one look at the service",
    reason="99.999 % of a month leaves 26 seconds. Where a minute is the shortest thing that can be seen to be down, it is met only when "
           "nothing at all happens, and a probe that is lost once misses it. So it is with fewer events than make one bad one.",
    fix="Shorter intervals and scrapes, a longer period, or an objective that can be measured.",
    find=find,
    questions=questions,
    heavy=True,
)
