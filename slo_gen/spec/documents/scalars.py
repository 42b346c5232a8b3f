"""Text with a form of its own: names, durations, percentages, references.

Every one is a string with a pattern, because a pattern is what msgspec (the fast conversion), the published JSON
Schema and an editor all understand in the same way. Each pattern ends in ``$(?!\\n)``: Python's ``$`` also matches
before a final line break, JavaScript's does not, and the lookahead makes both mean the end of the text.
"""

from typing import Annotated, Literal

from msgspec import Meta

__all__ = [
    "AgreementState",
    "AgreementTargetReference",
    "AtLeastOne",
    "Cell",
    "Count",
    "Currency",
    "DateText",
    "DependencyReference",
    "DocumentReference",
    "Duration",
    "Email",
    "InstantText",
    "LabelName",
    "LabelValue",
    "LevelText",
    "Money",
    "Name",
    "Number",
    "ObjectiveText",
    "OwnerReference",
    "PartyReference",
    "Percent",
    "PeriodText",
    "Phone",
    "PositiveDuration",
    "PriorityName",
    "RecipientReference",
    "Selector",
    "Severity",
    "Share",
    "TemplateReference",
    "Text",
    "TicketEvent",
    "TimeRange",
    "Timezone",
    "Url",
]

_END = r"$(?!\n)"
_NAME = r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?"
_NUMBER = r"[0-9]+(\.[0-9]+)?"
_DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_SPANS = r"([0-9]+(ms|s|m|h|bh|d|bd|w|mo|y))+"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"

Number = Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)]
"""A plain number, zero or more. Money and ratios are never computed from the float: its shortest decimal text is read exactly."""

Text = Annotated[str, Meta(min_length=1)]
"""Any text that is not empty."""

Name = Annotated[str, Meta(pattern=f"^{_NAME}{_END}", max_length=100, examples=["checkout"])]
"""Lower-case letters, digits, ``-``, ``_`` and ``.``; it becomes a label value and a part of file names."""

PriorityName = Annotated[str, Meta(pattern=rf"^[A-Za-z0-9]([A-Za-z0-9._ -]*[A-Za-z0-9])?{_END}", max_length=100, examples=["P1"])]
"""A priority as the ticketing system writes it."""

LabelName = Annotated[str, Meta(pattern=f"^[a-zA-Z_][a-zA-Z0-9_]*{_END}", max_length=200, examples=["region"])]
"""A Prometheus label name."""

LabelValue = Annotated[str, Meta(max_length=1000)]
"""A Prometheus label value: any text."""

Selector = Annotated[str, Meta(min_length=1, examples=['http_requests_total{job="shop"}'])]
"""PromQL, as the user writes it; parsed later, with the place where it stands."""

Duration = Annotated[str, Meta(pattern=f"^(0|{_SPANS}){_END}", examples=["15m", "30d", "3bd", "12mo"])]
"""A whole number with ms, s, m, h, d, w, mo (months), y, bh (business hours) or bd (business days)."""

PositiveDuration = Annotated[str, Meta(pattern=f"^([1-9][0-9]*(ms|s|m|h|d|w))+{_END}", examples=["300ms", "5m", "30d"])]
"""A duration of fixed length above zero: no months, no business time."""

Count = Annotated[int, Meta(ge=0)]
"""A whole number, zero or more."""

AtLeastOne = Annotated[int, Meta(ge=1)]
"""A whole number above zero."""

Email = Annotated[str, Meta(pattern=r"^[^@ \n]+@[^@ \n]+" + _END, examples=["buyer@acme.example"])]
"""A mail address."""

Phone = Annotated[str, Meta(pattern=r"^[+0-9][0-9 ()/-]*" + _END, examples=["+49 30 1234567"])]
"""A telephone number."""

Percent = Annotated[str, Meta(pattern=f"^(100(\\.0+)?|[0-9]{{1,2}}(\\.[0-9]+)?)%{_END}", examples=["99.95%"])]
"""A percentage from 0 to 100, with its sign: the sign tells 99.9 % from the ratio 0.999."""

Share = Annotated[str, Meta(pattern=f"^{_NUMBER}%{_END}", examples=["10%", "150%"])]
"""A percentage that may exceed 100."""

ObjectiveText = Annotated[
    str,
    Meta(
        pattern=f"^((at least|at most|more than|less than) )?({_NUMBER}( ?%| [a-zA-Z][a-zA-Z0-9/ _-]*)?|{_SPANS}){_END}",
        examples=["at least 99.9%", "at most 60m", "at most 2"],
    ),
]
"""What is promised: a bound in words and a percentage, a number with or without a unit, or a duration."""

LevelText = Annotated[
    str,
    Meta(
        pattern=f"^(above|below|at least|at most|more than|less than) -?{_NUMBER}(e[+-]?[0-9]+)?{_END}",
        examples=["above 100", "below 5"],
    ),
]
"""A bound on a measured value."""

PeriodText = Annotated[
    str, Meta(pattern=f"^[0-9]{{4}}(-(0[1-9]|1[0-2])|-Q[1-4]|-H[12]|-W[0-5][0-9])?{_END}", examples=["2026-10", "2026-Q4", "2026"])
]
"""A calendar period: a month, a quarter, a half-year, a week or a year."""

Currency = Annotated[str, Meta(pattern=f"^[A-Z]{{3}}{_END}", examples=["EUR"])]
"""A currency code of three letters (ISO 4217)."""

Money = Annotated[str, Meta(pattern=f"^{_NUMBER} [A-Z]{{3}}{_END}", examples=["12000 EUR"])]
"""An amount and its currency code."""

Timezone = Annotated[str, Meta(pattern=f"^[A-Za-z][A-Za-z0-9_+/-]*{_END}", max_length=100, examples=["Europe/Berlin", "UTC"])]
"""A time zone of the IANA database."""

DateText = Annotated[str, Meta(pattern=f"^{_DATE}{_END}", examples=["2026-01-01"])]
"""A date, year first."""

InstantText = Annotated[
    str,
    Meta(
        pattern=rf"^{_DATE}([T ]{_CLOCK}(:[0-5][0-9])?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?{_END}",
        examples=["2026-03-01T22:00", "2026-03-01T22:00:00+01:00", "2026-03-01"],
    ),
]
"""A date or a date with time; without an offset it is in the time zone that the document names."""

TimeRange = Annotated[str, Meta(pattern=f"^{_CLOCK}-({_CLOCK}|24:00){_END}", examples=["08:00-18:00"])]
"""Hours of a day, end excluded; an end at or before the start is on the next day."""

Url = Annotated[str, Meta(pattern=r"^https?://[^ \n\t\"<>]+" + _END, examples=["https://runbooks.example.com/checkout"])]
"""A web address."""

TicketEvent = Annotated[
    str,
    Meta(
        pattern=rf"^[a-z][a-z0-9_]*(\([^()\n]+\))?{_END}",
        examples=["opened", "assigned(dba)", "status(in progress)"],
    ),
]
"""Something that happens to a ticket, with its value in brackets where it has one."""

Cell = Annotated[str, Meta(pattern=r"^[^\n]+" + _END, max_length=100, examples=["15m", "95%", "24x7", "none"])]
"""One entry of a priority matrix."""

OwnerReference = Annotated[str, Meta(pattern=f"^(team|role)/{_NAME}{_END}", examples=["team/shop", "role/service-owner"])]
"""A team, or a role that the Policy (or the service) assigns to somebody."""

RecipientReference = Annotated[
    str, Meta(pattern=f"^(team|role|customer|supplier)/{_NAME}{_END}", examples=["team/support", "role/duty-manager", "customer/acme"])
]
"""Somebody who is told."""

PartyReference = Annotated[str, Meta(pattern=f"^(customer|team|supplier)/{_NAME}{_END}", examples=["customer/acme", "supplier/bigcloud"])]
"""A party of an agreement."""

DependencyReference = Annotated[str, Meta(pattern=f"^(service|supplier)/{_NAME}{_END}", examples=["service/database"])]
"""A service or a supplier that is needed."""

AgreementTargetReference = Annotated[str, Meta(pattern=f"^{_NAME}/{_NAME}{_END}", examples=["db-ola/availability"])]
"""A target of an agreement: ``agreement/target``."""

DocumentReference = Annotated[
    str,
    Meta(
        pattern=f"^(service|customer|supplier|team|indicator|slo|slr|sla|ola|uc|breach|adjustment|feedback|review|improvement)/{_NAME}{_END}",
        examples=["breach/acme-checkout-2026-10", "review/acme-2026-q3"],
    ),
]
"""Any document, by its kind in lower case and its name."""

TemplateReference = Annotated[str, Meta(pattern=f"^{_NAME}@[1-9][0-9]*{_END}", examples=["gold@3"])]
"""A template and its version; the version is pinned so that a new one never changes what was signed."""

Severity = Literal["page", "ticket", "info"]
"""How urgent an alert is."""

AgreementState = Literal["draft", "negotiating", "reviewed", "agreed", "active", "in_review", "amending", "ended", "terminated", "archived"]
"""Where an agreement stands in its life."""
