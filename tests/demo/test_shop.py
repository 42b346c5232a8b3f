"""The shop without its clock: traffic is let through by hand."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator

import pytest

from slo_gen.demo import shop as shop_module
from slo_gen.demo.shop import Fault, Shop


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(shop_module, "TICK", 3600)
    with Shop(clock=lambda: 1_700_000_000.0) as running:
        yield running


def page(shop: Shop, job: str, **labels: str) -> str:
    addresses = [target.address for target in shop.targets() if target.job == job and labels.items() <= target.labels.items()]
    texts = []
    for address in addresses:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
            texts.append(answer.read().decode())
    return "\n".join(texts)


def counted(text: str, series: str) -> float:
    return sum(float(value) for value in re.findall(rf"^{series}(?:\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE))


def test_every_component_is_scraped_with_its_start_time(shop: Shop) -> None:
    assert {target.job for target in shop.targets()} == set(shop.components)
    assert len({target.address for target in shop.targets()}) == len(shop.targets())
    for job in set(shop.components) - {"search"}:
        assert "process_start_time_seconds 1.7e+09" in page(shop, job)


def test_a_fault_shows_in_what_is_exposed_and_is_mended(shop: Shop) -> None:
    shop.step(100)
    healthy = page(shop, "checkout")
    assert counted(healthy, "http_requests_total") == counted(healthy, "http_request_duration_seconds_count") == 4000
    shop.fail("checkout", Fault(errors=1.0))
    shop.step(100)
    broken = page(shop, "checkout")
    failures = sum(float(value) for value in re.findall(r'code="503"[^}]*\} (\S+)', broken))
    assert failures >= 4000
    assert counted(broken, "http_requests_total") == 8000
    shop.mend("checkout")
    shop.step(100)
    after = sum(float(value) for value in re.findall(r'code="503"[^}]*\} (\S+)', page(shop, "checkout")))
    assert after < failures + 40


def test_a_restart_begins_at_zero(shop: Shop) -> None:
    shop.step(10)
    before = counted(page(shop, "storefront"), "http_requests_total")
    shop.restart("storefront")
    assert counted(page(shop, "storefront"), "http_requests_total") == before / 2


def test_the_native_histogram_is_given_only_to_those_who_can_read_it(shop: Shop) -> None:
    (address,) = [target.address for target in shop.targets() if target.job == "search"]
    with pytest.raises(urllib.error.HTTPError, match="406"):
        urllib.request.urlopen(f"http://{address}/metrics", timeout=5)
    request = urllib.request.Request(f"http://{address}/metrics", headers={"Accept": "application/vnd.google.protobuf"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert b"search_duration_seconds" in answer.read()


def test_an_unknown_component_cannot_fail(shop: Shop) -> None:
    with pytest.raises(KeyError):
        shop.fail("warehouse", Fault())
