"""The web side: health, metrics in both forms, and clients that behave badly."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from sla_exporter.negotiation import Form
from sla_exporter.server import MetricsServer, read_address


class Web:
    ready = True

    def __init__(self) -> None:
        self.server = MetricsServer(("127.0.0.1", 0), self.metrics, lambda: self.ready)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    @staticmethod
    def metrics(form: Form) -> bytes:
        return b"# TYPE a gauge\na 1\n" + (b"# EOF\n" if form.openmetrics else b"")


@pytest.fixture
def web() -> Iterator[Web]:
    found = Web()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_metrics_are_text_unless_somebody_prefers_openmetrics(web: Web) -> None:
    plain = httpx.get(f"{web.url}/metrics", headers={"Accept": ""})
    assert (plain.headers["content-type"], plain.text) == ("text/plain; version=0.0.4; charset=utf-8", "# TYPE a gauge\na 1\n")
    wanted = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5"
    other = httpx.get(f"{web.url}/metrics", headers={"Accept": wanted})
    assert other.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert [family.name for family in text_string_to_metric_families(other.text)] == ["a"]


def test_gzip_is_sent_when_asked_for(web: Web) -> None:
    with httpx.stream("GET", f"{web.url}/metrics", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(answer.iter_raw())) == b"# TYPE a gauge\na 1\n"


def test_what_is_packed_is_the_page_as_it_is_now(web: Web) -> None:
    for number in (1, 1, 2):
        web.server.metrics = lambda form, number=number: b"a %d %d\n" % (form.openmetrics, number)  # type: ignore[misc]
        answers = [httpx.get(f"{web.url}/metrics", headers={"Accept": accept, "Accept-Encoding": "gzip"}).text
                   for accept in ("text/plain", "application/openmetrics-text", "text/plain")]  # fmt: skip
        assert answers == [f"a 0 {number}\n", f"a 1 {number}\n", f"a 0 {number}\n"]


def test_health_and_readiness(web: Web) -> None:
    assert httpx.get(f"{web.url}/-/healthy").status_code == 200
    assert httpx.get(f"{web.url}/-/ready").status_code == 200
    web.ready = False
    assert httpx.get(f"{web.url}/-/ready").status_code == 503
    assert httpx.get(f"{web.url}/-/healthy").status_code == 200


def test_head_is_answered_without_a_body(web: Web) -> None:
    for path in ("/metrics", "/-/healthy", "/"):
        answer = httpx.head(web.url + path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["content-length"]) > 0


def test_other_paths_and_methods_are_nothing(web: Web) -> None:
    assert httpx.get(f"{web.url}/../../etc/passwd").status_code == 404
    assert httpx.get(f"{web.url}/metricsx").status_code == 404
    assert httpx.post(f"{web.url}/metrics").status_code == 405
    assert 'href="/metrics"' in httpx.get(web.url).text


def test_clients_that_say_nothing_hold_nobody_up(web: Web) -> None:
    """Thirty connections that never ask, and one that asks for half a request."""
    silent = [socket.create_connection(("127.0.0.1", web.port)) for _ in range(30)]
    silent[0].sendall(b"GET /metrics HT")
    try:
        started = time.monotonic()
        assert httpx.get(f"{web.url}/metrics", timeout=5).status_code == 200
        assert time.monotonic() - started < 2
    finally:
        for each in silent:
            each.close()


def test_many_may_ask_at_once(web: Web) -> None:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(httpx.get(f"{web.url}/metrics").status_code)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 20


@pytest.mark.parametrize(("text", "address"), [
    (":9798", ("", 9798)), ("127.0.0.1:1", ("127.0.0.1", 1)), ("[::1]:9798", ("::1", 9798)), ("localhost:0", ("localhost", 0)),
])  # fmt: skip
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert read_address(text) == address
