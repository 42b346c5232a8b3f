"""Compiled configuration of Alertmanager through Alertmanager's own tool."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from slo_gen.cli.progress import progress
from slo_gen.outputs.alertmanager_files import TESTED_CONFIGURATION, TESTED_ROUTES

__all__ = ["RouteTest", "configuration_files", "failures", "route_tests"]

AT_ONCE = 4
"""Runs of amtool beside each other; each of them asks for the way of one alert."""


@dataclass(frozen=True, slots=True)
class RouteTest:
    """An alert by its labels, and whom it must reach."""

    labels: Mapping[str, str]
    receivers: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(f"{label}={value}" for label, value in self.labels.items())


def configuration_files(directory: Path) -> list[Path]:
    """The files that Alertmanager can read as they are; none where nothing was compiled for it."""
    return [file for file in (directory / "alertmanager" / "alertmanager.yml", directory / TESTED_CONFIGURATION) if file.exists()]


def route_tests(directory: Path) -> list[RouteTest]:
    """The tests that were compiled with the configuration. Raises ValueError for a file that slo-gen did not write."""
    written = json.loads((directory / TESTED_ROUTES).read_text(encoding="utf-8"))
    return [RouteTest(dict(each["labels"]), tuple(each["receivers"])) for each in written]


def failures(program: str, directory: Path, tests: Sequence[RouteTest]) -> Iterator[str]:
    """What amtool has to say of every file and every route that is not right."""
    files = configuration_files(directory)
    done = _run([program, "check-config", *map(str, files)])
    if done.returncode:
        yield (done.stdout + done.stderr).strip() or f"amtool ended with status {done.returncode}"
        return
    with progress("testing routes", len(tests)) as step, ThreadPoolExecutor(AT_ONCE) as pool:
        for failure in pool.map(lambda test: _route_failure(program, files[0], test), tests):
            if failure:
                yield failure
            step()


def _route_failure(program: str, file: Path, test: RouteTest) -> str:
    labels = [f"{label}={_quoted(value)}" for label, value in test.labels.items()]
    done = _run([program, "config", "routes", "test", f"--config.file={file}", *labels])
    # Names may hold commas, with which amtool separates them: whole and reached names are taken apart alike.
    found = sorted(done.stdout.strip("\n").split(","))
    if done.returncode == 0 and found == sorted(",".join(test.receivers).split(",")):
        return ""
    reached = done.stdout.strip() if done.returncode == 0 else f"nobody ({done.stderr.strip()})"
    return f"{file}: an alert with {test} reaches {reached}, and should reach {','.join(test.receivers)}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace", check=False)
