"""Files of closed periods: the same bytes for the same closing, read back as it was, and mistakes told by their key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from closings import closing, slots

from slo_gen.history.closing_file import (
    ClosingFileError,
    closing_path,
    closing_text,
    facts_text,
    read_closing,
    read_facts_file,
)

GOLDEN = Path(__file__).parent / "golden"


def test_a_closing_is_read_back_as_it_was() -> None:
    text = closing_text(closing())
    assert read_closing(text.encode()) == closing()
    assert closing_text(read_closing(text.encode())) == text


def test_the_file_stays_what_it_is(update_golden: bool) -> None:
    """Files live in repositories for years: a change here needs another ``format``, and a reader of this one."""
    golden = GOLDEN / "acme-checkout.json"
    if update_golden:
        golden.write_text(closing_text(closing()), encoding="utf-8")
    assert closing_text(closing()) == golden.read_text(encoding="utf-8")
    assert closing_path("2026-10", "acme-checkout") == "2026-10/acme-checkout.json"


def change(path: list[Any], value: object) -> bytes:
    document = json.loads(closing_text(closing()))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(("path", "value", "message"), [
    (["state"], "open", "Invalid enum value 'open' - at `$.state`"),
    (["format"], 2, "Invalid enum value 2 - at `$.format`"),
    (["start"], "2026", "Expected `int`, got `str` - at `$.start`"),
    (["surprise"], 1, "Object contains unknown field `surprise`"),
    (["current", "judged", "targets", 0, "completeness"], "all",
     "Expected an exact number like 44639/44640, got 'all' - at `$.current.judged.targets[0].completeness`"),
    (["current", "judged", "targets", 0, "outcome", "figure"], 0.999,
     "Expected an exact number like 44639/44640, got 0.999 - at `$.current.judged.targets[0].outcome.figure`"),
])
def test_a_mistake_is_told_by_its_key(path: list[Any], value: object, message: str) -> None:
    with pytest.raises(ClosingFileError) as caught:
        read_closing(change(path, value))
    assert str(caught.value) == message


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b"{}"])
def test_what_is_no_closing_is_refused(data: bytes) -> None:
    with pytest.raises(ClosingFileError):
        read_closing(data)


def test_facts_are_named_by_their_content() -> None:
    reference, text = facts_text("requests", {"region": "eu"}, slots())
    assert reference.file == f"facts/requests-{reference.sha256[:12]}.json"
    assert read_facts_file(text.encode(), reference) == slots()
    assert facts_text("requests", {"region": "eu"}, slots()) == (reference, text)
    assert facts_text("requests", {"region": "eu"}, slots(44))[0] != reference
    assert len(text) < 2000


def test_facts_that_were_edited_are_not_believed() -> None:
    reference, text = facts_text("requests", {}, slots())
    with pytest.raises(ClosingFileError, match="was changed after the period was closed"):
        read_facts_file(text.replace("100/1*43", "100/1*42 100").encode(), reference)
