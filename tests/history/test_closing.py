"""Provisional, disputed, final, revised: who may change what, and what is told of it."""

from __future__ import annotations

import pytest
from closings import DAY, END, closing, judged
from msgspec.structs import replace

from slo_gen.history.closing import (
    ClosingError,
    closed_again,
    differences,
    disputed,
    made_final,
    revised,
    settled_by_date,
)
from slo_gen.history.closing_file import DueDate

LATER = END + 2 * DAY


def test_the_same_figures_change_nothing() -> None:
    assert closed_again(closing(), judged(), LATER) is closing() or closed_again(closing(), judged(), LATER) == closing()


def test_other_figures_take_the_place_of_provisional_ones_and_are_told() -> None:
    found = closed_again(closing(), judged(44), LATER)
    assert (found.state, found.current.number, found.current.at, found.current.judged) == ("provisional", 1, LATER, judged(44))
    assert found.earlier == ()
    assert found.changes[-1].what == "closed again: target availability: 44 events counted were 43, other facts"


def test_objections_end_by_date() -> None:
    until = END + 14 * DAY
    assert settled_by_date(closing(), until - 1) == closing()
    found = settled_by_date(closing(), until + 5 * DAY)
    assert (found.state, found.changes[-1].at, found.changes[-1].what) == ("final", until, "nobody objected in time")
    assert settled_by_date(closing(objections_until=None), until + 1000 * DAY).state == "provisional"


def test_a_dispute_outlasts_the_time_for_objections() -> None:
    found = disputed(closing(), LATER, "ten of these minutes were ours")
    assert (found.state, found.changes[-1].what) == ("disputed", "ten of these minutes were ours")
    assert settled_by_date(found, END + 1000 * DAY) == found
    assert closed_again(found, judged(33), LATER + 1).state == "disputed"
    with pytest.raises(ClosingError, match="it is disputed; say with --agreed-by"):
        made_final(found, LATER, "")
    settled = made_final(found, LATER + DAY, "A. Buyer")
    assert (settled.state, settled.changes[-1].by) == ("final", "A. Buyer")


def test_figures_are_final_early_only_when_the_other_side_agrees() -> None:
    with pytest.raises(ClosingError, match="objections run until 2026-11-14T23:00:00Z; say with --agreed-by"):
        made_final(closing(), LATER, "")
    assert made_final(closing(), LATER, "A. Buyer").state == "final"
    assert made_final(closing(objections_until=None), LATER, "").state == "final"


def test_final_figures_stay() -> None:
    final = made_final(closing(), LATER, "A. Buyer")
    for attempt in (
        lambda: closed_again(final, judged(44), LATER), lambda: disputed(final, LATER, "no"), lambda: made_final(final, LATER, "B. Seller"),
    ):
        with pytest.raises(ClosingError, match="2026-10 is final"):
            attempt()


def test_a_revision_keeps_the_one_before() -> None:
    final = made_final(closing(), LATER, "A. Buyer")
    found = revised(final, judged(33), LATER + DAY, "ten minutes were a test of yours", "A. Buyer")
    assert (found.state, found.current.number, found.current.reason, found.current.agreed_by) == (
        "final", 2, "ten minutes were a test of yours", "A. Buyer",
    )
    assert found.earlier == (final.current,)
    assert found.current.judged == judged(33)
    assert found.changes[-1].what == "ten minutes were a test of yours; target availability: 33 events counted were 43, other facts"
    again = revised(found, judged(34), LATER + 2 * DAY, "one more", "A. Buyer")
    assert [revision.number for revision in (*again.earlier, again.current)] == [1, 2, 3]


def test_only_what_is_final_and_different_is_revised() -> None:
    with pytest.raises(ClosingError, match="2026-10 is provisional; close it again without --revise"):
        revised(closing(), judged(33), LATER, "why", "A. Buyer")
    with pytest.raises(ClosingError, match="nothing is different from revision 1"):
        revised(made_final(closing(), LATER, "A. Buyer"), judged(), LATER, "why", "A. Buyer")


def test_every_difference_is_told() -> None:
    old = judged()
    assert differences(old, replace(old, terms="sha256:01")) == ("the terms of the agreement",)
    assert differences(old, replace(old, targets=())) == ("target availability is gone",)
    assert differences(replace(old, targets=()), old) == ("target availability is new",)
    assert differences(old, replace(old, deadlines=(DueDate(what="report", at=1),))) == ("deadlines",)
    assert differences(old, replace(old, server="http://b:9090")) == ("read from http://b:9090 (Prometheus 3.5.0)",)
    assert differences(old, replace(old, notes=("n",))) == ("something that no figure shows",)
    missed = replace(old, targets=(replace(old.targets[0], verdict="missed", attained="99.8%"),))
    assert differences(old, missed) == ("target availability: verdict missed was met, attained 99.8% was 99.999%",)
