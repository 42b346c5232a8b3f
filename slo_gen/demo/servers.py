"""Servers that run as long as a ``with`` block, and never longer.

A server is started on a free loopback port, in a session of its own (Ctrl-C reaches us, not it), and asked to stop when the
block is left for whatever reason. Should this process be killed outright, the kernel ends the server too.
"""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["Server", "ServerError", "find_program", "free_port"]

START_SECONDS = 20.0
STOP_SECONDS = 10.0
ATTEMPTS = 3


class ServerError(Exception):
    """A server is not installed, did not start, or ended by itself. The text is for the reader."""


class Server:
    """One program with its log.

    ``arguments`` gives the command line after the program, for the port it is to listen on. ``ready_path`` answers
    200 once the server works.
    """

    def __init__(self, program: str, arguments: Callable[[int], Sequence[str]], ready_path: str, log: Path) -> None:
        self._program = program
        self._arguments = arguments
        self._ready_path = ready_path
        self.log = log
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        for attempt in range(1, ATTEMPTS + 1):
            self.port = free_port()
            try:
                self._start()
                return self
            except ServerError:
                self.stop()
                # Between our look for a free port and the server's own bind, somebody else may have taken it.
                if attempt == ATTEMPTS or "address already in use" not in self.log_tail(50):
                    raise
            except BaseException:
                self.stop()
                raise
        raise ServerError(f"{self._program} found no free port.")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Ask the server to end, insist after ten seconds. Safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """End the server at once, as a crash does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def check_alive(self) -> None:
        """Raise ServerError when the server has ended by itself."""
        if self._process is not None and self._process.poll() is not None:
            raise ServerError(f"{self._program} ended with status {self._process.returncode}. Its last words:\n{self.log_tail()}")

    def log_tail(self, lines: int = 12) -> str:
        try:
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _start(self) -> None:
        command = [find_program(self._program), *self._arguments(self.port)]
        setpriv = shutil.which("setpriv")
        if setpriv is not None:
            command = [setpriv, "--pdeathsig", "TERM", "--", *command]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            self.check_alive()
            if time.monotonic() > deadline:
                raise ServerError(f"{self._program} was not ready within {START_SECONDS:g} seconds. Its last words:\n{self.log_tail()}")
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        with contextlib.closing(connection):
            try:
                connection.request("GET", self._ready_path)
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False


def find_program(name: str) -> str:
    """The path of an installed program. Raises ServerError with what to do."""
    names = [name, "alertmanager"] if name == "prometheus-alertmanager" else [name]
    own = Path(sys.executable).with_name(name)       # what was installed with slo-gen itself need not be on the path
    found = str(own) if own.exists() else next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise ServerError(f"{name} is not installed. On Debian and Ubuntu `make setup` installs it, or tells how.")
    return found


def free_port() -> int:
    """A loopback port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
