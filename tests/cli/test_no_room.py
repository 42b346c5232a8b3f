"""Output that cannot be written, and input that is closed: a sentence, never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
RUN = (sys.executable, "-c", "from slo_gen.cli import main; main(prog_name='slo-gen')")
LINE = json.dumps({"calendar": "24x7", "start": "2026-06-06T00:00:00Z"}) + "\n"


@pytest.mark.parametrize(("arguments", "lines"), [
    (("schema",), 0),
    (("calendar", "next-open", "24x7", "2026-06-06"), 0),
    (("calendar", "next-open", "--batch"), 1),          # told at the end
    (("calendar", "next-open", "--batch"), 1000),       # told on the way
])  # fmt: skip
def test_a_full_disk(arguments: tuple[str, ...], lines: int) -> None:
    with FULL.open("w") as full:
        done = subprocess.run([*RUN, *arguments], input=LINE * lines, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "slo-gen: the output could not be written: No space left on device\n")


def test_a_closed_input_has_no_questions() -> None:
    done = subprocess.run(["sh", "-c", 'exec "$@" <&-', "sh", *RUN, "calendar", "elapsed", "--batch"], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
