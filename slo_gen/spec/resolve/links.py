"""Whether everything that documents name is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from slo_gen.spec import model
from slo_gen.spec.convert import Document
from slo_gen.spec.nearest import did_you_mean
from slo_gen.spec.resolve.references import Reference, references
from slo_gen.spec.resolve.register import Register

__all__ = ["check_links", "check_target_links"]


def check_links(register: Register, documents: Sequence[Document]) -> list[tuple[Document, Reference]]:
    """Note a problem for each reference to nothing; returns those to targets of agreements, which are known later."""
    of_targets = []
    for document in documents:
        for reference in references(document.value):
            register.check(document, reference)
            if reference.refers == "agreement/target":
                of_targets.append((document, reference))
    return of_targets


def check_target_links(register: Register, links: Iterable[tuple[Document, Reference]], agreements: Mapping[str, model.Agreement]) -> None:
    """Note a problem for each reference to a target that its agreement does not have."""
    for document, reference in links:
        agreement, _, target = reference.text.partition("/")
        if agreement not in agreements:
            continue
        known = _target_names(agreements[agreement])
        if target not in known:
            message = f"{agreements[agreement].kind} {agreement} has no target {target}"
            register.problems.append(document.problem(reference.path, message, did_you_mean(target, known), check="unknown-target"))
        elif document.name == agreement and reference.path[:2] == ("spec", "backed_by"):
            hint = "name a target of an OLA or UC"
            register.problems.append(document.problem(reference.path, "an agreement cannot back itself", hint, check="backing"))


def _target_names(agreement: model.Agreement) -> list[str]:
    return [
        *(target.name for target in agreement.targets),
        *(target.name for target in agreement.ticket_targets),
        *(target.name for target in agreement.other_targets),
    ]
