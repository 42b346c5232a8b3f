"""Alertmanager's configuration as YAML text, in Alertmanager's own form. The same configuration gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from slo_gen.alertmanager.configuration import Configuration, InhibitRule, Matcher, Moments, Route, TimeInterval
from slo_gen.outputs.yaml_text import yaml_string
from slo_gen.rules.promql import duration
from slo_gen.spec.notification import Integration, Receiver, Setting

__all__ = ["Tree", "matcher_text", "render_fragment", "render_whole", "time_of_day", "weekday_ranges", "yaml_block"]

_WEEKDAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
"""In the order in which Alertmanager counts them."""

Tree = str | int | bool | Sequence["Tree"] | Mapping[str, "Tree"]
"""A YAML value. A key that begins with ``#`` is a comment, in the place of what it maps to."""


def render_fragment(configuration: Configuration) -> str:
    """What is to be merged into the user's own file: one route under ``route.routes``, the rest as lists of their own.

    Receivers that documents only name are left out: they are the user's.
    """
    defined = [receiver for receiver in configuration.receivers if receiver.integrations is not None]
    route: dict[str, Tree] = {"routes": [_route(configuration.route, ("continue", False))]}
    return yaml_block({"route": route, **_parts(configuration, defined)})


def render_whole(configuration: Configuration, root: str) -> str:
    """A whole file, with every receiver. ``root`` is told of alerts that are not of slo-gen."""
    settings: dict[str, Tree] = {"global": _settings(configuration.settings)} if configuration.settings else {}
    route: dict[str, Tree] = {"receiver": root, "routes": [_route(configuration.route)]}
    return yaml_block({**settings, "route": route, **_parts(configuration, configuration.receivers)})


def _parts(configuration: Configuration, receivers: Sequence[Receiver]) -> dict[str, Tree]:
    return {
        "receivers": [_receiver(receiver) for receiver in receivers],
        "inhibit_rules": [_inhibit_rule(rule) for rule in configuration.inhibit_rules],
        "time_intervals": [_time_interval(interval) for interval in configuration.time_intervals],
    }


# --- routes --------------------------------------------------------------------------------------------------
def matcher_text(matcher: Matcher) -> str:
    """One matcher; its value is quoted, so that no character of it means anything."""
    value = matcher.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{matcher.label}{matcher.op}"{value}"'


def _route(route: Route, *first: tuple[str, Tree]) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    if route.about:
        found["#"] = route.about
    found["matchers"] = [matcher_text(matcher) for matcher in route.matchers]
    found.update(first)
    if route.receiver:
        found["receiver"] = route.receiver
    if route.group_by:
        found["group_by"] = list(route.group_by)
    for key, seconds in (("group_wait", route.wait), ("group_interval", route.interval), ("repeat_interval", route.repeat)):
        if seconds is not None:
            found[key] = duration(seconds)
    if route.active:
        found["active_time_intervals"] = list(route.active)
    if route.mute:
        found["mute_time_intervals"] = list(route.mute)
    if route.on:
        found["continue"] = True
    if route.routes:
        found["routes"] = [_route(each) for each in route.routes]
    return found


def _inhibit_rule(rule: InhibitRule) -> dict[str, Tree]:
    found: dict[str, Tree] = {"#": rule.about} if rule.about else {}
    found["source_matchers"] = [matcher_text(matcher) for matcher in rule.sources]
    found["target_matchers"] = [matcher_text(matcher) for matcher in rule.targets]
    if rule.equal:
        found["equal"] = list(rule.equal)
    return found


# --- receivers -----------------------------------------------------------------------------------------------
def _receiver(receiver: Receiver) -> dict[str, Tree]:
    found: dict[str, Tree] = {"name": receiver.name}
    for integration in receiver.integrations or ():
        listed = found.setdefault(f"{integration.kind}_configs", [])
        assert isinstance(listed, list)
        listed.append(_integration(integration))
    return found


def _integration(integration: Integration) -> dict[str, Tree]:
    settings = _settings(integration.settings)
    if integration.kind == "email":
        to = integration.settings["to"]
        assert isinstance(to, tuple)
        settings["to"] = ", ".join(map(str, to))
    return settings


def _settings(settings: Mapping[str, Setting]) -> dict[str, Tree]:
    return dict(settings)


# --- time ----------------------------------------------------------------------------------------------------
def time_of_day(minutes: int) -> str:
    """``1080`` as ``18:00``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def weekday_ranges(weekdays: Sequence[int]) -> list[str]:
    """Days (0 is Monday) as Alertmanager writes them: from Sunday on, no range over the end of its week."""
    numbers = sorted((day + 1) % 7 for day in weekdays)
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [_WEEKDAYS[first] if first == last else f"{_WEEKDAYS[first]}:{_WEEKDAYS[last]}" for first, last in found]


def _time_interval(interval: TimeInterval) -> dict[str, Tree]:
    return {"name": interval.name, "time_intervals": [_moments(moments, interval.timezone) for moments in interval.moments]}


def _moments(moments: Moments, timezone: str) -> dict[str, Tree]:
    found: dict[str, Tree] = {
        "times": [{"start_time": time_of_day(span.start), "end_time": time_of_day(span.end)} for span in moments.times]
    }
    if moments.weekdays:
        found["weekdays"] = weekday_ranges(moments.weekdays)
    if moments.days:
        found["days_of_month"] = [str(first) if first == last else f"{first}:{last}" for first, last in moments.days]
        found["months"] = [str(moments.month)]
        found["years"] = [str(moments.year)]
    found["location"] = timezone
    return found


# --- YAML ----------------------------------------------------------------------------------------------------
def yaml_block(tree: Mapping[str, Tree], indent: str = "") -> str:
    """A mapping in block style; short lists of texts stay on one line."""
    return "".join(_entry(key, value, indent) for key, value in tree.items())


def _entry(key: str, value: Tree, indent: str) -> str:
    if key == "#":
        return f"{indent}# {value}\n"
    plain = key if key.replace("_", "").isalnum() and key.isascii() else yaml_string(key)
    if isinstance(value, Mapping):
        return f"{indent}{plain}:\n{yaml_block(value, indent + '  ')}" if value else f"{indent}{plain}: {{}}\n"
    if isinstance(value, str | bool | int):
        return f"{indent}{plain}: {_scalar(value)}\n"
    if all(isinstance(each, str) for each in value):
        return f"{indent}{plain}: [{', '.join(map(_scalar, value))}]\n"
    return f"{indent}{plain}:\n{''.join(_item(each, indent) for each in value)}"


def _item(value: Tree, indent: str) -> str:
    if not isinstance(value, Mapping):
        return f"{indent}- {_scalar(value)}\n"
    lines = list(_comments(value, indent))
    body = yaml_block({key: each for key, each in value.items() if key != "#"}, f"{indent}  ")
    return "".join(lines) + (f"{indent}- {body[len(indent) + 2:]}" if body else f"{indent}- {{}}\n")


def _comments(value: Mapping[str, Tree], indent: str) -> Iterator[str]:
    if "#" in value:
        yield f"{indent}# {value['#']}\n"


def _scalar(value: Tree) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if ('"' in value or "\\" in value) and value.isascii() and value.isprintable():
        return "'" + value.replace("'", "''") + "'"      # matchers and templates are full of double quotes
    return yaml_string(value)
