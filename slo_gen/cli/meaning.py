"""Running the checks on what the documents mean, with a Prometheus to compare with where one is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slo_gen.cli.loading import Specs, fail
from slo_gen.spec.problems import Problem

if TYPE_CHECKING:
    from slo_gen.checks import Facts

__all__ = ["problems_of_meaning"]


def problems_of_meaning(read: Specs, url: str | None) -> list[Problem]:
    """Problems that the checks find in what could be resolved. ``url`` names a Prometheus that is asked; None asks nobody."""
    from slo_gen.checks import check_catalogue

    return check_catalogue(read.catalogue, None if url is None else _facts(read, url))


def _facts(read: Specs, url: str) -> Facts:
    import asyncio

    from slo_gen.checks import questions
    from slo_gen.cli.asking import read_facts
    from slo_gen.cli.progress import progress
    from slo_gen.fetch import RequestError

    asked = questions(read.catalogue)
    try:
        with progress("asking Prometheus", len(asked)) as step:
            return asyncio.run(read_facts(url, asked, step))
    except RequestError as error:
        fail(str(error))


