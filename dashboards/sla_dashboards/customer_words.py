"""What documents say to a customer: what was agreed and missed, what does not count, what is planned, and who is to be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from sla_dashboards.live import LiveTargets
from sla_dashboards.modern import markdown
from sla_dashboards.wording import table
from slo_gen.contract.money import amount_text
from slo_gen.rules.credit_alerts import step_text
from slo_gen.rules.promql import number
from slo_gen.spec.model import Agreement, Catalogue, Maintenance
from slo_gen.spec.records import Contact, Improvement, Survey
from slo_gen.spec.terms import Tier
from slo_gen.spec.ticket_terms import TicketTerms

__all__ = [
    "about_figures", "breaches", "contacts", "credit_terms", "definitions", "improvements", "judged_later", "not_counted", "satisfaction",
]  # fmt: skip

_MOST_SPANS: Final = 20
"""Spans of work that are listed, the latest of them."""

_TOLD: Final = {"approved": "approved", "in_progress": "in progress", "implemented": "implemented", "verified": "shown to work",
                "deferred": "deferred"}  # fmt: skip
"""States of improvements that a customer is told of: what is only proposed or was turned down is ours."""


Agreements = tuple[Agreement, ...]


def _called(agreement: Agreement) -> str:
    return agreement.title or agreement.name


# --- what was agreed -----------------------------------------------------------------------------------------------------
def definitions(agreements: Agreements) -> str:
    """Every target as the agreements say it."""
    def rows() -> Iterator[tuple[str, ...]]:
        for agreement in agreements:
            for target in agreement.targets:
                excluded = ", ".join(dict.fromkeys(exclusion.reason for exclusion in target.exclude))
                yield (*_in(agreement, target.name, target.bound.text, target.hours), excluded)
            for ticket in agreement.ticket_targets:
                words = f"{ticket.share_text} of {ticket.priority}: {ticket.clock} within {ticket.within}"
                yield (*_in(agreement, ticket.name, f"{words}{_few(agreement.tickets)}", ticket.hours), "")
            for other in agreement.other_targets:
                yield (*_in(agreement, other.name, f"{other.about} {other.objective_text}", other.hours), "")

    return table(("Agreement", "Target", "Promised", "Hours", "Time zone", "Does not count"), rows(), "Nothing was promised.")


def _in(agreement: Agreement, target: str, promised: str, hours: str) -> tuple[str, str, str, str, str]:
    return _called(agreement), target, promised, hours, agreement.period.timezone


def _few(terms: TicketTerms | None) -> str:
    few = terms.low_volume if terms is not None else None
    return f"; of fewer than {few.below} tickets {few.allow_misses} may be missed" if few is not None else ""


def judged_later(agreements: Agreements, live: LiveTargets) -> str:
    """The targets without live figures, and why they have none."""
    def rows() -> Iterator[tuple[str, ...]]:
        for agreement in agreements:
            promised = {target.name: target.bound.text for target in agreement.targets}
            promised |= {other.name: f"{other.about} {other.objective_text}" for other in agreement.other_targets}
            promised |= {ticket.name: f"{ticket.share_text} within {ticket.within}" for ticket in agreement.ticket_targets}
            for (name, target), reason in live.closed.items():
                if name == agreement.name:
                    yield _called(agreement), target, promised[target], reason

    return table(("Agreement", "Target", "Promised", "Why there is no live figure"), rows(), "Every target has live figures.")


def credit_terms(agreements: Agreements) -> str:
    """What is given back for which figure."""
    def rows() -> Iterator[tuple[str, ...]]:
        for agreement in agreements:
            terms = agreement.credits
            if terms is None:
                continue
            of = ", ".join(terms.targets) or "every target"
            for tier in terms.tiers:
                bounds = " and ".join(bound.as_end for bound in (tier.when, tier.until) if bound is not None)
                yield _called(agreement), of, bounds, step_text(tier) + _how_often(tier)
            beyond = " beyond what may be" if terms.excess_only else ""
            if terms.multiplier is not None:
                yield _called(agreement), of, "missed", _times(terms.multiplier) + "the fee for the time of the downtime" + beyond
            if terms.at_risk is not None:
                yield _called(agreement), of, "missed", f"its weight in {number(terms.at_risk * 100)}% of the fee"

    return table(("Agreement", "Target", "Attained", "Given back"), rows(), "No credits were agreed.")


def _times(multiplier: Fraction) -> str:
    return "" if multiplier == 1 else f"{number(multiplier)} times "


def _how_often(tier: Tier) -> str:
    if tier.each is None:
        return ""
    return ", for each step that has begun" if tier.started else ", for each further step"


# --- what happened -------------------------------------------------------------------------------------------------------
def breaches(catalogue: Catalogue, agreements: Agreements, *, public: bool = False) -> str:
    """Targets that were missed, the latest first: with the cause, and for the customer with what was given back."""
    own = {agreement.name: agreement for agreement in agreements}
    found = sorted(
        (each for each in catalogue.records.breaches if each.agreement in own), key=lambda each: (each.period, each.name), reverse=True
    )
    rows = (
        (
            each.period, _called(own[each.agreement]), each.target, each.attained, each.cause or "not known yet", each.state,
            amount_text(each.credit.amount, each.credit.currency) if each.credit is not None else "none",
            _title(catalogue.records.improvements, each.improvement),
        )
        for each in found
    )  # fmt: skip
    headings = ("Period", "Agreement", "Target", "Attained", "Cause", "State", "Given back", "Improvement")
    shown = len(headings) - 2 if public else len(headings)
    return table(headings[:shown], (row[:shown] for row in rows), "No breach is on record.")


def _title(known: Mapping[str, Improvement], name: str) -> str:
    found = known.get(name)
    return found.title if found is not None and found.state in _TOLD else ""


def improvements(catalogue: Catalogue, customer: str, agreements: Agreements) -> str:
    """What is to become better for this customer: asked for by them, or after a breach or a review of theirs."""
    own = {agreement.name for agreement in agreements}
    records = catalogue.records
    breached = [each for each in records.breaches if each.agreement in own]
    met = [each for each in records.meetings if each.party == f"customer/{customer}"]
    named = {each.improvement for each in breached} | {name for each in met for name in each.improvements}
    after = {f"breach/{each.name}" for each in breached} | {f"review/{each.name}" for each in met}
    rows = (
        (each.title, each.figure, each.baseline, each.target, each.result, each.due, _TOLD[each.state])
        for each in records.improvements.values()
        if each.state in _TOLD and each.customer in ("", customer)
        and (each.customer == customer or each.name in named or each.came_of in after)
    )  # fmt: skip
    return table(("Improvement", "Figure", "Was", "To be", "Became", "By", "State"), rows, "No improvement is on the way.")


def satisfaction(catalogue: Catalogue, customer: str) -> str:
    """Surveys with the number of answers, and when what was done is next talked over."""
    found = sorted((each for each in catalogue.records.surveys if each.customer == customer), key=lambda each: each.received, reverse=True)
    rows = (
        (
            each.period or each.received, _service(catalogue, each.service),
            f"{_mean(each)} of {each.scale}" if each.answers else "no answers", f"n = {each.answers}",
            f"{each.asked} asked" if each.asked is not None else "",
        )
        for each in found
    )  # fmt: skip
    reviews = sorted((each for each in catalogue.records.meetings if each.party == f"customer/{customer}"), key=lambda each: each.planned)
    days = sorted({day for each in reviews for day in ((each.next,) if each.held else (each.planned,)) if day})
    review = f"\nNext review: {days[-1]}\n" if days else ""
    return table(("Survey", "Service", "Mean", "Answers", ""), rows, "No survey has been answered.") + review


def _mean(survey: Survey) -> str:
    """Cut off at two decimals, never rounded up."""
    whole, hundredths = divmod(int(survey.sum * 100 / survey.answers), 100)
    return f"{whole}.{hundredths:02d}"


def _service(catalogue: Catalogue, name: str) -> str:
    found = catalogue.services.get(name)
    return (found.title or name) if found is not None else name


# --- what does not count, and what is planned ------------------------------------------------------------------------------
def not_counted(catalogue: Catalogue, customer: str, agreements: Agreements, zone: str) -> str:
    """Work on the customer's services, and what was agreed not to count; spans in the zone of the page, the latest first."""
    services = {agreement.service for agreement in agreements}
    own = {agreement.name: agreement for agreement in agreements}
    work = [
        each for each in catalogue.maintenance.values()
        if services & set(each.services) and (not each.customers or customer in each.customers)
    ]  # fmt: skip
    spans = [(window.planned, each) for each in work if not each.recurs for window in each.windows]
    adjusted = ((each.span, each) for each in catalogue.adjustments if each.agreement in own)

    def rows() -> Iterator[tuple[str, ...]]:
        for each in work:
            if each.recurs:
                yield each.title, each.reason, _services(catalogue, each, services), each.recurs, _kind(each)
        for span, each in sorted(spans, key=lambda one: (one[0], one[1].name), reverse=True)[:_MOST_SPANS]:
            yield each.title, each.reason, _services(catalogue, each, services), _span(span, zone), _kind(each)
        for relieved, adjustment in adjusted:
            when = _span(relieved, zone) if relieved is not None else f"ticket {adjustment.ticket}"
            yield "Agreed not to count", adjustment.reason, _called(own[adjustment.agreement]), when, "agreed"

    return table(("What", "Reason", "Of", "When", "Kind"), rows(), "No work is planned, and nothing was agreed not to count.")


def _services(catalogue: Catalogue, work: Maintenance, own: Iterable[str]) -> str:
    return ", ".join(_service(catalogue, name) for name in work.services if name in own)


def _kind(work: Maintenance) -> str:
    return "cancelled" if work.cancelled else "emergency" if work.emergency else "planned"


def _span(span: tuple[int, int], zone: str) -> str:
    start, end = (datetime.fromtimestamp(instant, ZoneInfo(zone)) for instant in span)
    return f"{start:%Y-%m-%d %H:%M} to {end:%H:%M}" if start.date() == end.date() else f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"


# --- who, and what the figures are ---------------------------------------------------------------------------------------
def contacts(catalogue: Catalogue, customer: str) -> str:
    """Whom the customer reaches at ours, and whom we reach at theirs."""
    known = catalogue.records.contacts
    ours = known.get(catalogue.records.managers.get(customer, ""), ())
    rows = (*_reached("at ours", ours), *_reached("at yours", known.get(f"customer/{customer}", ())))
    return table(("Side", "Name", "Role", "Mail", "Telephone", "For"), rows, "No contact was written down.")


def _reached(side: str, people: Iterable[Contact]) -> Iterator[tuple[str, ...]]:
    for each in people:
        yield side, each.name, each.role, each.email, each.phone, ", ".join(each.purposes)


def about_figures(zone: str, *, public: bool = False) -> str:
    """How the figures of the page are to be read."""
    return (
        "- Figures of the running period are **indicative** until it is closed; they lag by about ten minutes.\n"
        f"- Times are those of {markdown(zone)}.\n"
        "- What was attained is cut off at the decimals shown, never rounded up.\n"
        "- Minutes left and used: of a failure of everything. Where requests count, they are the share of them in minutes of the period.\n"
        "- What nobody measured is neither good nor bad: it is told as unknown, and a target that it might break is at risk.\n"
    ) + ("" if public else "- Credits are shown of closed periods alone, once they were given.\n")
