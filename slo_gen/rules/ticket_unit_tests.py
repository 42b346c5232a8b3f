"""promtool unit tests for the alerts about tickets: one target for each promise that is different, at, below and beyond what it allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from slo_gen import names
from slo_gen.contract.ticket_promises import COUNTED
from slo_gen.rules.agreement_pages import filled_address
from slo_gen.rules.promql import all_of, label_matcher, number
from slo_gen.rules.ticket_rules import (
    ALL,
    STALE,
    TICKET_SEVERITY,
    TicketPromise,
    allowed_misses,
    reads_states,
    ticket_promises,
    ticket_texts,
)  # fmt: skip
from slo_gen.rules.unit_tests import Expectation, ExpectedAlert, InputSeries, UnitTest, UnitTestFile
from slo_gen.spec.model import Catalogue

__all__ = ["ticket_unit_test_files"]

_MANY: Final = 400
_FEW: Final = 3
_TICKET: Final = "T-1"
_SOURCE: Final = "desk"
_STAGE: Final = "75%"


def ticket_unit_test_files(catalogue: Catalogue) -> Iterator[UnitTestFile]:
    """The tests of the rules about tickets; none where nothing is promised."""
    promised, interval = ticket_promises(catalogue), catalogue.evaluation.interval
    if not promised:
        if reads_states(catalogue):
            yield UnitTestFile("tickets", ("slm-tickets",), interval, (_stale(catalogue, interval),))
        return
    different: dict[object, TicketPromise] = {}
    for promise in promised:
        terms = promise.agreement.tickets
        few = terms.low_volume if terms is not None and promise.target in promise.agreement.ticket_targets else None
        different.setdefault((promise.target.share, promise.target.limit, few), promise)
    tests = [_deadlines(catalogue, promised[0], interval), _stale(catalogue, interval)]
    for promise in different.values():
        if promise.target.limit is not None:
            numbers = (promise.target.limit, promise.target.limit + 1)
            tests += [_misses(catalogue, promise, interval, number, number) for number in numbers]
            continue
        for decided in (_FEW, _MANY):
            allowed = allowed_misses(promise, decided)
            tests.append(_misses(catalogue, promise, interval, decided, allowed))
            if allowed < decided:
                tests.append(_misses(catalogue, promise, interval, decided, allowed + 1))
    yield UnitTestFile("tickets", ("slm-tickets",), interval, tuple(tests))


def _misses(catalogue: Catalogue, promise: TicketPromise, interval: int, decided: int, missed: int) -> UnitTest:
    """With so many misses it is beyond what is allowed, or not."""
    beyond = missed - allowed_misses(promise, decided)
    inputs = (
        *_terms(catalogue, promise),
        _series(promise, names.PERIOD_TICKETS, {names.OUTCOME: "met"}, str(decided - missed)),
        _series(promise, names.PERIOD_TICKETS, {names.OUTCOME: "missed" if promise.target.limit is None else COUNTED}, str(missed)),
        InputSeries(all_of(names.TICKETS_PERIOD_START, label_matcher(names.AGREEMENT, promise.agreement.name)), "0x9"),
    )
    raised = (_alert(catalogue, promise, names.PERIOD_AT_RISK, "", str(beyond), stage=ALL),) if beyond > 0 else ()
    found = Expectation(5 * interval, names.PERIOD_AT_RISK, raised)
    # With as many misses as are allowed, a stage of the budget is told; that is not what this test is about.
    return UnitTest(f"{missed} of {decided} missed: {promise.agreement.name} {promise.target.name}", inputs,
                    (found,) if beyond > 0 else ())  # fmt: skip


def _deadlines(catalogue: Catalogue, promise: TicketPromise, interval: int) -> UnitTest:
    """A ticket comes near its deadline, and passes it."""
    of_ticket = {names.TICKET: _TICKET, names.SOURCE: _SOURCE}
    inputs = (
        *_terms(catalogue, promise),
        _series(promise, names.TICKET_DEADLINE, {**of_ticket, names.STAGE: _STAGE}, str(interval)),
        _series(promise, names.TICKET_DEADLINE, {**of_ticket, names.STAGE: ALL}, str(5 * interval)),
    )
    near = _alert(catalogue, promise, names.TICKET_DEADLINE_NEAR, _TICKET, _humanized(3 * interval), stage=_STAGE)
    overdue = _alert(catalogue, promise, names.TICKET_OVERDUE, _TICKET, _humanized(2 * interval))
    return UnitTest("a ticket comes near its deadline", inputs, (
        Expectation(0, names.TICKET_DEADLINE_NEAR, ()),
        Expectation(2 * interval, names.TICKET_DEADLINE_NEAR, (near,)),
        Expectation(2 * interval, names.TICKET_OVERDUE, ()),
        Expectation(7 * interval, names.TICKET_DEADLINE_NEAR, ()),
        Expectation(7 * interval, names.TICKET_OVERDUE, (overdue,)),
    ))  # fmt: skip


def _stale(catalogue: Catalogue, interval: int) -> UnitTest:
    series = InputSeries(all_of(names.SOURCE_WATERMARK, label_matcher(names.SOURCE, _SOURCE)), f"0x{3 * STALE // interval + 9}")
    first = -(-(2 * STALE) // interval) * interval
    summary, description = ticket_texts(names.SOURCE_STALE, _SOURCE, "", _humanized(first))
    severity = catalogue.evaluation.severity_names.get(TICKET_SEVERITY, TICKET_SEVERITY)
    raised = ExpectedAlert({names.SEVERITY: severity, names.SOURCE: _SOURCE}, {"summary": summary, "description": description})
    early = Expectation(STALE // interval * interval, names.SOURCE_STALE, ())
    return UnitTest("a source tells nothing new", (series,), (early, Expectation(first, names.SOURCE_STALE, (raised,))))


def _terms(catalogue: Catalogue, promise: TicketPromise) -> Iterator[InputSeries]:
    """What the exporter says of a promise."""
    yield _series(promise, names.TICKET_TARGET, {names.OWNER: _team(catalogue, promise)}, number(promise.target.share))
    if promise.target.limit is not None:
        yield _series(promise, names.TICKET_LIMIT, {}, str(promise.target.limit))
    terms = promise.agreement.tickets
    if terms is not None and terms.low_volume is not None and promise.target in promise.agreement.ticket_targets:
        yield _series(promise, names.LOW_VOLUME_BELOW, {}, str(terms.low_volume.below))
        yield _series(promise, names.LOW_VOLUME_MISSES, {}, str(terms.low_volume.allow_misses))


def _team(catalogue: Catalogue, promise: TicketPromise) -> str:
    return catalogue.notifications.owners.get(promise.agreement.name, "").removeprefix("team/")


def _series(promise: TicketPromise, metric: str, more: Mapping[str, str], value: str) -> InputSeries:
    labels = {**_identity(promise), **more}
    matchers = (label_matcher(name, text) for name, text in sorted(labels.items()) if text)
    return InputSeries(all_of(metric, *matchers), f"{value}x9")


def _identity(promise: TicketPromise) -> dict[str, str]:
    agreement = promise.agreement
    party = names.CUSTOMER if agreement.party.kind == "customer" else names.PARTY
    about = {names.AGREEMENT: agreement.name, names.TARGET: promise.target.name, names.SERVICE: agreement.service}
    return {**about, party: agreement.party.name}


def _alert(catalogue: Catalogue, promise: TicketPromise, name: str, ticket: str, value: str, stage: str = "") -> ExpectedAlert:
    summary, description = ticket_texts(name, f"{promise.target.name} of {promise.agreement.name}", ticket, value, stage)
    severity = catalogue.evaluation.severity_names.get(TICKET_SEVERITY, TICKET_SEVERITY)
    team = _team(catalogue, promise)
    of_ticket = {names.TICKET: ticket, names.SOURCE: _SOURCE} if ticket else {}
    labels = {**_identity(promise), **of_ticket, names.SEVERITY: severity, names.STAGE: stage, names.TEAM: team, names.OWNER: team}
    address = filled_address(catalogue.evaluation.agreement_page, labels)
    return ExpectedAlert(
        {label: text for label, text in labels.items() if text}, {"summary": summary, "description": description, **address}
    )  # fmt: skip


def _humanized(seconds: int) -> str:
    """As Prometheus writes durations."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h {minutes}m {rest}s"
    return f"{minutes}m {rest}s" if minutes else f"{rest}s"
