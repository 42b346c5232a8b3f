"""Documents to the resolved catalogue: references, templates, values and defaults.

Every problem is collected; what can be resolved is resolved all the same, so that one mistake hides no other.
"""

from __future__ import annotations

from collections.abc import Sequence

from slo_gen.spec import model
from slo_gen.spec.convert import Document
from slo_gen.spec.problems import Problem
from slo_gen.spec.resolve.adjustments import resolve_adjustments
from slo_gen.spec.resolve.agreements import resolve_agreements
from slo_gen.spec.resolve.calendars import resolve_calendars
from slo_gen.spec.resolve.indicators import resolve_indicators
from slo_gen.spec.resolve.links import check_links, check_target_links
from slo_gen.spec.resolve.maintenance import resolve_maintenance
from slo_gen.spec.resolve.notifications import resolve_notifications
from slo_gen.spec.resolve.records import resolve_records
from slo_gen.spec.resolve.register import Register
from slo_gen.spec.resolve.services import evaluation, resolve_customers, resolve_services
from slo_gen.spec.resolve.slos import resolve_slos

__all__ = ["resolve"]


def resolve(documents: Sequence[Document]) -> tuple[model.Catalogue, list[Problem]]:
    """The catalogue of all documents, and every problem between them, in the order of file and line.

    The catalogue holds what could be resolved; with an error among the problems it is not to be compiled.
    """
    register = Register(documents)
    target_links = check_links(register, documents)
    agreements = resolve_agreements(register)
    agreed = frozenset(target.indicator for agreement in agreements.values() for target in agreement.targets)
    indicators = resolve_indicators(register, agreed)
    check_target_links(register, target_links, agreements)
    catalogue = model.Catalogue(
        services=resolve_services(register),
        customers=resolve_customers(register),
        indicators=indicators,
        slos=resolve_slos(register, indicators),
        agreements=agreements,
        evaluation=evaluation(register),
        calendars=resolve_calendars(register),
        maintenance=resolve_maintenance(register, documents),
        notifications=resolve_notifications(register),
        adjustments=resolve_adjustments(register, agreements),
        records=resolve_records(register),
    )
    return catalogue, sorted(register.problems)
