"""scripts/setup.py: what it finds missing, what it asks of whom, and that it does nothing when nothing is to do."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def setup(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("setup_script", ROOT / "scripts/setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "run", lambda *_, **__: pytest.fail("nothing is to be run"))
    return module


def test_nothing_to_do_runs_nothing(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main() == 0
    assert capsys.readouterr() == ("", "")


def test_programs_are_looked_for_and_packages_named(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    present = {"prometheus", "promtool", "alertmanager", "amtool"}
    monkeypatch.setattr(setup.shutil, "which", lambda name: name if name in present else None)
    assert setup.missing_packages() == ["victoria-metrics"]
    present.clear()
    assert setup.missing_packages() == ["prometheus", "prometheus-alertmanager", "victoria-metrics"]


def test_what_only_tests_start_is_asked_for_with_tests_alone(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "FILES", {"/nowhere/redmine.ru": "redmine", "/usr/bin/env": "coreutils"})
    assert setup.missing_packages() == []
    assert setup.missing_packages(tests=True) == ["redmine"]


def test_node_is_asked_for_with_tests_alone(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "FILES", {})
    monkeypatch.setattr(setup.shutil, "which", lambda name: None if name in ("node", "npm") else name)
    assert setup.missing_packages() == []
    assert setup.missing_packages(tests=True) == ["nodejs", "npm"]


def test_node_packages_are_installed_when_the_lock_file_changes(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[list[str]] = []

    def run(command: list[str], **_: object) -> bool:
        ran.append(command)
        (tmp_path / "node_modules").mkdir(exist_ok=True)
        return len(ran) != 2

    monkeypatch.setattr(setup, "NODE", tmp_path)
    monkeypatch.setattr(setup, "run", run)
    (tmp_path / "package-lock.json").write_text("one", encoding="utf-8")
    assert [setup.install_node_packages() for _ in range(2)] == [True, True]
    assert ran == [["npm", "ci", "--prefix", str(tmp_path), "--ignore-scripts", "--no-audit", "--no-fund"]]
    (tmp_path / "package-lock.json").write_text("two", encoding="utf-8")
    assert [setup.install_node_packages() for _ in range(3)] == [False, True, True], "the first try fails"
    assert len(ran) == 3


def test_the_lock_file_names_versions_and_no_place() -> None:
    locked = json.loads((ROOT / "tests/grafana_schema/package-lock.json").read_text(encoding="utf-8"))["packages"]
    named = json.loads((ROOT / "tests/grafana_schema/package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in named} == named
    assert all("resolved" not in each for each in locked.values())
    assert all("integrity" in each for name, each in locked.items() if name)


def test_a_fresh_debian_lacks_venv(setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    assert setup.missing_packages() == ["python3-venv"]


def test_without_root_one_line_is_printed(setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(setup.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(setup, "missing_packages", lambda **_: ["prometheus"])
    monkeypatch.setattr(setup.shutil, "which", lambda name: name)
    assert setup.main() == 1
    told = capsys.readouterr().err
    (line,) = [line.strip() for line in told.splitlines() if line.startswith("    ")]
    assert line == (
        "sudo apt-get update && sudo env DEBIAN_FRONTEND=noninteractive "
        "apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 prometheus"
    )


def test_as_root_packages_are_installed_and_a_stale_list_is_mended(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    results = {"install": iter([False, True])}

    def run(command: list[str], **_: object) -> bool:
        ran.append(command[1])
        return next(results[command[1]]) if command[1] in results else True

    monkeypatch.setattr(setup.os, "geteuid", lambda: 0)
    monkeypatch.setattr(setup, "package_lists_know", lambda packages: True)
    monkeypatch.setattr(setup.shutil, "which", lambda name: name)
    monkeypatch.setattr(setup, "run", run)
    monkeypatch.setattr(setup, "installed", lambda package: True)
    assert setup.install_packages(["prometheus"]) is True
    assert ran == ["install", "update", "install"]


def test_an_old_python_is_told(setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(setup.sys, "version_info", (3, 9, 2))
    assert setup.main() == 1
    assert capsys.readouterr().err == "setup: Python 3.11 or newer is needed; this is 3.9.\n"


def test_the_stamp_follows_the_project_file(setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    project.write_text('[project]\nname = "x"\n', encoding="utf-8")
    before = setup.stamp_text()
    project.write_text('[project]\nname = "x"\n[tool.ruff]\nline-length = 99\n', encoding="utf-8")
    assert setup.stamp_text() == before
    project.write_text('[project]\nname = "x"\ndependencies = ["click"]\n', encoding="utf-8")
    assert setup.stamp_text() != before


def test_it_uses_the_standard_library_alone() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'scripts')!r}); import setup; "
        "print([name for name in sys.modules if 'site-packages' in str(getattr(sys.modules[name], '__file__', ''))])"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
