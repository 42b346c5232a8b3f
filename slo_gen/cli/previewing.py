"""From an output folder to the pages of its dashboards: finding, asking, drawing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

from sla_dashboards.identity import customer_folder

from slo_gen.cli.asking import ask_each, open_prometheus
from slo_gen.preview.dashboard import Dashboard, read_dashboard
from slo_gen.preview.errors import PreviewError
from slo_gen.preview.page import Answers, Listed, draw_index, draw_page
from slo_gen.preview.plan import Plan, chosen, label_values, make_plan
from slo_gen.preview.queries import Question, span_of
from slo_gen.prometheus import Prometheus, QueryError, Sample, Series

__all__ = ["asked", "drawn", "found_dashboards"]

_AT_ONCE = 8


def found_dashboards(folder: Path, customer: str | None) -> tuple[Dashboard, ...]:
    """The dashboards of an output folder in the order of their paths, all or those of one customer. Raises PreviewError."""
    root = folder / "dashboards"
    files = sorted(root.rglob("*.json"))
    if not files:
        raise PreviewError(f"There are no dashboards in {root}; slo-gen compile writes them there.")
    if customer is not None:
        known = root / customer_folder(customer)
        files = [file for file in files if file.parent == known]
        if not files:
            raise PreviewError(f"There is no dashboard of a customer {customer!r} in {root}; only customers with an SLA in force have one.")
    try:
        found = tuple(read_dashboard(file.read_bytes(), str(file)) for file in files)
    except OSError as error:
        raise PreviewError(f"{error.filename} cannot be read: {error.strerror}.") from None
    twice = {each.uid for number, each in enumerate(found) if each.uid in {other.uid for other in found[:number]}}
    if twice:
        raise PreviewError(f"Two dashboards in {root} have the uid {min(twice)!r}.")
    return found


async def asked(url: str, dashboards: Sequence[Dashboard], now: float) -> tuple[tuple[Plan, ...], Answers]:
    """All that is asked for the dashboards, and the answers. Raises RequestError and PreviewError."""
    async with open_prometheus(url) as prometheus:
        plans = tuple([await _planned(prometheus, dashboard, now) for dashboard in dashboards])
        places: dict[Question, str] = {}
        for plan in plans:
            for place, question in plan.questions():
                places.setdefault(question, place)

        async def ask(question: Question) -> tuple[Sample, ...] | tuple[Series, ...]:
            try:
                if question.step is None:
                    return await prometheus.query(question.expr, question.end)
                return await prometheus.query_range(question.expr, question.start, question.end, question.step)
            except QueryError as error:
                raise QueryError(f"{places[question][0].upper()}{places[question][1:]} has no answer: {error}") from None

        return plans, await ask_each(places, ask, lambda: None, _AT_ONCE)


async def _planned(prometheus: Prometheus, dashboard: Dashboard, now: float) -> Plan:
    values: dict[str, str] = {}
    span = span_of(dashboard, now)
    for variable in dashboard.templating.list:
        wanted = label_values(variable, values, span)
        found = () if wanted is None else await prometheus.label_values(wanted.label, [wanted.selector] if wanted.selector else [])
        values[variable.name] = chosen(variable, found)
    return make_plan(dashboard, now, values)


def drawn(plans: Sequence[Plan], answers: Answers) -> dict[str, str]:
    """Every page by its file, and the index. Raises PreviewError."""
    pages = {plan.dashboard.uid: f"{plan.dashboard.uid}.html" for plan in plans}
    files = {pages[plan.dashboard.uid]: draw_page(plan, answers, pages) for plan in plans}
    zones = {plan.zone for plan in plans}
    zone = zones.pop() if len(zones) == 1 else UTC
    if "index.html" in files:
        raise PreviewError("A dashboard has the uid 'index', which is that of the page that leads to all of them.")
    return {**files, "index.html": draw_index([Listed(pages[plan.dashboard.uid], plan.dashboard) for plan in plans], plans[0].now, zone)}
