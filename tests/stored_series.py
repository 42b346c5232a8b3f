"""A server that answers Prometheus' calls from series it holds: stored samples by selector, and what tests let it fail at."""

from __future__ import annotations

import contextlib
import re
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import inf
from urllib.parse import parse_qs

import msgspec

from slo_gen.prometheus import Series
from slo_gen.rules.promql import Matcher, parse_selector

_STORED = re.compile(r"(.*)\[(\d+)s\]", re.DOTALL)


@dataclass
class StoredSeries:
    """``asked`` has every expression in order. ``before`` is called with each, and may raise to break the connection off.

    An expression over a range of steps is answered by ``ranges``, by its text. ``build`` and ``configuration`` are what the server says of
    itself, and
    ``warnings`` stand beside each answer.
    """

    series: list[Series]
    ranges: dict[str, list[Series]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda expression: None
    flags: dict[str, str] = field(default_factory=dict)
    build: object = field(default_factory=lambda: {"version": "3.5.0", "revision": "abc"})
    warnings: list[str] = field(default_factory=list)
    configuration: str = ""

    def answer(self, path: str, form: dict[str, list[str]]) -> object:
        if path.endswith("/buildinfo"):
            return self.build
        if path.endswith("/flags"):
            return self.flags
        if path.endswith("/config"):
            return {"yaml": self.configuration}
        expression = form["query"][0]
        self.asked.append(expression)
        self.before(expression)
        if path.endswith("/query_range"):
            start, end = float(form["start"][0]), float(form["end"][0])
            return _matrix([(each, start, end) for each in self.ranges.get(expression, [])])
        found = _STORED.fullmatch(expression)
        assert found, expression
        end = float(form["time"][0])
        selector = parse_selector(found[1])
        matchers = (Matcher("__name__", "=", selector.metric), *selector.matchers)
        picked = [each for each in self.series if all(_matches(each, matcher) for matcher in matchers)]
        return _matrix([(each, end - int(found[2]), end) for each in picked])


def _matches(series: Series, matcher: Matcher) -> bool:
    assert matcher.op == "="
    return series.labels.get(matcher.label, "") == matcher.value


def _matrix(ranges: Sequence[tuple[Series, float, float]]) -> object:
    cut = [
        (each, each.points[bisect_left(each.points, (start,)) : bisect_left(each.points, (end, inf))]) for each, start, end in ranges
    ]
    rows = [{"metric": dict(each.labels), "values": [[time, repr(value)] for time, value in points]} for each, points in cut if points]
    return {"resultType": "matrix", "result": rows}


@contextlib.contextmanager
def serving(stored: StoredSeries) -> Iterator[str]:
    """The address at which ``stored`` answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())
            answer = {"status": "success", "data": stored.answer(self.path, form), "warnings": stored.warnings}
            body = msgspec.json.encode(answer)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """What ``before`` raised breaks the connection off."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
