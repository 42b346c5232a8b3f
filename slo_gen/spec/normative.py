"""What an agreement says that binds, as one text of bytes: for hashes under closings and signatures.

Everything that decides a figure, a verdict or an amount is in it: the terms after the template was applied, what its
indicators measure, the hours of its calendars. Titles, comments, places in files and the order of keys are not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from slo_gen.spec.model import Agreement, Catalogue

__all__ = ["normative_hash", "normative_text"]

_NOT_BINDING: Final = frozenset({"backed_by", "expected_silence", "origin", "places", "state", "title"})


def normative_text(agreement: Agreement, catalogue: Catalogue) -> str:
    """One ``path = value`` line for each thing that binds, in a fixed order; numbers are exact."""
    used = {target.indicator for target in agreement.targets}
    hours = {target.hours for target in agreement.targets} | {target.hours for target in agreement.ticket_targets}
    hours |= {target.hours for target in agreement.other_targets}
    if agreement.allowance is not None:
        hours.add(agreement.allowance.hours)
    lines = [
        *_lines("agreement", agreement),
        *(line for name in sorted(used & catalogue.indicators.keys()) for line in _lines(f"indicator.{name}", catalogue.indicators[name])),
        *(line for name in sorted(hours & catalogue.calendars.keys()) for line in _lines(f"calendar.{name}", catalogue.calendars[name])),
    ]
    return "".join(f"{line}\n" for line in lines)


def normative_hash(agreement: Agreement, catalogue: Catalogue) -> str:
    """SHA-256 of ``normative_text``, as ``sha256:`` and hexadecimal digits."""
    return "sha256:" + hashlib.sha256(normative_text(agreement, catalogue).encode()).hexdigest()


def _lines(path: str, value: Any) -> Iterator[str]:
    """What differs from nothing; a field with nothing in it is left out, so that a new kind of term changes no old hash."""
    if is_dataclass(value) and not isinstance(value, type):
        yield f"{path} : {type(value).__name__}"
        for field in fields(value):
            if field.compare and field.name not in _NOT_BINDING:
                yield from _lines(f"{path}.{field.name}", getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key in sorted(value, key=str):
            yield from _lines(f"{path}[{key}]", value[key])
    elif isinstance(value, tuple | list):
        for number, each in enumerate(value):
            yield from _lines(f"{path}[{number}]", each)
    elif isinstance(value, frozenset | set):
        yield from _lines(path, sorted(value))
    elif value is not None and value is not False and value != "":
        yield f"{path} = {_text(value)}"


def _text(value: str | int | Fraction | date) -> str:
    return repr(value) if isinstance(value, str) else str(value)
