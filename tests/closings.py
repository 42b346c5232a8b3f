"""A closed month for tests, without a Prometheus."""

from __future__ import annotations

from fractions import Fraction

from slo_gen.contract.facts import Slots
from slo_gen.contract.outcome import Interruption, Outcome
from slo_gen.contract.window import Window
from slo_gen.history.closing_file import (
    Change,
    ClosedTarget,
    Closing,
    DueDate,
    FactsReference,
    Judged,
    ReadSource,
    Revision,
    facts_text,
)
from slo_gen.spec.terms import Bound, MeasureTerms
from slo_gen.timekeeping.spans import Spans

START, END = 1_790_805_600, 1_793_487_600           # October 2026 in Berlin
MINUTES = (END - START) // 60
DAY = 86_400


def slots(bad: int = 43) -> Slots:
    return Slots(START, 60, [100] * MINUTES, [0] * 600 + [1] * bad + [0] * (MINUTES - 600 - bad))


def target(bad: int = 43, facts: FactsReference | None = None) -> ClosedTarget:
    figure = 1 - Fraction(bad, MINUTES * 100)
    return ClosedTarget(
        target="availability", indicator="requests", where={"region": "eu"}, objective="at least 99.9%", verdict="met", breach=False,
        attained="99.999%", completeness=Fraction(1),
        outcome=Outcome(
            "availability", START, END, "met", figure, figure, figure, Fraction(bad), Fraction(bad), Fraction(MINUTES * 100), "events",
            excluded={"maintenance": 3600}, interruptions=(Interruption(START + 36_000, START + 36_060, Fraction(1)),),
        ),
        measure=MeasureTerms(), bound=Bound(">=", Fraction("0.999"), "%", "at least 99.9%"),
        window=Window(START, END, excluded=(("maintenance", Spans(((START + 7200, START + 10_800),))),)),
        facts=facts or facts_text("requests", {"region": "eu"}, slots(bad))[0],
        queries=('slm:bad:increase1m{indicator="requests", region="eu"}',),
        sources=(ReadSource(labels={"replica": "a"}, records=MINUTES, read=True),),
    )


def judged(bad: int = 43, server: str = "http://prometheus:9090") -> Judged:
    report = DueDate(what="report", at=END + DAY)
    return Judged(terms="sha256:00", server=server, version="3.5.0", targets=(target(bad),), deadlines=(report,))


def closing(bad: int = 43, objections_until: int | None = END + 14 * DAY) -> Closing:
    return Closing(
        agreement="acme-checkout", kind="SLA", party="customer/acme", service="checkout", period="2026-10", timezone="Europe/Berlin",
        start=START, end=END, state="provisional", objections_until=objections_until,
        current=Revision(number=1, at=END + 3600, judged=judged(bad)),
        changes=(Change(at=END + 3600, state="provisional", revision=1, what="closed"),),
    )
