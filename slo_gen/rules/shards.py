"""How indicators and SLOs are dealt out to shared rules.

A rule serves a *shard* of indicators and selects them by label. Which shard an indicator is in follows from its
name and the number of shards alone, and that number is a power of two: a new document leaves every other
indicator where it is (an alert that changes its rule is resolved and fires again), except when their number
outgrows the shards.

PromQL joins many to one, never many to many, so an SLO rule takes one SLO per indicator. The SLOs of a shard are
therefore dealt into *layers*: SLOs that alert and are labelled in the same way, each indicator at most once.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from slo_gen import names
from slo_gen.rules.promql import one_of
from slo_gen.rules.thresholds import reachable
from slo_gen.spec.model import BurnWindow, Catalogue, Indicator, Slo

__all__ = ["Layer", "Shard", "deal"]


@dataclass(frozen=True, slots=True)
class _Alike:
    """What SLOs must have in common to share rules."""

    window: int
    alerts: tuple[BurnWindow, ...]
    minimum_bad: Fraction
    labels: tuple[str, ...]
    annotations: tuple[str, ...]
    runbook: bool
    dashboard: bool


@dataclass(frozen=True, slots=True)
class Layer:
    """SLOs of one shard that share rules: no two on the same indicator. ``key`` names it within the catalogue."""

    key: str
    slos: tuple[Slo, ...]
    indicators: str                       # a matcher for the measured series of its indicators
    members: str                          # a matcher for the objective series of its SLOs
    exact: tuple[str, ...]                # those of its indicators that are counted exactly
    window: int
    alerts: tuple[BurnWindow, ...]        # those that can fire
    minimum_bad: Fraction
    labels: tuple[str, ...]               # names of the users' own alert labels
    annotations: tuple[str, ...]          # names of the users' own annotations
    runbook: bool
    dashboard: bool

    @property
    def identity(self) -> tuple[str, ...]:
        """Labels that an SLO adds to the measured series of its indicator."""
        return (names.SLO, names.SERVICE, names.TEAM, *self.labels)

    @property
    def marker(self) -> dict[str, str]:
        return marker(self.key)


@dataclass(frozen=True, slots=True)
class Shard:
    """Indicators that share rules, and what is built on them. All in the order of their names."""

    key: str
    indicators: tuple[Indicator, ...]
    layers: tuple[Layer, ...]

    @property
    def marker(self) -> dict[str, str]:
        return marker(self.key)


def marker(key: str) -> dict[str, str]:
    """A static label that tells a shared rule from its sisters in other shards, and never reaches a series.

    promtool takes rules of one name with the same labels for duplicates. A label that is set to nothing is no
    label to Prometheus, so the recorded series stay the same when an indicator changes its shard.
    """
    return {f"slm_shard_{key}": ""}


def deal(catalogue: Catalogue) -> tuple[Shard, ...]:
    """Deal the catalogue's indicators and SLOs out. Empty shards are left out."""
    count = _shard_count(len(catalogue.indicators), catalogue.evaluation.shard_size)
    width = len(str(count - 1))
    indicators: defaultdict[int, list[Indicator]] = defaultdict(list)
    for indicator in catalogue.indicators.values():
        indicators[_place(indicator.name, count)].append(indicator)
    slos: defaultdict[int, list[Slo]] = defaultdict(list)
    for slo in catalogue.slos.values():
        slos[_place(slo.indicator, count)].append(slo)
    shards: list[Shard] = []
    for number in sorted(indicators):
        members = tuple(sorted(indicators[number], key=lambda indicator: indicator.name))
        key = f"{number:0{width}d}"
        exact = frozenset(indicator.name for indicator in members if indicator.is_counted and indicator.counting == "exact")
        shards.append(Shard(key, members, _layers(key, slos[number], exact)))
    return tuple(shards)


def _shard_count(indicators: int, size: int) -> int:
    """The smallest power of two that leaves shards a quarter below ``size`` on average, as names fall unevenly."""
    count = 1
    while indicators * 4 > count * size * 3:
        count *= 2
    return count


def _place(name: str, count: int) -> int:
    return zlib.crc32(name.encode()) % count


def _layers(shard: str, slos: Iterable[Slo], exact: frozenset[str]) -> tuple[Layer, ...]:
    stacks: dict[_Alike, list[list[Slo]]] = {}
    depths: dict[tuple[int, str], int] = {}
    for slo in sorted(slos, key=lambda slo: slo.name):
        stack = stacks.setdefault(_in_common(slo), [])
        depth = depths.get((id(stack), slo.indicator), 0)
        depths[id(stack), slo.indicator] = depth + 1
        if depth == len(stack):
            stack.append([])
        stack[depth].append(slo)
    layers = [
        _layer(f"{shard}_{_digest(common)}_{depth}", common, members, exact)
        for common, stack in stacks.items()
        for depth, members in enumerate(stack)
    ]
    return tuple(sorted(layers, key=lambda layer: layer.key))


def _layer(key: str, common: _Alike, members: list[Slo], exact: frozenset[str]) -> Layer:
    return Layer(
        key=key,
        slos=tuple(members),
        indicators=one_of(names.INDICATOR, (slo.indicator for slo in members)),
        members=one_of(names.SLO, (slo.name for slo in members)),
        exact=tuple(slo.indicator for slo in members if slo.indicator in exact),
        window=common.window,
        alerts=common.alerts,
        minimum_bad=common.minimum_bad,
        labels=common.labels,
        annotations=common.annotations,
        runbook=common.runbook,
        dashboard=common.dashboard,
    )


def _in_common(slo: Slo) -> _Alike:
    return _Alike(
        window=slo.window,
        alerts=reachable(slo),
        minimum_bad=slo.minimum_bad,
        labels=tuple(sorted(slo.labels)),
        annotations=tuple(sorted(slo.annotations)),
        runbook=bool(slo.runbook_url),
        dashboard=bool(slo.dashboard_url),
    )


def _digest(common: _Alike) -> str:
    """A short name for what a layer has in common; it does not depend on which other layers there are."""
    return f"{zlib.crc32(repr(common).encode()):08x}"
