"""``slo-gen test`` on the dashboards of customers: nobody is told of anybody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from slo_gen.outputs.customer_dashboards import leaks
from slo_gen.outputs.isolation import SHOWN_TO

__all__ = ["customer_dashboards", "leaking"]


def customer_dashboards(directory: Path) -> list[tuple[str, Path]]:
    """Each customer and each of their dashboard files. Raises ValueError, LookupError or OSError when the list of customers is damaged."""
    if not (directory / SHOWN_TO).exists():
        return []
    shown: list[str] = json.loads((directory / SHOWN_TO).read_text(encoding="utf-8"))["shown"]
    return [(each, path) for each in shown for path in sorted((directory / "dashboards" / f"customer-{each}").glob("*.json"))]


def leaking(directory: Path) -> Iterator[str]:
    """What the dashboards of customers tell that they must not, with the file in front."""
    listed = json.loads((directory / SHOWN_TO).read_text(encoding="utf-8"))
    for customer, path in customer_dashboards(directory):
        others = [name for each, called in listed["customers"].items() if each != customer for name in called]
        for fault in leaks(path.read_text(encoding="utf-8"), customer, [*others, *listed["internal"]]):
            yield f"{path}: {fault}"
