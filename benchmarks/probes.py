"""What it costs the exporter to ask of very many subjects whether they are up, and whether any look is left out.

    .venv/bin/python benchmarks/probes.py [--subjects 1000] [--every 15] [--seconds 60] [--apart]

A real process over HTTP, and a blackbox_exporter that answers at once, so that all of the time is the exporter's own. Each subject is
an indicator that an agreement promises something about. With ``--apart`` each subject is a probe of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
import httpx
from daemon import COMMAND, megabytes

BODY: Final = b"probe_success 1\nprobe_duration_seconds 0.1\nprobe_ssl_earliest_cert_expiry 1.8e9\n"
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %d\r\n\r\n" % len(BODY)
GOAL: Final = 0.6


def promises(subjects: int) -> str:
    """A document with an indicator and a target for each subject."""
    text = "kind: Service\nmetadata: {name: shop}\n---\nkind: Customer\nmetadata: {name: acme}\n"
    for number in range(subjects):
        text += f"---\nkind: Indicator\nmetadata: {{name: up-{number}}}\nspec: {{service: shop, probe: {{read_by: exporter}}}}\n"
    targets = "".join(f"    - {{name: of-{number}, indicator: up-{number}, objective: at least 99.9%}}\n" for number in range(subjects))
    about = "customer: acme\n  service: shop\n  state: active"
    return f"{text}---\nkind: SLA\nmetadata: {{name: acme}}\nspec:\n  {about}\n  targets:\n{targets}"


def configuration(subjects: int, every: int, url: str, *, apart: bool) -> str:
    """The exporter's configuration as JSON, which is YAML too."""
    asked = [{"subject": f"http://target/{number}", "indicator": f"up-{number}"} for number in range(subjects)]
    parts = [[each] for each in asked] if apart else [asked]
    probes = [{"name": f"web-{number}", "blackbox": {"url": url}, "every": f"{every}s", "subjects": part}
              for number, part in enumerate(parts)]  # fmt: skip
    return json.dumps({"kind": "Exporter", "metadata": {"name": "main"}, "spec": {"probes": probes}})


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(HEAD + BODY)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def blackbox() -> str:
    """The address of something that answers as blackbox_exporter does, in a thread of its own."""
    port: list[int] = []
    ready = threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=4096)     # as Go has it
        port.append(server.sockets[0].getsockname()[1])
        ready.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    ready.wait()
    return f"http://127.0.0.1:{port[0]}"


@contextmanager
def running(folder: Path) -> Iterator[tuple[int, str]]:
    """The exporter: its process, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"127.0.0.1:{free.getsockname()[1]}"
    command = [*COMMAND, "run", "--config.file", str(folder / "sla-exporter.yaml"), "--log.level", "error", "--web.listen-address", url]
    process = subprocess.Popen(command)
    try:
        while not answers(f"http://{url}/-/healthy"):
            if process.poll() is not None:
                raise click.ClickException("the exporter has ended")
            time.sleep(0.2)
        yield process.pid, f"http://{url}"
    finally:
        process.terminate()
        process.wait(15)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def processor_seconds(pid: int) -> float:
    """What a process has used of a core until now."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def total(text: str, name: str) -> float:
    """All values of a family together."""
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE))


@click.command()
@click.option("--subjects", default=1000, show_default=True)
@click.option("--every", default=15, show_default=True, help="Seconds between two looks.")
@click.option("--seconds", default=60, show_default=True)
@click.option("--apart", is_flag=True, help="A probe for each subject.")
def main(subjects: int, every: int, seconds: int, apart: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "specs").mkdir()
        (folder / "specs" / "shop.yaml").write_text(promises(subjects))
        (folder / "sla-exporter.yaml").write_text(configuration(subjects, every, blackbox(), apart=apart))
        with running(folder) as (pid, url):
            time.sleep(2 * every + 5)
            before, begun = processor_seconds(pid), time.monotonic()
            time.sleep(seconds)
            share = (processor_seconds(pid) - before) / (time.monotonic() - begun)
            page = httpx.get(f"{url}/metrics", timeout=30).text
            up, skipped = total(page, "slm_probe_up"), total(page, "slm_source_polls_skipped_total")
            click.echo(f"{subjects} subjects every {every} s: {share:.0%} of a core (goal {GOAL:.0%}), {up:.0f} up, "
                       f"{skipped:.0f} looks left out, {megabytes(pid):.0f} MB")  # fmt: skip


if __name__ == "__main__":
    main()
