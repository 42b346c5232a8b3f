"""What the parties agreed not to count, as spans of the agreement's zone."""

from __future__ import annotations

import pytest
from catalogue_text import BASE, catalogue_of, problems_of

from slo_gen.timekeeping.zones import write_instant

AGREED = "agreed_by: [{party: customer/acme, by: A. Buyer, date: 2026-10-12}]"
SLA = """
kind: SLA
metadata: {name: acme-checkout}
spec:
  customer: acme
  service: checkout
  period: {length: month, timezone: Europe/Berlin}
  targets: [{name: availability, indicator: requests, objective: 99.9%}, {name: other, indicator: requests, objective: 99%}]
---
"""


def adjustment(what: str) -> str:
    return BASE + SLA + f"kind: Adjustment\nmetadata: {{name: a}}\nspec: {{agreement: acme-checkout, {what}, reason: why, {AGREED}}}\n"


def test_times_are_those_of_the_agreement_unless_they_say_otherwise() -> None:
    (found,) = catalogue_of(adjustment("span: {from: 2026-10-10T12:00, to: '2026-10-10T11:00:00Z'}")).adjustments
    assert found.span is not None
    assert tuple(map(write_instant, found.span)) == ("2026-10-10T10:00:00Z", "2026-10-10T11:00:00Z")
    assert found.relieves("acme-checkout", "availability")
    assert not found.relieves("another", "availability")


def test_some_targets_or_a_ticket() -> None:
    (found,) = catalogue_of(adjustment("targets: [other], ticket: INC-1")).adjustments
    assert (found.ticket, found.span) == ("INC-1", None)
    assert (found.relieves("acme-checkout", "availability"), found.relieves("acme-checkout", "other")) == (False, True)


STARTS = "it starts at 2026-10-10T12:00"


@pytest.mark.parametrize(("what", "message", "hint"), [
    ("span: {from: 2026-10-10T12:00, to: 2026-10-10T12:00}", "the span does not end after its start", STARTS),
    ("span: {from: 2026-10-10T12:00, to: '2026-10-10T09:00:00Z'}", "the span does not end after its start", STARTS),
    ("ticket: INC-1, targets: [availabilty]", "SLA acme-checkout has no target availabilty", "did you mean `availability`?"),
])
def test_what_cannot_be_meant(what: str, message: str, hint: str) -> None:
    assert problems_of(adjustment(what)) == [(message, hint)]
