"""The matrix of ticket promises: one row per priority, one target for each clock in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slo_gen.spec import model
from slo_gen.spec.convert import Document
from slo_gen.spec.documents.tickets import Tickets
from slo_gen.spec.resolve.quantities import percent
from slo_gen.spec.resolve.references import Reference, Steps
from slo_gen.spec.resolve.register import Register, origin

__all__ = ["Rows", "matrix_rows"]

Rows = dict[str, tuple[model.TicketTarget, ...]]
"""The targets of each row, by its priority."""

_COLUMNS = "columns"
_HOURS = "hours"
_SHARE = "share"
_NOTHING = "none"
_DURATION = re.compile(r"([0-9]+(ms|s|m|h|bh|d|bd|w|mo|y))+")
_SHARE_TEXT = re.compile(r"(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%")
_COLUMN = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
_NOT_A_NAME = re.compile(r"[^a-z0-9._-]+")


def matrix_rows(register: Register, document: Document, tickets: Tickets) -> tuple[Rows, bool]:
    """The rows of a matrix, and whether all of it could be read; with a problem for each cell that could not."""
    reader = _Reader(register, document)
    return reader.rows(tickets), reader.complete


class _Reader:
    def __init__(self, register: Register, document: Document) -> None:
        self._register = register
        self._document = document
        self.complete = True

    def rows(self, tickets: Tickets) -> Rows:
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

    def _problem(self, path: Steps, message: str, hint: str, check: str) -> None:
        self.complete = False
        self._register.problems.append(self._document.problem(path, message, hint, check=check))


def _slug(priority: str) -> str:
    return _NOT_A_NAME.sub("-", priority.lower())
