"""The demo, as a user runs it: every step seen, and nothing left behind however it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
COMMAND = [str(Path(sys.executable).with_name("slo-gen")), "demo"]


def servers_of(directory: str) -> list[str]:
    """Running processes that were told about this folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                arguments = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            if directory in arguments:
                found.append(arguments)
    return found


def gone(directory: str, seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while servers_of(directory) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not servers_of(directory)


def folder_in(output: str) -> str:
    found = re.search(r"^files +(\S+)$", output, re.MULTILINE)
    assert found, output
    return found[1]


def test_every_step_is_seen(tmp_path: Path) -> None:
    begun = time.monotonic()
    done = subprocess.run(
        [*COMMAND, "--check"], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = re.findall(r"^seen +\d+ s  ([^:]+): (.+)$", done.stdout, re.MULTILINE)
    assert [title for title, _ in seen] == [
        "rules loaded and healthy",
        "status shows data for every service",
        "status shows the tickets of the desk",
        "checkout fails, and Prometheus has scraped the failures",
        "the alert has arrived at the receiver",
        "status shows the burning budget and the firing alert",
        "a ticket is overdue, and its alert names it",
    ]
    assert done.stdout.endswith("every step was seen\n")
    burning = r"^checkout-availability\S*: .*firing: page (?:1h/5m|6h/30m).*endangers: \d+ agreements$"
    assert re.search(burning, done.stdout, re.MULTILINE), done.stdout
    assert time.monotonic() - begun < 180
    assert gone(folder_in(done.stdout))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A demo that has started its servers; its output is in ``tmp_path/output``."""
    output = tmp_path / "output"
    (tmp_path / "work").mkdir()
    with output.open("w") as file:
        process = subprocess.Popen(
            COMMAND, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            env={**os.environ, "TMPDIR": str(tmp_path / "work"), "PYTHONUNBUFFERED": "1"},
        )
    deadline = time.monotonic() + 60
    while "\nfiles " not in output.read_text() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert servers_of(folder_in(output.read_text()))
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stays_until_it_is_ended_and_takes_everything_with_it(
    demo: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    assert demo.poll() is None
    demo.send_signal(number)
    assert demo.wait(30) == 0
    output = (tmp_path / "output").read_text()
    assert output.endswith("ended; everything that was started has been stopped\n")
    assert servers_of(folder_in(output)) == []
    assert list((tmp_path / "work").iterdir()) == []


def test_no_orphans_when_it_is_killed(demo: subprocess.Popen[str], tmp_path: Path) -> None:
    demo.kill()
    demo.wait()
    assert gone(folder_in((tmp_path / "output").read_text()))


def test_a_server_that_ends_by_itself_is_told_and_its_log_kept(demo: subprocess.Popen[str], tmp_path: Path) -> None:
    directory = folder_in((tmp_path / "output").read_text())
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and f"--storage.path={directory}".encode() in _arguments(entry):
            os.kill(int(entry.name), signal.SIGKILL)
    assert demo.wait(30) == 1
    output = (tmp_path / "output").read_text()
    assert "slo-gen: prometheus-alertmanager ended with status -9. Its last words:" in output
    assert f"slo-gen: configuration, rules and logs are in {directory}" in output
    assert (Path(directory) / "alertmanager.log").exists()
    assert gone(directory)


def _arguments(entry: Path) -> bytes:
    try:
        return (entry / "cmdline").read_bytes()
    except OSError:
        return b""


def test_a_program_that_is_not_installed_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        COMMAND, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PATH": "/nowhere", "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 1
    assert "promtool is not installed. On Debian and Ubuntu `make setup` installs it, or tells how." in done.stderr
    assert "Traceback" not in done.stderr
