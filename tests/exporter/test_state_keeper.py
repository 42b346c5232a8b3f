"""From what probes saw to what promises come to: exact seconds, the same after a restart, and on a replica."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families
from sla_exporter.bookkeeper import Bookkeeper
from sla_exporter.health import Health
from sla_exporter.ledger.database import LedgerError, SqliteDatabase
from sla_exporter.ledger.ledger import Ledger
from sla_exporter.ledger.stretches import Place
from sla_exporter.probes.states import MOST_FAILURES, STATES
from sla_exporter.state_keeper import Current, _length
from watched_shop import START, UP, WEB, Shop, look, saw, shop

PARIS = Place(UP, "paris")


def test_every_series_is_there_with_0_before_anything_was_seen(tmp_path: Path) -> None:
    found = Shop(tmp_path / "ledger").samples(START)
    assert [found["slm_period_seconds", state] for state in STATES] == [0, 0, 0, 0]
    assert [found["slm_probe_transitions_total", state] for state in STATES] == [0, 0, 0, 0]
    assert [found["slm_probe_state", state] for state in STATES] == [0, 0, 1, 0]
    assert found["slm_period_verdict", "not_measured"] == 1
    assert found["slm_period_counted_seconds", ""] == 0
    assert (found["slm_period_start_timestamp_seconds", ""], found["slm_period_end_timestamp_seconds", ""]) == (START, START + 30 * 86_400)
    assert ("slm_probe_up", "") not in found


def test_time_is_counted_by_state(tmp_path: Path) -> None:
    one = Shop(tmp_path / "ledger")
    one.tell(saw("uuuddduu??uu....u"), START + 255, ends=1_800_000_000)
    assert one.seconds() == (45 + 30 + 45 + 15 + 15, 45, 30 + 30, 0)
    found = one.samples(START + 255)
    assert [found["slm_period_seconds", state] for state in STATES] == [150, 45, 60, 0]
    assert [found["slm_probe_transitions_total", state] for state in STATES] == [3, 1, 2, 0]
    assert (found["slm_probe_up", ""], found["slm_probe_state", "up"]) == (1, 1)
    assert found["slm_probe_state_since_timestamp_seconds", ""] == START + 240
    assert found["slm_probe_certificate_expiry_timestamp_seconds", "web"] == 1_800_000_000
    assert found["slm_period_evaluated_timestamp_seconds", ""] == START + 255


def test_a_target_is_judged_by_the_contract(tmp_path: Path) -> None:
    one = Shop(tmp_path / "ledger", shop(target=", measure: {method: downtime_minutes, at_least: 1m}"))
    one.tell(saw("uddduddddduuu"), START + 195)
    [(_, standing)] = one.states.kept.standings
    assert one.seconds() == (75, 120, 0, 0)
    assert standing.outcome is not None
    assert (standing.outcome.counted, standing.outcome.real) == (75, 120)
    assert standing.outcome.figure == 1 - Fraction(75, 195)
    found = one.samples(START + 195)
    assert (found["slm_period_counted_seconds", ""], found["slm_period_denominator_seconds", ""]) == (75, 195)
    assert found["slm_period_basis_seconds", ""] == 30 * 86_400
    assert found["slm_period_verdict", "missed"] == 1


def test_what_does_not_count_is_excluded(tmp_path: Path) -> None:
    monday = START + 86_400
    work = """
---
kind: Maintenance
metadata: {name: work}
spec: {services: [shop], timezone: UTC, windows: [{from: 2026-11-02T08:00, to: 2026-11-02T08:01}]}
"""
    one = Shop(tmp_path / "ledger", shop(target=", hours: office, exclude: [maintenance]", more=work))
    one.tell(saw("dddddddddddd", start=monday + 8 * 3600 - 60), monday + 8 * 3600 + 120)
    assert one.seconds() == (0, 60, 0, 86_400 + 8 * 3600 + 60)
    assert one.samples(0)["slm_period_excluded_seconds", ""] == 60


def test_a_restart_changes_no_number(tmp_path: Path) -> None:
    one = Shop(tmp_path / "ledger")
    one.tell(saw("uuddduu"), START + 100)
    before = one.seconds()
    one.open_again(START + 100)
    assert one.seconds() == before == (55, 45, 0, 0)
    assert one.samples(START + 100)["slm_period_seconds", "down"] == 45
    one.tell(saw("uuddduuu"), START + 110)
    assert one.seconds() == (65, 45, 0, 0)


def test_what_was_seen_last_is_written_before_the_end(tmp_path: Path) -> None:
    one = Shop(tmp_path / "ledger")
    one.tick(START)
    one.states.hand_over(look(saw("uud")))
    one.keeper.end(1.0)
    one.open(START + 40)
    assert one.seconds() == (30, 10, 0, 0)


def test_a_replica_that_only_reads_says_the_same(tmp_path: Path) -> None:
    one = Shop(tmp_path / "ledger")
    other = Bookkeeper(Ledger(_Reading(tmp_path / "ledger")), one.catalogue, [], Health(), START)
    for text, now in (("uudd", START + 60), ("uuddduu", START + 105)):
        one.tell(saw(text), now)
        other.states._due = 0.0
        other.tick(now)
        assert other.states.kept.standings == one.states.kept.standings
        assert other.states.kept.current == one.states.kept.current


class _Reading(SqliteDatabase):
    """A ledger as a replica sees it that does not write."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, read_only=True)


def test_nothing_follows_from_what_could_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Shop(tmp_path / "ledger")
    one.tell(saw("uu"), START + 30)
    before = one.states.kept

    def full(*_: object) -> int:
        raise LedgerError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(one.ledger.states, "write", full)
        for _ in range(2):
            with pytest.raises(LedgerError):
                one.tell(saw("uudd"), START + 60)
    assert one.states.kept is before
    one.tick(START + 60)
    assert one.seconds() == (30, 30, 0, 0)


def test_locations_decide_together_and_failures_are_confirmed(tmp_path: Path) -> None:
    one = Shop(tmp_path / "ledger", shop(probe=", quorum: 2, failures: 2, back_dated: true"))
    one.states.hand_over(look(saw("uddddduu")))
    one.tell(saw("uuduuddd"), START + 120, PARIS)
    assert one.seconds() == (105, 15, 0, 0)


def test_a_row_that_is_not_decided_is_not_told_yet(tmp_path: Path) -> None:
    one = Shop(tmp_path / "ledger", shop(probe=", failures: 3, back_dated: true"))
    one.tell(saw("uudd"), START + 58)
    assert one.seconds() == (30, 0, 0, 0)
    assert one.states.kept.current == {UP: Current("up", START * 1000)}
    one.tell(saw("d", start=START + 60), START + 61)
    assert one.seconds() == (30, 31, 0, 0)
    assert one.states.kept.current == {UP: Current("down", (START + 30) * 1000)}


def test_a_new_period_begins_at_nothing_and_lets_go_of_the_old(tmp_path: Path) -> None:
    one = Shop(tmp_path / "ledger")
    december = START + 30 * 86_400
    one.tell(saw("uduu" * 6, start=december - 240), december + 120)
    assert one.seconds() == (90, 30, 0, 0)
    assert one.samples(december + 120)["slm_period_start_timestamp_seconds", ""] == december
    january = december + 31 * 86_400
    one.tick(january + 60)
    assert len(one.states._watched.locations(UP)["web"]) == MOST_FAILURES
    assert one.seconds() == (0, 0, 60, 0)
    assert one.samples(january + 60)["slm_probe_transitions_total", "unknown"] == 1


def test_an_agreement_with_a_condition_is_left_to_prometheus(tmp_path: Path) -> None:
    one = Shop(tmp_path / "ledger", shop(target=", exclude: [{when: 'failover == 1', reason: failover}]"))
    assert one.states.kept.standings == ()
    assert WEB.indicator in one.states.kept.current


def test_other_documents_are_taken_over(tmp_path: Path) -> None:
    one = Shop(tmp_path / "ledger")
    one.tell(saw("udddddu"), START + 105)
    one.keeper.replace(shop(probe=", failures: 6, back_dated: true"), [], START + 105)
    assert one.seconds() == (105, 0, 0, 0)


def test_documents_that_the_ledger_cannot_be_read_for_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Shop(tmp_path / "ledger")
    one.tell(saw("udu"), START + 45)

    def away(*_: object) -> int:
        raise LedgerError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(one.ledger.states, "number", away)
        with pytest.raises(LedgerError):
            one.states.replace(shop(probe=", failures: 2, back_dated: true"), START + 45)
    one.tick(START + 45)
    assert one.seconds() == (30, 15, 0, 0)


def test_a_defect_of_judging_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    one = Shop(tmp_path / "ledger")
    one.tell(saw("u"), START + 15)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("sla_exporter.state_standings.target_period", broken)
        for text, now in (("ud", START + 30), ("udu", START + 45)):
            one.tell(saw(text), now)
        assert one.seconds() == (15, 0, 0, 0)
    assert [record.levelname for record in caplog.records if record.levelname != "INFO"] == ["ERROR"]
    one.tick(START + 45)
    assert one.seconds() == (30, 15, 0, 0)


def test_what_begins_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    one = Shop(tmp_path / "ledger")
    one.tell(saw("uu"), START + 30)
    one.tell(saw("uud"), START + 31)
    one.tell(saw("u", start=START + 120), START + 121)
    assert caplog.messages == [
        "shop-up is up since 2026-11-01T00:00:00.000Z", "shop-up is down since 2026-11-01T00:00:30.000Z, after 30.0s up",
        "shop-up is up since 2026-11-01T00:02:00.000Z, after 45.0s unknown",
    ]  # fmt: skip


@pytest.mark.parametrize(("milliseconds", "text"), [
    (9_540, "9.5s"), (60_000, "1m 0s"), (89_989, "1m 30s"), (7_205_000, "2h 0m 5s"), (172_805_000, "2d 0h 0m 5s"),
])  # fmt: skip
def test_how_long_it_lasted_is_told_in_words(milliseconds: int, text: str) -> None:
    assert _length(milliseconds) == text


def test_what_is_exposed_is_well_formed_in_both_forms(tmp_path: Path) -> None:
    one = Shop(tmp_path / "ledger")
    one.tell(saw("uuudd"), START + 80, ends=1_800_000_000)
    text = one.keeper.page(START + 80, openmetrics=False)
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")
    plain = {family.name for family in text_string_to_metric_families(text.decode())}
    families = list(openmetrics_families(one.keeper.page(START + 80, openmetrics=True).decode() + "# EOF\n"))
    assert {family.name for family in families} == {name.removesuffix("_total") for name in plain}
    assert "slm_probe_transitions" in {family.name for family in families}
