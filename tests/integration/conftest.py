"""A shop under a real Prometheus that evaluates the compiled example catalogue, started once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from slo_gen.cli.compiling import compiled_files
from slo_gen.cli.loading import load_catalogue
from slo_gen.demo.command import hurried
from slo_gen.demo.stack import Stack, running_stack
from slo_gen.outputs.files import write
from slo_gen.spec.model import Catalogue

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The example catalogue, evaluated every few seconds."""
    return hurried(load_catalogue([ROOT / "specs"]))


@pytest.fixture(scope="session")
def stack(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp("stack")
    write(compiled_files(catalogue, "prometheus"), directory / "slo-gen")
    with running_stack(directory, sorted((directory / "slo-gen" / "rules").glob("*.yml")), catalogue, [ROOT / "specs"]) as running:
        yield running
