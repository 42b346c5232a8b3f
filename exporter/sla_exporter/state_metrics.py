"""The families about states, made of what the keeper found last. Every series that is known is there from the first scrape on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final, get_args

from sla_exporter.exposition import Family, Labels, Sample, labels
from sla_exporter.probes.states import STATES
from sla_exporter.state_keeper import Kept
from sla_exporter.state_standings import StatePromise, StateStanding
from sla_exporter.ticket_metrics import identity
from slo_gen import names
from slo_gen.contract.outcome import Verdict
from slo_gen.spec.model import Catalogue

__all__ = ["VERDICTS", "state_families"]

VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)

_AS_OF: Final = f"As of {names.PERIOD_AS_OF}."


def state_families(kept: Kept, catalogue: Catalogue) -> list[Family]:
    """All families about states; none where nothing is watched."""
    return [*_probes(kept, catalogue), *_periods(kept.standings)] if kept.current else []


def _probes(kept: Kept, catalogue: Catalogue) -> Iterator[Family]:
    about = {name: {names.INDICATOR: name, names.SERVICE: catalogue.indicators[name].service} for name in kept.current}
    up = [Sample(labels(about[name]), int(each.state == "up")) for name, each in kept.current.items() if each.state in ("up", "down")]
    states = [
        Sample(labels({**about[name], names.STATE: state}), int(each.state == state))
        for name, each in kept.current.items() for state in STATES
    ]  # fmt: skip
    since = [Sample(labels(about[name]), each.since / 1000) for name, each in kept.current.items() if each.since is not None]
    entered = [Sample(labels({**about[name], names.STATE: state}), number) for (name, state), number in kept.transitions.items()]
    certificates = [
        Sample(labels({**about[place.indicator], names.LOCATION: place.location}), ends)
        for place, ends in sorted(kept.certificates.items())
    ]  # fmt: skip
    yield Family(names.PROBE_UP, "gauge", "1 while it is up, 0 while it is down; not there while that is unknown or excluded.", up)
    yield Family(names.PROBE_STATE, "gauge", "1 for the present state.", states)
    yield Family(names.PROBE_STATE_SINCE, "gauge", "Since when the present state is what it is.", since)
    yield Family(names.PROBE_TRANSITIONS, "counter", "States that began since the exporter did.", entered)
    yield Family(names.PROBE_CERTIFICATE_ENDS, "gauge", "When the first certificate of the chain ends.", certificates)


def _periods(standings: Sequence[tuple[StatePromise, StateStanding]]) -> Iterator[Family]:
    about = [_about(promise) for promise, _ in standings]
    told = [(labels(of), standing) for of, (_, standing) in zip(about, standings, strict=True)]
    seconds = [
        Sample(labels({**of, names.STATE: state}), standing.seconds[state])
        for of, (_, standing) in zip(about, standings, strict=True) for state in STATES
    ]  # fmt: skip
    verdicts = [
        Sample(labels({**of, names.VERDICT: verdict}), int((standing.outcome.verdict if standing.outcome else "not_measured") == verdict))
        for of, (_, standing) in zip(about, standings, strict=True) for verdict in VERDICTS
    ]  # fmt: skip
    yield Family(names.PERIOD_SECONDS, "gauge", f"Seconds of the present period by state; excluded is what does not count. {_AS_OF}",
                 seconds)  # fmt: skip
    yield _gauge(names.PERIOD_COUNTED, "Down time of the present period that the agreement counts.", told,
                 [standing.outcome.counted if standing.outcome else 0 for _, standing in told])  # fmt: skip
    yield _gauge(names.PERIOD_SO_FAR, "What the figure of the present period is a share of so far.", told,
                 [standing.outcome.of if standing.outcome else 0 for _, standing in told])  # fmt: skip
    yield _gauge(names.PERIOD_IN_ALL, "What it is a share of by the end of the period.", told, [each.basis for _, each in told])
    yield _gauge(names.PERIOD_UNSEEN, "Counting time of the present period without data.", told,
                 [standing.outcome.unknown if standing.outcome else 0 for _, standing in told])  # fmt: skip
    yield _gauge(names.PERIOD_LEFT_OUT, "Time of the agreed hours of the present period that is excluded for a reason.", told,
                 [sum(standing.outcome.excluded.values()) if standing.outcome else 0 for _, standing in told])  # fmt: skip
    shares = [(of, standing.outcome) for (of, standing), (promise, _) in zip(told, standings, strict=True)
              if promise.target.unit == "%" and standing.outcome is not None]  # fmt: skip
    for name, what, figures in (
        (names.PERIOD_FIGURE, "The figure of the present period so far.", [outcome.figure for _, outcome in shares]),
        (names.PERIOD_FIGURE_LOWER, "The least that it can be, whatever is unknown.", [outcome.lower for _, outcome in shares]),
        (names.PERIOD_FIGURE_UPPER, "The most that it can be, whatever is unknown.", [outcome.upper for _, outcome in shares]),
    ):
        found = [Sample(of, float(figure)) for (of, _), figure in zip(shares, figures, strict=True) if figure is not None]
        yield Family(name, "gauge", f"{what} {_AS_OF}", found)
    yield Family(names.PERIOD_VERDICT, "gauge", f"1 for the verdict on the present period so far. {_AS_OF}", verdicts)
    yield Family(names.PERIOD_AS_OF, "gauge", "Up to when the present period is judged.", [Sample(of, each.as_of) for of, each in told])


def _gauge(name: str, what: str, told: Sequence[tuple[Labels, StateStanding]], values: Sequence[Fraction | int]) -> Family:
    return Family(name, "gauge", f"{what} {_AS_OF}", [Sample(of, _exact(value)) for (of, _), value in zip(told, values, strict=True)])


def _exact(value: Fraction | int) -> int | float:
    """Whole seconds as such."""
    return int(value) if value == int(value) else float(value)


def _about(promise: StatePromise) -> dict[str, str]:
    agreement, target = promise
    return {**identity(agreement), names.TARGET: target.name, names.INDICATOR: target.indicator}
