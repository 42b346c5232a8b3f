"""Burn alerts over past minutes, against the meaning of the rules spelled out minute by minute."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from catalogues import DAY, HOUR, PAIRS, slo

from slo_gen.contract.facts import Slots
from slo_gen.history.burn_replay import Firing, firings, together
from slo_gen.rules.thresholds import threshold
from slo_gen.spec.model import BurnWindow, Evaluation, Slo

BEGIN = 1_790_805_600
MINUTE = 60
EVALUATION = Evaluation()
FAST = BurnWindow(HOUR, 300, Fraction(2, 100), "page")


def slots(minutes: list[tuple[int, int] | None], per: int = 1) -> Slots:
    return Slots(BEGIN, MINUTE, [minute and minute[0] for minute in minutes], [minute[1] if minute else 0 for minute in minutes], per)


def burning(of: Slo, pair: BurnWindow, facts: Slots, instant: int) -> bool:
    """Straight from the rules: sums over the records in ``(t - w, t]``, each made a minute after the minute it is about has ended.

    A minute without data has no events here, see ``slots``.
    """

    def window(seconds: int) -> tuple[int, int]:
        # Below a day the record of each minute; above it roll-ups at multiples of five minutes, booked five minutes after their mark.
        last = instant if seconds < DAY else instant // 300 * 300 - 300
        numbers = slice(*(max(0, (record - 2 * MINUTE - BEGIN) // MINUTE + 1) for record in (last - seconds, last)))
        return sum(facts.bad[numbers]), sum(filter(None, facts.total[numbers]))

    limit = threshold(of, pair)
    shares = [Fraction(bad, total) > limit if total else False for bad, total in map(window, (pair.long, pair.short))]
    return all(shares) and window(pair.long)[0] >= of.minimum_bad * facts.per


def told(of: Slo, facts: Slots) -> list[Firing]:
    found = []
    for pair in of.alerts:
        since: int | None = None
        started: int | None = None
        for instant in range(facts.start, facts.end + MINUTE, MINUTE):
            now = instant < facts.end and burning(of, pair, facts, instant)
            since = (instant if since is None else since) if now else None
            if since is not None and started is None and instant - since >= pair.hold:
                started = instant
            if started is not None and not now:
                found.append(Firing(pair, started, instant))
                started = None
    return sorted(found, key=lambda firing: (firing.start, firing.pair.long))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("hold", [0, 180])
def test_what_fires_is_what_the_rules_mean(seed: int, hold: int) -> None:
    dice = random.Random(seed)
    minutes: list[tuple[int, int] | None] = []
    while len(minutes) < 2000:
        rate, length = dice.choice([0.0, 0.0005, 0.01, 0.5, 1.0]), dice.choice([1, 4, 20, 90, 400])
        for _ in range(length):
            total = dice.choice([0, 3, 100, 1000])
            minutes.append(None if dice.random() < 0.05 else (total, round(total * rate)))
    windows = (FAST, BurnWindow(6 * HOUR, 1800, Fraction(5, 100), "page"), BurnWindow(DAY, 2 * HOUR, Fraction(10, 100), "ticket"))
    of = slo("s", "i", alerts=tuple(replace(pair, hold=hold) for pair in windows))
    facts = slots(minutes)
    expected = told(of, facts)
    assert expected
    assert list(firings(of, facts, EVALUATION)) == expected


def outage(minutes: int, total: int = 100) -> Slots:
    return slots([(total, 0)] * 600 + [(total, total)] * minutes + [(total, 0)] * 600)


def test_a_complete_outage_pages_after_its_first_minutes() -> None:
    fired = firings(slo("s", "i", alerts=(FAST,)), outage(10), EVALUATION)
    # 14.4 * 0.1 % of an hour is 0.864 minutes: the first bad minute is enough, recorded a minute after its end.
    assert [(firing.start - BEGIN) // MINUTE for firing in fired] == [602]
    assert [(firing.end - BEGIN) // MINUTE for firing in fired] == [616]


def test_few_events_page_nobody_until_enough_have_failed() -> None:
    of = slo("s", "i", alerts=(FAST,))
    assert firings(of, outage(2, total=1), EVALUATION) == ()
    assert len(firings(of, outage(3, total=1), EVALUATION)) == 1
    assert len(firings(replace(of, minimum_bad=Fraction(0)), outage(1, total=1), EVALUATION)) == 1


def test_numbers_beyond_64_bits_are_no_others() -> None:
    small, large = outage(10), outage(10, total=10**18)
    of = slo("s", "i", alerts=PAIRS)
    assert firings(of, large, EVALUATION) == firings(of, small, EVALUATION)


def test_parts_of_a_minute_are_compared_in_their_own_units() -> None:
    of = slo("s", "i", alerts=(FAST,), minimum_bad=Fraction(1))
    whole = slots([(4, 0)] * 60 + [(4, 3)] * 2 + [(4, 0)] * 60, per=4)
    half = slots([(4, 0)] * 60 + [(4, 1)] * 3 + [(4, 0)] * 60, per=4)
    assert len(firings(of, whole, EVALUATION)) == 1
    assert firings(of, half, EVALUATION) == ()


def test_a_pair_that_no_outage_reaches_never_fires() -> None:
    assert firings(slo("s", "i", "0.9", alerts=(FAST,)), outage(60), EVALUATION) == ()


def test_what_fires_at_the_same_time_is_one_interruption() -> None:
    fired = (Firing(FAST, 0, 100), Firing(FAST, 50, 200), Firing(FAST, 300, 400))
    assert together(fired) == ((0, 200), (300, 400))
