"""Every query of every panel of a customer's page in a real Prometheus that holds months of the example catalogue."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from backfilled_prometheus import Prometheus, backfilled_prometheus
from click.testing import Result
from seeded_months import BERLIN, BOUNDS, NOW, ROLLED, seed, seeded_specs, traffic
from sla_dashboards import dashboard_files
from sla_dashboards.states import AT_RISK, BREACHED, NOT_YET, OK

from slo_gen.cli.loading import load_catalogue
from slo_gen.rules.info import Promise
from slo_gen.spec.model import Catalogue

Run = Callable[..., Result]
MINUTE, HOUR, DAY = 60, 3600, 86_400
CHECKOUT, STOREFRONT = "nordwind-fjord-checkout", "nordwind-fjord-storefront"
MOST_LINES = 30


@dataclass(frozen=True)
class Seeded:
    server: Prometheus
    specs: Path
    catalogue: Catalogue
    page: dict[str, Any]
    managers: dict[str, Any]

    def asked(self, title: str, ref: str = "A", at: int = NOW, agreement: str = "") -> list[tuple[dict[str, str], float]]:
        """The answer to an instant query of a panel; ``agreement``: of the panel that stands below this one's name."""
        expr = next(
            target["expr"] for panel in panels(self.page) if panel["title"] == title
            for target in panel["targets"] if target["refId"] == ref and agreement in target["expr"]
        )  # fmt: skip
        return self.server.vector(expr, at)

    def by_target(self, title: str, ref: str, at: int = NOW, agreement: str = CHECKOUT) -> dict[str, float]:
        return {labels["target"]: value for labels, value in self.asked(title, ref, at) if labels["agreement"] == agreement}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    folder = tmp_path_factory.mktemp("specs")
    catalogue = load_catalogue([seeded_specs(folder)])
    pages = {each.audience: json.loads(each.text) for each in dashboard_files(catalogue)}
    page, managers = pages["customer"], pages["service level manager"]
    with backfilled_prometheus(tmp_path_factory.mktemp("months") / "server") as server:
        seed(server, catalogue)
        yield Seeded(server, folder, catalogue, page, managers)


def panels(page: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for panel in page["panels"]:
        yield panel
        yield from panel.get("panels", ())


def midnight(at: int) -> int:
    """The last one before, as Grafana puts steps of a day in the zone of the page."""
    return int(datetime.fromtimestamp(at, BERLIN).replace(hour=0, minute=0, second=0).timestamp())


@pytest.mark.parametrize("at", [NOW, ROLLED], ids=["now", "after rollover"])
def test_every_query_runs_and_tells_something_in_the_shape_of_its_panel(seeded: Seeded, at: int) -> None:
    told = 0
    for panel in panels(seeded.page):
        for target in panel.get("targets", ()):
            where = f"{panel['title']} {target['refId']}"
            if target["instant"]:
                found = seeded.server.vector(target["expr"], at)
                rows = [tuple(sorted(labels.items())) for labels, _ in found]
                assert len(set(rows)) == len(rows), where
                assert panel["type"] == "table" or len(found) == 1, where
            else:
                step = DAY if panel.get("interval") == "1d" else HOUR
                end = midnight(at) if step == DAY else at
                found_lines = seeded.server.range(target["expr"], end - 40 * DAY, end, step)
                assert 0 < len(found_lines) <= MOST_LINES, where
                found = [(labels, 0.0) for labels, _ in found_lines]
            assert found, where
            shown = {"agreement", "target", "slm_objective", "priority", "period", "month"}
            assert {label for labels, _ in found for label in labels} <= shown, where
            told += 1
    assert told > 20


def test_the_verdict_tells_the_worst_and_that_tickets_are_missed(seeded: Seeded) -> None:
    # In October the outage broke the availability of the checkout; in November too many P2 tickets are late.
    assert seeded.asked("This period so far", at=BOUNDS[3] + 7 * MINUTE) == [({}, BREACHED)]
    assert seeded.asked("This period so far") == [({}, AT_RISK)]
    states = seeded.by_target("Targets of this period", "A")
    assert {target: state for target, state in states.items() if target.startswith("p")} == {
        "p1-response": OK, "p1-resolution": OK, "p2-response": AT_RISK, "p2-resolution": AT_RISK, "p3-response": NOT_YET,
        "p3-resolution": NOT_YET,
    }  # fmt: skip
    # Nobody knows what happened in the two hours without data: they might break 99.9 %, and not 98 %.
    assert (states["availability"], states["latency"]) == (AT_RISK, OK)
    # One of five P1 tickets was missed, which is allowed of so few: the agreement says so, and the rules count so.
    assert seeded.by_target("Tickets by priority", "F")["p1-response"] == 0
    assert seeded.by_target("Tickets by priority", "F")["p2-response"] < 0


def evaluated(run: Run, seeded: Seeded, agreement: str, target: str, period: int, folder: Path) -> dict[str, Any]:
    """What ``slo-gen evaluate`` says of the minutes of a month."""
    promise = next(each for each in seeded.catalogue.agreements[agreement].targets if each.name == target)
    lines = ["time,bad,total"]
    for place, each in enumerate(traffic(Promise(seeded.catalogue.agreements[agreement], promise))):
        at = BOUNDS[0] + place * MINUTE
        if each is not None and BOUNDS[period] <= at < min(BOUNDS[period + 1], (NOW - 3 * MINUTE) // 300 * 300 - 300):
            lines.append(f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ},{each[1]},{each[0]}")
    samples = folder / "samples.csv"
    samples.write_text("\n".join(lines) + "\n", encoding="utf-8")
    name = f"{datetime.fromtimestamp(BOUNDS[period], BERLIN):%Y-%m}"
    done = run("evaluate", str(seeded.specs), "--agreement", agreement, "--target", target, "--period", name, "--samples", str(samples),
               "--slot", "1m", "--json")  # fmt: skip
    assert done.exit_code == 0, done.output
    (found,) = json.loads(done.stdout)["targets"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(("agreement", "target"), [
    (CHECKOUT, "availability"), (CHECKOUT, "latency"), (STOREFRONT, "availability"), (STOREFRONT, "latency"),
])
def test_the_tables_equal_what_evaluate_says(run: Run, seeded: Seeded, agreement: str, target: str, tmp_path: Path) -> None:
    scale = 10**4
    if target == "availability":
        figure = Fraction(evaluated(run, seeded, agreement, target, 3, tmp_path)["attained_exact"])
        shown = seeded.by_target("Targets of this period", "C", agreement=agreement)[target]
        assert shown == pytest.approx(int(figure * scale) / scale, abs=1e-12)
        assert shown <= figure
    excluded = seeded.by_target("Targets of this period", "G", agreement=agreement)[target]
    # The release of each Wednesday of the storefront, and the upgrade of the 15th of the checkout.
    assert excluded == (180 if agreement == STOREFRONT else 120)
    october = evaluated(run, seeded, agreement, target, 2, tmp_path)
    rows = {
        labels["period"]: value for labels, value in seeded.asked("Periods that have ended", "C", agreement=agreement)
        if labels["target"] == target
    }  # fmt: skip
    assert rows[str(BOUNDS[2])] == pytest.approx(int(Fraction(october["attained_exact"]) * scale) / scale, abs=1e-12)
    states = {
        labels["period"]: value for labels, value in seeded.asked("Periods that have ended", "B", agreement=agreement)
        if labels["target"] == target
    }  # fmt: skip
    assert states[str(BOUNDS[2])] == {"met": OK, "missed": BREACHED}[october["verdict"]]
    assert set(rows) == {str(start) for start in BOUNDS[:3]}


def test_months_are_named_by_the_zone_of_the_contract(seeded: Seeded) -> None:
    found = {labels["month"] for labels, _ in seeded.asked("Periods that have ended", agreement=CHECKOUT)}
    assert found == {"2026-08", "2026-09", "2026-10"}


def test_minutes_left_are_what_the_promise_leaves_less_what_was_lost(seeded: Seeded) -> None:
    used, left = (seeded.by_target("Targets of this period", ref)["availability"] for ref in "EF")
    assert used + left == pytest.approx(30 * 1440 * 0.001, abs=0.11)
    assert left > 0
    rolled = seeded.by_target("Targets of this period", "F", at=ROLLED)["availability"]
    assert rolled > left
    lost = seeded.by_target("Targets of this period", "F", at=BOUNDS[3] + 7 * MINUTE)["availability"]
    assert lost < 0


def test_a_day_with_an_outage_is_below_what_was_promised_and_other_days_are_kept(seeded: Seeded) -> None:
    panel = next(panel for panel in panels(seeded.page) if panel["title"] == "The last 90 days")
    first = BOUNDS[2]
    days = {}
    for day in range(31 + 19):
        at = midnight(first + day * DAY + 12 * HOUR)
        for labels, value in seeded.server.vector(panel["targets"][0]["expr"], at):
            days[labels["agreement"], datetime.fromtimestamp(at, BERLIN).date().isoformat()] = value
    told = {day: value for (agreement, day), value in days.items() if agreement == CHECKOUT}
    assert told.pop("2026-10-14") == AT_RISK
    assert {"2026-10-13", "2026-10-15", "2026-10-31", "2026-11-01", "2026-11-03"} <= {day for day, value in told.items() if value == OK}
    assert AT_RISK not in told.values()


def test_the_page_says_as_of_when_it_speaks_and_when_the_period_ends(seeded: Seeded) -> None:
    assert seeded.asked("Figures as of") == [({}, NOW * 1000)]
    assert seeded.asked("Period ends") == [({}, BOUNDS[4] * 1000)]
    assert seeded.asked("Period ends", at=BOUNDS[3] - HOUR) == [({}, BOUNDS[3] * 1000)]


@pytest.mark.parametrize("at", [BOUNDS[3] + 7 * MINUTE, ROLLED, NOW], ids=["October", "after rollover", "now"])
def test_the_page_of_the_managers_counts_what_the_customer_is_told(seeded: Seeded, at: int) -> None:
    told = [value for _, value in seeded.asked("Targets of this period", at=at)]
    counted = {
        panel["title"]: seeded.server.vector(
            panel["targets"][0]["expr"].replace("$customer", "nordwind").replace("$service", ".*"), at
        )[0][1]
        for panel in panels(seeded.managers) if panel["title"] in ("Met so far", "At risk", "Breached")
    }
    assert counted == {"Met so far": told.count(OK), "At risk": told.count(AT_RISK), "Breached": told.count(BREACHED)}


def test_months_of_the_managers_are_those_of_the_customer(seeded: Seeded) -> None:
    states = [
        ({**labels}["period"], value)
        for agreement in (CHECKOUT, STOREFRONT) for labels, value in seeded.asked("Periods that have ended", "B", agreement=agreement)
    ]
    panel = next(panel for panel in panels(seeded.managers) if panel["title"] == "Twelve months")
    named = dict(zip((str(start) for start in BOUNDS), ("2026-08", "2026-09", "2026-10"), strict=False))
    told = Counter((named[period], "2" if state == AT_RISK else f"{state:g}") for period, state in states)
    counted = {(labels["month"], labels["outcome"]): value for labels, value in seeded.server.vector(panel["targets"][0]["expr"], NOW)}
    assert counted == told
