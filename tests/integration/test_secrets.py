"""A canary in every secret that the exporter reads: whatever goes wrong, it is found nowhere.

Not in what commands say, in the log of any level and form, in answers on any path, in metrics, in the ledger or any other
file; neither as it is nor in base64, hex, or as addresses and JSON write it.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import bcrypt
import httpx
import pytest
from api_server import Api, Asked, Told, api
from file_desk import PROMISES
from running_exporter import Exporter, exporter, until

sys.path.insert(0, str(Path(__file__).parent.parent / "secrets"))
from canaries import canary, found_in, found_in_files, secret_fields

ALL = "ALL_FAULTS" in os.environ
"""Whether systems answer in all bad ways, which takes a few minutes."""

KINDS = {
    "redmine": "", "request_tracker": "", "jira": "", "servicenow": "", "zendesk": "", "github": ", repository: acme/shop",
}  # fmt: skip
PROBES = {
    "blackbox": "", "prometheus": "", "icinga": "", "uptime_kuma": "", "json": ", up: ['1'], parameters: {q: '1'}",
}  # fmt: skip
INDICATOR = "---\nkind: Indicator\nmetadata: {name: up}\nspec: {service: checkout, probe: {read_by: exporter}}\n"
LOGINS = ("password_file", "password_env", "token_file", "token_env")
OTHERS = ("postgres_file", "postgres_env")


def test_every_secret_field_of_the_exporter_has_a_canary() -> None:
    """A new field for a secret needs one, here and in ``Planted``."""
    planted = {("SourceCredentials", field) for field in LOGINS} | {(of, field) for of in ("SqlSource", "LedgerPlace") for field in OTHERS}
    planted.add(("ProbeSource", "authorities_file"))
    alertmanagers = {each for each in secret_fields() if each[0] in _receivers()}
    assert secret_fields() - alertmanagers == planted


def _receivers() -> set[str]:
    """Structures whose files Alertmanager reads, and we never do."""
    from slo_gen.spec.documents import receivers

    return {name for name in vars(receivers) if name[0].isupper()}


class Planted:
    """Secrets, in files and in the environment of an exporter, and sources that use them all."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.secrets: list[str] = []
        self.files: list[Path] = []
        self.environment: dict[str, str] = {}
        self.sources: list[str] = []
        self.probes: list[str] = []
        for number, (kind, more) in enumerate(KINDS.items()):
            for login in LOGINS[number % 2 :: 2]:
                self._source(f"{kind}-{login.replace('_', '-')}", f"{kind}: {{url: '{url}'{more}}}", login)
        for number, (kind, more) in enumerate(PROBES.items()):
            for login in LOGINS[number % 2 :: 2]:
                user = "username: me, " if "password" in login else ""
                place = f"credentials: {{{user}{self._place(login, self._secret())}}}"
                self._probe(f"probe-{kind.replace('_', '-')}-{login.replace('_', '-')}", f"{kind}: {{url: '{url}'{more}}}, {place}")
        self._probe("probe-authorities", f"json: {{url: '{url}', up: ['1']}}, {self._place('authorities_file', self._secret())}")
        for number, way in enumerate(("refused", "malformed", "broken")):
            for login in OTHERS:
                # A database that is not there, a password in place of a connection string, and a string with a mistake in it.
                place = self._place(f"{login}", self._connection(way))
                self._add(f"sql-{number}-{login.replace('_', '-')}", f"sql: {{{place}, query: SELECT 1}}")
        missing = canary(900, plain=True)
        self.secrets.append(missing)
        self._add("variable", f"redmine: {{url: '{url}'}}, credentials: {{token_env: {missing}}}")
        self._add("nowhere", f"redmine: {{url: '{url}'}}, credentials: {{token_file: {missing}}}")
        self._add("plugin", f"plugin: {{use: nosuch, settings: {{token: '{missing}', url: 'http://me:{missing}@127.0.0.1/'}}}}")
        self.plugin = self.sources.pop()

    def _secret(self) -> str:
        self.secrets.append(canary(len(self.secrets)))
        return self.secrets[-1]

    def _connection(self, way: str) -> str:
        secret = self._secret()
        match way:
            case "refused":
                return f"postgresql://me:{quote(secret, safe='')}@127.0.0.1:9/none"
            case "malformed":
                return secret
        return f"postgresql://me:{secret}@127.0.0.1:port/none?{secret}=1"

    def _place(self, field: str, value: str) -> str:
        number = len(self.files) + len(self.environment)
        if field.endswith("_file"):
            file = self.folder / "secrets" / f"s{number}"
            file.parent.mkdir(exist_ok=True)
            file.write_text(value + "\n")
            self.files.append(file)
            return f"{field}: {file}"
        self.environment[f"SECRET_{number}"] = value
        return f"{field}: SECRET_{number}"

    def _source(self, name: str, kind: str, login: str) -> None:
        user = "username: me, " if "password" in login else ""
        self._add(name, f"{kind}, credentials: {{{user}{self._place(login, self._secret())}}}")

    def _probe(self, name: str, text: str) -> None:
        self.probes.append(f"    - {{name: {name}, {text}, subjects: [{{subject: a, indicator: up}}], every: 1s, timeout: 1s}}\n")

    def _add(self, name: str, text: str) -> None:
        self.sources.append(f"- {{name: {name}, {text}, every: 1s, timeout: 2s, requests_per_minute: 10000}}")

    def ledger(self, field: str, way: str) -> str:
        return f"{{{self._place(field, self._connection(way))}}}"


@pytest.fixture
def server() -> Iterator[Api]:
    with api() as found:
        yield found


def echo(asked: Asked) -> str:
    """All that a request brought along, as a careless system says it back."""
    authorization = asked.headers.get("authorization", "")
    with_password = authorization.partition(" ")[2]
    try:
        clear = base64.b64decode(with_password, validate=True).decode("latin-1")
    except ValueError:
        clear = ""
    return f"{authorization} {clear} {json.dumps(dict(asked.headers))} {asked.path} {asked.query}"


def faults(url: str) -> dict[str, object]:
    """Ways of answering badly, each with the secret in it wherever there is room."""
    header = str.maketrans({"\n": " ", "\r": " "})
    return {
        "refused": lambda asked: Told({"errors": [echo(asked)]}, 401, {"WWW-Authenticate": echo(asked).translate(header)}),
        "forbidden": lambda asked: Told({"errors": [echo(asked)]}, 403), "broken": lambda asked: Told(echo(asked).encode(), 500),
        "limited": lambda asked: Told({"error": echo(asked)}, 429, {"Retry-After": echo(asked).translate(header)}),
        "moved": lambda asked: Told({}, 302, {"Location": f"{url}/?token={quote(echo(asked))}"}),
        "login page": lambda asked: Told(f"<html>{echo(asked)}</html>".encode(), headers={"Content-Type": echo(asked).translate(header)}),
        "no JSON": lambda asked: Told(echo(asked).encode(), headers={"Content-Type": "application/json"}),
        "schema": lambda asked: Told({echo(asked): echo(asked), "issues": echo(asked), "result": [{"number": echo(asked)}]}),
        "instant": lambda asked: Told({"issues": [{"id": 1, "updated_on": echo(asked), "created_on": echo(asked)}], "total_count": 1}),
        "packed": lambda asked: Told(b"x", headers={"Content-Encoding": echo(asked).translate(header), "Content-Type": "application/json"}),
        "slow": lambda asked: Told({"a": echo(asked)}, drip=0.05),
    }


PATHS = ("/metrics", "/", "/-/healthy", "/-/ready", "/-/reload", "/debug", "/config", "/../sla-exporter.yaml")


def answers(daemon: Exporter, users: tuple[tuple[str, str], ...]) -> bytes:
    """Everything that the exporter says to clients, those with a wrong password too."""
    said = b""
    for path in PATHS:
        for user in users:
            for method in ("GET", "HEAD", "POST", "DELETE"):
                answer = httpx.request(method, daemon.url + path, auth=user, timeout=20, headers={"Accept": "application/openmetrics-text"})
                said += str(answer.headers).encode() + answer.content
    return said


@pytest.mark.parametrize("log_format", ["logfmt", "json"] if ALL else ["logfmt"])
def test_whatever_goes_wrong_no_secret_is_told(server: Api, tmp_path: Path, log_format: str) -> None:
    folder = tmp_path / "exporter"
    folder.mkdir()
    planted = Planted(folder, server.url)
    password = canary(800)
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
    planted.secrets += [password, hashed]
    (folder / "web.yaml").write_text(f"basic_auth_users: {{me: '{hashed}'}}\n")
    planted.files += [folder / "web.yaml", folder / "sla-exporter.yaml"]
    with exporter(folder, "\n".join(planted.sources), PROMISES + INDICATOR, environment=planted.environment) as daemon:
        daemon.file.write_text(daemon.file.read_text() + "  probes:\n" + "".join(planted.probes))
        daemon.options = ("--web.config.file", str(folder / "web.yaml"), "--log.level", "debug", "--log.format", log_format,
                          "--web.enable-lifecycle")  # fmt: skip
        daemon.begin()
        users = (("me", password), ("me", password + "x"), (password, ""))
        until(lambda: serves(daemon, users[0]), 30, lambda: daemon.log)
        said = b""
        ways = faults(server.url)
        for way in ways if ALL else ["login page", "schema"]:
            server.fault = ways[way]  # type: ignore[assignment]
            before = len(server.asked)
            daemon.hang_up()
            until(lambda before=before: len(server.asked) - before >= 20, 30, lambda: daemon.log)  # type: ignore[misc]
            said += httpx.get(f"{daemon.url}/metrics", auth=users[0], timeout=20).content
        until(lambda: len(sent(server, planted)) >= 2 * (len(KINDS) + len(PROBES)), 30, lambda: daemon.log)
        said += answers(daemon, users)
        good = daemon.file.read_text()
        daemon.file.write_text(good.replace("  probes:\n", planted.plugin.replace("- {", "    - {") + "\n  probes:\n"))
        refused = httpx.post(f"{daemon.url}/-/reload", auth=users[0], timeout=20)
        assert refused.status_code == 500
        said += refused.content
        (folder / "web.yaml").write_text(f"basic_auth_users: {{me: {password!r}}}\n")
        said += httpx.get(f"{daemon.url}/metrics", auth=users[0], timeout=20).content
        time.sleep(1)
        assert daemon.process is not None
        daemon.process.terminate()
        assert daemon.process.wait(timeout=12) == 0
        assert found_in(said, planted.secrets) == []
        assert "the web configuration is wrong" in daemon.log
        for command in (["check"], ["check", "--web.config.file", str(folder / "web.yaml")], ["run"]):
            done = daemon.command(*command, "--config.file", str(daemon.file))
            assert done.returncode == 1
            assert found_in(done.stdout + done.stderr, planted.secrets) == []
        daemon.file.write_text(good)
        for command in (["ledger", "verify"], ["ledger", "export"], ["ledger", "rebuild"], ["explain-ticket", "sql-0-postgres-env", "T-1"]):
            done = daemon.command(*command, "--config.file", str(daemon.file))
            assert "Traceback" not in done.stderr
            assert found_in(done.stdout + done.stderr, planted.secrets) == []
        assert found_in_files(folder, planted.secrets, planted.files) == []


def sent(server: Api, planted: Planted) -> set[str]:
    """The secrets that were really used."""
    return {each for asked in list(server.asked) for each in found_in(json.dumps(dict(asked.headers)), planted.secrets)}


def serves(daemon: Exporter, user: tuple[str, str]) -> bool:
    assert daemon.process is not None
    assert daemon.process.poll() is None, daemon.log
    try:
        return httpx.get(f"{daemon.url}/-/healthy", auth=user, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize(("field", "way"), [("postgres_file", "refused"), ("postgres_env", "malformed"), ("postgres_file", "broken")])
def test_a_ledger_that_cannot_be_reached_gives_no_secret_away(tmp_path: Path, field: str, way: str) -> None:
    planted = Planted(tmp_path, "http://127.0.0.1:9")
    with exporter(tmp_path, planted.sources[0], PROMISES, planted.ledger(field, way), planted.environment) as daemon:
        for command in (["run"], ["ledger", "verify"], ["ledger", "rebuild"]):
            done = daemon.command(*command, "--config.file", str(daemon.file))
            assert (done.returncode, "Traceback" in done.stderr) == (1, False)
            assert found_in(done.stdout + done.stderr, planted.secrets) == []


COMMANDS = (
    ["status", "SPECS"], ["check", "SPECS"], ["compile", "SPECS", "--out", "OUT"], ["backtest", "SPECS"],
    ["close", "SPECS", "--period", "2026-10", "--dir", "CLOSINGS"],
)  # fmt: skip


@pytest.mark.parametrize("way", ["broken", "schema", *(["refused", "moved", "login page", "no JSON", "packed"] if ALL else [])])
@pytest.mark.parametrize("variable", ["PASSWORD", "PASSWORD_FILE", "TOKEN", "TOKEN_FILE"])
def test_no_command_that_asks_prometheus_tells_its_secret(server: Api, tmp_path: Path, variable: str, way: str) -> None:
    from click.testing import CliRunner

    from slo_gen.cli import main

    secret = canary(1)
    environment = {"SLO_GEN_PROMETHEUS_USERNAME": "me"} if "PASSWORD" in variable else {}
    planted = []
    environment[f"SLO_GEN_PROMETHEUS_{variable}"] = secret
    if variable.endswith("_FILE"):
        planted.append(tmp_path / "secret")
        planted[0].write_text(secret)
        environment[f"SLO_GEN_PROMETHEUS_{variable}"] = str(planted[0])
    server.fault = faults(server.url)[way]  # type: ignore[assignment]
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.yaml").write_text(PROMISES.split("---\nkind: SLA")[0] + """---
kind: Indicator
metadata: {name: requests}
spec: {service: checkout, events: {bad: errors_total, total: requests_total}}
---
kind: SLO
metadata: {name: availability}
spec: {indicator: requests, objective: 99.9%, window: 30d}
---
kind: SLA
metadata: {name: acme}
spec:
  customer: acme
  service: checkout
  state: active
  period: {length: month, timezone: UTC}
  targets: [{name: availability, indicator: requests, objective: at least 99.9%}]
""")
    environment["XDG_CACHE_HOME"] = str(tmp_path / "cache")
    places = {"SPECS": str(tmp_path / "specs"), "OUT": str(tmp_path / "out"), "CLOSINGS": str(tmp_path / "closings")}
    for command in COMMANDS:
        arguments = [places.get(each, each) for each in command]
        before = len(server.asked)
        done = CliRunner().invoke(main, [*arguments, "--prometheus", server.url], env={**os.environ, **environment})
        assert done.exception is None or isinstance(done.exception, SystemExit), (command, done.exception)
        assert len(server.asked) > before, (command, done.output)
        assert found_in(done.output, [secret]) == [], command
    assert found_in_files(tmp_path, [secret], planted) == []
