"""A real Redmine on loopback with a database of its own, spoken to by its own API; its history can be moved in time."""

from __future__ import annotations

import os
import shutil
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

HOME: Final = Path("/usr/share/redmine")
TEMPLATE: Final = Path("/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default")

_SEED = """
Setting.rest_api_enabled = '1'
Setting.login_required = '1'
admin = User.find_by_login('admin')
admin.password = admin.password_confirmation = 'a-password-for-tests'
admin.must_change_passwd = false
admin.save!
admin.api_key
customer = User.new(firstname: 'Carla', lastname: 'Customer', mail: 'carla@example.com', language: 'en')
customer.login = 'carla'
customer.password = customer.password_confirmation = 'another-password'
customer.admin = true
customer.save!
STDOUT.puts 'KEYS ' + admin.api_key + ' ' + customer.api_key
"""


@dataclass
class Redmine:
    """The server. ``key`` is of somebody of our side, ``customer_key`` of one of the customer's."""

    folder: Path
    port: int
    key: str
    customer_key: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = (self.folder / "redmine.log").open("ab")
        command = ["puma", "-b", f"tcp://127.0.0.1:{self.port}", "-t", "1:4", "-e", "production", "config.ru"]
        self.process = subprocess.Popen(command, cwd=HOME, env=_environment(self.folder), stdout=log, stderr=log)
        until(self._answers, 60, lambda: (self.folder / "redmine.log").read_text()[-2000:])

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/login", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, customer: bool = False) -> Any:
        """One call of the API as one of ours, or as the customer."""
        key = self.customer_key if customer else self.key
        answer = httpx.request(method, self.url + path, json=body, headers={"X-Redmine-API-Key": key}, timeout=30)
        assert answer.status_code in (200, 201, 204), (path, answer.status_code, answer.text[:500])
        return answer.json() if answer.content.strip() else None

    def open(self, subject: str, priority: int = 2) -> int:
        """An issue that the customer opens. Priorities: 1 Low, 2 Normal, 3 High, 4 Urgent, 5 Immediate."""
        issue = {"project_id": "helpdesk", "subject": subject, "tracker_id": 3, "priority_id": priority}
        number: int = self.call("POST", "/issues.json", {"issue": issue}, customer=True)["issue"]["id"]
        return number

    def change(self, issue: int, *, customer: bool = False, **what: Any) -> None:
        """Notes, status, priority: 1 New, 2 In Progress, 3 Resolved, 4 Feedback, 5 Closed."""
        self.call("PUT", f"/issues/{issue}.json", {"issue": what}, customer=customer)

    def journals(self, issue: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", f"/issues/{issue}.json?include=journals")["issue"]["journals"]
        return found

    def happened_at(self, issue: int, opened: datetime, *changes: datetime) -> None:
        """Moves an issue and its journals in time, as if all had happened then; seen by whoever asks for what was updated."""
        numbers = [journal["id"] for journal in self.journals(issue)]
        assert len(numbers) == len(changes), (numbers, changes)
        with sqlite3.connect(self.folder / "redmine.sqlite3", timeout=30) as database:
            for number, at in zip(numbers, changes, strict=True):
                database.execute("UPDATE journals SET created_on = ? WHERE id = ?", (_text(at), number))
            now = _text(datetime.now(UTC))
            database.execute("UPDATE issues SET created_on = ?, updated_on = ? WHERE id = ?", (_text(opened), now, issue))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "RAILS_ENV": "production", "DATABASE_URL": f"sqlite3:{folder}/redmine.sqlite3", "RAILS_LOG_TO_STDOUT": "1"}


@contextmanager
def running_redmine(folder: Path) -> Iterator[Redmine]:
    """A Redmine with the project ``helpdesk`` and a customer of it."""
    shutil.copy(TEMPLATE, folder / "redmine.sqlite3")
    (folder / "seed.rb").write_text(_SEED)
    seeded = subprocess.run(
        ["bin/rails", "runner", str(folder / "seed.rb")], cwd=HOME, env=_environment(folder), capture_output=True, text=True, check=False
    )
    line = next((line for line in seeded.stdout.splitlines() if line.startswith("KEYS ")), None)
    assert line is not None, seeded.stdout[-2000:] + seeded.stderr[-2000:]
    _, key, customer_key = line.split()
    redmine = Redmine(folder, free_port(), key, customer_key)
    redmine.start()
    try:
        project = {"name": "Helpdesk", "identifier": "helpdesk", "tracker_ids": [3], "enabled_module_names": ["issue_tracking"]}
        redmine.call("POST", "/projects.json", {"project": project})
        yield redmine
    finally:
        redmine.stop()
