"""Series that say what was promised: objectives, agreement targets, who owns an indicator.

They are constants. Rules join with them, alerts look their texts up in them, dashboards list them. Their labels are
data and never templates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from slo_gen import names
from slo_gen.rules.promql import all_of, duration, label_list, number
from slo_gen.rules.rule import RecordingRule
from slo_gen.rules.shards import Layer, Shard
from slo_gen.spec.model import Agreement, AgreementTarget, Catalogue, Indicator, Slo

__all__ = [
    "IN_FORCE", "Promise", "agreement_rules", "budget", "indicator_rules", "limit_rules", "objective_rules", "owner", "promises",
    "without_share",
]  # fmt: skip

IN_FORCE = "active"
"""The state in which an agreement is judged, and so can be endangered."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A target of an agreement in force."""

    agreement: Agreement
    target: AgreementTarget

    def rests_on(self, group: Mapping[str, str]) -> bool:
        """Whether this group of its indicator, told by its labels, is among those that the target picks."""
        return all(group.get(label, "") == value for label, value in self.target.where.items())


def promises(catalogue: Catalogue) -> dict[str, tuple[Promise, ...]]:
    """The shares that agreements in force promise, by indicator; a longest outage or a count is no level that burn could endanger."""
    found: dict[str, list[Promise]] = {}
    for agreement in catalogue.agreements.values():
        if agreement.state == IN_FORCE:
            for target in agreement.targets:
                if target.unit == "%":
                    found.setdefault(target.indicator, []).append(Promise(agreement, target))
    return {indicator: tuple(kept) for indicator, kept in found.items()}


def without_share(catalogue: Catalogue) -> tuple[Promise, ...]:
    """The targets in force on indicators whose objective is a time or a number."""
    return tuple(
        Promise(agreement, target)
        for agreement in catalogue.agreements.values() if agreement.state == IN_FORCE
        for target in agreement.targets if target.unit != "%"
    )  # fmt: skip


def owner(catalogue: Catalogue, indicator: Indicator) -> str:
    """The team that owns the indicator's service, or ""."""
    service = catalogue.services.get(indicator.service)
    return service.owner.removeprefix("team/") if service else ""


# --- SLOs ----------------------------------------------------------------------------------------------------


def objective_rules(layers: Iterable[Layer]) -> tuple[RecordingRule, ...]:
    """One constant per SLO: its objective, with everything that alerts and dashboards say about it as labels."""
    return tuple(RecordingRule(names.OBJECTIVE, f"vector({number(slo.objective)})", _about(slo)) for layer in layers for slo in layer.slos)


def _about(slo: Slo) -> dict[str, str]:
    about = {
        **slo.labels,
        names.SLO: slo.name,
        names.INDICATOR: slo.indicator,
        names.SERVICE: slo.service,
        names.TEAM: slo.team,
        names.WINDOW: duration(slo.window),
        names.OBJECTIVE_TEXT: slo.objective_text,
        names.TITLE: slo.title,
        names.RUNBOOK_URL: slo.runbook_url,
        names.DASHBOARD_URL: slo.dashboard_url,
        **{names.ANNOTATION_PREFIX + key: text for key, text in slo.annotations.items()},
    }
    return {label: text for label, text in about.items() if text}


def budget(layer: Layer) -> str:
    """The error budgets of a layer's SLOs: exactly one series per indicator, whatever is stored.

    A join fails for the whole shard when its one side has two series for one indicator, and there can be two: a
    replica's copy, or the old labels of an SLO whose team has just changed. The stricter one wins. The rounding
    takes away what ``1 - 0.999`` adds to 0.001 in binary.
    """
    identity = label_list((names.INDICATOR, *layer.identity))
    objective = all_of(names.OBJECTIVE, layer.members)
    return f"round(1 - topk by ({names.INDICATOR}) (1, max by ({identity}) ({objective})), 1e-12)"


# --- indicators and agreements -------------------------------------------------------------------------------


def indicator_rules(shard: Shard, catalogue: Catalogue) -> tuple[RecordingRule, ...]:
    """One constant 1 per indicator: that it is meant to exist, and whose it is."""
    return tuple(
        RecordingRule(
            names.INDICATOR_INFO,
            "vector(1)",
            _present({
                names.INDICATOR: indicator.name,
                names.SERVICE: indicator.service,
                names.TEAM: owner(catalogue, indicator),
                names.COUNTING: indicator.counting if indicator.is_counted else "",
                names.TITLE: indicator.title,
            }),
        )
        for indicator in shard.indicators
    )


def limit_rules(shard: Shard, limits: Iterable[Promise], accounts: Mapping[tuple[str, str], str]) -> tuple[RecordingRule, ...]:
    """One constant per target that is live although it promises no share: how much down time a period may have."""
    members = {indicator.name for indicator in shard.indicators}
    return tuple(
        RecordingRule(names.AGREEMENT_LIMIT, f"vector({number(promise.target.objective)})", _terms(promise, accounts))
        for promise in limits if promise.target.indicator in members and (promise.agreement.name, promise.target.name) in accounts
    )  # fmt: skip


def agreement_rules(
    shard: Shard, promised: dict[str, tuple[Promise, ...]], accounts: Mapping[tuple[str, str], str]
) -> tuple[RecordingRule, ...]:
    """One constant per target of an agreement in force: the level that was agreed.

    ``accounts``: which account sums up a target, by its agreement and name; the others have no live figures.
    """
    return tuple(
        RecordingRule(names.AGREEMENT_TARGET, f"vector({number(promise.target.objective)})", _terms(promise, accounts))
        for indicator in shard.indicators
        for promise in promised.get(indicator.name, ())
    )


def _terms(promise: Promise, accounts: Mapping[tuple[str, str], str]) -> dict[str, str]:
    agreement, target = promise.agreement, promise.target
    return _present({
        names.AGREEMENT: agreement.name,
        names.TARGET: target.name,
        names.INDICATOR: target.indicator,
        names.SERVICE: agreement.service,
        names.KIND: agreement.kind,
        names.CUSTOMER if agreement.party.kind == "customer" else names.PARTY: agreement.party.name,
        names.OBJECTIVE_TEXT: target.bound.text,
        names.ACCOUNT: accounts.get((agreement.name, target.name), ""),
        **{names.WHERE_PREFIX + label: value for label, value in sorted(target.where.items())},
    })


def _present(labels: dict[str, str]) -> dict[str, str]:
    return {label: text for label, text in labels.items() if text}
