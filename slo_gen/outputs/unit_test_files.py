"""The compiler's unit tests as files for ``promtool test rules``; they lie beside the rules they read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from slo_gen.outputs.targets import HEADER, Target, file_name
from slo_gen.outputs.yaml_text import render_groups, yaml_mapping, yaml_string
from slo_gen.rules.promql import duration
from slo_gen.rules.rule import RuleGroup
from slo_gen.rules.unit_tests import Expectation, ExpectedAlert, ExpectedCount, UnitTest, UnitTestFile

__all__ = ["render_unit_tests"]

_PLAIN_RULES: Final = frozenset({"prometheus", "victoriametrics"})
"""Targets whose rule files promtool can read as they are."""


def render_unit_tests(target: Target, tests: Sequence[UnitTestFile], groups: Sequence[RuleGroup]) -> dict[str, str]:
    """Relative path to text. For targets that wrap their rules, a plain copy for promtool lies with the tests."""
    folder = "../rules" if target in _PLAIN_RULES else "rules"
    files = {f"tests/{file_name(test.name)}.test.yml": _file(test, folder) for test in tests}
    if target not in _PLAIN_RULES:
        files |= {f"tests/rules/{file_name(group.name)}.yml": HEADER + render_groups([group]) for group in groups}
    return files


def _file(file: UnitTestFile, folder: str) -> str:
    rule_files = "".join(f"- {yaml_string(f'{folder}/{file_name(name)}.yml')}\n" for name in file.groups)
    order = "".join(f"- {yaml_string(name)}\n" for name in file.groups)
    head = f"{HEADER}rule_files:\n{rule_files}evaluation_interval: {duration(file.interval)}\ngroup_eval_order:\n{order}tests:\n"
    return head + "".join(_test(test, file.interval) for test in file.tests)


def _test(test: UnitTest, interval: int) -> str:
    inputs = "".join(f"  - series: {yaml_string(each.series)}\n    values: {yaml_string(each.values)}\n" for each in test.inputs)
    return (
        f"- name: {yaml_string(test.name)}\n  interval: {duration(interval)}\n"
        + (f"  input_series:\n{inputs}" if inputs else "")
        + ("  promql_expr_test:\n" + "".join(map(_count, test.counts)) if test.counts else "")
        + ("  alert_rule_test:\n" + "".join(map(_expectation, test.expectations)) if test.expectations else "")
    )


def _count(expected: ExpectedCount) -> str:
    samples = f"    exp_samples:\n    - labels: \"{{}}\"\n      value: {expected.value}\n"
    return f"  - expr: {yaml_string(expected.expr)}\n    eval_time: {duration(expected.at)}\n{samples}"


def _expectation(expectation: Expectation) -> str:
    head = f"  - eval_time: {duration(expectation.at)}\n    alertname: {yaml_string(expectation.alert)}\n"
    if not expectation.alerts:
        return f"{head}    exp_alerts: []\n"
    return f"{head}    exp_alerts:\n" + "".join(map(_alert, expectation.alerts))


def _alert(alert: ExpectedAlert) -> str:
    return (
        f"    - exp_labels:\n{yaml_mapping(alert.labels, '        ')}"
        + (f"      exp_annotations:\n{yaml_mapping(alert.annotations, '        ')}" if alert.annotations else "")
    )
