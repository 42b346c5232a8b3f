"""The layer over grafanalib: what it writes is what today's Grafana reads, and always the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from grafanalib import core
from sla_dashboards import modern
from sla_dashboards.identity import uid
from sla_dashboards.modern import (
    AnnotationQuery,
    BarChart,
    BarGauge,
    Column,
    ConstantVariable,
    CustomVariable,
    Dashboard,
    DashboardLink,
    DataLink,
    DatasourceVariable,
    Format,
    Gauge,
    Heatmap,
    Line,
    Override,
    Panel,
    QueryVariable,
    RangeText,
    Row,
    Stat,
    StateTimeline,
    StatusHistory,
    Step,
    Table,
    Target,
    Text,
    TimeSeries,
    ValueText,
    by_name,
    by_query,
    by_regex,
    markdown,
)
from sla_dashboards.modern.json_values import Json

KNOWN = json.loads((Path(__file__).parent / "grafana_ids.json").read_text(encoding="utf-8"))
DEFECTS = {
    "span", "minSpan", "height", "error", "cacheTimeout", "maxDataPoints", "intervalFactor", "step", "metric", "target", "query", "rows",
    "style", "hideControls", "sharedCrosshair", "gnetId", "__inputs", "columns", "fontSize", "displayMode", "fieldOptions",
}  # fmt: skip
"""Keys that grafanalib writes into panels and targets, and that Grafana reads no more or reads wrongly."""

FORMAT = Format(
    "percentunit", 3, (Step("red"), Step("green", 0.999)), (ValueText(0, "LOST", "red"), RangeText(None, 0.5, "LOW", "orange")), 0, 1,
    "Attained", links=(DataLink("Details", "/d/x"),),
)  # fmt: skip


def panels() -> tuple[Panel, ...]:
    kinds: list[type[Panel]] = [Stat, Gauge, BarGauge, TimeSeries, StateTimeline, StatusHistory, BarChart, Heatmap]
    made = [
        kind(
            key=kind.__name__, title=kind.__name__, description="All of it.", at=(0, 8 * place, 24, 8), datasource="${datasource}",
            queries=(Target("A", "up", "{{job}}", instant=False, interval="5m"),), figures=FORMAT, time_from="365d", interval="1h",
            changes=(
                Override(by_query("A"), (Line("dot", 1, 10, "blue", stepped=True, right_axis=True),)), Override(by_name("up"), (FORMAT,)),
                Override(by_regex("/up/"), (Line(),)),
            ),
        )
        for place, kind in enumerate(kinds)
    ]  # fmt: skip
    table = Table(
        key="table", title="Table", description="All of it.", at=(0, 72, 24, 8), datasource="${datasource}", sort="Job", queries=(
            Target("A", "up"), Target("B", "up"),
        ), columns=(Column("job", "Job", width=90), Column("Value #A", "Up", FORMAT, coloured=True), Column("Value #B", "Bar", bar=True)),
    )  # fmt: skip
    text = Text(key="text", title="Words", description="All of it.", at=(0, 80, 24, 8), content="x")
    return (*made, table, Row(key="row", title="More", at=(0, 88, 24, 1), folded=(text,)))


def page(shown: tuple[Panel, ...]) -> Dashboard:
    return Dashboard(
        uid=uid("test", "page"), title="Page", description="All of it.", zone="Europe/Berlin", panels=shown,
        variables=(
            DatasourceVariable(), QueryVariable("slo", "SLO", "up", "slo", all_of_them=True), CustomVariable("top", "Top", ("5", "10")),
            ConstantVariable("kind", "SLA"),
        ),
        links=(DashboardLink("Up", "/d/y", keep_time=True),), annotations=(AnnotationQuery("Alerts", "ALERTS", "{{alertname}}"),),
    )  # fmt: skip


def objects(value: Json) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from objects(each)


@pytest.mark.parametrize(("literal", "known"), [
    (modern.TransformationId, "transformations"), (modern.MatcherId, "matchers"), (modern.Calculation, "calculations"),
])  # fmt: skip
def test_every_identifier_is_one_of_grafana(literal: Any, known: str) -> None:
    assert get_args(literal)
    assert set(get_args(literal)) <= set(KNOWN[known])


def test_every_unit_is_one_of_grafana() -> None:
    assert len(KNOWN["units"]) == 273
    ours = [unit for unit in get_args(modern.Unit) if not unit.startswith("suffix:")]
    assert set(ours) <= set(KNOWN["units"])


def test_each_kind_of_panel_is_written_without_the_keys_that_grafana_misreads() -> None:
    written = json.loads(page(panels()).text())
    assert [panel["type"] for panel in written["panels"]] == [
        "stat", "gauge", "bargauge", "timeseries", "state-timeline", "status-history", "barchart", "heatmap", "table", "row",
    ]  # fmt: skip
    assert not {"rows", "style", "hideControls", "sharedCrosshair", "gnetId", "__inputs", "version", "id"} & written.keys()
    for panel in written["panels"]:
        assert not DEFECTS & panel.keys()
        for target in panel.get("targets", ()):
            assert not DEFECTS & target.keys()
            assert target["range"] is not target["instant"]
            assert target["datasource"] == panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_nothing_is_written_as_null_but_the_base_of_steps_and_the_open_end_of_a_range() -> None:
    written = json.loads(page(panels()).text())
    bases = 0
    for each in objects(written):
        empty = {key for key, value in each.items() if value is None}
        assert empty <= {"value", "from"}
        bases += "value" in empty
    assert bases > 10
    assert '"null"' not in page(panels()).text()


def test_numbers_keep_their_kind() -> None:
    defaults = json.loads(page(panels()).text())["panels"][0]["fieldConfig"]["defaults"]
    assert (defaults["min"], defaults["max"], defaults["decimals"]) == (0, 1, 3)
    assert [step["value"] for step in defaults["thresholds"]["steps"]] == [None, 0.999]


def test_grafanalib_takes_them_for_its_own() -> None:
    assert all(isinstance(panel, core.Panel) for panel in panels())
    assert isinstance(page(()), core.Dashboard)


def test_a_panel_keeps_its_id_wherever_it_stands() -> None:
    before = {panel["title"]: panel["id"] for panel in json.loads(page(panels()).text())["panels"]}
    inserted = (Text(key="new", title="New", description="New.", at=(0, 0, 1, 1)), *reversed(panels()))
    after = {panel["title"]: panel["id"] for panel in json.loads(page(inserted).text())["panels"]}
    assert {**before, "New": after["New"]} == after
    assert len(set(after.values())) == len(after)
    assert all(0 < each < 2**31 for each in after.values())


def test_two_panels_cannot_have_one_key_also_where_one_is_folded_away() -> None:
    with pytest.raises(ValueError, match="same id"):
        page((*panels(), Text(key="text", title="Again", description="x", at=(0, 0, 1, 1)))).text()


def test_the_bytes_are_the_same_each_time() -> None:
    assert page(panels()).text() == page(panels()).text()
    assert page(panels()).text().endswith("}\n")


def test_a_uid_is_short_and_hangs_on_the_whole_identity() -> None:
    long = uid("customer", "a" * 80)
    assert len(long) == 40
    assert long != uid("customer", "a" * 81)
    assert uid("a", "bc") != uid("ab", "c")


def test_text_of_users_is_no_markup() -> None:
    assert markdown("<b> ${x} [a](b) |`*_~#\\ Ä 99.9 %") == markdown("<b> ${x} [a](b) |`*_~#\\ Ä  99.9 %")
    assert not set("<>${}[]|`*_~\\()") & set(markdown("<b> ${x} [a](b) |`*_~#\\"))
