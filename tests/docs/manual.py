"""What the tests of the manual share: its pages, their blocks, their links."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

__all__ = ["PAGES", "ROOT", "Block", "blocks", "generator", "headings", "is_document", "text_of"]

ROOT: Final = Path(__file__).parent.parent.parent
PAGES: Final = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
"""Every page for readers, relative to the project."""

_BLOCK: Final = re.compile(r"^```(\w*)(?: ([^\n]*))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code: its language, what else stands on its first line, its text, and where the text is in the page."""

    language: str
    note: str
    text: str
    start: int
    end: int


@cache
def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page."""
    for found in _BLOCK.finditer(text_of(page)):
        yield Block(found[1], found[2] or "", found[3], found.start(3), found.end(3))


def is_document(block: Block) -> bool:
    """Whether a block holds documents of slo-gen, and not the configuration of something else."""
    return block.language == "yaml" and re.match(r"(#[^\n]*\n)*(kind|apiVersion): ", block.text) is not None


@cache
def headings(page: str) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    prose = _BLOCK.sub("", text_of(page))
    return {generator().anchor(title) for title in re.findall(r"^#+ (.+)$", prose, re.MULTILINE)}


@cache
def generator() -> ModuleType:
    """``docs/generate.py``, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("manual_generator", ROOT / "docs/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
