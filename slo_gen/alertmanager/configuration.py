"""What an Alertmanager configuration is made of, whatever file it is written to. Durations are whole seconds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from slo_gen.rules.promql import MatcherOp, regex_literal
from slo_gen.spec.notification import Receiver, Setting

__all__ = ["Configuration", "InhibitRule", "Matcher", "Moments", "Route", "TimeInterval", "TimeSpan", "is_", "one_of"]



@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label. A regular expression matches the whole value."""

    label: str
    op: MatcherOp
    value: str

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with these labels meets it; a label that is not there is empty."""
        value = labels.get(self.label, "")
        if self.op in ("=", "!="):
            return (value == self.value) == (self.op == "=")
        return (re.fullmatch(self.value, value, re.DOTALL) is not None) == (self.op == "=~")


def is_(label: str, value: str) -> Matcher:
    """The label has exactly this value."""
    return Matcher(label, "=", value)


def one_of(label: str, values: Iterable[str]) -> Matcher:
    """The label has one of these values, letter for letter. Raises ValueError when there is none."""
    found = sorted(set(values))
    if not found:
        raise ValueError("a matcher needs a value")
    if len(found) == 1:
        return Matcher(label, "=", found[0])
    return Matcher(label, "=~", "|".join(map(regex_literal, found)))


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Minutes after midnight; the end is not part of it and is at most 1440."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Moments:
    """Times at which all of its conditions hold; a condition that is empty always does.

    ``weekdays``: 0 is Monday. ``year`` and ``month`` are 0 where any will do. ``days`` are first and last days of a month.
    """

    times: tuple[TimeSpan, ...]
    weekdays: tuple[int, ...] = ()
    year: int = 0
    month: int = 0
    days: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """Named times: those of any of its moments, on the clocks of ``timezone``."""

    name: str
    timezone: str
    moments: tuple[Moments, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the routing tree. "", () and None are taken from the route above.

    ``active`` and ``mute`` name time intervals: sent while one of the former is, and none of the latter. ``on`` looks at the
    routes after this one too. ``about`` is said in a comment.
    """

    matchers: tuple[Matcher, ...]
    receiver: str = ""
    group_by: tuple[str, ...] = ()
    wait: int | None = None
    interval: int | None = None
    repeat: int | None = None
    active: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    on: bool = False
    routes: tuple[Route, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class InhibitRule:
    """While an alert matches ``sources``, alerts that match ``targets`` and share the labels ``equal`` with it are not sent."""

    sources: tuple[Matcher, ...]
    targets: tuple[Matcher, ...]
    equal: tuple[str, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything of one catalogue: one route, to be the whole tree or a part of one, and what it needs.

    ``receivers`` are those that routes name, also where documents only name them. ``settings`` is the ``global`` part.
    """

    route: Route
    receivers: tuple[Receiver, ...]
    inhibit_rules: tuple[InhibitRule, ...]
    time_intervals: tuple[TimeInterval, ...]
    settings: Mapping[str, Setting] = field(default_factory=dict)
