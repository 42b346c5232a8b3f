"""What holds what back: exactly the faster burn, the lost period and the edges; a page is never lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from meaning import holds_back
from small_catalogue import YEARS, read

from slo_gen import names
from slo_gen.alertmanager.compile import compile_alertmanager
from slo_gen.alertmanager.inhibition import inhibit_rules
from slo_gen.rules.promql import duration
from slo_gen.spec.model import BurnWindow, Catalogue
from slo_gen.spec.notification import Severity

SMALL = read()
RULES = compile_alertmanager(SMALL, YEARS).inhibit_rules


def burn(severity: str, long: str, short: str, **labels: str) -> dict[str, str]:
    about = {"slo": "checkout-availability", "indicator": "requests", "slm_service": "checkout", "team": "shop", "region": "eu"}
    return {"alertname": "SLMBudgetBurn", "severity": severity, "long_window": long, "short_window": short, **about, **labels}


PAGE, SLOW_PAGE, TICKET, SLOW_TICKET = (
    burn("page", "1h", "5m"), burn("page", "6h", "30m"), burn("ticket", "1d", "2h"), burn("ticket", "3d", "6h"),
)
DATABASE = {"slo": "database-up", "indicator": "database-probe", "slm_service": "database", "team": "dba", "region": ""}
BREACHED = {"alertname": "SLMPeriodBreached", "severity": "ticket", "agreement": "acme-checkout", "target": "availability",
            "slm_service": "checkout", "team": "shop"}
AT_RISK = BREACHED | {"alertname": "SLMPeriodAtRisk", "stage": "75%"}


def held(source: Mapping[str, str], target: Mapping[str, str], catalogue: Catalogue = SMALL) -> bool:
    return any(holds_back(rule, source, target) for rule in inhibit_rules(catalogue))


def test_a_faster_burn_holds_back_the_slower_ones_of_the_same_indicator() -> None:
    order = [PAGE, SLOW_PAGE, TICKET, SLOW_TICKET]
    for (first, source), (second, target) in product(enumerate(order), repeat=2):
        assert held(source, target) == (first < second), (source, target)
        assert held(source, target | {"slo": "another-objective"}) == (first < second), "one outage of one indicator"


def test_of_another_indicator_team_group_or_prometheus_it_does_not() -> None:
    for other in ({"region": "us"}, {"indicator": "other"}, {"cluster": "b"}, {"team": "who-was-not-told"}):
        assert not held(PAGE, TICKET | other)


def test_a_less_urgent_burn_holds_back_no_page() -> None:
    pairs: tuple[BurnWindow, ...] = (
        BurnWindow(3600, 300, Fraction(1, 10), "ticket"), BurnWindow(7200, 300, Fraction(1, 5), "page"),
        BurnWindow(7200, 600, Fraction(1, 5), "info"),
    )
    of = replace(SMALL, slos={name: replace(slo, alerts=pairs) for name, slo in SMALL.slos.items()})
    assert not held(burn("ticket", "1h", "5m"), burn("page", "2h", "5m"), of)
    assert held(burn("page", "2h", "5m"), burn("info", "2h", "10m"), of)
    assert not held(burn("info", "2h", "10m"), burn("page", "2h", "5m"), of)


def test_a_lost_period_holds_back_its_own_risk_and_nothing_else() -> None:
    assert held(BREACHED, AT_RISK)
    assert not held(AT_RISK, BREACHED)
    assert not held(BREACHED, AT_RISK | {"target": "latency"})
    assert not held(BREACHED, AT_RISK | {"agreement": "other"})
    for other in (PAGE, SLOW_PAGE, TICKET, SLOW_TICKET, BREACHED):
        assert not held(BREACHED, other)
        assert not held(AT_RISK, other)


def test_an_outage_of_what_is_needed_holds_back_tickets_and_no_page() -> None:
    outage = PAGE | DATABASE
    assert held(outage, TICKET)
    assert not held(outage, PAGE)
    assert not held(outage, SLOW_PAGE)
    assert not held(TICKET | DATABASE, TICKET)
    assert not held(PAGE, TICKET | DATABASE), "who is needed does not wait for who needs it"
    assert not held(outage, BREACHED)


def test_an_outage_of_a_supplier_is_what_its_contracts_measure() -> None:
    (rule,) = [rule for rule in RULES if "supplier/cloud" in rule.about]
    assert holds_back(rule, PAGE | DATABASE, TICKET)
    assert not holds_back(rule, PAGE | DATABASE | {"indicator": "another"}, TICKET)


def test_a_supplier_measured_by_the_service_itself_is_no_other_outage() -> None:
    indicators = {name: replace(each, service="checkout") for name, each in SMALL.indicators.items()}
    assert not [rule for rule in inhibit_rules(replace(SMALL, indicators=indicators)) if "supplier/cloud" in rule.about]


SEVERITY_NAMES = st.dictionaries(st.sampled_from(["page", "ticket", "info"]), st.sampled_from(["critical", "warning", "page", "info"]))
PAIR = st.builds(
    BurnWindow, st.sampled_from([3600, 7200, 21_600]), st.sampled_from([300, 600]), st.just(Fraction(1, 10)),
    st.sampled_from(["page", "ticket", "info"]),
)


@given(SEVERITY_NAMES, st.lists(PAIR, max_size=6))
def test_a_page_is_held_back_by_another_page_of_the_same_indicator_alone(called: dict[Severity, str], pairs: list[BurnWindow]) -> None:
    of = replace(
        SMALL, evaluation=replace(SMALL.evaluation, severity_names=called),
        slos={name: replace(slo, alerts=tuple(pairs)) for name, slo in SMALL.slos.items()},
    )
    page = called.get("page", "page")
    burns = [
        burn(called.get(pair.severity, pair.severity), duration(pair.long), duration(pair.short), **about)
        for pair in pairs for about in ({}, DATABASE, {"region": "us"})
    ]
    silence = [{"alertname": names.INDICATOR_NO_DATA, "severity": page, "slm_service": "checkout", "indicator": "requests"}]
    for source, target in product([*burns, *silence, BREACHED, AT_RISK], [*burns, *silence]):
        if target["severity"] == page and held(source, target, of):
            assert source["severity"] == page
            assert all(source.get(label) == target.get(label) for label in ("slm_service", "indicator", "region", "team"))
