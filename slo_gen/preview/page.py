"""A dashboard as one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from slo_gen.documents.markup import Markup, element, joined
from slo_gen.preview.colours import Tone, themes, tone
from slo_gen.preview.dashboard import Dashboard, Panel
from slo_gen.preview.errors import PreviewError
from slo_gen.preview.fields import looks_of
from slo_gen.preview.frames import Frame, frames_of, legend
from slo_gen.preview.paint import Paint
from slo_gen.preview.panels import PANELS, ROW, Content, Marked
from slo_gen.preview.panels.table import link_target
from slo_gen.preview.plan import Plan, Planned, panels_of, width_of
from slo_gen.preview.queries import Question, substituted
from slo_gen.preview.style import STYLE
from slo_gen.preview.transformations import transformed
from slo_gen.preview.values import Moment
from slo_gen.prometheus import Sample, Series

__all__ = ["Answers", "Listed", "draw_index", "draw_page"]

Answers = Mapping[Question, tuple[Sample, ...] | tuple[Series, ...]]
"""What a Prometheus said to each question: samples where it has no step, else series."""

_INDEX: Final = "index.html"
_FOOTER: Final = "Drawn by slo-gen preview from the same queries as in Grafana, as of the time above; this page does not refresh."


def draw_page(plan: Plan, answers: Answers, pages: Mapping[str, str]) -> str:
    """The page of a dashboard. ``pages`` are the files of all dashboards by their uid. Raises PreviewError."""
    pages = {uid: file for uid, file in pages.items() if uid != plan.dashboard.uid}    # a link to the page itself leads nowhere
    paint = Paint()
    marks = tuple(_marks(plan, answers))
    dashboard = plan.dashboard
    grids = "".join(_grid(panel) for panel in dashboard.panels) + "".join(
        _grid(inner, panel.grid_pos.y) for panel in dashboard.panels for inner in panel.panels
    )
    body = joined([
        _head(plan, pages),
        element("main", *(_placed(plan, panel, answers, pages, paint, marks) for panel in dashboard.panels), class_="grid"),
        _marked_table(marks, plan.zone),
        element("footer", element("p", _FOOTER)),
    ])  # fmt: skip
    return _document(dashboard.title, body, paint, grids, "".join(map(_height, panels_of(dashboard))))


def _head(plan: Plan, pages: Mapping[str, str]) -> Markup:
    dashboard = plan.dashboard
    links = [element("a", "All dashboards", href=_INDEX)]
    for link in dashboard.links:
        target = link_target(substituted(link.url, plan.variables, plan.span, 60), pages)
        if target:
            links.append(element("a", link.title, href=target))
    chosen = [
        f"{variable.label or variable.name}: {'all' if value in ('.*', variable.all_value) else value or 'none'}"
        for variable in dashboard.templating.list
        if not variable.hide and variable.type != "datasource"
        for value in [plan.variables[variable.name]]
    ]
    zone = f"{datetime.fromtimestamp(plan.now, plan.zone):%Z}"
    told = (
        f"As of {_told(plan.now, plan.zone)} {zone}. Charts show {_told(plan.span.start, plan.zone)} to {_told(plan.span.end, plan.zone)}, "
        "where they do not say otherwise."
    )
    return element(
        "header", element("nav", *links, aria_label="Dashboards"), element("h1", dashboard.title),
        *([element("p", dashboard.description)] if dashboard.description else []), element("p", told, class_="faint"),
        *([element("p", "Shown for " + ", ".join(chosen) + ".", class_="faint")] if chosen else []),
    )  # fmt: skip


def _told(at: float, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M}"


# --- panels --------------------------------------------------------------------------------------------------------
def _grid(panel: Panel, above: int = -1) -> str:
    """Where a panel stands on a wide screen; ``above`` is the row of the grid that holds it."""
    place = panel.grid_pos
    columns = "1/-1" if panel.type == "row" else f"{place.x + 1}/span {place.w}"
    return f"#p{panel.id}{{grid-column:{columns};grid-row:{max(1, place.y - above)}/span {place.h}}}\n"


def _height(panel: Panel) -> str:
    """Up to which height a long table or text is shown; the rest is scrolled to, as in Grafana."""
    return f"#p{panel.id} .long{{max-height:{max(120, panel.grid_pos.h * ROW - 54)}px}}\n" if panel.type in ("table", "text") else ""


def _placed(
    plan: Plan, panel: Panel, answers: Answers, pages: Mapping[str, str], paint: Paint, marks: tuple[Marked, ...]
) -> Markup:
    if panel.type != "row":
        return _panel(plan, plan.panels[panel.id], answers, pages, paint, marks)
    title = substituted(panel.title, plan.variables, plan.span, 60)
    if not panel.panels:
        return element("h2", title, id=f"p{panel.id}", class_="row")
    inner = (_panel(plan, plan.panels[each.id], answers, pages, paint, marks) for each in panel.panels)
    return element("details", element("summary", title), element("div", *inner, class_="grid"), id=f"p{panel.id}", class_="row")


def _panel(
    plan: Plan, planned: Planned, answers: Answers, pages: Mapping[str, str], paint: Paint, marks: tuple[Marked, ...]
) -> Markup:
    panel = planned.panel
    try:
        moment = Moment(plan.now, plan.zone)
        frames = transformed(panel, _frames(planned, answers))
        looks = looks_of(panel, frames, moment)
        content = Content(
            panel, frames, looks, planned.span, moment, width_of(panel), paint, marks if panel.type == "timeseries" else (), pages,
            plan.variables,
        )  # fmt: skip
        drawn = PANELS[panel.type](content)
        title = substituted(panel.title, plan.variables, planned.span, 60)
        about = substituted(panel.description, plan.variables, planned.span, 60)
    except PreviewError as error:
        raise PreviewError(f"Dashboard {plan.dashboard.title!r}: {error}") from None
    name = f"p{panel.id}-title"
    head = [element("h2", title, id=name)] if title else []
    if panel.time_from:
        head.append(element("span", f"Last {panel.time_from}", class_="faint"))
    if about:
        head.append(element("details", element("summary", "About"), element("p", about), class_="about"))
    return element(
        "section", *([element("div", *head, class_="head")] if head else []), element("div", drawn, class_="body"), id=f"p{panel.id}",
        class_=f"panel of-{panel.type}", aria_labelledby=name if title else None,
    )  # fmt: skip


def _frames(planned: Planned, answers: Answers) -> tuple[Frame, ...]:
    shown = [target for target in planned.panel.targets if not target.hide]
    tables = sum(target.format == "table" for target in shown)
    return tuple(
        frame
        for target in shown
        for frame in frames_of(target, planned.questions[target.ref], answers[planned.questions[target.ref]], tables)
    )


# --- annotations -----------------------------------------------------------------------------------------------------
def _marks(plan: Plan, answers: Answers) -> Iterator[Marked]:
    """While a series of an annotation has samples above 0 it marks the charts."""
    for annotation, question in plan.annotations:
        step = question.step or 60.0
        for each in answers[question]:
            points = ((each.time, each.value),) if isinstance(each, Sample) else each.points
            forms = (annotation.title_format, annotation.text_format)
            text = " ".join(filter(None, (legend(form, each.labels, ()) for form in forms if form)))
            for start, end in _stretches((at for at, value in points if value > 0), step):
                yield Marked(annotation.name, text, start, end, tone(annotation.icon_color))


def _stretches(instants: Iterable[float], step: float) -> Iterator[tuple[float, float]]:
    start = last = None
    for at in instants:
        if last is not None and start is not None and at - last > step * 1.5:
            yield start, last
            start = None
        start = at if start is None else start
        last = at
    if start is not None and last is not None:
        yield start, last


def _marked_table(marks: Sequence[Marked], zone: tzinfo) -> Markup:
    if not marks:
        return Markup("")
    head = element("tr", *(element("th", each, scope="col") for each in ("What", "Which", "From", "To")))
    rows = (
        element("tr", *(element("td", cell) for cell in (each.name, each.text, _told(each.start, zone), _told(each.end, zone))))
        for each in sorted(marks, key=lambda each: (each.start, each.name, each.text))
    )
    table = element("table", element("thead", head), element("tbody", *rows), class_="plain")
    return element("section", element("h2", "Marked in the charts"), element("div", table, class_="scroll", tabindex=0), class_="marked")


# --- documents -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Listed:
    """A page that the index leads to."""

    file: str
    dashboard: Dashboard


def draw_index(listed: Sequence[Listed], now: float, zone: tzinfo) -> str:
    """The page that leads to the others: those for customers first."""
    groups = {
        "For customers": [each for each in listed if "customer" in each.dashboard.tags],
        "For us": [each for each in listed if "customer" not in each.dashboard.tags],
    }
    sections = [
        element("section", element("h2", name), element("ul", *(
            element("li", element("a", each.dashboard.title, href=each.file),
                    *([element("p", each.dashboard.description)] if each.dashboard.description else []))
            for each in sorted(found, key=lambda each: (each.dashboard.title, each.file))
        ), class_="pages"), class_="panel")
        for name, found in groups.items() if found
    ]  # fmt: skip
    told = f"As of {_told(now, zone)} {datetime.fromtimestamp(now, zone):%Z}, drawn by slo-gen preview."
    body = joined([element("header", element("h1", "Dashboards"), element("p", told, class_="faint")), element("main", *sections)])
    return _document("Dashboards", body, Paint(), "", "")


def _document(title: str, body: Markup, paint: Paint, grids: str, heights: str) -> str:
    dark, light = themes(paint.used)
    style = (
        f":root{{{_properties(light)}}}\n@media (prefers-color-scheme: dark){{:root{{{_properties(dark)}}}}}\n{STYLE}"
        f"@media (min-width: 900px){{\n{grids}}}\n@media screen{{\n{heights}}}\n"
        + "".join(_coloured(each) for each in sorted(paint.used))
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    head = element(
        "head", element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("link", rel="icon", href="data:,"),
        element("title", title),
        element("style", Markup(style)),
    )  # fmt: skip
    return "<!DOCTYPE html>\n" + element("html", head, element("body", body), lang="en") + "\n"


def _coloured(tone: Tone) -> str:
    """Classes of grounds and of texts in a colour."""
    return f".b-{tone}{{background:var(--{tone});color:var(--on-{tone})}}\n.t-{tone}{{color:var(--{tone})}}\n"


def _properties(values: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in values.items())
