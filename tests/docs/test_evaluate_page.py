"""The page of ``slo-gen evaluate`` has every field of its JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "evaluate.md"


def keys(value: object) -> Iterator[str]:
    """The names of all fields of a document and of what is in it."""
    if isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from keys(each)
    elif isinstance(value, list):
        for each in value:
            yield from keys(each)


def test_every_field_is_explained() -> None:
    """Those that the example has: all of them, but for what is in the lists and objects that it leaves empty."""
    page = PAGE.read_text(encoding="utf-8")
    shown = re.search(r"--json\n(\{\n.*?\n\})\n```", page, re.DOTALL)
    assert shown is not None
    told = set(re.findall(r"`(\w+)`", page.split(shown[0])[1]))
    found = set(keys(json.loads(shown[1])))
    assert {"attained_exact", "submit", "words"} <= found
    assert sorted(found - told) == []
