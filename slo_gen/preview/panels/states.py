"""States over time: state timeline and status history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from slo_gen.documents.charts import Size, State, States, state_bands, status_boxes
from slo_gen.documents.markup import Markup, element, joined
from slo_gen.preview.colours import tone
from slo_gen.preview.dashboard import Record, read_json
from slo_gen.preview.fields import Look
from slo_gen.preview.panels.content import Content, at_both_widths, chart_size, figures_table, legend, no_data, span_axis

__all__ = ["draw_state_timeline", "draw_status_history"]


class StateOptions(Record, frozen=True, kw_only=True):
    merge_values: bool = True
    show_value: Literal["auto", "always", "never"] = "auto"


def draw_state_timeline(content: Content) -> Markup:
    options: StateOptions = read_json(content.panel.options, StateOptions, f"Panel {content.panel.title!r}")
    rows = [States(row.name, _merged(row.states) if options.merge_values else row.states) for row in _rows(content, 0.0)]
    if not any(row.states for row in rows):
        return element("p", no_data(content).text, class_="absent")
    title = f"{content.panel.title}: {_told(rows)}"
    chart = at_both_widths(
        lambda size: state_bands(rows, span_axis(content, size), size, title, texts=options.show_value != "never"),
        _wide(content, len(rows)), _narrow(len(rows)),
    )  # fmt: skip
    return joined([chart, _key(content), _table(content, rows)])


def draw_status_history(content: Content) -> Markup:
    options: StateOptions = read_json(content.panel.options, StateOptions, f"Panel {content.panel.title!r}")
    step = max((frame.step or 0.0 for frame in content.frames), default=0.0)
    rows = list(_rows(content, -step / 2))
    if not any(row.states for row in rows):
        return element("p", no_data(content).text, class_="absent")
    title = f"{content.panel.title}: {_told(rows)}"
    chart = at_both_widths(
        lambda size: status_boxes(
            rows, span_axis(content, size, step / 2), size, title, texts=options.show_value != "never"
        ),
        _wide(content, len(rows)), _narrow(len(rows)),
    )  # fmt: skip
    return joined([chart, _key(content), _table(content, [States(row.name, _merged(row.states)) for row in rows])])


def _rows(content: Content, shift: float) -> Iterator[States]:
    """The states of each series; a state lasts until the next sample, or one step where none follows."""
    for frame, each, times in content.series():
        if times is None:
            continue
        look = content.look(each)
        step = frame.step or (content.span.end - content.span.start)
        instants = [at / 1000 for at in times.values if isinstance(at, float)]
        states = []
        for number, (at, value) in enumerate(zip(instants, each.values, strict=True)):
            after = instants[number + 1] if number + 1 < len(instants) else at + step
            if value is not None:
                states.append(_state(content, look, value, at + shift, min(after, at + step) + shift))
        yield States(look.heading, tuple(states))


def _state(content: Content, look: Look, value: float | str, start: float, end: float) -> State:
    shown = look.shown(value)
    colour = shown.colour or tone("text")
    return State(start, end, shown.text, content.paint.css(colour), content.paint.on(colour))


def _merged(states: tuple[State, ...]) -> tuple[State, ...]:
    """Neighbours that say the same as one."""
    found: list[State] = []
    for each in states:
        last = found[-1] if found else None
        if last is not None and (last.text, last.colour) == (each.text, each.colour) and each.start - last.end < 1:
            found[-1] = State(last.start, each.end, last.text, last.colour, last.ink)
        else:
            found.append(each)
    return tuple(found)


def _wide(content: Content, rows: int) -> Size:
    room = chart_size(content, below=56)
    return Size(room.width, max(60, min(room.height, rows * 56 + 32)))


def _narrow(rows: int) -> int:
    return max(1, rows) * 44 + 32


def _told(rows: list[States]) -> str:
    return "; ".join(f"{row.name or 'state'}, last {row.states[-1].text}" for row in rows if row.states)


def _key(content: Content) -> Markup:
    """Which colour means what: the words of the mappings that occur."""
    found: dict[str, str] = {}
    for _, each, _ in content.series():
        look = content.look(each)
        for value in each.values:
            if value is not None and look.is_mapped(value):
                shown = look.shown(value)
                found.setdefault(shown.text, content.paint.css(shown.colour or tone("text")))
    return legend(sorted(found.items())) if found else Markup("")


def _table(content: Content, rows: list[States]) -> Markup:
    def told(at: float) -> str:
        return f"{datetime.fromtimestamp(at, content.moment.zone):%Y-%m-%d %H:%M}"

    cells = [[row.name, each.text, told(each.start), told(each.end)] for row in rows for each in row.states]
    return figures_table(("Name", "State", "From", "To"), cells)
