"""The page on systems that probe names every reason, with the state that follows from it."""

from __future__ import annotations

import re
from pathlib import Path

from sla_exporter.probes.reasons import REASONS

PAGE = (Path(__file__).parent.parent.parent / "docs/probe-systems.md").read_text(encoding="utf-8")


def test_every_reason_is_told_as_the_exporter_tells_it() -> None:
    told = re.findall(r"^\| `(\w+)` \| (.+) \| (down|unknown|either) \|$", PAGE, re.MULTILINE)
    assert [(reason, text) for reason, text, _ in told] == list(REASONS.items())
    assert [state for _, _, state in told] == ["down"] * 10 + ["unknown"] * 8 + ["either"]
