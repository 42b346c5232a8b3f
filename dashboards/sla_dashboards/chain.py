"""What teams and suppliers promise, and which promises to customers rest on it."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from sla_dashboards.modern import Format, ValueText
from sla_dashboards.standing import PAIR, Standing
from slo_gen import names
from slo_gen.rules.info import IN_FORCE
from slo_gen.rules.promql import all_of, label_list, label_matcher, one_of, quote
from slo_gen.spec.model import Agreement, Catalogue

__all__ = ["BACKING", "RESTING", "Chain"]

BACKING: Final = "backing"
"""The label that names a target of a team or a supplier: db-ola/availability."""

RESTING: Final = "resting"
"""The same, where it is shown in the words of what rests on it."""

_SHOWN: Final = 5
"""Promises that are named; the others are counted."""

_OF_PROVIDERS: Final = label_matcher(names.KIND, "SLA", "!=")


class Chain:
    """Queries about the targets of agreements with teams and suppliers in force."""

    def __init__(self, catalogue: Catalogue) -> None:
        active = {name: each for name, each in catalogue.agreements.items() if each.state == IN_FORCE}
        self._rests: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, agreement in sorted(active.items()):
            for target, backing in sorted(agreement.backed_by.items()):
                for each in dict.fromkeys(backing):
                    self._rests[each].append((name, target))
        self.providers = tuple(
            f"{name}/{target}" for name, each in sorted(active.items()) if each.kind != "SLA" for target in _targets(each)
        )  # fmt: skip

    def states(self) -> str:
        """The state of each target, with its name in one label, and once more where what rests on it is to be told."""
        named = self._named(Standing(_OF_PROVIDERS).every_state(), names.KIND, names.PARTY)
        return f'label_join({named}, "{RESTING}", "", "{BACKING}")'

    def left(self) -> str:
        """The share of its budget that each has left."""
        return self._named(f"({Standing().left_share()}) and on ({PAIR}) {Standing(_OF_PROVIDERS).promised()}")

    def worst_above(self) -> str:
        """The worst state of the promises that rest on each."""
        standing, parts = Standing(), []
        for backing, promises in sorted(self._rests.items()):
            of_target: defaultdict[str, list[str]] = defaultdict(list)
            for agreement, target in promises:
                of_target[target].append(agreement)
            for target, agreements in sorted(of_target.items()):
                chosen = (label_matcher(names.TARGET, target), one_of(names.AGREEMENT, agreements))
                known = f"max by ({PAIR}) ({all_of(names.AGREEMENT_TARGET, *chosen)} or {all_of(names.TICKET_TARGET, *chosen)})"
                parts.append(f'label_replace({known}, "{BACKING}", {quote(backing)}, "", "")')
        if not parts:
            return ""
        states = f"max by ({PAIR}) ({standing.every_state()})"
        return f"min by ({BACKING}) (0 * ({' or '.join(parts)}) + on ({PAIR}) group_left () {states})"

    def who(self) -> Format:
        """The name of a target in the words of what rests on it."""
        return Format(texts=tuple(ValueText(each, _words(self._rests.get(each, [])), "text") for each in self.providers))

    @staticmethod
    def _named(expr: str, *more: str) -> str:
        joined = f'label_join({expr}, "{BACKING}", "/", "{names.AGREEMENT}", "{names.TARGET}")'
        return f"max by ({label_list((BACKING, *more))}) ({joined})"


def _targets(agreement: Agreement) -> list[str]:
    others = (*(each.name for each in agreement.ticket_targets), *(each.name for each in agreement.other_targets))
    return [*(each.name for each in agreement.targets), *others]


def _words(promises: list[tuple[str, str]]) -> str:
    named = ", ".join(f"{agreement}/{target}" for agreement, target in promises[:_SHOWN])
    more = len(promises) - _SHOWN
    if not named:
        return "none"
    return f"{named} and {more} more" if more > 0 else named
