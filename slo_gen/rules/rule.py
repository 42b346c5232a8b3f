"""What a rule file is made of: recording rules, alert rules and the groups that hold them.

All durations are whole seconds. The order of the rules in a group is the order of their evaluation: a rule sees
what the rules before it in its own group recorded at the same instant, and nothing of the kind holds between
groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["AlertRule", "RecordingRule", "Rule", "RuleGroup"]


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """Record the vector ``expr`` under the name ``record``, with ``labels`` set on every series of it.

    ``with_previous``: it reads what the rule before it records at the same instant, so the two stay in one group
    where groups have to be split.
    """

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)
    with_previous: bool = False


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Fire ``alert`` for every series of ``expr`` that lasts ``hold`` seconds.

    ``labels`` and ``annotations`` are Go templates: text of a user may stand in them only after
    ``slo_gen.rules.templates.literal``.
    """

    alert: str
    expr: str
    hold: int = 0
    keep_firing: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


Rule = RecordingRule | AlertRule


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that Prometheus evaluates one after the other every ``interval`` seconds.

    ``whole``: every rule may depend on every rule before it, so the group cannot be cut.
    """

    name: str
    interval: int
    rules: tuple[Rule, ...]
    whole: bool = False
