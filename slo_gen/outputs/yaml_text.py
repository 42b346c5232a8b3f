"""Rule files as YAML text: the same rules give the same bytes, and every text is quoted by one function."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from slo_gen.rules.promql import duration
from slo_gen.rules.rule import AlertRule, Rule, RuleGroup

__all__ = ["indented", "render_groups", "render_rule", "yaml_mapping", "yaml_string"]

_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_BLOCK: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?(?:\n[!-~](?:[ -~]*[!-~])?)*")


def yaml_string(text: str) -> str:
    """``text`` as a double-quoted YAML scalar on one line."""
    if text.isascii() and text.isprintable():
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def yaml_mapping(mapping: Mapping[str, str], indent: str) -> str:
    """``mapping`` as lines, sorted by key."""
    return "".join(f"{indent}{yaml_string(key)}: {yaml_string(value)}\n" for key, value in sorted(mapping.items()))


def render_groups(groups: Sequence[RuleGroup]) -> str:
    """The ``groups:`` of a rule file."""
    if not groups:
        return "groups: []\n"
    return "groups:\n" + "".join(map(_group, groups))


def indented(text: str, indent: str) -> str:
    """``text`` with ``indent`` before every line; block scalars stay what they are."""
    return "".join(f"{indent}{line}" for line in text.splitlines(keepends=True))


def _group(group: RuleGroup) -> str:
    return f"- name: {yaml_string(group.name)}\n  interval: {duration(group.interval)}\n  rules:\n" + "".join(map(render_rule, group.rules))


def render_rule(rule: Rule) -> str:
    """One entry of a group's ``rules:``."""
    if isinstance(rule, AlertRule):
        head = f"  - alert: {yaml_string(rule.alert)}\n{_expression(rule.expr)}"
        if rule.hold:
            head += f"    for: {duration(rule.hold)}\n"
        if rule.keep_firing:
            head += f"    keep_firing_for: {duration(rule.keep_firing)}\n"
        return head + _mapping("labels", rule.labels) + _mapping("annotations", rule.annotations)
    return f"  - record: {yaml_string(rule.record)}\n{_expression(rule.expr)}{_mapping('labels', rule.labels)}"


def _expression(expr: str) -> str:
    """As a block where it can be read as it is; quoted where any character in it would need an escape."""
    if _BLOCK.fullmatch(expr):
        return "    expr: |-\n" + "".join(f"      {line}\n" for line in expr.split("\n"))
    return f"    expr: {yaml_string(expr)}\n"


def _mapping(name: str, mapping: Mapping[str, str]) -> str:
    return f"    {name}:\n{yaml_mapping(mapping, '      ')}" if mapping else ""
