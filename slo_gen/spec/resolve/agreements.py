"""SLAs, OLAs and UCs after their templates were applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from msgspec import UNSET, UnsetType

from slo_gen.spec import model
from slo_gen.spec.convert import Document
from slo_gen.spec.documents import OLA, SLA, UC, Customer, Service
from slo_gen.spec.documents.agreement import AgreementBody, AgreementSpec, Backing, Period, Report
from slo_gen.spec.nearest import did_you_mean
from slo_gen.spec.resolve.credits import check_credits, credit_terms, takes_of_fee
from slo_gen.spec.resolve.promises import Promises, promises
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import ALWAYS, Register, origin
from slo_gen.spec.resolve.terms import (
    allowance_terms,
    check_source,
    claim_terms,
    fee_terms,
    last_day,
    periods,
    rights_of,
    source_terms,
    terminations,
)
from slo_gen.spec.resolve.ticket_clocks import TicketLayer, ticket_terms
from slo_gen.spec.resolve.values import InsertError, insert_in_promql, insert_in_text
from slo_gen.spec.terms import CreditTerms, ReportTerms, Source, Termination
from slo_gen.spec.ticket_terms import TicketTerms
from slo_gen.timekeeping.periods import Periods, RollingDays
from slo_gen.timekeeping.zones import is_zone

__all__ = ["resolve_agreements"]

def resolve_agreements(register: Register) -> dict[str, model.Agreement]:
    """All agreements, sorted by name."""
    resolver = _Resolver(register)
    written: list[tuple[Document, SLA | OLA | UC]] = [*register.each(SLA), *register.each(OLA), *register.each(UC)]
    written.sort(key=lambda each: each[0].name)
    return {document.name: resolver.agreement(document, value) for document, value in written}


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one document, an agreement or its template, says itself."""

    document: Document
    body: AgreementBody
    promises: Promises
    credits: CreditTerms | None = None
    termination: tuple[Termination, ...] = ()
    source: Source | None = None

    @classmethod
    def of(cls, document: Document, body: AgreementBody, register: Register) -> _Layer:
        """A layer, with a problem for each thing in it that is wrong."""
        return cls(
            document,
            body,
            promises(document, body, register),
            credit_terms(register, document, body.credits, ("spec", "credits")) if body.credits else None,
            terminations(register, document, body.termination),
            source_terms(body.source),
        )


class _Resolver:
    """Applies templates; each template is looked at once however many agreements extend it."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._templates = {
            f"{document.name}@{template.metadata.version}": _Layer.of(document, template.spec, register)
            for document, template in register.templates()
        }

    def agreement(self, document: Document, value: SLA | OLA | UC) -> model.Agreement:
        spec, register = value.spec, self._register
        own, template = _Layer.of(document, spec, register), self._template(document, spec)
        hours = spec.hours or template.body.hours or ALWAYS
        merged = own.promises.over(template.promises).owed_in(hours)
        party = _party(value)
        customer = register.get(Customer, party.name) if party.kind == "customer" else None
        in_rows = {target.name: target for row in merged.rows.values() for target in row}
        values = _Values(document, value, customer, register)
        source = own.source or template.source
        period = self._periods(own if spec.period else template, customer)
        agreement = model.Agreement(
            kind=value.kind if value.kind != "UPC" else "UC",
            name=document.name,
            title=value.metadata.title or document.name,
            party=party,
            service=spec.service,
            template=spec.extends or "",
            state=spec.state,
            period=period,
            targets=tuple(values.inserted(target) for target in merged.targets.values()),
            ticket_targets=tuple({**in_rows, **merged.ticket_targets}.values()),
            backed_by={
                target: _leaves(backing) for target, backing in {**(template.body.backed_by or {}), **(spec.backed_by or {})}.items()
            },
            origin=origin(document, ("metadata", "name")),
            other_targets=tuple(merged.other_targets.values()),
            starts=date.fromisoformat(spec.term.from_) if spec.term else None,
            ends=last_day(register, document, spec.term, period.timezone) if spec.term else None,
            fee=fee_terms(spec.fee),
            credits=own.credits or template.credits,
            allowance=allowance_terms(spec.allowance or template.body.allowance),
            claim=claim_terms(spec.claim or template.body.claim),
            termination=template.termination if spec.termination is UNSET else own.termination,
            source=source,
            report=self._report(spec.report or template.body.report),
        )
        rights = rights_of(register, template.document if spec.termination is UNSET else document, agreement.termination, agreement)
        agreement = replace(agreement, termination=rights, tickets=values.selected(self._tickets(own, template, agreement)))
        self._check(document, spec, agreement, complete=merged.complete)
        self._check_money(own if spec.credits else template, own if spec.claim else template, agreement)
        if agreement.credits and agreement.fee is None and takes_of_fee(agreement.credits) and not _is_internal(party, customer):
            message = "its credits are a part of a fee, which is not written"
            path: Steps = ("spec", "credits") if spec.credits else ("spec", "extends")
            register.tell(document, path, message, "add `fee`", "credits", "warning", key=bool(spec.credits))
        if source is not None and agreement.kind == "UC":
            check_source(register, own.document if own.source else template.document, source)
        return agreement

    def _tickets(self, own: _Layer, template: _Layer, agreement: model.Agreement) -> TicketTerms | None:
        promised: list[model.TicketTarget | model.OtherTarget] = [*agreement.ticket_targets, *agreement.other_targets]
        return ticket_terms(self._register, _ticket_layer(template), _ticket_layer(own), promised)

    def _periods(self, layer: _Layer, customer: Customer | None) -> Periods | RollingDays:
        period = layer.body.period or Period()
        timezone = period.timezone or (customer.spec.timezone if customer else "") or self._register.policy.spec.timezone
        # That there is no such zone is told where it is written; what is made of the agreement needs one all the same.
        return periods(self._register, layer.document, period, timezone if is_zone(timezone) else "UTC")

    def _check_money(self, of_credits: _Layer, of_claim: _Layer, agreement: model.Agreement) -> None:
        credits = of_credits.body.credits
        if agreement.credits is not None and credits:
            if len(agreement.credits.tiers) == len(credits.tiers):
                check_credits(self._register, of_credits.document, ("spec", "credits"), agreement.credits, agreement)
        elif agreement.claim is not None:
            message = "nothing is given back that could be claimed"
            self._register.tell(of_claim.document, ("spec", "claim"), message, "add `credits`", "claim", "warning", key=True)

    def _report(self, report: Report | UnsetType) -> ReportTerms:
        usual = self._register.policy.spec.process
        if report:
            return ReportTerms(report.due, report.objections or usual.objections or "")
        return ReportTerms(usual.report_due or ReportTerms().due, usual.objections or "")

    def _template(self, document: Document, spec: AgreementSpec) -> _Layer:
        if not spec.extends:
            return _Layer(document, AgreementBody(), Promises())
        if spec.extends in self._templates:
            return self._templates[spec.extends]
        name, _, version = spec.extends.rpartition("@")
        versions = self._register.versions(name)
        if versions:
            message = f"there is no version {version} of template {name}"
            listed = ", ".join(f"{name}@{each}" for each in versions)
            hint = f"there {'is' if len(versions) == 1 else 'are'} {listed}"
        else:
            message = f"there is no template {name}"
            hint = did_you_mean(name, self._register.template_names()) or "write a document of kind Template with this name"
        self._register.problems.append(document.problem(("spec", "extends"), message, hint, check="unknown-reference"))
        return _Layer(document, AgreementBody(), Promises(complete=False))

    def _check(self, document: Document, spec: AgreementSpec, agreement: model.Agreement, *, complete: bool) -> None:
        known = [
            *(each.name for each in agreement.targets),
            *(each.name for each in agreement.ticket_targets),
            *(each.name for each in agreement.other_targets),
        ]
        if not known and complete:
            self._problem(
                document,
                ("spec",),
                f"{agreement.kind} {agreement.name} promises nothing",
                "add `targets`, or `extends` a template",
                "no-targets",
            )
        for path, target in _target_names(spec):
            if target not in known and complete:
                self._problem(document, path, f"the agreement has no target {target}", did_you_mean(target, known), "unknown-target")
        for name, backing in (spec.backed_by or {}).items():
            for path, part in _parts(backing, ("spec", "backed_by", name)):
                if part.at_least and part.of and part.at_least > len(part.of):
                    message = f"{part.at_least} of {len(part.of)} is more than there are"
                    self._problem(document, (*path, "at_least"), message, f"write at most {len(part.of)}", "backing")

    def _problem(self, document: Document, path: Steps, message: str, hint: str, check: str) -> None:
        by_key = path == ("spec",) or (len(path) == 3 and path[1] == "backed_by")
        self._register.problems.append(document.problem(path, message, hint, check=check, key=by_key))


class _Values:
    """What may be inserted in the targets of one agreement."""

    def __init__(self, document: Document, value: SLA | OLA | UC, customer: Customer | None, register: Register) -> None:
        self._document = document
        self._value = value
        self._customer = customer
        self._register = register

    def inserted(self, target: model.AgreementTarget) -> model.AgreementTarget:
        """The target with its values, or as it was when it asks for none."""
        if not any("${" in text for text in target.where.values()) and not any("${" in each.when for each in target.exclude):
            return target
        values = self._all()
        try:
            found = replace(
                target,
                where={label: insert_in_text(text, values) for label, text in target.where.items()},
                exclude=tuple(replace(each, when=insert_in_promql(each.when, values)) for each in target.exclude),
            )
        except InsertError as error:
            self._refuse(error, target, values)
            return target
        for label, text in target.where.items():
            if text and not found.where[label]:
                self._tell(target, f"{label} is empty in `where`, and picks nothing", f"give {text} a value", "where-label")
        return found

    def selected(self, terms: TicketTerms | None) -> TicketTerms | None:
        """Terms of tickets with the values of those that belong to the agreement."""
        if terms is None or not any("${" in text for text in terms.select.values()):
            return terms
        values = self._all()
        try:
            return replace(terms, select={name: insert_in_text(text, values) for name, text in terms.select.items()})
        except InsertError as error:
            path: Steps = ("spec", "tickets", "select") if self._value.spec.tickets else ("spec", "extends")
            self._register.tell(self._document, path, f"{error}", did_you_mean(error.name, values), "unknown-value")
            return terms

    def _all(self) -> dict[str, str]:
        metadata = self._value.metadata
        values = {"agreement.name": metadata.name, "agreement.title": metadata.title or metadata.name}
        values["service.name"] = self._value.spec.service
        service = self._register.get(Service, self._value.spec.service)
        values["service.title"] = (service.metadata.title if service else "") or self._value.spec.service
        values.update({f"agreement.values.{name}": text for name, text in self._value.spec.values.items()})
        if self._customer is not None:
            values["customer.name"] = self._customer.metadata.name
            values["customer.title"] = self._customer.metadata.title or self._customer.metadata.name
            values.update({f"customer.selector.{name}": text for name, text in self._customer.spec.selector.items()})
        return values

    def _refuse(self, error: InsertError, target: model.AgreementTarget, values: Mapping[str, str]) -> None:
        hint = did_you_mean(error.name, values) if error.unknown else 'quote it with " instead'
        if error.unknown and error.name.startswith("customer.selector.") and self._customer is not None:
            label = error.name.removeprefix("customer.selector.")
            hint = f"add {label} to `selector` of customer {self._customer.metadata.name}"
        self._tell(target, f"{error}", hint, "unknown-value")

    def _tell(self, target: model.AgreementTarget, what: str, hint: str, check: str) -> None:
        own = target.origin.file == self._document.file and not self._value.spec.extends
        path: Steps = ("metadata", "name") if own else ("spec", "extends")
        message = f"target {target.name} of {self._document.kind} {self._document.name}: {what}"
        self._register.problems.append(self._document.problem(path, message, hint, check=check))


def _is_internal(party: model.Party, customer: Customer | None) -> bool:
    """Whether nothing is paid for what is promised."""
    return party.kind == "team" or (customer is not None and customer.spec.type == "internal")


def _ticket_layer(layer: _Layer) -> TicketLayer:
    return TicketLayer(layer.document, layer.body.tickets or None)


def _party(value: SLA | OLA | UC) -> model.Party:
    if isinstance(value, SLA):
        return model.Party("customer", value.spec.customer)
    if isinstance(value, OLA):
        return model.Party("team", value.spec.team)
    return model.Party("supplier", value.spec.supplier)


def _target_names(spec: AgreementSpec) -> Iterator[tuple[Steps, str]]:
    """Where an agreement names its own targets."""
    for name in spec.backed_by or {}:
        yield ("spec", "backed_by", name), name
    for position, exception in enumerate(spec.exceptions):
        yield ("spec", "exceptions", position, "target"), exception.target
    for position, name in enumerate(spec.credits.targets if spec.credits else ()):
        yield ("spec", "credits", "targets", position), name
    for position, termination in enumerate(spec.termination or ()):
        for inner, name in enumerate(termination.targets):
            yield ("spec", "termination", position, "targets", inner), name
    for position, workload in enumerate(spec.workload or ()):
        for inner, name in enumerate(workload.suspends):
            yield ("spec", "workload", position, "suspends", inner), name


# --- backing -------------------------------------------------------------------------------------------------
def _leaves(backing: str | Backing) -> tuple[str, ...]:
    """The targets that a backing names, each once."""
    if isinstance(backing, str):
        return (backing,)
    parts = backing.all or backing.any or backing.of or backing.then or ()
    return tuple(dict.fromkeys(leaf for part in parts for leaf in _leaves(part)))


def _parts(backing: str | Backing, path: Steps) -> Iterator[tuple[Steps, Backing]]:
    """A backing and those inside it, with their places."""
    if isinstance(backing, str):
        return
    yield path, backing
    for key, parts in (("all", backing.all), ("any", backing.any), ("of", backing.of), ("then", backing.then)):
        for position, part in enumerate(parts or ()):
            yield from _parts(part, (*path, key, position))
