"""The beginning of a Breach document for a target that was missed, for somebody to say why and what is done about it.

Rolling periods overlap, so that one outage is in many of them, one after the other. Days in a row on which the same target is breached
are one breach: its document is that of the first day, and tells the last one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

from slo_gen.cli.writing import write_file
from slo_gen.history.closing_file import ClosedTarget, Closing
from slo_gen.spec.yaml_writer import document_text
from slo_gen.timekeeping.zones import write_instant

__all__ = ["stub", "write_stubs"]

_PERCENT: Final = re.compile(r"[0-9]+(\.[0-9]+)?%")


_AS_WRITTEN: Final = re.compile(
    r"kind: Breach\nmetadata:\n  name: \S+\nspec:\n  target: \S+\n"
    r"(?P<period>  period: \S+\n)(?:  through: (?P<through>\S+)\n)?(?P<rest>(?:  detected: \S+\n)?(?:  attained: \S+\n)?)"
)
"""A stub to which nobody has added anything."""


def write_stubs(closing: Closing, folder: Path, before: Callable[[], Iterable[Closing]]) -> tuple[Path, ...]:
    """Write one for each breach of a closing that has none yet; never over what somebody wrote. Raises OSError.

    ``before``: the closings of the days before, the last one first, where periods overlap; none where they do not.
    """
    written = []
    for target in closing.current.judged.targets:
        if not target.breach:
            continue
        began = _first_of_row(target, before())
        file = folder / f"breach-{_name(began or closing, target)}.yaml"
        text = _prolonged(file, closing.period) if began else None if file.exists() else document_text(stub(closing, target))
        if text is not None:
            write_file(file, text)
            written.append(file)
    return tuple(written)


def _first_of_row(target: ClosedTarget, before: Iterable[Closing]) -> Closing | None:
    """The first of the closings in a row before one in which the same target is breached, too; None where there is none."""
    row = list(takewhile(lambda each: any(one.breach and one.target == target.target for one in each.current.judged.targets), before))
    return row[-1] if row else None


def _prolonged(file: Path, last: str) -> str | None:
    """A stub that lasts through a later period; None where it does already, is gone, or is somebody's work by now."""
    try:
        found = _AS_WRITTEN.fullmatch(file.read_text("utf-8"))
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    if found is None or (found["through"] or "") >= last:
        return None
    head, _, _ = found.string.partition(found["period"])
    return f"{head}{found['period']}  through: {last}\n{found['rest']}"


def stub(closing: Closing, target: ClosedTarget) -> dict[str, Any]:
    """The document: what is known from the closing alone."""
    spec: dict[str, Any] = {
        "target": f"{closing.agreement}/{target.target}",
        "period": closing.period,
        "detected": write_instant(closing.current.at),
    }
    if _PERCENT.fullmatch(target.attained):
        spec["attained"] = target.attained
    return {"kind": "Breach", "metadata": {"name": _name(closing, target)}, "spec": spec}


def _name(closing: Closing, target: ClosedTarget) -> str:
    return f"{closing.agreement}-{target.target}-{closing.period}".lower()
