"""What every outgoing request keeps to: whose certificate is believed, and what its head carries."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from slo_gen.fetch import Credentials, Fetcher, NoAnswerError


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The port of a server with a certificate, and the file of the authority that signed it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"secret")

        def log_message(self, *arguments: object) -> None:
            """Nothing is logged."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *arguments: object) -> None:
            """Clients refuse the certificate on purpose."""

    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.server_address[1], tmp_path / "authority.pem"
    server.shutdown()
    server.server_close()


async def get(url: str) -> bytes:
    async with Fetcher(url) as fetcher:
        return (await fetcher.request("GET", "/")).body


@pytest.mark.parametrize("scheme", ["https", "HTTPS", "Https"])
def test_a_certificate_that_nobody_vouches_for_is_refused(served: tuple[int, Path], scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port, authority = served
    with pytest.raises(NoAnswerError, match="certificate"):
        asyncio.run(get(f"{scheme}://localhost:{port}"))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    assert asyncio.run(get(f"{scheme}://localhost:{port}")) == b"secret"
    with pytest.raises(NoAnswerError, match="certificate"):
        asyncio.run(get(f"{scheme}://127.0.0.1:{port}"))


def test_an_organisation_is_a_number_in_the_head() -> None:
    assert Credentials(token="t", organisation=7).headers() == {"X-Grafana-Org-Id": "7", "Authorization": "Bearer t"}
    assert Credentials(tenant="acme").headers() == {"X-Scope-OrgID": "acme"}
    with pytest.raises(ValueError):
        Credentials(organisation="7\r\nX: y").headers()  # type: ignore[arg-type]
