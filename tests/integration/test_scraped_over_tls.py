"""A real Prometheus scrapes a real exporter over TLS with a user, in OpenMetrics and in text, and stores the same series."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from file_desk import PROMISES, Desk
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from running_exporter import Exporter, exporter, until
from web_guard import PASSWORD, guarded

from slo_gen.demo.servers import Server

TEXT = "text/plain;version=0.0.4"
OPENMETRICS = "application/openmetrics-text;version=1.0.0"
VARYING = ("slm_source_poll_duration_seconds", "slm_source_last_success_timestamp_seconds", "slm_source_watermark_timestamp_seconds")


@pytest.fixture
def context(tmp_path: Path) -> ssl.SSLContext:
    """Trusts the exporter's certificate; certificate, authority and web configuration are in the folder then."""
    return guarded(tmp_path)


def asked(daemon: Exporter, context: ssl.SSLContext, accept: str, password: str = PASSWORD) -> httpx.Response:
    with httpx.Client(verify=context, auth=("prometheus", password), timeout=20) as client:
        return client.get(f"https://127.0.0.1:{daemon.port}/metrics", headers={"Accept": accept})


@contextmanager
def in_text_only(daemon: Exporter, context: ssl.SSLContext) -> Iterator[int]:
    """A door in front of the exporter that asks it for text, whatever it is asked for itself; gives its port."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = asked(daemon, context, TEXT)
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["content-type"])
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def test_both_forms_arrive_over_tls_with_a_user(context: ssl.SSLContext, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk.jsonl")
    with exporter(tmp_path, desk.source, PROMISES) as daemon:
        daemon.options = ("--web.config.file", str(tmp_path / "web.yaml"))
        desk.open(3)
        daemon.begin()

        def read() -> bool:
            try:
                found = series(read_text(asked(daemon, context, TEXT).text))
            except httpx.TransportError:
                return False
            return 3 in [value for (name, _), value in found.items() if name == "slm_ticket_results_total"]

        until(read, 30, lambda: daemon.log)
        assert asked(daemon, context, TEXT, "wrong").status_code == 401
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{daemon.port}/metrics")
        plain, other = asked(daemon, context, TEXT), asked(daemon, context, OPENMETRICS)
        assert (plain.headers["content-type"], other.headers["content-type"]) == (
            "text/plain; version=0.0.4; charset=utf-8", "application/openmetrics-text; version=1.0.0; charset=utf-8",
        )  # fmt: skip
        exposed = series(read_text(plain.text))
        assert series(read_openmetrics(other.text)) == exposed
        done = subprocess.run(["promtool", "check", "metrics"], input=plain.text, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")

        with in_text_only(daemon, context) as door, prometheus(tmp_path, daemon.port, door) as server, \
                httpx.Client(base_url=server.url, timeout=20) as client:  # fmt: skip

            def stored(job: str) -> dict[tuple[str, frozenset[tuple[str, str]]], str]:
                answer = client.get("/api/v1/query", params={"query": f'{{__name__=~"slm_.+",job="{job}"}}'}).json()
                found = {}
                for each in answer["data"]["result"]:
                    own = {name: value for name, value in each["metric"].items() if name not in ("job", "instance")}
                    found[own.pop("__name__"), frozenset(own.items())] = each["value"][1]
                return found

            until(lambda: len(stored("openmetrics")) == len(stored("text")) > 0, 20, server.log_tail)
            jobs = [{key: value for key, value in stored(job).items() if key[0] not in VARYING} for job in ("openmetrics", "text")]
            assert jobs[0] == jobs[1]
            assert jobs[0].keys() == {key for key in exposed if key[0] not in VARYING}
            assert {float(value) - exposed[key] for key, value in jobs[0].items()} == {0}
            forms = {
                job: client.get("/api/v1/targets/metadata", params={"match_target": f'{{job="{job}"}}', "metric": name}).json()["data"]
                for job, name in (("openmetrics", "slm_ticket_results"), ("text", "slm_ticket_results_total"))
            }
            # The one calls a counter by its family, the other by its samples: each job was really answered in its own form.
            assert [each["type"] for found in forms.values() for each in found] == ["counter", "counter"]


def series(families: Any) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {(sample.name, frozenset(sample.labels.items())): sample.value for family in families for sample in family.samples}


@contextmanager
def prometheus(folder: Path, port: int, door: int) -> Iterator[Server]:
    (folder / "prometheus.yml").write_text(json.dumps({
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [
            {"job_name": "openmetrics", "scheme": "https", "tls_config": {"ca_file": str(folder / "ca.crt")},
             "basic_auth": {"username": "prometheus", "password": PASSWORD}, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]},
            {"job_name": "text", "static_configs": [{"targets": [f"127.0.0.1:{door}"]}]},
        ],
    }))  # fmt: skip
    files = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    log = folder / "prometheus.log"
    with Server("prometheus", lambda at: [*files, f"--web.listen-address=127.0.0.1:{at}"], "/-/ready", log) as server:
        yield server
