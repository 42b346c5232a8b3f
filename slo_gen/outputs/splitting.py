"""Groups that are too large for a target, made smaller.

The rules of one group run one after the other; those of two groups run in no order. A group is cut only between
rules that do not depend on each other at the same instant (``RecordingRule.with_previous``). What then reads another
part's record reads the one of this instant or the one before it: the same figure, at most one interval old.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from slo_gen.outputs.errors import OutputError
from slo_gen.rules.rule import RecordingRule, Rule, RuleGroup

__all__ = ["split_group"]


def split_group(group: RuleGroup, size: Callable[[Rule], int], room: int, limit: str) -> tuple[RuleGroup, ...]:
    """The group in few parts, the sizes of whose rules add up to at most ``room``. One that fits keeps its name.

    Raises OutputError, with ``limit`` saying which setting it is, where rules that belong together do not fit.
    """
    parts: list[list[Rule]] = []
    free = 0
    for run in [group.rules] if group.whole else _runs(group.rules):
        needed = sum(map(size, run))
        if needed > room:
            raise OutputError(f"{len(run)} rules of the group {group.name} belong together and are above {limit}", f"raise {limit}")
        if needed > free:
            parts.append([])
            free = room
        parts[-1].extend(run)
        free -= needed
    if len(parts) <= 1:
        return (group,)
    return tuple(replace(group, name=f"{group.name}-{number}", rules=tuple(rules)) for number, rules in enumerate(parts, 1))


def _runs(rules: tuple[Rule, ...]) -> Iterator[tuple[Rule, ...]]:
    """Rules that have to stay together, in their order."""
    run: list[Rule] = []
    for rule in rules:
        if run and not (isinstance(rule, RecordingRule) and rule.with_previous):
            yield tuple(run)
            run = []
        run.append(rule)
    if run:
        yield tuple(run)
