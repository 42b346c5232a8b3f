"""What takes a little longer: a ledger that is locked, damaged, or being computed again when the exporter ends."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from file_desk import PROMISES, Desk, counted, met
from running_exporter import Exporter, exporter, until


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk.jsonl")


def test_a_locked_ledger_is_waited_for_and_a_second_exporter_is_refused(desk: Desk, tmp_path: Path) -> None:
    with exporter(tmp_path, desk.source, PROMISES) as daemon:
        desk.open(1)
        daemon.start()
        counted(daemon, 1)
        second = daemon.command("run", "--config.file", str(daemon.file), "--web.listen-address", "127.0.0.1:0")
        assert second.returncode == 1
        assert "is in use by another sla-exporter" in second.stderr
        with closing(sqlite3.connect(tmp_path / "sla-ledger.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            desk.open(1)
            until(lambda: daemon.value("slm_ledger_writable") == 0, 20, lambda: daemon.log)
            assert (met(daemon), daemon.status("/-/ready"), daemon.status("/-/healthy")) == (1, 503, 200)
            other.execute("ROLLBACK")
        counted(daemon, 2)
        assert daemon.value("slm_source_errors_total", reason="internal") >= 1
        assert daemon.status("/-/ready") == 200


def test_a_ledger_that_is_damaged_is_left_as_it_is(desk: Desk, tmp_path: Path) -> None:
    """While it runs, the last numbers are served and nothing is written; started again, it refuses."""
    file = tmp_path / "sla-ledger.sqlite"
    with exporter(tmp_path, desk.source, PROMISES) as daemon:
        desk.open(500)
        daemon.start()
        counted(daemon, 500)
        daemon.kill()
        with closing(sqlite3.connect(file)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        daemon.start()
        counted(daemon, 500)
        with file.open("r+b") as stream:
            stream.seek(2 * 4096)
            stream.write(b"\xa5" * (file.stat().st_size - 2 * 4096))
        desk.open(5000)
        until(lambda: daemon.value("slm_ledger_writable") == 0, 20, lambda: daemon.log)
        time.sleep(1.5)
        assert (met(daemon), daemon.status("/-/ready"), daemon.status("/-/healthy")) == (500, 503, 200)
        assert daemon.log.count("is damaged or no ledger") == 1
        assert daemon.stop() < 10
        kept = file.read_bytes()
        refused = daemon.command("run", "--config.file", str(daemon.file))
        assert (refused.returncode, "is damaged or no ledger, and was left as it is" in refused.stderr) == (1, True)
        assert file.read_bytes() == kept
        done = daemon.command("ledger", "rebuild", "--config.file", str(daemon.file))
        assert "the damaged file is kept as" in done.stdout
        daemon.start()
        counted(daemon, 5500)


def test_what_is_being_computed_is_undone_at_the_end_and_done_again(tmp_path: Path) -> None:
    """Many tickets and other promises: the exporter is asked to end, or is killed, in the middle of computing all of them again."""
    desk = Desk(tmp_path / "desk.jsonl")
    with exporter(tmp_path, desk.source, PROMISES) as daemon:
        desk.open(22_000)
        daemon.start()
        counted(daemon, 22_000, 120)
        assert daemon.stop() < 10
        specs = tmp_path / "specs" / "promises.yaml"
        specs.write_text(PROMISES.replace("15m", "30s"))
        for number in (signal.SIGTERM, signal.SIGKILL):
            daemon.begin()
            assert daemon.process is not None
            until(lambda: len(children(daemon)) > 1, 20, lambda: daemon.log)
            computing = children(daemon)
            daemon.process.send_signal(number)
            assert daemon.process.wait(timeout=10) == (0 if number == signal.SIGTERM else -number)
            gone(computing)
        specs.write_text(PROMISES)
        daemon.start()
        assert met(daemon) == 22_000
        specs.write_text(PROMISES.replace("15m", "30s"))
        daemon.hang_up()
        until(lambda: len(children(daemon)) > 1, 20, lambda: daemon.log)
        assert daemon.stop() < 10


def children(daemon: Exporter) -> list[int]:
    """The processes that compute for the exporter, whichever of its threads began them."""
    assert daemon.process is not None
    found = []
    for file in Path(f"/proc/{daemon.process.pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(pid) for pid in file.read_text().split()]
    return found


def gone(processes: list[int]) -> None:
    """Waits until there is none of them any more."""
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in processes), 10, lambda: processes)
