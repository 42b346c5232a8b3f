"""Run tests in lanes at the same time: one computes while another waits for its servers.

    python scripts/side_by_side.py [--without-servers]

What each run says comes when it has ended. Returns 0 when all went well.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
Runs = Sequence[tuple[str, list[str]]]
"""One after another: a name, and pytest's arguments."""

SERVERS: Final = "tests/integration"
CHURN: Final = f"{SERVERS}/test_churn.py"
COMPILED: Final = f"{SERVERS}/test_compile_and_test.py"
RULES: Final = "tests/rules"

EVALUATED: Final = ("rules", [RULES])
"""promtool evaluates most of these: about half of all the work that needs no server."""

COMPUTED: Final = ("without servers", [f"--ignore={SERVERS}", f"--ignore={RULES}"])
WITHOUT_SERVERS: Final[Sequence[Runs]] = ([EVALUATED], [COMPUTED])
ALL: Final[Sequence[Runs]] = (
    # Counting while pods churn takes its time, whatever the machine; after it comes what computes.
    [("counting while pods churn", [CHURN]), COMPUTED, ("what is compiled", [COMPILED])],
    [EVALUATED, ("with servers", [SERVERS, f"--ignore={CHURN}", f"--ignore={COMPILED}"])],
)
TOLD_EVERY: Final = 60.0


class Lane(threading.Thread):
    """Runs one after another. ``now`` is the name of the present one, "" when all are over; ``codes`` how they ended."""

    def __init__(self, runs: Runs, started: float, told: threading.Lock) -> None:
        super().__init__(daemon=True)
        self._steps, self._since, self._told = runs, started, told
        self.now = runs[0][0]
        self.codes: list[int] = []

    def run(self) -> None:
        for name, arguments in self._steps:
            self.now = name
            # Each would write the other's cache of what failed last.
            command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--durations=12", "--durations-min=5", *arguments]
            done = subprocess.run(
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False
            )
            self.codes.append(done.returncode)
            with self._told:
                seconds = time.monotonic() - self._since
                print(f"\n--- tests {name}: ended with {done.returncode} after {seconds:.0f} s", flush=True)
                print(done.stdout.decode(errors="replace"), flush=True)
        self.now = ""


def main() -> int:
    """Start all lanes, and wait for them."""
    chosen = {(): ALL, ("--without-servers",): WITHOUT_SERVERS}.get(tuple(sys.argv[1:]))
    if chosen is None:
        print("usage: side_by_side.py [--without-servers]", file=sys.stderr)
        return 2
    started, told = time.monotonic(), threading.Lock()
    lanes = [Lane(runs, started, told) for runs in chosen]
    for lane in lanes:
        lane.start()
    said = started
    while any(lane.is_alive() for lane in lanes):
        time.sleep(0.2)
        if time.monotonic() - said > TOLD_EVERY:
            said = time.monotonic()
            running = ", ".join(lane.now for lane in lanes if lane.now)
            with told:
                print(f"after {said - started:.0f} s: {running}", flush=True)
    return max((abs(code) for lane in lanes for code in lane.codes), default=1)


if __name__ == "__main__":
    sys.exit(main())
