"""What an SRE looks at: which SLO is in trouble, how fast its budget goes, whom that endangers, and whether the figures can be trusted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from sla_dashboards import health
from sla_dashboards.burning import Objectives, firing
from sla_dashboards.identity import MANAGER, SRE, address
from sla_dashboards.links import link, links_from
from sla_dashboards.modern import (
    CHOSEN_SOURCE,
    GREY,
    AnnotationQuery,
    BarGauge,
    Column,
    Dashboard,
    DataLink,
    DatasourceVariable,
    Format,
    Line,
    Override,
    Panel,
    QueryVariable,
    Row,
    Stat,
    StateTimeline,
    Step,
    Table,
    Target,
    TimeSeries,
    ValueText,
    by_query,
)
from sla_dashboards.standing import Standing
from sla_dashboards.states import OF_AGREEMENTS, OF_OBJECTIVES, cut_off
from slo_gen import names
from slo_gen.rules.promql import label_list, label_matcher
from slo_gen.spec.model import Catalogue, Slo

__all__ = ["sre_dashboard"]

_OF_SERVICE: Final = label_matcher(names.SERVICE, "$service", "=~")
_OF_SLO: Final = label_matcher(names.SLO, "$slo")
_BURN: Final = Format("suffix:x", 1, (Step("green"), Step("yellow", 1), Step("orange", 6), Step("red", 14.4)), absent="No events")
_BUDGET: Final = Format("percentunit", 1, (Step("red"), Step("orange", 0), Step("yellow", 0.25), Step("green", 0.5)))
_LEFT: Final = (Step("red"), Step("orange", 3600), Step("yellow", 86_400), Step("green", 3 * 86_400))
_USED_UP: Final = Format("dtdurations", 1, _LEFT, absent="Not at this rate")
_NUMBER: Final = Format("short", 1)
_FIRING: Final = Format(steps=(Step("text"), Step("red", 1)), texts=(ValueText(0, "quiet", "text"), ValueText(1, "FIRING", "red")))
_SEVERITIES: Final = Format(texts=(
    ValueText("page", "page", "red"), ValueText("ticket", "ticket", "orange"), ValueText("info", "info", "blue"),
))  # fmt: skip


def sre_dashboard(catalogue: Catalogue, zone: str, existing: Collection[str]) -> Dashboard:
    """The page about all SLOs of a catalogue that has any. ``existing``: the uids of the pages that it may lead to."""
    slos = tuple(catalogue.slos.values())
    panels = (
        *_overview(slos), *_one(slos, 12), *_course(slos, 19),
        *_consumers(catalogue, slos, 46), *_alerts(55, existing), *_health(77),
    )  # fmt: skip
    return Dashboard(
        uid=SRE,
        title="Error budgets",
        description="Every SLO, what is left of its error budget, and whether the figures can be trusted. For the people who are paged.",
        zone=zone,
        tags=("slm", "sre"),
        panels=panels,
        span="now-30d",
        refresh="1m",
        variables=(
            DatasourceVariable(),
            QueryVariable("service", "Service", names.OBJECTIVE, names.SERVICE, all_of_them=True),
            QueryVariable("slo", "SLO", f"{names.OBJECTIVE}{{{_OF_SERVICE}}}", names.SLO),
            QueryVariable("indicator", "Indicator", f"{names.OBJECTIVE}{{{_OF_SLO}}}", names.INDICATOR, hidden=True),
        ),
        links=links_from(SRE, existing),
        annotations=(
            AnnotationQuery("Burn alerts", f"{firing(label_matcher('alertname', names.BUDGET_BURN), _OF_SLO)}",
                            "{{severity}}: {{long_window}} and {{short_window}}"),
        ),
    )  # fmt: skip


def _decimals(slos: tuple[Slo, ...]) -> int:
    """One digit more than the objectives are written with, at least two."""
    return max(2, *(len(slo.objective_text.rstrip("% ").partition(".")[2]) + 1 for slo in slos))


def _overview(slos: tuple[Slo, ...]) -> tuple[Panel, ...]:
    ask = Objectives(slos, _OF_SERVICE)
    share = Format("percentunit", _decimals(slos))
    kept = "&${service:queryparam}&${datasource:queryparam}&${__url_time_range}"
    chosen = DataLink("This SLO", address(SRE, slo='${__data.fields["SLO"]}') + kept)
    return (
        Table(
            key="slos", title="All SLOs", at=(0, 0, 24, 12), datasource=CHOSEN_SOURCE, sort="Budget left",
            description="Each SLO of the services chosen above, the least budget first. The worst group of an indicator speaks for it. "
            "At risk: less than a quarter is left, or a burn alert fires. Click a name to see it below.",
            queries=tuple(Target(ref, expr, table=True) for ref, expr in (
                ("A", ask.state()), ("B", ask.objective()), ("C", cut_off(ask.attained(), _decimals(slos))), ("D", cut_off(ask.left(), 1)),
                ("E", ask.left_minutes()), ("F", ask.burn_rate()), ("G", ask.used_up_in()),
            )),
            columns=(
                Column(names.SLO, "SLO", Format(links=(chosen,))), Column(names.SERVICE, "Service"),
                Column("Value #A", "State", OF_OBJECTIVES, coloured=True), Column("Value #B", "Objective", share),
                Column("Value #C", "Attained", share), Column("Value #D", "Budget left", _BUDGET),
                Column("Value #E", "Outage left", Format("m", 1)), Column("Value #F", "Burn in 1h", _BURN, coloured=True),
                Column("Value #G", "Used up in", _USED_UP),
            ),
        ),
    )  # fmt: skip


def _one(slos: tuple[Slo, ...], top: int) -> tuple[Panel, ...]:
    """The figures of the SLO that is chosen."""
    ask = Objectives(slos, _OF_SLO)
    share = Format("percentunit", _decimals(slos))

    def stat(key: str, title: str, place: int, figures: Format, expr: str, description: str) -> Stat:
        return Stat(key=key, title=title, at=(4 * place, top + 1, 4, 6), datasource=CHOSEN_SOURCE, figures=figures, description=description,
                    queries=(Target("A", expr),), colour="background" if len(figures.steps) > 1 else "none")  # fmt: skip

    return (
        Row(key="one", title="SLO $slo", at=(0, top, 24, 1)),
        stat("state", "State", 0, OF_OBJECTIVES, ask.state(), "Budget spent: more than all of it. At risk: less than a quarter is left, or "
             "a burn alert fires. No data: the window holds no event."),
        stat("left", "Budget left", 1, _BUDGET, cut_off(ask.left(), 1),
             "The share of the error budget that is left in the SLO's window: 1 - (bad share / allowed bad share). Below 0, more was "
             "spent."),
        stat("left-minutes", "Budget left, as a complete outage", 2, Format("m", 1, _BUDGET.steps[:2]), ask.left_minutes(),
             "Minutes for which everything may fail, at the usual traffic: the share left x allowed bad share x length of the window."),
        stat("used-up-in", "Used up in", 3, _USED_UP, ask.used_up_in(),
             "When nothing would be left, if the last hour went on and nothing left the window: the share left x the window / burn rate."),
        stat("attained", "Attained", 4, share, cut_off(ask.attained(), _decimals(slos)),
             "The good share of all events in the SLO's window, cut off and not rounded."),
        stat("objective", "Objective", 5, share, ask.objective(), "What is to be attained."),
    )  # fmt: skip


def _course(slos: tuple[Slo, ...], top: int) -> tuple[Panel, ...]:
    ask = Objectives(slos, _OF_SLO)
    share = Format("percentunit", _decimals(slos))
    limits, burns = ask.limits(), ask.burn_windows()
    drawn = tuple(Target(f"W{place}", expr, window, instant=False) for place, (window, expr) in enumerate(burns))
    drawn_limits = tuple(Target(f"L{place}", expr, f"limit of {window}", instant=False) for place, (window, expr) in enumerate(limits))
    down, even = ask.burn_down()
    burning: tuple[Panel, ...] = (
        TimeSeries(
            key="burn", title="Burn rate by window", at=(0, top + 9, 24, 9), datasource=CHOSEN_SOURCE, figures=Format("suffix:x", 1),
            description="How many times too fast the budget is spent, in each window that a burn alert looks at: the bad share / the "
            "allowed bad share. 1 spends it exactly within the SLO's window. Dashed: above this an alert fires, if its short window "
            "agrees.",
            queries=(*drawn, *drawn_limits), dashed=tuple(target.ref for target in drawn_limits), soft_least=0,
        ),
    ) if drawn else ()  # fmt: skip
    return (
        TimeSeries(
            key="indicator", title="Indicator against objective", at=(0, top, 12, 9), datasource=CHOSEN_SOURCE, figures=share,
            description="The good share of each hour, of the whole window of the SLO, and what is to be attained (dashed).",
            queries=(
                Target("A", ask.good_share(), "in the last hour", instant=False),
                Target("B", ask.attained(), "in the window of the SLO", instant=False),
                Target("C", ask.objective(), "objective", instant=False),
            ),
            dashed=("C",), soft_most=1,
        ),
        TimeSeries(
            key="burn-down", title="Budget burn-down", at=(12, top, 12, 9), datasource=CHOSEN_SOURCE,
            figures=replace(_BUDGET, steps=(Step("text"),)), soft_least=0, soft_most=1, interval="5m",
            description="What is left of one whole budget, if it began where the time shown begins; show as much time as the SLO's window "
            "is long to see all of it. The budget is the allowed bad share of as many events as the last window had. Dashed: spent evenly.",
            queries=(Target("A", down, "left", instant=False), Target("B", even, "spent evenly", instant=False)),
            dashed=("B",), changes=(Override(by_query("B"), (Line(colour=GREY),)),),
        ),
        *burning,
        TimeSeries(
            key="events", title="Events a minute", at=(0, top + 18, 24, 9), datasource=CHOSEN_SOURCE, figures=_NUMBER, soft_least=0,
            description="All events of the indicator and the bad ones, as they were recorded for each minute. A gap is a minute without a "
            "record.",
            queries=(Target("A", ask.events(names.TOTAL), "all", instant=False), Target("B", ask.events(names.BAD), "bad", instant=False)),
            changes=(Override(by_query("B"), (Line(fill=20, colour="red"),)), Override(by_query("A"), (Line(colour="blue"),))),
        ),
    )  # fmt: skip


def _consumers(catalogue: Catalogue, slos: tuple[Slo, ...], top: int) -> tuple[Panel, ...]:
    everything, ask = Objectives(slos, _OF_SERVICE), Objectives(slos, _OF_SLO)
    groups = sorted({label for indicator in catalogue.indicators.values() for label in indicator.by})
    spent = Format("percentunit", 1, (Step("green"), Step("yellow", 0.5), Step("orange", 0.75), Step("red", 1)), least=0, most=1)
    return (
        BarGauge(
            key="top-slos", title="SLOs that spent most of their budget", at=(0, top, 12, 9), datasource=CHOSEN_SOURCE, figures=spent,
            description="The ten SLOs of the services chosen above that have spent the largest share of their own budget. "
            "More than 100 % is more than they had.",
            queries=(Target("A", f"sort_desc(topk(10, 1 - ({everything.left()})))", "{{slo}}"),),
        ),
        BarGauge(
            key="top-groups", title="What spends the budget of $slo", at=(12, top, 12, 9), datasource=CHOSEN_SOURCE,
            figures=Format("short", 0, (Step("orange"),), least=0),
            description="Bad events of the SLO's window by the groups of its indicator, the ten largest. "
            "An indicator that is not split has one bar.",
            queries=(Target("A", f"sort_desc(topk(10, {ask.bad_by_group()}))",
                            " ".join(("{{indicator}}", *(f"{{{{{label}}}}}" for label in groups)))),),
        ),
    )  # fmt: skip


def _alerts(top: int, existing: Collection[str]) -> tuple[Panel, ...]:
    shown = (
        "alertname", names.SEVERITY, names.SLO, names.SERVICE, names.INDICATOR, names.AGREEMENT, names.TARGET, names.LONG_WINDOW,
        names.STAGE,
    )  # fmt: skip
    of_ours = label_matcher("alertname", "SLM.*", "=~")
    return (
        Table(
            key="alerts", title="Alerts that fire", at=(0, top, 24, 8), datasource=CHOSEN_SOURCE,
            description="Every alert of slo-gen that fires for the services chosen above. Alertmanager says who was told, and what is "
            "silenced.",
            queries=(Target("A", f"max by ({label_list(shown)}) ({firing(of_ours, _OF_SERVICE)})", table=True),),
            columns=(
                Column("alertname", "Alert"), Column(names.SEVERITY, "Severity", _SEVERITIES, coloured=True), Column(names.SLO, "SLO"),
                Column(names.SERVICE, "Service"), Column(names.INDICATOR, "Indicator"), Column(names.AGREEMENT, "Agreement"),
                Column(names.TARGET, "Target"), Column(names.LONG_WINDOW, "Window"), Column(names.STAGE, "Stage"),
            ),
            hidden=("Time", "Value"),
        ),
        StateTimeline(
            key="alerts-of-slo", title="When alerts of $slo fired", at=(0, top + 8, 24, 6), datasource=CHOSEN_SOURCE, figures=_FIRING,
            description="Burn alerts of the SLO over the time shown, by severity and pair of windows. Nothing is drawn where none fired.",
            queries=(
                Target("A", f"max by ({names.SEVERITY}, {names.LONG_WINDOW}, {names.SHORT_WINDOW}) ({firing(_OF_SLO)})",
                       "{{severity}}: {{long_window}} and {{short_window}}", instant=False),
            ),
        ),
        _endangered(top + 14, existing),
    )  # fmt: skip


def _endangered(top: int, existing: Collection[str]) -> Panel:
    """Agreements on the indicator of the SLO, with what is left of their own budgets."""
    objective = f"max by ({names.INDICATOR}) ({names.OBJECTIVE}{{{_OF_SLO}}} ^ 0)"
    rests = f"{names.AGREEMENT_TARGET} * on ({names.INDICATOR}) group_left () {objective}"
    about = label_list((names.AGREEMENT, names.TARGET, names.CUSTOMER, names.PARTY, names.OBJECTIVE_TEXT))
    pair = label_list((names.AGREEMENT, names.TARGET))
    standing = Standing()
    rows = f"max by ({pair}) ({rests})"

    def of_these(expr: str) -> str:
        return f"({expr}) and on ({pair}) ({rows})"

    return Table(
        key="endangered", title="Agreements endangered by $slo", at=(0, top, 24, 8), datasource=CHOSEN_SOURCE, sort="Budget left",
        description="Every target of an agreement in force that rests on the same indicator, and what is left of the budget of its own "
        "period: the contract's calendar, hours and exclusions, which are not those of the SLO.",
        queries=tuple(Target(ref, expr, table=True) for ref, expr in (
            ("A", f"max by ({about}) ({rests})"), ("B", of_these(standing.state())), ("C", of_these(cut_off(standing.left_share(), 1))),
            ("D", of_these(f"{standing.current(names.PERIOD_ENDS)} - time()")),
        )),
        columns=(
            Column(names.AGREEMENT, "Agreement", Format(links=link(MANAGER, existing))),
            Column(names.TARGET, "Target"), Column(names.CUSTOMER, "Customer"), Column(names.PARTY, "Team or supplier"),
            Column(names.OBJECTIVE_TEXT, "Promised"), Column("Value #B", "State", OF_AGREEMENTS, coloured=True),
            Column("Value #C", "Budget left", _BUDGET), Column("Value #D", "Period ends in", Format("dtdurations", 1)),
        ),
        hidden=("Time", "Value #A"),
    )  # fmt: skip


def _health(top: int) -> tuple[Panel, ...]:
    words = (ValueText(0, "NO", "red"), ValueText(1, "yes", "green"))
    yes_no = Format(steps=(Step("red"), Step("green", 1)), texts=words, absent="No source")
    lasting = (Step("red"), Step("orange", 14 * 86_400), Step("green", 45 * 86_400))
    recorded = Format("percentunit", 1, (Step("red"), Step("orange", 0.9), Step("green", 0.99)))
    age = Format("dtdurations", 1, (Step("green"), Step("orange", 300), Step("red", 900)))
    by_source = (
        ("A", health.source_up()), ("B", health.source_age()), ("C", health.source_errors()), ("D", health.rejected()),
    )  # fmt: skip
    return (
        Row(key="health", title="Can the figures be trusted?", at=(0, top, 24, 1)),
        Stat(
            key="latest", title="Latest recorded minute", at=(0, top + 1, 6, 5), datasource=CHOSEN_SOURCE, figures=age,
            description="How long ago the rules last recorded a minute of any indicator. More than a few minutes: are the rules evaluated?",
            queries=(Target("A", health.latest_record()),),
        ),
        Stat(
            key="silent", title="Indicators without a record", at=(6, top + 1, 6, 5), datasource=CHOSEN_SOURCE,
            figures=Format("none", 0, (Step("green"), Step("red", 1))),
            description="Indicators of the services chosen above that are meant to exist and record nothing now. "
            "SLMIndicatorNoData says so after their expected silence.",
            queries=(Target("A", health.number_silent(_OF_SERVICE)),),
        ),
        Stat(
            key="tables", title="Tables of calendars end in", at=(12, top + 1, 6, 5), datasource=CHOSEN_SOURCE,
            figures=Format("dtdurations", 1, lasting, absent="No agreements"),
            description="How long the compiled calendars and periods still last. Run slo-gen compile again before they end.",
            queries=(Target("A", health.tables_end()),),
        ),
        Stat(
            key="writable", title="Ledger can be written", at=(18, top + 1, 6, 5), datasource=CHOSEN_SOURCE, figures=yes_no,
            description="Whether the exporter can write down what it reads of tickets and probes.",
            queries=(Target("A", health.writable()),),
        ),
        Table(
            key="coverage", title="Recorded share of each window", at=(0, top + 6, 12, 8), datasource=CHOSEN_SOURCE, sort="Recorded",
            description="The share of the minutes of each SLO's window that have a record, the least first. What is not recorded is in "
            "no figure.",
            queries=(Target("A", cut_off(health.covered(_OF_SERVICE), 1), table=True),),
            columns=(
                Column(names.SLO, "SLO"), Column(names.SERVICE, "Service"), Column("Value", "Recorded", recorded, coloured=True),
            ),
        ),
        Table(
            key="sources", title="Sources of tickets and probes", at=(12, top + 6, 12, 8), datasource=CHOSEN_SOURCE,
            description="What the exporter reads: whether each source answered last, how old the newest thing is that is known of it, "
            "and its errors and refused rows of the last day.",
            queries=tuple(Target(ref, expr, table=True) for ref, expr in by_source),
            columns=(
                Column(names.SOURCE, "Source"), Column("Value #A", "Answers", yes_no, coloured=True),
                Column("Value #B", "Newest known", age), Column("Value #C", "Errors", Format("none", 0)),
                Column("Value #D", "Rows refused", Format("none", 0)),
            ),
        ),
    )  # fmt: skip
