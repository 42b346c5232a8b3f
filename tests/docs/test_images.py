"""Pictures of the manual: there for a reason, small, and described to who cannot see them."""

from __future__ import annotations

import re

import pytest
from manual import PAGES, ROOT, text_of

PICTURES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/images").iterdir())
SHOWN = {
    f"docs/{found[1]}": found[2]
    for page in PAGES if page.startswith("docs/")
    for found in re.finditer(r'<img src="(images/[\w.-]+)" width="\d+" alt="([^"]+)">', text_of(page))
}  # fmt: skip


def test_every_picture_is_shown() -> None:
    assert sorted(SHOWN) == PICTURES
    assert len(PICTURES) == 5


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_small_and_described(picture: str) -> None:
    content = (ROOT / picture).read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(content) < 150_000
    assert len(SHOWN[picture].split()) > 8
