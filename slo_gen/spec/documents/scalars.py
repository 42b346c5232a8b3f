"""Text with a form of its own: names, durations, percentages, references.

Every one is a string with a pattern, because a pattern is what msgspec (the fast conversion), the published JSON
Schema and an editor all understand in the same way.
"""

from typing import Annotated, Literal

from msgspec import Meta

__all__ = [
    "AgreementName", "AgreementState", "AgreementTargetReference", "AllowanceText", "AtLeastOne", "CalendarName", "Cap", "Cell",
    "Count", "Country", "Currency", "CustomerName", "DateText", "DayRange", "DayText", "DependencyReference",
    "DocumentReference", "DownWhenText", "Duration", "Email", "ImprovementName", "IndicatorName", "InstantText",
    "LabelName", "LabelValue", "Language", "LevelText", "Minimum", "Money", "MonthDay", "Name", "Number", "ObjectiveText",
    "OwnerReference", "Part", "PartyReference", "Percent", "PeriodText", "Phone", "PlainText", "PlainUrl",
    "PositiveDuration", "PriorityName", "RecipientReference", "RecurringDay", "RequirementName", "ReviewName",
    "RollingText", "SecretFile", "Selector", "ServiceName", "Severity", "Share", "StepText", "SupplierName", "TeamName",
    "TeamReference", "TemplateReference", "Text", "TextHash", "TicketEvent", "TimeRange", "Timezone", "Url",
]  # fmt: skip


def _form(pattern: str, expected: str, *examples: str, refers: str = "") -> Meta:
    """The form of a text: its pattern, and in words what is expected, for errors and editors.

    The pattern ends in ``$(?!\\n)``: Python's ``$`` also matches before a final line break, JavaScript's does not,
    and the lookahead makes both mean the end of the text. The bound on the length keeps matching cheap.
    ``refers`` says what the text names: a kind of document, or how the kind is found in the text itself.
    """
    return Meta(
        pattern=f"^({pattern})$(?!\\n)",
        max_length=200,
        examples=list(examples),
        extra_json_schema={"errorMessage": f"expected {expected}"},
        extra={"refers": refers} if refers else None,
    )


_NAME = r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?"
_NUMBER = r"[0-9]+(\.[0-9]+)?"
_TO_100 = r"(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%"
_SPANS = r"([0-9]+(ms|s|m|h|bh|d|bd|w|mo|y))+"
_LENGTHS = rf"({_NUMBER}(ms|s|m|h|d|w)|[0-9]+(bh|bd|mo|y))+"
_LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DATE = (
    "(?!0000)"
    "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    f"|{_LEAP_YEAR}-02-29)"
)
_OF_YEAR = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = "(mon|tue|wed|thu|fri|sat|sun)"
_DOCUMENTS = "service|customer|supplier|team|indicator|slo|slr|sla|ola|uc|breach|adjustment|feedback|review|improvement"

# --- plain values ------------------------------------------------------------------------------------------
Number = Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)]
"""A number, zero or more. Money and ratios are never computed from the float: its shortest decimal text is read exactly."""

Count = Annotated[int, Meta(ge=0)]
"""A whole number, zero or more."""

AtLeastOne = Annotated[int, Meta(ge=1)]
"""A whole number above zero."""

Text = Annotated[str, Meta(min_length=1)]
"""Any text that is not empty."""

Severity = Literal["page", "ticket", "info"]
"""How urgent an alert is."""

AgreementState = Literal["draft", "negotiating", "reviewed", "agreed", "active", "in_review", "amending", "ended", "terminated", "archived"]
"""Where an agreement stands in its life."""

# --- names and Prometheus ------------------------------------------------------------------------------------
Name = Annotated[str, _form(_NAME, "a name: lower-case letters, digits, `-`, `_` and `.`, with a letter or digit at both ends", "checkout")]
"""A name; it becomes a label value and a part of file names."""

PriorityName = Annotated[
    str, _form(r"[A-Za-z0-9]([A-Za-z0-9._ -]*[A-Za-z0-9])?", "a priority: letters, digits, blanks, `-`, `_` and `.`", "P1")
]
"""A priority as the ticketing system writes it."""

LabelName = Annotated[str, _form("[a-zA-Z_][a-zA-Z0-9_]*", "a label name: letters, digits and `_`, no digit first", "region")]
"""A Prometheus label name."""

LabelValue = Annotated[str, Meta(max_length=1000)]
"""A Prometheus label value: any text."""

Selector = Annotated[str, Meta(min_length=1, examples=['http_requests_total{job="shop"}'])]
"""PromQL, as the user writes it; parsed later, with the place where it stands."""

_NAMED = "a name: lower-case letters, digits, `-`, `_` and `.`, with a letter or digit at both ends"

ServiceName = Annotated[str, _form(_NAME, _NAMED, "checkout", refers="Service")]
"""The name of a Service."""

CustomerName = Annotated[str, _form(_NAME, _NAMED, "acme", refers="Customer")]
"""The name of a Customer."""

SupplierName = Annotated[str, _form(_NAME, _NAMED, "bigcloud", refers="Supplier")]
"""The name of a Supplier."""

TeamName = Annotated[str, _form(_NAME, _NAMED, "dba", refers="Team")]
"""The name of a Team."""

CalendarName = Annotated[str, _form(_NAME, _NAMED, "office", "24x7", refers="Calendar")]
"""The name of a Calendar; ``24x7`` needs none."""

IndicatorName = Annotated[str, _form(_NAME, _NAMED, "checkout-requests", refers="Indicator")]
"""The name of an Indicator."""

AgreementName = Annotated[str, _form(_NAME, _NAMED, "acme-checkout", refers="agreement")]
"""The name of an SLA, OLA or UC."""

RequirementName = Annotated[str, _form(_NAME, _NAMED, "acme-checkout", refers="SLR")]
"""The name of an SLR."""

ReviewName = Annotated[str, _form(_NAME, _NAMED, "acme-2026-q3", refers="Review")]
"""The name of a Review."""

ImprovementName = Annotated[str, _form(_NAME, _NAMED, "faster-failover", refers="Improvement")]
"""The name of an Improvement."""

# --- figures -------------------------------------------------------------------------------------------------
Percent = Annotated[str, _form(_TO_100, "a percentage from 0% to 100% with its sign, like 99.95%", "99.95%")]
"""A percentage; its sign tells 99.9 % from the ratio 0.999."""

Share = Annotated[str, _form(f"{_NUMBER}%", "a percentage with its sign, like 10%", "10%", "150%")]
"""A percentage that may exceed 100."""

Part = Annotated[
    str, _form(f"{_NUMBER}%|[1-9][0-9]*/[1-9][0-9]*", "a percentage with its sign, like 10%, or a part, like 1/30", "10%", "1/30")
]
"""A share that some contracts write as a fraction."""

Cap = Annotated[
    str,
    _form(
        f"none|{_NUMBER}%|[1-9][0-9]*(d|mo)",
        "a percentage with its sign, like 50%, days or months of fees, like 30d or 1mo, or `none`",
        "50%",
        "30d",
        "1mo",
        "none",
    ),
]
"""A bound on what is given back, as a share of the fee or as the fee of some time, or none."""

StepText = Annotated[
    str, _form(f"{_NUMBER}%?|({_NUMBER}(s|m|h|d))+", "the size of a step in the unit of the figure, like 1%, 30m or 1", "1%", "30m", "1")
]
"""The size of one step of a figure."""

ObjectiveText = Annotated[
    str,
    _form(
        f"((at least|at most|more than|less than) )?({_NUMBER}( ?%| [a-zA-Z][a-zA-Z0-9/ _-]*)?|{_LENGTHS})",
        "a bound like `99.9%`, `at least 99.9%`, `at most 60m` or `at most 2`",
        "at least 99.9%",
        "at most 60m",
        "at most 2",
    ),
]
"""What is promised: a bound in words and a percentage, a number with or without a unit, or a duration."""

LevelText = Annotated[
    str,
    _form(
        rf"(above|below|at least|at most|more than|less than) -?{_NUMBER}(e[+-]?[0-9]{{1,3}})?",
        "a bound like `above 100`, `below 5`, `at least 0.5` or `at most 3`",
        "above 100",
        "below 5",
    ),
]
"""A bound on a measured value."""

DownWhenText = Annotated[
    str, _form(f"(more than|at least) {_TO_100} errors", "a bound on errors like `more than 5% errors`", "more than 5% errors")
]
"""When an interval is down."""

Currency = Annotated[str, _form("[A-Z]{3}", "a currency code of three capital letters, like EUR", "EUR")]
"""A currency code of three letters (ISO 4217)."""

Money = Annotated[str, _form(f"{_NUMBER} [A-Z]{{3}}", "an amount and a currency code, like 12000 EUR", "12000 EUR")]
"""An amount and its currency code."""

Minimum = Annotated[
    str,
    _form(
        f"(more than )?{_NUMBER} [A-Z]{{3}}",
        "an amount and a currency code, like 25 EUR or more than 1 USD",
        "25 EUR",
        "more than 1 USD",
    ),
]
"""The least that is paid out."""

# --- time ----------------------------------------------------------------------------------------------------
Duration = Annotated[
    str,
    _form(
        f"0|{_SPANS}",
        "a duration: whole numbers with a unit, like 15m, 4h, 30d, 3bd (business days) or 12mo (months)",
        "15m",
        "30d",
        "3bd",
        "12mo",
    ),
]
"""Whole numbers with ms, s, m, h, d, w, mo (months), y, bh (business hours) or bd (business days)."""

PositiveDuration = Annotated[
    str,
    _form("([1-9][0-9]*(ms|s|m|h|d|w))+", "a duration above zero with the unit ms, s, m, h, d or w, like 300ms, 5m or 30d", "5m", "30d"),
]
"""A duration of fixed length above zero: no months, no business time."""

AllowanceText = Annotated[
    str, _form("[0-9]+(s|m|h|d) per (week|month|quarter|year)", "a duration for a period, like `4h per month`", "4h per month")
]
"""An amount of time that a period allows."""

RollingText = Annotated[str, _form("[1-9][0-9]{0,3}d", "a number of days like 30d", "30d")]
"""A number of whole days."""

DateText = Annotated[str, _form(_DATE, "a date like 2026-01-31", "2026-01-01")]
"""A date, year first."""

DayText = Annotated[str, _form(f"({_DATE}|{_OF_YEAR})", "a date like 2026-01-31, or 12-24 for every year", "2026-01-01", "12-24")]
"""A date, or a day of every year."""

MonthDay = Annotated[str, _form("(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "a month and a day like 01-15", "01-15")]
"""A day of the year."""

InstantText = Annotated[
    str,
    _form(
        rf"{_DATE}([T ]{_CLOCK}(:[0-5][0-9])?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?",
        "a date with or without time, like 2026-03-01, 2026-03-01T22:00 or 2026-03-01T22:00:00+01:00",
        "2026-03-01T22:00",
        "2026-03-01T22:00:00+01:00",
        "2026-03-01",
    ),
]
"""A date or a date with time; without an offset it is in the time zone that the document names."""

PeriodText = Annotated[
    str,
    _form(
        rf"[0-9]{{4}}(-(0[1-9]|1[0-2])|-Q[1-4]|-H[12]|-W(0[1-9]|[1-4][0-9]|5[0-3]))?|[1-9][0-9]*d-{_DATE}",
        "a period like 2026-10, 2026-Q4, 2026-W07 or '2026'",
        "2026-10",
    ),
]
"""A calendar period: a month, a quarter, a half-year, a week or a year; or rolling days by their last one, ``30d-2026-10-31``."""

TimeRange = Annotated[str, _form(f"{_CLOCK}-({_CLOCK}|24:00)", "hours like 08:00-18:00", "08:00-18:00")]
"""Hours of a day, end excluded; an end at or before the start is on the next day."""

DayRange = Annotated[str, _form(f"{_DAY}(-{_DAY})?", "days like mon-fri or sat", "mon-fri", "sat")]
"""One day of the week or a span of them."""

RecurringDay = Annotated[str, _form(rf"([1-5]\.|last )?{_DAY}", "a day like sun, 1.sun or `last fri`", "sun", "1.sun", "last fri")]
"""A day of the week: every one, or a counted one of the month."""

Timezone = Annotated[
    str, _form("[A-Za-z][A-Za-z0-9_+/-]*", "a time zone like Europe/Berlin or UTC", "Europe/Berlin", "UTC", refers="timezone")
]
"""A time zone of the IANA database."""

# --- people, places, texts -----------------------------------------------------------------------------------
Email = Annotated[str, _form(r"([^@ \t\n{]|\{(?!\{))+@([^@ \t\n{]|\{(?!\{))+", "a mail address", "buyer@acme.example")]
"""A mail address; without ``{{``, which Alertmanager would run."""

Phone = Annotated[str, _form("[+0-9][0-9 ()/-]*", "a telephone number", "+49 30 1234567")]
"""A telephone number."""

Language = Annotated[str, _form("[a-z]{2}(-[A-Z]{2})?", "a language like en or de-AT", "en", "de")]
"""A language."""

Country = Annotated[str, _form("[A-Z]{2}(-[A-Z0-9]{1,3})?", "a country or region like DE or DE-BE", "DE", "DE-BE")]
"""A country, or a region of it (ISO 3166)."""

Url = Annotated[
    str, _form(r"https?://[^ \n\t\"<>]+", "an address that begins with http:// or https://", "https://runbooks.example.com/checkout")
]
"""A web address."""

PlainText = Annotated[str, _form(r"([^{\n]|\{(?!\{))+", "text on one line without `{{`, which Alertmanager would run", "#shop-alerts")]
"""Text that Alertmanager's templates print as it is."""

PlainUrl = Annotated[
    str,
    _form(
        r"https?://([^ \n\t\"<>{}@]|%7[BD])+", "an address that begins with http:// or https:// and holds no `@`", "https://tickets.example.com"
    ),
]
"""A web address without a name and a password in it."""

SecretFile = Annotated[
    str,
    _form(r"[^\n{}:]*/[^\n{}:/]+", "the path of a file with its folder", "/etc/alertmanager/secrets/shop/pagerduty"),
]
"""A file that Alertmanager reads; what stands in it never stands in a document."""

TextHash = Annotated[str, _form("sha256:[0-9a-f]{64}", "a hash like sha256:... with 64 hexadecimal digits", "sha256:" + "0" * 64)]
"""The hash of a text."""

TicketEvent = Annotated[
    str,
    _form(r"[a-z][a-z0-9_]*(\([^()\n]+\))?", "an event of a ticket like `opened` or `assigned(dba)`", "opened", "assigned(dba)"),
]
"""Something that happens to a ticket, with its value in brackets where it has one."""

Cell = Annotated[str, _form(r"[^\n]+", "text on one line", "15m", "95%", "24x7", "none")]
"""One entry of a priority matrix."""

# --- references ----------------------------------------------------------------------------------------------
OwnerReference = Annotated[
    str,
    _form(
        f"(team|role)/{_NAME}", "a reference like team/shop or role/service-owner", "team/shop", "role/service-owner", refers="kind/name"
    ),
]
"""A team, or a role that the Policy (or the service) assigns to somebody."""

RecipientReference = Annotated[
    str,
    _form(
        f"(team|role|customer|supplier)/{_NAME}",
        "a reference like team/support, role/duty-manager, customer/acme or supplier/bigcloud",
        "team/support",
        "role/duty-manager",
        "customer/acme",
        refers="kind/name",
    ),
]
"""Somebody who is told."""

PartyReference = Annotated[
    str,
    _form(
        f"(customer|team|supplier)/{_NAME}",
        "a reference like customer/acme, team/dba or supplier/bigcloud",
        "customer/acme",
        "team/dba",
        refers="kind/name",
    ),
]
"""A party of an agreement."""

DependencyReference = Annotated[
    str,
    _form(f"(service|supplier)/{_NAME}", "a reference like service/database or supplier/bigcloud", "service/database", refers="kind/name"),
]
"""A service or a supplier that is needed."""

AgreementTargetReference = Annotated[
    str,
    _form(f"{_NAME}/{_NAME}", "an agreement and its target, like db-ola/availability", "db-ola/availability", refers="agreement/target"),
]
"""A target of an agreement: ``agreement/target``."""

DocumentReference = Annotated[
    str,
    _form(
        f"({_DOCUMENTS})/{_NAME}",
        "a kind in lower case and a name, like breach/acme-checkout-2026-10",
        "breach/acme-checkout-2026-10",
        "slr/acme",
        refers="kind/name",
    ),
]
"""Any document, by its kind in lower case and its name."""

TemplateReference = Annotated[str, _form(f"{_NAME}@[1-9][0-9]*", "a template with its version, like gold@3", "gold@3")]
"""A template and its version; the version is pinned so that a new one never changes what was signed."""

TeamReference = Annotated[str, _form(f"team/{_NAME}", "a team, like team/operations", "team/operations", refers="kind/name")]
"""A team."""
