"""The client against a local server that answers as badly as servers do."""

from __future__ import annotations

import asyncio
import json
import math
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs

import pytest

from slo_gen.fetch import AddressError, Credentials, Limits, NoAnswerError, RequestError, TooLargeError, TooSlowError
from slo_gen.prometheus import (
    AccessError,
    NotPrometheusError,
    PartialError,
    Prometheus,
    QueryError,
    RedirectError,
    Sample,
    Series,
    UnavailableError,
)

T = TypeVar("T")
Answer = Callable[[BaseHTTPRequestHandler], None]


class FaultyServer(ThreadingHTTPServer):
    """Answers every request with ``answer``, and remembers what was asked."""

    daemon_threads = True
    answer: Answer
    requests: list[tuple[str, str, dict[str, str], str]]

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up here on purpose."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    class Handler(BaseHTTPRequestHandler):
        server: FaultyServer

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            self.server.requests.append((self.command, self.path, dict(self.headers.items()), body))
            self.server.answer(self)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    started = FaultyServer(("127.0.0.1", 0), Handler)
    started.requests = []
    thread = threading.Thread(target=started.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield started
    started.shutdown()
    started.server_close()


def send(status: int, body: bytes, media_type: str = "application/json", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", media_type)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def success(data: Any) -> Answer:
    return send(200, json.dumps({"status": "success", "data": data}).encode())


def ask(url: str, call: Callable[[Prometheus], Awaitable[T]], credentials: Credentials | None = None, **limits: Any) -> T:
    async def run() -> T:
        async with Prometheus(url, credentials, Limits(**limits)) as prometheus:
            return await call(prometheus)

    return asyncio.run(run())


def refusal(server: FaultyServer, kind: type[RequestError], **limits: Any) -> str:
    with pytest.raises(kind) as caught:
        ask(server.url, lambda prometheus: prometheus.query("up"), **limits)
    return str(caught.value).replace(server.url, "URL")


# --- answers as they should be -----------------------------------------------------------------------------------


def test_a_vector_becomes_samples(server: FaultyServer) -> None:
    server.answer = success({"resultType": "vector", "result": [{"metric": {"job": "a"}, "value": [1.5, "0.25"]}]})
    assert ask(server.url, lambda prometheus: prometheus.query("up", at=1700000000.25)) == (Sample({"job": "a"}, 1.5, 0.25),)
    method, path, _, body = server.requests[0]
    assert (method, path) == ("POST", "/api/v1/query")
    assert parse_qs(body) == {"query": ["up"], "time": ["1700000000.25"]}


def test_infinite_values_and_scalars_are_read(server: FaultyServer) -> None:
    server.answer = success({"resultType": "vector", "result": [{"metric": {}, "value": [1, "+Inf"]}, {"metric": {}, "value": [1, "NaN"]}]})
    infinite, undefined = ask(server.url, lambda prometheus: prometheus.query("up"))
    assert infinite.value == math.inf
    assert math.isnan(undefined.value)
    server.answer = success({"resultType": "scalar", "result": [7, "3"]})
    assert ask(server.url, lambda prometheus: prometheus.query("3")) == (Sample({}, 7.0, 3.0),)


def test_a_matrix_becomes_series(server: FaultyServer) -> None:
    server.answer = success({"resultType": "matrix", "result": [{"metric": {"a": "b"}, "values": [[1, "2"], [3, "4"]]}]})
    assert ask(server.url, lambda prometheus: prometheus.query_range("up", 1, 3, 2)) == (Series({"a": "b"}, ((1, 2), (3, 4))),)
    assert parse_qs(server.requests[0][3]) == {"query": ["up"], "start": ["1"], "end": ["3"], "step": ["2"]}


def test_stored_samples_come_with_their_own_instants(server: FaultyServer) -> None:
    points = [[100, "1"], [100.001, "2"], [160.5, "3"]]        # the first one, at the very beginning, is Prometheus 2's
    server.answer = success({"resultType": "matrix", "result": [
        {"metric": {"a": "b"}, "values": points}, {"metric": {"a": "c"}, "values": points[:1]}, {"metric": {}, "histograms": []},
    ]})
    assert ask(server.url, lambda prometheus: prometheus.samples("up", 100, 200)) == (Series({"a": "b"}, ((100.001, 2), (160.5, 3))),)
    assert parse_qs(server.requests[0][3]) == {"query": ["up[100s]"], "time": ["200"]}
    assert ask(server.url, lambda prometheus: prometheus.samples("up", 200, 200)) == ()
    server.answer = success({"resultType": "vector", "result": []})
    with pytest.raises(QueryError, match="gives no stored samples"):
        ask(server.url, lambda prometheus: prometheus.samples("up", 100, 200))


def test_native_histograms_are_no_numbers(server: FaultyServer) -> None:
    server.answer = success({"resultType": "vector", "result": [{"metric": {}, "histogram": [1, {"count": "3"}]}]})
    assert ask(server.url, lambda prometheus: prometheus.query("h")) == ()


def test_labels_rules_alerts_and_build_are_read(server: FaultyServer) -> None:
    server.answer = success(["b", "a"])
    assert ask(server.url, lambda prometheus: prometheus.label_values("job", ['up{x="1"}', "down"])) == ("a", "b")
    assert server.requests[-1][1].startswith("/api/v1/label/job/values?")
    assert parse_qs(server.requests[-1][1].split("?")[1]) == {"match[]": ['up{x="1"}', "down"]}
    server.answer = success({"groups": [{"name": "g", "file": "f.yml", "interval": 60, "evaluationTime": 0.5, "rules": [
        {"name": "r", "type": "recording", "health": "err", "lastError": "why", "labels": {"shard": "0"}}]}]})
    group = ask(server.url, lambda prometheus: prometheus.rules())[0]
    assert (group.name, group.interval, group.seconds, group.rules[0].health, group.rules[0].error) == ("g", 60, 0.5, "err", "why")
    server.answer = success({"alerts": [{"labels": {"slo": "x"}, "annotations": {}, "state": "firing", "activeAt": "t"}]})
    assert ask(server.url, lambda prometheus: prometheus.alerts())[0].state == "firing"
    server.answer = success({"version": "2.42.0", "revision": "abc"})
    assert ask(server.url, lambda prometheus: prometheus.buildinfo()).version == "2.42.0"
    server.answer = success({"storage.tsdb.retention.time": "15d"})
    assert ask(server.url, lambda prometheus: prometheus.flags()) == {"storage.tsdb.retention.time": "15d"}


def test_null_is_an_empty_list(server: FaultyServer) -> None:
    server.answer = success(None)
    assert ask(server.url, lambda prometheus: prometheus.label_names(["up"])) == ()


# --- answers as they should not be -------------------------------------------------------------------------------


def test_a_page_with_status_200_is_not_prometheus(server: FaultyServer) -> None:
    server.answer = send(200, b"<html><body>\n  Please log in\x1b[31m", "text/html; charset=utf-8")
    assert refusal(server, NotPrometheusError) == (
        "URL does not answer as Prometheus does: /api/v1/query gave status 200 and text/html, "
        "beginning '<html><body> Please log in\N{REPLACEMENT CHARACTER}[31m'."
    )


@pytest.mark.parametrize("body", [b"", b"[]", b"17", b"{}", b"[" * 100_000, b"\xff\xfe", b'{"data": 1}'])
def test_json_of_another_shape_is_not_prometheus(server: FaultyServer, body: bytes) -> None:
    server.answer = send(200, body)
    assert "does not answer as Prometheus does" in refusal(server, NotPrometheusError)


@pytest.mark.parametrize("data", [
    None, [], {}, {"resultType": "vector"}, {"resultType": "vector", "result": {}},
    {"resultType": "vector", "result": [{"metric": {}, "value": "x"}]},
    {"resultType": "vector", "result": [{"metric": {}, "value": [1, "many"]}]},
    {"resultType": "vector", "result": [{"metric": [], "value": [1, "1"]}]},
    {"resultType": "scalar", "result": [1]},
])
def test_a_result_of_another_shape_is_refused(server: FaultyServer, data: Any) -> None:
    server.answer = success(data)
    assert "JSON that is not Prometheus'" in refusal(server, NotPrometheusError)


@pytest.mark.parametrize(("beside", "told"), [
    ({"warnings": ["store 10.0.0.7:10901 did not answer"]}, "store 10.0.0.7:10901 did not answer"),
    ({"warnings": ["PromQL warning: metric might not be a counter", "remote_read: status 503"]}, "remote_read: status 503"),
    ({"isPartial": True}, "isPartial"),
])
def test_a_part_of_an_answer_is_none(server: FaultyServer, beside: dict[str, object], told: str) -> None:
    for result in ("vector", "matrix"):
        document = {"status": "success", **beside, "data": {"resultType": result, "result": []}}
        server.answer = send(200, json.dumps(document).encode())
        assert refusal(server, PartialError) == f"URL has only a part of the answer now: {told}"
        for call in (lambda prometheus: prometheus.query_range("up", 1, 3, 2), lambda prometheus: prometheus.samples("up", 100, 200)):
            with pytest.raises(PartialError):
                ask(server.url, call)


@pytest.mark.parametrize("beside", [
    {"warnings": ["PromQL info: metric might not be a counter"]}, {"warnings": ["No StoreAPIs matched for this query"]},
    {"warnings": None}, {"isPartial": False}, {"warnings": []},
])  # fmt: skip
def test_warnings_about_the_expression_are_no_gap(server: FaultyServer, beside: dict[str, object]) -> None:
    document = {"status": "success", **beside, "data": {"resultType": "vector", "result": []}}
    server.answer = send(200, json.dumps(document).encode())
    assert ask(server.url, lambda prometheus: prometheus.query("up")) == ()


@pytest.mark.parametrize("data", [None, "3.5.0", ["3.5.0"]])
def test_build_and_flags_of_another_shape_are_refused(server: FaultyServer, data: Any) -> None:
    server.answer = success(data)
    for call in (lambda prometheus: prometheus.buildinfo(), lambda prometheus: prometheus.flags()):
        with pytest.raises(NotPrometheusError, match="an object was expected"):
            ask(server.url, call)


def test_a_range_vector_is_refused_where_one_value_is_needed(server: FaultyServer) -> None:
    server.answer = success({"resultType": "matrix", "result": []})
    assert refusal(server, QueryError) == "The query gives a matrix, where one value per series is needed: up"


def test_a_redirect_is_not_followed(server: FaultyServer) -> None:
    server.answer = send(302, b"", Location="http://elsewhere.example/login")
    assert refusal(server, RedirectError) == (
        "URL sends the request on to http://elsewhere.example/login. Redirects are not followed; give the address that answers itself."
    )
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_say_so(server: FaultyServer, status: int) -> None:
    server.answer = send(status, b"no")
    assert refusal(server, AccessError) == f"URL does not let this request in (status {status}). Are token or user name set, and right?"


def test_a_server_that_cannot_answer_now(server: FaultyServer) -> None:
    server.answer = send(503, b"Service Unavailable", "text/plain")
    assert refusal(server, UnavailableError) == "URL cannot answer now (status 503): Service Unavailable"


def test_the_servers_own_words_about_a_query(server: FaultyServer) -> None:
    server.answer = send(400, json.dumps({"status": "error", "errorType": "bad_data", "error": "1:4: parse error"}).encode())
    assert refusal(server, QueryError) == "URL refused the request: 1:4: parse error"
    server.answer = send(422, json.dumps({"status": "error", "errorType": "execution", "error": "too many samples"}).encode())
    assert refusal(server, QueryError) == "URL refused the request: too many samples"


def test_a_huge_answer_is_not_read_to_its_end(server: FaultyServer) -> None:
    sent = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        for _ in range(2000):
            sent.append(handler.wfile.write(b"x" * 65536))

    server.answer = answer
    with pytest.raises(TooLargeError) as caught:
        ask(server.url, lambda prometheus: prometheus.query("up"), body=1_000_000)
    assert str(caught.value) == f"{server.url} answered with more than 1000000 bytes; the rest was not read."
    assert sum(sent) < 65536 * 2000


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    for number in range(100):
        handler.send_header(f"X-{number}", "x")
        handler.flush_headers()
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [drip, drip_headers, lambda handler: time.sleep(5)], ids=["body", "headers", "silence"])
def test_the_deadline_covers_the_whole_answer(server: FaultyServer, answer: Answer) -> None:
    server.answer = answer
    assert refusal(server, TooSlowError, seconds=0.3) == "URL did not answer /api/v1/query within 0.3 seconds."


def test_nobody_listens() -> None:
    with pytest.raises(NoAnswerError, match=r"^http://127\.0\.0\.1:9 could not be reached: "):
        ask("http://127.0.0.1:9", lambda prometheus: prometheus.query("up"))


def test_a_connection_that_breaks_off(server: FaultyServer) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"{")

    server.answer = answer
    assert refusal(server, NoAnswerError).startswith("URL could not be reached: ")


def test_ready_is_false_for_anything_but_a_ready_server(server: FaultyServer) -> None:
    server.answer = send(503, b"starting", "text/plain")
    assert ask(server.url, lambda prometheus: prometheus.ready()) is False
    server.answer = send(200, b"ready", "text/plain")
    assert ask(server.url, lambda prometheus: prometheus.ready()) is True
    assert ask("http://127.0.0.1:9", lambda prometheus: prometheus.ready()) is False


def test_reload_tells_why_it_failed(server: FaultyServer) -> None:
    server.answer = send(200, b"", "text/plain")
    ask(server.url, lambda prometheus: prometheus.reload())
    assert server.requests[-1][:2] == ("POST", "/-/reload")
    server.answer = send(405, b"Lifecycle API is not enabled.", "text/plain")
    with pytest.raises(QueryError, match="did not reload: Lifecycle API is not enabled"):
        ask(server.url, lambda prometheus: prometheus.reload())


# --- who asks, and whom ------------------------------------------------------------------------------------------


def test_credentials_are_sent_and_never_shown(server: FaultyServer, tmp_path: Any) -> None:
    server.answer = send(401, b"no")
    file = tmp_path / "token"
    file.write_text("hush-hush\n")
    credentials = Credentials.from_environment("T", {"T_TOKEN_FILE": str(file), "T_TENANT": "acme"})
    with pytest.raises(AccessError) as caught:
        ask(server.url, lambda prometheus: prometheus.query("up"), credentials)
    headers = server.requests[0][2]
    assert headers["Authorization"] == "Bearer hush-hush"
    assert headers["X-Scope-OrgID"] == "acme"
    assert "hush" not in repr(credentials) + str(caught.value)

    credentials = Credentials.from_environment("T", {"T_USERNAME": "me", "T_PASSWORD": "hush"})
    with pytest.raises(AccessError):
        ask(server.url, lambda prometheus: prometheus.query("up"), credentials)
    assert server.requests[1][2]["Authorization"] == "Basic bWU6aHVzaA=="
    assert "hush" not in repr(credentials)


def test_a_redirect_gets_no_credentials(server: FaultyServer) -> None:
    server.answer = send(307, b"", Location=server.url + "/other")
    with pytest.raises(RedirectError):
        ask(server.url, lambda prometheus: prometheus.query("up"), Credentials(token="hush"))
    assert len(server.requests) == 1


def test_a_missing_secret_file_is_named(tmp_path: Any) -> None:
    missing = tmp_path / "nowhere"
    with pytest.raises(AddressError) as caught:
        Credentials.from_environment("T", {"T_TOKEN_FILE": str(missing)})
    assert str(caught.value) == f"The file that T_TOKEN_FILE names cannot be read: {missing}"


def test_token_and_user_name_exclude_each_other() -> None:
    with pytest.raises(AddressError, match="can carry only one"):
        Credentials.from_environment("T", {"T_TOKEN": "a", "T_USERNAME": "b"})


def test_a_token_that_no_header_can_carry_is_not_shown(server: FaultyServer) -> None:
    with pytest.raises(AddressError) as caught:
        ask(server.url, lambda prometheus: prometheus.query("up"), Credentials(token="geheim\N{SNOWMAN}"))
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "prometheus:9090", "ftp://prometheus", "http://", "http://h:x", "http://[", "http://h?query=1", "h"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(AddressError):
        Prometheus(url)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(AddressError) as caught:
        Prometheus("http://me:hush@prometheus:9090")
    assert "hush" not in str(caught.value)
    assert "environment" in str(caught.value)


def test_a_path_before_the_api_is_kept(server: FaultyServer) -> None:
    server.answer = success([])
    ask(server.url + "/prometheus/", lambda prometheus: prometheus.label_names(["up"]))
    assert server.requests[0][1] == "/prometheus/api/v1/labels"
