"""Where alerts about agreements lead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from promtool import complaint

from slo_gen import names
from slo_gen.rules.agreement_pages import filled_address, leading_to
from slo_gen.rules.rule import AlertRule, RecordingRule

PATTERN = "https://grafana.example/d/x?var-customer=${customer}&var-service=${service}&of=${agreement}/${target}&q={{ 1 }}"


def test_only_alerts_about_agreements_are_led_somewhere() -> None:
    rules = [RecordingRule("a", "b"), AlertRule(names.SOURCE_STALE, "x"), AlertRule(names.PERIOD_BREACHED, "x")]
    assert [getattr(rule, "annotations", {}).keys() for rule in leading_to(rules, PATTERN)] == [{}.keys(), set(), {"dashboard_url"}]
    assert list(leading_to(rules, "")) == rules


@pytest.mark.parametrize("labels", [
    {"agreement": "acme-a", "target": "p1", "slm_customer": "acme & co", "slm_service": "shop"},
    {"agreement": "uc", "target": "up", "slm_party": "cloud", "slm_service": "shop"},
])  # fmt: skip
def test_the_address_is_filled_in_when_the_alert_fires(labels: dict[str, str], tmp_path: Path) -> None:
    (rule,) = leading_to([AlertRule(names.PERIOD_BREACHED, "x > 0")], PATTERN)
    assert isinstance(rule, AlertRule)
    written = {"groups": [{"name": "g", "rules": [{"alert": rule.alert, "expr": rule.expr, "annotations": dict(rule.annotations)}]}]}
    (tmp_path / "rules.yml").write_text(json.dumps(written), encoding="utf-8")
    series = "x{" + ", ".join(f"{label}={json.dumps(value)}" for label, value in labels.items()) + "}"
    story = {"rule_files": ["rules.yml"], "tests": [{
        "interval": "1m", "input_series": [{"series": series, "values": "1 1"}],
        "alert_rule_test": [{"eval_time": "1m", "alertname": rule.alert, "exp_alerts": [
            {"exp_labels": labels, "exp_annotations": dict(filled_address(PATTERN, labels))},
        ]}],
    }]}  # fmt: skip
    (tmp_path / "story.yml").write_text(json.dumps(story), encoding="utf-8")
    done = complaint("test", "rules", "story.yml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_an_alert_does_not_have_is_all_of_them() -> None:
    assert filled_address("x=${customer}", {}) == {"dashboard_url": "x=$__all"}
    assert filled_address("", {"slm_customer": "acme"}) == {}
