"""What an executive looks at: one screen that says whether promises are kept, who suffers, and what it costs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sla_dashboards.exposure import Exposure
from sla_dashboards.identity import EXECUTIVE, MANAGER
from sla_dashboards.links import link, links_from
from sla_dashboards.manager import closed_up, months_chart, total
from sla_dashboards.modern import CHOSEN_SOURCE, Column, Dashboard, DatasourceVariable, Format, Panel, Stat, Step, Table, Target
from sla_dashboards.standing import Standing
from sla_dashboards.states import AT_RISK, BREACHED, NOT_YET, OF_AGREEMENTS, OK, cut_off
from slo_gen import names
from slo_gen.rules.promql import label_matcher
from slo_gen.spec.model import Catalogue

__all__ = ["executive_dashboard"]

_SERVICES: Final = 5


def executive_dashboard(catalogue: Catalogue, zone: str, existing: Collection[str]) -> Dashboard:
    """The page of at most six panels. ``existing``: the uids of the pages that it may lead to."""
    standing = Standing(label_matcher(names.KIND, "SLA"))
    exposure = Exposure(catalogue, "owed")
    panels = (
        *_figures(standing),
        *((total(exposure, "owed", (18, 0, 6, 6)),) if exposure.currencies else ()),
        months_chart((0, 6, 12, 10)),
        _problems(standing, existing),
    )
    return Dashboard(
        uid=EXECUTIVE,
        title="Service levels at a glance",
        description="Whether promises to customers are kept, who suffers where they are not, and what that costs.",
        zone=zone,
        tags=("slm", "executive"),
        panels=closed_up(list(panels)),
        refresh="15m",
        variables=(DatasourceVariable(),),
        links=links_from(EXECUTIVE, existing),
    )  # fmt: skip


def _figures(standing: Standing) -> tuple[Panel, ...]:
    every = standing.every_state()
    judged = f"(({every}) != {NOT_YET})"
    worst = f"min by ({names.CUSTOMER}) ({every})"

    def customers(state: int) -> str:
        return f"count(({worst}) == {state}) or 0 * count({worst})"

    def stat(key: str, title: str, place: int, figures: Format, expr: str, description: str) -> Stat:
        return Stat(key=key, title=title, at=(6 * place, 0, 6, 6), datasource=CHOSEN_SOURCE, figures=figures, description=description,
                    queries=(Target("A", expr),))  # fmt: skip

    kept = Format("percentunit", 1, (Step("red"), Step("orange", 0.9), Step("green", 1)))
    return (
        stat("kept", "Promises met so far", 0, kept, cut_off(f"(count(({every}) == {OK}) or 0 * count({every})) / count({judged})", 1),
             "The share of all targets of SLAs in force that are met so far in their present periods. What has no data is not met. Cut "
             "off and not rounded."),
        stat("breached-customers", "Customers with a breach", 1, Format("none", 0, (Step("green"), Step("red", 1))), customers(BREACHED),
             "Customers of whom at least one target of the present period is lost, whatever comes until its end."),
        stat("risky-customers", "Customers at risk", 2, Format("none", 0, (Step("green"), Step("orange", 1))), customers(AT_RISK),
             "Customers without a breach of whom at least one target is at risk."),
    )  # fmt: skip


def _problems(standing: Standing, existing: Collection[str]) -> Panel:
    every = standing.every_state()
    bad = f"count by ({names.SERVICE}) (({every}) <= {AT_RISK})"
    most = f"topk({_SERVICES}, {bad})"
    customers = f"count by ({names.SERVICE}) (min by ({names.SERVICE}, {names.CUSTOMER}) ({every}) <= {AT_RISK})"
    number = Format("none", 0, absent="0")
    return Table(
        key="problems", title="Services with the most promises in trouble", at=(12, 6, 12, 10), datasource=CHOSEN_SOURCE, sort="Targets",
        descending=True,
        description="The five services with the most targets that are breached or at risk, the worst of their states, and how many "
        "customers that concerns. Empty when there is none.",
        queries=(
            Target("A", f"min by ({names.SERVICE}) ({every}) and on ({names.SERVICE}) {most}", table=True), Target("B", most, table=True),
            Target("C", f"{customers} and on ({names.SERVICE}) {most}", table=True),
        ),
        columns=(
            Column(names.SERVICE, "Service", Format(links=link(MANAGER, existing, service='${__data.fields["Service"]}'))),
            Column("Value #A", "Worst state", OF_AGREEMENTS, coloured=True), Column("Value #B", "Targets", number),
            Column("Value #C", "Customers", number),
        ),
    )  # fmt: skip
