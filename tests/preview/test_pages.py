"""Each type of panel on a page: its words are there, what is hostile in data and documents is text, and the page asks nobody."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from boards import NOW, board, drawn
from sla_dashboards import dashboard_files

from slo_gen.cli.loading import load_catalogue
from slo_gen.preview.dashboard import read_dashboard
from slo_gen.preview.errors import PreviewError
from slo_gen.preview.page import Listed, draw_index, draw_page
from slo_gen.preview.plan import make_plan
from slo_gen.preview.queries import zone_of
from slo_gen.prometheus import Sample, Series

ROOT = Path(__file__).parent.parent.parent
INSTANT = {"refId": "A", "expr": "up", "instant": True}
TABLE = {**INSTANT, "format": "table"}
STATES = {"type": "value", "options": {"0": {"text": "BREACHED", "color": "red"}, "2": {"text": "MET", "color": "green"}}}
NONE = {"type": "special", "options": {"match": "null+nan", "result": {"text": "No data", "color": "#808080"}}}
STEPS = {"mode": "absolute", "steps": [{"color": "red", "value": None}, {"color": "green", "value": 2}]}
DEFAULTS = {"mappings": [STATES, NONE], "thresholds": STEPS, "noValue": "No data"}
HOUR = tuple((NOW - 3600 + minute * 60, float(minute % 2 * 2)) for minute in range(61))
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>&{{x}}'


class Reader(HTMLParser):
    """Collects what a page says and the elements it has, and minds that they are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not (self.open and self.open[-1] == "style"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.words)


def one(value: float, **labels: str) -> list[list[Sample]]:
    return [[Sample(labels, NOW, value)]]


def over_time(**labels: str) -> list[list[Series]]:
    return [[Series(labels, HOUR)]]


@pytest.mark.parametrize(
    ("answers", "keys", "words"),
    [
        (one(2), {"type": "stat", "targets": [INSTANT], "options": {"colorMode": "background", "textMode": "value"}}, ["MET"]),
        ([[]], {"type": "stat", "targets": [INSTANT], "options": {"colorMode": "background"}}, ["No data"]),
        (over_time(a="b"), {"type": "stat", "options": {
            "textMode": "value_and_name", "graphMode": "area", "showPercentChange": True, "reduceOptions": {"calcs": ["max"]},
        }}, ["MET", 'up{a="b"}'[2:]]),
        (one(0, job="x"), {"type": "gauge", "targets": [INSTANT], "fieldConfig": {"defaults": {**DEFAULTS, "min": 0, "max": 4}}},
         ["BREACHED"]),
        ([[]], {"type": "gauge", "targets": [INSTANT]}, ["No data"]),
        (one(2, job="x"), {"type": "bargauge", "targets": [{**INSTANT, "legendFormat": "of {{job}}"}]}, ["of x", "MET"]),
        ([[]], {"type": "bargauge", "targets": [INSTANT]}, ["No data"]),
        (one(2, job="x"), {"type": "table", "targets": [TABLE]}, ["job", "x", "Value", "MET"]),
        ([[]], {"type": "table", "targets": [TABLE]}, ["No data"]),
        (over_time(a="b"), {"targets": [{"refId": "A", "expr": "up", "legendFormat": "of {{a}}"}]}, ["of b", "Figures", "Least"]),
        ([[]], {}, ["No data"]),
        (over_time(a="b"), {"type": "state-timeline"}, ["MET", "BREACHED", "From", "2026-11-18 11:06"]),
        ([[]], {"type": "state-timeline"}, ["No data"]),
        (over_time(a="b"), {"type": "status-history"}, ["MET", "BREACHED"]),
        (one(3, job="x"), {"type": "barchart", "targets": [TABLE], "options": {"xField": "job"}}, ["x", "3"]),
        ([[]], {"type": "barchart", "targets": [TABLE]}, ["No data"]),
        ([[Series({"le": "1"}, HOUR), Series({"le": "+Inf"}, HOUR)]], {
            "type": "heatmap", "targets": [{"refId": "A", "expr": "x", "format": "heatmap"}], "options": {"yAxis": {"unit": "s"}},
        }, ["1 s", "∞"]),
        ([[]], {"type": "heatmap"}, ["No data"]),
        ([], {"type": "text", "targets": [], "options": {"content": "# A\n\n| b |\n|---|\n| **c** |"}}, ["A", "b", "c"]),
        ([], {"type": "text", "targets": [], "options": {"mode": "code", "content": "a < b"}}, ["a < b"]),
    ],
)  # fmt: skip
def test_what_panels_say(answers: list[list[Any]], keys: dict[str, Any], words: list[str]) -> None:
    page = drawn(answers, **{"fieldConfig": {"defaults": DEFAULTS}, **keys})
    read = Reader(page)
    assert [word for word in words if word not in read.text] == []
    assert drawn(answers, **{"fieldConfig": {"defaults": DEFAULTS}, **keys}) == page


def test_a_state_is_told_in_words_and_in_the_colour_of_both_themes() -> None:
    page = drawn(one(0), type="stat", targets=[INSTANT], options={"colorMode": "background"}, fieldConfig={"defaults": DEFAULTS})
    assert '<p class="tile b-red"><span class="value">BREACHED</span></p>' in page
    assert "--red:#e02f44;--on-red:#ffffff" in page
    assert "--red:#f2495c;--on-red:#111217" in page


def test_a_contract_line_is_dashed_and_thresholds_are_drawn() -> None:
    override = {"matcher": {"id": "byFrameRefID", "options": "A"}, "properties": [{"id": "custom.lineStyle", "value": {"fill": "dash"}}]}
    config = {"defaults": {"thresholds": STEPS, "custom": {"thresholdsStyle": {"mode": "line"}}}, "overrides": [override]}
    page = drawn(over_time(), interval="1m", fieldConfig=config)
    assert page.count('stroke-dasharray="8 6"') == 2         # wide and narrow
    assert page.count('stroke="var(--green)" stroke-width="1.50"') + page.count('stroke="var(--green)" stroke-width="1.5"') == 2


def test_a_gap_in_the_figures_is_a_gap_in_the_line() -> None:
    with_gap = tuple(point for point in HOUR if not NOW - 1800 < point[0] < NOW - 900)
    lines = [drawn([[Series({}, points)]], interval="1m").count('<path d="M') for points in (HOUR, with_gap)]
    assert lines == [2, 4]


def test_figures_of_a_second_axis_are_drawn_by_it() -> None:
    override = {"matcher": {"id": "byFrameRefID", "options": "B"}, "properties": [
        {"id": "custom.axisPlacement", "value": "right"}, {"id": "unit", "value": "percentunit"},
    ]}  # fmt: skip
    targets = [{"refId": ref, "expr": ref} for ref in "AB"]
    high = tuple((at, 0.5) for at, _ in HOUR)
    page = drawn([over_time()[0], [Series({}, high)]], targets=targets, fieldConfig={"overrides": [override]})
    assert "50.0%" in Reader(page).text or "50%" in Reader(page).text


def test_links_lead_to_pages_and_to_the_web_and_nowhere_else() -> None:
    links = {
        "other": "/d/other?var-x=${__data.fields.job}", "web": 'https://example.com/${__data.fields["job"]}', "lost": "/d/unknown",
        "bad": "javascript:alert(1)",
    }  # fmt: skip
    found = {}
    for name, url in links.items():
        override = {"matcher": {"id": "byName", "options": "job"}, "properties": [{"id": "links", "value": [{"title": "t", "url": url}]}]}
        page = drawn(one(1, job="x"), type="table", targets=[TABLE], fieldConfig={"overrides": [override]})
        found[name] = re.findall(r'<td[^>]*><a href="([^"]*)"', page)
    assert found == {"other": ["other.html"], "web": ["https://example.com/x"], "bad": [], "lost": []}


@pytest.mark.parametrize(
    ("answers", "keys"),
    [
        (one(1, job=HOSTILE), {"type": "table", "targets": [TABLE]}),
        (one(1, job=HOSTILE), {
            "type": "stat", "targets": [{**INSTANT, "legendFormat": "{{job}}"}], "options": {"textMode": "value_and_name"},
        }),
        (over_time(job=HOSTILE), {"targets": [{"refId": "A", "expr": "up", "legendFormat": "{{job}}"}]}),
        (over_time(job=HOSTILE), {"type": "state-timeline", "targets": [{"refId": "A", "expr": "up", "legendFormat": "{{job}}"}]}),
        (one(1, job=HOSTILE), {"type": "barchart", "targets": [TABLE]}),
        (one(1, job=HOSTILE), {"type": "bargauge", "targets": [{**INSTANT, "legendFormat": "{{job}}"}]}),
        (over_time(), {"title": HOSTILE, "description": HOSTILE}),
        ([], {"type": "text", "targets": [], "options": {"content": HOSTILE + "\n\n[x](javascript:alert(1)) ![y](http://example.com/y.png)"}}),
        (one(1), {"type": "stat", "targets": [INSTANT], "fieldConfig": {"defaults": {"unit": "suffix:" + HOSTILE}}}),
        (one(1), {"type": "stat", "targets": [INSTANT], "fieldConfig": {"defaults": {"mappings": [
            {"type": "value", "options": {"1": {"text": HOSTILE}}},
        ]}}}),
    ],
)  # fmt: skip
def test_what_is_hostile_is_text(answers: list[list[Any]], keys: dict[str, Any]) -> None:
    read = Reader(drawn(answers, **keys))
    assert "<script>alert(1)</script>" in read.text
    for tag, attributes in read.elements:
        assert tag not in ("script", "img", "iframe", "object", "form")
        assert not any(name.startswith("on") for name in attributes)
        assert not (attributes.get("href") or "").startswith("javascript")


def test_the_policy_allows_the_style_sheet_of_the_page_and_nothing_else() -> None:
    page = drawn(over_time(), title=HOSTILE)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = next(attributes["content"] for tag, attributes in Reader(page).elements if attributes.get("http-equiv"))
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    assert not any("style" in attributes for _, attributes in Reader(page).elements)
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_charts_and_tables_have_names_for_those_who_cannot_see_them() -> None:
    read = Reader(drawn(over_time(a="b"), targets=[{"refId": "A", "expr": "up", "legendFormat": "of {{a}}"}]))
    labels = [attributes["aria-label"] for tag, attributes in read.elements if tag == "svg" and attributes.get("role") == "img"]
    assert labels == ["Panel: of b, last 0"] * 2
    read = Reader(drawn(one(1, job="x"), type="table", targets=[TABLE]))
    roles = [attributes["role"] for tag, attributes in read.elements if tag in ("table", "tr", "th", "td")]
    assert roles == ["table", "row", *["columnheader"] * 3, "row", *["cell"] * 3]


def test_annotations_are_marked_and_listed() -> None:
    annotation = {
        "name": "Alerts", "enable": True, "iconColor": "red", "titleFormat": "{{slo}}",
        "target": {"refId": "Anno", "expr": "ALERTS", "interval": "1m"},
    }  # fmt: skip
    made = board(panels=[{"id": 1, "type": "timeseries", "title": "T", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 8},
                          "targets": [{"refId": "A", "expr": "up"}]}], annotations={"list": [annotation]})  # fmt: skip
    plan = make_plan(made, NOW, {})
    fired = (Series({"slo": "checkout"}, tuple((NOW - 600 + 60 * minute, 1.0) for minute in range(3))),)
    answers = {question: fired if question.expr == "ALERTS" else (Series({}, HOUR),) for _, question in plan.questions()}
    page = draw_page(plan, answers, {})
    assert page.count('fill-opacity="0.25"') == 2
    assert "Alerts checkout 2026-11-18 11:56 2026-11-18 11:58" in re.sub(r"\s+", " ", Reader(page).text)


@pytest.mark.parametrize(
    ("answers", "keys", "message"),
    [
        (one(1), {"type": "stat", "targets": [INSTANT], "options": {"reduceOptions": {"calcs": ["p99"]}}},
         "Dashboard 'Board': Panel 'Panel' wants the calculation 'p99', which is not known here."),
        (one(1), {"type": "stat", "targets": [INSTANT], "options": {"graphMode": "spark"}},
         "Dashboard 'Board': Panel 'Panel' cannot be drawn: Invalid enum value 'spark' - at `$.graphMode`."),
        (over_time(), {"options": {"legend": {"calcs": ["p99"]}}},
         "Dashboard 'Board': The legend of panel 'Panel' wants the calculation 'p99', which is not known here."),
        (one(1), {"type": "stat", "targets": [INSTANT], "fieldConfig": {"defaults": {"unit": "furlongs"}}},
         "Dashboard 'Board': The unit 'furlongs' of panel 'Panel' is not known here."),
        (one(1), {"type": "table", "targets": [TABLE], "transformations": [{"id": "histogram", "options": {}}]},
         "Dashboard 'Board': The transformation 'histogram' of panel 'Panel' is not known here."),
        ([], {"type": "text", "targets": [], "options": {"mode": "html", "content": ""}},
         "Dashboard 'Board': Panel 'Panel' cannot be drawn: Invalid enum value 'html' - at `$.mode`."),
    ],
)  # fmt: skip
def test_what_is_not_known_is_named_with_its_place(answers: list[list[Any]], keys: dict[str, Any], message: str) -> None:
    with pytest.raises(PreviewError) as error:
        drawn(answers, **keys)
    assert str(error.value) == message


def test_every_dashboard_of_the_example_catalogue_can_be_drawn_without_any_data() -> None:
    files = dashboard_files(load_catalogue([ROOT / "specs"]))
    assert len(files) >= 3
    for file in files:
        dashboard = read_dashboard(file.text.encode(), file.path)
        values = {variable.name: ".*" for variable in dashboard.templating.list}
        plan = make_plan(dashboard, NOW, values)
        page = draw_page(plan, {question: () for _, question in plan.questions()}, {})
        assert Reader(page).text.count("No data") >= 1


def test_the_index_leads_to_every_page_those_of_customers_first() -> None:
    ours, theirs = board(uid="ours", title="Errors"), board(uid="theirs", title="Acme & <Co>", tags=["customer"])
    read = Reader(draw_index([Listed("ours.html", ours), Listed("theirs.html", theirs)], NOW, zone_of(ours)))
    assert [attributes["href"] for tag, attributes in read.elements if tag == "a"] == ["theirs.html", "ours.html"]
    assert "Acme & <Co>" in read.text
    assert "As of 2026-11-18 12:06 CET" in read.text


def test_text_is_seen_on_every_ground_that_of_the_text_itself_too() -> None:
    defaults = {"color": {"mode": "thresholds"}, "thresholds": {"mode": "absolute", "steps": [{"color": "text", "value": None}]}}
    page = drawn(one(1), type="stat", targets=[INSTANT], options={"colorMode": "background"}, fieldConfig={"defaults": defaults})
    assert page.count("--text:var(--ink);--on-text:var(--panel)") == 2
