"""What is owed and by when it must be claimed, as text and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from slo_gen.cli.evaluating_credits import Due, Owed
from slo_gen.contract.credits import Credit, Line
from slo_gen.contract.money import amount_text
from slo_gen.contract.rounding import exact_text, number_text
from slo_gen.spec.model import Agreement
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.zones import local, write_instant, zone

__all__ = ["credit_document", "credit_lines", "credit_summary"]

_SHOWN: Final = 20
_NO_MISSES: Final = "Misses and credits of earlier periods are not looked at here; `slo-gen close` does."


def credit_summary(agreement: Agreement, period: Period, owed: Owed) -> list[str]:
    """One line each: the credit, the deadlines, and rights to end the agreement."""
    rows = [("credit", text)] if (text := _amount(owed)) else []
    rows += [*_deadlines(agreement, owed), *(("right", text) for text in owed.rights)]
    width = max(len(name) for name, _ in rows)
    return [f"{agreement.name} in {period.name}", *(f"  {name:<{width}}  {text}" for name, text in rows)]


def credit_lines(agreement: Agreement, period: Period, owed: Owed) -> list[str]:
    """The credit step by step."""
    lines = [f"What is owed for {agreement.name} in {period.name}"]
    if owed.certain is None and not owed.without:
        lines.append("   No credits are agreed.")
    if owed.certain is not None:
        lines += [f"   {line}" for line in _steps(owed.certain)]
    if owed.differs and owed.possible is not None:
        lines += ["   If all that is unknown was bad:", *(f"     {line}" for line in _steps(owed.possible))]
    if owed.without:
        lines.append(f"   {owed.without[0].upper()}{owed.without[1:]}.")
    if agreement.credits is not None and (agreement.credits.repeat or agreement.credits.annual_cap is not None):
        lines.append(f"   {_NO_MISSES}")
    deadlines = [f"   {name.capitalize()}: {text}." for name, text in _deadlines(agreement, owed)]
    if deadlines:
        lines += ["", "By when", *deadlines]
    if owed.rights:
        lines += ["", "Rights", *(f"   {text[0].upper()}{text[1:]}." for text in owed.rights)]
    return lines


def credit_document(owed: Owed) -> dict[str, Any]:
    """The credit and the deadlines as JSON."""
    return {
        "certain": _document(owed.certain), "possible": _document(owed.possible), "without": owed.without or None,
        "deadlines": [
            {"incident": _instant(due.start), "notify": _instant(due.notify), "submit": _instant(due.submit)} for due in owed.due
        ],
        "rights": list(owed.rights),
    }  # fmt: skip


def _amount(owed: Owed) -> str:
    if owed.certain is None or owed.possible is None:
        return owed.without
    certain, possible = _text(owed.certain), _text(owed.possible)
    text = certain if certain == possible else f"{certain}, or up to {possible} if all that is unknown was bad"
    return f"{text} ({owed.without})" if owed.without else text


def _text(credit: Credit) -> str:
    parts = [credit.text] if credit.text and not _is_no_money(credit) else []
    if credit.days:
        parts.append(f"{number_text(credit.days)} days")
    if credit.amount is None and not credit.share:
        parts.append("an amount that is not known")
    return " and ".join(parts) or "none"


def _is_no_money(credit: Credit) -> bool:
    """Whether the amount says nothing: days were earned in its place, or nothing was, in no currency that anybody named."""
    return not credit.paid and not credit.share and bool(credit.days or (credit.paid is not None and not credit.currency))


def _steps(credit: Credit) -> Iterator[str]:
    # The last line is the amount as it is paid, where there is one.
    lines = credit.lines[:-1] if credit.paid is not None and _is_no_money(credit) else credit.lines
    for line in lines:
        yield line.words + _exact(line, credit.currency)


def _exact(line: Line, currency: str) -> str:
    if line.amount is None or line.words.endswith(amount_text(line.amount, currency)):
        return ""
    return f" = {number_text(line.amount)} {currency}".rstrip()


def _deadlines(agreement: Agreement, owed: Owed) -> Iterator[tuple[str, str]]:
    for due in owed.due[:_SHOWN]:
        about = f"the outage of {_when(agreement, due.start)}" if due.start is not None else "the period"
        if due.notify is not None:
            yield "tell", f"{about}, before {_when(agreement, due.notify)}"
    submits: list[Due] = []
    for due in owed.due:
        if due.submit is not None and due.submit not in {each.submit for each in submits}:
            submits.append(due)
    for due in submits[:_SHOWN]:
        about = f"the outage of {_when(agreement, due.start)}, " if due.start is not None and len(submits) > 1 else ""
        yield "claim", f"{about}before {_when(agreement, due.submit or 0)}"


def _document(credit: Credit | None) -> dict[str, Any] | None:
    if credit is None:
        return None
    return {
        "amount": _number(credit.amount), "paid": None if credit.paid is None else amount_text(credit.paid, credit.currency),
        "currency": credit.currency, "share": _number(credit.share), "days": _number(credit.days), "cut": list(credit.cut),
        "lines": [{"words": line.words, "amount": _number(line.amount)} for line in credit.lines],
    }  # fmt: skip


def _number(value: Fraction | None) -> str | None:
    return None if value is None else exact_text(value)


def _instant(value: int | None) -> str | None:
    return None if value is None else write_instant(value)


def _when(agreement: Agreement, instant: int) -> str:
    return local(instant, zone(agreement.period.timezone)).strftime("%Y-%m-%d %H:%M %Z")
