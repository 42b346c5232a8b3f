"""How figures are shown: units, colours, words, links, and what differs for some of the fields of a panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from sla_dashboards.modern.ids import Colour, MatcherId, Unit
from sla_dashboards.modern.json_values import Json, JsonObject

__all__ = [
    "GREY", "PLAIN", "PLAIN_CELL", "Cell", "DataLink", "Format", "Line", "Matcher", "Override", "Properties", "RangeText", "Step",
    "ValueText", "by_name", "by_query", "by_regex",
]  # fmt: skip

GREY: Final[Colour] = "#808080"
"""The colour of what is not known, in the light theme and in the dark one."""

NO_DATA: Final = "No data"


@dataclass(frozen=True, slots=True)
class Step:
    """From ``value`` on a figure has this colour; None is the base, below all others."""

    colour: Colour
    value: float | None = None


@dataclass(frozen=True, slots=True)
class ValueText:
    """The words in which a figure, or a text of a table, is shown."""

    value: int | str
    text: str
    colour: Colour


@dataclass(frozen=True, slots=True)
class RangeText:
    """The words in which all figures of a range are shown; None: without an end."""

    low: float | None
    high: float | None
    text: str
    colour: Colour


@dataclass(frozen=True, slots=True)
class DataLink:
    """Where a click on a figure leads. Grafana fills in ``${__data.fields["name"]}`` and ``${__field.labels.name}``."""

    title: str
    url: str
    new_tab: bool = False

    def to_json_data(self) -> JsonObject:
        return {"title": self.title, "url": self.url, "targetBlank": self.new_tab}


@dataclass(frozen=True, slots=True)
class Format:
    """How figures of a panel or a column are shown. ``name``: of the field, in place of its own; ``least`` and ``most`` bound an axis.

    ``absent``: what is said where there is no figure.
    """

    unit: Unit = "none"
    decimals: int | None = None
    steps: tuple[Step, ...] = (Step("text"),)
    texts: tuple[ValueText | RangeText, ...] = ()
    least: float | None = None
    most: float | None = None
    name: str = ""
    absent: str = NO_DATA
    absent_colour: Colour = GREY
    links: tuple[DataLink, ...] = ()

    def properties(self) -> JsonObject:
        values = [each for each in self.texts if isinstance(each, ValueText)]
        ranges = [each for each in self.texts if isinstance(each, RangeText)]
        mappings: list[Json] = []
        if values:
            mappings.append({"type": "value", "options": {
                str(each.value): {"text": each.text, "color": each.colour, "index": index} for index, each in enumerate(values)
            }})  # fmt: skip
        for index, each in enumerate(ranges, len(values)):
            mappings.append({"type": "range", "options": {
                "from": each.low, "to": each.high, "result": {"text": each.text, "color": each.colour, "index": index},
            }})  # fmt: skip
        mappings.append({"type": "special", "options": {
            "match": "null+nan", "result": {"text": self.absent, "color": self.absent_colour, "index": len(self.texts)},
        }})  # fmt: skip
        found: dict[str, Json] = {
            "unit": self.unit,
            "noValue": self.absent,
            "thresholds": {"mode": "absolute", "steps": [{"color": step.colour, "value": step.value} for step in self.steps]},
            "mappings": mappings,
        }
        optional: dict[str, Json] = {
            "decimals": self.decimals, "min": self.least, "max": self.most, "displayName": self.name or None,
            "links": [link.to_json_data() for link in self.links] or None,
        }  # fmt: skip
        return found | {key: value for key, value in optional.items() if value is not None}


PLAIN: Final = Format()
"""Figures as they are."""


class Properties(Protocol):
    """Something that says how a field is shown."""

    def properties(self) -> JsonObject:
        """Identifiers of properties, and their values."""


@dataclass(frozen=True, slots=True)
class Line:
    """How the lines of some queries differ from the others of their panel; None: they do not.

    ``fill`` is the opacity of the area below, 0 to 100.
    """

    style: Literal["solid", "dash", "dot"] | None = None
    width: int | None = None
    fill: int | None = None
    colour: Colour | None = None
    stepped: bool = False
    right_axis: bool = False

    def properties(self) -> JsonObject:
        dashes: dict[str, list[Json]] = {"solid": [], "dash": [8, 6], "dot": [0, 6]}
        found: dict[str, Json] = {}
        if self.style is not None:
            found["custom.lineStyle"] = {"fill": self.style, **({"dash": dashes[self.style]} if dashes[self.style] else {})}
        if self.width is not None:
            found["custom.lineWidth"] = self.width
        if self.fill is not None:
            found["custom.fillOpacity"] = self.fill
        if self.stepped:
            found["custom.lineInterpolation"] = "stepAfter"
        if self.right_axis:
            found["custom.axisPlacement"] = "right"
        if self.colour is not None:
            found["color"] = {"mode": "fixed", "fixedColor": self.colour}
        return found


@dataclass(frozen=True, slots=True)
class Cell:
    """How the cells of a column look."""

    kind: Literal["plain", "background", "text", "bar"] = "plain"
    width: int | None = None

    def properties(self) -> JsonObject:
        options: dict[str, JsonObject] = {
            "background": {"type": "color-background", "mode": "basic"}, "text": {"type": "color-text"},
            "bar": {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"},
        }  # fmt: skip
        found: dict[str, Json] = {}
        if self.kind != "plain":
            found["custom.cellOptions"] = options[self.kind]
        if self.width is not None:
            found["custom.width"] = self.width
        return found


PLAIN_CELL: Final = Cell()


@dataclass(frozen=True, slots=True)
class Matcher:
    """Which fields of a panel are meant."""

    id: MatcherId
    options: str

    def to_json_data(self) -> JsonObject:
        return {"id": self.id, "options": self.options}


def by_name(field: str) -> Matcher:
    """The field with this name, as it is after the transformations."""
    return Matcher("byName", field)


def by_query(ref: str) -> Matcher:
    """The fields that one query gives, by its letter."""
    return Matcher("byFrameRefID", ref)


def by_regex(pattern: str) -> Matcher:
    """The fields whose name matches, written as /pattern/."""
    return Matcher("byRegexp", pattern)


@dataclass(frozen=True, slots=True)
class Override:
    """What differs for some fields of a panel."""

    matcher: Matcher
    looks: tuple[Properties, ...]

    def to_json_data(self) -> JsonObject:
        said = {name: value for look in self.looks for name, value in look.properties().items()}
        return {"matcher": self.matcher.to_json_data(), "properties": [{"id": name, "value": said[name]} for name in sorted(said)]}
