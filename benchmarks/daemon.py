"""How long a scrape of the running exporter takes, at rest and while it reads its configuration again, and how much memory it holds.

    .venv/bin/python benchmarks/daemon.py [--series 10000] [--seconds 20]

A real process over HTTP: agreements until its page has so many series, a desk of tickets, one client that scrapes ten times a second as
several Prometheus would, and one that has the configuration read again all the while; every second time with other terms, so that
every result is computed again. Memory is the process's own (USS) some seconds after it has begun, with one agreement and with all of them.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
import httpx

COMMAND: Final = (sys.executable, "-c", "from sla_exporter.cli import main; main(prog_name='sla-exporter')")
AGREEMENT: Final = """---
kind: Customer
metadata: {name: customer-NUMBER}
---
kind: SLA
metadata: {name: sla-NUMBER}
spec:
  customer: customer-NUMBER
  service: checkout
  state: active
  tickets:
    select: {organization: customer-NUMBER}
    matrix: {columns: [hours, response, resolution, share], P1: [24x7, WITHIN, 4h, 95%], P2: [24x7, 1h, 8h, 90%]}
"""
TICKETS: Final = 5_000
SCRAPES_A_SECOND: Final = 10
GOAL_SCRAPE: Final = 0.1
GOAL_MEMORY: Final = 80


def promises(agreements: int, within: str) -> str:
    text = "".join(AGREEMENT.replace("NUMBER", str(number)).replace("WITHIN", within) for number in range(agreements))
    return "kind: Service\nmetadata: {name: checkout}\n" + text


def events(agreements: int) -> Iterator[str]:
    now = int(time.time())
    for number in range(TICKETS):
        opened = now - 7200 + number % 3600
        told = [(opened, "opened", ""), (opened, "priority", "P1"), (opened, "field", f"organization=customer-{number % agreements}"),
                (opened + 60 + number % 1200, "agent_message", "")]  # fmt: skip
        for at, name, value in told:
            yield json.dumps({"ticket": f"T-{number}", "at": at, "name": name, "value": value}) + "\n"


class Daemon:
    """One exporter in a folder of its own."""

    def __init__(self, folder: Path, agreements: int) -> None:
        self.folder, self.agreements = folder, agreements
        folder.mkdir()
        (folder / "desk.jsonl").write_text("".join(events(agreements)))
        (folder / "sla-exporter.yaml").write_text(
            "kind: Exporter\nmetadata: {name: main}\nspec:\n  specs: [promises.yaml]\n  sources: [{name: desk, file: {path: desk.jsonl}}]\n"
        )
        self.promise("15m")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def promise(self, within: str) -> None:
        (self.folder / "promises.yaml").write_text(promises(self.agreements, within))

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        command = [*COMMAND, "run", "--config.file", str(self.folder / "sla-exporter.yaml"), "--log.level", "error",
                   "--web.listen-address", f"127.0.0.1:{self.port}", "--web.enable-lifecycle"]  # fmt: skip
        process = subprocess.Popen(command)
        try:
            while not self.has_read():
                if process.poll() is not None:
                    raise click.ClickException("the exporter has ended")
                time.sleep(0.2)
            yield process
        finally:
            process.terminate()
            process.wait(15)

    def has_read(self) -> bool:
        try:
            return "slm_source_up{source=\"desk\"} 1" in httpx.get(f"{self.url}/metrics", timeout=20).text
        except httpx.HTTPError:
            return False

    def series(self) -> int:
        return sum(not line.startswith("#") for line in httpx.get(f"{self.url}/metrics", timeout=20).text.splitlines())


def scraped(url: str, seconds: float) -> list[float]:
    """How long each scrape took, in order."""
    found = []
    with httpx.Client(base_url=url, timeout=20, headers={"Accept": "application/openmetrics-text;version=1.0.0"}) as client:
        client.get("/metrics")
        end = time.monotonic() + seconds
        while (started := time.monotonic()) < end:
            assert client.get("/metrics").status_code == 200
            found.append(time.monotonic() - started)
            time.sleep(max(0.0, 1 / SCRAPES_A_SECOND - found[-1]))
    return sorted(found)


def megabytes(pid: int) -> float:
    """What would be free without the process: its private pages."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(size) for size in re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.MULTILINE)) / 1024


def resident(pid: int) -> float:
    [size] = re.findall(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(size) / 1024


def shown(times: list[float]) -> str:
    at = {share: times[min(len(times) - 1, int(len(times) * share))] * 1000 for share in (0.5, 0.99)}
    return f"p50 {at[0.5]:6.1f} ms   p99 {at[0.99]:6.1f} ms   longest {times[-1] * 1000:6.1f} ms   of {len(times)}"


@click.command()
@click.option("--series", default=10_000, show_default=True, help="At least so many series on the page.")
@click.option("--seconds", default=20.0, show_default=True, help="How long each is scraped.")
def main(series: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = Daemon(folder / "small", 1)
        with small.running() as process:
            own = small.series()
            time.sleep(5)
            idle = megabytes(process.pid)
            click.echo(f"idle, 1 agreement       {idle:5.1f} MB of its own, {resident(process.pid):5.1f} MB resident   "
                       f"{idle / GOAL_MEMORY:.2f} of the goal")  # fmt: skip
        more = Daemon(folder / "two", 2)
        with more.running():
            each = more.series() - own
        daemon = Daemon(folder / "large", -(-series // each))
        with daemon.running() as process:
            click.echo(f"page                    {daemon.series()} series of {daemon.agreements} agreements, {TICKETS} tickets")
            rest = scraped(daemon.url, seconds)
            click.echo(f"at rest                 {shown(rest)}")
            click.echo(f"memory                  {megabytes(process.pid):5.1f} MB of its own, {resident(process.pid):5.1f} MB resident")
            ended = threading.Event()
            reloads: list[float] = []

            def reload() -> None:
                while not ended.is_set():
                    daemon.promise(("15m", "20m")[len(reloads) % 2])
                    started = time.monotonic()
                    assert httpx.post(f"{daemon.url}/-/reload", timeout=70).status_code == 200
                    reloads.append(time.monotonic() - started)

            thread = threading.Thread(target=reload)
            thread.start()
            busy = scraped(daemon.url, seconds)
            ended.set()
            thread.join()
            p99 = busy[min(len(busy) - 1, int(len(busy) * 0.99))]
            usual = rest[min(len(rest) - 1, int(len(rest) * 0.99))]
            click.echo(f"while it is reloaded    {shown(busy)}   {p99 / GOAL_SCRAPE:.2f} of the goal, {p99 / usual:.1f} times at rest")
            click.echo(f"reloads                 {len(reloads)}, {sum(reloads) / len(reloads):.2f} s each")
            click.echo(f"memory                  {megabytes(process.pid):5.1f} MB of its own, {resident(process.pid):5.1f} MB resident")


if __name__ == "__main__":
    main()
