"""How long 10,000 objectives in 3,300 documents take, stage by stage, beside PyYAML's C loader on the same files.

    .venv/bin/python benchmarks/large_catalogue.py

Writes the catalogue to a temporary folder and prints processor seconds of each stage, the sum as a multiple of what
the loader alone needs, and the largest memory of the process.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import yaml

from slo_gen.cli.compiling import compiled_files
from slo_gen.cli.loading import Specs
from slo_gen.cli.meaning import problems_of_meaning
from slo_gen.spec.files import load
from slo_gen.spec.resolve import resolve

T = TypeVar("T")
SERVICES, CUSTOMERS, INDICATORS, AGREEMENTS, TARGETS = 50, 49, 400, 2400, 4
DOCUMENTS_PER_FILE = 10


def documents() -> Iterator[str]:
    """3,300 documents: 400 SLOs and 2,400 agreements of 4 targets, 10,000 objectives together."""
    yield "kind: Team\nmetadata: {name: team}\n"
    for service in range(SERVICES):
        yield f"kind: Service\nmetadata: {{name: s{service}, title: Service {service}}}\nspec: {{owner: team/team}}\n"
    for customer in range(CUSTOMERS):
        yield f"kind: Customer\nmetadata: {{name: c{customer}, title: Customer {customer}}}\n"
    for indicator in range(INDICATORS):
        job = f'job="service-{indicator}"'
        yield (
            f"kind: Indicator\nmetadata: {{name: i{indicator}, title: Requests {indicator}}}\n"
            f"spec:\n  service: s{indicator % SERVICES}\n"
            f"  events: {{bad: 'requests_total{{{job},code=~\"5..\"}}', total: 'requests_total{{{job}}}'}}\n"
        )
        yield f"kind: SLO\nmetadata: {{name: o{indicator}}}\nspec: {{indicator: i{indicator}, objective: 99.9%, window: 30d}}\n"
    for agreement in range(AGREEMENTS):
        yield (
            f"kind: SLA\nmetadata: {{name: a{agreement}}}\n"
            f"spec:\n  customer: c{agreement % CUSTOMERS}\n  service: s{agreement % SERVICES}\n"
            "  state: active\n  term: {from: 2026-01-01, length: 12mo, notice: 90d}\n  targets:\n" + "".join(targets(agreement))
        )


def targets(agreement: int) -> Iterator[str]:
    """The targets of one agreement, each on another indicator."""
    for number in range(TARGETS):
        measured = (agreement * TARGETS + number) % INDICATORS
        yield f"    - {{name: t{number}, indicator: i{measured}, objective: at least 99.{number + 5}%, exclude: [maintenance]}}\n"


def write(folder: Path) -> None:
    """The documents in files of ten."""
    texts = list(documents())
    for start in range(0, len(texts), DOCUMENTS_PER_FILE):
        (folder / f"{start // DOCUMENTS_PER_FILE:04}.yaml").write_text("---\n".join(texts[start : start + DOCUMENTS_PER_FILE]))


def timed(name: str, stage: Callable[[], T]) -> tuple[T, float]:
    """Run one stage and print its processor time."""
    start = time.process_time()
    result = stage()
    taken = time.process_time() - start
    print(f"{name:24}{taken:8.2f} s")
    return result, taken


def main() -> None:
    """Write, run, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        files = sorted(folder.iterdir())
        _, base = timed("PyYAML CSafeLoader", lambda: [list(yaml.load_all(file.read_bytes(), yaml.CSafeLoader)) for file in files])
        loaded, reading = timed("read and convert", lambda: load([folder]))
        (catalogue, problems), resolving = timed("resolve", lambda: resolve(loaded.documents))
        specs = Specs(loaded, catalogue, tuple(problems))
        found, checking = timed("checks", lambda: list(problems_of_meaning(specs, None)))
        written, compiling = timed("rules and files", lambda: compiled_files(catalogue, "prometheus"))
    objectives = len(catalogue.slos) + sum(len(agreement.targets) for agreement in catalogue.agreements.values())
    total = reading + resolving + checking + compiling
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{objectives} objectives, {len(loaded.documents)} documents, {len(problems) + len(found)} problems, {len(written)} files")
    print(f"check and compile: {total:.2f} s, {total / base:.1f} times the loader; {memory} MB at most")


if __name__ == "__main__":
    main()
