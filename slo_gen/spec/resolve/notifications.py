"""Who is told of what: receivers of teams, customers and suppliers, and the ladders of agreements with their roles filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from slo_gen.spec import notification as model
from slo_gen.spec.convert import Document
from slo_gen.spec.documents import OLA, SLA, UC, Customer, Service, Supplier, Team
from slo_gen.spec.documents.agreement import AgreementBody, Escalation
from slo_gen.spec.documents.agreement import Step as WrittenStep
from slo_gen.spec.documents.party import Contact
from slo_gen.spec.documents.policy import NotificationSettings
from slo_gen.spec.documents.receivers import Mail, Notices, Receiver
from slo_gen.spec.resolve.indicators import whole_seconds
from slo_gen.spec.resolve.quantities import percent
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import OWNER_ROLE, Register
from slo_gen.spec.secrets import is_secret_address

__all__ = ["MANAGER_ROLE", "resolve_notifications"]

MANAGER_ROLE: Final = "service-level-manager"
"""The role that is told of periods at risk and breached where an agreement says nothing else."""

_EVENTS: Final[tuple[model.Event, ...]] = (model.TICKET_CLOCK, model.PERIOD_BUDGET, model.BREACH)


def resolve_notifications(register: Register) -> model.Notifications:
    """Receivers, desks and ladders of all documents."""
    return _Resolver(register).notifications()


class _Resolver:
    def __init__(self, register: Register) -> None:
        self._register = register
        self._settings: NotificationSettings = register.policy.spec.notifications
        self._receivers: dict[str, model.Receiver] = {}
        self._desks: dict[str, model.Desk] = {}

    def notifications(self) -> model.Notifications:
        self._named_receivers()
        default = self._default()
        for document, team in self._register.each(Team):
            self._desks[f"team/{document.name}"] = self._team(document, team, default)
        for document, customer in self._register.each(Customer):
            self._party(document, "customer", customer.spec.notices, customer.spec.contacts)
        for document, supplier in self._register.each(Supplier):
            self._party(document, "supplier", supplier.spec.notices, supplier.spec.contacts)
        owners, ladders = self._agreements()
        return model.Notifications(
            receivers=dict(sorted(self._receivers.items())),
            desks=dict(sorted(self._desks.items())),
            default=default,
            repeat={**model.REPEAT, **{severity: self._repeat(severity, text) for severity, text in self._settings.repeat.items()}},
            apart_by=tuple(dict.fromkeys(self._settings.apart_by)),
            owners=owners,
            ladders=ladders,
            settings=_settings(self._settings.global_),
        )

    # --- receivers --------------------------------------------------------------------------------------------
    def _named_receivers(self) -> None:
        document = self._register.policy_document
        for name, written in self._settings.receivers.items():
            assert document is not None, "only a Policy holds receivers"
            self._define(name, written, document, ("spec", "notifications", "receivers", name))

    def _define(self, name: str, written: Receiver, document: Document, path: Steps) -> str:
        integrations = tuple(_integrations(written))
        if not integrations:
            hint = "add one of its ways to send, like `email: [{to: [desk@example.com]}]`"
            self._register.problems.append(document.problem(path, "nothing would be sent to this receiver", hint, check="receiver"))
        for position, webhook in enumerate(written.webhook):
            if webhook.url and is_secret_address(webhook.url):
                self._register.problems.append(
                    document.problem(
                        (*path, "webhook", position, "url"),
                        "the address holds a secret, which does not belong in a document",
                        "write `url_file` with the path of a file that holds it, or leave it out and name a file in `http_config`",
                        check="secret",
                    )
                )
        self._receivers[name] = model.Receiver(name, integrations)
        return name

    def _name(self, name: str) -> str:
        """A receiver by its name; one that no document defines is the user's own."""
        self._receivers.setdefault(name, model.Receiver(name, None))
        return name

    def _default(self) -> dict[model.Severity, str]:
        written = {severity: self._name(name) for severity, name in self._settings.default.items()}
        return _filled(written, {})

    def _team(self, document: Document, team: Team, default: Mapping[model.Severity, str]) -> model.Desk:
        written: dict[model.Severity, str] = {}
        for severity, receiver in team.spec.receivers.items():
            if isinstance(receiver, str):
                written[severity] = self._name(receiver)
            else:
                name = f"team/{document.name}/{severity}"
                written[severity] = self._define(name, receiver, document, ("spec", "receivers", severity))
        quiet = tuple(severity for severity in model.SEVERITIES if severity in team.spec.quiet)
        return model.Desk(_filled(written, default), team.spec.hours, quiet, team.metadata.title or document.name)

    def _party(self, document: Document, kind: str, notices: Notices, contacts: tuple[Contact, ...]) -> None:
        """A customer or supplier, reached at the addresses of ``notices``, else at those of the contacts for breaches."""
        found = tuple(contact.email for contact in contacts if contact.email and "breaches" in contact.purposes)
        mails = notices.email or ((Mail(to=found),) if found and not notices.slack else ())
        name = f"{kind}/{document.name}"
        receivers: dict[model.Severity, str] = {}
        if mails or notices.slack:
            self._receivers[name] = model.Receiver(name, tuple(_integrations(Receiver(email=mails, slack=notices.slack))))
            receivers["ticket"] = name
        title = document.value.metadata.title or document.name
        self._desks[name] = model.Desk(receivers, notices.hours, ("ticket",), title)

    def _repeat(self, severity: str, text: str) -> int:
        document = self._register.policy_document
        assert document is not None, "only a Policy says how often"
        path: Steps = ("spec", "notifications", "repeat", severity)
        seconds = whole_seconds(self._register, document, path, text)
        if seconds > model.REMEMBERED:
            message = "Alertmanager forgets after 5d what it sent, and tells it again then"
            hint = "write 5d at most; a longer time needs as long a --data.retention of your Alertmanager"
            self._register.problems.append(document.problem(path, message, hint, check="repeat", severity="warning"))
        return seconds

    # --- ladders ----------------------------------------------------------------------------------------------
    def _agreements(self) -> tuple[dict[str, str], dict[str, tuple[model.Step, ...]]]:
        templates = {f"{document.name}@{template.metadata.version}": template.spec for document, template in self._register.templates()}
        written: list[tuple[Document, SLA | OLA | UC]] = [
            *self._register.each(SLA), *self._register.each(OLA), *self._register.each(UC)
        ]
        owners: dict[str, str] = {}
        ladders: dict[str, tuple[model.Step, ...]] = {}
        for document, agreement in sorted(written, key=lambda each: each[0].name):
            service = self._register.get(Service, agreement.spec.service)
            team = self._register.team(agreement.spec.owner or f"role/{OWNER_ROLE}", service)
            owners[document.name] = f"team/{team}" if team else ""
            template = templates.get(agreement.spec.extends or "", AgreementBody())
            ladders[document.name] = tuple(self._ladder(document, agreement.spec, template, service))
        return owners, ladders

    def _ladder(self, document: Document, spec: AgreementBody, template: AgreementBody, service: Service | None) -> Iterator[model.Step]:
        for event in _EVENTS:
            own = _steps(spec.escalation, event)
            found = own or _steps(template.escalation, event)
            for position, step in enumerate(found):
                path: Steps = ("spec", "escalation", event, position) if own else ("spec", "extends")
                yield from self._step(document, path, event, step, service)
            manager = self._register.team(f"role/{MANAGER_ROLE}", service)
            if not found and manager and event != model.TICKET_CLOCK:
                yield model.Step(event, "", 0, f"team/{manager}", "notice")

    def _step(
        self, document: Document, path: Steps, event: model.Event, step: WrittenStep, service: Service | None
    ) -> Iterator[model.Step]:
        kind, _, name = step.to.partition("/")
        own = len(path) > 2
        outside = kind in ("customer", "supplier")
        manner = step.as_ or ("draft" if outside else "notice")
        to = step.to
        if kind == "role":
            team = self._register.team(step.to, service)
            if not team:
                if self._register.has_role(step.to):
                    hint = "add it to `roles` of the service or of the Policy"
                    message = f"nobody holds {step.to} for this service"
                    self._problem(document, (*path, "to") if own else path, message, hint, "unknown-role")
                return
            to = f"team/{team}"
        desk = self._desks.get(to)
        if outside and manner == "notice" and desk is not None and not desk.receivers:
            message = f"{to} is to be told, and nobody said how"
            hint = f"add `notices` to {kind} {name}, or a contact with `email` and `purposes: [breaches]`"
            self._problem(document, (*path, "to") if own else path, message, hint, "receiver")
        if step.at and event == model.BREACH:
            message = "a breach has no share that is used up: this step would tell nobody"
            hint = "leave `at` out, or write it under `period_budget`"
            self._problem(document, (*path, "at") if own else path, message, hint, "escalation")
        if step.at and event == model.PERIOD_BUDGET and not percent(step.at):
            message = "0% of the budget is used up from the first second of every period on"
            self._problem(document, (*path, "at") if own else path, message, "write a share above it, like 50%", "escalation")
        after = 0
        if step.after:
            after = whole_seconds(self._register, document, (*path, "after") if own else path, step.after)
        yield model.Step(event, _stage(step.at) if step.at else "", after, to, manner)

    def _problem(self, document: Document, path: Steps, message: str, hint: str, check: str) -> None:
        self._register.problems.append(document.problem(path, message, hint, check=check))


def _steps(escalation: Escalation | msgspec.UnsetType, event: model.Event) -> tuple[WrittenStep, ...]:
    if not escalation:
        return ()
    return {
        model.TICKET_CLOCK: escalation.ticket_clock, model.PERIOD_BUDGET: escalation.period_budget, model.BREACH: escalation.breach,
    }[event]


def _stage(text: str) -> str:
    """A share in its one way of writing: ``75%`` for ``75.0%`` too."""
    share = percent(text) * 100
    whole, _, digits = text.rstrip("%").partition(".")
    digits = digits.rstrip("0")
    return f"{share}%" if share.denominator == 1 else f"{int(whole)}.{digits}%"


def _filled(written: Mapping[model.Severity, str], default: Mapping[model.Severity, str]) -> dict[model.Severity, str]:
    """Where each severity goes; infos go where tickets do unless somebody said otherwise."""
    found: dict[model.Severity, str] = {
        "page": written.get("page") or default.get("page", ""),
        "ticket": written.get("ticket") or default.get("ticket", ""),
        "info": written.get("info") or written.get("ticket") or default.get("info", ""),
    }
    if not found["info"]:
        found["info"] = found["ticket"]
    return found


# --- settings ------------------------------------------------------------------------------------------------
def _integrations(written: Receiver) -> Iterator[model.Integration]:
    """The ways to send of a receiver, in the order of the manual."""
    for field in msgspec.structs.fields(written):
        for each in getattr(written, field.name):
            yield model.Integration(field.encode_name, _settings(each))


def _settings(section: msgspec.Struct) -> dict[str, model.Setting]:
    """What a section says, under the names that it has in YAML."""
    found: dict[str, model.Setting] = {}
    for field in msgspec.structs.fields(section):
        value = getattr(section, field.name)
        if value is not msgspec.UNSET and value != ():
            found[field.encode_name] = _setting(value)
    return found


def _setting(value: Any) -> model.Setting:
    if isinstance(value, msgspec.Struct):
        return _settings(value)
    if isinstance(value, tuple):
        return tuple(map(_setting, value))
    assert isinstance(value, str | int | bool)
    return value
