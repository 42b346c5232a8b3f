"""The targets and ticket matrices of templates and agreements."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from slo_gen.spec import model
from slo_gen.spec.convert import Document
from slo_gen.spec.documents import Indicator
from slo_gen.spec.documents.agreement import AgreementBody
from slo_gen.spec.documents.targets import ExclusionWhen, Target, Tickets
from slo_gen.spec.resolve.quantities import is_percent, percent
from slo_gen.spec.resolve.references import Reference, Steps
from slo_gen.spec.resolve.register import Register, origin

__all__ = ["Promises", "promises"]

_COLUMNS = "columns"
_HOURS = "hours"
_SHARE = "share"
_NOTHING = "none"
_DURATION = re.compile(r"([0-9]+(ms|s|m|h|bh|d|bd|w|mo|y))+")
_SHARE_TEXT = re.compile(r"(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%")
_COLUMN = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
_NOT_A_NAME = re.compile(r"[^a-z0-9._-]+")
_BOUND = re.compile(r"(?:(at least|at most|more than|less than) )?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Promises:
    """What one document promises itself, by the names of its targets; ``rows`` holds the matrix by priority."""

    targets: Mapping[str, model.AgreementTarget] = field(default_factory=dict)
    ticket_targets: Mapping[str, model.TicketTarget] = field(default_factory=dict)
    other_targets: Mapping[str, model.OtherTarget] = field(default_factory=dict)
    rows: Mapping[str, tuple[model.TicketTarget, ...]] = field(default_factory=dict)
    complete: bool = True  # False when something was left out because of a problem

    def over(self, template: Promises) -> Promises:
        """These promises, with those of the template that they do not replace."""
        own = {*self.targets, *self.ticket_targets, *self.other_targets}
        return Promises(
            {**{name: each for name, each in template.targets.items() if name not in own}, **self.targets},
            {**{name: each for name, each in template.ticket_targets.items() if name not in own}, **self.ticket_targets},
            {**{name: each for name, each in template.other_targets.items() if name not in own}, **self.other_targets},
            {**template.rows, **self.rows},
            self.complete and template.complete,
        )


def promises(document: Document, body: AgreementBody, register: Register) -> Promises:
    """The targets and the matrix of a template or an agreement, with a problem for each that is wrong."""
    reader = _Reader(document, register)
    for position, target in enumerate(body.targets or ()):
        reader.target(target, ("spec", "targets", position))
    rows = reader.matrix(body.tickets) if body.tickets else {}
    return Promises(reader.targets, reader.ticket_targets, reader.other_targets, rows, reader.complete)


class _Reader:
    def __init__(self, document: Document, register: Register) -> None:
        self._document = document
        self._register = register
        self.complete = True
        self.targets: dict[str, model.AgreementTarget] = {}
        self.ticket_targets: dict[str, model.TicketTarget] = {}
        self.other_targets: dict[str, model.OtherTarget] = {}

    # --- targets ----------------------------------------------------------------------------------------------
    def target(self, target: Target, path: Steps) -> None:
        if target.name in self.targets or target.name in self.ticket_targets or target.name in self.other_targets:
            self._problem((*path, "name"), f"there are two targets {target.name}", "rename one of them", "duplicate-name")
        elif target.indicator:
            self._indicator_target(target, target.indicator, path)
        elif target.tickets:
            self._ticket_target(target, path)
        else:
            self._other_target(target, path)

    def _indicator_target(self, target: Target, indicator: str, path: Steps) -> None:
        bound = self._percent_bound(target.objective, (*path, "objective"))
        if bound is None:
            return
        direction, objective = bound
        self.targets[target.name] = model.AgreementTarget(
            name=target.name,
            indicator=indicator,
            direction=direction,
            objective=objective,
            objective_text=_figure(target.objective),
            expected=self._expected(target, direction, objective, path),
            origin=origin(self._document, path),
            where=self._where(target, indicator, path),
            exclude=tuple(
                model.Exclusion(each.reason, each.when) if isinstance(each, ExclusionWhen) else model.Exclusion(each)
                for each in target.exclude
            ),
        )

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

    def _expected(self, target: Target, direction: str, objective: Fraction, path: Steps) -> Fraction | None:
        if not target.expected:
            return None
        bound = self._percent_bound(target.expected, (*path, "expected"))
        if bound is None:
            return None
        if bound[0] != direction or (bound[1] < objective if direction == "at least" else bound[1] > objective):
            hint = "`objective` is what is owed, `expected` the better level above it"
            self._problem((*path, "expected"), f"{target.expected} is no higher level than {target.objective}", hint, "expected-level")
            return None
        return bound[1]

    def _percent_bound(self, text: str, path: Steps) -> tuple[Literal["at least", "at most"], Fraction] | None:
        words, figure = _bound(text)
        if not is_percent(figure):
            self._problem(path, f"{text} is no percentage", "a target on an indicator is a percentage, like `at least 99.9%`", "objective")
            return None
        objective = percent(figure)
        if objective > 1:
            self._problem(path, f"{figure} is more than 100%", "write at most 100%", "objective")
            return None
        if words in ("", "at least"):
            return "at least", objective
        if words == "at most":
            return "at most", objective
        hint = f"write `{'at least' if words == 'more than' else 'at most'} {figure}`"
        self._problem(path, f"a target on an indicator cannot be `{words}`", hint, "objective")
        return None

    def _ticket_target(self, target: Target, path: Steps) -> None:
        assert target.tickets
        bound = self._percent_bound(target.objective, (*path, "objective"))
        if bound is None:
            return
        if bound[0] != "at least":
            self._problem((*path, "objective"), "a share of tickets in time is a lower bound", "write `at least`", "objective")
            return
        self.ticket_targets[target.name] = model.TicketTarget(
            name=target.name,
            priority=target.tickets.priority or "",
            clock=target.tickets.clock,
            within=target.tickets.within,
            hours=target.tickets.hours,
            share=bound[1],
            share_text=_figure(target.objective),
            origin=origin(self._document, path),
            expected=self._expected(target, "at least", bound[1], path),
        )

    def _other_target(self, target: Target, path: Steps) -> None:
        about, form, example = _about(target)
        for key, text in (("objective", target.objective), ("expected", target.expected)):
            if text and form is not None and not form.fullmatch(_bound(text)[1]):
                self._problem((*path, key), f"{text} does not fit a target on {about}", f"write a bound like `{example}`", "objective")
        self.other_targets[target.name] = model.OtherTarget(target.name, about, target.objective, origin(self._document, path))

    # --- matrix -----------------------------------------------------------------------------------------------
    def matrix(self, tickets: Tickets) -> dict[str, tuple[model.TicketTarget, ...]]:
        path: Steps = ("spec", "tickets", "matrix")
        if not tickets.matrix:
            return {}
        if _COLUMNS not in tickets.matrix:
            hint = f"add the row `{_COLUMNS}: [hours, response, resolution, share]`"
            self._problem(path, "the matrix does not name its columns", hint, "matrix")
            return {}
        columns = self._columns(tickets.matrix[_COLUMNS], (*path, _COLUMNS))
        return {
            priority: self._row(priority, columns, cells, (*path, priority))
            for priority, cells in tickets.matrix.items()
            if priority != _COLUMNS and columns
        }

    def _columns(self, cells: Sequence[str | tuple[str, ...]], path: Steps) -> tuple[str, ...]:
        columns: list[str] = []
        for position, cell in enumerate(cells):
            if not isinstance(cell, str) or not _COLUMN.fullmatch(cell):
                self._problem((*path, position), "a column is a name", "write hours, share, or the name of a clock like response", "matrix")
                return ()
            if cell in columns:
                self._problem((*path, position), f"column {cell} is there twice", "remove one", "matrix")
                return ()
            columns.append(cell)
        if all(column in (_HOURS, _SHARE) for column in columns):
            self._problem(path, "the matrix has no clock", "add a column like response or resolution", "matrix")
            return ()
        return tuple(columns)

    def _row(
        self, priority: str, columns: tuple[str, ...], cells: Sequence[str | tuple[str, ...]], path: Steps
    ) -> tuple[model.TicketTarget, ...]:
        if len(cells) != len(columns):
            message = f"{priority} has {len(cells)} entries for {len(columns)} columns"
            self._problem(path, message, f"write one for each of {', '.join(columns)}; `{_NOTHING}` promises nothing", "matrix")
            return ()
        by_column = dict(zip(columns, cells, strict=True))
        hours = self._hours(by_column.get(_HOURS, ""), (*path, columns.index(_HOURS)) if _HOURS in columns else path)
        levels = self._levels(by_column.get(_SHARE, "100%"), (*path, columns.index(_SHARE)) if _SHARE in columns else path)
        if hours is None or levels is None:
            return ()
        targets = []
        for position, (column, cell) in enumerate(by_column.items()):
            if column in (_HOURS, _SHARE) or cell == _NOTHING:
                continue
            if not isinstance(cell, str) or not _DURATION.fullmatch(cell):
                shown = cell if isinstance(cell, str) else "a list"
                self._problem((*path, position), f"{shown} is no time", f"write a duration like 15m, 4h or 3bd, or `{_NOTHING}`", "matrix")
                continue
            targets.append(
                model.TicketTarget(
                    name=f"{_slug(priority)}-{column}",
                    priority=priority,
                    clock=column,
                    within=cell,
                    hours=hours,
                    share=percent(levels[-1]),
                    share_text=levels[-1],
                    origin=origin(self._document, path),
                    expected=percent(levels[0]) if len(levels) > 1 else None,
                )
            )
        return tuple(targets)

    def _hours(self, cell: str | tuple[str, ...], path: Steps) -> str | None:
        if not isinstance(cell, str):
            self._problem(path, "hours are one calendar", "write its name, or 24x7", "matrix")
            return None
        if cell:
            self._register.check(self._document, Reference(path, "Calendar", cell))
        return cell

    def _levels(self, cell: str | tuple[str, ...], path: Steps) -> tuple[str, ...] | None:
        """Shares from the expected level down to the minimum."""
        texts = (cell,) if isinstance(cell, str) else cell
        if not texts or not all(_SHARE_TEXT.fullmatch(text) for text in texts):
            self._problem(
                path,
                f"{' '.join(texts) or 'an empty list'} is no percentage",
                "write a share like 95%, or levels like [95%, 90%]",
                "matrix",
            )
            return None
        if len(texts) > 2:
            self._problem(path, "there are two levels at most", "write [expected, minimum], like [95%, 90%]", "matrix")
            return None
        return tuple(sorted(texts, key=percent, reverse=True))

    def _problem(self, path: Steps, message: str, hint: str, check: str, *, key: bool = False) -> None:
        self.complete = False
        self._register.problems.append(self._document.problem(path, message, hint, check=check, key=key))


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


def _bound(text: str) -> tuple[str, str]:
    """A bound's words ("" when there are none) and its figure."""
    found = _BOUND.fullmatch(text)
    assert found is not None, "the pattern matches any text"
    return found[1] or "", found[2]


def _figure(text: str) -> str:
    return _bound(text)[1].replace(" ", "")


def _slug(priority: str) -> str:
    return _NOT_A_NAME.sub("-", priority.lower())
