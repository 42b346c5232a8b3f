"""The exporter's own checks of a real nginx over TLS: there, gone, and there but stopped."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import trustme
from running_exporter import free_port
from sla_exporter.probes.http_check import HttpReader
from sla_exporter.probes.probe import Answer, ProbeReader, ProbeSettings, Seen
from sla_exporter.probes.tcp_check import TcpReader

from slo_gen.fetch import Credentials
from slo_gen.spec.documents.probes import ProbeSource

ENDS = datetime(2040, 1, 2, 3, 4, 5, tzinfo=UTC)


@contextmanager
def nginx(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/server.pem; "
        f"ssl_certificate_key {folder}/server.pem; location /health {{ return 200 'all is well'; }} location / {{ return 404; }} }} }}\n"
    )
    process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(10)


def certificates(folder: Path) -> str:
    """One for localhost; the file of its authority."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost", not_after=ENDS)
    issued.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return str(folder / "ca.pem")


@pytest.mark.integration
def test_a_server_is_up_gone_and_hung_as_it_really_is(tmp_path: Path) -> None:
    port, authorities = free_port(), certificates(tmp_path)

    def settings(**kind: object) -> ProbeSettings:
        document = {"name": "own", "authorities_file": authorities, "subjects": [{"subject": "x", "indicator": "x"}], **kind}
        return ProbeSettings(msgspec.convert(document, ProbeSource), Credentials(), 3_000, 1.0, 10, lambda: 0)

    http, tcp = HttpReader(settings(http={"contains": "is well"})), TcpReader(settings(tcp={"tls": True}))
    page, other, server = f"https://localhost:{port}/health", f"https://localhost:{port}/", f"localhost:{port}"

    async def look(reader: ProbeReader, subject: str) -> Answer:
        return (await reader.look([subject]))[subject]

    async def until_up() -> None:
        for _ in range(200):
            found = await look(tcp, server)
            if isinstance(found, Seen) and found.state == "up":
                return
            await asyncio.sleep(0.05)

    async def story() -> None:
        assert await look(http, page) == await look(tcp, server) == Seen("down", reason="refused")
        with nginx(tmp_path, port) as process:
            await until_up()
            ends = int(ENDS.timestamp())
            assert await look(http, page) == await look(tcp, server) == Seen("up", certificate_ends=ends)
            assert await look(http, other) == Seen("down", certificate_ends=ends, reason="status")
            process.send_signal(signal.SIGSTOP)
            assert await look(http, page) == await look(tcp, server) == Seen("down", reason="timeout")
            process.send_signal(signal.SIGCONT)
            await until_up()
            assert await look(http, page) == Seen("up", certificate_ends=ends)
        assert await look(http, page) == await look(tcp, server) == Seen("down", reason="refused")

    asyncio.run(story())
