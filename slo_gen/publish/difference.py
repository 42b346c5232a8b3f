"""What would change on a dashboard, for somebody who reviews it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any, Final

from slo_gen.publish.compiled import Json

__all__ = ["changes", "covers"]

_LONGEST: Final = 160
_PANELS: Final = "panels"
_RISES: Final = "schemaVersion"
"""A newer Grafana raises it when it reads a dashboard, and gives defaults to what nobody wrote."""


def covers(stored: Any, wanted: Any, name: str = "") -> bool:
    """Whether all that is wanted is stored so; what Grafana adds by itself does not count."""
    if isinstance(wanted, dict):
        return isinstance(stored, dict) and all(
            covers(stored.get(key), value, key) if key in stored else value is None for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        if not isinstance(stored, list) or len(stored) != len(wanted):
            return False
        if name == _PANELS:             # which comes first in the text says nothing: each has its place and its id
            return covers(_by_id(stored), _by_id(wanted))
        return all(map(covers, stored, wanted))
    if name == _RISES and isinstance(stored, int) and isinstance(wanted, int):
        return stored >= wanted
    return bool(stored == wanted) and isinstance(stored, bool) == isinstance(wanted, bool)


def changes(stored: Json, wanted: Json) -> Iterator[str]:
    """Lines that say what is to become of the stored dashboard, panel by panel: ``-`` what is, ``+`` what will be."""
    yield from _below({**stored, _PANELS: None}, {**wanted, _PANELS: None}, "")
    old, new = _by_id(stored.get(_PANELS)), _by_id(wanted.get(_PANELS))
    for key, panel in old.items():
        if key not in new:
            yield f"panel {_title(panel)} goes"
    for key, panel in new.items():
        if key not in old:
            yield f"panel {_title(panel)} is new"
        elif not covers(old[key], panel):
            yield f"panel {_title(panel)}:"
            yield from (f"  {line}" for line in _below(old[key], panel, ""))


def _by_id(panels: Any) -> dict[str, Json]:
    return {str(each.get("id")): each for each in panels if isinstance(each, dict)} if isinstance(panels, list) else {}


def _title(panel: Json) -> str:
    return json.dumps(str(panel.get("title", "")), ensure_ascii=False)


def _below(stored: Any, wanted: Any, path: str) -> Iterator[str]:
    """The places below ``path`` at which the two differ."""
    if covers(stored, wanted, path.rpartition(".")[2]):
        return
    if isinstance(stored, dict) and isinstance(wanted, dict):
        for key in sorted(wanted):
            yield from _below(stored.get(key), wanted[key], f"{path}.{key}" if path else key)
    elif isinstance(stored, list) and isinstance(wanted, list) and len(stored) == len(wanted):
        for index, (old, new) in enumerate(zip(stored, wanted, strict=True)):
            yield from _below(old, new, f"{path}[{index}]")
    elif isinstance(stored, str) and isinstance(wanted, str) and "\n" in stored + wanted:
        yield path
        lines = difflib.ndiff(stored.splitlines(), wanted.splitlines())
        yield from (f"  {line[0]} {_short(line[2:])}" for line in lines if line[0] in "-+")
    else:
        yield path
        yield from (f"  {sign} {_shown(value)}" for sign, value in (("-", stored), ("+", wanted)))


def _shown(value: Any) -> str:
    return "nothing" if value is None else _short(json.dumps(value, ensure_ascii=False, sort_keys=True))


def _short(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text[:_LONGEST]) + "..." * (len(text) > _LONGEST)
