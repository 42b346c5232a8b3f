"""Small resolved catalogues for the tests of the rules, without a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from slo_gen.spec.model import (
    Agreement,
    AgreementTarget,
    BurnWindow,
    Catalogue,
    Evaluation,
    Events,
    Indicator,
    Origin,
    Party,
    Service,
    Slo,
)
from slo_gen.timekeeping.periods import Periods

ORIGIN = Origin("specs/shop.yaml", 3, 5)
HOUR, DAY = 3600, 86_400
PAIRS = (
    BurnWindow(HOUR, 300, Fraction(2, 100), "page"),
    BurnWindow(6 * HOUR, 1800, Fraction(5, 100), "page"),
    BurnWindow(DAY, 2 * HOUR, Fraction(10, 100), "ticket"),
    BurnWindow(3 * DAY, 6 * HOUR, Fraction(10, 100), "ticket"),
)


def indicator(name: str, **changes: object) -> Indicator:
    values: dict[str, object] = {
        "name": name, "title": f"Requests of {name}", "service": "shop",
        "measure": Events(f'http_requests_total{{app="{name}"}}', bad=f'http_requests_total{{app="{name}", code=~"5.."}}'),
        "by": (), "counting": "light", "scrape_interval": 15, "bridge": HOUR, "target_labels": ("job", "instance"), "origin": ORIGIN,
    }
    return Indicator(**(values | changes))  # type: ignore[arg-type]


def slo(name: str, of: str, objective: str = "0.999", **changes: object) -> Slo:
    values: dict[str, object] = {
        "name": name, "title": f"The promise {name}", "indicator": of, "service": "shop", "objective": Fraction(objective),
        "objective_text": f"{float(objective) * 100:g}%", "window": 30 * DAY, "alerts": PAIRS, "minimum_bad": Fraction(3), "team": "shop",
        "runbook_url": f"https://runbooks.example/{name}", "dashboard_url": "", "labels": {}, "annotations": {}, "origin": ORIGIN,
    }
    return Slo(**(values | changes))  # type: ignore[arg-type]


def agreement(name: str, of: str, *, state: str = "active", customer: str = "acme", where: Mapping[str, str] | None = None) -> Agreement:
    target = AgreementTarget("availability", of, "at least", Fraction("0.995"), "99.5%", None, ORIGIN, where=where or {})
    return Agreement(
        "SLA", name, name, Party("customer", customer), "shop", "gold@3", state, Periods("month"), (target,), (), {}, ORIGIN,
    )


def catalogue(
    indicators: Iterable[Indicator], slos: Iterable[Slo] = (), agreements: Iterable[Agreement] = (), evaluation: Evaluation | None = None
) -> Catalogue:
    return Catalogue(
        services={"shop": Service("shop", "Shop", "team/shop", "high", (), ORIGIN)},
        customers={},
        indicators={each.name: each for each in sorted(indicators, key=lambda each: each.name)},
        slos={each.name: each for each in sorted(slos, key=lambda each: each.name)},
        agreements={each.name: each for each in sorted(agreements, key=lambda each: each.name)},
        evaluation=evaluation or Evaluation(),
    )
