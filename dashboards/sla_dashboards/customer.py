"""What a customer is shown: the verdict in words, then the figures, their course, what explains them, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sla_dashboards import customer_words as words
from sla_dashboards.customer_queries import MONTH, CustomerQueries
from sla_dashboards.identity import customer_datasource, uid
from sla_dashboards.live import LiveTargets, live_targets
from sla_dashboards.modern import (
    GREY,
    Column,
    Dashboard,
    Format,
    JsonObject,
    Override,
    Panel,
    Row,
    Stat,
    StatusHistory,
    Step,
    Table,
    Target,
    Text,
    TimeSeries,
    ValueText,
    by_name,
)
from sla_dashboards.states import AT_RISK, BREACHED, NO_DATA, NOT_YET, OK
from sla_dashboards.wording import plain
from slo_gen import names
from slo_gen.spec.model import Agreement, Catalogue, Customer

__all__ = ["customer_dashboard"]

_COLOURS: Final = {BREACHED: "red", AT_RISK: "orange", NO_DATA: GREY, OK: "green", NOT_YET: GREY}
_STEPS: Final = (Step("red"), Step("orange", AT_RISK), Step(GREY, NO_DATA), Step("green", OK), Step(GREY, NOT_YET))


def _words(breached: str, at_risk: str, no_data: str, ok: str, not_yet: str = "NOTHING YET") -> Format:
    return Format(steps=_STEPS, absent=no_data, texts=(
        ValueText(BREACHED, breached, "red"), ValueText(AT_RISK, at_risk, "orange"), ValueText(NO_DATA, no_data, GREY),
        ValueText(OK, ok, "green"), ValueText(NOT_YET, not_yet, GREY),
    ))  # fmt: skip


_STATE: Final = _words("MISSED", "AT RISK", "NO DATA", "MET SO FAR")
_ENDED: Final = _words("MISSED", "NOT PROVEN", "NO DATA", "MET")
_MINUTES: Final = Format("none", 1, absent="–")
_LEFT: Final = Format("none", 1, (Step("red"), Step("text", 0)), absent="–")
_NUMBER: Final = Format("none", 0, absent="–")
_INSTANT: Final = Format("dateTimeAsIso")
_DAYS: Final = Format(steps=(Step("orange"), Step(GREY, NO_DATA), Step("blue", OK)), texts=(
    ValueText(AT_RISK, "below what was promised", "orange"), ValueText(NO_DATA, "no data, or nothing that counts", GREY),
    ValueText(OK, "kept", "blue"),
))  # fmt: skip
"""Blue and orange are told apart by everybody who sees two colours."""

_NOT_PUBLIC: Final = frozenset({"improvements", "satisfaction", "credit-terms", "contacts"})
"""What is between the customer and us."""

_UNFOLDED: Final = 2
"""So many agreements are shown open; of more than that the reader opens the one they want."""


def customer_dashboard(
    catalogue: Catalogue, customer: Customer, agreements: tuple[Agreement, ...], absent: Mapping[str, str], *, public: bool = False
) -> Dashboard:
    """The page of a customer with these agreements in force, of which there is at least one.

    ``absent``: targets that rules cannot express, ``agreement/target``, and why. ``public``: for everybody who has its address, so
    without people, money and what is talked over with the customer.
    """
    live = live_targets(agreements, absent)
    page = _Page(catalogue, customer, agreements, live)
    return Dashboard(
        uid=uid("public" if public else "customer", customer.name),
        title=f"Service levels of {plain(customer.title or customer.name)}{' (public)' if public else ''}",
        description="What was promised and what has been attained in the present period. Live figures are indicative.",
        zone=page.zone,
        tags=("sla", "customer"),
        panels=page.panels(public=public),
    )


class _Page:
    """Panels from the top down: each group begins where the one before it ends."""

    def __init__(self, catalogue: Catalogue, customer: Customer, agreements: tuple[Agreement, ...], live: LiveTargets) -> None:
        self._catalogue, self._customer, self._agreements, self._live = catalogue, customer, agreements, live
        self._source = customer_datasource(customer.name)
        self._decimals = max((_decimals(each.objective_text) for of in agreements for each in of.targets if each.unit == "%"), default=2)
        self._share = Format("percentunit", self._decimals, absent="–")
        self._titles = tuple(
            ValueText(each.name, plain(each.title), "text") for each in agreements if each.title and each.title != each.name
        )
        self._top = 0
        self.zone = agreements[0].period.timezone

    def _queries(self, agreement: str = "") -> CustomerQueries:
        live = self._live
        return CustomerQueries(self._customer.name, live.timed, live.counted, self._decimals, live.number, agreement)

    def _below(self, height: int) -> int:
        """The top of something of that height."""
        top, self._top = self._top, self._top + height
        return top

    def panels(self, *, public: bool) -> tuple[Panel, ...]:
        found: list[Panel] = []
        if self._live.number:
            found += self._verdict()
            found.append(self._targets())
        if self._live.tickets:
            found.append(self._tickets())
        if self._live.closed:
            found.append(self._words(
                "closed", "Judged when the period is closed", "Targets without live figures. They count, and are told in the report.",
                words.judged_later(self._agreements, self._live), len(self._live.closed),
            ))  # fmt: skip
        if self._live.timed or self._live.counted:
            found.append(self._daily())
            found += self._courses()
        return (*found, *self._documents(public=public))

    # -- the running period -----------------------------------------------------------------------------------------------
    def _verdict(self) -> Iterable[Panel]:
        ask, top, of_all = self._queries(), self._below(5), "" if not self._live.closed else "live "
        yield Stat(
            key="verdict", title="This period so far", at=(0, top, 12, 5), datasource=self._source,
            figures=_words(
                "A target is missed", "A target is at risk", "No data of a target", f"All {of_all}targets met so far",
                "Nothing to judge yet",
            ),
            description="The worst state of all targets with live figures, tickets too. Indicative until the period is closed."
            + (" Other targets are judged then." if self._live.closed else ""),
            queries=(Target("A", ask.verdict()),),
        )  # fmt: skip
        yield Stat(
            key="least-left", title="Minutes left", at=(12, top, 4, 5), datasource=self._source, colour="value", figures=_LEFT,
            description="Minutes of a whole failure that the target with the fewest has left in this period.",
            queries=(Target("A", ask.least_minutes_left() if self._live.timed or self._live.counted else f"0 * {ask.verdict()}"),),
        )  # fmt: skip
        yield Stat(
            key="ends", title="Period ends", at=(16, top, 4, 5), datasource=self._source, colour="none", figures=_INSTANT,
            description="When the first of the present periods ends, in the time zone of the page.",
            queries=(Target("A", ask.first_end()),),
        )  # fmt: skip
        yield Stat(
            key="as-of", title="Figures as of", at=(20, top, 4, 5), datasource=self._source, colour="none", figures=_INSTANT,
            description="When the figures were last recorded. They lag by about ten minutes.", queries=(Target("A", ask.as_of()),),
        )  # fmt: skip

    def _targets(self) -> Panel:
        ask, height = self._queries(), _height(self._live.number, 14)
        timed = [
            ("E", ask.minutes_used()), ("F", ask.minutes_left()), ("G", ask.excluded_minutes()), ("H", ask.unknown_minutes()),
        ] if self._live.timed or self._live.counted else []  # fmt: skip
        asked = (("A", ask.every_state()), ("B", ask.words()), ("C", ask.attained()), ("D", ask.margin()), *timed, ("I", ask.ends()))
        return Table(
            key="targets", title="Targets of this period", at=(0, self._below(height), 24, height), datasource=self._source,
            description="What was promised, what has been attained since the period began, and by how much it is kept. Minutes are those "
            "of a failure of everything: used, left, taken out by what does not count, and unknown.",
            queries=tuple(Target(ref, expr, table=True) for ref, expr in asked),
            hidden=("Time", "Value #B"),
            columns=(
                Column(names.AGREEMENT, "Agreement", self._called()), Column(names.TARGET, "Target"),
                Column("Value #A", "State", _STATE, coloured=True), Column(names.OBJECTIVE_TEXT, "Promised"),
                Column("Value #C", "Attained", self._share), Column("Value #D", "Margin", self._share),
                *((
                    Column("Value #E", "Minutes used", _MINUTES), Column("Value #F", "Minutes left", _LEFT),
                    Column("Value #G", "Minutes excluded", _MINUTES), Column("Value #H", "Minutes unknown", _MINUTES),
                ) if timed else ()),
                Column("Value #I", "Period ends", _INSTANT),
            ),
        )  # fmt: skip

    def _called(self) -> Format:
        """Agreements by their titles."""
        return Format(texts=self._titles)

    def _tickets(self) -> Panel:
        ask, height = self._queries(), _height(len(self._live.tickets), 12)
        counted = (names.TICKETS_DECIDED, names.TICKETS_MISSED, names.TICKETS_MISSES_LEFT, names.TICKETS_RUNNING, names.TICKETS_OVERDUE)
        headings = ("Decided", "Missed", "May still be missed", "Open in time", "Open too late")
        return Table(
            key="tickets", title="Tickets by priority", at=(0, self._below(height), 24, height), datasource=self._source,
            sort="Priority",
            description="Tickets whose results count in this period. May still be missed: of those decided so far; below 0 more were "
            "missed than the promise allows, which further tickets may make good where a share was promised.",
            hidden=("Time", "Value #B"),
            queries=(
                Target("A", ask.ticket_state(), table=True), Target("B", ask.tickets(), table=True),
                Target("C", ask.tickets_attained(), table=True),
                *(Target(ref, ask.of_tickets(metric), table=True) for ref, metric in zip("DEFGH", counted, strict=True)),
            ),
            columns=(
                Column(names.PRIORITY, "Priority"), Column(names.AGREEMENT, "Agreement", self._called()), Column(names.TARGET, "Target"),
                Column("Value #A", "State", _STATE, coloured=True), Column(names.OBJECTIVE_TEXT, "Promised"),
                Column("Value #C", "Attained", self._share),
                *(Column(f"Value #{ref}", heading, _NUMBER) for ref, heading in zip("DEFGH", headings, strict=True)),
            ),
        )  # fmt: skip

    # -- how it went ------------------------------------------------------------------------------------------------------
    def _daily(self) -> Panel:
        measured = {name for name, _ in (*self._live.timed, *self._live.counted)}
        height = 4 + min(len(measured), 20)
        return StatusHistory(
            key="days", title="The last 90 days", at=(0, self._below(height), 24, height), datasource=self._source, figures=_DAYS,
            description="Each box is a day of one agreement: blue when every share that was promised was kept in that day alone, orange "
            "when one was not, grey when nothing is known of one. A bad day is no breach: the period decides. Days end half an hour "
            "after midnight, when all of them is recorded.",
            queries=(Target("A", self._queries().days(), f"{{{{{names.AGREEMENT}}}}}", instant=False, interval="1d"),),
            interval="1d", time_from="90d",
            changes=tuple(Override(by_name(str(each.value)), (_Named(each.text),)) for each in self._titles),
        )  # fmt: skip

    def _courses(self) -> Iterable[Panel]:
        """A section for each agreement: its course with what was promised, and how its periods ended."""
        measured = {name for name, _ in (*self._live.timed, *self._live.counted)}
        for agreement in (each for each in self._agreements if each.name in measured):
            title = plain(agreement.title or agreement.name)
            if len(measured) <= _UNFOLDED:
                yield Row(key=f"of/{agreement.name}", title=title, at=(0, self._below(1), 24, 1))
                yield from self._course(agreement, self._below(11))
            else:
                top = self._below(1)
                yield Row(
                    key=f"of/{agreement.name}", title=title, at=(0, top, 24, 1), folded=tuple(self._course(agreement, top + 1)),
                )  # fmt: skip

    def _course(self, agreement: Agreement, top: int) -> Iterable[Panel]:
        ask = self._queries(agreement.name)
        yield TimeSeries(
            key=f"trend/{agreement.name}", title="Attained in the period, day by day", at=(0, top, 14, 11), datasource=self._source,
            figures=self._share, interval="1h", dashed=("B",),
            description="The share attained from the start of the period in which each moment lies. Dashed: what was promised.",
            queries=(
                Target("A", ask.attained(), f"{{{{{names.TARGET}}}}}", instant=False),
                Target("B", ask.promise(), f"promised: {{{{{names.TARGET}}}}}", instant=False),
            ),
        )  # fmt: skip
        yield Table(
            key=f"past/{agreement.name}", title="Periods that have ended", at=(14, top, 10, 11), datasource=self._source, sort="Began in",
            descending=True,
            description="The last figure of each period of the last twelve months, as far back as figures are kept. Met: whatever was not "
            "seen; missed: whatever that was; not proven: between the two. The promise is the present one.",
            queries=tuple(Target(ref, expr, table=True) for ref, expr in (
                ("A", ask.past()), ("B", ask.past_state()), ("C", ask.past_attained()),
            )),
            hidden=("Time", names.PERIOD, names.AGREEMENT, "Value #A"),
            columns=(
                Column(MONTH, "Began in"), Column(names.TARGET, "Target"), Column("Value #B", "State", _ENDED, coloured=True),
                Column("Value #C", "Attained", self._share),
            ),
        )  # fmt: skip

    # -- what documents say -------------------------------------------------------------------------------------------------
    def _words(self, key: str, title: str, description: str, content: str, rows: int, left: int = 0, width: int = 24) -> Panel:
        height = _height(rows, 12)
        return Text(key=key, title=title, description=description, content=content, at=(left, self._below(height), width, height))

    def _documents(self, *, public: bool) -> Iterable[Panel]:
        catalogue, customer, agreements = self._catalogue, self._customer.name, self._agreements
        targets = sum(len(each.targets) + len(each.ticket_targets) + len(each.other_targets) for each in agreements)
        told = "with the cause" if public else "with the cause and what was given back"
        for key, title, description, content in (
            ("breaches", "Breaches", f"Targets that were missed in closed periods, {told}.",
             words.breaches(catalogue, agreements, public=public)),
            ("not-counted", "Planned work, and what does not count",
             "Work on your services. It is taken out of the figures where the agreement says so and it was announced in time.",
             words.not_counted(catalogue, customer, agreements, self.zone)),
            ("improvements", "Improvements", "What is to become better after breaches and reviews.",
             words.improvements(catalogue, customer, agreements)),
            ("satisfaction", "Satisfaction", "Surveys of your people, with the number of answers.",
             words.satisfaction(catalogue, customer)),
            ("credit-terms", "Credits", "What is given back for a figure of a closed period.", words.credit_terms(agreements)),
            ("definitions", "What was agreed", "The targets as the agreements say them, and the zone in which their periods begin and end.",
             words.definitions(agreements)),
            ("contacts", "Contacts", "Whom you reach at ours, and whom we reach at yours.", words.contacts(catalogue, customer)),
            ("about", "About these figures", "How the figures of this page are to be read.",
             words.about_figures(self.zone, public=public)),
        ):  # fmt: skip
            if public and key in _NOT_PUBLIC:
                continue
            yield self._words(key, title, description, content, min(targets, 8) if key == "definitions" else content.count("\n"))


class _Named:
    """The name under which a field is shown."""

    def __init__(self, name: str) -> None:
        self._name = name

    def properties(self) -> JsonObject:
        return {"displayName": self._name}


def _decimals(objective: str) -> int:
    """One digit more than the contract writes, at least two."""
    return max(2, len(objective.rstrip("% ").partition(".")[2]) + 1)


def _height(rows: int, most: int) -> int:
    """Of a panel with so many rows; beyond ``most`` it is scrolled."""
    return min(3 + rows, most)
