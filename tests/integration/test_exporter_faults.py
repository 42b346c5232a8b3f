"""The exporter as a process, and what its machine, its sources and its end do to it.

Each test is a row of docs/faults.md: what goes wrong, what is promised for that, and that it goes on when all is well again.
What takes longer is in tests/faults.
"""

from __future__ import annotations

import gzip
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from api_server import Api, Asked, Told, api
from file_desk import PROMISES, Desk, counted, met, verified
from running_exporter import exporter, until


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk.jsonl")


# --- the disk ----------------------------------------------------------------------------------------------------------
@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own, for which one has to be root."""
    folder.mkdir()
    before = [] if os.geteuid() == 0 else ["sudo", "-n"]
    mount = [*before, "mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"a small disk is mounted by root: run this as root, or where sudo asks for no password. {done.stderr}"
    try:
        yield folder
    finally:
        subprocess.run([*before, "umount", "--lazy", str(folder)], check=True)


def fill(file: Path) -> None:
    """Until no byte has room any more."""
    with file.open("wb", buffering=0) as stream, suppress(OSError):
        while True:
            stream.write(bytes(4096))


def test_a_full_disk_pauses_the_reading_and_nothing_else(desk: Desk, tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", 4) as disk,
        exporter(tmp_path / "exporter", desk.source, PROMISES, f"{{file: {disk}/ledger}}") as daemon,
    ):
        desk.open(10)
        daemon.start()
        counted(daemon, 10)
        filler = disk / "filler"
        fill(filler)
        desk.open(1500)
        until(lambda: daemon.value("slm_ledger_writable") == 0, 20, lambda: daemon.log)
        time.sleep(2)
        assert (daemon.value("slm_ledger_writable"), met(daemon), daemon.value("slm_source_up")) == (0, 10, 1)
        assert (daemon.status("/-/healthy"), daemon.status("/-/ready")) == (200, 503)
        filler.unlink()
        counted(daemon, 1510)
        assert (daemon.status("/-/ready"), daemon.value("slm_ledger_writable")) == (200, 1)
        assert daemon.log.count("cannot be written") == daemon.log.count("can be written again") == 1
        assert daemon.stop() < 10
        assert verified(daemon) == "1510 results follow from the events, to the second\n"


# --- the configuration -------------------------------------------------------------------------------------------------
def test_a_broken_reload_leaves_the_former_and_a_removed_source_is_gone_and_kept(desk: Desk, tmp_path: Path) -> None:
    with exporter(tmp_path, f"{desk.source}\n- {{name: other, file: {{path: {desk.file}}}, every: 1s}}", PROMISES) as daemon:
        daemon.options = ("--web.enable-lifecycle",)
        desk.open(3)
        daemon.start()
        counted(daemon, 3)
        good = daemon.file.read_text()
        before = daemon.value("slm_exporter_config_last_reload_success_timestamp_seconds")

        daemon.file.write_text(good.replace("sources:", "sourcs:"))
        daemon.hang_up()
        until(lambda: daemon.value("slm_exporter_config_last_reload_successful") == 0, 10, lambda: daemon.log)
        desk.open(1)
        counted(daemon, 4)
        refused = httpx.post(f"{daemon.url}/-/reload", timeout=20)
        assert (refused.status_code, "the former one stays in force" in refused.text) == (500, True)
        checked = daemon.command("check", "--config.file", str(daemon.file))
        assert (checked.returncode, "= did you mean `sources`?" in checked.stderr) == (1, True)
        assert daemon.value("slm_exporter_config_last_reload_success_timestamp_seconds") == before
        assert daemon.status("/-/ready") == 200

        daemon.file.write_text("\n".join(line for line in good.splitlines() if "name: desk" not in line))
        assert httpx.post(f"{daemon.url}/-/reload", timeout=20).status_code == 200
        samples = daemon.samples()
        assert {dict(labels)["source"] for (name, labels) in samples if name == "slm_source_up"} == {"other"}
        assert daemon.value("slm_exporter_config_last_reload_successful") == 1
        desk.open(1)
        time.sleep(1.5)
        assert met(daemon) == 4                                    # what was counted stays so, and nothing is added

        daemon.file.write_text(good)
        daemon.hang_up()
        counted(daemon, 5)
        assert verified(daemon).startswith("5 results follow")


# --- the sources -------------------------------------------------------------------------------------------------------
REFUSALS = {
    "limited": Told({}, 429, {"Retry-After": "2"}), "broken": Told({}, 500), "slow": Told({"a": "b" * 400}, drip=0.1),
    "endless": Told(b" " * 65536, headers={"Content-Type": "application/json"}, endless=True),
    "bomb": Told(gzip.compress(bytes(100 << 20), 9), headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}),
    "login": Told(b"<html><title>Please log in</title></html>"), "half": Told(b'{"a":', headers={"Content-Type": "application/json"}),
    "changed": Told({"everything": "is new"}), "key": Told({}, 401),
}  # fmt: skip
REASONS = {
    "limited": "rate_limited", "broken": "server", "slow": "timeout", "endless": "too_large", "bomb": "too_large",
    "login": "not_json", "half": "not_json", "changed": "schema", "key": "auth", "gone": "unreachable", "hanging": "timeout",
}  # fmt: skip


def healthy(asked: Asked) -> Told:
    return Told([] if asked.path.endswith("/issues") else {"full_name": "acme/shop"})


@pytest.fixture
def server() -> Iterator[Api]:
    with api() as found:
        yield found


def test_sources_that_misbehave_hold_up_nobody_and_come_back(server: Api, desk: Desk, tmp_path: Path) -> None:
    """One of each kind at the same time, a file that hangs among them; the desk is read all the while, and every scrape answered."""
    os.mkfifo(tmp_path / "hangs")
    kinds = {name: f"github: {{url: '{server.url}/{name}', repository: acme/shop}}" for name in REFUSALS}
    kinds |= {"gone": "github: {url: 'http://127.0.0.1:9', repository: acme/shop}", "hanging": f"file: {{path: {tmp_path}/hangs}}"}
    lines = [f"- {{name: {name}, {kind}, every: 1s, timeout: {2 if name in ('slow', 'hanging') else 20}s}}" for name, kind in kinds.items()]
    server.answer = healthy
    server.fault = lambda asked: REFUSALS[asked.path.split("/")[1]]
    with exporter(tmp_path / "exporter", "\n".join([desk.source, *lines]), PROMISES) as daemon:
        desk.open(2)
        daemon.start()
        counted(daemon, 2)

        def reasons() -> dict[str, set[str]]:
            found: dict[str, set[str]] = {}
            for (name, labels), value in daemon.samples().items():
                if name == "slm_source_errors_total" and value:
                    found.setdefault(dict(labels)["source"], set()).add(dict(labels)["reason"])
            return found

        until(lambda: reasons().keys() >= REASONS.keys(), 30, lambda: (reasons(), daemon.log))
        assert {name: told for name, told in reasons().items() if told != {REASONS[name]}} == {}
        up = {dict(labels)["source"]: value for (name, labels), value in daemon.samples().items() if name == "slm_source_up"}
        assert up == {"desk": 1, **dict.fromkeys(REASONS, 0)}
        desk.open(1)
        counted(daemon, 3)
        assert daemon.status("/-/ready") == 200

        server.fault = None
        daemon.hang_up()                                           # a failing source is left alone for a while; this begins anew
        back = set(REFUSALS)
        until(lambda: {dict(labels)["source"] for (name, labels), value in daemon.samples().items()
                       if name == "slm_source_up" and value} >= back, 30, lambda: daemon.log)  # fmt: skip
        assert daemon.stop() < 10


# --- the end -----------------------------------------------------------------------------------------------------------
def test_it_ends_in_time_while_everything_hangs(server: Api, desk: Desk, tmp_path: Path) -> None:
    """A source that drips, one that hangs, a locked ledger, a client that takes nothing, one that says nothing."""
    os.mkfifo(tmp_path / "hangs")
    server.fault = lambda asked: Told({"a": "b" * 4000}, drip=0.05)
    sources = f"""
{desk.source}
- {{name: drips, github: {{url: '{server.url}', repository: acme/shop}}}}
- {{name: hangs, file: {{path: {tmp_path}/hangs}}}}
"""
    with exporter(tmp_path / "exporter", sources, PROMISES) as daemon:
        desk.open(1)
        daemon.start()
        counted(daemon, 1)
        until(lambda: len(server.asked) > 0)
        clients = [httpx.Client(base_url=daemon.url) for _ in range(2)]
        with closing(sqlite3.connect(tmp_path / "exporter" / "sla-ledger.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            desk.open(1)
            time.sleep(1.5)
            with clients[0].stream("GET", "/metrics"), clients[1].stream("GET", "/-/healthy"):
                assert daemon.stop() < 10
        assert daemon.log.count(" msg=ended\n") == 1
        server.fault = None
        server.answer = healthy
        daemon.start()
        counted(daemon, 2)
        assert verified(daemon).startswith("2 results follow")


def test_a_scrape_that_is_under_way_is_answered_before_the_end(desk: Desk, tmp_path: Path) -> None:
    promises = "\n---\n".join([PROMISES.split("---\nkind: SLA")[0].rstrip().rstrip("-"), *(
        "kind: SLA" + PROMISES.split("kind: SLA")[1].replace("name: acme}", f"name: acme-{number}}}") for number in range(400)
    )])  # fmt: skip
    with exporter(tmp_path, desk.source, promises) as daemon:
        daemon.start()
        with httpx.stream("GET", f"{daemon.url}/metrics", timeout=20, headers={"Accept-Encoding": "identity"}) as answer:
            assert daemon.process is not None
            daemon.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            text = answer.read()
        assert len(text) == int(answer.headers["content-length"]) > 300_000
        assert daemon.process.wait(timeout=10) == 0
