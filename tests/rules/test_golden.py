"""The shared rules of a small catalogue, as a reader of a rule file meets them."""

from __future__ import annotations

from pathlib import Path

import pytest
from catalogues import DAY, PAIRS, agreement, catalogue, indicator, slo

from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.compile import shared_groups
from slo_gen.spec.model import Catalogue

GOLDEN = Path(__file__).parent / "golden"

CATALOGUES = {
    "one_slo": catalogue([indicator("checkout")], [slo("checkout-availability", "checkout")]),
    "several": catalogue(
        [indicator("checkout", counting="exact"), indicator("search", by=("region",), expected_silence=1800), indicator("mail")],
        [
            slo("checkout-availability", "checkout", "0.9995", labels={"tier": "1"}, dashboard_url="https://grafana.example/d/checkout"),
            slo("checkout-weekly", "checkout", "0.99", window=7 * DAY, alerts=PAIRS[:2]),
            slo("search-availability", "search", title="Search {{ answers }}", annotations={"note": "call 555"}, team=""),
        ],
        [agreement("acme-checkout", "checkout"), agreement("draft-checkout", "checkout", state="draft")],
    ),
}


@pytest.mark.parametrize("name", CATALOGUES)
def test_rules_are_as_shown(name: str, update_golden: bool) -> None:
    of: Catalogue = CATALOGUES[name]
    text, path = render_groups(shared_groups(of)), GOLDEN / f"{name}.yml"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
