"""Small catalogues of agreements for the tests of the checks, written as a user writes them, and what a check says of them."""

from __future__ import annotations

from collections.abc import Mapping

from slo_gen.checks import Facts, check_catalogue, questions
from slo_gen.prometheus import Sample
from slo_gen.spec.convert import Document, read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.resolve import resolve
from slo_gen.timekeeping.zones import read_instant, zone

__all__ = ["AVAILABILITY", "NOW", "asked", "ola", "resolved", "said", "sla", "template", "uc", "written"]

BASE = """\
kind: Service
metadata: {name: shop}
---
kind: Customer
metadata: {name: acme}
---
kind: Customer
metadata: {name: bolt}
spec: {timezone: Asia/Tokyo}
---
kind: Supplier
metadata: {name: cloud}
---
kind: Team
metadata: {name: ops}
---
kind: Indicator
metadata: {name: requests}
spec:
  service: shop
  events: {total: 'requests_total{job="shop"}', bad: 'requests_total{job="shop",code=~"5.."}'}
  by: [region]
---
kind: Indicator
metadata: {name: probe}
spec: {service: shop, probe: {series: 'probe_success{job="shop"}'}}
"""
NOW = read_instant("2026-11-25T12:00Z", zone("UTC"))
AVAILABILITY = "{name: availability, indicator: requests, objective: at least 99.9%}"


def sla(*keys: str, name: str = "deal", customer: str = "acme", targets: str = AVAILABILITY) -> str:
    """An SLA with further keys of its spec; ``targets`` as items of a list, "" to leave that to a template."""
    return _agreement("SLA", name, f"customer: {customer}", keys, targets)


def ola(*keys: str, name: str = "inside", targets: str = AVAILABILITY) -> str:
    return _agreement("OLA", name, "team: ops", keys, targets)


def uc(*keys: str, name: str = "bought", targets: str = AVAILABILITY) -> str:
    return _agreement("UC", name, "supplier: cloud", keys, targets)


def template(*keys: str, targets: str = AVAILABILITY) -> str:
    return _document("Template", "{name: gold, version: 3}", keys, targets)


def _agreement(kind: str, name: str, party: str, keys: tuple[str, ...], targets: str) -> str:
    return _document(kind, f"{{name: {name}}}", (party, "service: shop", "state: active", *keys), targets)


def _document(kind: str, metadata: str, keys: tuple[str, ...], targets: str) -> str:
    promised = ("targets:\n" + "\n".join(f"    - {each}" for each in targets.split("\n")),) if targets else ()
    spec = "".join(f"  {key}\n" for key in (*keys, *promised))
    return f"kind: {kind}\nmetadata: {metadata}\nspec:\n{spec}"


def resolved(*documents: str) -> tuple[Catalogue, list[Document]]:
    """The catalogue of the base and these documents, and what was read. Fails on errors of the reader."""
    read, problems = read_documents([("specs.yaml", "---\n".join([BASE, *documents]))])
    catalogue, unresolved = resolve(read)
    errors = [problem.message for problem in (*problems, *unresolved) if problem.severity == "error"]
    if errors:
        raise AssertionError(f"the reader refuses this: {errors}")
    return catalogue, read


def asked(*documents: str, now: int | None = NOW) -> list[str]:
    """The questions of all checks."""
    subject = resolved(*documents)
    return [*questions(*subject, now=now), *questions(*subject, now=now, heavy=True)]


def said(
    check: str, *documents: str, facts: Facts | None = None, answers: Mapping[str, tuple[Sample, ...]] | None = None, now: int | None = NOW
) -> list[tuple[str, str, str]]:
    """What one check says: severity, message and hint of each problem."""
    known = facts if answers is None else Facts(answers)
    problems = check_catalogue(*resolved(*documents), facts=known, now=now)
    return [(problem.severity, problem.message, problem.hint) for problem in problems if problem.check == check]


def written(check: str, *documents: str, now: int | None = NOW) -> list[str]:
    """The text under the caret of each problem of one check."""
    text = "---\n".join([BASE, *documents]).split("\n")
    problems = check_catalogue(*resolved(*documents), now=now)
    return [text[each.line - 1][each.column - 1 :][: each.length] for each in problems if each.check == check]
