"""A real Request Tracker on loopback with a database of its own, spoken to by REST2; its history can be moved in time."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
from running_exporter import free_port, until

SERVER: Final = "/usr/share/request-tracker5/libexec/rt-server"

_CONFIGURATION: Final = """
use utf8;
Set($rtname, 'tests.example');
Set($Organization, 'tests.example');
Set($WebDomain, '127.0.0.1');
Set($WebPort, @PORT@);
Set($WebPath, '');
Set($WebBaseURL, 'http://127.0.0.1:@PORT@');
Set($CanonicalizeRedirectURLs, 0);
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '@DATA@/rtdb');
Set($DatabaseUser, '');
Set($DatabasePassword, '');
Set($MailCommand, 'testfile');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'warning');
Set($WebSessionClass, 'Apache::Session::File');
Set($MasonDataDir, '@DATA@/mason');
Set($MasonSessionDir, '@DATA@/sessions');
Set($Timezone, 'UTC');
1;
"""

_SEED: Final = """
use strict; use warnings; use lib '/usr/share/request-tracker5/lib';
use RT -init;
my %tokens;
for my $name ('agent', 'carla') {
    my $user = RT::User->new(RT->SystemUser);
    my ($id, $told) = $user->Create(Name => $name, EmailAddress => "$name\\@tests.example", Password => 'a-long-password', Privileged => 1);
    die $told unless $id;
    my ($ok, $why) = $user->PrincipalObj->GrantRight(Right => 'SuperUser', Object => RT->System);
    die $why unless $ok;
    my $token = RT::AuthToken->new(RT->SystemUser);
    my ($number, $said, $secret) = $token->Create(Owner => $user->Id, Description => 'tests');
    die $said unless $number;
    print "TOKEN $name $secret\\n";
}
"""


@dataclass
class RequestTracker:
    """The server, and the tokens of somebody of our side and of the customer."""

    folder: Path
    port: int
    tokens: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, who: str = "agent") -> Any:
        headers = {"Authorization": f"token {self.tokens[who]}"}
        answer = httpx.request(method, f"{self.url}/REST/2.0{path}", json=body, headers=headers, timeout=60)
        assert answer.status_code in (200, 201, 204), (path, answer.status_code, answer.text[:500])
        return answer.json() if answer.content.strip() else None

    def open(self, subject: str, priority: int = 50) -> str:
        """A ticket of the customer."""
        ticket = {"Queue": "Support", "Subject": subject, "Requestor": "carla@tests.example", "Priority": str(priority), "Content": "Help",
                  "ContentType": "text/plain"}  # fmt: skip
        return str(self.call("POST", "/ticket", ticket, who="carla")["id"])

    def write(self, ticket: str, how: str, who: str = "agent") -> None:
        """``correspond`` or ``comment``."""
        self.call("POST", f"/ticket/{ticket}/{how}", {"Content": "Text", "ContentType": "text/plain"}, who)

    def put(self, ticket: str, **what: str) -> None:
        self.call("PUT", f"/ticket/{ticket}", what)

    def moved(self, ticket: str, opened: datetime, times: Mapping[tuple[str, int], datetime]) -> None:
        """Puts the ticket and its transactions of a type, by their number among these, at other times."""
        with sqlite3.connect(self.folder / "rtdb", timeout=60) as database:
            for (kind, number), at in times.items():
                sql = "SELECT id FROM Transactions WHERE ObjectType = 'RT::Ticket' AND ObjectId = ? AND Type = ? ORDER BY id"
                rows = database.execute(sql, (ticket, kind)).fetchall()
                database.execute("UPDATE Transactions SET Created = ? WHERE id = ?", (_text(at), rows[number][0]))
            now = _text(datetime.now(UTC))
            database.execute("UPDATE Tickets SET Created = ?, LastUpdated = ? WHERE id = ?", (_text(opened), now, ticket))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


@contextmanager
def running_request_tracker(folder: Path) -> Iterator[RequestTracker]:
    port = free_port()
    for name in ("empty.d", "mason", "sessions"):
        (folder / name).mkdir()
    configuration = folder / "RT_SiteConfig.pm"
    configuration.write_text(_CONFIGURATION.replace("@PORT@", str(port)).replace("@DATA@", str(folder)))
    environment = {**os.environ, "RT_SITE_CONFIG": str(configuration), "RT_SITE_CONFIG_DIR": str(folder / "empty.d")}

    def run(*command: str) -> str:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    run("/usr/sbin/rt-setup-database-5", "--action", "init", "--skip-create", "--dba", "", "--dba-password", "")
    (folder / "seed.pl").write_text(_SEED)
    told = run("perl", str(folder / "seed.pl"))
    tokens = {line.split()[1]: line.split()[2] for line in told.splitlines() if line.startswith("TOKEN ")}
    log = (folder / "rt.log").open("ab")
    server = subprocess.Popen(
        [SERVER, "--host", "127.0.0.1", "--port", str(port), "--max-workers", "2"], env=environment, stdout=log, stderr=log, cwd=folder,
        start_new_session=True,
    )  # fmt: skip
    try:
        found = RequestTracker(folder, port, tokens)

        def answers() -> bool:
            known = {"Authorization": f"token {tokens['agent']}"}
            try:
                return httpx.get(f"{found.url}/REST/2.0/rt", headers=known, timeout=20).status_code == 200
            except httpx.HTTPError:
                return False

        until(answers, 90, lambda: (folder / "rt.log").read_text()[-2000:])
        found.call("POST", "/queue", {"Name": "Support"})
        yield found
    finally:
        os.killpg(server.pid, 15)
        server.wait()
