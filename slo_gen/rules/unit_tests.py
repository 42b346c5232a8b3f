"""promtool unit tests for every alert, made from the same catalogue as the rules.

The recorded series of the windows are the input: months of minutes would be more samples than promtool allows, and
what a window holds is not an alert's business. What must fire is worked out here from the documents, in exact
fractions and without a look at the rules' text, so the two have to agree.

Every SLO of a shard is tested at once, as far as they do not share an indicator: promtool needs a tenth of a second to
set a test up, and next to nothing for another series in it. A test goes through its phases minute by minute, each as
long as the longest ``for``. The texts of alerts are compared for one SLO of each layer; of the others it is counted
that all of them fire, or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from slo_gen import names
from slo_gen.rules.burn import SHOWN_AGREEMENTS
from slo_gen.rules.info import Promise, owner, promises
from slo_gen.rules.no_data import BLINDED_SEVERITY, NO_DATA_SEVERITY, remembered
from slo_gen.rules.promql import all_of, duration, label_matcher, one_of
from slo_gen.rules.shards import Layer, Shard, deal
from slo_gen.rules.thresholds import can_fire, pages, share_text, threshold
from slo_gen.rules.windows import BURN_RATE_WINDOW
from slo_gen.spec.model import BurnWindow, Catalogue, Indicator, Slo

__all__ = ["Expectation", "ExpectedAlert", "InputSeries", "UnitTest", "UnitTestFile", "unit_test_files"]

_MINUTE: Final = 60
_CLEAR: Final = Fraction(1, 1000)
"""How far above or below a threshold a series is put, relative to it."""


@dataclass(frozen=True, slots=True)
class InputSeries:
    """A series in promtool's notation: ``0.5x9`` is ten samples of 0.5."""

    series: str
    values: str


@dataclass(frozen=True, slots=True)
class ExpectedAlert:
    """One firing alert, as its receiver sees it."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Expectation:
    """The alerts of one name that fire at ``at`` seconds, all of them."""

    at: int
    alert: str
    alerts: tuple[ExpectedAlert, ...]


@dataclass(frozen=True, slots=True)
class ExpectedCount:
    """The one value that ``expr`` has at ``at`` seconds."""

    at: int
    expr: str
    value: int


@dataclass(frozen=True, slots=True)
class UnitTest:
    """Series, and what must be true of the alerts they raise."""

    name: str
    inputs: tuple[InputSeries, ...]
    expectations: tuple[Expectation, ...] = ()
    counts: tuple[ExpectedCount, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitTestFile:
    """Tests that share rule groups and an interval of evaluation, in seconds."""

    name: str
    groups: tuple[str, ...]
    interval: int
    tests: tuple[UnitTest, ...]


def unit_test_files(catalogue: Catalogue) -> tuple[UnitTestFile, ...]:
    """The tests of all shared rules."""
    promised = promises(catalogue)
    files: list[UnitTestFile] = []
    for shard in deal(catalogue):
        scene = _Scene(shard, catalogue, promised)
        group = f"slm-slo-{shard.key}"
        burning = tuple(_burn_tests(scene))
        if burning:
            files.append(UnitTestFile(f"burn-{shard.key}", (group,), _MINUTE, burning))
        for silence in sorted({indicator.expected_silence for indicator in shard.indicators}):
            interval = max(_MINUTE, -(-silence // 10))
            tests = tuple(_silence_tests(scene, silence, interval))
            files.append(UnitTestFile(f"no-data-{shard.key}-{silence}", (group,), interval, tests))
    return tuple(files)


# --- the scene: what is fed, and what follows from it -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scene:
    shard: Shard
    catalogue: Catalogue
    promised: dict[str, tuple[Promise, ...]]

    def severity(self, of: str) -> str:
        return self.catalogue.evaluation.severity_names.get(of, of)

    def indicator(self, name: str) -> Indicator:
        return self.catalogue.indicators[name]


    def groups(self, name: str) -> tuple[Mapping[str, str], ...]:
        """A group of the indicator, and one more that the first target picks which does not take all."""
        group = _group(self.indicator(name))
        elsewhere = next((promise for promise in self.promised.get(name, ()) if not promise.rests_on(group)), None)
        return (group,) if elsewhere is None else (group, {**group, **elsewhere.target.where})


def _group(indicator: Indicator, value: str = "one") -> Mapping[str, str]:
    return dict.fromkeys(indicator.by, value)


def _series(metric: str, indicator: Indicator, group: Mapping[str, str] | None = None) -> str:
    """A series of the group, or of the one that most tests are about."""
    labels = _group(indicator) if group is None else group
    return all_of(metric, label_matcher(names.INDICATOR, indicator.name), *(label_matcher(*label) for label in labels.items()))


def _decimal(value: Fraction) -> str:
    """As promtool reads numbers: neither fractions nor exponents."""
    return format(Decimal(repr(float(value))), "f")


# --- burn alerts -----------------------------------------------------------------------------------------------


def _burn_tests(scene: _Scene) -> Iterator[UnitTest]:
    alerting = [layer for layer in scene.shard.layers if layer.alerts]
    if not alerting:
        return
    yield _texts_test(scene, alerting)
    for rank, members in enumerate(_by_rank(alerting), 1):
        yield _threshold_test(scene, rank, members)
    yield _idle_test(scene, alerting)


@dataclass(frozen=True, slots=True)
class _Member:
    slo: Slo
    layer: Layer


def _by_rank(layers: Iterable[Layer]) -> list[list[_Member]]:
    """The SLOs so that none in a list shares its indicator with another: a series can test one threshold at a time."""
    ranks: list[list[_Member]] = []
    taken: dict[str, int] = {}
    for layer in layers:
        for slo in layer.slos:
            rank = taken.get(slo.indicator, 0)
            taken[slo.indicator] = rank + 1
            if rank == len(ranks):
                ranks.append([])
            ranks[rank].append(_Member(slo, layer))
    return ranks


def _limits(member: _Member) -> dict[int, list[Fraction]]:
    """The thresholds of each window, of every pair it is part of."""
    limits: dict[int, list[Fraction]] = {}
    for pair in member.layer.alerts:
        for window in (pair.long, pair.short):
            limits.setdefault(window, []).append(threshold(member.slo, pair))
    return limits


def _above(limits: dict[int, list[Fraction]]) -> dict[int, Fraction]:
    """Every window a little above the highest of its thresholds."""
    return {window: min(max(of_window) * (1 + _CLEAR), (max(of_window) + 1) / 2) for window, of_window in limits.items()}


def _under(limits: dict[int, list[Fraction]], windows: set[int]) -> dict[int, Fraction]:
    """These windows a little below the lowest of their thresholds, the others at a complete outage."""
    return {window: min(of_window) * (1 - _CLEAR) if window in windows else Fraction(1) for window, of_window in limits.items()}


def _phases(member: _Member, length: int) -> list[tuple[str, str]]:
    """(metric, values) of the four phases: above, long windows under, short windows under, too few bad events."""
    limits, layer = _limits(member), member.layer
    longs = {pair.long for pair in layer.alerts}
    above = _above(limits)
    stages = [above, _under(limits, longs), _under(limits, {pair.short for pair in layer.alerts}), above]
    bad = " ".join([_held(layer.minimum_bad, length)] * 3 + [_held(layer.minimum_bad * (1 - _CLEAR), length)])
    return [
        *((names.error_ratio(duration(window)), " ".join(_held(stage[window], length) for stage in stages)) for window in sorted(limits)),
        *((names.bad_window(duration(long)), bad) for long in sorted(longs)),
    ]


def _held(value: Fraction, length: int) -> str:
    """``length`` samples of ``value``."""
    return _decimal(value) if length == 1 else f"{_decimal(value)}x{length - 1}"


def _threshold_test(scene: _Scene, rank: int, members: list[_Member]) -> UnitTest:
    """Every SLO of the list just above its thresholds, then just under them in either window, then with too few events."""
    holds = [pair.hold for member in members for pair in member.layer.alerts]
    length = 1 + -(-max(holds) // _MINUTE)
    known: dict[tuple[str, Fraction], list[tuple[str, str]]] = {}
    inputs: list[InputSeries] = []
    for member in members:
        terms = (member.layer.key, member.slo.objective)
        if terms not in known:
            known[terms] = _phases(member, length)
        labels = _series("", scene.indicator(member.slo.indicator))
        inputs.extend(InputSeries(metric + labels, values) for metric, values in known[terms])
    firing = (label_matcher("alertname", names.BUDGET_BURN), label_matcher("alertstate", "firing"))
    counted = f"count({all_of('ALERTS', *firing, one_of(names.SLO, (member.slo.name for member in members)))}) or vector(0)"
    without_minimum = sum(len(member.layer.alerts) for member in members if member.layer.minimum_bad <= 0)
    counts = [
        ExpectedCount((phase * length + length - 1) * _MINUTE, counted, count)
        for phase, count in enumerate((len(holds), 0, 0, without_minimum))
    ]
    if length > 1:
        before = (length - 2) * _MINUTE
        counts.insert(0, ExpectedCount(before, counted, sum(hold <= before for hold in holds)))
    name = f"thresholds {rank}: above, long windows under, short windows under, too few bad events"
    return UnitTest(name, tuple(inputs), counts=tuple(counts))


def _texts_test(scene: _Scene, layers: list[Layer]) -> UnitTest:
    """Complete outages: every pair fires, with these labels and these texts.

    Of every layer it is the first SLO, and the first one whose groups concern different agreements, in two groups.
    """
    firsts: dict[str, Slo] = {}
    for layer in layers:
        split = [slo for slo in layer.slos if len(scene.groups(slo.indicator)) > 1]
        for slo in (layer.slos[0], *split[:1]):
            firsts.setdefault(slo.indicator, slo)
    on_them = [slo for layer in layers for slo in layer.slos if slo.indicator in firsts]
    hold = max(pair.hold for slo in on_them for pair in slo.alerts)
    samples = 1 + -(-hold // _MINUTE)
    bad = max(slo.minimum_bad for slo in on_them)
    windows: dict[str, dict[BurnWindow, None]] = {name: {} for name in sorted(firsts)}
    for slo in on_them:
        windows[slo.indicator].update(dict.fromkeys(slo.alerts))
    inputs = [
        InputSeries(_series(names.error_ratio(duration(window)), scene.indicator(name), group), _held(Fraction(1), samples))
        for name, pairs in windows.items()
        for group in scene.groups(name)
        for window in sorted({pair.long for pair in pairs} | {pair.short for pair in pairs})
    ]
    inputs += [
        InputSeries(_series(names.bad_window(duration(long)), scene.indicator(name), group), _held(bad, samples))
        for name, pairs in windows.items()
        for group in scene.groups(name)
        for long in sorted({pair.long for pair in pairs})
    ]
    outages = ((slo, group) for slo in on_them for group in scene.groups(slo.indicator))
    expected = [_burn_alert(scene, slo, pair, group) for slo, group in outages for pair in slo.alerts if can_fire(slo, pair)]
    return UnitTest("texts", tuple(inputs), (Expectation((samples - 1) * _MINUTE, names.BUDGET_BURN, tuple(expected)),))


def _idle_test(scene: _Scene, layers: list[Layer]) -> UnitTest:
    """No traffic: zero of zero is no ratio, and no alert."""
    indicators = sorted({slo.indicator for layer in layers for slo in layer.slos})
    inputs = tuple(
        InputSeries(_series(metric, scene.indicator(name)), "0x10") for name in indicators for metric in (names.TOTAL, names.BAD)
    )
    at = 2 * _MINUTE
    ratio = all_of(names.error_ratio(duration(BURN_RATE_WINDOW)), one_of(names.INDICATOR, indicators))
    no_ratio = ExpectedCount(at, f"count({ratio}) or vector(0)", 0)
    return UnitTest("no traffic", inputs, (Expectation(at, names.BUDGET_BURN, ()),), (no_ratio,))


def _burn_alert(scene: _Scene, slo: Slo, pair: BurnWindow, group: Mapping[str, str]) -> ExpectedAlert:
    """As it is while everything of the group is bad."""
    labels = {
        **slo.labels,
        **group,
        names.SLO: slo.name,
        names.INDICATOR: slo.indicator,
        names.SERVICE: slo.service,
        names.TEAM: slo.team,
        names.SEVERITY: scene.severity(pair.severity),
        names.LONG_WINDOW: duration(pair.long),
        names.SHORT_WINDOW: duration(pair.short),
    }
    long = duration(pair.long)
    annotations = {
        "summary": f"{slo.name} spends more than {share_text(pair)} of its {duration(slo.window)} error budget within {long}",
        "description": f"{slo.title}: 100% of the last {long} was bad, the objective is {slo.objective_text} good."
        + _endangered(scene, slo.indicator, group),
        "runbook_url": slo.runbook_url,
        "dashboard_url": slo.dashboard_url,
        **slo.annotations,
    }
    return ExpectedAlert(_present(labels), _present(annotations))


def _endangered(scene: _Scene, indicator: str, group: Mapping[str, str]) -> str:
    agreements = sorted({promise.agreement.name for promise in scene.promised.get(indicator, ()) if promise.rests_on(group)})
    if not agreements:
        return ""
    more = ", ..." if len(agreements) > SHOWN_AGREEMENTS else ""
    return f" Agreements in danger: {len(agreements)} ({', '.join(agreements[:SHOWN_AGREEMENTS])}{more})."


def _present(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in texts.items() if text}


# --- no data ---------------------------------------------------------------------------------------------------


def _silence_tests(scene: _Scene, silence: int, interval: int) -> Iterator[UnitTest]:
    """Nothing recorded, nothing bad recorded, indicators that go away, and one group of several that does."""
    reached = interval * -(-silence // interval)
    until = reached + interval
    samples = until // interval
    yield UnitTest(f"nothing is recorded for {duration(silence)}", (), tuple(_silent(scene, at) for at in (reached - interval, reached)))
    recorded = tuple(InputSeries(_series(names.TOTAL, indicator), f"0x{samples}") for indicator in scene.shard.indicators)
    yield UnitTest("nothing bad has happened yet", recorded, (Expectation(until, names.INDICATOR_NO_DATA, ()),))
    patient = [indicator for indicator in scene.shard.indicators if indicator.expected_silence == silence]
    present = {indicator.name: InputSeries(_series(names.TOTAL, indicator), f"0x{samples + 1}") for indicator in scene.shard.indicators}
    until += interval
    ended = present | {indicator.name: InputSeries(_series(names.TOTAL, indicator), "1 stale") for indicator in patient}
    raised = tuple(alert for indicator in patient for alert in _lost_alerts(scene, indicator))
    yield UnitTest("indicators go away", tuple(ended.values()), (Expectation(until, names.INDICATOR_NO_DATA, raised),))
    grouped = [indicator for indicator in patient if indicator.by]
    if grouped:
        gone = tuple(InputSeries(_series(names.TOTAL, indicator, _group(indicator, "two")), "1 stale") for indicator in grouped)
        expected = tuple(_group_alert(scene, indicator, silence) for indicator in grouped)
        yield UnitTest("one group goes away", (*present.values(), *gone), (Expectation(until, names.INDICATOR_NO_DATA, expected),))


def _silent(scene: _Scene, at: int) -> Expectation:
    """All indicators of the shard are silent from the start; each has fired that waits no longer than this."""
    alerts = (_no_data_alert(scene, indicator) for indicator in scene.shard.indicators if indicator.expected_silence <= at)
    return Expectation(at, names.INDICATOR_NO_DATA, tuple(alerts))


def _no_data_alert(scene: _Scene, indicator: Indicator) -> ExpectedAlert:
    return ExpectedAlert(
        _no_data_labels(scene, indicator),
        {
            "summary": f"{indicator.name} has recorded nothing for {duration(indicator.expected_silence)}",
            "description": "Neither its burn alerts nor its agreements can be judged. Is the service scraped, and does its selector match?",
        },
    )


def _lost_alerts(scene: _Scene, indicator: Indicator) -> Iterator[ExpectedAlert]:
    """What an indicator raises that was recorded and is no more: a page too, where it blinds one."""
    ticket = _no_data_alert(scene, indicator)
    yield ticket
    if any(pages(slo) for layer in scene.shard.layers for slo in layer.slos if slo.indicator == indicator.name):
        memory = duration(remembered(indicator.expected_silence))
        yield ExpectedAlert(
            {**ticket.labels, names.SEVERITY: scene.severity(BLINDED_SEVERITY)},
            {
                "summary": ticket.annotations["summary"],
                "description": f"It was measured within the last {memory}; now an outage would raise no burn alert, and may be why."
                " Is the service up, and is it scraped?",
            },
        )


def _group_alert(scene: _Scene, indicator: Indicator, silence: int) -> ExpectedAlert:
    return ExpectedAlert(
        {**_no_data_labels(scene, indicator), **_group(indicator, "two")},
        {
            "summary": f"A group of {indicator.name} has recorded nothing for {duration(silence)}",
            "description": f"It was there within the last {duration(remembered(silence))}, and other groups of the indicator still are.",
        },
    )


def _no_data_labels(scene: _Scene, indicator: Indicator) -> dict[str, str]:
    return _present({
        names.INDICATOR: indicator.name,
        names.SERVICE: indicator.service,
        names.TEAM: owner(scene.catalogue, indicator),
        names.SEVERITY: scene.severity(NO_DATA_SEVERITY),
    })
