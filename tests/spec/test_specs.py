"""The example catalogue: complete, without problems, and of the size that the manual says."""

from __future__ import annotations

from pathlib import Path

from slo_gen.spec.documents import KINDS
from slo_gen.spec.files import Loaded, load
from slo_gen.spec.model import Catalogue, Events, Latency, Probe, Ratio, Threshold
from slo_gen.spec.resolve import resolve

SPECS = Path(__file__).parents[2] / "specs"


def loaded() -> Loaded:
    return load([SPECS])


def catalogue() -> Catalogue:
    found, problems = resolve(loaded().documents)
    assert problems == []
    return found


def test_the_examples_have_no_problem() -> None:
    assert loaded().problems == []
    assert catalogue().services


def test_every_kind_has_an_example() -> None:
    assert {document.kind for document in loaded().documents} == set(KINDS) - {"UPC"}


def test_the_company_is_as_large_as_told() -> None:
    found = catalogue()
    sold = [agreement for agreement in found.agreements.values() if agreement.kind == "SLA"]
    assert (len(found.customers), len(found.services), len(sold)) == (3, 5, 60)
    assert {agreement.template for agreement in sold} == {"gold@3", "silver@2"}
    assert {agreement.kind for agreement in found.agreements.values()} == {"SLA", "OLA", "UC"}


def test_every_measure_is_shown() -> None:
    measures = [indicator.measure for indicator in catalogue().indicators.values()]
    assert {type(measure) for measure in measures} == {Events, Latency, Threshold, Probe, Ratio}
    assert {measure.native for measure in measures if isinstance(measure, Latency)} == {True, False}
    assert {measure.bad is None for measure in measures if isinstance(measure, Events)} == {True, False}
    assert [measure.quorum for measure in measures if isinstance(measure, Probe)] == [None]


def test_every_service_is_measured_and_has_an_objective() -> None:
    found = catalogue()
    assert {slo.service for slo in found.slos.values()} == set(found.services)
    assert {slo.indicator for slo in found.slos.values()} == set(found.indicators)


def test_every_alert_goes_to_a_team() -> None:
    assert [slo.name for slo in catalogue().slos.values() if not slo.team] == []


def test_sixty_contracts_measure_no_more_than_one() -> None:
    found = catalogue()
    used = {target.indicator for agreement in found.agreements.values() if agreement.kind == "SLA" for target in agreement.targets}
    assert used == {"checkout-requests", "checkout-latency", "storefront-requests", "storefront-latency"}
