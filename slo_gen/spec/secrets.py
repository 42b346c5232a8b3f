"""Secrets that somebody wrote into a document by mistake: telling that they are there, and never showing them.

Documents name the files that secrets stand in. A message about a document shows its line, which may hold one all the
same: ``hidden`` covers it, character by character, so that the caret below still points at its place.
"""

from __future__ import annotations

import re
from typing import Final

from slo_gen.known_secrets import covered

__all__ = ["hidden", "is_secret_address", "variable"]

_NAMED: Final = re.compile(
    r"""(?:password|passwd|secret|token|credentials|api_?key|routing_key|service_key|user_key|slack_api_url|webhook_url|\bapi_url)"""
    r"""["']?\s*:\s*(?P<value>\S.*)""",
    re.IGNORECASE,
)
"""A key that says what its value is. What follows on its line is covered to the end, for a comma may be part of it."""

_NO_FILE: Final = re.compile(r"""_file["']?\s*:\s*(?P<value>(?!["']?[^\s:{}]*/[^\s:{}]*["']?\s*(?:[,}\]#]|$))\S.*)""")
"""What stands where the path of a file belongs, and is none."""

_NO_VARIABLE: Final = re.compile(
    r"""_env["']?\s*:\s*(?P<value>(?!["']?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+["']?\s*(?:[,}\]#]|$))\S.*)"""
)
"""What stands where the name of a variable of the environment belongs, and looks like none."""

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


def variable(field: str, name: str) -> str:
    """What a message calls the variable that a field names; not by its name where that may be the secret itself."""
    written = f"{field}: {name}"
    return name if hidden(written) == written else f"variable as `{field}` names"


def hidden(text: str) -> str:
    """One line, with a ``*`` for each character that may belong to a secret, or does; as long as before."""
    text = covered(text)
    for pattern in (_NAMED, _NO_FILE, _NO_VARIABLE, *_ADDRESSES):
        text = pattern.sub(_covered, text)
    return text


def _covered(found: re.Match[str]) -> str:
    start, end = (place - found.start() for place in found.span("value"))
    return found[0][:start] + "*" * (end - start) + found[0][end:]
