"""The counters of an indicator, whichever way the user wrote it down.

Events, classic histograms and native histograms differ only in how the counted numbers are read; what counts them
(``exact``, ``light``) sees the same ``Counters``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from slo_gen.rules.promql import Selector, all_of, number, one_of, parse_selector
from slo_gen.spec.model import Events, Latency

__all__ = ["Counter", "Counters", "bucket_labels", "counters_of"]


@dataclass(frozen=True, slots=True)
class Counter:
    """Numbers that only grow while a process lives. ``read`` makes a float out of the selected vector."""

    selector: Selector
    read: Callable[[str], str] = str

    def now(self, shift: int = 0) -> str:
        """The counters as an instant vector, ``shift`` seconds ago."""
        return self.read(str(self.selector.back(shift)))


@dataclass(frozen=True, slots=True)
class Counters:
    """All events, and either the bad or the good ones among them."""

    total: Counter
    other: Counter
    other_is_good: bool

    @property
    def definition(self) -> str:
        """What is counted, as text: a different text is a different indicator to the ledger."""
        return f"{self.total.now()}\n{'good' if self.other_is_good else 'bad'}\n{self.other.now()}"

    def selectors(self) -> tuple[Selector, Selector]:
        return self.total.selector, self.other.selector


def counters_of(measure: Events | Latency) -> Counters:
    """The counters that ``measure`` names. Raises PromqlError for a selector that cannot be used."""
    if isinstance(measure, Latency):
        return _native(measure) if measure.native else _classic(measure)
    total = Counter(parse_selector(measure.total))
    if measure.good is not None:
        return Counters(total, Counter(parse_selector(measure.good)), other_is_good=True)
    assert measure.bad is not None
    return Counters(total, Counter(parse_selector(measure.bad)), other_is_good=False)


def bucket_labels(threshold: Fraction) -> tuple[str, ...]:
    """How client libraries and Prometheus 3 may write ``threshold`` as ``le``: 1, 1.0, 1e+06."""
    text = number(threshold) if threshold.denominator == 1 or "/" not in number(threshold) else f"{float(threshold):g}"
    texts = {text, f"{float(threshold):g}"}
    if threshold.denominator == 1:
        texts.add(f"{text}.0")
    return tuple(sorted(texts))


def _classic(measure: Latency) -> Counters:
    base = parse_selector(measure.histogram)
    bucket = base.suffixed("_bucket")
    within = Selector(bucket.metric, bucket.matchers)
    fast = one_of("le", bucket_labels(measure.threshold))

    def either(vector: str) -> str:
        # A Prometheus 2 that becomes a 3 writes 1.0 where 1 was, and shows both until the old form is gone.
        return f"max without (le) ({vector})"

    return Counters(Counter(base.suffixed("_count")), Counter(_with_text(within, fast), either), other_is_good=True)


def _with_text(selector: Selector, matcher: str) -> Selector:
    """``selector`` with one more finished matcher."""
    return parse_selector(all_of(selector.metric, *map(str, selector.matchers), matcher))


def _native(measure: Latency) -> Counters:
    histogram = parse_selector(measure.histogram)
    limit = number(measure.threshold)

    def count(vector: str) -> str:
        return f"histogram_count({vector})"

    def fast(vector: str) -> str:
        return f"(histogram_fraction(0, {limit}, {vector}) * histogram_count({vector}))"

    return Counters(Counter(histogram, count), Counter(histogram, fast), other_is_good=True)
