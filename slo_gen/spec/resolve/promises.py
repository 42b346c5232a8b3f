"""The targets of templates and agreements."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from slo_gen.spec import model
from slo_gen.spec.convert import Document
from slo_gen.spec.documents import Indicator
from slo_gen.spec.documents.agreement import AgreementBody
from slo_gen.spec.documents.targets import PercentileOf, Target
from slo_gen.spec.resolve.bounds import Op, Unit, bound, figure, is_fixed, quantity, words_and_figure
from slo_gen.spec.resolve.matrix import matrix_rows
from slo_gen.spec.resolve.measuring import TIMED, exclusions, measure_terms, misses, target_hours
from slo_gen.spec.resolve.quantities import is_percent, percent, seconds
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import ALWAYS, Register, origin
from slo_gen.spec.terms import MeasureTerms

__all__ = ["Promises", "promises"]

_DURATION = re.compile(r"([0-9]+(ms|s|m|h|bh|d|bd|w|mo|y))+")
_EXAMPLES: Mapping[Unit, str] = {"%": "at least 99.9%", "s": "at most 60m", "": "at most 2"}
_TIMED = "time is promised with `measure: {method: downtime_minutes}`"


@dataclass(frozen=True, slots=True)
class Promises:
    """What one document promises itself, by the names of its targets; ``rows`` holds the matrix by priority."""

    targets: Mapping[str, model.AgreementTarget] = field(default_factory=dict)
    ticket_targets: Mapping[str, model.TicketTarget] = field(default_factory=dict)
    other_targets: Mapping[str, model.OtherTarget] = field(default_factory=dict)
    rows: Mapping[str, tuple[model.TicketTarget, ...]] = field(default_factory=dict)
    shares_written: frozenset[str] = frozenset()  # targets that say themselves what their figure is a share of
    complete: bool = True  # False when something was left out because of a problem

    def over(self, template: Promises) -> Promises:
        """These promises, with those of the template that they do not replace."""
        own = {*self.targets, *self.ticket_targets, *self.other_targets}
        return Promises(
            {**{name: each for name, each in template.targets.items() if name not in own}, **self.targets},
            {**{name: each for name, each in template.ticket_targets.items() if name not in own}, **self.ticket_targets},
            {**{name: each for name, each in template.other_targets.items() if name not in own}, **self.other_targets},
            {**template.rows, **self.rows},
            self.shares_written | (template.shares_written - own),
            self.complete and template.complete,
        )

    def owed_in(self, hours: str) -> Promises:
        """These promises with the agreement's hours where a target names none itself."""
        return replace(
            self,
            targets={name: self._owed(each, hours) for name, each in self.targets.items()},
            ticket_targets={name: replace(each, hours=each.hours or hours) for name, each in self.ticket_targets.items()},
            rows={row: tuple(replace(each, hours=each.hours or hours) for each in targets) for row, targets in self.rows.items()},
        )

    def _owed(self, target: model.AgreementTarget, hours: str) -> model.AgreementTarget:
        owed = target.hours or hours
        measure = target.measure
        if owed != ALWAYS and measure.over == "calendar" and target.name not in self.shares_written:
            measure = replace(measure, over="scheduled")
        return replace(target, hours=owed, measure=measure)


def promises(document: Document, body: AgreementBody, register: Register) -> Promises:
    """The targets and the matrix of a template or an agreement, with a problem for each that is wrong."""
    reader = _Reader(document, register)
    for position, target in enumerate(body.targets or ()):
        reader.target(target, ("spec", "targets", position))
    rows, whole = matrix_rows(register, document, body.tickets) if body.tickets else ({}, True)
    return Promises(
        reader.targets, reader.ticket_targets, reader.other_targets, rows, frozenset(reader.shares_written), reader.complete and whole
    )


class _Reader:
    def __init__(self, document: Document, register: Register) -> None:
        self._document = document
        self._register = register
        self.complete = True
        self.targets: dict[str, model.AgreementTarget] = {}
        self.ticket_targets: dict[str, model.TicketTarget] = {}
        self.other_targets: dict[str, model.OtherTarget] = {}
        self.shares_written: set[str] = set()

    # --- targets ----------------------------------------------------------------------------------------------
    def target(self, target: Target, path: Steps) -> None:
        if target.name in self.targets or target.name in self.ticket_targets or target.name in self.other_targets:
            self._problem((*path, "name"), f"there are two targets {target.name}", "rename one of them", "duplicate-name")
        elif indicator := _indicator(target):
            self._indicator_target(target, indicator, path)
        elif target.tickets:
            self._ticket_target(target, path)
        else:
            self._other_target(target, path)

    def _indicator_target(self, target: Target, indicator: str, path: Steps) -> None:
        if target.count and target.count.per:
            hint = "leave `per` out; a count over other periods belongs into an agreement with these periods"
            self._problem((*path, "count", "per"), "outages are counted in the periods of the agreement", hint, "objective")
        measure = measure_terms(self._register, self._document, target, indicator, path)
        if target.percentile:
            level = self._latency_level(target, target.percentile, indicator, path)
        else:
            level = self._level(target.objective, _units(measure), (*path, "objective"), timed="; " + _TIMED, may_be_strict=True)
        if level is None:
            return
        if target.measure.over:
            self.shares_written.add(target.name)
        self.targets[target.name] = model.AgreementTarget(
            name=target.name,
            indicator=indicator,
            direction=level.direction,
            objective=level.objective,
            objective_text=level.text,
            expected=None if target.percentile else self._expected(target, level, _units(measure), path),
            origin=origin(self._document, path),
            where=self._where(target, indicator, path),
            exclude=exclusions(self._register, self._document, target, path),
            measure=measure,
            hours=target_hours(self._register, self._document, target, path),
            misses=misses(self._register, self._document, target, path),
            grace=target.grace or "",
            weight=percent(target.weight) if target.weight else None,
            unit=level.unit,
            strict=level.strict,
        )

    def _latency_level(self, target: Target, percentile: PercentileOf, indicator: str, path: Steps) -> _Level | None:
        """95 % of requests within 300 ms: the share of requests that the indicator calls fast, which is exact at its threshold only."""
        measured = self._register.get(Indicator, indicator)
        latency = measured.spec.latency if measured is not None else None
        words, written = words_and_figure(target.objective)
        at: Steps = (*path, "objective")
        if measured is not None and not latency:
            self._problem((*path, "percentile", "indicator"), f"{indicator} is no latency indicator", "name one that is", "objective")
        elif words not in ("", "at most") or not is_fixed(written):
            self._problem(at, f"{target.objective} is no longest time", "write one like `at most 300ms`", "objective")
        elif latency and seconds(written) != seconds(latency.threshold):
            hint = f"write `at most {latency.threshold}`, or use an indicator with this threshold"
            self._problem(at, f"indicator {indicator} tells only whether a request took longer than {latency.threshold}", hint, "objective")
        else:
            share = percentile.percent
            return _Level("at least", percent(share), "%", share)
        return None

    def _where(self, target: Target, indicator: str, path: Steps) -> Mapping[str, str]:
        for label, value in target.where.items():
            if not value:
                message = f"an empty {label} picks nothing"
                self._problem((*path, "where", label), message, f"write the value, or leave {label} out to take all", "where-label")
        measured = self._register.get(Indicator, indicator)
        if measured is not None:
            for label in target.where:
                if label not in measured.spec.by:
                    split = f"it is split by {', '.join(measured.spec.by)}" if measured.spec.by else "it is not split"
                    hint = f"add {label} to `by` of the indicator; {split}"
                    self._problem(
                        (*path, "where", label), f"indicator {indicator} has no series per {label}", hint, "where-label", key=True
                    )
        return target.where

    def _expected(self, target: Target, level: _Level, units: Sequence[Unit], path: Steps) -> Fraction | None:
        if not target.expected:
            return None
        found = self._level(target.expected, units, (*path, "expected"))
        if found is None:
            return None
        beyond = found.objective >= level.objective if level.direction == "at least" else found.objective <= level.objective
        if (found.direction, found.unit) != (level.direction, level.unit) or not beyond:
            hint = "`objective` is what is owed, `expected` the better level above it"
            self._problem((*path, "expected"), f"{target.expected} is no higher level than {target.objective}", hint, "expected-level")
            return None
        return found.objective

    def _level(self, text: str, units: Sequence[Unit], path: Steps, *, timed: str = "", may_be_strict: bool = False) -> _Level | None:
        """The bound of a target whose figure is in one of ``units``; ``timed`` says how a time could be promised where none is measured."""
        words, written = words_and_figure(text)
        found = quantity(written)
        if found is None or found[1] not in units:
            if units == ("%",):
                hint = "a share is a percentage, like `at least 99.9%`" + (timed if found is not None and found[1] == "s" else "")
                self._problem(path, f"{text} is no percentage", hint, "objective")
            else:
                hint = f"write a bound like {' or '.join(f'`{_EXAMPLES[unit]}`' for unit in units)}"
                self._problem(path, f"{text} does not fit what the target measures", hint, "objective")
            return None
        objective, unit = found
        if unit == "%" and objective > 1:
            self._problem(path, f"{written} is more than 100%", "write at most 100%", "objective")
        elif unit == "%" and words in ("", "at least"):
            return _Level("at least", objective, unit, figure(text))
        elif words == "at most":
            return _Level("at most", objective, unit, figure(text))
        elif may_be_strict and (words == "less than" or (words == "more than" and unit == "%")):
            if objective == (1 if words == "more than" else 0):
                self._problem(path, f"no figure is {text}", f"write `{'at least' if objective else 'at most'} {written}`", "objective")
                return None
            return _Level("at least" if words == "more than" else "at most", objective, unit, figure(text), strict=True)
        elif unit == "%":
            hint = f"write `{'at least' if words == 'more than' else 'at most'} {written}`"
            self._problem(path, f"this level cannot be `{words}`", hint, "objective")
        else:
            self._problem(path, "a target on outages is an upper bound", f"write `at most {written}`", "objective")
        return None

    def _ticket_target(self, target: Target, path: Steps) -> None:
        assert target.tickets
        level = self._level(target.objective, ("%",), (*path, "objective"))
        if level is None:
            return
        if level.direction != "at least":
            self._problem((*path, "objective"), "a share of tickets in time is a lower bound", "write `at least`", "objective")
            return
        self.ticket_targets[target.name] = model.TicketTarget(
            name=target.name,
            priority=target.tickets.priority or "",
            clock=target.tickets.clock,
            within=target.tickets.within,
            hours=target.tickets.hours,
            share=level.objective,
            share_text=level.text,
            origin=origin(self._document, path),
            expected=self._expected(target, level, ("%",), path),
            misses=misses(self._register, self._document, target, path),
            grace=target.grace or "",
            weight=percent(target.weight) if target.weight else None,
        )

    def _other_target(self, target: Target, path: Steps) -> None:
        about, form, example = _about(target)
        for key, text in (("objective", target.objective), ("expected", target.expected)):
            if text and form is not None and not form.fullmatch(words_and_figure(text)[1]):
                self._problem((*path, key), f"{text} does not fit a target on {about}", f"write a bound like `{example}`", "objective")
        of, needs_indicator = _of(target)
        if needs_indicator:
            self._problem((*path, about), "nothing says where it is seen", "add `indicator`", "objective")
        timed = target.longest or target.percentile
        section = target.count or timed
        if section and section.indicator:
            self._problem((*path, about, "indicator"), f"no indicator knows {of}", "leave it out", "objective")
        self.other_targets[target.name] = model.OtherTarget(
            name=target.name,
            about=about,
            objective_text=target.objective,
            origin=origin(self._document, path),
            of=of,
            bound=bound(target.objective, _BARE.get(about, ">=" if is_percent(target.objective) else None)),
            percent=percent(target.percentile.percent) if target.percentile else None,
            priority=(section.priority or "") if section else "",
            hours=timed.hours if timed else ALWAYS,
            within=words_and_figure(target.objective)[1] if timed else "",
            per=target.count.per or "" if target.count else "",
            misses=misses(self._register, self._document, target, path),
            grace=target.grace or "",
            weight=percent(target.weight) if target.weight else None,
        )

    def _problem(self, path: Steps, message: str, hint: str, check: str, *, key: bool = False) -> None:
        self.complete = False
        self._register.problems.append(self._document.problem(path, message, hint, check=check, key=key))


@dataclass(frozen=True, slots=True)
class _Level:
    """What is owed, or expected: ``objective`` in ``unit``."""

    direction: Literal["at least", "at most"]
    objective: Fraction
    unit: Unit
    text: str
    strict: bool = False


_BARE: Mapping[str, Op] = {"count": "<=", "longest": "<=", "percentile": "<=", "satisfaction": ">="}
"""What an objective without words means."""


def _indicator(target: Target) -> str:
    """The indicator that the target measures, "" where it measures something else."""
    if target.count:
        return (target.count.indicator or "") if target.count.of == "outages" else ""
    if target.longest:
        return (target.longest.indicator or "") if target.longest.of == "outage" else ""
    if target.percentile:
        return (target.percentile.indicator or "") if target.percentile.of == "latency" else ""
    return target.indicator or ""


def _units(measure: MeasureTerms) -> tuple[Unit, ...]:
    """The units that the figure of a measurement can have."""
    if measure.reduce == "count":
        return ("",)
    if measure.reduce == "max":
        return ("s",)
    return ("%", "s") if measure.method in TIMED and measure.reduce != "mean" else ("%",)


def _of(target: Target) -> tuple[str, bool]:
    """What a target is about in one word, and whether an indicator is missing for it."""
    if target.count:
        return target.count.of, target.count.of == "outages"
    if target.longest:
        return target.longest.of, target.longest.of == "outage"
    if target.percentile:
        return target.percentile.of, target.percentile.of == "latency"
    if target.satisfaction:
        return target.satisfaction.score, False
    return target.fact.name if target.fact else "", False


def _about(target: Target) -> tuple[Literal["count", "longest", "percentile", "satisfaction", "fact"], re.Pattern[str] | None, str]:
    """What a target is about, the form that its bound must have, and an example of one."""
    if target.count:
        return "count", re.compile(r"[0-9]+"), "at most 2"
    if target.longest:
        return "longest", _DURATION, "at most 60m"
    if target.percentile:
        return "percentile", _DURATION, "at most 4h"
    if target.satisfaction:
        return "satisfaction", re.compile(r"[0-9]+(\.[0-9]+)?%?"), "at least 4.2"
    return "fact", None, ""
