"""Targets with random measurements on random minutes, for both interpreters of a ``Measurement``."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from catalogues import agreement, catalogue, indicator

from slo_gen import names
from slo_gen.contract.evaluate import evaluate
from slo_gen.contract.exclusions import exclusions
from slo_gen.contract.facts import Slots
from slo_gen.contract.methods import measurement, objective
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.target_period import term
from slo_gen.contract.window import ALL_TIME, Window
from slo_gen.spec.model import ALWAYS, Agreement, AgreementTarget, Catalogue
from slo_gen.spec.terms import MeasureTerms, Method
from slo_gen.timekeeping.periods import Periods
from slo_gen.timekeeping.spans import EMPTY, Spans

MINUTE, HOUR, DAY = 60, 3600, 86_400
Minute = tuple[int, int] | None
"""Total and bad events; None where nothing was recorded."""


@dataclass(frozen=True, slots=True)
class Case:
    """One target of one agreement on an indicator of its own. ``minutes`` begin at ``start``; ``active``: when its condition held."""

    name: str
    agreement: Agreement
    minutes: Sequence[Minute]
    start: int
    active: Spans = EMPTY

    @property
    def target(self) -> AgreementTarget:
        return self.agreement.targets[0]

    def facts(self) -> Slots:
        return Slots(self.start, MINUTE, [each and each[0] for each in self.minutes], [each[1] if each else 0 for each in self.minutes])

    def outcome(self, of: Catalogue, start: int, end: int) -> Outcome:
        """The figures of ``[start, end)``, of which everything is known."""
        target = self.target
        hours = ALL_TIME if target.hours == ALWAYS else of.calendars[target.hours].spans(start - DAY, end + DAY)
        reasons = {each.reason: self.active for each in target.exclude if each.when}
        deployed = term(self.agreement)
        excluded = exclusions(self.agreement, target, of.maintenance, start, end, service="shop", agreed=hours & deployed, found=reasons)
        window = Window(start, end, hours, deployed, excluded.by_reason)
        return evaluate(target.name, measurement(target), objective(target), self.facts(), window)

    def inputs(self) -> Mapping[str, str]:
        """The records for promtool, a sample every minute from 0: the record at t is about the minute that ends at t - 60."""
        before = "_ " * (self.start // MINUTE + 2)
        label = f'{{indicator="{self.target.indicator}"}}'

        def text(number: int) -> str:
            return before + " ".join("_" if each is None else str(each[number]) for each in self.minutes)

        return {names.TOTAL + label: text(0), names.BAD + label: text(1)}


def sold(name: str, measure: MeasureTerms, *, period: Periods | None = None, **changes: object) -> Agreement:
    """An agreement with one target on an indicator of the same name."""
    made = agreement(name, name)
    target = replace(made.targets[0], measure=measure, **changes)  # type: ignore[arg-type]
    return replace(made, targets=(target,), period=period or Periods("month"))


def traffic(dice: random.Random, count: int) -> list[Minute]:
    """Calm and bad times, silence and gaps of all lengths."""
    found: list[Minute] = []
    while len(found) < count:
        length = dice.choice([1, 1, 2, 3, 5, 10, 20, 60])
        kind = dice.choice(["calm", "calm", "bad", "mixed", "silent", "gap"])
        for _ in range(length):
            total = dice.choice([1, 2, 10, 20, 100])
            match kind:
                case "calm":
                    found.append((total, 0))
                case "bad":
                    found.append((total, total))
                case "mixed":
                    found.append((total, dice.randint(0, total)))
                case "silent":
                    found.append((0, 0))
                case _:
                    found.append(None)
    return found[:count]


def thrown_measure(dice: random.Random) -> MeasureTerms:
    methods: list[Method] = [
        "event_ratio", "downtime_minutes", "downtime_periods", "interval_mean", "unavailable_intervals", "weighted_downtime",
    ]  # fmt: skip
    method = dice.choice(methods)
    return MeasureTerms(
        method=method,
        interval=dice.choice([60, 60, 300, 900, 3600]),
        at_least=dice.choice([None, 120, 300, 600]) if method == "downtime_periods" else None,
        longer_than=dice.choice([None, None, 180]) if method == "downtime_periods" else None,
        down_threshold=dice.choice([Fraction(0), Fraction(1, 20), Fraction(1, 2), Fraction(1)]),
        down_strict=dice.random() < 0.7,
        minimum_events=dice.choice([0, 0, 10]),
        empty=dice.choice(["good", "bad", "excluded", "unknown"]),
        unknown=dice.choice(["bounds", "bounds", "good", "excluded", "bad"]),
        over=dice.choice(["calendar", "scheduled", "deployed"]),
    )


def catalogue_of(cases: Sequence[Case], **changes: object) -> Catalogue:
    made = catalogue([indicator(case.name) for case in cases], (), [case.agreement for case in cases])
    return replace(made, **changes)  # type: ignore[arg-type]

