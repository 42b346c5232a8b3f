"""Secrets that somebody wrote into a document by mistake: telling that they are there, and never showing them.

Documents name the files that secrets stand in. A message about a document shows its line, which may hold one all the
same: ``hidden`` covers it, character by character, so that the caret below still points at its place.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["hidden", "is_secret_address"]

_NAMED: Final = re.compile(
    r"""(?:password|passwd|secret|token|credentials|api_?key|routing_key|service_key|user_key|slack_api_url|webhook_url|\bapi_url)"""
    r"""["']?\s*:\s*(?P<value>\S.*)""",
    re.IGNORECASE,
)
"""A key that says what its value is. What follows on its line is covered to the end, for a comma may be part of it."""

_NO_FILE: Final = re.compile(r"""_file["']?\s*:\s*(?P<value>(?!["']?[^\s:{}]*/[^\s:{}]*["']?\s*(?:[,}\]#]|$))\S.*)""")
"""What stands where the path of a file belongs, and is none."""

_USER: Final = re.compile(r"://(?P<value>[^\s/@]+)@")
_HOOKS: Final = re.compile(
    r"(?:hooks\.slack\.com/|discord(?:app)?\.com/api/webhooks/|\.webhook\.office\.com/|\.logic\.azure\.com[:/]|api\.telegram\.org/bot)"
    r"(?P<value>[^\s\"',}\]]+)"
)
_PARAMETER: Final = re.compile(r"[?&](?:[\w.-]*(?:token|secret|password|sig|signature|key|auth))=(?P<value>[^\s&#\"',}\]]+)", re.IGNORECASE)
_ADDRESSES: Final = (_USER, _HOOKS, _PARAMETER)


def is_secret_address(url: str) -> bool:
    """Whether whoever knows the address may use it: a password, a token, or one of the webhooks whose path is the secret."""
    return any(pattern.search(url) for pattern in _ADDRESSES)


def hidden(text: str) -> str:
    """One line, with a ``*`` for each character that may belong to a secret; as long as before."""
    for pattern in (_NAMED, _NO_FILE, *_ADDRESSES):
        text = pattern.sub(_covered, text)
    return text


def _covered(found: re.Match[str]) -> str:
    start, end = (place - found.start() for place in found.span("value"))
    return found[0][:start] + "*" * (end - start) + found[0][end:]
