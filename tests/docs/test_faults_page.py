"""What the manual promises for when something goes wrong: every row has tests, and they are there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
TEXT = (TESTS.parent / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| what happens")]


def named(row: list[str]) -> Iterator[tuple[str, str]]:
    for each in re.findall(r"`([\w/]+\.py::\w+)`", row[-1]):
        file, _, test = each.partition("::")
        yield file, test


def written_in(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_row_is_seen_by_tests_that_are_there(row: list[str]) -> None:
    found = list(named(row))
    assert (len(row), bool(found)) == (3, True)
    assert [f"{file}::{test}" for file, test in found if test not in written_in(file)] == []


def test_every_fault_that_is_caused_is_in_the_manual() -> None:
    files = ["integration/test_exporter_faults.py", *(f"faults/{path.name}" for path in (TESTS / "faults").glob("test_*.py"))]
    caused = {(file, test) for file in files for test in written_in(file)}
    assert caused <= {each for row in ROWS for each in named(row)}
