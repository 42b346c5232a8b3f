"""How long ``slo-gen check`` of one small file takes, beside an interpreter that only imports click, yaml and jsonschema.

    .venv/bin/python benchmarks/start_up.py

Both run alternately, so that whatever else the machine does falls on both. Printed are the least processor times.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROUNDS: Final = 20
DOCUMENT: Final = """\
kind: Indicator
metadata: {name: checkout, title: Checkout}
spec:
  service: shop
  events: {bad: 'http_requests_total{job="shop",code=~"5.."}', total: 'http_requests_total{job="shop"}'}
---
kind: Service
metadata: {name: shop, title: Shop}
spec: {owner: team/shop}
---
kind: Team
metadata: {name: shop}
---
kind: SLO
metadata: {name: checkout}
spec: {indicator: checkout, objective: 99.9%, window: 30d}
"""


def processor_seconds(command: Sequence[str]) -> float:
    """User and system time of one run. Raises CalledProcessError when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Twenty rounds of both."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "slo.yaml"
        file.write_text(DOCUMENT)
        check = [str(Path(sys.executable).with_name("slo-gen")), "check", str(file)]
        imports = [sys.executable, "-c", "import click, yaml, jsonschema"]
        rounds = [(processor_seconds(imports), processor_seconds(check)) for _ in range(ROUNDS)]
    base, ours = (min(times) for times in zip(*rounds, strict=True))
    print(f"import click, yaml, jsonschema: {base * 1000:.0f} ms; slo-gen check: {ours * 1000:.0f} ms, {ours / base:.2f} times")


if __name__ == "__main__":
    main()
