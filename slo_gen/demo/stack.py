"""The demo's Prometheus and Alertmanager, configured for the shop, on loopback, in a temporary directory."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from slo_gen.demo.desk import QUERY, Desk
from slo_gen.demo.receiver import Receiver
from slo_gen.demo.servers import Server, find_program
from slo_gen.demo.shop import ScrapeTarget, Shop
from slo_gen.spec.model import Catalogue

__all__ = ["SCRAPE_SECONDS", "Stack", "native_histogram_settings", "running_stack"]

SCRAPE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Stack:
    """Everything that runs. ``directory`` holds configuration, rules, data and logs."""

    directory: Path
    shop: Shop
    receiver: Receiver
    alertmanager: Server
    prometheus: Server
    desk: Desk
    exporter: Server

    def check_alive(self) -> None:
        """Raise ServerError when one of the servers has ended by itself."""
        self.prometheus.check_alive()
        self.alertmanager.check_alive()
        self.exporter.check_alive()


@contextlib.contextmanager
def running_stack(directory: Path, rule_files: Sequence[Path], catalogue: Catalogue, specs: Sequence[Path]) -> Iterator[Stack]:
    """Start shop, desk, exporter, receiver, Alertmanager and Prometheus; stop them in the opposite order.

    ``specs`` are the documents of the catalogue, which the exporter reads itself.

    Raises ServerError when one of them does not start.
    """
    with contextlib.ExitStack() as stack:
        shop = stack.enter_context(Shop())
        receiver = stack.enter_context(Receiver())
        desk = stack.enter_context(Desk(directory / "desk.sqlite", catalogue, int(time.time())))
        exporter = stack.enter_context(_exporter(directory, desk, specs))
        alertmanager = stack.enter_context(_alertmanager(directory, receiver.url))
        targets = [*shop.targets(), ScrapeTarget("sla-exporter", f"127.0.0.1:{exporter.port}", {})]
        prometheus = stack.enter_context(_prometheus(directory, targets, rule_files, alertmanager.port))
        yield Stack(directory, shop, receiver, alertmanager, prometheus, desk, exporter)


def _exporter(directory: Path, desk: Desk, specs: Sequence[Path]) -> Server:
    configuration = {
        "kind": "Exporter",
        "metadata": {"name": "demo"},
        "spec": {
            "specs": [str(path.resolve()) for path in specs],
            "sources": [{"name": "desk", "every": "2s", "sql": {"sqlite": desk.file.name, "query": QUERY}}],
        },
    }
    file = _write_yaml(directory / "sla-exporter.yaml", configuration)
    return Server(
        "sla-exporter",
        lambda port: ["run", f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}"],
        "/-/ready",
        directory / "sla-exporter.log",
    )


def _alertmanager(directory: Path, receiver_url: str) -> Server:
    configuration = {
        "route": {
            "receiver": "demo", "group_by": ["alertname", "slo"],
            "group_wait": "1s", "group_interval": "5s", "repeat_interval": "1h",
        },
        "receivers": [{"name": "demo", "webhook_configs": [{"url": receiver_url, "send_resolved": True}]}],
    }
    file = _write_yaml(directory / "alertmanager.yml", configuration)
    return Server(
        "prometheus-alertmanager",
        lambda port: [
            f"--config.file={file}",
            f"--storage.path={directory / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{port}",
            f"--web.external-url=http://127.0.0.1:{port}",
            "--cluster.listen-address=",       # empty: no gossip port on all interfaces
        ],
        "/-/ready",
        directory / "alertmanager.log",
    )


def _prometheus(directory: Path, targets: Sequence[ScrapeTarget], rule_files: Sequence[Path], alertmanager_port: int) -> Server:
    jobs = sorted({target.job for target in targets})
    configuration = {
        "global": {
            "scrape_interval": f"{SCRAPE_SECONDS}s",
            "scrape_timeout": "2s",
            "evaluation_interval": f"{SCRAPE_SECONDS}s",
            **native_histogram_settings(_version_text()),
        },
        "rule_files": [str(file) for file in rule_files],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager_port}"]}]}]},
        "scrape_configs": [
            {
                "job_name": job,
                "static_configs": [
                    {"targets": [target.address], "labels": dict(target.labels)} for target in targets if target.job == job
                ],
            }
            for job in jobs
        ],
    }
    file = _write_yaml(directory / "prometheus.yml", configuration)
    return Server(
        "prometheus",
        lambda port: [
            f"--config.file={file}",
            f"--storage.tsdb.path={directory / 'prometheus'}",
            "--storage.tsdb.retention.time=40d",
            f"--web.listen-address=127.0.0.1:{port}",
            f"--web.external-url=http://127.0.0.1:{port}",
            "--web.enable-lifecycle",
            "--enable-feature=native-histograms",
        ],
        "/-/ready",
        directory / "prometheus.log",
    )


def native_histogram_settings(version_text: str) -> dict[str, bool]:
    """What the ``global`` part of a configuration needs for native histograms, from what ``prometheus --version`` prints.

    From 3.9 on the feature flag does nothing; versions before 3.8 refuse a configuration that holds the key.
    """
    found = re.search(r"version (\d+)\.(\d+)", version_text)
    return {"scrape_native_histograms": True} if found and (int(found[1]), int(found[2])) >= (3, 9) else {}


def _version_text() -> str:
    done = subprocess.run([find_program("prometheus"), "--version"], capture_output=True, text=True, check=False, timeout=20)
    return done.stdout + done.stderr


def _write_yaml(file: Path, configuration: object) -> Path:
    # JSON is YAML; the demo needs no writer of its own for files that only a server reads.
    file.write_text(json.dumps(configuration, indent=2) + "\n", encoding="utf-8")
    return file
