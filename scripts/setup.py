"""Make a fresh clone ready: Debian's servers and the virtual environment.

Uses the standard library alone, so that it runs on a machine that has only Python and make. Running it again
costs a few milliseconds when nothing is missing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "setup-stamp.json"
NODE = ROOT / "tests" / "grafana_schema"
OLDEST_PYTHON = (3, 11)

SERVERS = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "amtool": "prometheus-alertmanager",
    "victoria-metrics": "victoria-metrics",
    "vmalert": "victoria-metrics",
}
"""Program -> the Debian package that brings it."""

FILES = {
    "/usr/share/redmine/config.ru": "redmine",
    "/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default": "redmine-sqlite",
    "/usr/bin/puma": "puma",
    "/usr/bin/prometheus-blackbox-exporter": "prometheus-blackbox-exporter",
    "/usr/sbin/nginx": "nginx-light",
    "/usr/sbin/icinga2": "icinga2",
    "/usr/lib/postgresql/*/bin/initdb": "postgresql",
    "/usr/bin/chromium": "chromium",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf": "fonts-dejavu-core",
}
"""File, or pattern of files -> the Debian package that brings it, of servers that only tests start."""

TEST_PROGRAMS = {"node": "nodejs", "npm": "npm"}
"""The same for programs that only tests run: they check dashboards against Grafana's own types."""

UPSTREAM_NAMES = {"prometheus-alertmanager": "alertmanager", "victoria-metrics": "victoria-metrics-prod", "vmalert": "vmalert-prod"}
"""What the same program is called where it was not installed from Debian."""

REQUEST_TRACKER = {
    "/usr/sbin/rt-setup-database-5": "request-tracker5",
    "/usr/share/request-tracker5/libexec/rt-server": "rt5-standalone",
    "/usr/share/doc/rt5-db-sqlite": "rt5-db-sqlite",
}
"""The same for the one server that takes long to install, and has its own tests."""


def main(arguments: Sequence[str] = ()) -> int:
    """With ``--tests`` also what only tests start. Return 0 when all is there, 1 when something is missing and could not be installed."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        return refuse(f"Python {dotted(OLDEST_PYTHON)} or newer is needed; this is {dotted(sys.version_info[:2])}.")
    tests = "--tests" in arguments
    packages = missing_packages(tests=tests, request_tracker="--request-tracker" in arguments)
    if packages and not install_packages(packages):
        return 1
    if tests and not install_node_packages():
        return 1
    wanted = stamp_text()
    if not (STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted and (VENV / "bin" / "python").exists()):
        return fill_environment(wanted)
    return 0


def missing_packages(*, tests: bool = False, request_tracker: bool = False) -> list[str]:
    """Debian packages whose programs are not on this machine, sorted."""
    programs = {**SERVERS, **(TEST_PROGRAMS if tests else {})}
    missing = {package for program, package in programs.items() if not is_installed(program)}
    wanted = {**(FILES if tests else {}), **(REQUEST_TRACKER if request_tracker else {})}
    missing |= {package for pattern, package in wanted.items() if not any(Path("/").glob(pattern.removeprefix("/")))}
    has_environment = (VENV / "bin" / "pip").exists()
    if not has_environment and importlib.util.find_spec("ensurepip") is None:
        missing.add("python3-venv")
    return sorted(missing)


def is_installed(program: str) -> bool:
    return any(shutil.which(name) for name in (program, UPSTREAM_NAMES.get(program, program)))


def install_packages(packages: Sequence[str]) -> bool:
    """Install with apt-get as root; otherwise print the one line that does it. True when all is installed."""
    install = ["apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", *packages]
    if shutil.which("apt-get") is None:
        refuse(f"These programs are missing, and there is no apt-get to install them with: {', '.join(packages)}.")
        return False
    if os.geteuid() != 0:
        line = "sudo apt-get update && sudo env DEBIAN_FRONTEND=noninteractive " + " ".join(install)
        refuse(f"Some of Debian's packages are missing. Run this one line, then start again:\n\n    {line}\n")
        return False
    say(f"installing {', '.join(packages)}")
    if not package_lists_know(packages) and not run(["apt-get", "update", "-q"], quiet=True):
        refuse("apt-get update failed; its words are above.")
        return False
    # Lists that are a few weeks old name versions that the mirrors no longer serve: a second try after an update mends that.
    if not run(install, quiet=True) and not (run(["apt-get", "update", "-q"], quiet=True) and run(install, quiet=True)):
        refuse("apt-get install failed; its words are above.")
        return False
    if Path("/run/systemd/system").exists():
        say("Debian also started the installed servers; slo-gen does not use those. To stop them:\n"
            "    systemctl disable --now prometheus prometheus-alertmanager victoria-metrics postgresql")
    return all(installed(name) for name in packages)


def installed(package: str) -> bool:
    """Whether a Debian package is there."""
    done = subprocess.run(["dpkg-query", "-W", "-f=${db:Status-Status}", package], capture_output=True, text=True, check=False)
    return done.stdout == "installed"


def package_lists_know(packages: Sequence[str]) -> bool:
    return all(
        subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode == 0 for name in packages
    )


def install_node_packages() -> bool:
    """Install exactly what the lock file names, unless that was done. True when all is there."""
    wanted = hashlib.sha256((NODE / "package-lock.json").read_bytes()).hexdigest()
    stamp = NODE / "node_modules" / "setup-stamp"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return True
    say("installing Grafana's types into tests/grafana_schema")
    if not run(["npm", "ci", "--prefix", str(NODE), "--ignore-scripts", "--no-audit", "--no-fund"], quiet=True):
        refuse("npm failed; its words are above.")
        return False
    stamp.write_text(wanted, encoding="utf-8")
    return True


def fill_environment(wanted: str) -> int:
    """Create ``.venv`` if need be and install the project with its development tools into it."""
    python = VENV / "bin" / "python"
    if not python.exists() or not run([str(python), "-m", "pip", "--version"], quiet=True, show_failure=False):
        say("creating .venv")
        if not run([sys.executable, "-m", "venv", "--clear", str(VENV)], quiet=True):
            return refuse("The virtual environment could not be created; the words of venv are above.")
    say("installing Python packages into .venv")
    # Written out instead of `pip install --group dev`: Debian's pip is older than dependency groups.
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not run([*pip, "--editable", str(ROOT), *development_tools()]):
        return refuse("pip failed; its words are above.")
    STAMP.write_text(wanted, encoding="utf-8")
    return 0


def development_tools() -> list[str]:
    import tomllib  # not at the top: an older Python must reach the sentence that says it is too old

    with (ROOT / "pyproject.toml").open("rb") as file:
        tools: list[str] = tomllib.load(file)["dependency-groups"]["dev"]
    return tools


def stamp_text() -> str:
    """What the environment depends on; a change of it means to install again."""
    import tomllib

    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    parts = {key: project.get(key) for key in ("build-system", "project", "dependency-groups")}
    parts["hatch"] = project.get("tool", {}).get("hatch")
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return json.dumps({"root": str(ROOT), "python": sys.version, "project": digest}, indent=1) + "\n"


def run(command: Sequence[str], *, quiet: bool = False, show_failure: bool = True) -> bool:
    """Run a command; with ``quiet`` its output is shown only when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if not quiet:
        return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode == 0
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode and show_failure:
        print(done.stdout, file=sys.stderr, flush=True)
    return done.returncode == 0


def dotted(version: Sequence[int]) -> str:
    return ".".join(map(str, version))


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def refuse(text: str) -> int:
    print(f"setup: {text}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
