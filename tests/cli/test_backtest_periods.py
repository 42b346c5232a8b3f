"""``slo-gen backtest`` over months: the same figures as their closings, whichever replica has more of each; what it says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from stored_series import StoredSeries, serving

from slo_gen import names
from slo_gen.cli.closing_files import ClosingFiles
from slo_gen.prometheus import Series
from slo_gen.timekeeping.zones import read_instant, zone

BERLIN = zone("Europe/Berlin")
START, END = read_instant("2026-07-31", BERLIN), read_instant("2026-11-02", BERLIN)
SPECS = """\
kind: Policy
metadata: {name: house}
spec: {timezone: Europe/Berlin}
---
kind: Service
metadata: {name: shop}
---
kind: Customer
metadata: {name: acme}
---
kind: Indicator
metadata: {name: requests}
spec:
  service: shop
  events: {total: 'requests_total{job="shop"}', bad: 'requests_total{job="shop",code=~"5.."}'}
---
kind: SLO
metadata: {name: shop-availability}
spec: {indicator: requests, objective: 99.9%, window: 30d}
---
kind: SLA
metadata: {name: acme}
spec:
  customer: acme
  service: shop
  state: active
  term: {from: 2026-01-01}
  targets:
    - {name: availability, indicator: requests, objective: at least 99.9%MORE}
    - {name: runs, indicator: requests, objective: at least 99.9%, measure: {method: downtime_periods, at_least: 5m, empty: good}}
"""


def stored(*outages: tuple[str, int], without: tuple[tuple[str, int], ...] = (), **labels: str) -> list[Series]:
    """A hundred requests a minute; outages, and minutes that are missing, from an instant on."""
    bad, gone = (
        {read_instant(begin, BERLIN) + 60 * minute for begin, count in spans for minute in range(count)} for spans in (outages, without)
    )
    minutes = [minute for minute in range(START, END, 60) if minute not in gone]
    identity = {names.INDICATOR: "requests", **labels}
    return [
        Series({"__name__": names.TOTAL, **identity}, tuple((minute + 103.5, 100.0) for minute in minutes)),
        Series({"__name__": names.BAD, **identity}, tuple((minute + 103.5, 100.0 * (minute in bad)) for minute in minutes)),
    ]


@pytest.fixture
def house(tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.time", lambda: float(read_instant("2026-11-02T09:00", BERLIN)))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "specs.yaml").write_text(SPECS.replace("MORE", ""))

    def tried(url: str, *arguments: str) -> Result:
        done = run("backtest", "specs.yaml", "--prometheus", url, "--from", "2026-08", "--to", "2026-10", *arguments)
        assert done.exit_code == 0, done.output
        return done

    return tried


def test_each_month_is_what_its_closing_says(house: Callable[..., Result], run: Callable[..., Result]) -> None:
    """One replica misses five hours of September, the other one of August, an outage with them; both miss some of October."""
    outages = (("2026-08-10T12:00", 50), ("2026-09-10T12:00", 50), ("2026-10-25T02:30", 70))
    first = stored(*outages, without=(("2026-09-10T09:00", 300), ("2026-10-02T00:00", 3)), replica="a")
    second = stored(*outages, without=(("2026-08-10T09:00", 301), ("2026-10-02T00:00", 2)), replica="b")
    with serving(StoredSeries([*first, *second])) as url:
        result = house(url)
        found = json.loads(house(url, "--json").output)["targets"]
        for month in ("2026-08", "2026-09", "2026-10"):
            assert run("close", "specs.yaml", "--period", month, "--prometheus", url).exit_code == 0
    for target in found:
        for period in target["periods"]:
            closing = ClosingFiles(Path("closings")).read(period["period"], "acme")
            assert closing is not None
            closed = next(each for each in closing.current.judged.targets if each.target == target["target"])
            assert (period["verdict"], period["breach"], period["attained"], period["measured"], period["source"]) == (
                closed.verdict, closed.breach, closed.attained, float(closed.completeness),
                next(dict(source.labels) for source in closed.sources if source.read),
            )  # fmt: skip
        assert [period["source"]["replica"] for period in target["periods"]] == ["a", "b", "b"]
    assert "acme/availability: breached in August, September and October 2026; met in 0 of 3\n" in result.output
    assert (
        f'requests: read from {{replica="b"}} (87,898 records) of {url}, in 2026-08 from {{replica="a"}} (44,640 records), '
        "which has more of it\n"
    ) in result.output


def test_what_would_have_been_breached(house: Callable[..., Result]) -> None:
    with serving(StoredSeries(stored(("2026-08-10T12:00", 50), ("2026-10-10T03:00", 50)))) as url:
        told = house(url).output
    assert "acme/availability: breached in August and October 2026; met in 1 of 3\n" in told
    assert "shop-availability: 2 pages, 1 at night, 2 tickets\n" in told


def test_a_miss_that_is_allowed_is_no_breach(house: Callable[..., Result]) -> None:
    Path("specs.yaml").write_text(SPECS.replace("MORE", ", misses: {allowed: 1, of: 2}"))
    with serving(StoredSeries(stored(("2026-08-10T12:00", 50), ("2026-09-10T12:00", 50)))) as url:
        result = house(url)
        (found, _) = json.loads(house(url, "--json").output)["targets"]
    assert "acme/availability: breached in September 2026; missed, as is allowed, in August 2026; met in 1 of 3\n" in result.output
    assert "missed, allowed" in result.output
    assert [(each["verdict"], each["breach"]) for each in found["periods"]] == [("missed", False), ("missed", True), ("met", False)]


def test_what_is_unknown_is_not_taken_for_good(house: Callable[..., Result]) -> None:
    with serving(StoredSeries(stored(("2026-08-10T12:00", 40), without=(("2026-08-20T00:00", 100),)))) as url:
        told = house(url).output
    assert "unclear at least 99.9% 99.69% to 99.91%" in " ".join(told.split())
    assert "acme/availability: unclear in August 2026; met in 2 of 3\n" in told


def test_what_was_not_there_is_asked_again(house: Callable[..., Result]) -> None:
    """A history that is filled in later must not be hidden by what was kept before."""
    server = StoredSeries([])
    with serving(server) as url:
        assert "not measured in August, September and October 2026; met in 0 of 3" in house(url).output
        server.series = stored()
        assert "acme/availability: met in all 3 periods\n" in house(url).output


def test_another_server_at_the_same_address_is_another_one(house: Callable[..., Result]) -> None:
    """As behind a forwarded port."""
    server = StoredSeries(stored(), configuration="global: {external_labels: {cluster: staging}}")
    with serving(server) as url:
        assert "acme/availability: met in all 3 periods\n" in house(url).output
        asked = len(server.asked)
        house(url)
        kept = len(server.asked) - asked
        server.series = stored(("2026-08-10T12:00", 50))
        server.configuration = "global: {external_labels: {cluster: production}}"
        assert "acme/availability: breached in August 2026; met in 2 of 3\n" in house(url).output
    assert kept < asked / 2
