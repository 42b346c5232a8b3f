"""What both ways of counting make of restarts, kills, relabels, gaps and lies: cases with known numbers, by promtool.

Where no reason stands beside a case, the numbers are what the scrapes showed: every event once. Where counting cannot
know, it must err towards fewer events, and the reason says what was not believed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

import pytest
from catalogues import catalogue, indicator
from promtool import complaint
from scraped_stories import BEGIN, BRIDGE, OLD, STEP, Level, Story, at

from slo_gen import names
from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.counting import counting_groups
from slo_gen.spec.model import Events

TARGET = ("job", "instance", "pod")
BAD_FORM = Events("http_requests_total", bad='http_requests_total{code=~"5.."}')
GOOD_FORM = Events("http_requests_total", good='http_requests_total{code!~"5.."}')
COUNTED = {
    "exact": indicator("exact", measure=BAD_FORM, counting="exact", target_labels=TARGET, bridge=BRIDGE),
    "light": indicator("light", measure=BAD_FORM, counting="light", target_labels=TARGET, bridge=BRIDGE),
    "good": indicator("good", measure=GOOD_FORM, counting="exact", target_labels=TARGET, bridge=BRIDGE),
}
STEPS = 48


@dataclass(frozen=True, slots=True)
class Case:
    """``light`` and ``good`` are (total, bad) where they differ from the exact count; ``at_once`` is the most of one interval."""

    story: Story
    total: float
    bad: float = 0.0
    light: tuple[float, float] | None = None
    good: tuple[float, float] | None = None
    at_once: float | None = None
    unseen: float | None = None
    records: int | None = None
    minutes: dict[int, float | None] = field(default_factory=dict)   # evaluation to total; None: no record

    def counted(self, how: str) -> tuple[float, float]:
        other = {"light": self.light, "good": self.good}.get(how)
        return (self.total, self.bad) if other is None else other


def rising(base: float, step: float = 10, since: int = 0) -> Level:
    return lambda n: base + step * (n - since)


def from_step(first: int, level: float) -> Level:
    return lambda n: level if n >= first else None


def steady(since: int = 0, until: int = 40) -> Story:
    """An old process of another pod: 10 requests in every step."""
    return Story().runs(since, until, start=OLD, ok=rising(1e6), instance="other", pod="other")


def flickering(first: float, second: float) -> Story:
    """Beside a steady one, a target that tells one start time and another in turn."""
    story = steady()
    for n in range(41):
        story.runs(n, n, start=(first, second)[n % 2], ok=rising(5000))
    return story


CASES = {
    "steady": Case(Story().runs(0, 40, start=OLD, ok=rising(1e6)), 400, at_once=40, records=12),
    "the first error of a process": Case(Story().runs(0, 40, start=OLD, ok=rising(1e6), bad=from_step(13, 1)), 401, 1),
    "zero traffic is zero and not nothing": Case(
        Story().runs(0, 40, start=OLD, ok=rising(1e6, 0)), 0, records=12, minutes={5: 0, 9: 0},
    ),

    # --- restarts in place
    "restart": Case(Story().runs(0, 10, start=OLD, ok=rising(1000)).runs(11, 40, start=at(11) - 9, ok=rising(0, since=10)), 400),
    "restart catches up in one scrape": Case(
        Story().runs(0, 10, start=OLD, ok=rising(1000)).runs(11, 40, start=at(11) - 9, ok=rising(1520, since=11)), 100 + 1810,
    ),
    "error child, restart, error child": Case(
        Story()
        .runs(0, 10, start=OLD, ok=rising(1000), bad=from_step(5, 1))
        .runs(11, 40, start=at(11) - 9, ok=rising(0, since=10), bad=lambda n: None if n < 15 else 1 if n < 18 else 3),
        404, 4,
    ),
    "several restarts within a minute": Case(
        Story()
        .runs(0, 9, start=OLD, ok=rising(1000))
        .runs(10, 11, start=at(10) - 1, ok=rising(10, since=10))
        .runs(12, 13, start=at(12) - 1, ok=rising(10, since=12), bad=from_step(13, 2))
        .runs(14, 40, start=at(14) - 1, ok=rising(10, since=14)),
        402, 2,
    ),

    # --- births and deaths
    "new pod": Case(steady().runs(13, 40, start=at(13) - 12, ok=rising(30, since=13), bad=lambda n: 2), 702, 2),
    "two new pods with the same start time": Case(
        Story()
        .runs(9, 40, start=at(9) - 5, ok=rising(50, since=9))
        .runs(9, 40, start=at(9) - 5, ok=rising(50, since=9), instance="b", pod="q"),
        720,
    ),
    # Ten a step, seen last at step 10, so up to ten more; what it counted since the mark before last says fifteen.
    "pod dies": Case(steady(until=48).runs(0, 10, start=OLD, ok=rising(1000)).fails(11, 13), 540, unseen=15),
    # It reached no mark and counts nothing. Nobody can say that it lived for longer than it was seen: all it showed may come again.
    "nameless pod lives for two scrapes": Case(
        steady(until=48).runs(13, 14, start=None, ok=rising(10, since=13)).fails(15, 17), 440, unseen=20,
    ),
    "pod is killed and replaced": Case(
        Story().runs(0, 10, start=OLD, ok=rising(1000)).runs(14, 40, start=at(13), ok=rising(10, since=14), instance="b", pod="q"), 370,
    ),
    # An old process may have been watched, but not this counter of it: it counts from what was seen first, or from the
    # first mark after.
    "counters are born late in an old process": Case(
        steady().runs(0, 40, start=OLD, ok=lambda n: None if n < 13 else 7 + 10 * (n - 13)), 670, light=(640, 0),
    ),
    "counters are born late in a young process": Case(
        steady().runs(2, 40, start=at(1), ok=lambda n: None if n < 12 else 7 + 10 * (n - 12)), 400 + 287,
    ),

    # --- relabels
    "pod relabelled, at 1e6": Case(
        Story(lingering=2).runs(0, 20, start=OLD, ok=rising(1e6)).runs(21, 40, start=OLD, ok=rising(1e6), pod="q"), 400,
    ),
    # While both are scraped they are two targets of one start time, as replicas are: the exact count has both.
    "pod scraped under both labels for two steps": Case(
        Story().runs(0, 20, start=OLD, ok=rising(1e6)).runs(18, 40, start=OLD, ok=rising(1e6), pod="q"), 420, light=(400, 0),
    ),
    "instance relabelled, at 1e6": Case(
        Story().runs(0, 20, start=OLD, ok=rising(1e6)).runs(21, 40, start=OLD, ok=rising(1e6), instance="b"), 400,
    ),
    "young process relabelled": Case(
        Story().runs(2, 20, start=at(2) - 5, ok=rising(10, since=2)).runs(21, 40, start=at(2) - 5, ok=rising(10, since=2), pod="q"), 390,
    ),
    "relabelled twice within a minute": Case(
        Story()
        .runs(0, 17, start=OLD, ok=rising(1e6))
        .runs(18, 19, start=OLD, ok=rising(1e6), pod="q")
        .runs(20, 40, start=OLD, ok=rising(1e6), pod="r"),
        400,
    ),
    "two processes with the same start time relabelled": Case(
        Story()
        .runs(0, 20, start=OLD, ok=rising(1e6))
        .runs(0, 20, start=OLD, ok=rising(5e6), instance="b")
        .runs(21, 40, start=OLD, ok=rising(1e6), pod="q")
        .runs(21, 40, start=OLD, ok=rising(5e6), pod="q", instance="b"),
        800,
    ),
    "series of a live target relabelled": Case(
        Story()
        .runs(0, 20, start=OLD, ok=rising(1e6), also=',version="1"')
        .runs(21, 40, start=OLD, ok=rising(1e6), also=',version="2"'),
        400,
    ),

    # --- counters that shrink without a restart
    # A level that falls without a restart is not believed until the old one is five intervals old: 0 to 12, 33 to 40.
    "client deletes a label child": Case(
        Story().runs(0, 40, start=OLD, ok=rising(1e6), bad=lambda n: 500 if n < 13 else None), 200,
    ),
    "child missing in one scrape": Case(
        Story().runs(0, 40, start=OLD, ok=rising(1e6), bad=lambda n: None if n == 14 else 900_000), 400,
    ),

    # --- gaps
    "gap": Case(
        Story().runs(0, 40, start=OLD, ok=rising(1e6), missed=range(10, 26)), 400,
        minutes={3: 40, 4: 10, 5: None, 6: None, 7: None, 8: 190, 9: 40},
    ),
    "gap as long as the bridge": Case(
        Story().runs(0, 2, start=OLD, ok=rising(1e6)).fails(3, 43).runs(44, 48, start=OLD, ok=rising(1e6)), 440,
        minutes={10: None, 11: None},
    ),
    "gap with restart": Case(
        Story()
        .runs(0, 25, start=OLD, ok=rising(1000), missed=range(10, 26))
        .runs(26, 40, start=at(18), ok=rising(5000, since=26)),
        90 + 5140,
    ),
    "every second scrape fails": Case(Story().runs(0, 40, start=OLD, ok=rising(1e6), missed=range(1, 40, 2)), 400),

    # --- start times that change without a restart. A process that is told apart wrongly counts from the next mark on.
    "the clock of an old process is set": Case(
        steady().runs(0, 20, start=OLD, ok=rising(5000)).runs(21, 40, start=OLD + 1, ok=rising(5000)), 800 - 40,
    ),
    "the clock of a young process is set": Case(
        steady().runs(2, 20, start=at(1), ok=rising(500, since=2)).runs(21, 40, start=at(1) + 1, ok=rising(500, since=2)), 400 + 880 - 40,
    ),
    "a start time changes and changes back": Case(
        steady().runs(0, 40, start=OLD, ok=rising(5000)).runs(21, 21, start=OLD + 1, ok=rising(5000)), 800,
    ),
    # Nobody knows which process such a counter belongs to: it is not counted, and the others are.
    "a start time flickers": Case(flickering(OLD, OLD + 0.01), 400),

    # --- targets that do not tell their start time. One that is new and may continue another, or shows more than the
    # indicator ever counted in an interval, counts from the first mark that saw it.
    "nameless": Case(Story().runs(0, 40, start=None, ok=rising(1e6), bad=from_step(13, 1)), 401, 1),
    "nameless restart": Case(
        Story().runs(0, 10, start=None, ok=rising(1000)).runs(11, 40, start=None, ok=rising(10, since=11)), 400,
    ),
    "nameless birth": Case(
        steady().runs(0, 40, start=None, ok=rising(1e6)).runs(13, 40, start=None, ok=rising(30, since=13), instance="b", pod="q"), 1100,
    ),
    "nameless death": Case(Story().runs(0, 10, start=None, ok=rising(1000)).fails(11, 13), 100),
    "nameless pod relabelled": Case(
        Story().runs(0, 20, start=None, ok=rising(1e6)).runs(21, 40, start=None, ok=rising(1e6), pod="q"), 360,
    ),
    "nameless instance relabelled": Case(
        Story().runs(0, 20, start=None, ok=rising(1e6)).runs(21, 40, start=None, ok=rising(1e6), instance="b"), 360,
    ),
    "nameless found late, at 1e6": Case(
        Story()
        .runs(0, 40, start=None, ok=rising(1e6))
        .runs(13, 40, start=None, ok=rising(1e6), instance="b", pod="q"),
        400 + 240,
    ),
    "nameless new job, at 1e6": Case(
        Story().runs(0, 40, start=OLD, ok=rising(1e6)).runs(13, 40, start=None, ok=rising(1e6), job="second"), 400 + 240,
    ),
}


# --- promtool ------------------------------------------------------------------------------------------------------


def expectations(case: Case) -> list[tuple[str, int, float | None]]:
    """Expression, minute and the one value it must have; None for no value."""
    found: list[tuple[str, int, float | None]] = []
    end = STEPS // 4
    for how in COUNTED:
        total, bad = (f'{metric}{{indicator="{how}"}}' for metric in (names.TOTAL, names.BAD))
        for metric, value in zip((total, bad), case.counted(how), strict=True):
            found.append((f"sum(sum_over_time({metric}[1h]))", end, value))
        found.append((f"sum(sum_over_time(({bad} > {total} or {total} < 0 or {bad} < 0)[1h:1m]))", end, None))
    total, unseen = (f'{metric}{{indicator="exact"}}' for metric in (names.TOTAL, names.UNSEEN))
    if case.at_once is not None:
        found.append((f"max(max_over_time({total}[1h]))", end, case.at_once))
    if case.unseen is not None:
        found.append((f"sum(sum_over_time({unseen}[1h]))", end, case.unseen))
    if case.records is not None:
        found.append((f"sum(count_over_time({total}[1h]))", end, case.records))
    found.extend((f"sum({total})", minute, value) for minute, value in case.minutes.items())
    return found


def unit_test(number: int, case: Case) -> dict[str, object]:
    """promtool names no test in which an expression fails, so the expected labels do."""
    return {
        "interval": f"{STEP}s",
        "input_series": [{"series": series, "values": values} for series, values in case.story.series(STEPS).items()],
        "promql_expr_test": [
            {
                "expr": f'label_replace({expr}, "case", "{number}", "", "")', "eval_time": f"{BEGIN + minute * 60}s",
                "exp_samples": [] if value is None else [{"labels": f'{{case="{number}"}}', "value": value}],
            }
            for expr, minute, value in expectations(case)
        ],
    }


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What promtool says of every case that fails."""
    folder = tmp_path_factory.mktemp("cases")
    groups = counting_groups(catalogue(COUNTED.values()))
    (folder / "rules.yml").write_text(render_groups(groups))
    tests = [unit_test(number, case) for number, case in enumerate(CASES.values())]
    (folder / "test.yml").write_text(json.dumps({"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": tests}))
    done = complaint("test", "rules", "test.yml", cwd=folder)
    output = done.stdout + done.stderr
    told = dict.fromkeys(CASES, "")
    for told_of in re.split(r"(?=expr: )", output)[1:]:
        found = re.search(r'\\"case\\", \\"(\d+)\\"', told_of)
        assert found, output
        told[list(CASES)[int(found[1])]] += told_of
    assert (done.returncode == 0) == (not any(told.values())), output
    return told


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, failures: dict[str, str]) -> None:
    assert not failures[name], failures[name]
