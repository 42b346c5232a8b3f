"""The ends of scales and of rights to end an agreement (``below``, ``at_most``, ``above``, ``at_least``), beside what targets come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from msgspec import UNSET

from slo_gen.spec import model
from slo_gen.spec.convert import Document
from slo_gen.spec.documents.agreement import Termination
from slo_gen.spec.documents.credits import Tier
from slo_gen.spec.resolve.bounds import Op, Unit, bound, words_and_figure
from slo_gen.spec.resolve.measuring import TIMED
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import Register
from slo_gen.spec.terms import Bound

__all__ = ["UPPER", "Figure", "ends", "figures", "key_of"]

UPPER: Final = ("<", "<=")
_ENDS: Final[dict[str, Op]] = {"below": "<", "at_most": "<=", "above": ">", "at_least": ">="}


def ends(register: Register, document: Document, section: Tier | Termination, path: Steps, topic: str) -> list[Bound] | None:
    """The ends that a section has; None, and a problem, where one of them is no figure or has words of its own."""
    found: list[Bound] = []
    written = {key: str(getattr(section, key)) for key in _ENDS if getattr(section, key) is not UNSET}
    for key, text in written.items():
        words, figure = words_and_figure(text)
        end = bound(text, _ENDS[key])
        if words:
            register.tell(document, (*path, key), f"`{key}` says already on which side", f"write `{key}: {figure}`", topic)
        elif end is None:
            register.tell(document, (*path, key), f"no figure is in {text}", "write a percentage, a time or a number", topic)
        else:
            found.append(end)
    return found if len(found) == len(written) else None


def key_of(end: Bound) -> str:
    """The key under which an end is written."""
    return next(key for key, op in _ENDS.items() if op == end.op)


@dataclass(frozen=True, slots=True)
class Figure:
    """What a target comes to. ``is_floor``: more of it is better; ``has_downtime``: its bad part is a time."""

    target: str
    unit: Unit
    is_floor: bool
    weight: Fraction | None
    has_downtime: bool

    def gets_worse(self, end: Bound) -> bool:
        """Whether it gets to an end as it becomes worse."""
        return end.unit == self.unit and (end.op in UPPER) == self.is_floor


def figures(agreement: model.Agreement) -> Iterator[Figure]:
    """Of all targets that have one, in their order."""
    for target in agreement.targets:
        timed = target.measure.method in TIMED or target.unit == "s"
        yield Figure(target.name, target.unit, target.direction == "at least", target.weight, timed)
    for ticket in agreement.ticket_targets:
        yield Figure(ticket.name, "%", True, ticket.weight, False)
    for other in agreement.other_targets:
        if other.bound is not None:
            yield Figure(other.name, other.bound.unit, other.bound.op not in UPPER, other.weight, False)
