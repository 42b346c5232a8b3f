"""By when what a supplier owes must be claimed: a deadline for every missed period, and a ticket before it.

A deadline is worked out from the documents when the rules are compiled, business days and all, so Prometheus compares instants only. It
is remembered until it has passed, long after the series of the period itself have ended.

What runs from an outage is counted from each that the rules have recorded, and the earliest deadline ahead is told: see
``outage_deadlines``. Of events, and of shares of intervals, no outages are known. There what runs from the end of an incident is counted
from the day on which the period was lost. That lies within the incident that lost it, so the deadline here is never later than the
contract's. What runs from its beginning would be, and has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final, Literal

from slo_gen import names
from slo_gen.contract.claims import OF_PERIOD
from slo_gen.contract.measurement import Down
from slo_gen.contract.methods import measurement
from slo_gen.contract.target_period import business_days
from slo_gen.rules.accounts import Account
from slo_gen.rules.info import Promise, promises
from slo_gen.rules.outage_deadlines import OutageDeadlines
from slo_gen.rules.period import at_mark
from slo_gen.rules.period_alerts import PERIOD_SEVERITY, TARGET, period_alert, series_of
from slo_gen.rules.period_rules import IDENTITY
from slo_gen.rules.promql import all_of, duration, label_list, label_matcher, one_of
from slo_gen.rules.rule import AlertRule, RecordingRule
from slo_gen.rules.step_tables import Steps
from slo_gen.rules.templates import literal
from slo_gen.spec.model import Catalogue, Evaluation
from slo_gen.spec.terms import Deadline
from slo_gen.timekeeping.calendars import Calendar
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.zones import at, day_of, zone

__all__ = ["CLAIM_NOTICE", "ClaimStep", "claim_rules", "claim_steps", "claim_texts", "claims", "claims_not_live"]

CLAIM_NOTICE: Final = 7 * 86_400
"""Seconds before a deadline at which SLMClaimDeadlineNear fires."""

_REMEMBERED: Final = 86_400
"""Seconds for which a deadline outlives a Prometheus that is away."""

_OF_PERIOD: Final = (*OF_PERIOD, "report")
_OF_OUTAGE: Final = ("incident_start", "incident_end")

Stage = Literal["notify", "submit"]

_DUTIES: Final[dict[Stage, str]] = {
    "notify": "the supplier must be told that {target} was missed",
    "submit": "what is owed for {target} must be claimed",
}


@dataclass(frozen=True, slots=True)
class ClaimStep:
    """A deadline that targets have in common, in periods of one time zone.

    ``report``: how long after a period its report is due. ``month_day``: the day of a month on which periods begin, where months are
    counted from the end of one.
    """

    stage: Stage
    deadline: Deadline
    business: Calendar
    report: str
    month_day: int

    @property
    def of_outages(self) -> bool:
        return self.deadline.after in _OF_OUTAGE


def claim_steps(promise: Promise) -> tuple[ClaimStep, ...]:
    """The deadlines of a target that are live: of contracts with suppliers, and from an event that rules can see."""
    return tuple(step for step in _written(promise) if not _why_not_live(promise, step))


def claims_not_live(catalogue: Catalogue) -> Mapping[tuple[str, str], str]:
    """The deadlines of claims against suppliers that no rule tells, by agreement and target, and why."""
    return {
        (promise.agreement.name, promise.target.name): why
        for each in promises(catalogue).values() for promise in each for step in _written(promise)
        if (why := _why_not_live(promise, step))
    }  # fmt: skip


def _written(promise: Promise) -> Iterator[ClaimStep]:
    agreement = promise.agreement
    if agreement.claim is None or agreement.party.kind != "supplier":
        return
    business = business_days(agreement)
    written: tuple[tuple[Stage, Deadline | None], ...] = (("notify", agreement.claim.notify), ("submit", agreement.claim.submit))
    for stage, deadline in written:
        if deadline is not None:
            report = agreement.report.due if deadline.after == "report" else ""
            month_day = agreement.period.month_day if deadline.after in _OF_PERIOD else 0
            yield ClaimStep(stage, deadline, business, report, month_day)


def _why_not_live(promise: Promise, step: ClaimStep) -> str:
    if step.deadline.after != "incident_start" or _has_outages(promise):
        return ""
    return f"the deadline to {step.stage} runs from the beginning of an incident, and a share of events or of intervals has none"


def _has_outages(promise: Promise) -> bool:
    """Whether what counts as bad is time that is down, and not a share."""
    return isinstance(measurement(promise.target).score, Down)


def claims(account: Account) -> Mapping[ClaimStep, tuple[Promise, ...]]:
    """The deadlines in an account, and the targets that have them in common."""
    found: defaultdict[ClaimStep, list[Promise]] = defaultdict(list)
    for promise in account.targets:
        for step in claim_steps(promise):
            found[step].append(promise)
    return {step: tuple(targets) for step, targets in found.items()}


def claim_texts(step: ClaimStep, target: str, left: str) -> tuple[str, str]:
    """Summary and description of the alert about a target, ``left`` before the deadline."""
    return (
        f"Within {left} {_DUTIES[step.stage].format(target=target)}",
        f"The contract gives {literal(step.deadline.within)} after {literal(step.deadline.after.replace('_', ' '))}."
        " slo-gen evaluate says what is owed. Silence this once it is done.",
    )


def claim_rules(account: Account, catalogue: Catalogue) -> Iterator[RecordingRule | AlertRule]:
    """The deadlines of the account's targets, and their alerts."""
    severity = literal(catalogue.evaluation.severity_names.get(PERIOD_SEVERITY, PERIOD_SEVERITY))
    for place, (step, targets) in enumerate(claims(account).items()):
        chosen = (one_of(names.AGREEMENT, {promise.agreement.name for promise in targets}), label_matcher(names.STAGE, step.stage))
        apart = f"claim_{place}"
        labels = {names.STAGE: step.stage, f"slm_shard_period_{account.key}_{apart}": ""}
        if step.of_outages and _has_outages(targets[0]):
            found = OutageDeadlines(account, catalogue.evaluation, step.deadline, step.business, *chosen)
            yield from found.rules(labels)
            instant = _earliest(account, found, step, chosen[0])
        else:
            instant = _deadline(account, catalogue.evaluation, step, chosen[0])
        yield RecordingRule(names.CLAIM_DEADLINE, instant, labels)
        left = f"{series_of(account, names.CLAIM_DEADLINE, *chosen)} - time()"
        summary, description = claim_texts(step, TARGET, "{{ $value | humanizeDuration }}")
        condition = f"{left} < {CLAIM_NOTICE} > 0"
        yield period_alert(
            account, names.CLAIM_DEADLINE_NEAR, condition, severity, summary, description, stage=step.stage, apart=apart
        )  # fmt: skip


def _deadline(account: Account, evaluation: Evaluation, step: ClaimStep, agreements: str) -> str:
    """What is remembered of a period as long as it runs or the deadline has not passed; what the tables say of one that is lost now."""
    identity = label_list((*IDENTITY, names.PERIOD))
    own = all_of(names.CLAIM_DEADLINE, agreements, label_matcher(names.STAGE, step.stage))
    mine = f"on ({label_list((names.AGREEMENT, names.TARGET))}) {all_of(account.promised, label_matcher(names.ACCOUNT, account.key))}"
    before = f"(max by ({identity}) (last_over_time({own}[{duration(_REMEMBERED)}])) and {mine})"
    running = f"{before} and on ({label_list((names.AGREEMENT, names.TARGET, names.PERIOD))}) {all_of(names.PERIOD_ENDS, agreements)}"
    lost = f"({series_of(account, names.PERIOD_BUDGET_LEFT, agreements)} < 0)"
    instant = at_mark(account, evaluation, account.table.within(_table(account, step).value_text()))
    return f"({running})\nor ({before} > time())\nor (0 * {lost} + on () group_left () {instant})"


def _earliest(account: Account, of_outages: OutageDeadlines, step: ClaimStep, agreements: str) -> str:
    """The first deadline ahead of the outages in a period that is lost, also after it: it is lost for good."""
    identity = label_list((*IDENTITY, names.PERIOD))
    span = duration(_REMEMBERED)
    told = all_of(names.CLAIM_DEADLINE, agreements, label_matcher(names.STAGE, step.stage))
    lost = f"(max by ({identity}) (last_over_time({all_of(names.PERIOD_BUDGET_LEFT, agreements)}[{span}])) < 0)"
    mine = all_of(account.promised, label_matcher(names.ACCOUNT, account.key))
    return (
        f"({of_outages.earliest()}\nand ({lost} or max by ({identity}) (last_over_time({told}[{span}]))))"
        f"\nand on ({label_list((names.AGREEMENT, names.TARGET))}) {mine}"
    )


def _table(account: Account, step: ClaimStep) -> Steps:
    """The deadline of what happens at an instant."""
    periods, within = account.table.periods, step.deadline.within
    timezone = account.timezone

    def deadline(anchor: int, month_day: int = 0) -> int:
        return add_duration(anchor, within, timezone, step.business, month_day)

    if step.deadline.after == "report":
        due = ((period.start, add_duration(period.end, step.report, timezone, step.business, step.month_day)) for period in periods)
        return Steps.through((start, deadline(reported)) for start, reported in due)
    if step.deadline.after in OF_PERIOD:
        return Steps.through((period.start, deadline(period.end, step.month_day)) for period in periods)
    where = zone(timezone)
    first, last = day_of(account.table.start, where), day_of(account.table.end, where)
    days = [at(first + timedelta(days=number), 0, where) for number in range((last - first).days + 1)]
    # The earliest deadline of a day is that of its first second.
    return Steps.through((opens, deadline(opens + 1)) for opens, _ in pairwise(days))
