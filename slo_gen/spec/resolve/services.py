"""Services, customers and the settings of the Policy."""

from __future__ import annotations

from slo_gen.spec import documents, model
from slo_gen.spec.convert import Document
from slo_gen.spec.resolve.indicators import whole_seconds
from slo_gen.spec.resolve.quantities import seconds
from slo_gen.spec.resolve.register import OWNER_ROLE, Register, origin

__all__ = ["evaluation", "resolve_customers", "resolve_services"]


def resolve_services(register: Register) -> dict[str, model.Service]:
    """All services, sorted by name. Configuration items are no services and are left out of ``depends_on``."""
    for document, value in register.each(documents.Service):
        _check_owner(register, document, value)
    return {
        document.name: model.Service(
            name=document.name,
            title=value.metadata.title or document.name,
            owner=_owner(register, value),
            criticality=value.spec.criticality,
            depends_on=tuple(needed for needed in value.spec.depends_on if isinstance(needed, str)),
            origin=origin(document, ("metadata", "name")),
        )
        for document, value in register.each(documents.Service)
    }


def _owner(register: Register, service: documents.Service) -> str:
    """The owner as a team, also where the document names a role; "" when there is none."""
    team = register.team(service.spec.owner, service) if service.spec.owner else ""
    return f"team/{team}" if team else ""


def _check_owner(register: Register, document: Document, service: documents.Service) -> None:
    owner = service.spec.owner or ""
    if owner == f"role/{OWNER_ROLE}":
        problem = document.problem(
            ("spec", "owner"), "the owner of a service cannot be its owner", "name a team, or another role", check="owner"
        )
        register.problems.append(problem)
    elif register.has_role(owner) and not register.team(owner, service):
        hint = "add it to `roles` of the service or of the Policy"
        register.problems.append(document.problem(("spec", "owner"), f"nobody holds {owner} for this service", hint, check="unknown-role"))


def resolve_customers(register: Register) -> dict[str, model.Customer]:
    """All customers, sorted by name."""
    return {
        document.name: model.Customer(
            name=document.name,
            title=value.metadata.title or document.name,
            labels=value.metadata.labels,
            origin=origin(document, ("metadata", "name")),
        )
        for document, value in register.each(documents.Customer)
    }


def evaluation(register: Register) -> model.Evaluation:
    """How Prometheus is to evaluate the rules."""
    spec = register.policy.spec
    settings = spec.evaluation
    document = register.policy_document
    if document is not None:
        for key, text in (("interval", settings.interval), ("settling", settings.settling), ("long_interval", settings.long_interval)):
            whole_seconds(register, document, ("spec", "evaluation", key), text)
        if seconds(settings.interval) > 60:
            register.problems.append(
                document.problem(
                    ("spec", "evaluation", "interval"),
                    "the rules record what happened in each minute, so they must run once a minute",
                    "write at most 1m",
                    check="interval",
                )
            )
        elif 60 % seconds(settings.interval):
            register.problems.append(
                document.problem(
                    ("spec", "evaluation", "interval"),
                    "windows are made of whole minutes, and a minute is no multiple of this interval",
                    "write 1m, 30s, 20s, 15s, 10s or 5s",
                    check="interval",
                )
            )
    return model.Evaluation(
        interval=_rounded(settings.interval),
        settling=_rounded(settings.settling),
        long_interval=_rounded(settings.long_interval),
        shard_size=settings.shard_size,
        severity_names={str(severity): name for severity, name in spec.alerts.severity_names.items()},
        agreement_page=spec.alerts.agreement_dashboard_url or "",
    )


def _rounded(duration: str) -> int:
    exact = seconds(duration)
    return -(-exact.numerator // exact.denominator)
