"""A Prometheus without targets: samples of any age are written to it, and rules are asked as of any instant."""

from __future__ import annotations

import contextlib
import json
import struct
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from slo_gen.demo.servers import Server
from slo_gen.rules.promql import quote
from slo_gen.rules.rule import RecordingRule

STALE = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]
"""What Prometheus itself writes for a series that has ended."""

Series = tuple[Mapping[str, str], Sequence[tuple[float, float]]]
"""Labels with ``__name__``, and (instant in seconds, value)."""


_RACE = "cannot populate chunk"
"""What Prometheus 2.42 answers for an instant when samples out of order are being written to disk while it reads them."""


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A server that answers the Prometheus API. VictoriaMetrics shows what was written only after a flush."""

    client: httpx.Client
    flush: str = ""

    def write(self, series: Iterable[Series]) -> None:
        """Store samples, at whatever instants."""
        body = _compressed(b"".join(_field(1, _time_series(labels, samples)) for labels, samples in series))
        headers = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf", "X-Prometheus-Remote-Write-Version": "0.1.0"}
        answer = self.client.post("/api/v1/write", content=body, headers=headers)
        assert answer.status_code == 204, answer.text
        if self.flush:
            self.client.get(self.flush)

    def query(self, expr: str, at: float) -> dict[str, float]:
        """The vector as ``{label="value", ...}`` to value, without the metric's name."""
        found = self._get("query", query=expr, time=f"{at:.3f}")["result"]
        return {_text(sample["metric"]): float(sample["value"][1]) for sample in found}

    def labels(self, expr: str, at: float) -> list[dict[str, str]]:
        return [sample["metric"] for sample in self._get("query", query=expr, time=f"{at:.3f}")["result"]]

    def vector(self, expr: str, at: float) -> list[tuple[dict[str, str], float]]:
        return [(sample["metric"], float(sample["value"][1])) for sample in self._get("query", query=expr, time=f"{at:.3f}")["result"]]

    def range(self, expr: str, start: float, end: float, step: int) -> list[Series]:
        """What it gives every ``step`` seconds."""
        found = self._get("query_range", query=expr, start=f"{start:.3f}", end=f"{end:.3f}", step=str(step))["result"]
        return [(series["metric"], [(float(time), float(value)) for time, value in series["values"]]) for series in found]

    def record(self, name: str, expr: str, at: float, static: Mapping[str, str] | None = None) -> None:
        """What the server's own recording rule would do at this instant."""
        found = self._get("query", query=expr, time=f"{at:.3f}")["result"]
        self.write([
            ({**sample["metric"], **(static or {}), "__name__": name}, [(at, float(sample["value"][1]))]) for sample in found
        ])

    def rules(self) -> list[dict[str, Any]]:
        """Every rule with its state, as the API shows it."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def alerts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] | None = self._get("alerts")["alerts"]
        return found or []

    def _get(self, path: str, **arguments: str) -> Any:
        answer = self._ask(path, arguments)
        for _ in range(100):
            if _RACE not in answer.text:
                break
            time.sleep(0.05)
            answer = self._ask(path, arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def _ask(self, path: str, arguments: Mapping[str, str]) -> httpx.Response:
        return self.client.post(f"/api/v1/{path}", data=arguments) if arguments else self.client.get(f"/api/v1/{path}")


@contextlib.contextmanager
def backfilled_prometheus(
    folder: Path, rule_files: Sequence[Path] = (), external_labels: Mapping[str, str] | None = None,
    alerting: Mapping[str, object] | None = None,
) -> Iterator[Prometheus]:
    """The server runs as long as the block; a second block on the same folder is a restart."""
    folder.mkdir(exist_ok=True)
    configuration = folder / "prometheus.yml"
    configuration.write_text(json.dumps({
        "global": {"evaluation_interval": "1s", "external_labels": dict(external_labels or {})},
        "alerting": dict(alerting or {}),
        "rule_files": [str(path) for path in rule_files],
        "storage": {"tsdb": {"out_of_order_time_window": "40d"}},
    }))

    def arguments(port: int) -> list[str]:
        return [
            f"--config.file={configuration}", f"--storage.tsdb.path={folder / 'data'}", "--storage.tsdb.retention.time=400d",
            f"--web.listen-address=127.0.0.1:{port}", "--web.enable-remote-write-receiver",
            "--rules.alert.resend-delay=1s",       # what fires before Alertmanager is found would be told a minute later
        ]

    with (
        Server("prometheus", arguments, "/-/ready", folder / "log") as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client,
    ):
        yield Prometheus(client)


@contextlib.contextmanager
def backfilled_victoriametrics(folder: Path) -> Iterator[Prometheus]:
    """A single-node VictoriaMetrics that shows samples as soon as they are flushed."""
    folder.mkdir(exist_ok=True)

    def arguments(port: int) -> list[str]:
        return [
            f"-storageDataPath={folder / 'data'}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=13",
            "-search.latencyOffset=0s", "-selfScrapeInterval=0",
        ]

    with (
        Server("victoria-metrics", arguments, "/health", folder / "log") as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client,
    ):
        yield Prometheus(client, "/internal/force_flush")


def together(rules: Sequence[RecordingRule]) -> str:
    """All of a metric in one question: the labels of its rules tell them apart."""
    parts: list[str] = []
    for rule in rules:
        expr = f"({rule.expr})"
        for label, value in rule.labels.items():
            expr = f'label_replace({expr}, "{label}", {quote(value)}, "", "")' if value else expr
        parts.append(expr)
    return "\nor ".join(parts)


def _text(labels: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'{key}="{value}"' for key, value in sorted(labels.items()) if key != "__name__") + "}"


# --- remote write 1.0: protobuf in snappy's block format, literals only ----------------------------------------------


def _time_series(labels: Mapping[str, str], samples: Iterable[tuple[float, float]]) -> bytes:
    pairs = (_field(1, _field(1, key.encode()) + _field(2, value.encode())) for key, value in sorted(labels.items()))
    points = (_field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(round(time * 1000))) for time, value in samples)
    return b"".join(pairs) + b"".join(points)


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _compressed(content: bytes) -> bytes:
    """Snappy's preamble and literals of at most 64 KiB, whose length less one follows a tag byte of 61 << 2."""
    chunks = (content[start : start + 65_536] for start in range(0, len(content), 65_536))
    return _varint(len(content)) + b"".join(bytes([61 << 2]) + struct.pack("<H", len(chunk) - 1) + chunk for chunk in chunks)
