"""The files of one target, rules and unit tests together, from a catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sla_dashboards import dashboard_files, shown_customers

from slo_gen.outputs.alertmanager_files import Form, render_alertmanager
from slo_gen.outputs.errors import OutputError
from slo_gen.outputs.grafana_folders import render_folders
from slo_gen.outputs.isolation import Isolation, render_isolation
from slo_gen.outputs.shown_to import SHOWN_TO, shown_to
from slo_gen.outputs.targets import HEADER, OutputSettings, Target, prefixed, render_rules, rules_per_group
from slo_gen.outputs.unit_test_files import render_unit_tests
from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.accounts import accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import compile_rules
from slo_gen.rules.info import IN_FORCE
from slo_gen.rules.period_unit_tests import period_unit_test_files
from slo_gen.rules.rule import RuleGroup
from slo_gen.rules.state_unit_tests import state_unit_test_files, verdict_unit_test_files
from slo_gen.rules.ticket_unit_tests import ticket_unit_test_files
from slo_gen.rules.unit_tests import UnitTestFile, unit_test_files
from slo_gen.spec.model import Catalogue, Latency

__all__ = ["Notifying", "compiled_files", "compiled_text", "not_live"]


@dataclass(frozen=True, slots=True)
class Notifying:
    """In which form Alertmanager's configuration is written, and the years whose holidays are written out (first, last)."""

    form: Form
    years: tuple[int, int]


def compiled_files(
    catalogue: Catalogue, target: Target, settings: OutputSettings | None = None, notifying: Notifying | None = None,
    horizon: Horizon | None = None, dashboards: bool = False, isolation: Isolation | None = None,
    public: bool = False, absent: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Relative path to text of everything that ``--out DIR`` holds. Raises OutputError when a limit cannot be kept.

    Without ``isolation`` nothing is written to keep customers apart.
    Without ``notifying`` nothing is written for Alertmanager, and without ``horizon`` no live figures of agreements.
    ``dashboards``: also those of Grafana; ``public``: and of each customer one that may be shown to everybody.
    ``absent``: what ``not_live`` says, where that is known already.
    """
    able = _as_able(catalogue, target)
    groups = _groups(able, target, settings, horizon)
    tests = _unit_tests(able, settings, horizon if target != "victoriametrics" else None)
    files = {**render_rules(target, groups, settings), **render_unit_tests(target, tests, groups)}
    if notifying is not None:
        files |= render_alertmanager(notifying.form, catalogue, notifying.years, settings or OutputSettings())
    if absent is None:
        absent = not_live(catalogue, target, horizon) if dashboards and horizon is not None else {}
    pages = dashboard_files(catalogue, absent, public=public) if dashboards else ()
    if pages:
        files |= {page.path: page.text for page in pages}
        files |= render_folders(pages, catalogue, (settings or OutputSettings()).prefix)
    if isolation is not None:
        files |= render_isolation(catalogue, isolation)
    if (dashboards or isolation is not None) and shown_customers(catalogue):
        files[SHOWN_TO] = shown_to(catalogue, pages).text()
    return files


def compiled_text(
    catalogue: Catalogue, target: Target, settings: OutputSettings | None = None, horizon: Horizon | None = None
) -> str:
    """What ``--out -`` prints: the rules as one file where the target allows that, else its files one after the other."""
    groups = _groups(_as_able(catalogue, target), target, settings, horizon)
    if target in ("prometheus", "victoriametrics"):
        return HEADER + render_groups(groups)
    return "---\n".join(text for _, text in sorted(render_rules(target, groups, settings).items()))


def not_live(catalogue: Catalogue, target: Target, horizon: Horizon) -> Mapping[str, str]:
    """The targets of agreements in force that have no live figures, ``agreement/target``, and why."""
    if target == "victoriametrics":
        why = "on VictoriaMetrics a rule does not see what another one has just recorded"
        return {
            f"{agreement.name}/{target.name}": why
            for agreement in catalogue.agreements.values() if agreement.state == IN_FORCE for target in agreement.targets
        }  # fmt: skip
    return {f"{agreement}/{promised}": found.reason for (agreement, promised), found in sorted(accounts(catalogue, horizon)[1].items())}


def _as_able(catalogue: Catalogue, target: Target) -> Catalogue:
    """The catalogue as ``target`` can evaluate it: VictoriaMetrics cannot tell what nobody has seen. Raises OutputError."""
    if target != "victoriametrics":
        return catalogue
    _refuse_native_histograms(catalogue)
    return replace(catalogue, indicators={name: replace(each, counting="light") for name, each in catalogue.indicators.items()})


def _groups(
    catalogue: Catalogue, target: Target, settings: OutputSettings | None, horizon: Horizon | None
) -> tuple[RuleGroup, ...]:
    # Booked hours are found again by their own records, and vmalert shows a rule those of the evaluation before.
    able = target != "victoriametrics"
    groups = compile_rules(catalogue, rules_per_group(target, settings), ledger=able, horizon=horizon if able else None)
    chosen = settings or OutputSettings()
    return tuple(replace(group, name=prefixed(group.name, chosen)) for group in groups)


def _unit_tests(catalogue: Catalogue, settings: OutputSettings | None, horizon: Horizon | None) -> tuple[UnitTestFile, ...]:
    chosen = settings or OutputSettings()
    files = (*unit_test_files(catalogue), *ticket_unit_test_files(catalogue), *verdict_unit_test_files(catalogue))
    if horizon is not None and catalogue.agreements:
        summed = accounts(catalogue, horizon)[0]
        files = (*files, *period_unit_test_files(catalogue, summed, horizon), *state_unit_test_files(catalogue, summed))
    return tuple(replace(file, groups=tuple(prefixed(name, chosen) for name in file.groups)) for file in files)


def _refuse_native_histograms(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        if isinstance(indicator.measure, Latency) and indicator.measure.native:
            raise OutputError(
                f"indicator {indicator.name} reads a native histogram, which VictoriaMetrics does not know",
                "use a classic histogram, or another target",
            )
