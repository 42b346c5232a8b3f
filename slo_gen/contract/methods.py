"""The methods that contracts name, as measurements.

This is the only place that knows the names; each is a way to fill in a ``Measurement``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from slo_gen.contract.measurement import Denominator, Down, Measurement, Reduce, Runs, Share
from slo_gen.spec.model import AgreementTarget, OtherTarget, TicketTarget
from slo_gen.spec.terms import Bound, MeasureTerms

__all__ = ["measured", "measurement", "objective", "of_results", "of_tickets", "promised"]


def measurement(target: AgreementTarget) -> Measurement:
    """How a target on an indicator is measured."""
    return measured(target.measure)


def objective(target: AgreementTarget) -> Bound:
    """What a target on an indicator promises."""
    return target.bound


def of_tickets(target: TicketTarget) -> tuple[Measurement, Bound]:
    """How a target on tickets is measured, and what it promises: the share of them that were in time."""
    return Measurement(None, Share(), over="events"), Bound(">=", target.share, "%", f"at least {target.share_text}")


def of_results(target: OtherTarget) -> tuple[Measurement, Bound] | None:
    """How a target on the number or the time of single tickets is measured; None where single results do not tell."""
    reduce = _OF_RESULTS.get(target.about)
    if reduce is None or target.bound is None or (target.of == "tickets") != (target.about == "count"):
        return None
    return Measurement(None, Share(), over="events", reduce=reduce, percent=target.percent), target.bound


def promised(target: AgreementTarget | TicketTarget | OtherTarget) -> Bound:
    """What a target promises. Raises ValueError for one whose objective is no figure, such as a recorded fact."""
    if isinstance(target, AgreementTarget):
        return target.bound
    if isinstance(target, TicketTarget):
        return of_tickets(target)[1]
    if target.bound is None:
        raise ValueError(f"{target.name} promises no figure")
    return target.bound


_OF_RESULTS: Final[Mapping[str, Reduce]] = {"count": "count", "longest": "max", "percentile": "percentile"}


def measured(terms: MeasureTerms) -> Measurement:
    """The measurement that the terms of a contract describe."""
    match terms.method:
        case "event_ratio":
            return Measurement(None, Share(), terms.empty, terms.unknown, over="events")
        case "interval_mean":
            return Measurement(terms.interval, Share(), terms.empty, terms.unknown, over=_of_time(terms), reduce="mean")
    return Measurement(
        slot=terms.interval,
        score=Down(
            threshold=terms.down_threshold,
            strict=terms.down_strict,
            minimum_events=terms.minimum_events,
            weighted=terms.method == "weighted_downtime",
            by_interval=terms.method == "unavailable_intervals",
        ),
        empty=terms.empty,
        unknown=terms.unknown,
        runs=_runs(terms),
        over=_of_time(terms),
        reduce=terms.reduce or "sum",
    )


def _of_time(terms: MeasureTerms) -> Denominator:
    """Time is no share of events; what is measured in time and names them is a share of all time."""
    return "calendar" if terms.over == "events" else terms.over


def _runs(terms: MeasureTerms) -> Runs | None:
    if terms.longer_than is not None:
        return Runs(terms.longer_than, strict=True, whole=terms.drop_partial)
    if terms.at_least is not None:
        return Runs(terms.at_least, whole=terms.drop_partial)
    if terms.method == "downtime_periods":
        return Runs(terms.interval, whole=terms.drop_partial)
    return None
