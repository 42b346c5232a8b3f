"""What an indicator reads, as parsed selectors; the ground of the checks on selectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slo_gen.rules.promql import PromqlError, Selector, parse_expression, parse_selector
from slo_gen.spec.model import Catalogue, Events, Indicator, Latency, Probe, Ratio, Threshold
from slo_gen.spec.source import Path

__all__ = ["Reading", "counters", "expressions", "path_of", "readings", "syntax_error"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One selector of an indicator. ``role`` is its key in the document, such as total or histogram."""

    indicator: Indicator
    role: str
    selector: Selector

    @property
    def path(self) -> Path:
        """Where the selector stands in the document."""
        return path_of(self.indicator, self.role)


def expressions(indicator: Indicator) -> tuple[tuple[str, str], ...]:
    """The PromQL that the user wrote: (key in the document, text)."""
    match indicator.measure:
        case Events(total, bad, good):
            return (("total", total), *((key, text) for key, text in (("bad", bad), ("good", good)) if text is not None))
        case Latency(histogram=histogram):
            return (("histogram", histogram),)
        case Threshold(value=value):
            return (("value", value),)
        case Probe(series=series, watch=watch):
            return (("series", series),) if watch is None else ()
        case Ratio(error):
            return (("error", error),)


def path_of(indicator: Indicator, role: str) -> Path:
    """Where the key ``role`` of the indicator's measure stands in its document."""
    return ("spec", type(indicator.measure).__name__.lower(), role)


def readings(catalogue: Catalogue) -> Iterator[Reading]:
    """Every selector that can be parsed. One that cannot is told by the check ``selector-syntax``."""
    for indicator in catalogue.indicators.values():
        if isinstance(indicator.measure, Ratio):
            continue
        for role, text in expressions(indicator):
            try:
                yield Reading(indicator, role, parse_selector(text))
            except PromqlError:
                continue


def counters(catalogue: Catalogue) -> Iterator[Reading]:
    """The readings of indicators that count events, in either way."""
    return (reading for reading in readings(catalogue) if isinstance(reading.indicator.measure, Events | Latency))


def syntax_error(indicator: Indicator, text: str) -> PromqlError | None:
    """Why ``text`` cannot be used in this indicator, or None."""
    try:
        if isinstance(indicator.measure, Ratio):
            parse_expression(text)
        else:
            parse_selector(text)
    except PromqlError as error:
        return error
    return None
