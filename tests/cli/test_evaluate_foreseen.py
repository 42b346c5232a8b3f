"""``slo-gen evaluate`` on a period that is not over: what comes at the present rate, and where nothing is foretold."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_evaluate_beside_the_figure import OF_CREDITS, Run, evaluated, minutes, with_target, words

HALF = 21_600                                    # minutes of April


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def down(length: int, of: int = HALF) -> None:
    """So many minutes are down at the beginning of those that were seen."""
    minutes(of, lambda n: str(int(n >= length)))


def projection(run: Run) -> dict[str, object] | None:
    found = evaluated(run, "--period", "2026-04", "--samples", "f.csv")["projection"]
    assert found is None or isinstance(found, dict)
    return found


def test_what_is_excluded_passes_without_being_seen(run: Run) -> None:
    """22 minutes in 356 hours, the maintenance of four hours left out, are 22 * 716 / 356 in all that will have counted."""
    with_target(
        "{name: availability, indicator: probe, objective: at least 99.9%, exclude: [maintenance], measure: {method: downtime_minutes}}"
    )
    down(22)
    found = projection(run)
    assert found is not None
    assert (found["expected"], found["at_risk"]) == ("236280/89", True)


def test_time_without_events_says_nothing_of_the_rate(run: Run) -> None:
    """18 of 18000 minutes that had events: 43.2 of 43200, which is just what may be."""
    with_target("{name: availability, indicator: probe, objective: at least 99.9%, measure: {method: downtime_minutes}}")
    minutes(HALF, lambda n: "0,0" if n < 3600 else "0,10" if n < 3618 else "10,10", "time,good,total")
    found = projection(run)
    assert found is not None
    assert (found["expected"], found["at_risk"]) == ("2592", False)


@pytest.mark.parametrize(("target", "samples"), [
    ("objective: at least 99.9%", HALF),                                                     # nobody knows how many events will come
    ("objective: at least 99.9%, measure: {method: downtime_minutes, unknown: good}", HALF),
    ("objective: at least 99.9%, measure: {method: downtime_minutes}", 43_200),              # it is over
    ("objective: at least 99.9%, measure: {method: downtime_minutes}", 43_201),
    ("count: {of: outages}, objective: at most 1", HALF),
])  # fmt: skip
def test_nothing_is_foretold_where_it_cannot_be(run: Run, target: str, samples: int) -> None:
    target = target.replace("{of: outages}", "{of: outages, indicator: probe}")
    with_target(f"{{name: availability, {'' if 'count' in target else 'indicator: probe, '}{target}}}")
    down(10, samples)
    assert projection(run) is None
    assert "so far" not in words(run, "--samples", "f.csv")


@pytest.mark.parametrize(("target", "length", "ending"), [
    ("objective: at least 40%, measure: {method: downtime_minutes}", 0, "met whatever comes"),
    ("objective: at most 90m, measure: {method: downtime_minutes}", 44, "at the present rate it ends with 1h28m bad, which would be met"),
    ("objective: at most 90m, measure: {method: downtime_minutes}", 46,
     "at the present rate it ends with 1h32m bad, which would be missed"),
])  # fmt: skip
def test_how_it_would_end_in_words(run: Run, target: str, length: int, ending: str) -> None:
    with_target(f"{{name: availability, indicator: probe, {target}}}")
    down(length)
    assert f"; {ending}\n" in words(run, "--samples", "f.csv")


def test_the_end_of_the_facts_is_told_in_the_zone_of_the_agreement(run: Run) -> None:
    with_target("{name: availability, indicator: probe, objective: at least 99.9%, measure: {method: downtime_minutes}}")
    text = Path("a.yaml").read_text(encoding="utf-8")
    Path("a.yaml").write_text(text.replace("timezone: UTC", "timezone: Europe/Berlin"), encoding="utf-8")
    down(1)
    assert "  so far      the facts end on 2026-04-16 02:00 CEST; " in words(run, "--samples", "f.csv")


def test_what_is_unclear_may_be_no_breach_either(run: Run) -> None:
    with_target(
        "{name: availability, indicator: probe, objective: at least 99%, misses: {allowed: 1, of: 3}, measure: {method: downtime_minutes}}",
        OF_CREDITS,
    )
    down(0)
    assert "  no breach   1 of 3 periods may be missed; " in words(run, "--samples", "f.csv")


@pytest.mark.parametrize(("length", "verdict"), [(0, "unclear"), (44, "unclear"), (46, "missed")])
def test_an_expected_time_is_missed_only_once_it_is_beyond(run: Run, length: int, verdict: str) -> None:
    with_target("{name: time, indicator: probe, objective: at most 90m, expected: at most 45m, measure: {method: downtime_minutes}}")
    down(length)
    found = evaluated(run, "--period", "2026-04", "--samples", "f.csv")["expected"]
    assert isinstance(found, dict)
    assert found["verdict"] == verdict


def test_an_expected_level_is_not_measured_where_nothing_is(run: Run) -> None:
    with_target("{name: availability, indicator: probe, objective: at least 99%, expected: 99.9%, measure: {method: downtime_minutes}}")
    Path("f.csv").write_text("time,up\n2026-05-01T00:00,1\n", encoding="utf-8")
    found = evaluated(run, "--period", "2026-04", "--samples", "f.csv")["expected"]
    assert isinstance(found, dict)
    assert found["verdict"] == "not_measured"
