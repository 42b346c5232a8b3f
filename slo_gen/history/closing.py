"""The states of a closed period: provisional, disputed, final, and revisions after that.

A period is provisional while objections run: it may be closed again, and what is told is then what was found last. A
dispute keeps it open beyond that time. Once final, figures change only as a new revision, with a reason and with the
name of who agreed to it on the other side; the old revision stays in the file. Pure; ``now`` is in seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import msgspec

from slo_gen.contract.credits import Credit
from slo_gen.contract.money import amount_text
from slo_gen.history.closable import Closable
from slo_gen.history.closing_file import OBJECTIONS, Change, ClosedTarget, Closing, Judged, Revision, State
from slo_gen.timekeeping.zones import write_instant

__all__ = ["ClosingError", "closed_again", "differences", "disputed", "first_closed", "made_final", "revised", "settled_by_date"]


class ClosingError(ValueError):
    """What was asked for is not possible in the state of the closing; the text says what is."""


def first_closed(each: Closable, judged: Judged, now: int) -> Closing:
    """A period that was not closed before."""
    agreement, period = each.agreement, each.period
    closing = Closing(
        agreement=agreement.name, kind=agreement.kind, party=f"{agreement.party.kind}/{agreement.party.name}", service=agreement.service,
        period=period.name, timezone=agreement.period.timezone, start=period.start, end=period.end, state="provisional",
        objections_until=next((due.at for due in judged.deadlines if due.what == OBJECTIONS), None),
        current=Revision(number=1, at=now, judged=judged),
    )
    return _changed(closing, "provisional", now, "closed")


def settled_by_date(closing: Closing, now: int) -> Closing:
    """The closing as it stands now: provisional figures are final when the time for objections is over."""
    until = closing.objections_until
    if closing.state != "provisional" or until is None or now < until:
        return closing
    return _changed(closing, "final", until, "nobody objected in time")


def closed_again(closing: Closing, judged: Judged, now: int) -> Closing:
    """With what was found out now. The same closing when nothing is different. Raises ClosingError once it is final."""
    if closing.state == "final":
        raise ClosingError(f"{closing.period} is final; --revise REASON --agreed-by WHO makes a new revision of it")
    if closing.current.judged == judged:
        return closing
    current = msgspec.structs.replace(closing.current, at=now, judged=judged)
    what = "; ".join(differences(closing.current.judged, judged))
    return _changed(msgspec.structs.replace(closing, current=current), closing.state, now, f"closed again: {what}")


def made_final(closing: Closing, now: int, agreed_by: str) -> Closing:
    """Final before its time, or after a dispute: then the other side must have agreed. Raises ClosingError."""
    if closing.state == "final":
        raise ClosingError(f"{closing.period} is final already")
    needs = closing.state == "disputed" or closing.objections_until is not None
    if needs and not agreed_by:
        why = "it is disputed" if closing.state == "disputed" else f"objections run until {write_instant(closing.objections_until or 0)}"
        raise ClosingError(f"{why}; say with --agreed-by who accepted the figures on the other side")
    return _changed(closing, "final", now, "accepted" if agreed_by else "made final", agreed_by)


def disputed(closing: Closing, now: int, reason: str) -> Closing:
    """Provisional figures that the other side does not accept. Raises ClosingError once they are final."""
    if closing.state == "final":
        raise ClosingError(f"{closing.period} is final; --revise REASON --agreed-by WHO makes a new revision of it")
    return _changed(closing, "disputed", now, reason)


def revised(closing: Closing, judged: Judged, now: int, reason: str, agreed_by: str) -> Closing:
    """A new revision of final figures. Raises ClosingError before they are final, and when nothing is different."""
    if closing.state != "final":
        raise ClosingError(f"{closing.period} is {closing.state}; close it again without --revise")
    if closing.current.judged == judged:
        raise ClosingError(f"nothing is different from revision {closing.current.number}")
    current = Revision(number=closing.current.number + 1, at=now, reason=reason, agreed_by=agreed_by, judged=judged)
    what = "; ".join((reason, *differences(closing.current.judged, judged)))
    new = msgspec.structs.replace(closing, current=current, earlier=(*closing.earlier, closing.current))
    return _changed(new, "final", now, what, agreed_by)


def differences(old: Judged, new: Judged) -> tuple[str, ...]:
    """What another look found different, in words; never empty for two that are not equal."""
    return tuple(_differences(old, new)) or ("something that no figure shows",)


def _differences(old: Judged, new: Judged) -> Iterator[str]:
    if old.terms != new.terms:
        yield "the terms of the agreement"
    before, after = ({target.target: target for target in judged.targets} for judged in (old, new))
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield f"target {name} is new"
        elif name not in after:
            yield f"target {name} is gone"
        elif before[name] != after[name]:
            yield f"target {name}: {_of_target(before[name], after[name])}"
    if old.credit != new.credit:
        yield f"credit {_owed(new.credit)} was {_owed(old.credit)}"
    if old.won_back != new.won_back:
        yield "what is won back of an earlier credit"
    if old.may_be_ended != new.may_be_ended:
        yield "whether it may be ended"
    if old.deadlines != new.deadlines:
        yield "deadlines"
    if (old.server, old.version) != (new.server, new.version):
        yield f"read from {new.server} (Prometheus {new.version or 'unknown'})"


def _owed(credit: Credit | None) -> str:
    if credit is None:
        return "none"
    if credit.days:
        return f"{_short(credit.days)} days"
    return amount_text(credit.paid, credit.currency) if credit.paid is not None else f"{_short(credit.share or Fraction(0))} of the fee"


def _of_target(old: ClosedTarget, new: ClosedTarget) -> str:
    changes = [
        (old.verdict, new.verdict, "verdict {} was {}"),
        (old.attained, new.attained, "attained {} was {}"),
        (_short(old.outcome.counted), _short(new.outcome.counted), f"{{}} {new.outcome.unit} counted were {{}}"),
        (_short(old.outcome.unknown), _short(new.outcome.unknown), f"{{}} {'seconds' if new.indicator else 'results'} unknown were {{}}"),
    ]
    told = [words.format(after, before) for before, after, words in changes if before != after]
    if old.facts != new.facts:
        told.append("other facts")
    return ", ".join(told) or "how it was judged"


def _short(number: Fraction) -> str:
    return str(number) if number.denominator == 1 else f"{float(number):.6g}"


def _changed(closing: Closing, state: State, at: int, what: str, by: str = "") -> Closing:
    change = Change(at=at, state=state, revision=closing.current.number, what=what, by=by)
    return msgspec.structs.replace(closing, state=state, changes=(*closing.changes, change))
