"""States in the ledger: written as a whole, told again without effect, read by replicas as they change."""

from __future__ import annotations

from pathlib import Path

import pytest
from sla_exporter.ledger.database import LedgerError, SqliteDatabase
from sla_exporter.ledger.ledger import Ledger
from sla_exporter.ledger.stretches import Place, Stretches
from sla_exporter.ledger.upkeep import exported, impossible_states
from sla_exporter.probes.states import Stretch

A, B = Place("a", "x"), Place("b", "x")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(SqliteDatabase(tmp_path / "ledger"))


@pytest.fixture
def states(ledger: Ledger) -> Stretches:
    return ledger.states


def test_what_changes_takes_the_place_of_what_was(states: Stretches) -> None:
    assert states.write([(A, Stretch(0, 0, 30, "up")), (B, Stretch(0, 0, 30, "down"))], {"web": 1}, {A: 9}) == 1
    for _ in range(2):
        states.write([(A, Stretch(0, 10, 20, "up")), (A, Stretch(20, 20, 50, "down"))], {"web": 2}, {A: 8})
    assert list(states.all()) == [(A, Stretch(0, 10, 20, "up")), (A, Stretch(20, 20, 50, "down")), (B, Stretch(0, 0, 30, "down"))]
    assert (states.asked(), states.certificates(), states.number()) == ({"web": 2}, {A: 8}, 3)


def test_a_replica_reads_what_it_does_not_know(states: Stretches) -> None:
    number = states.write([(A, Stretch(0, 0, 30, "up")), (B, Stretch(0, 0, 30, "up"))], {}, {})
    states.write([(B, Stretch(0, 15, 45, "up"))], {}, {})
    assert states.changed_after(number) == [(B, Stretch(0, 15, 45, "up"))]
    assert states.changed_after(number + 1) == []


def test_what_is_over_is_left_but_for_the_last_of_each_place(states: Stretches) -> None:
    states.write([(A, Stretch(0, 0, 10, "up")), (A, Stretch(10, 10, 20, "down")), (B, Stretch(15, 15, 40, "up"))], {}, {})
    assert list(states.since(20)) == [(A, Stretch(10, 10, 20, "down")), (B, Stretch(15, 15, 40, "up"))]


def test_all_of_a_look_is_written_or_nothing(ledger: Ledger) -> None:
    ledger.database.execute("DROP TABLE certificate")
    with pytest.raises(LedgerError):
        ledger.states.write([(A, Stretch(0, 0, 30, "up"))], {"web": 1}, {A: 9})
    assert (list(ledger.states.all()), ledger.states.asked(), ledger.states.number()) == ([], {}, 0)


def test_stretches_that_cannot_be_are_told(ledger: Ledger) -> None:
    good = [(A, Stretch(0, 0, 30, "up")), (A, Stretch(30, 40, 70, "down")), (B, Stretch(0, 5, 5, "up"))]
    ledger.states.write(good, {}, {})
    assert list(impossible_states(ledger)) == ["", "", ""]
    ledger.states.write([(A, Stretch(60, 60, 90, "up")), (B, Stretch(5, 4, 9, "up"))], {}, {})
    assert [text for text in impossible_states(ledger) if text] == [
        "a from x at 60 ms: the stretch before it holds longer", "b from x at 5 ms: it ends before it begins",
    ]  # fmt: skip


def test_states_are_exported_as_json_lines(ledger: Ledger) -> None:
    ledger.states.write([(A, Stretch(0, 0, 30, "up"))], {"web": 1}, {})
    assert list(exported(ledger, "states")) == [
        '{"ledger": "states", "probes": {"web": 1}}',
        '{"indicator": "a", "location": "x", "start": 0, "last": 0, "until": 30, "state": "up"}',
    ]  # fmt: skip
