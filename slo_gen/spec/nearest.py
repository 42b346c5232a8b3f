"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["did_you_mean", "nearest"]

_CUTOFF = 0.65
_MOST_COMPARED = 20_000


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is most like ``word``, or None when none is alike.

    Case, ``-``, ``_`` and blanks do not count (``dependsOn`` finds ``depends_on``); a beginning finds its whole
    word when there is only one (``desc`` finds ``description``). The result does not depend on the order given.
    """
    names = sorted({candidate for candidate in candidates if candidate != word})[:_MOST_COMPARED]
    plain = _plain(word)
    if not plain:
        return None
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(_plain(name), name)
    if plain in by_plain:
        return by_plain[plain]
    from difflib import get_close_matches  # only needed for an error

    close = get_close_matches(plain[:200], by_plain, n=1, cutoff=_CUTOFF)
    if close:
        return by_plain[close[0]]
    longer = [name for name in by_plain if name.startswith(plain) or (name and plain.startswith(name))]
    return by_plain[longer[0]] if len(plain) >= 2 and len(longer) == 1 else None


def did_you_mean(word: str, candidates: Iterable[str], *, most_listed: int = 12) -> str:
    """A hint: the nearest name, else what there is to choose from, else ""."""
    names = sorted(set(candidates))
    name = nearest(word, names)
    if name is not None:
        return f"did you mean `{name}`?"
    if not names:
        return ""
    listed = ", ".join(f"`{name}`" for name in names[:most_listed])
    return f"known: {listed}" if len(names) <= most_listed else f"known: {listed} and {len(names) - most_listed} more"


def _plain(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "").replace(" ", "")
