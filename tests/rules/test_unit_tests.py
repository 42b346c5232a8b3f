"""The emitted unit tests pass on the emitted rules, and fail on rules that have any fault."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from catalogues import DAY, HOUR, PAIRS, agreement, catalogue, indicator, slo
from promtool import complaint, run

from slo_gen.outputs.targets import TARGETS, Target, render_rules
from slo_gen.outputs.unit_test_files import render_unit_tests
from slo_gen.rules.compile import shared_groups
from slo_gen.rules.unit_tests import unit_test_files
from slo_gen.spec.model import BurnWindow, Catalogue, Evaluation

HELD = (replace(PAIRS[0], hold=120), PAIRS[1])
CATALOGUE = catalogue(
    [
        indicator("checkout", counting="exact"),
        indicator("search", by=("region",), expected_silence=120),
        indicator("login", expected_silence=DAY),
    ],
    [
        slo("checkout-a", "checkout"),
        slo("checkout-b", "checkout", "0.99", minimum_bad=Fraction(0)),
        slo("checkout-held", "checkout", "0.9995", alerts=HELD),
        slo("search", "search", labels={"tier": "1"}, annotations={"note": '{{ $x }} "q" \\'}, title='{{ evil }} \\ "q"', team=""),
        slo("login", "login", "0.9", window=7 * DAY),
        slo("login-low", "login", "0.5", dashboard_url="https://grafana.example/d/x?var=1"),
        slo("login-hopeless", "login", "0.01", alerts=(BurnWindow(HOUR, 300, Fraction(1, 50), "page"),)),
        slo("login-quiet", "login", alerts=()),
    ],
    [
        *(agreement(f"acme-{number:02d}", "checkout") for number in range(12)),
        agreement("acme-eu", "search", where={"region": 'eu "%q" .*'}), agreement("acme-everywhere", "search"),
    ],
    Evaluation(severity_names={"page": "critical {{ evil }}"}),
)


def written(target: Target, catalogue: Catalogue, folder: Path) -> list[str]:
    """Write the target's files; gives the test files."""
    groups = shared_groups(catalogue)
    files = render_rules(target, groups) | render_unit_tests(target, unit_test_files(catalogue), groups)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return sorted(name for name in files if name.endswith(".test.yml"))


@pytest.mark.parametrize("target", TARGETS)
def test_the_tests_pass_on_the_rules(target: Target, tmp_path: Path) -> None:
    tests = written(target, CATALOGUE, tmp_path)
    assert len(tests) == 4
    assert run("test", "rules", *tests, cwd=tmp_path).count("SUCCESS") == 4


BURN_FAULTS = {
    "a threshold a thousandth lower": ("14.4 * round(", "14.38 * round("),
    "a threshold a thousandth higher": ("(slo, slm_service, team) 6 * round(", "(slo, slm_service, team) 6.02 * round("),
    "one window instead of two": ("\n      and\n      slm:error:ratio5m", "\n      or\n      slm:error:ratio5m"),
    "the wrong short window": ("and\n      slm:error:ratio30m", "and\n      slm:error:ratio5m"),
    "no minimum of events": (">= 3", ">= 0"),
    "an average objective": ("topk by (indicator) (1, max", "topk by (indicator) (0, max"),
    "a lost label": ("group_left (slo, slm_service, team, tier)", "group_left (slo, slm_service, team)"),
    "a changed text": ("of its 30d error budget", "of its error budget"),
    "an alert that does not wait": ("    for: 2m\n", ""),
    "a title that is a template": ('{{ label \\"slm_title\\" . }}', "{{ evil }}"),
    "an agreement less": ("lt $i 10", "lt $i 9"),
    "an agreement on another group": (", slm_where_region!=%q}", ", slm_where_region=%q}"),
    "zero of zero is an outage": ("> 0)", ">= 0)"),
}
SILENCE_FAULTS = {
    "no data judged by the bad events": ("unless on (indicator) slm:total:increase1m", "unless on (indicator) slm:bad:increase1m"),
    "an alert that waits": ("    for: 10m\n", "    for: 30m\n"),
    "a group that is forgotten": ("(present_over_time(", "(0 * absent_over_time("),
    "a page for what never was": ("and on (indicator) present_over_time(", "unless on (indicator) present_over_time("),
    "a label more on the page": ('slm_shard_0_600_page": ""', 'slm_shard_0_600_page": "x"'),
}


@pytest.mark.parametrize(
    ("kind", "fault"), [*(("burn", fault) for fault in BURN_FAULTS), *(("no-data", fault) for fault in SILENCE_FAULTS)]
)
def test_the_tests_fail_on_faulty_rules(kind: str, fault: str, tmp_path: Path) -> None:
    right, wrong = (BURN_FAULTS | SILENCE_FAULTS)[fault]
    tests = [name for name in written("prometheus", CATALOGUE, tmp_path) if f"/{kind}-" in name]
    rules = tmp_path / "rules/slm-slo-0.yml"
    text = rules.read_text()
    assert right in text
    rules.write_text(text.replace(right, wrong))
    done = complaint("test", "rules", *tests, cwd=tmp_path)
    assert done.returncode != 0, done.stdout


def test_every_pair_of_every_slo_is_counted() -> None:
    files = unit_test_files(CATALOGUE)
    counts = [max(count.value for count in test.counts) for file in files for test in file.tests if test.counts]
    pairs = {"checkout-a": 4, "checkout-b": 4, "checkout-held": 2, "search": 4, "login": 4, "login-low": 1}
    assert sum(counts) == sum(pairs.values())


def test_the_text_is_the_same_every_time() -> None:
    def text() -> dict[str, str]:
        return render_unit_tests("operator", unit_test_files(CATALOGUE), shared_groups(CATALOGUE))

    assert list(text().items()) == list(text().items())


# --- any catalogue -------------------------------------------------------------------------------------------------

NASTY = ["plain", "{{ $labels.slo }}", 'a "b" \\ c', "50 % {of} it", "ü – ✓", "line\nline", " blank ", "'"]


def thrown(dice: random.Random) -> Catalogue:
    """A catalogue of up to thirty SLOs on few indicators, of all shapes, with texts that would hurt a careless writer."""
    indicators = [
        indicator(
            f"i{number}",
            by=dice.choice([(), (), ("region",), ("region", "zone")]),
            counting=dice.choice(["exact", "light"]),
            expected_silence=dice.choice([600, 600, 1800, 3700]),
            title=dice.choice(NASTY),
        )
        for number in range(dice.randint(1, 8))
    ]
    slos = []
    for number in range(dice.randint(1, 30)):
        longs = dice.sample([300, 600, HOUR, 6 * HOUR, DAY, 3 * DAY, 5 * DAY], dice.randint(0, 4))
        pairs = tuple(
            BurnWindow(
                long,
                dice.choice([60, 120, 300, long // 12]),
                Fraction(dice.randint(1, 30), dice.choice([100, 70])),
                dice.choice(["page", "ticket"]),
                dice.choice([0, 0, 0, 120]),
            )
            for long in longs
        )
        slos.append(
            slo(
                f"s{number}", dice.choice(indicators).name, dice.choice(["0.999", "0.99999", "0.95", "0.5", "0.987654321"]),
                window=dice.choice([7, 28, 30, 90]) * DAY,
                alerts=pairs,
                minimum_bad=Fraction(dice.choice(["0", "1", "2.5", "100"])),
                title=dice.choice(NASTY),
                labels={key: dice.choice(NASTY) for key in dice.sample(["tier", "route"], dice.randint(0, 2))},
                annotations={key: dice.choice(NASTY) for key in dice.sample(["note", "summary"], dice.randint(0, 2))},
                runbook_url=dice.choice(["", "https://r.example/{{ x }}?a=1&b=\"2\""]),
            )
        )
    agreements = []
    for number in range(dice.randint(0, 25)):
        on = dice.choice(indicators)
        where = {label: dice.choice(NASTY) for label in on.by if dice.random() < 0.5}
        agreements.append(agreement(f"g{number}", on.name, where=where))
    return catalogue(indicators, slos, agreements, Evaluation(shard_size=dice.choice([2, 5, 100])))


@pytest.mark.parametrize("seed", range(6))
def test_rules_and_tests_agree_on_any_catalogue(seed: int, tmp_path: Path) -> None:
    tests = written("prometheus", thrown(random.Random(seed)), tmp_path)
    rules = sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "rules").glob("*.yml"))
    run("check", "rules", *rules, cwd=tmp_path)
    run("test", "rules", *tests, cwd=tmp_path)
