"""The files of one target, rules and unit tests together, from a catalogue."""

from __future__ import annotations

from slo_gen.outputs.errors import OutputError
from slo_gen.outputs.targets import HEADER, Target, render_rules, rules_per_group
from slo_gen.outputs.unit_test_files import render_unit_tests
from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.compile import compile_rules
from slo_gen.rules.rule import RuleGroup
from slo_gen.rules.unit_tests import unit_test_files
from slo_gen.spec.model import Catalogue, Latency

__all__ = ["compiled_files", "compiled_text"]


def compiled_files(catalogue: Catalogue, target: Target) -> dict[str, str]:
    """Relative path to text of everything that ``--out DIR`` holds. Raises OutputError when a limit cannot be kept."""
    groups = _groups(catalogue, target)
    return {**render_rules(target, groups), **render_unit_tests(target, unit_test_files(catalogue), groups)}


def compiled_text(catalogue: Catalogue, target: Target) -> str:
    """What ``--out -`` prints: the rules as one file where the target allows that, else its files one after the other."""
    groups = _groups(catalogue, target)
    if target in ("prometheus", "victoriametrics"):
        return HEADER + render_groups(groups)
    return "---\n".join(text for _, text in sorted(render_rules(target, groups).items()))


def _groups(catalogue: Catalogue, target: Target) -> tuple[RuleGroup, ...]:
    if target == "victoriametrics":
        _refuse_native_histograms(catalogue)
    return compile_rules(catalogue, rules_per_group(target), ledger=target != "victoriametrics")


def _refuse_native_histograms(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        if isinstance(indicator.measure, Latency) and indicator.measure.native:
            raise OutputError(
                f"indicator {indicator.name} reads a native histogram, which VictoriaMetrics does not know",
                "use a classic histogram, or another target",
            )
