"""``slo-gen new`` on a terminal: what it asks, and what it writes then."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
PROGRAM = [sys.executable, "-c", "from slo_gen.cli import main; main(prog_name='slo-gen')"]


def answer(directory: Path, arguments: list[str], lines: list[str]) -> str:
    """Run on a pseudo-terminal, type the lines, return what was shown."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([*PROGRAM, *arguments], cwd=directory, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True) as process:
        os.close(theirs)
        os.write(ours, "".join(f"{line}\n" for line in lines).encode())
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:      # Linux' way of saying that the other side is closed
                break
            if not part:
                break
            shown += part
        os.close(ours)
        assert process.wait(10) == 0, shown.decode()
    return shown.decode().replace("\r\n", "\n")


def test_an_slo(tmp_path: Path) -> None:
    shown = answer(tmp_path, ["new", "slo"], ["checkout-availability", "checkout-requests", "99.95%", ""])
    assert "The indicator that the objective is about." in shown
    assert "Rolling window in which the objective holds." in shown
    assert (tmp_path / "specs" / "slo-checkout-availability.yaml").read_text(encoding="utf-8") == (
        "kind: SLO\nmetadata:\n  name: checkout-availability\nspec:\n  indicator: checkout-requests\n  objective: 99.95%\n"
    )


def test_the_kind_of_measurement_is_asked_first(tmp_path: Path) -> None:
    shown = answer(tmp_path, ["new", "indicator", "queue"], ["threshold", "orders", "queue_oldest_seconds", "above 60"])
    assert "events, latency, threshold" in shown
    assert (tmp_path / "specs" / "indicator-queue.yaml").read_text(encoding="utf-8") == (
        "kind: Indicator\nmetadata:\n  name: queue\nspec:\n  service: orders\n"
        "  threshold:\n    value: queue_oldest_seconds\n    bad_when: above 60\n"
    )


def test_the_other_commands_find_what_was_written_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("new", "supplier", "bigcloud").output == "Supplier bigcloud written to specs/supplier-bigcloud.yaml\n"
    assert run("check").output == "no problems (1 file, 0 SLOs, 0 agreements)\n"


def test_beside_the_documents_of_a_folder_that_has_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.chdir(tmp_path)
    Path("services.yml").write_text("kind: Service\nmetadata: {name: shop}\n", encoding="utf-8")
    assert run("new", "supplier", "bigcloud").output == "Supplier bigcloud written to supplier-bigcloud.yaml\n"
    assert not Path("specs").exists()
