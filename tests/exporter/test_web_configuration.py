"""TLS, users and headers of the web side, the file that asks for them, and clients that try to block it."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import bcrypt
import httpx
import pytest
import trustme
from sla_exporter import gate as gates
from sla_exporter.gate import Gate
from sla_exporter.server import MetricsServer
from sla_exporter.web_configuration import WebConfigurationError, read_web_configuration

HASH = bcrypt.hashpw(b"open sesame", bcrypt.gensalt(4)).decode()
TLS = "tls_server_config: {cert_file: server.crt, key_file: server.key}\n"
Serving = Callable[..., MetricsServer]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def folder(tmp_path: Path, authority: trustme.CA) -> Path:
    certified(tmp_path, authority)
    authority.cert_pem.write_to_path(tmp_path / "ca.crt")
    return tmp_path


def certified(folder: Path, authority: trustme.CA) -> None:
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.private_key_pem.write_to_path(folder / "server.key")
    certificate.cert_chain_pems[0].write_to_path(folder / "server.crt")


@pytest.fixture
def serving(folder: Path) -> Iterator[Serving]:
    servers: list[MetricsServer] = []

    def serve(text: str, **options: object) -> MetricsServer:
        (folder / "web.yaml").write_text(text)
        server = MetricsServer(("127.0.0.1", 0), lambda form: b"a 1\n", lambda: True, gate=Gate(folder / "web.yaml"), **options)  # type: ignore[arg-type]
        servers.append(server)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return server

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def get(server: MetricsServer, authority: trustme.CA, context: ssl.SSLContext | None = None, **options: object) -> httpx.Response:
    with httpx.Client(verify=context or trusting(authority), timeout=10) as client:
        return client.get(f"https://127.0.0.1:{server.server_address[1]}/metrics", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "told"), [
    ("tls_server_confg: {}\n", "1:1: unknown field `tls_server_confg`"),
    ("tls_server_config: {cert_file: server.crt}\n", "1:20: `key_file` is missing"),
    ("tls_server_config: {cert_file: none.crt, key_file: server.key}\n", "1:32: the file none.crt cannot be read"),
    ("tls_server_config: {cert_file: server.key, key_file: server.crt}\n", "1:32: certificate, key and authority cannot be used"),
    (TLS.replace("}", ", min_version: TLS10}"), "1:79: 'TLS10' is no value of `min_version`"),
    (TLS.replace("}", ", client_ca_file: ca.crt}"), "1:82: no client is asked for a certificate"),
    (TLS.replace("}", ", client_auth_type: RequireAndVerifyClientCert}"), "without `client_ca_file`"),
    (TLS.replace("}", ", cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]}"), "there is no cipher suite 'TLS_RSA_WITH_RC4_128_SHA'"),
    ("http_server_config: {headers: {X-Mine: a}}\n", "1:32: unknown field `X-Mine`"),
    ("http_server_config: {headers: {X-Frame-Options: \"a\\nb\"}}\n", "1:49: the value of a header"),
    ("basic_auth_users:\n  me: canary\n", "2:7: this is no bcrypt hash"),
    ("basic_auth_users: [\n", "a value is missing"),
    ("{}\n---\n{}\n", "more than one document"),
])  # fmt: skip
def test_what_is_wrong_has_its_place(folder: Path, text: str, told: str) -> None:
    (folder / "web.yaml").write_text(text)
    with pytest.raises(WebConfigurationError) as refused:
        read_web_configuration(folder / "web.yaml")
    found = " | ".join(f"{each.line}:{each.column}: {each.message}" for each in refused.value.problems)
    assert told in found
    assert "canary" not in found


def test_a_scrape_is_encrypted_and_has_the_headers(serving: Serving, authority: trustme.CA) -> None:
    server = serving(TLS + "http_server_config: {headers: {X-Frame-Options: deny}}\n")
    answer = get(server, authority)
    assert (answer.status_code, answer.text, answer.headers["x-frame-options"]) == (200, "a 1\n", "deny")


def test_a_client_needs_a_certificate_of_the_authority_and_a_name_that_is_allowed(
    serving: Serving, authority: trustme.CA
) -> None:  # fmt: skip
    server = serving(TLS.replace("}", ", client_ca_file: ca.crt, client_auth_type: RequireAndVerifyClientCert, "
                                      "client_allowed_sans: [prometheus.example]}"))  # fmt: skip
    answers = []
    for name in ("prometheus.example", "other.example", ""):
        context = trusting(authority)
        if name:
            authority.issue_cert(name).configure_cert(context)
        try:
            answers.append(get(server, authority, context).status_code)
        except httpx.TransportError:
            answers.append(0)
    assert answers == [200, 0, 0]


def test_a_renewed_certificate_holds_and_a_broken_file_leaves_the_former(serving: Serving, authority: trustme.CA, folder: Path) -> None:
    server = serving(TLS)
    before = ssl.get_server_certificate(("127.0.0.1", server.server_address[1]))
    certified(folder, authority)
    after = ssl.get_server_certificate(("127.0.0.1", server.server_address[1]))
    (folder / "web.yaml").write_text("nonsense: [")
    assert before != after == ssl.get_server_certificate(("127.0.0.1", server.server_address[1]))


def test_users_are_asked_for_their_passwords_everywhere(serving: Serving) -> None:
    server = serving(f"basic_auth_users: {{me: '{HASH}'}}\n")
    url = f"http://127.0.0.1:{server.server_address[1]}"
    pairs = [("me", "open sesame"), ("me", "wrong"), ("nobody", "open sesame"), ("", "")]
    assert [httpx.get(f"{url}/metrics", auth=pair).status_code for pair in pairs] == [200, 401, 401, 401]
    assert [httpx.get(url + path).status_code for path in ("/", "/metrics", "/-/healthy", "/-/ready", "/x")] == [401] * 5
    assert httpx.post(f"{url}/-/reload").status_code == 401


def test_each_password_is_compared_once_and_unknown_users_as_long(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []

    def counting(password: bytes, written: bytes) -> bool:
        compared.append(written[:7])
        return bcrypt.hashpw(password, written) == written

    monkeypatch.setattr(gates.bcrypt, "checkpw", counting)
    (folder / "web.yaml").write_text(f"basic_auth_users: {{me: '{HASH}'}}\n")
    gate = Gate(folder / "web.yaml")
    configuration, _ = gate.current()
    headers = [httpx.BasicAuth(*pair)._auth_header for pair in (("me", "open sesame"), ("me", "x"), ("nobody", "x"))]
    for _ in range(3):
        assert [gate.admits(header, configuration) for header in headers] == ["admitted", "refused", "refused"]
    assert compared == [HASH[:7].encode()] * 3


def test_reload_is_only_for_those_who_enabled_it(serving: Serving) -> None:
    said = ["", "it is broken"]
    closed, opened = serving("{}"), serving("{}", reload=lambda: said.pop(0))
    one, other = (f"http://127.0.0.1:{server.server_address[1]}/-/reload" for server in (closed, opened))
    assert (httpx.post(one).status_code, httpx.get(other).status_code) == (403, 405)
    assert httpx.post(other).status_code == 200
    broken = httpx.put(other)
    assert (broken.status_code, broken.text) == (500, "it is broken\n")


def test_half_open_and_idle_connections_do_not_keep_a_scrape_out(serving: Serving, authority: trustme.CA) -> None:
    """Three hundred that never agree on encryption, or end in the middle of it; each scrape is answered all the same."""
    server = serving(TLS)
    silent = []
    for number in range(300):
        silent.append(socket.create_connection(("127.0.0.1", server.server_address[1])))
        if number % 2:
            silent[-1].sendall(b"\x16\x03\x01")
    context = trusting(authority)
    idle = [context.wrap_socket(socket.create_connection(("127.0.0.1", server.server_address[1])), server_hostname="localhost")
            for _ in range(50)]  # fmt: skip
    try:
        assert [get(server, authority).status_code for _ in range(5)] == [200] * 5
    finally:
        for each in (*silent, *idle):
            each.close()


def test_clients_that_take_an_answer_too_slowly_are_let_go(
    serving: Serving, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as there is room for ask for a large page and take a little of it now and then; the next one is answered all the same."""
    monkeypatch.setattr("sla_exporter.server._LONGEST_ANSWER", 1.0)
    server = serving(TLS, most=64)
    server.metrics = lambda form: b"# a\n" * (4 << 20)
    context = trusting(authority)
    slow = []
    for _ in range(64):
        slow.append(context.wrap_socket(socket.create_connection(("127.0.0.1", server.server_address[1])), server_hostname="localhost"))
        slow[-1].sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answers: list[int] = []
    ended = Event()

    def take() -> None:
        while not ended.wait(0.2):
            for each in slow:
                with suppress(OSError):
                    each.recv(16384)

    Thread(target=take, daemon=True).start()
    try:
        with httpx.Client(verify=context, timeout=10) as client:
            for _ in range(10):
                try:
                    answers.append(client.get(f"https://127.0.0.1:{server.server_address[1]}/-/healthy").status_code)
                    break
                except httpx.TransportError:
                    time.sleep(0.3)
    finally:
        ended.set()
        for each in slow:
            each.close()
    assert answers == [200]
