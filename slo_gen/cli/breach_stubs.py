"""The beginning of a Breach document for a target that was missed, for somebody to say why and what is done about it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from slo_gen.cli.writing import write_file
from slo_gen.history.closing_file import ClosedTarget, Closing
from slo_gen.spec.yaml_writer import document_text
from slo_gen.timekeeping.zones import write_instant

__all__ = ["stub", "write_stubs"]

_PERCENT: Final = re.compile(r"[0-9]+(\.[0-9]+)?%")


def write_stubs(closing: Closing, folder: Path) -> tuple[Path, ...]:
    """Write one for each breach of a closing that has none yet; never over a file that is there. Raises OSError."""
    written = []
    for target in closing.current.judged.targets:
        file = folder / f"breach-{_name(closing, target)}.yaml"
        if target.breach and not file.exists():
            write_file(file, document_text(stub(closing, target)))
            written.append(file)
    return tuple(written)


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
