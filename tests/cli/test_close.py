"""``slo-gen close`` over October 2026 in Berlin: files, states, runs that break off."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import Result
from stored_series import StoredSeries, serving

from slo_gen import names
from slo_gen.cli.closing_files import ClosingFiles
from slo_gen.contract.evaluate import evaluate
from slo_gen.contract.methods import measured
from slo_gen.history.closing_file import Closing
from slo_gen.prometheus import Series
from slo_gen.timekeeping.zones import read_instant, zone

BERLIN = zone("Europe/Berlin")
START, END = read_instant("2026-10-01", BERLIN), read_instant("2026-11-01", BERLIN)
MINUTES = (END - START) // 60

SPECS = """\
kind: Policy
metadata: {name: house}
spec: {timezone: Europe/Berlin, process: {objections: 10d}}
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
"""


def sla(name: str, more: str = "", target: str = "", term: str = "") -> str:
    return f"""\
kind: SLA
metadata: {{name: {name}}}
spec:
  customer: acme
  service: shop
  state: active
  {term}
  {more}
  report: {{due: 5d}}
  targets: [{{name: availability, indicator: requests, objective: at least 99.9%{target}}}]
---
"""


def stored(bad: int = 40, known: Sequence[int] = range(-3, MINUTES + 3), **labels: str) -> list[Series]:
    """A hundred requests a minute; all of those of ``bad`` minutes from noon of the tenth on failed."""
    first = (read_instant("2026-10-10T12:00", BERLIN) - START) // 60
    identity = {names.INDICATOR: "requests", **labels}
    totals = tuple((START + minute * 60 + 103.5, 100.0) for minute in known)
    bads = tuple((START + minute * 60 + 103.5, 100.0 * (first <= minute < first + bad)) for minute in known)
    return [Series({"__name__": names.TOTAL, **identity}, totals), Series({"__name__": names.BAD, **identity}, bads)]


@dataclass
class House:
    """A folder of documents and closings, at some time, with some Prometheus."""

    folder: Path
    run: Callable[..., Result]
    clock: list[int]
    server: StoredSeries = field(default_factory=lambda: StoredSeries(stored()))
    url: str = ""

    def write(self, *documents: str) -> None:
        (self.folder / "specs" / "shop.yaml").write_text(SPECS + "".join(documents))

    def at(self, when: str) -> None:
        self.clock[0] = read_instant(when, BERLIN)

    def close(self, *arguments: str) -> Result:
        return self.run("close", "specs", "--period", "2026-10", "--prometheus", self.url, *arguments)

    def closing(self, agreement: str = "acme", period: str = "2026-10") -> Closing:
        found = ClosingFiles(self.folder / "closings").read(period, agreement)
        assert found is not None
        return found

    def files(self) -> list[str]:
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())

    def content(self) -> dict[str, bytes]:
        return {name: (self.folder / name).read_bytes() for name in self.files()}


@pytest.fixture
def house(tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    (tmp_path / "specs").mkdir()
    monkeypatch.chdir(tmp_path)
    found = House(tmp_path, run, [0])
    monkeypatch.setattr("time.time", lambda: float(found.clock[0]))
    found.at("2026-11-02T09:00")
    found.write(sla("acme"))
    with serving(found.server) as url:
        found.url = url
        yield found


# --- figures -----------------------------------------------------------------------------------------------------
def test_a_month_is_judged_exactly(house: House) -> None:
    result = house.close()
    assert result.exit_code == 0, result.output
    closing = house.closing()
    target = closing.current.judged.targets[0]
    assert MINUTES == 44_700
    assert target.outcome.figure == 1 - Fraction(40, MINUTES)
    assert (target.verdict, target.attained, target.completeness, target.breach) == ("met", "99.91%", 1, False)
    assert (closing.state, closing.current.number, closing.start, closing.end) == ("provisional", 1, START, END)
    assert closing.objections_until == read_instant("2026-11-16", BERLIN)
    assert closing.current.judged.version == "3.5.0"
    assert set(target.queries) == {f'{metric}{{indicator="requests"}}' for metric in (names.TOTAL, names.BAD, names.UNSEEN)}
    assert "acme 2026-10: closed (provisional until 2026-11-16 00:00 CET)\n" in result.output


def test_a_closing_says_enough_to_be_judged_again(house: House) -> None:
    house.write(sla("acme", target=", measure: {method: downtime_periods, interval: 1m, at_least: 5m}"))
    assert house.close().exit_code == 0
    closing = house.closing()
    target = closing.current.judged.targets[0]
    facts = ClosingFiles(house.folder / "closings").facts(closing, target)
    assert target.measure is not None
    assert evaluate(target.target, measured(target.measure), target.bound, facts, target.window) == target.outcome


@pytest.mark.parametrize(("bad", "verdict"), [(44, "met"), (45, "missed")])
def test_the_verdict_turns_at_the_exact_minute(house: House, bad: int, verdict: str) -> None:
    house.server.series = stored(bad)          # a thousandth of 44,700 minutes is 44.7
    house.close()
    assert house.closing().current.judged.targets[0].verdict == verdict


def test_minutes_without_a_record_are_unknown_and_said(house: House) -> None:
    house.server.series = stored(30, [minute for minute in range(MINUTES) if minute % 100])
    result = house.close()
    target = house.closing().current.judged.targets[0]
    assert (target.verdict, target.completeness) == ("unclear", Fraction(99, 100))
    assert "99.0%" in result.output


def test_nothing_recorded_is_not_measured(house: House) -> None:
    house.server.series = []
    result = house.close()
    assert house.closing().current.judged.targets[0].verdict == "not_measured"
    assert result.exit_code == 0


def test_the_replica_with_more_minutes_is_read_and_named(house: House) -> None:
    house.server.series = stored(50, range(1000, MINUTES), replica="a") + stored(40, replica="b")
    result = house.close()
    target = house.closing().current.judged.targets[0]
    assert [(dict(source.labels), source.records, source.read) for source in target.sources] == [
        ({"replica": "b"}, 44_700, True), ({"replica": "a"}, 43_700, False),
    ]
    assert target.outcome.counted == 40 * 100
    assert 'requests: read from {replica="b"} (44,700 records); also there: {replica="a"} (43,700)\n' in result.output


def test_what_a_server_has_dropped_is_said(house: House) -> None:
    house.server.flags = {"storage.tsdb.retention.time": "15d"}
    told = f"acme: {house.url} keeps 15 days, and the period begins before that: what it has dropped is unknown\n"
    assert told in house.close().output


def test_the_same_is_the_same_bytes(house: House) -> None:
    house.close()
    first = house.content()
    for name in first:
        if name.startswith("closings/"):
            (house.folder / name).unlink()
    house.close()
    assert house.content() == first


def test_agreements_on_the_same_facts_share_one_file_and_one_reading(house: House) -> None:
    house.write(*(sla(f"customer-{number}") for number in range(5)))
    house.close()
    assert [name for name in house.files() if "/facts/" in name] == [
        f"closings/2026-10/{house.closing('customer-0').current.judged.targets[0].facts.file}"
    ]
    assert len(house.server.asked) == 3 * 5


def test_quarters_are_closed_when_they_end(house: House) -> None:
    house.write(sla("acme"), sla("quarterly", "period: {length: quarter}"))
    house.close()
    assert "closings/2026-10/acme.json" in house.files()
    assert not any("quarterly" in name for name in house.files())


WORK = """\
kind: Maintenance
metadata: {name: switch}
spec:
  services: [shop]
  timezone: Europe/Berlin
  windows: [{from: 2026-10-10T12:00, to: 2026-10-10T12:30, announced: 2026-10-01}]
---
"""
RELIEF = """\
kind: Adjustment
metadata: {name: load-test}
spec:
  agreement: acme
  span: {from: 2026-10-10T12:30, to: 2026-10-10T12:40}
  reason: A load test of the customer.
  agreed_by: [{party: customer/acme, by: A. Buyer, date: 2026-10-12}]
---
"""


def test_planned_work_and_what_the_parties_agreed_on_are_no_failures(house: House) -> None:
    house.server.series = stored(60)
    house.write(sla("acme", target=", exclude: [maintenance]"), sla("beta", target=", exclude: [maintenance]"), sla("gamma"), WORK, RELIEF)
    result = house.close()
    assert result.exit_code == 0, result.output
    found = {name: house.closing(name).current.judged.targets[0] for name in ("acme", "beta", "gamma")}
    assert {name: target.outcome.counted for name, target in found.items()} == {"acme": 2000, "beta": 3000, "gamma": 6000}
    assert found["acme"].outcome.excluded == {"adjustment": 600, "maintenance": 1800}
    assert [each.why for each in found["gamma"].not_excluded] == ["not_agreed"]
    assert found["gamma"].verdict == "missed"


def test_a_dynamic_exclusion_is_read_for_the_period(house: House) -> None:
    house.server.series = stored(60)
    house.write(sla("acme", target=", exclude: [{when: 'paused == 1', reason: paused}]"))
    noon = read_instant("2026-10-10T12:00", BERLIN)
    held = tuple((noon + 60 * minute, 1.0) for minute in range(1, 41))
    house.server.ranges = {"count(paused == 1)": [Series({}, held)]}
    house.close()
    target = house.closing().current.judged.targets[0]
    assert target.outcome.excluded == {"paused": 40 * 60}
    assert (target.outcome.counted, target.outcome.of) == (20 * 100, (MINUTES - 40) * 100)
    assert "count(paused == 1)" in target.queries


def test_a_miss_that_is_allowed_is_no_breach(house: House) -> None:
    house.write(sla("acme", target=", misses: {allowed: 1, of: 6}"))
    house.server.series = stored(60)
    assert "missed, allowed" in house.close().output
    assert not (house.folder / "specs/records").exists()


CREDITS = "fee: {amount: 1000.00, currency: EUR, per: month}\n  credits: {tiers: [{below: 99.9%, credit: 10%}], annual_cap: 2%}"


def test_a_credit_is_owed_up_to_what_the_year_has_left(house: House) -> None:
    """Ten percent of a month's fee are 100 EUR; two percent of a year's are 240 EUR, of which earlier closings have used 200."""
    house.write(sla("acme", CREDITS, term="term: {from: 2026-08-01}"))
    for month in ("2026-08", "2026-09"):
        first, last = read_instant(f"{month}-01", BERLIN), read_instant(f"2026-{int(month[-2:]) + 1:02}-01", BERLIN)
        minutes = range((first - START) // 60, (last - START) // 60)
        identity = {names.INDICATOR: "requests"}
        house.server.series = [
            Series({"__name__": metric, **identity}, tuple((START + minute * 60 + 103.5, value) for minute in minutes))
            for metric, value in ((names.TOTAL, 100.0), (names.BAD, 1.0))
        ]
        assert house.run("close", "specs", "--period", month, "--prometheus", house.url).exit_code == 0
    house.server.series = stored(60)
    result = house.close()
    assert "are not known" not in result.output
    credit = house.closing().current.judged.credit
    assert credit is not None
    assert (credit.paid, credit.currency, credit.cut) == (40, "EUR", ("annual_cap",))
    assert "acme: credit of 40.00 EUR\n" in result.output
    assert json.loads(house.close("--json").output)[0]["credit"]["paid"] == "40.00 EUR"


@pytest.mark.parametrize(("per", "paid", "cut"), [("year", 100, ()), ("12mo", 40, ("annual_cap",))])
def test_a_cap_of_twelve_months_looks_back_over_the_year(house: House, per: str, paid: int, cut: tuple[str, ...]) -> None:
    """Of two percent of a year's fee, 240 EUR, November and December have used 200; a calendar year begins anew in January."""
    house.write(sla("acme", CREDITS.replace("2%}", f"2%, annual_cap_per: {per}}}"), term="term: {from: 2026-11-01}"))
    house.at("2027-02-02T09:00")
    for month, following in (("2026-11", "2026-12"), ("2026-12", "2027-01"), ("2027-01", "2027-02")):
        first, last = (read_instant(f"{each}-01", BERLIN) for each in (month, following))
        instants = [first + 60 * minute + 103.5 for minute in range(-3, (last - first) // 60 + 3)]
        house.server.series = [
            Series({"__name__": metric, names.INDICATOR: "requests"}, tuple((at, value) for at in instants))
            for metric, value in ((names.TOTAL, 100.0), (names.BAD, 1.0))
        ]
        result = house.run("close", "specs", "--period", month, "--prometheus", house.url)
        assert result.exit_code == 0, result.output
    assert "are not known" not in result.output
    credit = house.closing(period="2027-01").current.judged.credit
    assert credit is not None
    assert (credit.paid, credit.cut) == (paid, cut)


def test_a_cap_of_twelve_months_that_nobody_closed_is_told(house: House) -> None:
    house.write(sla("acme", CREDITS.replace("2%}", "2%, annual_cap_per: 12mo}"), term="term: {from: 2026-02-01}"))
    assert "acme: credits of the twelve months before 2026-09-30T22:00:00Z are not known" in house.close().output
    house.write(sla("acme", CREDITS.replace("2%}", "2%, annual_cap_per: 12mo}"), term="term: {from: 2026-10-01}"))
    assert "are not known" not in house.close().output


FEE = "fee: {amount: 100, currency: EUR}\n  "
SCALE = "tiers: [{below: 99.9%, credit: 10%}]"


@pytest.mark.parametrize(("terms", "message"), [
    (f"{FEE}credits: {{{SCALE}}}", "--fee 90.00 USD: acme says itself what is paid, and credits are taken of that"),
    (f"{FEE}credits: {{of: affected_fee, {SCALE}}}", "--fee 90.00 USD: the fee of acme is in EUR; write it in that"),
    (f"credits: {{of: affected_fee, {SCALE}, minimum: 5 EUR}}", "--fee 90.00 USD: the credits of acme are in EUR; write it in that"),
    ("", "--fee 90.00 USD: acme gives no credits that could be taken of it"),
])  # fmt: skip
def test_a_fee_that_is_not_asked_for_is_not_passed_over(house: House, terms: str, message: str) -> None:
    house.write(sla("acme", terms))
    result = house.close("--agreement", "acme", "--fee", "90 USD")
    assert (result.exit_code, message in " ".join(result.output.split())) == (1, True)
    assert house.files() == ["specs/shop.yaml"]


@pytest.mark.parametrize("of", ["monthly_fee", "affected_fee"])
def test_what_was_paid_is_the_fee_where_no_document_says_one(house: House, of: str) -> None:
    house.server.series = stored(60)
    house.write(sla("acme", f"credits: {{of: {of}, {SCALE}}}"))
    house.close("--agreement", "acme", "--fee", "90 USD")
    credit = house.closing().current.judged.credit
    assert credit is not None
    assert (credit.paid, credit.currency) == (9, "USD")


def test_a_cap_of_a_year_that_nobody_closed_is_told(house: House) -> None:
    house.write(sla("acme", CREDITS))
    assert "acme: credits of the year before 2026-09-30T22:00:00Z are not known" in house.close().output


def test_a_credit_needs_a_fee_and_says_so(house: House) -> None:
    house.server.series = stored(60)
    house.write(sla("acme", "credits: {tiers: [{below: 99.9%, credit: 10%}]}"))
    result = house.close()
    credit = house.closing().current.judged.credit
    assert credit is not None
    assert (credit.paid, credit.share) == (None, Fraction(1, 10))
    assert "10%" in result.output


def test_a_multiple_of_a_fee_that_nobody_named_is_no_credit_of_nothing(house: House) -> None:
    house.server.series = stored(60)
    house.write(sla("acme", "credits: {of: affected_fee, multiplier: 10}", target=", measure: {method: downtime_minutes}"))
    said = house.close().output
    assert "acme: credit: availability was missed: 10 times the fee for 1h of downtime" in said
    assert "acme: credit: no fee is known; close it again with --agreement and --fee, which says what was paid" in said


def test_a_breach_has_a_day_by_which_it_must_be_claimed(house: House) -> None:
    house.write(sla("acme", "claim: {submit: {within: 30d, after: period_end}}"))
    house.server.series = stored(60)
    house.close()
    assert [(due.what, due.at) for due in house.closing().current.judged.deadlines][2:] == [
        ("claim for availability", read_instant("2026-12-01", BERLIN)),
    ]


def test_every_outage_has_its_day_by_which_it_must_be_told(house: House) -> None:
    """Of two outages the first must be told long before the second; one that does not count need not be."""
    house.write(sla(
        "acme", "claim: {notify: {within: 5d, after: incident_end}, submit: {within: 30d, after: incident_start}}",
        target=", measure: {method: downtime_periods, at_least: 10m}",
    ))  # fmt: skip
    outages = {range(2000, 2012), range(30_000, 30_005), range(14_000, 14_060)}
    totals, bads = (
        tuple((START + minute * 60 + 103.5, each(any(minute in outage for outage in outages))) for minute in range(-3, MINUTES + 3))
        for each in (lambda _: 100.0, lambda down: 100.0 * down)
    )
    identity = {names.INDICATOR: "requests"}
    house.server.series = [Series({"__name__": names.TOTAL, **identity}, totals), Series({"__name__": names.BAD, **identity}, bads)]
    house.close()
    day = 1440
    assert [(due.what, (due.at - START) // 60) for due in house.closing().current.judged.deadlines][2:] == [
        ("notify of availability", 2012 + 5 * day), ("notify of availability", 14_060 + 5 * day),
        ("claim for availability", 2000 + 30 * day + 60), ("claim for availability", 14_000 + 30 * day + 60),    # clocks were set back
    ]


# --- states ------------------------------------------------------------------------------------------------------
def test_a_period_that_runs_is_not_closed(house: House) -> None:
    house.at("2026-11-01T00:02")
    result = house.close()
    assert result.exit_code == 1
    assert "acme: 2026-10 is not over; it can be closed from 2026-10-31T23:02:30Z on. --running shows how it stands" in result.output
    assert house.files() == ["specs/shop.yaml"]


def test_running_figures_are_indicative_and_write_nothing(house: House) -> None:
    house.at("2026-10-11T00:00")
    result = house.close("--running")
    assert result.exit_code == 0, result.output
    assert "indicative" in result.output
    assert house.files() == ["specs/shop.yaml"]
    found = json.loads(house.close("--running", "--json").output)[0]["targets"][0]
    assert (found["verdict"], found["attained"]) == ("missed", "99.72%")


def test_closing_again_is_nothing_until_the_facts_are_others(house: House) -> None:
    house.close()
    before = house.content()
    house.at("2026-11-03T09:00")
    assert "acme 2026-10: unchanged (provisional" in house.close().output
    assert house.content() == before
    house.server.series = stored(50)
    told = house.close().output
    assert "closed again: target availability: verdict missed was met, attained 99.89% was 99.91%, 5000 events counted were 4000" in told
    assert (house.closing().state, house.closing().current.number) == ("provisional", 1)


def test_figures_are_final_when_nobody_objected(house: House) -> None:
    house.close()
    house.at("2026-11-16T00:00")
    house.server.series = stored(50)
    house.server.asked.clear()
    assert "acme 2026-10: is final now (final, revision 1)" in house.close().output
    assert house.server.asked == []
    assert house.closing().current.judged.targets[0].verdict == "met"
    assert "acme 2026-10: is final (final, revision 1)" in house.close().output


def test_a_dispute_and_its_end(house: House) -> None:
    house.close()
    told = house.close("--agreement", "acme", "--dispute", "ten of these minutes were a test")
    assert (told.exit_code, house.closing().state) == (0, "disputed")
    house.at("2027-02-01T00:00")
    house.close()
    assert house.closing().state == "disputed"
    refused = house.close("--final")
    assert (refused.exit_code, "it is disputed; say with --agreed-by" in refused.output) == (1, True)
    house.close("--final", "--agreed-by", "A. Buyer")
    assert (house.closing().state, house.closing().changes[-1].by) == ("final", "A. Buyer")


def test_final_figures_change_as_a_revision(house: House) -> None:
    house.close()
    house.close("--final", "--agreed-by", "A. Buyer")
    house.server.series = stored(30)
    house.at("2026-11-20T09:00")
    result = house.close("--agreement", "acme", "--revise", "a test of yours", "--agreed-by", "A. Buyer")
    assert result.exit_code == 0, result.output
    closing = house.closing()
    assert (closing.state, closing.current.number, closing.current.reason) == ("final", 2, "a test of yours")
    assert [revision.judged.targets[0].outcome.counted for revision in (*closing.earlier, closing.current)] == [4000, 3000]
    assert len([name for name in house.files() if "/facts/" in name]) == 2
    again = house.close("--agreement", "acme", "--revise", "once more", "--agreed-by", "A. Buyer")
    assert (again.exit_code, "nothing is different from revision 2" in again.output) == (1, True)


# --- breaches ----------------------------------------------------------------------------------------------------
def test_a_breach_gets_a_document_once(house: House) -> None:
    house.server.series = stored(60)
    house.close()
    file = house.folder / "specs/records/breach-acme-availability-2026-10.yaml"
    assert file.read_text() == """\
kind: Breach
metadata:
  name: acme-availability-2026-10
spec:
  target: acme/availability
  period: 2026-10
  detected: '2026-11-02T08:00:00Z'
  attained: 99.87%
"""
    assert house.run("check", "specs").exit_code == 0
    file.write_text(file.read_text() + "  cause: a cable\n")
    house.server.series = stored(70)
    house.close()
    assert file.read_text().endswith("  cause: a cable\n")


# --- runs that break off -----------------------------------------------------------------------------------------
def test_an_interrupted_run_goes_on_where_it_was(house: House) -> None:
    house.write(*(sla(f"customer-{number}") for number in range(4)))
    broken: list[str] = []

    def write(folder: ClosingFiles, closing: Closing, facts: dict[str, str]) -> bool:
        broken.append(closing.agreement)
        if len(broken) == 3:
            raise KeyboardInterrupt
        return original(folder, closing, facts)

    original = ClosingFiles.write
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClosingFiles, "write", write)
        result = house.close()
    assert (result.exit_code, "interrupted; what was written is whole" in result.output) == (130, True)
    assert [name for name in house.files() if name.startswith("closings/2026-10/customer")] == [
        "closings/2026-10/customer-0.json", "closings/2026-10/customer-1.json",
    ]
    before = house.content()
    house.at("2026-11-02T10:00")
    told = house.close()
    assert told.exit_code == 0
    assert told.output.count("closed by the run that was interrupted") == 2
    assert all(house.content()[name] == content for name, content in before.items() if name.endswith(("-0.json", "-1.json")))
    assert "closings/.unfinished.json" not in house.files()
    assert house.close().output.count("unchanged") == 4


def test_one_agreement_that_fails_stops_no_other(house: House) -> None:
    house.write(sla("acme"), sla("broken"), sla("zeta"))
    file = house.folder / "closings/2026-10/broken.json"
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    result = house.close()
    assert result.exit_code == 1
    assert "closings/2026-10/broken.json is no closing of this version of slo-gen: Object missing required field" in result.output
    assert {"closings/2026-10/acme.json", "closings/2026-10/zeta.json"} <= set(house.files())
    assert file.read_text() == "{}"


def test_a_server_that_is_away_is_told_once(house: House) -> None:
    house.url = "http://127.0.0.1:9"
    result = house.close()
    assert result.exit_code == 1
    assert result.output.count("could not be reached") == 1


# --- wrong use ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("arguments", "message"), [
    (["--final", "--running"], "Only one of --running, --final, --dispute and --revise can be done at a time."),
    (["--dispute", "no"], "Name the agreement with --agreement; --dispute is about figures of one."),
    (["--agreement", "acme", "--revise", "no"], "Final figures change only with the agreement of the other side"),
    (["--agreement", "acme", "--dispute", ""], "--dispute needs a reason."),
    (["--agreed-by", "me"], "--agreed-by goes with --final or --revise."),
    (["--agreement", "acne"], "there is no agreement 'acne'; did you mean `acme`?"),
    (["--period", "October"], "'October' is no period; write it like 2026-10, 2026-Q4, 2026-H2, 2026-W07 or 2026."),
    (["--agreement", "acme", "--dispute", "no"], "acme: 2026-10 is not closed yet; there is no closings/2026-10/acme.json"),
])
def test_what_makes_no_sense_is_refused(house: House, arguments: list[str], message: str) -> None:
    result = house.close(*arguments)
    assert result.exit_code in (1, 2)
    assert message in " ".join(result.output.split())


def test_a_server_must_be_named_where_one_is_read(house: House) -> None:
    result = house.run("close", "specs", "--period", "2026-10")
    assert (result.exit_code, "Missing option '--prometheus'" in result.output) == (2, True)
