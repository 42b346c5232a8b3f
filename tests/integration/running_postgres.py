"""A real PostgreSQL on loopback, run by nobody, with a cluster of its own that is thrown away."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from running_exporter import free_port

_NUMBERS = count(1)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    assert found, "PostgreSQL is not installed; make setup installs it"
    return found[-1]


@dataclass(frozen=True)
class Postgres:
    """A running cluster; ``restart`` ends it as a crash does, and starts it again."""

    home: Path
    port: int

    def database(self) -> str:
        """The address of a new database."""
        name = f"ledger{next(_NUMBERS)}"
        self.sql("postgres", f"CREATE DATABASE {name}")
        return f"postgresql://test@127.0.0.1:{self.port}/{name}"

    def sql(self, database: str, text: str) -> str:
        command = [str(_programs() / "psql"), "-X", "-v", "ON_ERROR_STOP=1", "-At", "-h", "127.0.0.1", "-p", str(self.port), "-U", "test",
                   "-d", database, "-c", text]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.home} -c fsync=off"
        _as_nobody(str(_programs() / "pg_ctl"), "-D", f"{self.home}/data", "-w", "-s", "-l", f"{self.home}/log", "-o", options, "start")

    def crash(self) -> None:
        _as_nobody(str(_programs() / "pg_ctl"), "-D", f"{self.home}/data", "-m", "immediate", "-s", "stop")

    def restart(self) -> None:
        self.crash()
        self.start()


def _as_nobody(*command: str) -> None:
    """initdb and postgres refuse root."""
    prefix = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    # Not below pytest's own folder: nobody may not enter that.
    home = Path(tempfile.mkdtemp(prefix="slo-gen-postgres-"))
    home.chmod(0o755)
    try:
        if os.geteuid() == 0:
            shutil.chown(home, "nobody", "nogroup")
        options = ["-U", "test", "-A", "trust", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"]
        _as_nobody(str(_programs() / "initdb"), "-D", f"{home}/data", *options)
        found = Postgres(home, free_port())
        found.start()
        try:
            yield found
        finally:
            found.crash()
    finally:
        shutil.rmtree(home, ignore_errors=True)
