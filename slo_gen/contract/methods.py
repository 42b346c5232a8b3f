"""The methods that contracts name, as measurements.

This is the only place that knows the names; each is a way to fill in a ``Measurement``.
"""

from __future__ import annotations

from slo_gen.contract.measurement import Denominator, Down, Measurement, Runs, Share
from slo_gen.spec.model import AgreementTarget, TicketTarget
from slo_gen.spec.terms import Bound, MeasureTerms

__all__ = ["measured", "measurement", "objective", "of_tickets"]


def measurement(target: AgreementTarget) -> Measurement:
    """How a target on an indicator is measured."""
    return measured(target.measure)


def objective(target: AgreementTarget) -> Bound:
    """What a target on an indicator promises."""
    return target.bound


def of_tickets(target: TicketTarget) -> tuple[Measurement, Bound]:
    """How a target on tickets is measured, and what it promises: the share of them that were in time."""
    return Measurement(None, Share(), over="events"), Bound(">=", target.share, "%", f"at least {target.share_text}")


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
