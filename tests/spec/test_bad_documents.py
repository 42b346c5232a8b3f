"""Every document in bad/ gives exactly the text beside it.

The texts are what a person reads who has made that mistake: change them only after reading them as that person.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from slo_gen.spec.files import load
from slo_gen.spec.problems import render_text
from slo_gen.spec.resolve import resolve

BAD = Path(__file__).parent / "bad"


def shown(path: Path) -> str:
    """What `slo-gen check` prints about one file."""
    loaded = load([path])
    _, unresolved = resolve(loaded.documents)
    return render_text(loaded.with_unresolved(unresolved), loaded.sources).replace(f"{path.parent}/", "")


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_bad_document_gives_its_text(path: Path) -> None:
    assert shown(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_text_has_its_document() -> None:
    documents = {path.stem for path in BAD.glob("*.yaml")}
    assert {path.stem for path in BAD.glob("*.txt")} == documents
    assert len(documents) >= 60
