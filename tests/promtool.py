"""promtool as the judge of what the compiler writes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from raw_selectors import Read, selected_by

from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.rule import RecordingRule, Rule, RuleGroup

ENVIRONMENT = {"GOGC": "400", **os.environ}
"""promtool makes and forgets the text of every expression at every evaluation; some memory more is a fifth of its time less."""


def run(*arguments: str, cwd: Path) -> str:
    """promtool's output; fails with it when promtool is not content."""
    done = complaint(*arguments, cwd=cwd)
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-6000:]
    assert "FAILED" not in output, output[-6000:]
    return output


def complaint(*arguments: str, cwd: Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """How promtool ended, and what it said."""
    return subprocess.run(
        ["promtool", *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=timeout, env=ENVIRONMENT,
    )  # fmt: skip


def judge(
    groups: Sequence[RuleGroup],
    inputs: Mapping[str, str],
    *,
    samples: Mapping[tuple[str, str], Mapping[str, float]],
    folder: Path,
    interval: str = "1m",
    evaluated: str = "",
) -> None:
    """Evaluate ``groups`` every ``evaluated`` or ``interval`` over ``inputs``; ``samples`` maps (expression, instant) to what it yields.

    promtool evaluates all groups as often, whatever their own interval, and reads the text of each rule every time: rules that no
    expression rests on are left out.
    """
    kept = resting(groups, [expr for expr, _ in samples], inputs)
    (folder / "rules.yml").write_text(render_groups(kept))
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": evaluated or interval,
        "group_eval_order": [group.name for group in kept],
        "tests": [{
            "interval": interval,
            "input_series": [{"series": series, "values": values} for series, values in inputs.items()],
            "promql_expr_test": [
                {"expr": expr, "eval_time": at, "exp_samples": [{"labels": labels, "value": value} for labels, value in expected.items()]}
                for (expr, at), expected in samples.items()
            ],
        }],
    }
    (folder / "test.yml").write_text(json.dumps(test))
    run("test", "rules", "test.yml", cwd=folder)


# --- what an expression rests on -----------------------------------------------------------------------------------


def resting(groups: Sequence[RuleGroup], expressions: Iterable[str], given: Iterable[str] = ()) -> list[RuleGroup]:
    """The rules that give what the expressions select, and what those select in turn, up to the metrics that are ``given``.

    What an expression names itself is evaluated though it is given, too.
    """
    ends = {series.partition("{")[0] for series in given}
    rules = [rule for group in groups for rule in group.rules]
    kept: set[int] = set()
    reads = [each for expression in expressions for each in selected_by(expression)]
    followed: set[Read] = set()
    while reads:
        read = reads.pop()
        for place, rule in enumerate(rules):
            if place not in kept and _gives(rule, read):
                kept.add(place)
                further = {each for each in selected_by(rule.expr) if each.metric not in ends} - followed
                followed |= further
                reads += further
    chosen = iter(range(len(rules)))
    cut = [replace(group, rules=tuple(rule for rule in group.rules if next(chosen) in kept)) for group in groups]
    return [group for group in cut if group.rules]


def _gives(rule: Rule, read: Read) -> bool:
    """Whether a series of the rule may be one of those that are selected, by the labels that the rule itself sets."""
    if isinstance(rule, RecordingRule):
        return rule.record == read.metric and read.fits(rule.labels)
    return read.metric in ("ALERTS", "ALERTS_FOR_STATE") and read.fits({"alertname": rule.alert, **rule.labels})
