"""Which facts a backtest rests on, in a sentence for each indicator: which replica was read, and what was computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from slo_gen.history.backtest import SloPast
from slo_gen.history.facts import Source
from slo_gen.history.period_words import listed
from slo_gen.history.promised_past import TargetPast
from slo_gen.history.recount import how_computed
from slo_gen.spec.model import Catalogue
from slo_gen.timekeeping.zones import write_instant

__all__ = ["notes"]

_Labels = tuple[tuple[str, str], ...]


def notes(promised: Iterable[TargetPast], slos: Iterable[SloPast], catalogue: Catalogue, url: str) -> list[str]:
    """Each once. An SLO reads its whole range at once, so that what it read is told only where no target has said the same."""
    looks, told = [], []
    for target in promised:
        look = _Look(target.target.indicator)
        for each in target.periods:
            look.add(each.period.name, each.past.sources)
        looks.append(look)
        told.append((target.target.indicator, target.computed))
    for slo in slos:
        look = _Look(slo.slo.indicator)
        look.add("", slo.past.sources)
        if not any(look.order[:1] == other.order[:1] and look.indicator == other.indicator and other.words(url) for other in looks):
            looks.append(look)
        told.append((slo.slo.indicator, slo.past.computed))
    lines = [look.words(url) for look in looks]
    lines += [
        f"{name}: not recorded before {write_instant(computed.items[-1][1])}; {how_computed(catalogue.indicators[name])}"
        for name, computed in told if computed
    ]  # fmt: skip
    return list(dict.fromkeys(filter(None, lines)))


@dataclass(slots=True)
class _Look:
    """Where the facts of an indicator were read: the periods by their source, and how many records there were."""

    indicator: str
    read: dict[_Labels, list[str]] = field(default_factory=dict)
    records: dict[_Labels, int] = field(default_factory=dict)
    others: dict[_Labels, int] = field(default_factory=dict)

    def add(self, period: str, sources: Sequence[Source]) -> None:
        for source in sources:
            kept = self.records if source.read else self.others
            kept[source.labels] = kept.get(source.labels, 0) + source.records
            if source.read:
                self.read.setdefault(source.labels, []).append(period)

    @property
    def order(self) -> list[_Labels]:
        """What was read, first of all where most was."""
        return sorted(self.read, key=lambda labels: (-self.records[labels], labels))

    def words(self, url: str) -> str:
        """"" where there was nothing to choose."""
        if len(self.records.keys() | self.others.keys()) < 2 or not self.read:
            return ""
        first, *more = self.order
        text = f"{self.indicator}: read from {_labelled(first)} ({self.records[first]:,} records) of {url}"
        for labels in more:
            text += f", in {listed(self.read[labels])} from {_labelled(labels)} ({self.records[labels]:,} records), which has more of it"
        beside = [f"{_labelled(labels)} ({self.others[labels]:,})" for labels in sorted(self.others.keys() - self.read.keys())]
        return f"{text}; also there: {', '.join(beside)}" if beside else text


def _labelled(labels: _Labels) -> str:
    return "{" + ", ".join(f'{label}="{value}"' for label, value in labels) + "}"
