"""What a figure looks like in its panel: the words of its mappings, its unit, its colour."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from slo_gen.preview.colours import PALETTE, Tone, tone
from slo_gen.preview.dashboard import (
    Custom,
    FieldConfig,
    Override,
    Panel,
    RangeMapping,
    RegexMapping,
    Shown,
    SpecialMapping,
    Step,
    ValueMapping,
    read_json,
)
from slo_gen.preview.errors import PreviewError
from slo_gen.preview.frames import Field, Frame, Value
from slo_gen.preview.values import Moment, figure_text, is_known_unit

__all__ = ["Look", "Text", "looks_of"]

_PROPERTIES: Final = frozenset(
    [each.encode_name for each in msgspec.structs.fields(FieldConfig) if each.name != "custom"]
    + [f"custom.{each.encode_name}" for each in msgspec.structs.fields(Custom)]
    + ["description", "filterable", "custom.width", "custom.minWidth", "custom.inspect", "custom.filterable", "custom.gradientMode",
       "custom.pointSize", "custom.axisLabel"]
)  # fmt: skip
"""What an override may change; the last are of no account in a picture."""


@dataclass(frozen=True, slots=True)
class Text:
    """A value as it is shown. ``colour`` is None where nothing gives it one."""

    text: str
    colour: Tone | None


@dataclass(frozen=True, slots=True)
class Look:
    """How the values of one field are shown."""

    field: Field
    config: FieldConfig
    moment: Moment
    place: int
    """Which of the figures of its panel it is: series without a colour of their own take one by it."""

    @property
    def heading(self) -> str:
        return self.config.display_name or self.field.shown_as

    @property
    def steps(self) -> tuple[Step, ...]:
        """Thresholds in the unit of the figures."""
        found = self.config.thresholds
        if found is None:
            return ()
        if found.mode == "absolute":
            return found.steps
        low, high = self.bounds
        return tuple(
            step if step.value is None else msgspec.structs.replace(step, value=low + (high - low) * step.value / 100)
            for step in found.steps
        )

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the most that figures are drawn between."""
        numbers = [value for value in self.field.values if isinstance(value, float) and math.isfinite(value)]
        low = self.config.min if self.config.min is not None else min(numbers, default=0.0)
        high = self.config.max if self.config.max is not None else max(numbers, default=low)
        return low, high

    def shown(self, value: Value) -> Text:
        """The words and the colour of a value; what no mapping names has its unit, and the colour of its threshold."""
        mapped = self._mapped(value)
        text = self._text(value) if mapped is None or mapped.text is None else mapped.text
        colour = tone(mapped.color) if mapped is not None and mapped.color else self.threshold(value)
        return Text(text, colour)

    def is_mapped(self, value: Value) -> bool:
        """Whether a mapping has words for it."""
        found = self._mapped(value)
        return found is not None and found.text is not None

    def figure(self, value: float) -> str:
        """A number in the unit, whatever mappings say: on an axis."""
        return figure_text(value, self.config.unit, self.config.decimals, self.moment)

    def threshold(self, value: Value) -> Tone | None:
        """The colour of the highest step that a figure reaches."""
        if not isinstance(value, float | int):
            return None
        found = None
        for step in self.steps:
            if step.value is None or value >= step.value:
                found = tone(step.color)
        return found

    def series_colour(self, value: Value = None) -> Tone:
        """The colour of the whole field in a chart; of ``value`` where thresholds decide."""
        colour = self.config.color
        if colour is not None and colour.mode == "fixed":
            return tone(colour.fixed_color)
        if colour is not None and colour.mode == "thresholds":
            return self.threshold(value) or tone("text")
        return tone(PALETTE[self.place % len(PALETTE)])

    def _text(self, value: Value) -> str:
        if value is None:
            return self.config.no_value or ""
        if isinstance(value, str):
            return value
        unit = self.config.unit
        if self.field.kind == "time" and not unit:
            unit = "dateTimeAsIso"
        marks = [step.value for step in self.steps if step.value is not None]
        return figure_text(value, unit, self.config.decimals, self.moment, marks)

    def _mapped(self, value: Value) -> Shown | None:
        for mapping in self.config.mappings:
            match mapping:
                case ValueMapping():
                    found = mapping.options.get(_key(value)) if value is not None else None
                    if found is not None:
                        return found
                case RangeMapping():
                    options = mapping.options
                    if isinstance(value, float | int) and (
                        (options.low is None or value >= options.low) and (options.high is None or value <= options.high)
                    ):
                        return options.result
                case RegexMapping():
                    if isinstance(value, str) and re.search(_bare(mapping.options.pattern), value):
                        return mapping.options.result
                case SpecialMapping():
                    if _is_special(value, mapping.options.match):
                        return mapping.options.result
        return None


def looks_of(panel: Panel, frames: Sequence[Frame], moment: Moment) -> dict[int, Look]:
    """How each field of the frames is shown, by the identity of the field. Raises PreviewError for what is not known."""
    found: dict[int, Look] = {}
    place = 0
    for frame in frames:
        for each in frame.fields:
            config = _config(panel, frame, each)
            if not is_known_unit(config.unit):
                raise PreviewError(f"The unit {config.unit!r} of panel {panel.title!r} is not known here.")
            found[id(each)] = Look(each, config, moment, place)
            place += each.kind == "number"
    return found


def _config(panel: Panel, frame: Frame, each: Field) -> FieldConfig:
    said: dict[str, Any] = copy.deepcopy(panel.field_config.defaults)
    if each.kind == "string":
        said.pop("unit", None)
    name = str(said.get("displayName") or each.shown_as)
    for override in panel.field_config.overrides:
        if not _is_meant(override, panel, frame, each, name):
            continue
        for change in override.properties:
            if change.id not in _PROPERTIES:
                raise PreviewError(f"An override of panel {panel.title!r} changes {change.id!r}, which is not known here.")
            _lay(said, change.id.split("."), change.value)
    config: FieldConfig = read_json(said, FieldConfig, f"Field {each.shown_as!r} of panel {panel.title!r}")
    return config


def _lay(said: dict[str, Any], path: Sequence[str], value: object) -> None:
    for key in path[:-1]:
        said = said.setdefault(key, {})
    said[path[-1]] = value


def _is_meant(override: Override, panel: Panel, frame: Frame, each: Field, name: str) -> bool:
    matcher = override.matcher
    match matcher.id:
        case "byName":
            return str(matcher.options) in (name, each.shown_as)
        case "byNames":
            return each.shown_as in _names(matcher.options)
        case "byFrameRefID":
            return frame.ref == str(matcher.options)
        case "byType":
            return each.kind == str(matcher.options)
        case "byRegexp":
            try:
                return re.search(_bare(str(matcher.options)), each.shown_as) is not None
            except re.error as error:
                raise PreviewError(f"An override of panel {panel.title!r} has a pattern that cannot be read: {error}.") from None


def _names(options: object) -> Sequence[str]:
    """A list of names, bare or under the key ``names``."""
    found = options.get("names", ()) if isinstance(options, dict) else options
    return found if isinstance(found, list | tuple) else ()


def _bare(pattern: str) -> str:
    found = re.fullmatch(r"/(.*)/([gimsuy]*)", pattern, re.DOTALL)
    return pattern if found is None else ("(?i)" if "i" in found[2] else "") + found[1]


def _key(value: float | str) -> str:
    """A value as the keys of mappings write it."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _is_special(value: Value, match: str) -> bool:
    missing = value is None
    undefined = isinstance(value, float) and math.isnan(value)
    return {
        "null": missing, "nan": undefined, "null+nan": missing or undefined, "empty": value == "", "true": value == "true",
        "false": value == "false",
    }[match]  # fmt: skip

