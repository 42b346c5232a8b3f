"""Encoded queries of ServiceNow, as far as an answer can be held against one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

__all__ = ["Query"]

_CONDITION: Final = re.compile(r"([a-z][a-z0-9_.]*)(ISNOTEMPTY|ISEMPTY|IN(?!STANCEOF)|=)?(.*)", re.DOTALL)
_FLAGS: Final = {"1": "true", "0": "false"}


class _Condition(NamedTuple):
    written: str
    field: str
    operator: str
    value: str

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Whether a record can have been asked for. What is not understood here is taken to hold, if the record has the field."""
        if self.field not in row:
            return False
        found = row[self.field]
        if isinstance(found, dict):
            found = found.get("value")
        have, want = str(found if found is not None else "").casefold(), self.value.casefold()
        if want.startswith("javascript:") or want == "null":
            return True
        match self.operator:
            case "=":
                return have in (want, _FLAGS.get(want))
            case "IN":
                return have in (each.strip() for each in want.split(","))
            case "ISEMPTY":
                return not have
            case "ISNOTEMPTY":
                return bool(have)
        return True


class Query:
    """A query of the document's. ``fields`` are those that an answer must hold to be compared with it."""

    def __init__(self, written: str) -> None:
        parts = [part for part in written.split("^") if part and not part.startswith(("ORDERBY", "GROUPBY", "EQ"))]
        self._clauses = [""] if not parts else "^".join(parts).split("^NQ")
        groups: list[list[_Condition]] = []
        for part in parts:
            said = part.removeprefix("NQ").removeprefix("OR")
            found = _CONDITION.fullmatch(said)
            if found is None:
                continue
            condition = _Condition(said, found[1], found[2] or "", found[3])
            if part.startswith("OR") and groups:
                groups[-1].append(condition)
            else:
                groups.append([condition])
        self.fields = tuple(dict.fromkeys(condition.field for group in groups for condition in group))
        # With alternatives a record needs to hold to one of them, so that only their fields are looked at.
        self._groups = groups if len(self._clauses) == 1 else [[each._replace(operator="")] for group in groups for each in group]

    def also(self, condition: str) -> str:
        """The query with a condition more, in each of its alternatives."""
        return "^NQ".join("^".join(part for part in (clause, condition) if part) for clause in self._clauses)

    def broken_by(self, row: Mapping[str, Any]) -> str:
        """The condition to which a record does not hold, or ""."""
        return next((group[0].written for group in self._groups if not any(each.holds(row) for each in group)), "")
