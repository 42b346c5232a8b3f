"""What the checks learn from a server, and what they do without when it refuses."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from slo_gen.cli.asking import read_facts
from slo_gen.fetch import RequestError

FLAGS = {"storage.tsdb.retention.time": "30d", "query.max-samples": "50000000"}


class _Answers(BaseHTTPRequestHandler):
    """Knows one value for everything, and refuses what reads too much."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if "heavy" in form["query"][0]:
            self._send(422, {"status": "error", "errorType": "execution", "error": "query processing would load too many samples"})
        else:
            result = [{"metric": {"indicator": "requests"}, "value": [0, "7"]}]
            self._send(200, {"status": "success", "data": {"resultType": "vector", "result": result}})

    def do_GET(self) -> None:
        self._send(200, {"status": "success", "data": FLAGS})

    def _send(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_heavy_question_that_is_refused_has_no_answer(url: str) -> None:
    asked: list[None] = []
    facts = asyncio.run(read_facts(url, ["light"], ["heavy", "not so much"], lambda: asked.append(None)))
    assert {question: [each.value for each in answer] for question, answer in facts.answers.items()} == {"light": [7], "not so much": [7]}
    assert len(asked) == 3


def test_another_question_that_is_refused_ends_the_run(url: str) -> None:
    with pytest.raises(RequestError, match="query processing would load too many samples"):
        asyncio.run(read_facts(url, ["heavy"]))


def test_what_the_server_keeps_and_lets_a_query_read(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = asyncio.run(read_facts(url, []))
    assert (facts.retention, facts.max_samples) == (30 * 86_400, 50_000_000)
    monkeypatch.setitem(FLAGS, "query.max-samples", "many")
    assert asyncio.run(read_facts(url, [])).max_samples is None
    monkeypatch.delitem(FLAGS, "query.max-samples")
    assert asyncio.run(read_facts(url, [])).max_samples is None
