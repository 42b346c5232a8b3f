"""Covering secrets that the process was given, in any way of writing them."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from canaries import canary, found_in

from slo_gen.known_secrets import covered, remember

WAYS: list[Callable[[str], str]] = [
    str, quote, quote_plus, lambda text: quote(text, safe=""), json.dumps, lambda text: json.dumps(json.dumps(text)), repr, html.escape,
    lambda text: base64.b64encode(text.encode()).decode(), lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
    lambda text: text.encode().hex(), lambda text: text.encode().hex().upper(), str.upper, lambda text: json.dumps({text: [text]}),
]  # fmt: skip


def within(one: Callable[[str], str], other: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: other(one(text))


@pytest.mark.parametrize("way", [*WAYS, *(within(one, other) for one in WAYS for other in WAYS[:8])])
def test_a_secret_is_covered_however_it_is_written(way: Callable[[str], str]) -> None:
    secret = canary(7) + "ü"
    remember(secret)
    text = f"before {way(secret)} after"
    shown = covered(text)
    assert found_in(text, [secret]) == [secret]
    assert (found_in(shown, [secret]), len(shown)) == ([], len(text))
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@pytest.mark.parametrize("secret", ["a.*b+(c", "******", "\x9aóè\U000859f4F2", "line\nline", "'\"<&>''", "\\\\\\d\\d"])
def test_any_text_may_be_a_secret(secret: str) -> None:
    remember(secret)
    assert secret not in covered(f"a{secret}b{secret}") or set(secret) == {"*"}


def test_what_is_too_short_would_cover_everything() -> None:
    remember("abc", "")
    assert covered("abcdef") == "abcdef"
