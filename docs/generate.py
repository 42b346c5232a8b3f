"""Write the parts of the manual that follow from the code, between their markers.

    python docs/generate.py

A marker names what stands below it: ``<!-- generated: fields Service -->`` ... ``<!-- end of generated -->``. The
rest of a page is written by hand and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from slo_gen.checks import CHECKS
from slo_gen.cli import main
from slo_gen.spec.documents import KINDS
from slo_gen.spec.schema import Field, Schema, fields, schema

DOCS: Final = Path(__file__).parent
_PART: Final = re.compile(r"(<!-- generated: (\w+)(?: ([\w -]+?))? -->\n).*?(<!-- end of generated -->)", re.DOTALL)
_COMPARED: Final = "SLA"
"""The kind whose page has the tables of all that agreements have in common."""

_SHORTER: Final = {
    "a name: lower-case letters, digits, `-`, `_` and `.`, with a letter or digit at both ends": "a [name](index.md#names)",
    "a label name: letters, digits and `_`, no digit first": "a [label name](index.md#names)",
    "a duration: whole numbers with a unit, like 15m, 4h, 30d, 3bd (business days) or 12mo (months)": "a [duration](index.md#durations)",
    "a duration above zero with the unit ms, s, m, h, d or w, like 300ms, 5m or 30d": "a [duration of fixed length](index.md#durations)",
}


def page_file(kind: str) -> str:
    """The page of a kind; UPC is another word for UC and shares its page."""
    return f"{'uc' if kind == 'UPC' else kind.lower()}.md"


def generated(page: str) -> str:
    """The text of a page with its generated parts written anew."""
    return _PART.sub(lambda part: part[1] + "\n" + _WRITERS[part[2]](part[3] or "") + "\n" + part[4], page)


def pages() -> Iterator[Path]:
    """All pages of the manual."""
    yield from sorted(DOCS.rglob("*.md"))


# --- fields ------------------------------------------------------------------------------------------------------
def _fields(kind: str) -> str:
    sections = _by_section(fields(kind))
    common = _by_section(fields(_COMPARED)) if kind in ("OLA", "UC", "Template") else {}
    written: dict[tuple[Field, ...], str] = {}
    parts = []
    for section, found in sections.items():
        below = tuple(_relative(field) for field in found)
        if section and common.get(section) == found:
            text = f"As for an SLA: see [`{section}`](sla.md#{anchor(section)}).\n"
        elif below in written:
            text = f"The same keys as [`{written[below]}`](#{anchor(written[below])}).\n"
        else:
            text = _choices(kind, section) + _table(found, sections)
        written.setdefault(below, section)
        parts.append(f"### `{section}`\n\n{text}" if section else text)
    return "\n".join(parts)


def _choices(kind: str, section: str) -> str:
    """Of which keys of a section exactly one is to be written."""
    node = _below(schema()["$defs"][KINDS[kind].__name__])
    for step in filter(None, section.split(".")):
        key = step.removesuffix("[]")
        node = _below(node["additionalProperties"] if key == "<key>" else node["properties"][key])
    groups = [[each["required"][0] for each in rule["oneOf"]] for rule in node.get("allOf", ())]
    return "".join(f"Exactly one of {', '.join(f'`{key}`' for key in keys)}.\n\n" for keys in groups)


def _below(node: Schema) -> Schema:
    """The definition of a section that a schema leads to through references, lists and alternatives."""
    for key in ("anyOf", "items"):
        if key in node:
            options = node[key] if key == "anyOf" else [node[key]]
            return next((found for found in map(_below, options) if "properties" in found), node)
    if "$ref" in node:
        return _below(schema()["$defs"][node["$ref"].rpartition("/")[2]])
    values = node.get("additionalProperties")
    return node if "properties" in node or not isinstance(values, dict) else {"additionalProperties": values}


def _by_section(all_fields: Iterable[Field]) -> dict[str, tuple[Field, ...]]:
    found: dict[str, list[Field]] = {}
    for field in all_fields:
        found.setdefault(field.path.rpartition(".")[0], []).append(field)
    return {section: tuple(members) for section, members in found.items()}


def _relative(field: Field) -> Field:
    return Field(field.path.rpartition(".")[2], field.type, field.required, field.default, field.description, field.examples)


def _table(members: Iterable[Field], sections: Iterable[str]) -> str:
    rows = ["| key | takes | by default | meaning |", "|---|---|---|---|"]
    rows += [f"| {' | '.join(_cell(text) for text in _row(field, sections))} |" for field in members]
    return "\n".join(rows) + "\n"


def _row(field: Field, sections: Iterable[str]) -> tuple[str, str, str, str]:
    default = "**required**" if field.required else f"`{field.default}`" if field.default else ""
    examples = [f"`{example}`" for example in field.examples if example not in field.type]
    meaning = field.description + (f" For example {' or '.join(examples)}." if examples else "")
    return f"`{field.path.rpartition('.')[2]}`", _takes(field, sections), default, meaning


def _takes(field: Field, sections: Iterable[str]) -> str:
    words = field.type
    for long, short in _SHORTER.items():
        words = words.replace(long, short)
    below = next((each for each in sections if each in (field.path, f"{field.path}[]", f"{field.path}.<key>")), "")
    return re.sub(r"\bsection\b", f"[section](#{anchor(below)})", words) if below else words


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def anchor(title: str) -> str:
    """What a heading is called in links, as GitHub does it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


# --- lists -------------------------------------------------------------------------------------------------------
def _kinds(_: str) -> str:
    rows = ["| kind | what it is |", "|---|---|"]
    for kind in KINDS:
        about = next(field for field in fields(kind) if field.path == "kind").description.partition(": ")[2]
        rows.append(f"| [{kind}]({page_file(kind)}) | {_cell(about[:1].upper() + about[1:])} |")
    return "\n".join(rows) + "\n"


def _checks(_: str) -> str:
    rows = ["| check | what holds |", "|---|---|", *(f"| [`{check.id}`](checks/{check.id}.md) | {check.title} |" for check in CHECKS)]
    return "\n".join(rows) + "\n"


def _command(name: str) -> str:
    command: click.Command = main
    context = main.make_context("slo-gen", [], resilient_parsing=True)     # with the settings of a real run
    for word in name.split():
        assert isinstance(command, click.Group), f"{command.name} has no commands"
        found = command.get_command(context, word)
        assert found is not None, f"there is no command {name}"
        command = found
        context = command.make_context(word, [], parent=context, resilient_parsing=True, terminal_width=100, max_content_width=100)
    return f"```text\n{command.get_help(context)}\n```\n"


_WRITERS: Final[dict[str, Callable[[str], str]]] = {"fields": _fields, "kinds": _kinds, "checks": _checks, "command": _command}

if __name__ == "__main__":
    for path in pages():
        before = path.read_text(encoding="utf-8")
        after = generated(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"wrote {path.relative_to(DOCS.parent)}")
