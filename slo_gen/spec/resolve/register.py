"""All documents by kind and name: finding them, and telling what is missing or there twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from slo_gen.spec.convert import Document
from slo_gen.spec.documents import OLA, SLA, UC, Envelope, Metadata, Policy, Service, Template
from slo_gen.spec.model import ALWAYS, Origin
from slo_gen.spec.nearest import did_you_mean
from slo_gen.spec.problems import Problem, Severity
from slo_gen.spec.resolve.references import Reference, Steps
from slo_gen.spec.zone_names import zone_hint
from slo_gen.timekeeping.zones import TimeError, zone

__all__ = ["AGREEMENTS", "ALWAYS", "OWNER_ROLE", "Register", "origin"]

AGREEMENTS: tuple[type[SLA] | type[OLA] | type[UC], ...] = (SLA, OLA, UC)
"""The kinds whose names must differ from each other too, because agreements refer to each other by name alone."""

OWNER_ROLE = "service-owner"
"""The role that every service fills by its ``owner``."""

_PREFIX_KINDS = {
    "adjustment": "Adjustment", "breach": "Breach", "customer": "Customer", "feedback": "Feedback", "improvement": "Improvement",
    "indicator": "Indicator", "ola": "OLA", "review": "Review", "service": "Service", "sla": "SLA", "slo": "SLO", "slr": "SLR",
    "supplier": "Supplier", "team": "Team", "uc": "UC",
}  # fmt: skip

K = TypeVar("K", bound=Envelope)


class Register:
    """The documents of a catalogue. The first of several with one name counts; the others are problems."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.problems: list[Problem] = []
        self._by_kind: dict[str, dict[str, Document]] = {}
        self._templates: dict[str, dict[int, Document]] = {}
        self._agreements: dict[str, Document] = {}
        for document in documents:
            self._enter(document)
        self._policy = next(iter(self._by_kind.get("Policy", {}).values()), None)
        self._roles = self._known_roles()

    # --- entering ---------------------------------------------------------------------------------------------
    def _enter(self, document: Document) -> None:
        value = document.value
        if isinstance(value, Template):
            versions = self._templates.setdefault(document.name, {})
            first = versions.setdefault(value.metadata.version, document)
            called = f"Template {document.name}@{value.metadata.version}"
        elif isinstance(value, AGREEMENTS):
            first = self._agreements.setdefault(document.name, document)
            called = f"{first.kind} {document.name}"
            if first is document:
                self._by_kind.setdefault(document.kind, {})[document.name] = document
        elif isinstance(value, Policy):
            known = self._by_kind.setdefault("Policy", {})
            first = next(iter(known.values()), document)
            known.setdefault(document.name, document)
            called = f"a Policy ({first.name})"
        else:
            first = self._by_kind.setdefault(document.kind, {}).setdefault(document.name, document)
            called = f"{document.kind} {document.name}"
        if first is not document:
            self._refuse_second(document, first, called)

    def _refuse_second(self, document: Document, first: Document, called: str) -> None:
        line, _ = first.position(("metadata", "name"))
        hint = "rename one of them, or remove it"
        if isinstance(document.value, Template):
            hint = "raise metadata.version of the new one"
        elif isinstance(document.value, Policy):
            hint = "join the two"
        elif document.kind != first.kind:
            hint = "SLAs, OLAs and UCs share their names, because they refer to each other by name; rename one of them"
        path: Steps = ("metadata", "version") if document.written(("metadata", "version")) else ("metadata", "name")
        self.problems.append(document.problem(path, f"{called} is already in {first.file}, line {line}", hint, check="duplicate-name"))

    def _known_roles(self) -> frozenset[str]:
        roles = {OWNER_ROLE}
        if self._policy is not None and isinstance(self._policy.value, Policy):
            roles.update(self._policy.value.spec.roles)
        for _, service in self.each(Service):
            roles.update(service.spec.roles)
        return frozenset(roles)

    # --- finding ----------------------------------------------------------------------------------------------
    @property
    def policy(self) -> Policy:
        """The Policy, or one with all defaults."""
        if self._policy is not None and isinstance(self._policy.value, Policy):
            return self._policy.value
        return _NO_POLICY

    @property
    def policy_document(self) -> Document | None:
        """The document of the Policy, where there is one."""
        return self._policy

    def each(self, kind: type[K]) -> Iterator[tuple[Document, K]]:
        """All documents of a kind, sorted by name."""
        found = self._by_kind.get(kind.__name__, {})
        for name in sorted(found):
            value = found[name].value
            assert isinstance(value, kind)
            yield found[name], value

    def get(self, kind: type[K], name: str) -> K | None:
        """The document of that kind and name."""
        document = self._by_kind.get(kind.__name__, {}).get(name)
        return document.value if document is not None and isinstance(document.value, kind) else None

    def templates(self) -> Iterator[tuple[Document, Template]]:
        """All templates, sorted by name and version."""
        for name in sorted(self._templates):
            for version in sorted(self._templates[name]):
                document = self._templates[name][version]
                assert isinstance(document.value, Template)
                yield document, document.value

    def versions(self, template: str) -> list[int]:
        """The versions of a template, ascending; none when there is no such template."""
        return sorted(self._templates.get(template, {}))

    def template_names(self) -> list[str]:
        """The names of all templates."""
        return sorted(self._templates)

    # --- references -------------------------------------------------------------------------------------------
    def check(self, document: Document, reference: Reference) -> None:
        """Note a problem when what ``reference`` names is not there. Targets of agreements are looked at later."""
        kind, name = self._read(reference)
        if kind == "role":
            self._check_role(document, reference, name)
        elif kind == "agreement":
            if name not in self._agreements:
                self._missing(document, reference, "SLA, OLA or UC", name, self._agreements)
        elif kind == "timezone":
            self._check_timezone(document, reference)
        elif kind == "Calendar" and name == ALWAYS:
            return
        elif name not in self._by_kind.get(kind, {}):
            self._missing(document, reference, kind, name, self._by_kind.get(kind, {}))

    def _read(self, reference: Reference) -> tuple[str, str]:
        if reference.refers == "kind/name":
            prefix, _, name = reference.text.partition("/")
            return _PREFIX_KINDS.get(prefix, prefix), name
        if reference.refers == "agreement/target":
            return "agreement", reference.text.partition("/")[0]
        return reference.refers, reference.text

    def tell(
        self, document: Document, path: Steps, message: str, hint: str, check: str, severity: Severity = "error", *, key: bool = False
    ) -> None:
        """Note a problem at the value at ``path``, or at its key; once, however many agreements extend the template."""
        problem = document.problem(path, message, hint, check=check, severity=severity, key=key)
        if problem not in self.problems:
            self.problems.append(problem)

    def _missing(self, document: Document, reference: Reference, kind: str, name: str, known: Iterable[str]) -> None:
        names = list(known)
        hint = did_you_mean(name, names) or f"write a document of kind {kind} with this name"
        self.problems.append(document.problem(reference.path, f"there is no {kind} {name}", hint, check="unknown-reference"))

    def _check_role(self, document: Document, reference: Reference, role: str) -> None:
        if role not in self._roles:
            hint = did_you_mean(role, self._roles - {OWNER_ROLE}) or f"say who it is in a Policy: `roles: {{{role}: team/...}}`"
            self.problems.append(document.problem(reference.path, f"nobody holds the role {role}", hint, check="unknown-role"))

    def _check_timezone(self, document: Document, reference: Reference) -> None:
        try:
            zone(reference.text)
        except TimeError:
            message = f"there is no time zone {reference.text}"
            self.problems.append(document.problem(reference.path, message, zone_hint(reference.text), check="timezone"))

    # --- people -----------------------------------------------------------------------------------------------
    def team(self, reference: str, service: Service | None) -> str:
        """Name of the team behind ``team/...`` or ``role/...`` for a service; "" when nobody holds the role."""
        prefix, _, name = reference.partition("/")
        if prefix == "team":
            return name
        held = service.spec.roles.get(name) if service is not None else None
        if held is None and name == OWNER_ROLE and service is not None and service.spec.owner != reference:
            return self.team(service.spec.owner, service) if service.spec.owner else ""
        held = held or self.policy.spec.roles.get(name, "")
        return held.partition("/")[2]

    def has_role(self, reference: str) -> bool:
        """Whether ``reference`` is a role that somebody holds, be it for another service."""
        return reference.partition("/")[0] == "role" and reference.partition("/")[2] in self._roles


def origin(document: Document, path: Steps) -> Origin:
    """Where the value at ``path`` was written."""
    line, column = document.position(path)
    return Origin(document.file, line, column)


_NO_POLICY = Policy(kind="Policy", metadata=Metadata(name="default"))
