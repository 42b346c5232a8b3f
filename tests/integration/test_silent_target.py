"""A target that accepts connections and never answers, behind a real blackbox_exporter."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from pathlib import Path

import msgspec
import pytest
from running_exporter import free_port, until
from sla_exporter.probes.blackbox import BlackboxReader
from sla_exporter.probes.probe import Answer, ProbeSettings, Seen

from slo_gen.fetch import Credentials
from slo_gen.spec.documents.probes import ProbeSource


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


async def looked(reader: BlackboxReader, target: str) -> Answer:
    try:
        return (await reader.look([target]))[target]
    finally:
        await reader.close()


@pytest.mark.integration
def test_a_target_that_never_answers_is_down_and_not_unknown(tmp_path: Path) -> None:
    modules, own = tmp_path / "blackbox.yml", free_port()
    modules.write_text("modules: {patient: {prober: http, http: {preferred_ip_protocol: ip4}}}\n")      # with no time-out of its own
    command = ["prometheus-blackbox-exporter", f"--config.file={modules}", f"--web.listen-address=127.0.0.1:{own}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            until(lambda: listens(own), 20)
            target = f"http://127.0.0.1:{silent.getsockname()[1]}/"
            document = {"name": "web", "blackbox": {"url": f"http://127.0.0.1:{own}", "module": "patient"},
                        "subjects": [{"subject": target, "indicator": "nginx"}]}  # fmt: skip
            clock = lambda: time.time_ns() // 1_000_000  # noqa: E731
            settings = ProbeSettings(msgspec.convert(document, ProbeSource), Credentials(), 3_000, 2.0, 1, clock)
            assert asyncio.run(looked(BlackboxReader(settings), target)) == Seen("down", reason="value")
    finally:
        process.terminate()
        process.wait(10)
