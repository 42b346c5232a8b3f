"""How long the dashboards of 300 customers take, and reading all of them again as ``slo-gen test`` does.

    .venv/bin/python benchmarks/customer_pages.py

Prints processor seconds, beside those in which Python's own json reads and writes the same pages.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from sla_dashboards import DashboardFile, dashboard_files

from slo_gen.outputs.customer_dashboards import Reader, leaks
from slo_gen.outputs.shown_to import ShownTo, shown_to
from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.resolve import resolve

T = TypeVar("T")
CUSTOMERS = 300


def documents(customers: int) -> Iterator[str]:
    """A customer has an agreement of two shares and six promises on tickets for each of two services."""
    yield "kind: Team\nmetadata: {name: ours}\n"
    for service in ("checkout", "storefront"):
        yield f"kind: Service\nmetadata: {{name: {service}}}\nspec: {{owner: team/ours}}\n"
        for what in ("requests", "latency"):
            selector = f'total{{job="{service}-{what}"}}'
            yield (
                f"kind: Indicator\nmetadata: {{name: {service}-{what}}}\nspec:\n  service: {service}\n"
                f"  events: {{bad: 'bad_{selector}', total: 'all_{selector}'}}\n"
            )
            yield f"kind: SLO\nmetadata: {{name: {service}-{what}}}\nspec: {{indicator: {service}-{what}, objective: 99.9%}}\n"
    for customer in range(customers):
        yield f"kind: Customer\nmetadata: {{name: c{customer:03}, title: House {customer:03}}}\n"
        for service in ("checkout", "storefront"):
            yield (
                f"kind: SLA\nmetadata: {{name: c{customer:03}-{service}}}\nspec:\n"
                f"  customer: c{customer:03}\n  service: {service}\n  state: active\n  term: {{from: 2026-01-01}}\n"
                f"  targets:\n    - {{name: availability, indicator: {service}-requests, objective: at least 99.9%}}\n"
                f"    - {{name: latency, indicator: {service}-latency, objective: at least 98%}}\n"
                "  tickets:\n    matrix:\n      columns: [hours, response, resolution, share]\n"
                + "".join(f"      P{place}: [24x7, {place}h, {place * 4}h, 90%]\n" for place in (1, 2, 3))
                + "  credits: {targets: [availability], tiers: [{below: 99.9%, credit: 10%}]}\n"
            )


def catalogue(customers: int) -> Catalogue:
    """All of them, resolved."""
    read, problems = read_documents([("specs.yaml", "---\n".join(documents(customers)))])
    found, unresolved = resolve(read)
    assert not [each for each in (*problems, *unresolved) if each.severity == "error"], (problems, unresolved)
    return found


def read_all(pages: tuple[DashboardFile, ...], listed: ShownTo) -> int:
    """How many pages of customers were read, none of which tells anything that it must not."""
    own = [page for page in pages if page.customer is not None]
    for page in own:
        assert page.customer is not None
        shown = listed.shown[page.customer]
        reader = Reader(page.customer, shown.datasource, shown.own, shown.agreed)
        assert not list(leaks(page.text, reader, listed.strangers(page.customer), listed.internal))
    return len(own)


def timed(name: str, stage: Callable[[], T]) -> tuple[T, float]:
    """Run one stage and print its processor time."""
    start = time.process_time()
    result = stage()
    taken = time.process_time() - start
    print(f"{name:24}{taken:8.2f} s")
    return result, taken


def main() -> None:
    """Make, read, print."""
    found = catalogue(CUSTOMERS)
    pages, made = timed("made", lambda: dashboard_files(found))
    count, read = timed("read again", lambda: read_all(pages, shown_to(found, pages)))
    _, known = timed("json, read and written", lambda: [json.dumps(json.loads(page.text), indent=2, sort_keys=True) for page in pages])
    size = sum(len(page.text) for page in pages) / 1e6
    print(f"{count} customers, {len(pages)} pages, {size:.0f} MB: made in {made / known:.1f} times, read in {read / known:.1f} times json")


if __name__ == "__main__":
    main()
