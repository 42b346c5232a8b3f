"""The README and the manual say what is so."""

from __future__ import annotations

import re
from pathlib import Path

import click

from slo_gen.checks import CHECKS, check_catalogue
from slo_gen.cli import COMMANDS, main
from slo_gen.spec.convert import read_documents
from slo_gen.spec.resolve import resolve

ROOT = Path(__file__).parent.parent
HEAD = """\
# Commands

Every command ends with 0 when all is well, 1 when it found errors, 2 when it was used wrongly. `NO_COLOR` turns colours off.
Progress bars are shown on a terminal only.

Shell completion: `eval "$(_SLO_GEN_COMPLETE=bash_source slo-gen)"` in `~/.bashrc`; `zsh_source` and `fish_source` do the same
for zsh and fish.

The texts below are those of `--help`.
"""


def command_pages() -> str:
    parent = click.Context(main, info_name="slo-gen", terminal_width=100, max_content_width=100)
    pages = [HEAD]
    for name in COMMANDS:
        command = main.get_command(parent, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
        pages.append(f"\n## slo-gen {name}\n\n```\n{command.get_help(context)}\n```\n")
    return "".join(pages)


def test_every_command_is_in_the_manual_with_its_help(update_golden: bool) -> None:
    page = ROOT / "docs/commands.md"
    if update_golden:
        page.write_text(command_pages(), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == command_pages()


def test_every_check_is_in_the_index() -> None:
    index = (ROOT / "docs/checks.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[`([a-z-]+)`\]\(checks/([a-z-]+)\.md\) \| (.+) \|$", index, re.MULTILINE)
    assert listed == [(check.id, check.id, check.title) for check in CHECKS]


def test_the_documents_of_the_readme_are_right() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = [block for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL) if block.startswith("kind:")]
    assert len(blocks) >= 2
    documents, problems = read_documents([("README.md", "---\n".join(blocks))])
    catalogue, unresolved = resolve(documents)
    assert [*problems, *unresolved, *check_catalogue(catalogue)] == []
    assert len(catalogue.slos) == len(catalogue.agreements) == 1


def test_the_ten_line_documents_have_ten_lines() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for title in ("An SLO in ten lines", "An SLA in ten lines"):
        block = readme.partition(f"## {title}")[2].partition("```yaml\n")[2].partition("```")[0]
        assert 0 < len(block.splitlines()) <= 10


def test_the_readme_names_no_target_that_make_does_not_have() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z-]+)\b", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"demo", "demo-check", "test", "setup"} <= named & set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert named - set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) <= {"make"}
