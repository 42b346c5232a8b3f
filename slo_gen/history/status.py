"""The verdicts of this moment: what each SLO has attained in its window, and what that endangers.

Counts come in, verdicts go out. A verdict compares exact fractions of recorded counts; nothing is rounded before.
Events that no scrape can have seen may have been good or bad: where that decides, the verdict is ``unclear``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Literal

from slo_gen import names
from slo_gen.prometheus import Alert, Sample
from slo_gen.rules.info import Promise, promises
from slo_gen.rules.promql import duration
from slo_gen.rules.windows import BURN_RATE_WINDOW, DAY
from slo_gen.spec.model import Catalogue, Evaluation, Slo

__all__ = ["Row", "Verdict", "is_alarming", "questions", "rows"]

Verdict = Literal["met", "missed", "unclear", "no events", "no data"]
"""``no events``: it was measured, and nothing happened. ``no data``: it was not measured."""


@dataclass(frozen=True, slots=True)
class Row:
    """One SLO, or one group of it where its indicator is grouped.

    ``attained`` is the good share of the events that were seen; ``budget_left`` 1 for an untouched error budget, below 0
    for an overspent one; ``burn`` how many times too fast it is being spent over the last hour; ``coverage`` the share of the
    window that has been measured. None wherever there is nothing to say it from.
    """

    slo: Slo
    group: Mapping[str, str]
    verdict: Verdict
    attained: Fraction | None
    budget_left: Fraction | None
    burn: Fraction | None
    coverage: Fraction | None
    bad: Fraction | None
    total: Fraction | None
    alerts: tuple[Alert, ...]
    endangered: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class _Counts:
    """What was recorded over one window for one group of an indicator."""

    bad: Fraction
    total: Fraction
    unseen: Fraction
    minutes: Fraction


def questions(catalogue: Catalogue) -> list[str]:
    """The PromQL expressions whose instant values ``rows`` needs."""
    asked = {
        _latest(metric(duration(slo.window)), slo.window, catalogue.evaluation)
        for slo in catalogue.slos.values()
        for metric in (names.bad_window, names.total_window, names.unseen_window, names.minutes_window)
    }
    return sorted(asked | {_burning(catalogue.evaluation)}) if asked else []


def rows(catalogue: Catalogue, answers: Mapping[str, tuple[Sample, ...]], alerts: Iterable[Alert]) -> tuple[Row, ...]:
    """One row per SLO and group, in the order of names; an SLO without any data has one row that says so.

    ``answers`` are those to ``questions``; ``alerts`` everything that is pending or firing.
    """
    firing = [alert for alert in alerts if alert.state == "firing"]
    promised = promises(catalogue)
    windows = {window: _counts(catalogue, answers, window) for window in {slo.window for slo in catalogue.slos.values()}}
    burning = _by_group(catalogue, answers.get(_burning(catalogue.evaluation), ()))
    found: list[Row] = []
    for slo in sorted(catalogue.slos.values(), key=lambda slo: (slo.service, slo.name)):
        counted = windows[slo.window]
        groups = {group for indicator, group in (*counted, *burning) if indicator == slo.indicator}
        for group in sorted(groups) or [()]:
            key = (slo.indicator, group)
            found.append(_row(catalogue, slo, group, counted.get(key), burning.get(key), firing, promised.get(slo.indicator, ())))
    return tuple(found)


def is_alarming(row: Row) -> bool:
    """Whether somebody should look: not certainly met, not measured, or an alert is firing."""
    return row.verdict in ("missed", "unclear", "no data") or bool(row.alerts)


# --- one row -----------------------------------------------------------------------------------------------------

Group = tuple[tuple[str, str], ...]


def _row(
    catalogue: Catalogue, slo: Slo, group: Group, counts: _Counts | None, ratio: Sample | None,
    firing: Iterable[Alert], promised: tuple[Promise, ...],
) -> Row:
    labels = dict(group)
    severities = [catalogue.evaluation.severity_names.get(severity, severity) for severity in ("page", "ticket", "info")]
    alerts = tuple(sorted((alert for alert in firing if _concerns(alert, slo, labels)), key=lambda alert: _urgency(alert, severities)))
    verdict = _verdict(counts, slo.objective)
    attained = 1 - counts.bad / counts.total if counts and counts.total > 0 else None
    budget = 1 - slo.objective
    in_danger = verdict == "missed" or any(alert.labels.get("alertname") == names.BUDGET_BURN for alert in alerts)
    return Row(
        slo=slo,
        group=labels,
        verdict=verdict,
        attained=attained,
        budget_left=1 - (1 - attained) / budget if attained is not None and budget > 0 else None,
        burn=_exact(ratio) / budget if ratio is not None and budget > 0 else None,
        coverage=min(counts.minutes * catalogue.evaluation.interval / slo.window, Fraction(1)) if counts else None,
        bad=counts.bad if counts else None,
        total=counts.total if counts else None,
        alerts=alerts,
        endangered=tuple(promise for promise in promised if not labels or promise.rests_on(labels)) if in_danger else (),
    )


def _verdict(counts: _Counts | None, objective: Fraction) -> Verdict:
    if counts is None:
        return "no data"
    possible = counts.total + counts.unseen
    if possible <= 0:
        return "no events"
    at_least = 1 - (counts.bad + counts.unseen) / possible
    at_most = 1 - counts.bad / possible
    if at_least >= objective:
        return "met"
    return "missed" if at_most < objective else "unclear"


def _concerns(alert: Alert, slo: Slo, group: Mapping[str, str]) -> bool:
    named = alert.labels.get("alertname")
    if named == names.BUDGET_BURN:
        mine = alert.labels.get(names.SLO) == slo.name
    elif named == names.INDICATOR_NO_DATA:
        mine = alert.labels.get(names.INDICATOR) == slo.indicator
    else:
        return False
    return mine and all(alert.labels.get(label, value) == value for label, value in group.items())


def _urgency(alert: Alert, severities: Sequence[str]) -> tuple[int, str]:
    severity = alert.labels.get(names.SEVERITY, "")
    return severities.index(severity) if severity in severities else len(severities), str(sorted(alert.labels.items()))


# --- answers, by indicator and group -----------------------------------------------------------------------------

Key = tuple[str, Group]


def _counts(catalogue: Catalogue, answers: Mapping[str, tuple[Sample, ...]], window: int) -> dict[Key, _Counts]:
    """The counts of one window. A group counts as measured when minutes of it are recorded."""
    bad, total, unseen, minutes = (
        _series(answers.get(_latest(metric(duration(window)), window, catalogue.evaluation), ()))
        for metric in (names.bad_window, names.total_window, names.unseen_window, names.minutes_window)
    )
    found: dict[Key, _Counts] = {}
    for labels, sample in sorted(minutes.items()):
        key = _key(catalogue, sample)
        if key is None or labels not in total or labels not in bad:
            continue
        counts = _Counts(
            bad=_exact(bad[labels]), total=_exact(total[labels]), minutes=_exact(sample),
            unseen=_exact(unseen[labels]) if labels in unseen else Fraction(0),
        )
        # Two replicas may answer for one group; the one that has measured longer knows more, then the one with more errors.
        known = found.get(key)
        if known is None or (counts.minutes, counts.bad) > (known.minutes, known.bad):
            found[key] = counts
    return found


def _by_group(catalogue: Catalogue, samples: Iterable[Sample]) -> dict[Key, Sample]:
    found: dict[Key, Sample] = {}
    for sample in _finite(samples):
        key = _key(catalogue, sample)
        if key is not None and (key not in found or sample.value > found[key].value):
            found[key] = sample
    return found


def _series(samples: Iterable[Sample]) -> dict[Group, Sample]:
    return {_labels(sample): sample for sample in _finite(samples)}


def _labels(sample: Sample) -> Group:
    return tuple(sorted((label, value) for label, value in sample.labels.items() if label != "__name__"))


def _key(catalogue: Catalogue, sample: Sample) -> Key | None:
    indicator = catalogue.indicators.get(sample.labels.get(names.INDICATOR, ""))
    if indicator is None:
        return None
    return indicator.name, tuple((label, sample.labels.get(label, "")) for label in indicator.by)


def _finite(samples: Iterable[Sample]) -> Iterator[Sample]:
    return (sample for sample in samples if isfinite(sample.value))


def _exact(sample: Sample) -> Fraction:
    """The value as Prometheus wrote it: the shortest decimal of the float, so that 0.1 is a tenth."""
    return Fraction(repr(sample.value))


def _latest(metric: str, window: int, evaluation: Evaluation) -> str:
    """The last recorded value; without this range, series of rules that run every five minutes fade out in between."""
    every = evaluation.long_interval if window >= DAY else evaluation.interval
    return f"last_over_time({metric}[{duration(max(2 * every, 60))}])"


def _burning(evaluation: Evaluation) -> str:
    return _latest(names.error_ratio(duration(BURN_RATE_WINDOW)), BURN_RATE_WINDOW, evaluation)
