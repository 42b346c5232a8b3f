"""The register of processes behind the exact way of counting: who was scraped, since when, and under which labels.

A counter belongs to a process: one start time (``process_start_time_seconds``) on one scraped target. Knowing the
processes tells a restart from a scrape that failed, a new pod from an old one with new labels, and how much may have
happened after the last scrape of one that ended. None of this depends on what is counted, so these rules stand once
per set of targets, before the indicators that share it and in their rule group.

Everything is evaluated at the *mark*, the last whole interval that lies at least the settling delay back, so that
all copies of a rule see the same samples whatever their phase. Within the last ``CATCH_UP`` intervals before the
mark the targets are looked at step by step (a step is about one scrape), which makes the register complete again
after evaluations were missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from slo_gen import names
from slo_gen.rules.promql import Matcher, Selector, all_of, duration, label_list, label_matcher, quote
from slo_gen.rules.rule import RecordingRule

__all__ = [
    "AWAY", "CATCH_UP", "LIGHT_CATCH_UP", "NAMED", "NAMELESS", "SETTLEMENT", "Recorded", "Targets", "common_matchers", "process_rules",
]

CATCH_UP: Final = 5
"""Intervals that one evaluation looks back: a Prometheus that was away for less misses nothing."""

LIGHT_CATCH_UP: Final = 2
"""The same where counting is light: only what ended while Prometheus was away for longer loses its last events."""

AWAY: Final = range(1, 3)
"""Intervals that Prometheus may have been away after an evaluation that was cut off, for it to be counted."""

SETTLEMENT: Final = 15
"""Intervals within which a relabelled process must be found settled again to be continued without a loss."""

NAMED: Final = f'{names.PROCESS}!=""'
NAMELESS: Final = f'{names.PROCESS}=""'
"""Matchers for processes that tell their start time, and for targets that do not."""

_START_TIME: Final = "process_start_time_seconds"
_UP: Final = "up"
_GROUP_LABELS: Final = frozenset({"job", "cluster"})
_SHARED_LABELS: Final = _GROUP_LABELS | {"namespace", "container"}
_TICK: Final = Fraction(1, 1000)
_LOOK_BACK: Final = 300
"""Seconds for which Prometheus shows a series that nobody has marked as ended."""

_SAMPLES: Final = 3
"""Scrapes that are looked at, where they are so rare that the catch-up time has fewer."""

_ADJUSTED: Final = 2
"""Seconds by which the start time of one process may change when the clock of its machine is set."""


@dataclass(frozen=True, slots=True)
class Targets:
    """A set of scraped targets and how they are looked at. All times in seconds.

    ``name`` is the value of the label ``targets`` on its register; ``labels`` identify one target; ``matchers`` are
    those of the user's selectors that stand on such labels. ``part`` are those of one indicator among several that
    share a register: what is recorded is read for its targets only. A sample older than ``fresh`` is not the last
    scrape's. What was not steady is looked at step by step for the last ``intervals``.
    """

    name: str
    matchers: tuple[Matcher, ...]
    labels: tuple[str, ...]
    interval: int
    step: int
    settling: int
    bridge: int
    fresh: int
    part: tuple[Matcher, ...] = ()
    intervals: int = CATCH_UP

    # -- labels -------------------------------------------------------------------------------------------------

    def by_target(self, *more: str) -> str:
        return label_list((*self.labels, *more))

    def by_process(self, *more: str) -> str:
        """One process on one target."""
        return label_list((*self.labels, names.PROCESS, *more))

    def by_group(self, *more: str) -> str:
        """The targets of one job."""
        return label_list((*(label for label in self.labels if label in _GROUP_LABELS), *more))

    def by_start(self, *more: str) -> str:
        """All targets that claim the same start time: normally one process, whatever its target labels."""
        return self.by_group(names.PROCESS, *more)

    @property
    def own_labels(self) -> tuple[str, ...]:
        """The labels that tell one target of a job from another: its address, its pod."""
        return tuple(label for label in self.labels if label not in _SHARED_LABELS)

    # -- times --------------------------------------------------------------------------------------------------

    @property
    def catch_up(self) -> int:
        return CATCH_UP * self.interval

    def at_mark(self, expression: str) -> str:
        """``expression`` as it was at the mark."""
        span = duration(self.interval - _TICK)
        return f"last_over_time(({expression})[{span}:{duration(self.interval)}] offset {duration(self.settling)})"

    def by_steps(self, function: str, expression: str) -> str:
        """``function`` of ``expression`` at every step of the last ``intervals`` before the instant."""
        return f"{function}(({expression})[{duration(self.intervals * self.interval - _TICK)}:{duration(self.step)}])"

    def by_samples(self, function: str, selector: Selector) -> str:
        """``function`` of all samples that a step may see, series by series: cheaper than step by step."""
        return f"{function}({selector.over(max(self.catch_up, _LOOK_BACK, _SAMPLES * self.fresh) - _TICK)})"

    @property
    def settlement(self) -> int:
        """How long a start time may stay unsettled and its relabelling still be accounted for."""
        return SETTLEMENT * self.interval

    # -- what was recorded --------------------------------------------------------------------------------------

    def recorded(self, metric: str, *matchers: str) -> Recorded:
        return Recorded(self, all_of(metric, label_matcher(names.TARGETS, self.name), *map(str, self.part), *matchers))

    # -- identity -----------------------------------------------------------------------------------------------

    def start_times(self, function: str) -> str:
        """The latest (or first) start time of every target among the samples of the catch-up time."""
        samples = self.by_samples(f"{function}_over_time", Selector(_START_TIME, self.matchers))
        return f"{function} by ({self.by_target()}) ({samples})"

    def start_time(self, shift: int = 0) -> str:
        return f"max by ({self.by_target()}) ({Selector(_START_TIME, self.matchers).back(shift)})"

    def started(self, shift: int = 0) -> str:
        """One element of value 1 for every target that tells its start time; the label ``process`` holds it."""
        return self.named(self.start_time(shift))

    def named(self, start_times: str) -> str:
        """The same of these targets only."""
        return f'count_values by ({self.by_target()}) ("{names.PROCESS}", {start_times})'

    def scraped_lately(self, shift: int = 0) -> str:
        """Targets whose sample is that of their last scrape.

        A series that ended while Prometheus was away has no staleness marker, and lingers for the look-back time.
        """
        at = f"timestamp({Selector(_START_TIME, self.matchers).back(shift)})"
        return f"max by ({self.by_target()}) ({at}) > time() - {shift + self.fresh}"

    def up(self) -> str:
        return f"group by ({self.by_target()}) ({Selector(_UP, self.matchers)} == 1)"

    def up_lately(self) -> str:
        return f"group by ({self.by_target()}) ({self.by_samples('max_over_time', Selector(_UP, self.matchers))} == 1)"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded series as an earlier or the present evaluation left it. Evaluations, not marks, are counted here."""

    targets: Targets
    selector: str

    def now(self) -> str:
        """What an earlier rule of the group recorded in this evaluation."""
        return f"last_over_time({self.selector}[1s])"

    def not_counted(self) -> str:
        """What this evaluation recorded, and an earlier one that was cut off before anything was counted by it."""
        interval, cut_off = self.targets.interval, self.cut_off()
        earlier = (
            f"last_over_time({self.selector}[{duration(interval)}] offset {duration((number - 1) * interval + 1)})"
            f" and on () ({cut_off} == {number})"
            for number in AWAY
        )
        return f"({' or '.join((self.now(), *earlier))})"

    def cut_off(self) -> str:
        """Whether an evaluation was cut off lately, and how many intervals ago."""
        return Recorded(self.targets, all_of(names.CUT_OFF, label_matcher(names.TARGETS, self.targets.name))).now()

    def now_on_steps(self) -> str:
        """The same within a subquery, where every step sees what this evaluation recorded."""
        return f"last_over_time({self.selector}[1s] @ end())"

    def within_on_steps(self, seconds: int) -> str:
        """The last value of this or an earlier evaluation, not more than ``seconds`` back, within a subquery."""
        return f"last_over_time({self.selector}[{duration(seconds - _TICK)}] @ end())"

    def before(self, seconds: int, function: str = "last_over_time", *, intervals: int = 0) -> str:
        """The last value of earlier evaluations, not more than ``seconds`` back; of those before one ``intervals`` ago."""
        return f"{function}({self.selector}[{duration(seconds)}] offset {duration(intervals * self.targets.interval + 1)})"

    def within(self, seconds: int, function: str = "last_over_time") -> str:
        """The last value of this or an earlier evaluation, not more than ``seconds`` back."""
        return f"{function}({self.selector}[{duration(seconds)}])"


def process_rules(targets: Targets, *, exact: bool = True) -> tuple[RecordingRule, ...]:
    """The register of one set of targets, in the order of evaluation. Only what counts exactly asks what has ended."""
    return tuple(
        RecordingRule(metric, expression, {names.TARGETS: targets.name})
        for metric, expression in (
            (names.PROCESS_PRESENT, _present(targets)),
            (names.PROCESS_RESTARTED, _restarted_targets(targets)),
            (names.PROCESS_SEEN, _seen(targets)),
            (names.PROCESS_FIRST_STEP, _unsteady(targets, "min_over_time")),
            (names.PROCESS_LAST_STEP, _unsteady(targets, "max_over_time")),
            (names.PROCESS_NEW, _new(targets)),
            (names.PROCESS_ZERO, _from_zero(targets)),
            (names.PROCESS_SETTLED, _settled(targets)),
            (names.PROCESS_REPLACED, _replaced(targets)),
            (names.PROCESS_ARRIVED, _arrived(targets)),
            (names.PROCESS_DEPARTED, _departed(targets)),
            (names.PROCESS_ENDED, _ended(targets)),
        )
        if exact or metric != names.PROCESS_ENDED
    )


def _restarted_targets(targets: Targets) -> str:
    """Targets that told several start times within the catch-up time: only these are looked at step by step."""
    return targets.at_mark(f"{targets.start_times('max')} > {targets.start_times('min')}")


def _seen(targets: Targets) -> str:
    """Every process that was scraped, with its start time; a target that never told one is a process of its own."""
    restarted, target = targets.recorded(names.PROCESS_RESTARTED), targets.by_target()
    latest = targets.start_times("max")
    steady = f"{targets.at_mark(f'{targets.named(latest)} * on ({target}) group_left () {latest}')} unless on ({target}) {restarted.now()}"
    start_time = f"({targets.start_time()} and on ({target}) {restarted.now_on_steps()})"
    several = targets.at_mark(targets.by_steps("max_over_time", f"{targets.named(start_time)} * on ({target}) group_left () {start_time}"))
    return f"{steady} or {several} or on ({target}) 0 * {targets.at_mark(targets.up_lately())}"


def _unsteady(targets: Targets, function: str) -> str:
    """The first or last step that saw each process of the targets that had no steady one.

    Steady is a target that had one process lately, which is there at the mark: all there is to know of it is what its
    counters show then. Only the few others must be looked at step by step, and those that tell no start time.
    """
    target, seen = targets.by_target(), targets.recorded(names.PROCESS_SEEN)
    restarted = targets.recorded(names.PROCESS_RESTARTED).now_on_steps()
    present = targets.recorded(names.PROCESS_PRESENT, NAMED).now_on_steps()
    unsteady = f"(({seen.now_on_steps()} unless on ({targets.by_process()}) {present}) or {restarted})"
    started = targets.named(f"{targets.start_time()} and on ({target}) {unsteady}")
    named = targets.at_mark(targets.by_steps(function, f"0 * {started} + time()"))
    ago = targets.settling + (targets.catch_up if function == "min_over_time" else 0)
    return f"{named} or 0 * {targets.recorded(names.PROCESS_SEEN, NAMELESS).now()} + time() - {ago}"


def _present(targets: Targets) -> str:
    """The processes that were there at the mark itself."""
    there = f"{targets.at_mark(targets.started())} or on ({targets.by_target()}) {targets.at_mark(targets.up())}"
    return f"0 * ({there}) + time()"


def _new(targets: Targets) -> str:
    seen = targets.recorded(names.PROCESS_SEEN)
    return f"0 * {seen.now()} + time() unless {seen.before(targets.bridge)}"


def _from_zero(targets: Targets) -> str:
    """Processes whose counters began at zero while we watched: not an older one under new labels.

    A start time within the bridge that no other target claims is proof, unless the same target told one hardly earlier:
    then its clock was set. A new target that tells no start time is
    taken for a new process unless it may continue one that has just gone; every indicator still checks whether the
    level of such a one is plausible.
    """
    seen = targets.recorded(names.PROCESS_SEEN)
    known = targets.recorded(names.PROCESS_SEEN, NAMED).before(targets.bridge)
    zero = targets.recorded(names.PROCESS_ZERO, NAMED).before(targets.bridge)
    young = f"{seen.now()} > time() - {targets.bridge + targets.settling}"
    latest = f"max by ({targets.by_target()}) ({known})"
    adjusted = f"({young}) < on ({targets.by_target()}) group_left () ({latest} + {_ADJUSTED})"
    first_of_its_name = f"(({young}) unless on ({targets.by_start()}) {known} unless on ({targets.by_process()}) ({adjusted}))"
    nameless = f"{targets.recorded(names.PROCESS_NEW, NAMELESS).now()} unless on ({targets.by_process()}) ({_perhaps_relabelled(targets)})"
    return f"{first_of_its_name} or (({young}) and on ({targets.by_process()}) {zero}) or {nameless}"


def _perhaps_relabelled(targets: Targets) -> str:
    """New nameless targets that share their address or pod with one that has just gone, or have nothing else to go by."""
    present = targets.recorded(names.PROCESS_PRESENT, NAMELESS)
    gone = f"({present.before(targets.interval)} unless on ({targets.by_process()}) {present.now()})"
    suspects: list[str] = []
    for label in targets.own_labels:
        shared = targets.recorded(names.PROCESS_NEW, NAMELESS, label_matcher(label, "", "!=")).now()
        suspects.append(f"{shared} and on ({targets.by_group(label)}) {gone}")
        only = [label_matcher(other, "") for other in targets.own_labels if other != label]
        suspects.append(f"{targets.recorded(names.PROCESS_NEW, NAMELESS, *only).now()} and on ({targets.by_group()}) {gone}")
    return " or ".join(suspects)


def _settled(targets: Targets) -> str:
    """The targets of each start time, where that set has not changed for one step: no relabelling is under way."""
    group, process, target = targets.by_start(), targets.by_process(), targets.by_target()
    now = f"({targets.recorded(names.PROCESS_PRESENT, NAMED).now()} and on ({target}) {targets.at_mark(targets.scraped_lately())})"
    step = targets.step
    earlier = targets.at_mark(f"{targets.started(step)} and on ({target}) {targets.scraped_lately(step)}")
    both = f"label_replace({now}, {quote(names.ENTRY)}, {quote('now')}, {quote('')}, {quote('')}) or {earlier}"
    unchanged = f"min by ({group}) (count by ({process}) ({both})) == 2"
    return f"{now} and on ({group}) ({unchanged})"


def _replaced(targets: Targets) -> str:
    """When and where each start time was last settled before, if it is settled now and on other targets too."""
    group, now = targets.by_start(), targets.recorded(names.PROCESS_SETTLED)
    new = targets.recorded(names.PROCESS_NEW, NAMED).within(targets.settlement)
    settled = f"({now.before(targets.settlement)} and on ({group}) {new})"
    last = f"({settled} == on ({group}) group_left () max by ({group}) ({settled}))"
    moved = f"({now.now()} and on ({targets.by_process()}) {new})"
    return f"{last} and on ({group}) ({moved} unless on ({targets.by_process()}) {last})"


def _settled_and_replaced(targets: Targets) -> tuple[str, str]:
    return targets.recorded(names.PROCESS_SETTLED).now(), targets.recorded(names.PROCESS_REPLACED).now()


def _moved(targets: Targets) -> str:
    """Start times that are settled again on as many targets as before, but on other ones: relabelled processes."""
    (now, before), group = _settled_and_replaced(targets), targets.by_start()
    return f"(count by ({group}) ({now}) == count by ({group}) ({before}))"


def _joined(targets: Targets) -> str:
    """Start times that are settled on more targets than before, all the old ones among them."""
    (now, before), group = _settled_and_replaced(targets), targets.by_start()
    return (
        f"((count by ({group}) ({now}) > count by ({group}) ({before}))"
        f" unless on ({group}) ({before} unless on ({targets.by_process()}) {now}))"
    )


def _arrived(targets: Targets) -> str:
    """Processes first seen since their start time was last settled, whose counters continue others or began at zero.

    A process that changed its labels continues its own counter; one that joins others of the same start time is
    another process, and began at zero if it is young.
    """
    group = targets.by_start()
    when = f"max by ({group}) ({targets.recorded(names.PROCESS_REPLACED).now()})"
    since = f"({targets.recorded(names.PROCESS_NEW).within(targets.settlement)} > on ({group}) group_left () {when})"
    young = f"({targets.recorded(names.PROCESS_SEEN).now()} > time() - {targets.bridge + targets.settling})"
    return (
        f"{since} and on ({group}) {_moved(targets)}"
        f" or {since} and on ({group}) {_joined(targets)} and on ({targets.by_process()}) {young}"
    )


def _departed(targets: Targets) -> str:
    """The targets that those which arrived continue."""
    now, before = _settled_and_replaced(targets)
    arrived = targets.recorded(names.PROCESS_ARRIVED).now()
    return (
        f"(({before} or {arrived}) unless on ({targets.by_process()}) {now})"
        f" and on ({targets.by_start()}) {_moved(targets)}"
    )


def _ended(targets: Targets) -> str:
    """Processes that were there at the mark before and are gone, with what part of an interval no scrape can have seen.

    Between its last scrape and its end a process may have run for nearly one step. What it counted in an interval,
    times this share, bounds what it counted then; one that lived for less than an interval counted faster. A process that
    tells no start time may have begun just before the mark that first saw it.
    """
    present = targets.recorded(names.PROCESS_PRESENT)
    earlier = present.before(targets.catch_up)
    last = f"({earlier} == on ({names.TARGETS}) group_left () max by ({names.TARGETS}) ({earlier}))"
    named = f"scalar({targets.at_mark('vector(time())')}) - {targets.interval} - {targets.recorded(names.PROCESS_SEEN, NAMED).now()}"
    lately = targets.recorded(names.PROCESS_NEW, NAMELESS).within(targets.catch_up)
    longer = f"0 * {targets.recorded(names.PROCESS_SEEN, NAMELESS).now()} + {targets.interval}"
    lived = f"{named} or time() - {targets.interval} - {lately} or {longer}"
    share = f"{targets.step} / clamp({lived}, {targets.step}, {targets.interval})"
    gone = f"(({last} or {targets.recorded(names.PROCESS_NEW).now()}) unless on ({targets.by_process()}) {present.now()})"
    moved = targets.recorded(names.PROCESS_ARRIVED).now()
    return f"{share} and on ({targets.by_process()}) ({gone} unless on ({targets.by_start()}) {moved})"


def common_matchers(selectors: Iterable[Selector], labels: tuple[str, ...]) -> tuple[Matcher, ...]:
    """The conditions on target labels that all of ``selectors`` share; fewer only make the set of targets larger."""
    first, *others = [selector.on(labels) for selector in selectors]
    return tuple(sorted(matcher for matcher in first if all(matcher in other for other in others)))
