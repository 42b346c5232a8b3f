"""A real Icinga 2 with one host and one service, whose checks are what a test says they found."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import trustme
from running_exporter import free_port

CONFIGURATION = """
const NodeName = "localhost"
const ZoneName = NodeName
include <itl>
object Endpoint NodeName { }
object Zone ZoneName { endpoints = [ NodeName ] }
object CheckerComponent "checker" { }
object ApiListener "api" { bind_host = "127.0.0.1"; bind_port = %d }
object ApiUser "reader" { password = "s3cret"; permissions = [ "events/*", "objects/query/Host", "objects/query/Service" ] }
object ApiUser "tester" { password = "tester"; permissions = [ "actions/*", "objects/query/*" ] }
object Host "web1" { check_command = "passive"; enable_active_checks = false; max_check_attempts = 1 }
object Service "http" { host_name = "web1"; check_command = "passive"; enable_active_checks = false; max_check_attempts = 3 }
"""


@dataclass(frozen=True, slots=True)
class Icinga:
    """``authorities`` is the file of who vouches for it; ``tester`` may act on it."""

    port: int
    authorities: str
    tester: httpx.Client

    def check(self, subject: str, status: int, at: float) -> None:
        """Have a check find something at an instant; ``subject`` is ``host`` or ``host!service``."""
        kind = "Service" if "!" in subject else "Host"
        self.act("process-check-result", type=kind, **{kind.lower(): subject}, exit_status=status, plugin_output="as told",
                 execution_start=at, execution_end=at)  # fmt: skip

    def act(self, action: str, **arguments: Any) -> None:
        answer = self.tester.post(f"/v1/actions/{action}", json=arguments)
        assert answer.status_code == 200, answer.text


@contextlib.contextmanager
def running_icinga(folder: Path) -> Iterator[Icinga]:
    """It runs as whoever runs the test, with a certificate of an authority of its own."""
    port = free_port()
    for name in ("lib/certs", "run", "log", "cache", "spool"):
        (folder / name).mkdir(parents=True)
    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1", common_name="localhost")
    authority.cert_pem.write_to_path(str(folder / "lib/certs/ca.crt"))
    issued.private_key_pem.write_to_path(str(folder / "lib/certs/localhost.key"))
    for part in issued.cert_chain_pems:
        part.write_to_path(str(folder / "lib/certs/localhost.crt"), append=True)
    (folder / "icinga2.conf").write_text(CONFIGURATION % port)
    constants = {
        "DataDir": "lib", "InitRunDir": "run", "LogDir": "log", "CacheDir": "cache", "SpoolDir": "spool",
    }  # fmt: skip
    defined = [f"Configuration.{name}={folder / place}" for name, place in constants.items()]
    defined += [
        f"Configuration.RunAsUser={pwd.getpwuid(os.geteuid()).pw_name}", f"Configuration.RunAsGroup={grp.getgrgid(os.getegid()).gr_name}",
    ]  # fmt: skip
    command = ["icinga2", "daemon", "-c", str(folder / "icinga2.conf"), *(part for each in defined for part in ("-D", each))]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    authorities = str(folder / "lib/certs/ca.crt")
    try:
        context = ssl.create_default_context(cafile=authorities)
        with httpx.Client(base_url=f"https://127.0.0.1:{port}", auth=("tester", "tester"), verify=context, trust_env=False,
                          headers={"Accept": "application/json"}) as tester:  # fmt: skip
            _until_it_answers(process, tester, folder / "output")
            yield Icinga(port, authorities, tester)
    finally:
        process.terminate()
        process.wait(20)


def _until_it_answers(process: subprocess.Popen[bytes], tester: httpx.Client, output: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if tester.get("/v1/objects/hosts").status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"Icinga does not answer:\n{output.read_text()[-2000:]}")
