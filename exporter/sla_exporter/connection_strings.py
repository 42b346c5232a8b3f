"""Connection strings of PostgreSQL, each of which is a secret: reading one, and telling that it is wrong without showing a part of it."""

from __future__ import annotations

import re
from typing import Final

from slo_gen.known_secrets import remember

__all__ = ["wrong_with"]

_HOST: Final = re.compile(r"[\w.:/,\[\]-]*")
_PORT: Final = re.compile(r"[\d,]*")
_LOOKS: Final = "it looks like postgresql://db.example.com/name?user=me, and a password in it has %40 for @ and %2F for /"


def wrong_with(address: str) -> str:
    """Why a connection string cannot be used, "" where it can. Its password is remembered, so that no message shows it.

    What PostgreSQL's library says of a string that it misunderstands repeats the part that it did not understand, which may be the
    password; such a string is therefore never given to it.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    remember(address)
    try:
        parts = conninfo_to_dict(address)
    except (ProgrammingError, UnicodeError):
        return f"the connection string cannot be read: {_LOOKS}"
    remember(str(parts.get("password") or ""))
    if not _HOST.fullmatch(str(parts.get("host") or "")) or not _PORT.fullmatch(str(parts.get("port") or "")):
        return f"the connection string names no host and port that can be: {_LOOKS}"
    return ""
