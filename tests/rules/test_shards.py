"""How indicators and SLOs are dealt out: evenly, in a stable way, and never two of one indicator together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from catalogues import HOUR, PAIRS, catalogue, indicator, slo
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.rules.shards import deal
from slo_gen.rules.thresholds import can_fire, reachable, threshold
from slo_gen.spec.model import BurnWindow, Catalogue, Evaluation, Slo


def of(slos: list[Slo], shard_size: int = 100) -> Catalogue:
    names = {each.indicator for each in slos}
    return catalogue([indicator(name) for name in names], slos, (), Evaluation(shard_size=shard_size))


SLOS = st.lists(
    st.builds(
        lambda number, on, objective, minimum, label: slo(
            f"s{number}", f"i{on}", objective, minimum_bad=Fraction(minimum), labels={label: "x"} if label else {}
        ),
        st.integers(0, 10**6), st.integers(0, 30), st.sampled_from(["0.999", "0.9", "0.2"]),
        st.integers(0, 2), st.sampled_from(["", "tier"]),
    ),
    max_size=40,
    unique_by=lambda each: each.name,
)


@given(SLOS, st.integers(1, 20))
def test_every_slo_is_in_one_layer_and_no_layer_has_an_indicator_twice(slos: list[Slo], shard_size: int) -> None:
    shards = deal(of(slos, shard_size))
    layers = [layer for shard in shards for layer in shard.layers]
    assert sorted(each.name for layer in layers for each in layer.slos) == sorted(each.name for each in slos)
    assert len({layer.key for layer in layers}) == len(layers)
    for shard in shards:
        members = {each.name for each in shard.indicators}
        for layer in shard.layers:
            assert max(Counter(each.indicator for each in layer.slos).values()) == 1
            assert all(each.indicator in members for each in layer.slos)
            assert {(reachable(each), each.minimum_bad, tuple(each.labels)) for each in layer.slos} == {
                (layer.alerts, layer.minimum_bad, layer.labels)
            }
    assert sorted(each.name for shard in shards for each in shard.indicators) == sorted({each.indicator for each in slos})


@given(SLOS)
def test_a_new_slo_moves_no_other(slos: list[Slo]) -> None:
    """Layers keep their names, so that alerts keep their rules, as long as the number of shards stays."""
    new = slo("new", "i0", "0.95", minimum_bad=Fraction(7))
    before = {each.name: layer.key for shard in deal(of([*slos, slo("z", "i0")])) for layer in shard.layers for each in layer.slos}
    after = {each.name: layer.key for shard in deal(of([*slos, slo("z", "i0"), new])) for layer in shard.layers for each in layer.slos}
    assert {name: key for name, key in after.items() if name != "new"} == before


def test_shards_are_even_enough() -> None:
    shards = deal(catalogue([indicator(f"service-{number}-requests") for number in range(3000)]))
    sizes = [len(shard.indicators) for shard in shards]
    assert len(sizes) == 64
    assert max(sizes) <= 100


@given(
    st.fractions(0, 1).filter(lambda value: 0 < value < 1), st.integers(1, 400), st.integers(300, 10**6), st.fractions(Fraction(1, 1000), 1)
)
def test_whether_a_pair_can_fire_is_exact(objective: Fraction, days: int, long: int, share: Fraction) -> None:
    pair = BurnWindow(long, 60, share, "page")
    each = replace(slo("a", "b"), objective=objective, window=days * 86_400, alerts=(pair,))
    assert can_fire(each, pair) == (threshold(each, pair) < 1)


def test_a_threshold_at_one_is_out_of_reach() -> None:
    pair = BurnWindow(HOUR, 300, Fraction(1, 720), "page")
    assert not can_fire(slo("a", "b", "0"), pair)
    assert can_fire(slo("a", "b", "0.0000001"), pair)
    assert reachable(slo("a", "b", "0.9")) == PAIRS[1:]
    assert reachable(slo("a", "b", "0.999")) is PAIRS
