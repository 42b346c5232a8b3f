"""promtool as the judge of what the compiler writes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.rule import RuleGroup


def run(*arguments: str, cwd: Path) -> str:
    """promtool's output; fails with it when promtool is not content."""
    done = subprocess.run(["promtool", *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=120)
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-6000:]
    assert "FAILED" not in output, output[-6000:]
    return output


def judge(
    groups: Sequence[RuleGroup],
    inputs: Mapping[str, str],
    *,
    samples: Mapping[tuple[str, str], Mapping[str, float]],
    folder: Path,
    interval: str = "1m",
) -> None:
    """Evaluate ``groups`` every ``interval`` over ``inputs``; ``samples`` maps (expression, instant) to what it yields."""
    (folder / "rules.yml").write_text(render_groups(groups))
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": interval,
        "group_eval_order": [group.name for group in groups],
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
