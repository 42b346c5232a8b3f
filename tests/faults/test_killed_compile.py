"""``slo-gen compile`` killed at random moments: every file is the old one or the new one, and the next run finishes the work."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

KILLS = int(os.environ.get("KILLS", "20"))
ROOT = Path(__file__).parent.parent.parent
COMMAND = (sys.executable, "-c", "from slo_gen.cli import main; main(prog_name='slo-gen')", "compile")
DOCUMENTS = """
kind: Service
metadata: {name: serviceNUMBER}
---
kind: Indicator
metadata: {name: requestsNUMBER}
spec: {service: serviceNUMBER, events: {bad: 'errors_total{app="NUMBER"}', total: 'requests_total{app="NUMBER"}'}}
---
kind: SLO
metadata: {name: availabilityNUMBER}
spec: {indicator: requestsNUMBER, objective: OBJECTIVE, window: 30d}
"""


def compiled(specs: Path, out: Path) -> dict[str, bytes]:
    subprocess.run([*COMMAND, str(specs), "--out", str(out)], check=True, capture_output=True)
    return held(out)


def held(folder: Path) -> dict[str, bytes]:
    """Every file that a reader would take for one of slo-gen's."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_every_file_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    draw = random.Random(4)
    catalogues = []
    for number, objective in enumerate(("99.5%", "99.25%")):
        folder = tmp_path / f"specs-{number}"
        folder.mkdir()
        for each in range(60):
            (folder / f"{each}.yaml").write_text(DOCUMENTS.replace("NUMBER", str(each)).replace("OBJECTIVE", objective))
        catalogues.append(folder)
    wanted = [compiled(folder, tmp_path / f"whole-{number}") for number, folder in enumerate(catalogues)]
    started = time.monotonic()
    compiled(catalogues[0], tmp_path / "out")
    whole = time.monotonic() - started
    cut = 0
    for number in range(KILLS):
        turn = (number + 1) % 2
        process = subprocess.Popen([*COMMAND, str(catalogues[turn]), "--out", str(tmp_path / "out")], stdout=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.5, 1.0) * whole)
        process.send_signal(signal.SIGKILL)
        cut += process.wait() == -signal.SIGKILL
        for name, text in held(tmp_path / "out").items():
            assert text in (wanted[0].get(name), wanted[1].get(name)), f"{name} is neither the old nor the new one"
        assert compiled(catalogues[turn], tmp_path / "out") == wanted[turn]
        assert not [path for path in (tmp_path / "out").rglob(".*") if path.name.endswith("tmp")]
    assert cut
