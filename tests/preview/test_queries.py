"""Times, steps and variables of a dashboard, as Grafana fills them in."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from boards import board, panel

from slo_gen.preview.dashboard import Dashboard, read_dashboard
from slo_gen.preview.errors import PreviewError
from slo_gen.preview.plan import LabelValues, chosen, label_values, make_plan, panels_of
from slo_gen.preview.queries import Span, panel_span, questions, span_of, substituted

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


NOW = at("2026-11-20T12:34:56")


@pytest.mark.parametrize(
    ("begin", "end", "start", "last"),
    [
        ("now-90d", "now", "2026-08-22T12:34:56", "2026-11-20T12:34:56"),     # days of the zone, over the change of clocks
        ("now/M", "now/M", "2026-11-01", "2026-12-01"),
        ("now-1M/M", "now-1M/M", "2026-10-01", "2026-11-01"),
        ("now-11M/M", "now", "2025-12-01", "2026-11-20T12:34:56"),
        ("now/w", "now/d", "2026-11-16", "2026-11-21"),
        ("now/y", "now", "2026-01-01", "2026-11-20T12:34:56"),
        ("now-2h/h", "now/m", "2026-11-20T10:00:00", "2026-11-20T12:35:00"),
        ("2026-11-01", "2026-11-02T06:00:00+01:00", "2026-11-01", "2026-11-02T06:00:00"),
    ],
)  # fmt: skip
def test_spans(begin: str, end: str, start: str, last: str) -> None:
    assert span_of(board(time={"from": begin, "to": end}), NOW) == Span(at(start), at(last))


def test_a_span_that_cannot_be_read_or_is_none_is_refused() -> None:
    with pytest.raises(PreviewError, match="The time 'yesterday' cannot be read"):
        span_of(board(time={"from": "yesterday", "to": "now"}), NOW)
    with pytest.raises(PreviewError, match="from now to now-1d, which is none"):
        span_of(board(time={"from": "now", "to": "now-1d"}), NOW)
    with pytest.raises(PreviewError, match="zone 'Mars/Olympus' of dashboard board is not known"):
        span_of(board(timezone="Mars/Olympus"), NOW)


def test_a_panel_may_have_a_time_of_its_own() -> None:
    span = Span(NOW - 3600, NOW)
    assert panel_span(panel(timeFrom="365d"), span, NOW, BERLIN) == Span(at("2025-11-20T12:34:56"), NOW)
    assert panel_span(panel(timeShift="1h"), span, NOW, BERLIN) == Span(NOW - 7200, NOW - 3600)


@pytest.mark.parametrize(
    ("seconds", "extra", "step"),
    [
        (3600, {}, 15),                        # never below what a Prometheus is scraped at
        (6 * 3600, {}, 15),
        (90 * 86_400, {}, 7200),
        (90 * 86_400, {"interval": "1d"}, 86_400),
        (90 * 86_400, {"maxDataPoints": 100}, 86_400),
        (3600, {"interval": "5m"}, 300),
    ],
)  # fmt: skip
def test_steps_are_those_of_grafana(seconds: int, extra: dict[str, object], step: float) -> None:
    asked = questions(panel(**extra), Span(NOW - seconds, NOW), BERLIN, {}, 1334)["A"]
    assert asked.step == step


def test_steps_of_a_day_begin_with_the_day_on_both_sides_of_a_change_of_clocks() -> None:
    asked = questions(panel(interval="1d"), Span(at("2026-10-20T15:00:00"), NOW), BERLIN, {}, 1334)["A"]
    assert (asked.start, asked.end) == (at("2026-10-20"), at("2026-11-20"))


def test_an_instant_query_is_asked_at_the_end() -> None:
    instant = {"refId": "A", "expr": "up", "instant": True}
    asked = questions(panel(targets=[instant]), Span(NOW - 60, NOW), BERLIN, {}, 1334)["A"]
    assert (asked.expr, asked.end, asked.step) == ("up", NOW, None)


def test_another_kind_of_data_source_is_named() -> None:
    with pytest.raises(PreviewError, match=r"Query A of panel 'Panel' asks a data source of type 'loki', not a Prometheus\."):
        questions(panel(datasource={"type": "loki", "uid": "x"}), Span(0, 60), BERLIN, {}, 1334)


def test_variables_are_filled_in() -> None:
    text = 'rate(x{slo="$slo"}[$__rate_interval]) / ${slo} [${__range}] $__range_s $__interval'
    assert substituted(text, {"slo": "a"}, Span(0, 3600), 300) == 'rate(x{slo="a"}[315s]) / a [3600s] 3600 300s'
    assert substituted('label_replace(x, "a", "$1", "b", "(.*)")', {}, Span(0, 60), 15) == 'label_replace(x, "a", "$1", "b", "(.*)")'
    with pytest.raises(PreviewError, match=r"The variable \$other has no value; it stands in 'up\{a=\"\$other\"\}'"):
        substituted('up{a="$other"}', {}, Span(0, 60), 15)


def variable(**keys: object) -> Dashboard:
    return board(templating={"list": [{"name": "slo", "type": "query", **keys}]})


def test_what_a_variable_asks_and_has() -> None:
    (first,) = variable(query={"query": 'label_values(x{a="$b"}, slo)'}).templating.list
    assert label_values(first, {"b": "c"}, Span(0, 60)) == LabelValues('x{a="c"}', "slo")
    assert chosen(first, ("a", "b")) == "a"
    (every,) = variable(query="label_values(slo)", includeAll=True, allValue=".*", current={"value": "$__all"}).templating.list
    assert label_values(every, {}, Span(0, 60)) is None
    assert chosen(every, ()) == ".*"
    (two,) = variable(current={"value": ["a.b", "c"]}).templating.list
    assert chosen(two, ()) == r"(a\.b|c)"
    (listed,) = variable(type="custom", query="1h,6h").templating.list
    assert chosen(listed, ()) == "1h"
    (other,) = variable(query="query_result(x)").templating.list
    with pytest.raises(PreviewError, match=r"\$slo asks 'query_result\(x\)'; only label_values"):
        label_values(other, {}, Span(0, 60))


def test_panels_of_folded_rows_are_asked_too() -> None:
    inner = json.loads(panel_text(2))
    row = {"id": 1, "type": "row", "title": "R", "collapsed": True, "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}, "panels": [inner]}
    plan = make_plan(board(panels=[row]), NOW, {})
    assert [each.id for each in panels_of(plan.dashboard)] == [2]
    assert [place for place, _ in plan.questions()] == ["query A of panel 'Panel' of dashboard 'Board'"]


def panel_text(number: int) -> str:
    place = {"x": 0, "y": 0, "w": 24, "h": 8}
    return json.dumps({"id": number, "type": "stat", "title": "Panel", "gridPos": place, "targets": [{"refId": "A", "expr": "up"}]})


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"type": "flamegraph"}, "Panel 'Panel' of dashboard 'Board' has the type 'flamegraph', which is not known here."),
        ({"repeat": "slo"}, "Panel 'Panel' of dashboard 'Board' repeats for a variable, which is not known here."),
    ],
)
def test_what_cannot_be_drawn_is_named_before_anything_is_asked(keys: dict[str, object], message: str) -> None:
    with pytest.raises(PreviewError) as error:
        make_plan(board(panels=[json.loads(panel_text(1)) | keys]), NOW, {})
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "a.json is no JSON: Input data was truncated."),
        (b'{"title": "x"}', "a.json is no dashboard that can be drawn: Object missing required field `uid`."),
        (b'{"uid": "../x", "title": "x"}', "a.json has the uid '../x'; it is up to 40 letters, digits, - and _."),
        (b'{"uid": "x", "title": "x", "panels": [{"id": "1"}]}',
         "a.json is no dashboard that can be drawn: Expected `int`, got `str` - at `$.panels[0].id`."),
    ],
)  # fmt: skip
def test_files_that_are_no_dashboards(text: bytes, message: str) -> None:
    with pytest.raises(PreviewError) as error:
        read_dashboard(text, "a.json")
    assert str(error.value) == message
