"""The files that put slo-gen to work: what they name exists, and the programs that read them accept them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import yaml
from click.testing import CliRunner, Result
from sla_dashboards import customer_datasource
from sla_exporter.cli import main as exporter_main

from slo_gen.cli import main as slo_gen_main

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
COMPOSE = DEPLOY / "compose"
PORT = "9798"
PROGRAMS: Mapping[str, click.Group] = {"sla-exporter": exporter_main, "slo-gen": slo_gen_main}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def is_understood(program: str, arguments: list[str]) -> None:
    """Whether a command line would be taken by one of our programs."""
    group = PROGRAMS[program]
    above = click.Context(group, info_name=program, **group.context_settings)
    name, command, rest = group.resolve_command(above, arguments)
    assert command is not None, arguments
    command.make_context(name, rest, parent=above)


# --- systemd -----------------------------------------------------------------------------------------------------------
UNIT = DEPLOY / "systemd" / "sla-exporter.service"


def settings() -> dict[str, list[str]]:
    """Every setting of the unit with its values, in order."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text().splitlines():
        assert re.fullmatch(r"(|#.*|\[\w+\]|\w+=.*)", line), line
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_starts_the_exporter_and_keeps_it_in() -> None:
    unit = settings()
    [start] = unit["ExecStart"]
    program, *arguments = shlex.split(start)
    assert program == "/opt/slo-gen/bin/sla-exporter"
    is_understood("sla-exporter", arguments)
    assert start.endswith(f"--web.listen-address=127.0.0.1:{PORT}")
    assert unit["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert int(unit["TimeoutStopSec"][0]) > 10
    wanted = {
        "DynamicUser": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "StateDirectory": "sla-exporter", "NoNewPrivileges": "yes",
        "PrivateTmp": "yes", "PrivateDevices": "yes", "CapabilityBoundingSet": "", "MemoryDenyWriteExecute": "yes",
        "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX", "SystemCallArchitectures": "native", "UMask": "0077",
    }  # fmt: skip
    assert {name: unit.get(name) for name in wanted} == {name: [value] for name, value in wanted.items()}


def test_systemd_accepts_the_unit_and_finds_little_exposed(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        # Where there is no systemd, its words are held against those that are known.
        known = set((Path(__file__).parent / "settings_of_systemd.txt").read_text().split())
        assert set(settings()) <= known
        return
    file = tmp_path / UNIT.name
    file.write_text(UNIT.read_text().replace("/opt/slo-gen/bin/sla-exporter", sys.executable))
    done = subprocess.run([analyze, "verify", "--man=no", str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if UNIT.name in line]) == (0, [])
    said = subprocess.run([analyze, "security", "--offline=yes", str(file)], capture_output=True, text=True, check=False).stdout
    [level] = re.findall(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert float(level) < 2


def test_the_exporter_works_where_no_memory_may_become_code(tmp_path: Path) -> None:
    """As `MemoryDenyWriteExecute` has it, where the kernel knows how; with everything loaded that it ever loads."""
    shutil.copytree(COMPOSE, tmp_path / "compose")
    (tmp_path / "compose" / "sla-exporter.yaml").write_text(local(COMPOSE / "sla-exporter.yaml", tmp_path))
    program = (
        "import ctypes; ctypes.CDLL(None).prctl(65, 1, 0, 0, 0); import bcrypt, httpx, numpy, psycopg, sqlite3, ssl; "
        "bcrypt.hashpw(b'x', bcrypt.gensalt(4)); ssl.create_default_context(); from sla_exporter.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "ledger", "rebuild", "--config.file", str(tmp_path / "compose" / "sla-exporter.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "all results were computed anew from the events\n"), done.stderr


# --- the image ---------------------------------------------------------------------------------------------------------
def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], " ".join(line.split()[1:])) for line in lines]


def test_the_image_has_what_the_project_is_made_of_and_runs_as_nobody() -> None:
    found = instructions()
    words = [word for word, _ in found]
    assert words.count("FROM") == 2
    text = (DEPLOY / "Dockerfile").read_text()
    assert "://" not in text.replace("http://127.0.0.1:9798/-/healthy", "")                # no registry is named
    copied = {source for word, rest in found if word == "COPY" and not rest.startswith("--from") for source in rest.split()[:-1]}
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert all((ROOT / source).exists() for source in copied)
    assert {package.split("/")[0] for package in packages} | {"pyproject.toml", PROJECT["readme"], *PROJECT["license-files"]} == copied
    seen = [line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert set(seen) == copied
    final = found[len(words) - 1 - words[::-1].index("FROM") :]
    by_word = dict(final)
    user = by_word["USER"].split(":")[0]
    assert user.isdigit()
    assert int(user) > 0
    assert by_word["EXPOSE"] == PORT
    [program] = json.loads(by_word["ENTRYPOINT"])
    assert program in PROJECT["scripts"]
    is_understood(program, json.loads(by_word["CMD"]))
    extras = {extra for word, rest in found if word == "RUN" for extra in re.findall(r"\.\[(\w+)\]", rest)}
    assert extras <= set(PROJECT["optional-dependencies"])


# --- compose -----------------------------------------------------------------------------------------------------------
SERVICES: dict[str, Any] = yaml.safe_load((COMPOSE / "compose.yaml").read_text())


def mounts() -> Iterator[tuple[str, str, str]]:
    """Of every mount: the service, what is mounted, and where."""
    for name, service in SERVICES["services"].items():
        for mount in service.get("volumes", ()):
            source, target = mount.split(":")[:2]
            yield name, source, target


def local(file: Path, folder: Path) -> str:
    """A configuration as it is in its container, for the same files in a folder of this machine."""
    text = file.read_text()
    places = {target: COMPOSE / source for _, source, target in mounts() if source.startswith("./")}
    places["/var/lib/sla-exporter"] = folder
    for target in sorted(places, key=len, reverse=True):
        text = text.replace(target, str(places[target]))
    return text.replace("/compiled", str(folder / "compiled"))


def test_what_is_mounted_and_started_exists() -> None:
    for _, source, _ in mounts():
        assert (COMPOSE / source).exists() if source.startswith("./") else source in SERVICES["volumes"], source
    for name, service in SERVICES["services"].items():
        assert set(service.get("depends_on", ())) <= set(SERVICES["services"]), name
        image = service["image"]
        assert image == "slo-gen" or re.fullmatch(r"[\w-]+/[\w-]+:v?\d[\d.]+", image), "an image has a version, and no registry"
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), "nothing is open to others before somebody wants that"
    build = SERVICES["services"]["compile"]["build"]
    assert ((COMPOSE / build["context"]).resolve(), (ROOT / build["dockerfile"]).exists()) == (ROOT, True)
    is_understood("slo-gen", [*SERVICES["services"]["compile"]["command"]])
    exporter = SERVICES["services"]["sla-exporter"]
    command = json.loads(dict(instructions())["CMD"])
    config = next(each.partition("=")[2] for each in command if each.startswith("--config.file="))
    assert config in {target for name, _, target in mounts() if name == "sla-exporter"}
    assert int(exporter["stop_grace_period"].removesuffix("s")) > 10
    assert (exporter["read_only"], exporter["cap_drop"]) == (True, ["ALL"])


def test_the_exporter_accepts_its_configuration(tmp_path: Path) -> None:
    shutil.copytree(COMPOSE / "specs", tmp_path / "specs")
    (tmp_path / "sla-exporter.yaml").write_text(local(COMPOSE / "sla-exporter.yaml", tmp_path))
    done = CliRunner().invoke(exporter_main, ["check", "--config.file", str(tmp_path / "sla-exporter.yaml")])
    assert (done.exit_code, " is good: 1 source, 2 targets on tickets in 1 agreement" in done.output) == (0, True), done.output
    ledger = re.search(r"file: (/var/lib/\S+/)ledger", (COMPOSE / "sla-exporter.yaml").read_text())
    assert ledger
    assert ledger[1].rstrip("/") in {target for name, _, target in mounts() if name == "sla-exporter"}


def test_prometheus_alertmanager_and_grafana_find_what_is_compiled(run: Callable[..., Result], tmp_path: Path) -> None:
    command = [local_word(word, tmp_path) for word in SERVICES["services"]["compile"]["command"]]
    done = run(*command)
    assert done.exit_code == 0, done.output
    (tmp_path / "prometheus.yml").write_text(local(COMPOSE / "prometheus.yml", tmp_path))
    checks = (
        ["promtool", "check", "config", str(tmp_path / "prometheus.yml")],
        ["amtool", "check-config", argument("alertmanager", "--config.file", tmp_path)],
    )
    for check in checks:
        told = subprocess.run(check, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stdout + told.stderr
        assert "SUCCESS" in told.stdout
    scraped = yaml.safe_load((COMPOSE / "prometheus.yml").read_text())
    targets = {target for job in scraped["scrape_configs"] for static in job["static_configs"] for target in static["targets"]}
    told_of = scraped["alerting"]["alertmanagers"]
    receivers = {target for each in told_of for static in each["static_configs"] for target in static["targets"]}
    assert {f"sla-exporter:{PORT}"} < targets
    assert {target.split(":")[0] for target in targets | receivers} <= {"localhost", *SERVICES["services"]}
    pages = sorted((tmp_path / "compiled" / "dashboards").rglob("*.json"))
    provider = yaml.safe_load(local(COMPOSE / "grafana" / "dashboards" / "slo-gen.yaml", tmp_path))["providers"][0]
    assert all(page.is_relative_to(provider["options"]["path"]) for page in pages)
    sources = yaml.safe_load((COMPOSE / "grafana" / "datasources" / "prometheus.yaml").read_text())["datasources"]
    asked = set(re.findall(r'"type": "prometheus",\s*"uid": "([^"$]+)"', "".join(page.read_text() for page in pages)))
    asked |= set(re.findall(r'"uid": "([^"$]+)",\s*"type": "prometheus"', "".join(page.read_text() for page in pages)))
    assert asked == {customer_datasource("acme")}
    assert asked < {source["uid"] for source in sources}
    assert {source["url"] for source in sources} == {"http://prometheus:9090"}


def local_word(word: str, folder: Path) -> str:
    return word.replace("/etc/sla-exporter/specs", str(COMPOSE / "specs")).replace("/compiled", str(folder / "compiled"))


def argument(service: str, option: str, folder: Path) -> str:
    [found] = [word.partition("=")[2] for word in SERVICES["services"][service]["command"] if word.startswith(f"{option}=")]
    return local_word(found, folder)


# --- the manual --------------------------------------------------------------------------------------------------------
def test_the_manual_names_every_file_and_every_port() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text()
    files = [path.relative_to(ROOT).as_posix() for path in sorted(DEPLOY.rglob("*")) if path.is_file()]
    missing = [file for file in files if not any(f"`{part}`" in text for part in (file, *_folders(file)))]
    assert missing == []
    ports = [port.split(":")[1] for service in SERVICES["services"].values() for port in service.get("ports", ())]
    assert [port for port in ports if port not in text] == []


def _folders(file: str) -> Iterator[str]:
    """The folders below deploy/compose that stand for all that is in them."""
    for folder in Path(file).parents:
        if folder.as_posix().startswith("deploy/compose/"):
            yield folder.as_posix() + "/"


def test_every_command_of_the_manual_is_understood() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text()
    found = re.findall(r"(?:^/opt/slo-gen/bin/|--entrypoint )(slo-gen|sla-exporter) (?:-v \S+ slo-gen )?([^\n#]+)", text, re.MULTILINE)
    assert [program for program, _ in found] == ["sla-exporter", "slo-gen"]
    for program, arguments in found:
        is_understood(program, shlex.split(arguments))
