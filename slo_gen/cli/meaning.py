"""Running the checks on what the documents mean, with a Prometheus to compare with where one is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slo_gen.cli.loading import Specs
from slo_gen.spec.problems import Problem

if TYPE_CHECKING:
    from slo_gen.checks import Facts

__all__ = ["problems_of_meaning"]


def problems_of_meaning(read: Specs, url: str | None, now: int | None = None) -> list[Problem]:
    """Problems that the checks find in what could be resolved. ``url`` names a Prometheus that is asked; None asks nobody.

    With ``now`` the day counts too, and what the repository of the documents knows of their past.
    """
    from slo_gen.checks import check_catalogue

    documents = read.loaded.documents
    recorded = {} if now is None else _past_texts(read, now)
    return check_catalogue(read.catalogue, documents, None if url is None else _facts(read, url, now), now, recorded)


def _past_texts(read: Specs, now: int) -> dict[tuple[str, int], str]:
    """What files said at the moments that matter, and what other files did where they said nothing."""
    from slo_gen.checks import moments, unexplained

    documents = read.loaded.documents
    asked = moments(read.catalogue, documents, now)
    if not asked:
        return {}
    from slo_gen.cli.git_past import texts_at, texts_elsewhere

    found = texts_at(asked)
    for (file, instant, _), text in texts_elsewhere(unexplained(read.catalogue, documents, now, found)).items():
        found[file, instant] += f"\n---\n{text}"
    return found


def _facts(read: Specs, url: str, now: int | None) -> Facts:
    from slo_gen.checks import questions
    from slo_gen.cli.asking import answered, read_facts
    from slo_gen.cli.progress import progress

    light, heavy = (questions(read.catalogue, read.loaded.documents, now, heavy=each) for each in (False, True))
    with progress("asking Prometheus", len(light) + len(heavy)) as step:
        return answered(read_facts(url, light, heavy, step))
