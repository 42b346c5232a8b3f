"""``slo-gen backtest`` over a month of stored minutes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from stored_series import StoredSeries, serving

from slo_gen import names
from slo_gen.prometheus import Series
from slo_gen.timekeeping.zones import read_instant, zone

SPECS = """\
kind: Service
metadata: {name: shop}
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
kind: Customer
metadata: {name: acme}
---
kind: SLA
metadata: {name: acme-shop}
spec:
  customer: acme
  service: shop
  state: draft
  term: {from: 2027-01-01}
  period: {length: week, timezone: Europe/Berlin}
  targets: [{name: availability, indicator: requests, objective: at least 99.9%, exclude: [{when: 'paused == 1', reason: paused}]}]
---
kind: Calendar
metadata: {name: office}
spec: {timezone: Europe/Berlin, hours: {mon-fri: [08:00-18:00]}}
"""
BERLIN = zone("Europe/Berlin")
LEAD_IN = read_instant("2026-08-28", BERLIN)
END = read_instant("2026-10-01", BERLIN)


def stored(*outages: tuple[str, int], first: int = LEAD_IN, **labels: str) -> list[Series]:
    """A hundred requests a minute, all of which fail for some minutes from each of the instants on."""
    bad = {read_instant(begin, BERLIN) + 60 * minute for begin, minutes in outages for minute in range(minutes)}
    minutes = range(first, END, 60)
    identity = {names.INDICATOR: "requests", **labels}
    return [
        Series({"__name__": names.TOTAL, **identity}, tuple((minute + 103.5, 100.0) for minute in minutes)),
        Series({"__name__": names.BAD, **identity}, tuple((minute + 103.5, 100.0 * (minute in bad)) for minute in minutes)),
    ]


@pytest.fixture
def backtest(tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    (tmp_path / "specs.yaml").write_text(SPECS)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def backtested(url: str, *arguments: str) -> Result:
        return run("backtest", str(tmp_path / "specs.yaml"), "--prometheus", url, "--from", "2026-09", "--to", "2026-09",
                   "--timezone", "Europe/Berlin", *arguments)

    return backtested


def test_pages_of_a_month_and_which_of_them_at_night(backtest: Callable[..., Result]) -> None:
    with serving(StoredSeries(stored(("2026-09-03T14:00", 10), ("2026-09-07T02:00", 10), ("2026-09-20T22:30", 2)))) as url:
        result = backtest(url)
        told = backtest(url, "--json")
    assert result.exit_code == 0, result.output
    assert "shop-availability: 3 pages, 2 at night, 2 tickets\n" in result.output
    (found,) = json.loads(told.output)["slos"]
    assert [page["start"] for page in found["pages"]] == ["2026-09-03T12:02:00Z", "2026-09-07T00:02:00Z", "2026-09-20T20:32:00Z"]
    assert found["measured"] == 1.0
    assert found["computed"] == []


def test_a_proposed_agreement_is_judged_in_each_of_its_past_periods(backtest: Callable[..., Result]) -> None:
    """A week has 10,080 minutes, of which ten may fail; the second outage is while the service is paused."""
    server = StoredSeries(stored(("2026-09-08T14:00", 11), ("2026-09-15T14:00", 30), ("2026-09-22T14:00", 10)))
    begin = read_instant("2026-09-15T14:00", BERLIN)
    server.ranges = {"count(paused == 1)": [Series({}, tuple((begin + 60 * minute, 1.0) for minute in range(1, 31)))]}
    with serving(server) as url:
        result = backtest(url, "--agreement", "acme-shop")
        (found,) = json.loads(backtest(url, "--agreement", "acme-shop", "--json").output)["targets"]
    assert result.exit_code == 0, result.output
    assert "acme-shop/availability: breached in 2026-W37; met in 2 of 3\n" in result.output
    assert [(each["period"], each["verdict"], each["attained"]) for each in found["periods"]] == [
        ("2026-W37", "missed", "99.89%"), ("2026-W38", "met", "100.00%"), ("2026-W39", "met", "99.901%"),
    ]
    assert "SLO" not in result.output


def test_night_is_when_nobody_is_at_work(backtest: Callable[..., Result]) -> None:
    with serving(StoredSeries(stored(("2026-09-03T14:00", 3), ("2026-09-05T14:00", 3), ("2026-09-07T02:00", 3)))) as url:
        assert "3 pages, 1 at night" in backtest(url).output
        assert "3 pages, 3 at night" in backtest(url, "--night", "13:00-03:00").output


def test_an_interrupted_run_goes_on_where_it_was(backtest: Callable[..., Result]) -> None:
    server = StoredSeries(stored(("2026-09-03T14:00", 10)))
    whole = StoredSeries(server.series)
    with serving(whole) as url:
        expected = backtest(url, "--json").output

    def cut_off(_: str) -> None:
        if len(server.asked) > 5:
            raise ConnectionError

    with serving(server) as url:
        server.before = cut_off
        broken = backtest(url, "--json")
        assert (broken.exit_code, "could not be reached" in broken.output) == (1, True)
        server.before = lambda _: None
        server.asked.clear()
        assert backtest(url, "--json").output == expected
        assert len(server.asked) == len(whole.asked) - 5
        server.asked.clear()
        assert backtest(url, "--json").output == expected
        assert server.asked == []


def test_which_replica_was_read_is_told(backtest: Callable[..., Result]) -> None:
    series = stored(replica="a") + stored(first=read_instant("2026-09-30", BERLIN), replica="b")
    with serving(StoredSeries(series)) as url:
        assert backtest(url).output.splitlines()[-1] == (
            f'requests: read from {{replica="a"}} (47,520 records) of {url}; also there: {{replica="b"}} (1,440)'
        )


def test_what_was_not_recorded_is_computed_from_the_raw_series(backtest: Callable[..., Result]) -> None:
    begin = read_instant("2026-09-15", BERLIN)
    server = StoredSeries(stored(("2026-09-20T12:00", 5), first=begin))
    window = "[1m15s] offset 30s"
    total = f'sum by () (increase(requests_total{{job="shop"}}{window})) * 0.8'
    other = f'sum by () (increase(requests_total{{job="shop", code=~"5.."}}{window})) * 0.8'
    marks = range(LEAD_IN + 90, begin + 31, 60)
    failing = range(read_instant("2026-09-04T03:00", BERLIN) + 90, read_instant("2026-09-04T03:10", BERLIN) + 31)
    server.ranges = {
        total: [Series({}, tuple((mark, 50.0) for mark in marks))],
        f"({other} or 0 * {total})": [Series({}, tuple((mark, 50.0 * (mark in failing)) for mark in marks))],
    }
    with serving(server) as url:
        result = backtest(url)
        found = json.loads(backtest(url, "--json").output)["slos"][0]
    assert "shop-availability: 2 pages, 1 at night, 2 tickets\n" in result.output
    assert [page["start"] for page in found["pages"]] == ["2026-09-04T01:02:00Z", "2026-09-20T10:02:00Z"]
    assert result.output.splitlines()[-1] == (
        "requests: not recorded before 2026-09-14T22:00:00Z; "
        "estimated by increase() from the raw series: without the first events of new series, and up to one scrape early or late"
    )


def test_nothing_measured_is_no_quiet_month(backtest: Callable[..., Result]) -> None:
    with serving(StoredSeries([])) as url:
        assert "shop-availability: nothing was measured\n" in backtest(url).output


@pytest.mark.parametrize(("arguments", "message"), [
    (["--slo", "shop-availabilty"], "there is no SLO 'shop-availabilty'; did you mean `shop-availability`?"),
    (["--from", "September"], "'September' is no period; write it like 2026-10, 2026-Q4, 2026-H2, 2026-W07 or 2026."),
    (["--from", "2199-01", "--to", "2199-02"], "Nothing of 2199-01 to 2199-02 is over yet."),
    (["--from", "2026-03", "--to", "2026-02"], "2026-02 is over before 2026-03 begins."),
    (["--agreement", "acme-shop", "--from", "2026-W10", "--to", "2026-01"], "2026-01 is over before 2026-W10 begins."),
    (["--night", "22-6"], "'22' is no time of day; write it like 08:00, at most 24:00."),
    (["--hours", "ofice"], "There is no calendar 'ofice'; did you mean `office`?"),
    (["--timezone", "Berlin"], "there is no time zone Berlin; write a name like Europe/Berlin or UTC."),
])
def test_options_that_make_no_sense(backtest: Callable[..., Result], arguments: list[str], message: str) -> None:
    result = backtest("http://127.0.0.1:9", *arguments)
    assert result.exit_code in (1, 2)
    assert message in " ".join(result.output.split())
