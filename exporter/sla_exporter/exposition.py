"""Metrics as text: families with their samples, rendered once and kept until something in them changes.

Prometheus' text format 0.0.4 and OpenMetrics 1.0 differ in a few lines. Label values pass through one quoting function;
characters that no format allows become spaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

__all__ = ["Family", "Kind", "Labels", "Sample", "labels", "limited", "quoted", "render"]

Kind = Literal["gauge", "counter", "histogram", "info"]
Labels = str
"""Labels as they stand between the braces, already quoted."""


class Sample(NamedTuple):
    """One value. ``suffix`` is what follows the family's name: ``_bucket``, ``_sum``, ``_count``, or ""."""

    labels: Labels
    value: int | float
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """All samples of one name. A counter's name ends in ``_total``."""

    name: str
    kind: Kind
    help: str
    samples: Sequence[Sample] = field(default_factory=tuple)


_CONTROL: Final = {code: " " for code in (*range(32), 127) if code != 10}
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", '"': '\\"', **{chr(code): " " for code in _CONTROL}})
_HELP_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n"})


def quoted(value: str) -> str:
    """A label's value in quotes. Lone surrogates, which UTF-8 cannot carry, become question marks."""
    return f'"{value.translate(_ESCAPES).encode("utf-8", "replace").decode()}"'


def labels(values: Mapping[str, str]) -> Labels:
    """Labels in the order of their names; empty ones are left out, as Prometheus does."""
    return ",".join(f"{name}={quoted(value)}" for name, value in sorted(values.items()) if value)


def limited(families: Iterable[Family], most: int) -> Iterator[tuple[Family, int]]:
    """Families cut to ``most`` samples each, and how many were left out. A histogram loses whole series only."""
    for family in families:
        dropped = len(family.samples) - most
        if dropped <= 0:
            yield family, 0
        else:
            kept = family.samples[:most]
            if family.kind == "histogram":
                whole = max((place for place, sample in enumerate(kept, start=1) if sample.suffix == "_count"), default=0)
                kept, dropped = kept[:whole], len(family.samples) - whole
            yield Family(family.name, family.kind, family.help, kept), dropped


def render(family: Family, *, openmetrics: bool) -> bytes:
    """One family as text."""
    name, kind = family.name, family.kind
    described = name.removesuffix("_total") if openmetrics and kind == "counter" else name
    if kind == "info":
        described, kind = (name.removesuffix("_info"), "info") if openmetrics else (name, "gauge")
    lines = [f"# HELP {described} {_help(family.help, openmetrics)}", f"# TYPE {described} {kind}"]
    if openmetrics and (unit := _unit(described)):
        lines.insert(1, f"# UNIT {described} {unit}")
    lines += [
        f"{name}{suffix}{{{text}}} {_number(value)}" if text else f"{name}{suffix} {_number(value)}"
        for text, value, suffix in family.samples
    ]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _help(text: str, openmetrics: bool) -> str:
    escaped = text.translate(_HELP_ESCAPES)
    return escaped.replace('"', '\\"') if openmetrics else escaped


def _unit(name: str) -> str:
    return "seconds" if name.endswith("_seconds") else ""


def _number(value: int | float) -> str:
    if isinstance(value, int):
        return str(value)
    return repr(value) if value == value and abs(value) != float("inf") else ("NaN" if value != value else "+Inf" if value > 0 else "-Inf")
