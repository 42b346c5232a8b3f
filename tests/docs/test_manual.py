"""The manual is complete and up to date: commands, kinds, keys, metrics, labels, alerts, checks, links."""

from __future__ import annotations

import ast
import re
from typing import get_args

import click
import pytest
import yaml
from manual import PAGES, ROOT, blocks, generator, headings, is_document, text_of

from slo_gen import names
from slo_gen.checks import CHECKS, check_catalogue
from slo_gen.cli import COMMANDS, main
from slo_gen.cli.status_table import status_table
from slo_gen.history.status import Verdict
from slo_gen.outputs.targets import TARGETS
from slo_gen.rules.counting import LEVEL_RULES, SHARED_RULES
from slo_gen.spec.convert import read_documents
from slo_gen.spec.documents import KINDS
from slo_gen.spec.resolve import resolve
from slo_gen.spec.schema import fields

LINK = re.compile(r"\[(?:[^\]\[\n]|\[[^\]\n]*\])*\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"")


@pytest.mark.parametrize("page", PAGES)
def test_what_follows_from_the_code_is_up_to_date(page: str, update_golden: bool) -> None:
    text = text_of(page)
    wanted = generator().generated(text)
    if update_golden and text != wanted:
        (ROOT / page).write_text(wanted, encoding="utf-8")
        text = wanted
    assert text == wanted, "run: python docs/generate.py"


# --- nothing is left out -----------------------------------------------------------------------------------------
def test_every_command_is_in_the_manual_with_its_help() -> None:
    page = text_of("docs/commands.md")
    for name in COMMANDS:
        assert f"\n## slo-gen {name}\n" in page
        assert f"<!-- generated: command {name} -->" in page


def test_every_command_of_a_group_is_in_the_manual_with_its_help() -> None:
    page = text_of("docs/commands.md")
    groups = {name: command for name in COMMANDS if isinstance(command := main.get_command(click.Context(main), name), click.Group)}
    assert "calendar" in groups
    for name, group in groups.items():
        for word in group.commands:
            assert f"<!-- generated: command {name} {word} -->" in page


def test_every_column_and_verdict_of_status_is_explained() -> None:
    page = text_of("docs/commands.md")
    rows = set(re.findall(r"^\| ([A-Za-z ]+) \|", page, re.MULTILINE))
    assert {str(column.header) for column in status_table(()).columns} - {"SERVICE"} <= rows
    assert set(get_args(Verdict)) <= rows


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_page_with_all_its_keys_and_an_example(kind: str) -> None:
    page = f"docs/documents/{generator().page_file(kind)}"
    shown = "UC" if kind == "UPC" else kind
    assert f"<!-- generated: fields {shown} -->" in text_of(page)
    assert any(is_document(block) and f"kind: {shown}\n" in block.text for block in blocks(page))
    sections = headings(page)
    written = set(re.findall(r"^\| `(.+?)` \|", text_of(page) + text_of("docs/documents/sla.md"), re.MULTILINE))
    for field in fields(shown):
        section, _, key = field.path.rpartition(".")
        assert key in written
        assert not section or generator().anchor(section) in sections


def test_every_check_has_a_page_and_stands_in_the_index() -> None:
    pages = {path.stem for path in (ROOT / "docs/checks").glob("*.md")}
    assert pages == {check.id for check in CHECKS}
    for check in CHECKS:
        assert text_of(f"docs/checks/{check.id}.md").startswith(f"# {check.title}\n\nCheck `{check.id}`: ")


def rule_names() -> set[str]:
    """The rules that problems name in brackets: ``check="..."``, and the last argument of the resolvers' own ``_problem``."""
    found = set()
    for path in (ROOT / "slo_gen/spec").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                own = isinstance(node.func, ast.Attribute) and node.func.attr == "_problem"
                named = [keyword.value for keyword in node.keywords if keyword.arg == "check"] + (node.args[-1:] if own else [])
                found |= {each.value for each in named if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return found


def test_every_rule_that_a_problem_names_is_explained() -> None:
    found = rule_names()
    assert {"unknown-reference", "matrix", "no-targets"} <= found
    assert [name for name in sorted(found) if f"| `{name}` |" not in text_of("docs/errors.md")] == []


def metric_names() -> list[str]:
    """Recorded series and alerts by the constants of names.py, and one window of each function."""
    fixed = [value for key, value in vars(names).items() if key.isupper() and isinstance(value, str)]
    windows = [names.bad_window("W"), names.total_window("W"), names.unseen_window("W"), names.minutes_window("W"), names.error_ratio("W")]
    return [*fixed, *windows]


@pytest.mark.parametrize("name", metric_names())
def test_every_metric_label_and_alert_is_in_the_manual(name: str) -> None:
    assert f"`{name}" in text_of("docs/rules.md")


def test_the_labels_that_cannot_be_used_are_listed() -> None:
    listed = text_of("docs/indicators.md").partition("cannot be split by")[2].partition(".\n")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == names.RESERVED_LABELS


def test_the_number_of_rules_is_right() -> None:
    page = text_of("docs/indicators.md").replace("\n", " ")
    assert LEVEL_RULES == 2
    assert f"two rules for each indicator, and at most {SHARED_RULES} rules that up to" in page


def test_every_target_is_in_the_manual() -> None:
    assert [target for target in TARGETS if f"## {target}" not in text_of("docs/targets.md")] == []


# --- examples ----------------------------------------------------------------------------------------------------
CATALOGUE = [(path.name, path.read_bytes()) for path in sorted((ROOT / "specs").rglob("*.yaml"))]


@pytest.mark.parametrize("page", [page for page in PAGES if any(map(is_document, blocks(page))) and page != "README.md"])
def test_the_documents_of_the_manual_fit_into_the_example_catalogue(page: str) -> None:
    text = "---\n".join(block.text for block in blocks(page) if is_document(block) and not block.note)
    around = [(name, data) for name, data in CATALOGUE if "kind: Policy" not in text or name != "policy.yaml"]
    documents, problems = read_documents([*around, (page, text.encode())])
    catalogue, unresolved = resolve(documents)
    assert [each for each in (*problems, *unresolved, *check_catalogue(catalogue)) if each.file == page] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_other_yaml_block_says_what_it_is_and_can_be_read(page: str) -> None:
    for block in blocks(page):
        if block.language == "yaml" and not is_document(block):
            assert block.note, f"say after ```yaml what file this is:\n{block.text}"
            list(yaml.safe_load_all(block.text))


# --- links -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    lost = []
    for found in LINK.finditer(text_of(page)):
        target, _, place = (found[1] or found[2]).partition("#")
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file = (ROOT / page).parent / target if target else ROOT / page
        if not file.exists() or (place and place not in headings(file.resolve().relative_to(ROOT).as_posix())):
            lost.append(found[0])
    assert lost == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, left = set(), ["README.md"]
    while left:
        page = left.pop()
        if page in reached:
            continue
        reached.add(page)
        for found in LINK.finditer(text_of(page)):
            file = ((ROOT / page).parent / (found[1] or found[2]).partition("#")[0]).resolve()
            if file.suffix == ".md" and file.is_relative_to(ROOT):
                left.append(file.relative_to(ROOT).as_posix())
    assert [page for page in PAGES if page not in reached] == []


# --- commands in examples ----------------------------------------------------------------------------------------
COMMAND_LINE = re.compile(r"(?:^|[`$(] ?)(?:[A-Z_]+=\S+ )?slo-gen ([a-z]+)([^`\n|>#&;)]*)", re.MULTILINE)


def command_named(name: str, rest: str) -> click.Command:
    """A command, or the one of its group that the next word names."""
    command = main.get_command(click.Context(main), name)
    word = rest.split()[0] if rest.split() else ""
    return command.commands[word] if isinstance(command, click.Group) and word else command


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_options_in_examples_exist(page: str) -> None:
    shells = [block.text for block in blocks(page) if block.language in ("sh", "console")]
    written = [*shells, *re.findall(r"`slo-gen [^`\n]+`", text_of(page))]
    for found in (found for text in written for found in COMMAND_LINE.finditer(text)):
        name, rest = found[1], found[2]
        assert name in COMMANDS, found[0]
        known = {option for parameter in command_named(name, rest).params for option in parameter.opts} | {"--help"}
        assert set(re.findall(r"(?<=\s)--[a-z-]+", rest)) <= known, found[0]
