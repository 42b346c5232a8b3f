"""What the demo shows, as steps that are either seen in the running system or not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from slo_gen import names
from slo_gen.cli.status import read_standing
from slo_gen.demo.receiver import Notification
from slo_gen.demo.shop import Fault
from slo_gen.demo.stack import Stack
from slo_gen.fetch import RequestError
from slo_gen.history.status import Row
from slo_gen.history.ticket_status import TicketRow
from slo_gen.prometheus import Prometheus
from slo_gen.spec.model import Catalogue

__all__ = ["BROKEN", "FAULT", "Step", "Story"]

BROKEN = "checkout"
"""The component that fails; its job in the shop."""

FAULT = Fault(errors=0.6)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to be seen. ``look`` gives a sentence about what it saw, or None as long as there is nothing to see.

    ``breaks_service``: the service is to be broken before anybody looks.
    """

    title: str
    look: Callable[[], str | None]
    breaks_service: bool = False


class Story:
    """The steps of one demo over a running stack, in their order."""

    def __init__(self, stack: Stack, catalogue: Catalogue) -> None:
        self._stack = stack
        self.catalogue = catalogue
        self.rows: tuple[Row, ...] = ()
        self.tickets: tuple[TicketRow, ...] = ()
        self.notifications: list[Notification] = []
        self._told = 0

    @property
    def steps(self) -> tuple[Step, ...]:
        return (
            Step("rules loaded and healthy", self._rules_healthy),
            Step("status shows data for every service", self._status_has_data),
            Step("status shows the tickets of the desk", self._tickets_counted),
            Step(f"{BROKEN} fails, and Prometheus has scraped the failures", self._failing, breaks_service=True),
            Step("the alert has arrived at the receiver", self._alert_received),
            Step("status shows the burning budget and the firing alert", self._status_burns),
            Step("a ticket is overdue, and its alert names it", self._ticket_alert_received),
        )

    def break_service(self) -> None:
        self._stack.shop.fail(BROKEN, FAULT)

    def mend_service(self) -> None:
        self._stack.shop.mend(BROKEN)

    def refresh(self) -> None:
        """Read the present verdicts. Keeps the former ones while Prometheus does not answer."""
        self._stack.check_alive()
        with contextlib.suppress(RequestError):
            standing = asyncio.run(read_standing(self.catalogue, self._stack.prometheus.url))
            self.rows, self.tickets = standing.slos, standing.tickets

    def new_notifications(self) -> list[Notification]:
        """What the receiver got since the last call."""
        self._collect()
        told, self._told = self._told, len(self.notifications)
        return self.notifications[told:]

    def _collect(self) -> None:
        self.notifications += self._stack.receiver.waiting()

    # --- what is seen ------------------------------------------------------------------------------------------------

    def _rules_healthy(self) -> str | None:
        async def ask() -> str | None:
            async with Prometheus(self._stack.prometheus.url) as prometheus:
                groups = await prometheus.rules()
            rules = [rule for group in groups for rule in group.rules]
            # A group's first evaluation comes at any time within its interval; the slowest ones are not waited for.
            awaited = [rule for group in groups if group.interval < 60 for rule in group.rules]
            broken = [rule for rule in rules if rule.health == "err"]
            if broken:
                raise RuleError(f"the rule {broken[0].name} cannot be evaluated: {broken[0].error}")
            if not awaited or any(rule.health != "ok" for rule in awaited):
                return None
            return f"{len(rules)} rules in {len(groups)} groups, none with an error"

        with contextlib.suppress(RequestError):
            return asyncio.run(ask())
        return None

    def _status_has_data(self) -> str | None:
        """Data of the last hour for every SLO: only what the demo itself has scraped can be in there."""
        self.refresh()
        if not self.rows or any(row.burn is None for row in self.rows):
            return None
        return f"{len(self.rows)} verdicts about {len({row.slo.service for row in self.rows})} services"

    def _tickets_counted(self) -> str | None:
        """What the exporter read from the desk has come through Prometheus and the rules."""
        self.refresh()
        known = [row for row in self.tickets if row.decided]
        if not known or not any(row.missed for row in known):
            return None
        decided, missed = sum(row.decided or 0 for row in known), sum(row.missed or 0 for row in known)
        running = sum(row.running or 0 for row in self.tickets)
        return f"{decided} results of tickets in {len(known)} targets, {missed} missed, {running} clocks running"

    def _ticket_alert_received(self) -> str | None:
        self._collect()
        for notification in self.notifications:
            labels = notification.labels
            if notification.status == "firing" and labels.get("alertname") == names.TICKET_OVERDUE and labels.get(names.TICKET):
                return notification.annotations.get("summary")
        return None

    def _failing(self) -> str | None:
        scraped = f'sum(rate(http_requests_total{{job="{BROKEN}"'
        share = f'{scraped},code=~"5.."}}[20s])) / {scraped}}}[20s]))'

        async def ask() -> float:
            async with Prometheus(self._stack.prometheus.url) as prometheus:
                return max((sample.value for sample in await prometheus.query(share)), default=0.0)

        with contextlib.suppress(RequestError):
            seen = asyncio.run(ask())
            return f"{seen:.0%} of its requests failed in the last 20 s" if seen > FAULT.errors / 4 else None
        return None

    def _alert_received(self) -> str | None:
        self._collect()
        for notification in self.notifications:
            if notification.status == "firing" and notification.labels.get("alertname") == names.BUDGET_BURN \
                    and notification.labels.get(names.SLO) in self._broken_slos():
                return notification.annotations.get("summary") or str(dict(notification.labels))
        return None

    def _status_burns(self) -> str | None:
        self.refresh()
        for row in self.rows:
            if row.slo.name in self._broken_slos() and row.burn is not None and row.burn > 1 and row.alerts:
                endangered = f", {len(row.endangered)} agreements endangered" if row.endangered else ""
                return f"{row.slo.name} burns {float(row.burn):.0f} times too fast{endangered}"
        return None

    def _broken_slos(self) -> frozenset[str]:
        return frozenset(_slos_on(self.catalogue, BROKEN))


class RuleError(Exception):
    """A compiled rule is refused by the running Prometheus; the text says which and why."""


def _slos_on(catalogue: Catalogue, job: str) -> Iterator[str]:
    """SLOs whose indicator reads series of this job."""
    from slo_gen.checks.measured import readings

    indicators = {
        reading.indicator.name for reading in readings(catalogue)
        if any(matcher.op == "=" and matcher.value == job for matcher in reading.selector.on(["job"]))
    }
    return (slo.name for slo in catalogue.slos.values() if slo.indicator in indicators)
