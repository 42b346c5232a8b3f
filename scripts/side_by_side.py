"""Run the tests that start servers and those that compute at the same time: the former mostly wait.

    python scripts/side_by_side.py

What each says comes when it has ended, the shorter one's first. Returns 0 when both went well.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVERS = "tests/integration"
RUNS = {"without servers": [f"--ignore={SERVERS}"], "with servers": [SERVERS]}
TOLD_EVERY = 60.0


def main() -> int:
    """Start both, and wait for both."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        running = {}
        for name, arguments in RUNS.items():
            log = (Path(folder) / name).open("w+", encoding="utf-8", errors="replace")
            # Each would write the other's cache of what failed last.
            command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
            running[name] = (subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL), log)
            print(f"tests {name}: {' '.join(command[1:])}", flush=True)
        codes, told = [], started
        try:
            while running:
                for name, (process, log) in list(running.items()):
                    code = process.poll()
                    if code is not None:
                        del running[name]
                        codes.append(code)
                        log.seek(0)
                        seconds = time.monotonic() - started
                        print(f"\n--- tests {name}: ended with {code} after {seconds:.0f} s\n{log.read()}", flush=True)
                if time.monotonic() - told > TOLD_EVERY:
                    told = time.monotonic()
                    print(f"after {told - started:.0f} s: tests {' and '.join(running)} are running", flush=True)
                time.sleep(0.2)
        finally:
            for process, _ in running.values():
                process.terminate()
                process.wait()
    return max(codes, default=1)


if __name__ == "__main__":
    sys.exit(main())
