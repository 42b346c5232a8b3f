"""Tables of verdicts on a narrow screen: folded, and never cut."""

from __future__ import annotations

import io
import sys

import pytest
from rich import box
from rich.console import Console
from rich.table import Table

from slo_gen.cli.verdict_columns import add_verdict_columns, console_for_tables

CELLS = ("acme-checkout/availability-of-it", "2026-10", "missed, allowed", "at least 99.95%", "99.685% to 100.00%", "100.0%")


@pytest.mark.parametrize("width", [80, 100, 200])
def test_nothing_is_cut(width: int) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    add_verdict_columns(table)
    table.add_column("STATE", no_wrap=True)
    table.add_row(*CELLS, "provisional")
    out = io.StringIO()
    Console(file=out, width=width).print(table)
    lines = out.getvalue().splitlines()
    assert all(len(line) <= width for line in lines)
    assert "…" not in out.getvalue()
    for whole in ("2026-10", "missed,", "allowed", "99.95%", "99.685%", "100.00%", "100.0%", "provisional"):
        assert any(whole in line for line in lines), whole
    edge = next(line for line in lines if "PERIOD" in line).index("PERIOD")
    assert "".join(line[:edge].strip(" ─") for line in lines).removeprefix("AGREEMENT") == CELLS[0]


def test_a_narrow_terminal_breaks_the_lines_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for columns, is_terminal, width in (("40", True, 80), ("100", True, 100), ("100", False, 200)):
        monkeypatch.setenv("COLUMNS", columns)
        with monkeypatch.context() as patched:
            patched.setattr(sys.stdout, "isatty", lambda is_terminal=is_terminal: is_terminal)
            assert console_for_tables().width == width
