"""Run tests in lanes at the same time: one computes while another waits for its servers.

    python scripts/side_by_side.py [--without-servers]

What each run says comes when it has ended. Returns 0 when all went well.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
Run = tuple[str, Sequence[str]]
"""A name, and pytest's arguments."""

SERVERS: Final = "tests/integration"
CHURN: Final = f"{SERVERS}/test_churn.py"
COMPILED: Final = f"{SERVERS}/test_compile_and_test.py"
RULES: Final = "tests/rules"
COMMANDS: Final = ("tests/cli", "tests/docs")
EXACT: Final = ("tests/contract", "tests/timekeeping")

COMPUTED: Final[Sequence[Run]] = (
    ("rules", [RULES]),
    ("commands", COMMANDS),
    ("exact numbers", EXACT),
    ("without servers", [f"--ignore={each}" for each in (SERVERS, RULES, *COMMANDS, *EXACT)]),
)
LANES: Final = 2
WITHOUT_SERVERS: Final[Sequence[Run]] = COMPUTED
ALL: Final[Sequence[Run]] = (
    # Both wait more than they compute, and take their time whatever the machine: what computes comes beside and after them.
    ("counting while pods churn", [CHURN]),
    ("with servers", [SERVERS, f"--ignore={CHURN}", f"--ignore={COMPILED}"]),
    ("what is compiled", [COMPILED]),
    *reversed(COMPUTED),
)
"""A lane that is free takes the next one, so that none of them decides how long all take."""

TOLD_EVERY: Final = 60.0


class Lane(threading.Thread):
    """Runs one after another, as they come. ``now`` is the name of the present one, "" between and after; ``codes`` how they ended."""

    def __init__(self, waiting: queue.SimpleQueue[Run], started: float, told: threading.Lock) -> None:
        super().__init__(daemon=True)
        self._waiting, self._since, self._told = waiting, started, told
        self.now = ""
        self.codes: list[int] = []

    def run(self) -> None:
        while True:
            try:
                name, arguments = self._waiting.get_nowait()
            except queue.Empty:
                break
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
    waiting: queue.SimpleQueue[Run] = queue.SimpleQueue()
    for run in chosen:
        waiting.put(run)
    lanes = [Lane(waiting, started, told) for _ in range(LANES)]
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
    codes = [abs(code) for lane in lanes for code in lane.codes]
    return max(codes) if len(codes) == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
