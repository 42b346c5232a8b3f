"""Canaries: secrets that are looked for everywhere, as they are and in every usual disguise."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from slo_gen.spec.documents import KINDS
from slo_gen.spec.schema import validator

__all__ = ["canary", "disguises", "found_in", "found_in_files", "secret_fields"]

_ODD = '/+&="\\ %<x'


def canary(number: int, *, plain: bool = False) -> str:
    """A secret like no other text. Unless it is ``plain``, it has characters that JSON, addresses and HTML write otherwise."""
    core = f"zq9wkx{number:03d}vbnjh"
    return core if plain else f"{core}{_ODD}"


def disguises(secret: str) -> Iterator[bytes]:
    """What a text holds that holds the secret, in any way of writing it: its letters and digits, in base64 from each place, in hex.

    What JSON, addresses, HTML or Python write otherwise stands behind these.
    """
    core = secret[:14].encode()
    yield core
    yield core.hex().encode()
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + core + b"\0" * 3)
        # Only what does not depend on the neighbours.
        yield whole[(shift * 8 + 5) // 6 : (shift + len(core)) * 8 // 6]


def found_in(text: str | bytes, secrets: Iterable[str]) -> list[str]:
    """The secrets that a text gives away."""
    data = (text.encode("utf-8", "replace") if isinstance(text, str) else text).lower()
    return [secret for secret in secrets if any(disguise.lower() in data for disguise in disguises(secret))]


def found_in_files(folder: Path, secrets: Iterable[str], planted: Iterable[Path] = ()) -> list[tuple[str, str]]:
    """The files below a folder that give a secret away, beside those in which it was planted."""
    known, wanted = set(planted), list(secrets)
    return [
        (str(path.relative_to(folder)), secret)
        for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink() and path not in known
        for secret in found_in(path.read_bytes(), wanted)
    ]  # fmt: skip


def secret_fields() -> set[tuple[str, str]]:
    """Every field of every kind of document that says where a secret stands, by the structure that it is in.

    No document holds a secret itself; a field for one ends in ``_file`` or ``_env``.
    """
    found: set[tuple[str, str]] = set()
    for kind in KINDS:
        schema: dict[str, Any] = dict(validator(kind).schema)  # type: ignore[call-overload]
        for name, section in {kind: schema, **schema.get("$defs", {})}.items():
            found |= {(name, key) for key in section.get("properties", {}) if key.endswith(("_file", "_env"))}
    return found
