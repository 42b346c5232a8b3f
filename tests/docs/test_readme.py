"""The README says what is so: its documents compile, its commands run, its configuration is right."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from manual import PAGES, ROOT, blocks, is_document, text_of

from slo_gen.checks import check_catalogue
from slo_gen.rules.compile import compile_rules
from slo_gen.spec.convert import read_documents
from slo_gen.spec.resolve import resolve

README = "README.md"


def test_the_documents_of_the_readme_are_complete_and_right() -> None:
    written = [block.text for block in blocks(README) if is_document(block)]
    assert len(written) >= 2
    documents, problems = read_documents([(README, "---\n".join(written).encode())])
    catalogue, unresolved = resolve(documents)
    assert [*problems, *unresolved, *check_catalogue(catalogue)] == []
    assert len(catalogue.slos) == len(catalogue.agreements) == 1


def test_ten_lines_are_enough() -> None:
    """The SLO stands for itself; the SLA rests on the SLO's indicator."""
    texts = []
    for title in ("An SLO in ten lines", "An SLA in ten lines"):
        texts.append(text_of(README).partition(f"## {title}")[2].partition("```yaml")[2].partition("\n")[2].partition("```")[0])
        assert 0 < len(texts[-1].splitlines()) <= 10
        documents, problems = read_documents([(README, "---\n".join(texts).encode())])
        catalogue, unresolved = resolve(documents)
        assert [*problems, *unresolved, *check_catalogue(catalogue)] == []
        assert compile_rules(catalogue)


def test_the_readme_names_no_target_that_make_does_not_have() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake (demo-check|demo|test-[a-z]+|test|setup|lint)\b", text_of(README)))
    assert {"demo", "demo-check", "test", "setup"} <= named <= targets


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert re.search(r"^make test\b", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_what_is_to_be_written_for_prometheus_and_alertmanager_is_right(page: str, tmp_path: Path) -> None:
    tools = {"prometheus.yml": ["promtool", "check", "config"], "alertmanager.yml": ["amtool", "check-config"]}
    for block in blocks(page):
        if block.note in tools:
            file = tmp_path / block.note
            file.write_text(block.text, encoding="utf-8")
            done = subprocess.run([*tools[block.note], str(file)], capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
