"""Documents as text, resolved, for tests that read better with YAML in them."""

from __future__ import annotations

import textwrap

from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.problems import Problem
from slo_gen.spec.resolve import resolve

__all__ = ["BASE", "catalogue_of", "problems_of", "resolved"]

BASE = """
kind: Team
metadata: {name: shop}
---
kind: Service
metadata: {name: checkout}
spec: {owner: team/shop}
---
kind: Customer
metadata: {name: acme}
spec: {selector: {tenant: acme}}
---
kind: Indicator
metadata: {name: requests}
spec: {service: checkout, events: {bad: 'errors_total{job="shop"}', total: 'requests_total{job="shop"}'}, by: [tenant]}
---
"""
"""A team, a service, a customer and an indicator for others to refer to; its last line is the separator."""


def resolved(text: str) -> tuple[Catalogue, list[Problem]]:
    """The catalogue of the documents in ``text``, which must be right each for itself."""
    documents, problems = read_documents([("specs.yaml", textwrap.dedent(text))])
    assert problems == []
    return resolve(documents)


def catalogue_of(text: str) -> Catalogue:
    """The catalogue of documents that have no problem."""
    catalogue, problems = resolved(text)
    assert problems == []
    return catalogue


def problems_of(text: str) -> list[tuple[str, str]]:
    """Message and hint of every problem between the documents of ``text``."""
    _, problems = resolved(text)
    return [(problem.message, problem.hint) for problem in problems]
