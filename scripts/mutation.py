"""Change the code of the rooms where numbers are made, a little at a time, and see whether a test notices.

    make test-mutation

mutmut makes the mutants and runs the tests that reach each of them. One that every test lets live is either a hole in the tests,
or a change that means the same; the latter are listed with the reason in ``tests/surviving_mutants.toml``. The run fails
on a survivor that is not listed, and on a listed one that is gone. A mutant is known by its function and its changed
lines, so that other edits of the file leave the list as it is.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
LISTED = ROOT / "tests" / "surviving_mutants.toml"
EXAMPLES = "60"
"""Of the longest property test: it runs once for every mutant that the shorter tests let live."""

NOTICED = frozenset({"killed", "timeout"})
"""A mutant that runs for ever is noticed by whoever waits for it."""


@dataclass(frozen=True, order=True)
class Mutant:
    """``function`` as ``module.Class.name``; the lines before and after, without their indentation."""

    function: str
    line: str
    becomes: str


def main() -> int:
    """Return 0 when exactly the listed mutants survive."""
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)       # what it remembers of an earlier run leaves new tests out
    environment = {**os.environ, "EXAMPLES": EXAMPLES, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    workers = os.environ.get("MUTATION_WORKERS", str(os.cpu_count() or 1))
    run = subprocess.run([BIN / "mutmut", "run", "--max-children", workers], cwd=ROOT, env=environment, check=False)
    if run.returncode:
        print("mutation: mutmut did not finish; its words are above", file=sys.stderr)
        return 1
    verdicts = results()
    survivors = {mutant(name): name for name, verdict in verdicts.items() if verdict not in NOTICED}
    listed = {Mutant(each["function"], each["line"], each["becomes"]) for each in tomllib.loads(LISTED.read_text())["mutant"]}
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(Counter(verdicts.values()).items())))
    for new in sorted(survivors.keys() - listed):
        print(f"\nnot listed: {new.function} ({survivors[new]})\n  - {new.line}\n  + {new.becomes}")
    for gone in sorted(listed - survivors.keys()):
        print(f"\nlisted, and noticed or gone: {gone.function}\n  - {gone.line}\n  + {gone.becomes}")
    return 1 if survivors.keys() ^ listed else 0


def results() -> dict[str, str]:
    """The verdict on every mutant by its name."""
    text = said("results", "--all", "true")
    return dict(re.findall(r"^\s*(\S+__mutmut_\d+): (.+)$", text, re.MULTILINE))


def mutant(name: str) -> Mutant:
    """What was changed in the mutant of that name."""
    changed = [line for line in said("show", name).splitlines() if re.match(r"[-+](?![-+])", line)]
    before = " ".join(line[1:].strip() for line in changed if line[0] == "-")
    after = " ".join(line[1:].strip() for line in changed if line[0] == "+")
    function = re.sub(r"__mutmut_\d+$", "", name)
    function = re.sub(r"xǁ(\w+)ǁ(\w+)$", r"\1.\2", function)
    return Mutant(re.sub(r"\bx_(\w+)$", r"\1", function), before, after)


def said(*arguments: str) -> str:
    return subprocess.run([BIN / "mutmut", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
