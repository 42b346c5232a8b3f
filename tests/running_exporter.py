"""The exporter as its own process: started, asked for metrics, killed, started again."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent

import httpx
from prometheus_client.parser import text_string_to_metric_families

COMMAND = (sys.executable, "-c", "from sla_exporter.cli import main; main(prog_name='sla-exporter')")

_LINE = re.compile(
    r'ts=\S+ level=(debug|info|warn|error) msg=(\S+|"(\\.|[^"\\])*")( at=\S+)?'
    r"|sla-exporter: .*"                            # the sentence with which a command ends
    r"|.*resource_tracker.*|  warnings.*"           # what Python says of processes whose parent was killed
)

Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Exporter:
    """One exporter over its configuration file; ``start`` and ``kill`` may come in any order and as often as one likes.

    ``trust``: it serves over TLS, and this trusts its certificate; ``user`` are name and password that it asks for.
    """

    file: Path
    port: int = field(default_factory=free_port)
    environment: Mapping[str, str] = field(default_factory=dict)
    options: Sequence[str] = ()
    trust: ssl.SSLContext | None = None
    user: tuple[str, str] | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"{'http' if self.trust is None else 'https'}://127.0.0.1:{self.port}"

    def get(self, path: str, seconds: float = 20) -> httpx.Response:
        """An answer of it. Raises httpx.HTTPError."""
        return httpx.get(self.url + path, timeout=seconds, verify=self.trust or False, auth=self.user)

    @property
    def log(self) -> str:
        return (self.file.parent / f"log.{self.port}").read_text()

    def forget_log(self) -> None:
        """Begin the log anew."""
        (self.file.parent / f"log.{self.port}").write_text("")

    def start(self, seconds: float = 20) -> None:
        """Start it, and wait until it serves."""
        self.begin()
        until(lambda: self.serves(), seconds, lambda: self.log)

    def begin(self) -> None:
        """Start it."""
        command = [*COMMAND, "run", "--config.file", str(self.file), "--web.listen-address", f"127.0.0.1:{self.port}", *self.options]
        with (self.file.parent / f"log.{self.port}").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **self.environment})

    def serves(self) -> bool:
        assert self.process is None or self.process.poll() is None, self.log
        try:
            return self.get("/-/healthy", 2).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """As the kernel does it when memory runs out."""
        assert self.process is not None, "it was not started"
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> float:
        """As systemd does it; returns how long it took."""
        assert self.process is not None, "it was not started"
        started = time.monotonic()
        self.process.terminate()
        assert self.process.wait(timeout=15) == 0, self.log
        return time.monotonic() - started

    def hang_up(self) -> None:
        """Have it read its configuration again."""
        assert self.process is not None, "it was not started"
        self.process.send_signal(signal.SIGHUP)

    def status(self, path: str) -> int:
        """The status of an answer."""
        return self.get(path).status_code

    def samples(self) -> Samples:
        """Everything that it exposes now."""
        answer = self.get("/metrics")
        assert answer.status_code == 200
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(answer.text) for sample in family.samples
        }  # fmt: skip

    def value(self, name: str, **labels: str) -> float:
        """The value of the only series of that name with these labels."""
        wanted = set(labels.items())
        found = [value for (of, held), value in self.samples().items() if of == name and wanted <= held]
        assert len(found) == 1, (name, labels, found)
        return found[0]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **self.environment}
        return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, env=environment, timeout=120)


def _is_json(line: str) -> bool:
    """Whether a line of the log is one of its other form."""
    try:
        return {"ts", "level", "msg"} <= set(json.loads(line)) <= {"ts", "level", "msg", "at"}
    except ValueError:
        return False


def until(holds: Callable[[], bool], seconds: float = 30, told: Callable[[], object] = lambda: "") -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"did not come in {seconds:g} s: {told()}"
        time.sleep(0.1)


@contextmanager
def exporter(
    folder: Path, sources: str, promises: str, ledger: str = "", environment: Mapping[str, str] | None = None
) -> Iterator[Exporter]:
    """An exporter that is not started yet, with these sources and documents; killed at the end whatever became of it."""
    (folder / "specs").mkdir(parents=True, exist_ok=True)
    (folder / "specs" / "promises.yaml").write_text(promises)
    kept = f"  ledger: {ledger}\n" if ledger else ""
    text = f"kind: Exporter\nmetadata: {{name: main}}\nspec:\n{kept}  sources:\n{indent(sources.strip(), '    ')}\n"
    (folder / "sla-exporter.yaml").write_text(text)
    found = Exporter(folder / "sla-exporter.yaml", environment=environment or {})
    try:
        yield found
    finally:
        if found.process is not None and found.process.poll() is None:
            found.process.kill()
            found.process.wait()
    if found.process is not None:
        stray = [line for line in found.log.splitlines() if not (_LINE.fullmatch(line) or _is_json(line))]
        assert not stray, stray
