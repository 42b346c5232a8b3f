"""Whatever a Prometheus answers, each type of panel is drawn."""

from __future__ import annotations

from typing import Any

import pytest
from boards import NOW, drawn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slo_gen.preview.panels import PANELS
from slo_gen.prometheus import Sample, Series

VALUES = st.one_of(st.sampled_from([0.0, 1.0, float("nan"), float("inf"), float("-inf"), 1e308, -1e308, 5e-324]), st.floats())
LABELS = st.dictionaries(st.sampled_from(["job", "le", "__name__"]), st.text("ab<>&\"'{}\u00e9", max_size=6), max_size=3)
POINTS = st.lists(VALUES, max_size=5).map(lambda values: tuple((NOW - 60 * (5 - place), value) for place, value in enumerate(values)))
DEFAULTS = {
    "unit": "percentunit", "decimals": 2, "thresholds": {"mode": "absolute", "steps": [
        {"color": "red", "value": None}, {"color": "green", "value": 0.9},
    ]},
}  # fmt: skip
UNITS = st.sampled_from(["percentunit", "s", "dtdurations", "dateTimeAsIso", "short", "currencyEUR"])


@pytest.mark.parametrize("kind", sorted(PANELS.keys() - {"text"}))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(series=st.lists(st.builds(Series, LABELS, POINTS), max_size=3), unit=UNITS)
def test_courses(kind: str, series: list[Series], unit: str) -> None:
    shape = "heatmap" if kind == "heatmap" else "time_series"
    page = drawn([series], **panel(kind, unit, format=shape))
    assert page.endswith("</html>\n")
    assert "NaN" not in page
    assert 'd="M' not in page or "inf" not in page.partition('d="M')[2].partition('"')[0]


@pytest.mark.parametrize("kind", ["stat", "gauge", "bargauge", "table"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(samples=st.lists(st.builds(Sample, LABELS, st.just(NOW), VALUES), max_size=3), unit=UNITS)
def test_single_figures(kind: str, samples: list[Sample], unit: str) -> None:
    assert drawn([samples], **panel(kind, unit, instant=True, format="table" if kind == "table" else "time_series")).endswith("</html>\n")


def panel(kind: str, unit: str, **target: Any) -> dict[str, Any]:
    return {"type": kind, "targets": [{"refId": "A", "expr": "x", **target}], "fieldConfig": {"defaults": {**DEFAULTS, "unit": unit}}}
