"""What a measurement means, second by second: slow, and written apart from the code that is tested.

Every second of counting time holds its part of the events of its slot. Intervals are judged from their seconds; unknown stretches
are tried both ways, all combinations of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

from slo_gen.contract.facts import Slots
from slo_gen.contract.measurement import Down, Measurement
from slo_gen.contract.window import Window

Judgement = tuple[Fraction | None, Fraction | None, Fraction | None]
"""Bad share at best, at worst, and as far as it was seen; None: left out; BRIDGE: left out, but in an interval that is down."""

BRIDGE = Fraction(-1)


class BySecond:
    """The facts of a window, one second at a time."""

    def __init__(self, facts: Slots, window: Window) -> None:
        self.window = window
        self.facts = facts
        inside = range(max(0, (window.start - facts.start) // facts.seconds), len(facts.total))
        seen = [facts.total[n] for n in inside if facts.start + n * facts.seconds < window.end]
        self.busiest = Fraction(max((total for total in seen if total is not None), default=0), facts.seconds * facts.per)

    def events(self, second: int) -> tuple[Fraction, Fraction] | None:
        """Bad and all events of a second, None where nobody saw it."""
        place = (second - self.facts.start) // self.facts.seconds
        total = self.facts.total[place] if 0 <= place < len(self.facts.total) else None
        if total is None:
            return None
        parts = self.facts.seconds * self.facts.per
        return Fraction(self.facts.bad[place], parts), Fraction(total, parts)

    def counts(self, second: int) -> bool:
        excluded = any(second in spans for _, spans in self.window.excluded)
        if not self.window.start <= second < self.window.end and not self.facts.start <= second < self.facts.end:
            return False                         # runs are followed over the edges of the period as far as facts reach
        return second in self.window.scheduled and second in self.window.deployed and not excluded


def interval_of(second: int, window: Window, slot: int) -> tuple[int, int]:
    """The region of the grid and the number of the interval in it: a period's grid ends with the period."""
    if second < window.start:
        return 0, (second - window.start) // slot
    if second < window.end:
        return 1, (second - window.start) // slot
    return 2, (second - window.end) // slot


def judged(measurement: Measurement, facts: BySecond, low: int, high: int) -> dict[int, Judgement]:
    """The judgement of each counting second, that of its interval."""
    assert measurement.slot is not None
    groups: dict[tuple[int, int], list[int]] = {}
    for second in range(low, high):
        if facts.counts(second):
            groups.setdefault(interval_of(second, facts.window, measurement.slot), []).append(second)
    found: dict[int, Judgement] = {}
    for seconds in groups.values():
        known = [events for second in seconds if (events := facts.events(second)) is not None]
        unknown = len(seconds) - len(known)
        bad, total = sum((each[0] for each in known), Fraction(0)), sum((each[1] for each in known), Fraction(0))
        best, worst, seen = _judge(measurement, bad, total, facts.busiest * unknown, unknown, len(known))
        for second in seconds:
            here = seen
            if facts.events(second) is None and measurement.unknown in ("bounds", "excluded"):
                here = BRIDGE if seen else None
            match measurement.unknown:
                case "good":
                    found[second] = (best, best, best)
                case "bad":
                    found[second] = (worst, worst, worst)
                case "excluded":
                    found[second] = (here, here, here)
                case _:
                    found[second] = (best, worst, here)
    return found


def _judge(measurement: Measurement, bad: Fraction, total: Fraction, more: Fraction, unknown: int, known: int) -> Judgement:
    empty: Judgement = {
        "good": (Fraction(0),) * 3, "bad": (Fraction(1),) * 3, "excluded": (None, None, None), "unknown": (Fraction(0), Fraction(1), None)
    }[measurement.empty]  # type: ignore[assignment]  # fmt: skip
    if not unknown and not total:
        return empty
    seen = _score(measurement, bad, total) if total else (empty[2] if known else None)
    if not known or not (total or more):
        beyond = not isinstance(measurement.score, Down) or measurement.score.threshold < 1 or not measurement.score.strict
        return _score(measurement, Fraction(0), more) if more else Fraction(0), Fraction(int(beyond)), seen
    tried = [_score(measurement, bad + part, total + all_) for part, all_ in ((0, 0), (0, more), (more, more)) if total + all_]
    if not total:
        tried.append(Fraction(0))                # there may have been none of them
    return min(tried), max(tried), seen


def _score(measurement: Measurement, bad: Fraction, total: Fraction) -> Fraction:
    score = measurement.score
    if not isinstance(score, Down):
        return bad / total
    beyond = bad > score.threshold * total if score.strict else bad >= score.threshold * total
    if not beyond or total < score.minimum_events:
        return Fraction(0)
    return bad / total if score.weighted else Fraction(1)


def runs(shares: Mapping[int, Fraction | None]) -> Iterator[list[int]]:
    """Seconds that are down, in runs without a break."""
    run: list[int] = []
    for second in sorted(shares):
        down = shares[second] is not None and shares[second] != 0
        if run and (not down or run[-1] != second - 1):
            yield run
            run = []
        if down:
            run.append(second)
    if run:
        yield run


def long_enough(measurement: Measurement, run: list[int]) -> bool:
    rule = measurement.runs
    return rule is None or (len(run) > rule.shortest if rule.strict else len(run) >= rule.shortest)


def counted_seconds(measurement: Measurement, window: Window, run: list[int]) -> list[int]:
    rule = measurement.runs
    if not long_enough(measurement, run):
        return []
    if rule is None or not rule.whole:
        return run
    assert measurement.slot is not None
    intervals: dict[tuple[int, int], list[int]] = {}
    for second in run:
        intervals.setdefault(interval_of(second, window, measurement.slot), []).append(second)
    length = {(1, (window.end - window.start) // measurement.slot): (window.end - window.start) % measurement.slot}
    whole = [second for key, seconds in intervals.items() if len(seconds) == length.get(key, measurement.slot) for second in seconds]
    return whole[: len(whole) // rule.shortest * rule.shortest]


def number_of_runs(measurement: Measurement, window: Window, judgements: Mapping[int, Judgement]) -> tuple[int, int]:
    """Fewest and most runs over every choice of the open stretches."""
    stretches: list[list[int]] = []
    for second in sorted(judgements):
        best, worst, _ = judgements[second]
        if not best and worst:
            if stretches and stretches[-1][-1] == second - 1:
                stretches[-1].append(second)
            else:
                stretches.append([second])
    found = []
    for choice in product((False, True), repeat=len(stretches)):
        shares = {second: best for second, (best, _, _) in judgements.items()}
        for down, stretch in zip(choice, stretches, strict=True):
            if down:
                shares.update(dict.fromkeys(stretch, Fraction(1)))
        found.append(sum(1 for run in runs(shares) if reaches(run, window) and long_enough(measurement, run)))
    return min(found), max(found)


def reaches(run: list[int], window: Window) -> bool:
    return run[0] < window.end and run[-1] >= window.start
