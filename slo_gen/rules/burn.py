"""Burn alerts: one rule per pair of windows and layer of SLOs.

An alert fires while both windows are above the threshold of the SLO (see thresholds.py): the long one says that it
matters, the short one that it has not stopped. The long window must also hold the SLO's minimum of bad events, so
that one failure at one request a minute pages nobody, while an outage of that service does.

An outage that breaks many agreements is one alert; it counts them and names the first ten. Where an indicator is
grouped, a target may pick some of its groups: the alert of a group speaks of those agreements only that rest on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from slo_gen import names
from slo_gen.rules.info import Promise, budget
from slo_gen.rules.promql import all_of, duration, label_list, label_matcher, number, quote
from slo_gen.rules.rule import AlertRule
from slo_gen.rules.shards import Layer
from slo_gen.rules.templates import label_text, literal, of_series
from slo_gen.rules.thresholds import share_text
from slo_gen.spec.model import BurnWindow

__all__ = ["SHOWN_AGREEMENTS", "burn_rules"]

SHOWN_AGREEMENTS: Final = 10
"""How many endangered agreements an alert names."""


def burn_rules(layer: Layer, severities: Mapping[str, str], promised: Mapping[str, tuple[Promise, ...]]) -> tuple[AlertRule, ...]:
    """The alerts of a layer.

    ``severities`` maps page, ticket and info to the names that the user's routes know; ``promised`` are the targets of
    agreements in force, by indicator.
    """
    promises = [promise for slo in layer.slos for promise in promised.get(slo.indicator, ())]
    endangered = _endangered({label for promise in promises for label in promise.target.where}) if promises else ""
    return tuple(_alert(layer, pair, severities, endangered) for pair in layer.alerts)


def _alert(layer: Layer, pair: BurnWindow, severities: Mapping[str, str], endangered: str) -> AlertRule:
    long, short = duration(pair.long), duration(pair.short)
    on = f"on ({names.INDICATOR}) group_left ({label_list(layer.identity)})"
    limit = f"{number(pair.factor(layer.window))} * {budget(layer)}"
    long_ratio, short_ratio = (all_of(names.error_ratio(window), layer.indicators) for window in (long, short))
    enough = f"{all_of(names.bad_window(long), layer.indicators)} >= {number(layer.minimum_bad)}"
    if layer.minimum_bad > 0:
        long_ratio = f"({long_ratio} and {enough})"
    return AlertRule(
        names.BUDGET_BURN,
        f"{long_ratio} > {on} {limit}\nand\n{short_ratio} > {on} {limit}",
        hold=pair.hold,
        labels={
            names.SEVERITY: literal(severities.get(pair.severity, pair.severity)),
            names.LONG_WINDOW: long,
            names.SHORT_WINDOW: short,
            **layer.marker,
        },
        annotations=_annotations(layer, pair, endangered),
    )


def _annotations(layer: Layer, pair: BurnWindow, endangered: str) -> dict[str, str]:
    def about(body: str) -> str:
        return of_series(names.OBJECTIVE, names.SLO, body)

    annotations = {}
    annotations["summary"] = (
        f"{{{{ $labels.{names.SLO} }}}} spends more than {share_text(pair)} of its {duration(layer.window)} error budget"
        f" within {duration(pair.long)}"
    )
    annotations["description"] = about(
        f"{label_text(names.TITLE)}: {{{{ $value | humanizePercentage }}}} of the last {duration(pair.long)} was bad,"
        f" the objective is {label_text(names.OBJECTIVE_TEXT)} good."
    ) + endangered
    if layer.runbook:
        annotations["runbook_url"] = about(label_text(names.RUNBOOK_URL))
    if layer.dashboard:
        annotations["dashboard_url"] = about(label_text(names.DASHBOARD_URL))
    return annotations | {key: about(label_text(names.ANNOTATION_PREFIX + key)) for key in layer.annotations}


def _endangered(picked_by: Iterable[str]) -> str:
    """A template that counts the agreements on the alert's group of its indicator and names the first ones by name.

    ``picked_by``: the labels by which any target on the layer's indicators picks groups. Of all targets on the indicator
    those are taken away that ask for another value of such a label; one that does not name the label stays. Values are
    compared letter for letter, so nothing in them has to be escaped for a regular expression.
    """
    targets, values = f"{names.AGREEMENT_TARGET}{{{names.INDICATOR}=%q}}", f"$labels.{names.INDICATOR}"
    for label in sorted(picked_by):
        where = names.WHERE_PREFIX + label
        targets += f" unless {names.AGREEMENT_TARGET}{{{names.INDICATOR}=%q, {label_matcher(where, '', '!=')}, {where}!=%q}}"
        values += f" $labels.{names.INDICATOR} $labels.{label}"
    query = f"count by ({names.AGREEMENT}) ({targets})"
    listed = (
        f"{{{{ range $i, $a := . }}}}{{{{ if lt $i {SHOWN_AGREEMENTS} }}}}{{{{ if $i }}}}, {{{{ end }}}}"
        f"{{{{ label {quote(names.AGREEMENT)} $a }}}}{{{{ end }}}}{{{{ end }}}}"
    )
    return (
        f"{{{{ with printf {quote(query)} {values} | query | sortByLabel {quote(names.AGREEMENT)} }}}}"
        f" Agreements in danger: {{{{ len . }}}} ({listed}{{{{ if gt (len .) {SHOWN_AGREEMENTS} }}}}, ...{{{{ end }}}}).{{{{ end }}}}"
    )
