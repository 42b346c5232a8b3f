"""How the clocks of an agreement run: its profile, what the template changes of it, and what the agreement changes of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from slo_gen.spec import model
from slo_gen.spec.clock_profiles import PROFILES, ProfileTerms
from slo_gen.spec.convert import Document
from slo_gen.spec.documents.tickets import HoldClock, PauseWhen, TicketClock, Tickets
from slo_gen.spec.nearest import did_you_mean
from slo_gen.spec.resolve.measuring import fixed_seconds
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import Register
from slo_gen.spec.ticket_terms import EVENTS, MEANINGS, ClockTerms, Hold, LowVolume, Pausing, Reopening, Repeat, TicketTerms, Trigger

__all__ = ["TicketLayer", "ticket_terms"]

_AT: Final[Steps] = ("spec", "tickets")
_REPEATS: Final[Mapping[str, Repeat]] = {"never": "once", "on_reopen": "oldest", "on_start": "latest"}


@dataclass(frozen=True, slots=True)
class TicketLayer:
    """What one document says about tickets; ``tickets`` None where it says nothing."""

    document: Document
    tickets: Tickets | None


def ticket_terms(
    register: Register, template: TicketLayer, own: TicketLayer, promised: Iterable[model.TicketTarget | model.OtherTarget]
) -> TicketTerms | None:
    """The terms of an agreement's tickets; None where neither document speaks of tickets and nothing about them is promised."""
    targets = tuple(promised)
    layers = [layer for layer in (own, template) if layer.tickets is not None]
    clocked = {target.clock: None for target in targets if isinstance(target, model.TicketTarget)}
    clocked |= {target.of: None for target in targets if isinstance(target, model.OtherTarget) and target.within}
    counted = any(isinstance(target, model.OtherTarget) and target.about == "count" and target.of == "tickets" for target in targets)
    if not layers and not clocked and not counted:
        return None
    reader = _Reader(register, layers)
    terms = reader.terms(tuple(dict.fromkeys(target.priority for target in targets if target.priority)))
    for clock in clocked:
        if clock not in terms.clocks:
            reader.unknown_clock(clock, terms.clocks)
    return terms


class _Reader:
    """Reads keys from the agreement, else from its template, else from the profile."""

    def __init__(self, register: Register, layers: list[TicketLayer]) -> None:
        self._register = register
        self._layers = layers

    def terms(self, ranks: tuple[str, ...]) -> TicketTerms:
        profile = PROFILES[self._get("profile", "generic")]
        volume, statuses = self._get("low_volume", None), self._get("statuses", None)
        return TicketTerms(
            clocks=self._clocks(profile),
            profile=self._get("profile", "generic"),
            source=self._get("source", ""),
            select=dict(self._get("select", {})),
            ranks=ranks,
            counts_in=self._get("counts_in", "period_of_result"),
            low_volume=LowVolume(volume.below, volume.allow_misses) if volume else None,
            priority_changes=self._get("priority_changes", profile.priority_changes),
            hours_changes=self._get("hours_changes", profile.hours_changes),
            retroactive=self._get("retroactive_start", profile.retroactive),
            exclude_tags=frozenset(self._get("exclude_tags", ())),
            meanings={name: meaning for meaning in sorted(MEANINGS) for name in (getattr(statuses, meaning) if statuses else ())},
        )

    def unknown_clock(self, name: str, known: Iterable[str]) -> None:
        """Notes that nothing says what a clock of the matrix times."""
        layer = next((each for each in self._layers if each.document.written((*_AT, "matrix"))), self._layers[0] if self._layers else None)
        if layer is not None:
            hint = did_you_mean(name, known) or f"say it: clocks: {{{name}: {{from: opened, until: solved}}}}"
            self._register.tell(layer.document, _AT, f"nothing says what the clock {name} times", hint, "clock", "warning", key=True)

    # --- keys -------------------------------------------------------------------------------------------------------
    def _get(self, key: str, default: Any) -> Any:
        layer = self._layer(key)
        return getattr(layer.tickets, key) if layer is not None else default

    def _layer(self, key: str) -> TicketLayer | None:
        return next((layer for layer in self._layers if layer.document.written((*_AT, key))), None)

    # --- clocks -----------------------------------------------------------------------------------------------------
    def _clocks(self, profile: ProfileTerms) -> dict[str, ClockTerms]:
        reopening: Reopening = self._get("reopen", profile.reopening)
        clocks = {
            name: replace(clock, reopening=reopening) if clock.reopening == profile.reopening else clock
            for name, clock in profile.clocks.items()
        }
        usual = self._pausing(("pause_when",), profile)
        for layer in reversed(self._layers):
            assert layer.tickets is not None, "a layer without tickets is none"
            for name, written in layer.tickets.clocks.items():
                clocks[name] = self._own_clock(layer.document, name, written, reopening)
        for name, clock in clocks.items():
            clocks[name] = replace(clock, pausing=self._with(clock, usual, profile))
        for layer in reversed(self._layers):
            assert layer.tickets is not None, "a layer without tickets is none"
            for name, pause in layer.tickets.pauses.items():
                if name not in clocks:
                    self._tell(layer.document, ("pauses", name), f"there is no clock {name}", did_you_mean(name, clocks))
                    continue
                clocks[name] = replace(clocks[name], pausing=self._read(layer.document, pause, (*_AT, "pauses", name), profile))
        return self._held(clocks)

    def _pausing(self, key: tuple[str, ...], profile: ProfileTerms) -> Pausing:
        layer = self._layer(key[0])
        if layer is None:
            return Pausing(counted=profile.paused_time_counts)
        assert layer.tickets is not None, "a key is written in a layer with tickets"
        return self._read(layer.document, layer.tickets.pause_when, (*_AT, *key), profile)

    def _with(self, clock: ClockTerms, usual: Pausing, profile: ProfileTerms) -> Pausing:
        """What pauses a clock by itself, and what pauses all clocks of the agreement."""
        own, more = clock.pausing, usual
        for layer in self._layers:
            assert layer.tickets is not None, "a layer without tickets is none"
            written = layer.tickets.clocks.get(clock.name)
            if written is not None and written.pause_when:
                own, more = Pausing(), self._read(layer.document, written.pause_when, (*_AT, "clocks", clock.name, "pause_when"), profile)
                break
        return replace(more, meanings=own.meanings | more.meanings, statuses=own.statuses | more.statuses, tags=own.tags | more.tags)

    def _read(self, document: Document, pause: PauseWhen, path: Steps, profile: ProfileTerms) -> Pausing:
        names = frozenset(each.casefold() for each in pause.status)
        return Pausing(
            meanings=names & MEANINGS,
            statuses=names - MEANINGS,
            tags=frozenset(each.casefold() for each in pause.tags),
            until=frozenset(each.casefold() for each in pause.resume_status),
            counted=pause.paused_time == "counted" if pause.paused_time else profile.paused_time_counts,
            at_most=fixed_seconds(self._register, document, (*path, "at_most"), pause.at_most) if pause.at_most else None,
        )

    def _own_clock(self, document: Document, name: str, clock: TicketClock, reopening: Reopening) -> ClockTerms:
        path: Steps = ("clocks", name)
        starts, stops = self._trigger(document, clock.from_, (*path, "from")), self._trigger(document, clock.until, (*path, "until"))
        return ClockTerms(name, frozenset({starts}), frozenset({stops}), _REPEATS[clock.restart], reopening=reopening)

    def _held(self, clocks: dict[str, ClockTerms]) -> dict[str, ClockTerms]:
        """With the clocks of the groups that hold a ticket; their time is taken off ours where the agreement says so."""
        layer = self._layer("holds")
        written: tuple[HoldClock, ...] = layer.tickets.holds if layer is not None and layer.tickets is not None else ()
        off: list[Hold] = []
        held: dict[str, ClockTerms] = {}
        for position, hold in enumerate(written):
            assert layer is not None, "holds are written in a layer"
            path: Steps = ("holds", position)
            begins = self._trigger(layer.document, hold.from_, (*path, "from"))
            ends = self._trigger(layer.document, hold.until, (*path, "until"))
            held[hold.name] = ClockTerms(hold.name, frozenset({begins}), frozenset({ends}), "sum")
            if not hold.counts:
                off.append(Hold(begins, ends))
        apart = {name: replace(clock, pausing=replace(clock.pausing, holds=tuple(off))) for name, clock in clocks.items()}
        return {**apart, **held}

    def _trigger(self, document: Document, text: str, path: Steps) -> Trigger:
        event, _, value = text.removesuffix(")").partition("(")
        if event not in EVENTS:
            self._tell(document, path, f"{event} is nothing that happens to a ticket", did_you_mean(event, EVENTS))
        return Trigger(event, value.strip().casefold())

    def _tell(self, document: Document, path: Steps, message: str, hint: str) -> None:
        self._register.tell(document, (*_AT, *path), message, hint, "clock")
