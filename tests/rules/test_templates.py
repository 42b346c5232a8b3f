"""What users write is printed by a template and never run as one."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from promtool import run

from slo_gen.outputs.yaml_text import render_groups, yaml_string
from slo_gen.rules.rule import AlertRule, RuleGroup
from slo_gen.rules.templates import literal

NASTY = ["{{ evil }}", "{", "{{", "}}", "{{{", "a{", "{{/*", '{{"', "{{- x -}}", "\\", "$labels.a", "`", "{{ `{{` }}", "50 % {of} it"]


@given(st.text(st.sampled_from("{}\"`ab -/*\\")))
def test_a_literal_has_no_action_of_the_text(text: str) -> None:
    """Every brace that opens comes from ``literal`` itself."""
    assert literal(text).replace('{{"{"}}', "\0").count("{") == 0
    assert literal(text).replace('{{"{"}}', "{") == text


def test_prometheus_prints_literals_as_they_are(tmp_path: Path) -> None:
    rules = tuple(
        AlertRule(f"A{number}", "vector(1)", annotations={"text": literal(text) + "{{ $value }}"}) for number, text in enumerate(NASTY)
    )
    (tmp_path / "rules.yml").write_text(render_groups([RuleGroup("g", 60, rules)]))
    expected = "".join(
        f"  - eval_time: 0s\n    alertname: A{number}\n    exp_alerts:\n    - exp_annotations: {{text: {yaml_string(text + '1')}}}\n"
        for number, text in enumerate(NASTY)
    )
    (tmp_path / "test.yml").write_text(f"rule_files: [rules.yml]\ntests:\n- interval: 1m\n  alert_rule_test:\n{expected}")
    assert "SUCCESS" in run("test", "rules", "test.yml", cwd=tmp_path)
