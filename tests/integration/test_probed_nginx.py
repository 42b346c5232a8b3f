"""A real nginx that is stopped and started, blackbox_exporter that looks at it, and sla-exporter that says how long it was down.

Downtime as it was caused, whatever the interval of the probe, and as much of it after the exporter was killed; a real Prometheus scrapes
it over TLS, and the alert fires.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from running_exporter import Exporter, free_port, until
from web_guard import PASSWORD, USER, guarded

from slo_gen import names
from slo_gen.cli.compiling import compiled_files
from slo_gen.cli.loading import load_catalogue
from slo_gen.demo.servers import Server
from slo_gen.rules.calendar_tables import Horizon

INTERVALS = tuple(int(each) for each in os.environ.get("PROBE_INTERVALS", "1,5").split(","))
"""Seconds between two looks."""

MARGIN = 1.0
"""Seconds by which a busy machine may be late."""

INDICATOR = "kind: Indicator\nmetadata: {{name: up-{0}}}\nspec: {{service: shop, probe: {{read_by: exporter}}}}\n"
TARGET = "    - {{name: every-{0}, indicator: up-{0}, objective: at least 99.9999%}}\n"
PROMISES = """kind: Service
metadata: {name: shop}
---
kind: Customer
metadata: {name: acme}
---
kind: SLA
metadata: {name: acme}
spec:
  customer: acme
  service: shop
  state: active
  targets:
"""


@dataclass(frozen=True)
class Outage:
    """When it was down, in seconds since 1970."""

    start: float
    end: float


@contextmanager
def running(*command: str) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def settings_of_nginx(folder: Path, port: int) -> str:
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; server {{ listen 127.0.0.1:{port}; return 200 'ok'; }} }}\n"
    )
    return str(file)


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def cause(command: tuple[str, ...], port: int, seen_up: object) -> list[Outage]:
    """Start nginx and stop it at moments that nobody knows beforehand: once for long, then so that it flaps."""
    longest, moment = max(INTERVALS), random.Random()
    phases = [(1, 2 * longest + 2), (longest + 2, 2.3), (2.6, 3.1)]
    found: list[Outage] = []
    stopped = 0.0
    for up, down in [*phases, (longest + 2, 0)]:
        with running(*command):
            until(lambda: listens(port), 20)
            if stopped:
                found.append(Outage(stopped, time.time()))
            else:
                until(seen_up, 60)  # type: ignore[arg-type]
            time.sleep(up * moment.uniform(1, 1.3))
            stopped = time.time()
        time.sleep(down * moment.uniform(1, 1.3))
    return found


def recorded(exporter: Exporter, indicator: str) -> list[Outage]:
    """The outages in the ledger of an exporter that has ended."""
    lines = exporter.command("ledger", "export", "--what", "states", "--config.file", str(exporter.file)).stdout.splitlines()
    found: list[Outage] = []
    for row in map(json.loads, lines[1:]):
        if row["indicator"] == indicator and row["state"] == "down":
            start, end = row["start"] / 1000, row["until"] / 1000
            if found and found[-1].end == start:
                start = found.pop().start
            found.append(Outage(start, end))
    return found


@contextmanager
def shop(folder: Path) -> Iterator[tuple[Exporter, tuple[str, ...], int]]:
    """The exporter, not started yet, with a probe for each interval; the command that starts nginx, and its port."""
    port, own = free_port(), free_port()
    (folder / "specs").mkdir()
    indicators = "".join("---\n" + INDICATOR.format(every) for every in INTERVALS)
    (folder / "specs" / "shop.yaml").write_text(PROMISES + "".join(TARGET.format(every) for every in INTERVALS) + indicators)
    probes = "".join(
        f"    - {{name: every-{every}, blackbox: {{url: 'http://127.0.0.1:{own}'}}, every: {every}s, "
        f"subjects: [{{subject: 'http://127.0.0.1:{port}/', indicator: up-{every}}}]}}\n"
        for every in INTERVALS
    )
    (folder / "sla-exporter.yaml").write_text(f"kind: Exporter\nmetadata: {{name: main}}\nspec:\n  probes:\n{probes}")
    modules = folder / "blackbox.yml"
    modules.write_text("modules: {http_2xx: {prober: http, timeout: 800ms, http: {preferred_ip_protocol: ip4}}}\n")
    found = Exporter(
        folder / "sla-exporter.yaml", options=("--web.config.file", str(folder / "web.yaml")), trust=guarded(folder), user=(USER, PASSWORD)
    )
    with running("prometheus-blackbox-exporter", f"--config.file={modules}", f"--web.listen-address=127.0.0.1:{own}"):
        until(lambda: listens(own), 20)
        try:
            yield found, ("nginx", "-p", str(folder), "-c", settings_of_nginx(folder, port)), port
        finally:
            if found.process is not None and found.process.poll() is None:
                found.process.kill()
                found.process.wait()


def prometheus(folder: Path, exporter: Exporter) -> Server:
    """One that scrapes the exporter every second, over TLS and as a user, with the compiled rules every few seconds."""
    horizon = Horizon.around(datetime.now(UTC).date())
    catalogue = load_catalogue([folder / "specs"])
    hurried = replace(catalogue, evaluation=replace(catalogue.evaluation, interval=5, settling=5))
    for name, text in compiled_files(hurried, "prometheus", horizon=horizon).items():
        if name.startswith("rules/"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
    scraped = {
        "job_name": "sla-exporter", "static_configs": [{"targets": [f"127.0.0.1:{exporter.port}"]}], "scheme": "https",
        "tls_config": {"ca_file": str(folder / "ca.crt")}, "basic_auth": {"username": USER, "password": PASSWORD},
    }
    configuration = {"global": {"scrape_interval": "1s"}, "rule_files": [f"{folder}/rules/*.yml"], "scrape_configs": [scraped]}
    (folder / "prometheus.yml").write_text(json.dumps(configuration))
    return Server("prometheus", lambda port: (
        f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}",
    ), "/-/ready", folder / "prometheus.log")  # fmt: skip


def breached(url: str) -> set[str]:
    """The targets whose budget is used up, by the alerts that fire."""
    alerts = httpx.get(f"{url}/api/v1/alerts", timeout=20).json()["data"]["alerts"]
    return {each["labels"][names.TARGET] for each in alerts if each["labels"]["alertname"] == names.PERIOD_BREACHED}


@pytest.mark.integration
def test_downtime_is_what_was_caused_within_one_interval(tmp_path: Path) -> None:
    with shop(tmp_path) as (exporter, command, port):
        exporter.start()

        def seen_up() -> bool:
            return all(exporter.value(names.PROBE_STATE, indicator=f"up-{every}", state="up") == 1 for every in INTERVALS)

        with prometheus(tmp_path, exporter) as server:
            caused = cause(command, port, seen_up)
            until(lambda: breached(server.url) == {f"every-{every}" for every in INTERVALS}, 60, lambda: breached(server.url))
        told = {every: down_so_far(exporter, every) for every in INTERVALS}
        assert all(exporter.value(names.PERIOD_VERDICT, target=f"every-{every}", verdict="missed") == 1 for every in INTERVALS)
        assert all(exporter.value(names.SOURCE_SKIPPED, source=f"every-{every}") == 0 for every in INTERVALS)
        exporter.kill()
        exporter.start()
        for every in INTERVALS:
            assert down_so_far(exporter, every)[0] >= told[every][0]
        exporter.stop()
        for every in INTERVALS:
            found = [each for each in recorded(exporter, f"up-{every}") if each.start > caused[0].start - MARGIN]
            compare(caused, found, every)
            seconds, as_of = told[every]
            by_then = sum(max(0.0, min(each.end, as_of) - each.start) for each in found)
            assert abs(seconds - by_then) <= len(found) + MARGIN           # edges are whole seconds


def down_so_far(exporter: Exporter, every: int) -> tuple[float, float]:
    """The down time of the period, and up to when it is told."""
    found = {name: value for (name, of), value in exporter.samples().items()
             if (names.TARGET, f"every-{every}") in of and (name != names.PERIOD_SECONDS or (names.STATE, "down") in of)}  # fmt: skip
    return found[names.PERIOD_SECONDS], found[names.PERIOD_AS_OF]


def compare(caused: list[Outage], found: list[Outage], every: int) -> None:
    """Each outage that lasts longer than an interval was found, and begins and ends within one of where it did."""
    for outage in caused:
        if outage.end - outage.start < every + MARGIN:
            continue
        [seen] = [each for each in found if each.start < outage.end + MARGIN and each.end > outage.start - MARGIN]
        assert -MARGIN <= seen.start - outage.start <= every + MARGIN
        assert -MARGIN <= seen.end - outage.end <= every + MARGIN
