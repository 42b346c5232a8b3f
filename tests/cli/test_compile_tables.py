"""For which years tables are made, and what is said of targets that no rule can show live."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]

DOCUMENTS = """\
kind: Service
metadata: {name: shop}
---
kind: Indicator
metadata: {name: requests}
spec: {service: shop, events: {total: 'requests_total', bad: 'requests_total{code="500"}'}}
---
kind: Supplier
metadata: {name: bigcloud}
---
kind: UC
metadata: {name: cloud}
spec:
  supplier: bigcloud
  service: shop
  state: active
  period: {length: month, timezone: UTC}
  targets:
    - {name: availability, indicator: requests, objective: at least 99.5%}
    - {name: mean, indicator: requests, objective: at least 99%, measure: {method: interval_mean, interval: 7m}}
"""


def written(run: Run, tmp_path: Path, *more: str) -> str:
    (tmp_path / "specs").mkdir(exist_ok=True)
    (tmp_path / "specs" / "all.yaml").write_text(DOCUMENTS)
    done = run("compile", str(tmp_path / "specs"), "--out", str(tmp_path / "out"), *more)
    return done.output


def test_a_comparison_is_about_the_year_that_the_folder_was_made_for(run: Run, tmp_path: Path) -> None:
    """So that nothing fails on New Year's Day; another year is asked for by name."""
    written(run, tmp_path, "--as-of", "2031-07-01")
    assert "differs" not in written(run, tmp_path, "--check")
    assert "rules/slm-calendar.yml: differs" in written(run, tmp_path, "--check", "--as-of", "2032-07-01")


def test_targets_that_are_not_live_are_told(run: Run, tmp_path: Path) -> None:
    told = written(run, tmp_path)
    assert "1 target without live figures" in told
    assert "cloud/mean: intervals of 420 s are no whole multiple of 60 s that divides the day" in told


def test_nothing_of_agreements_is_live_on_victoriametrics(run: Run, tmp_path: Path) -> None:
    told = written(run, tmp_path, "--target", "victoriametrics")
    assert "2 targets without live figures" in told
    assert "cloud/availability: on VictoriaMetrics" in told


def test_targets_without_a_share_and_deadlines_without_an_alert_are_told(run: Run, tmp_path: Path) -> None:
    """A longest outage is no share, so no rule sums it up; errors among events are no outage that began."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "all.yaml").write_text(DOCUMENTS.replace("  targets:\n", """\
  credits: {of: affected_fee, tiers: [{below: 99.5%, credit: 10%}]}
  claim: {notify: {within: 5bd, after: incident_start}}
  targets:
    - {name: longest, indicator: requests, objective: at most 60m, measure: {method: per_interruption, interval: 1m, reduce: max}}
"""))
    specs = str(tmp_path / "specs")
    told = run("compile", specs, "--out", str(tmp_path / "out")).output
    assert "cloud/longest: rules add up; a max over interruptions is evaluated when the period is closed" in told
    assert "slo-gen: no alert before cloud/availability must be claimed: the deadline to notify runs from the beginning" in told
    explained = run("explain", "cloud", specs).output
    assert "not live: rules add up; a max over interruptions" in explained
    assert "no alert before it must be claimed: the deadline to notify runs from the beginning of an incident" in explained
    everything = run("compile", specs, "--out", str(tmp_path / "other"), "--target", "victoriametrics").output
    assert "cloud/longest: on VictoriaMetrics" in everything
