"""The documents that people write, one struct per kind.

The structs are the one source of three things: the fast conversion (msgspec), the published JSON Schema with its
editor help, and the tables of the manual. Their descriptions are therefore written for the people who write
documents, not for programmers.
"""

from collections.abc import Mapping

from slo_gen.spec.documents.agreement import OLA, SLA, SLR, UC, Template
from slo_gen.spec.documents.calendar import Calendar, Maintenance
from slo_gen.spec.documents.envelope import API_VERSION, Choice, Envelope, Metadata, Section, TemplateMetadata
from slo_gen.spec.documents.exporter import Exporter
from slo_gen.spec.documents.indicator import Indicator
from slo_gen.spec.documents.party import Customer, Supplier, Team
from slo_gen.spec.documents.policy import Policy
from slo_gen.spec.documents.process import Adjustment, Breach, Feedback, Improvement, Review
from slo_gen.spec.documents.service import Service
from slo_gen.spec.documents.slo import SLO

__all__ = [
    "API_VERSION", "KINDS", "OLA", "SLA", "SLO", "SLR", "UC", "Adjustment", "Breach", "Calendar", "Choice", "Customer",
    "Envelope", "Exporter", "Feedback", "Improvement", "Indicator", "Maintenance", "Metadata", "Policy", "Review", "Section", "Service",
    "Supplier", "Team", "Template", "TemplateMetadata",
]  # fmt: skip

KINDS: Mapping[str, type[Envelope]] = {
    "Service": Service,
    "Customer": Customer,
    "Supplier": Supplier,
    "Team": Team,
    "Calendar": Calendar,
    "Maintenance": Maintenance,
    "Indicator": Indicator,
    "SLO": SLO,
    "Template": Template,
    "SLR": SLR,
    "SLA": SLA,
    "OLA": OLA,
    "UC": UC,
    "UPC": UC,
    "Breach": Breach,
    "Adjustment": Adjustment,
    "Feedback": Feedback,
    "Review": Review,
    "Improvement": Improvement,
    "Policy": Policy,
    "Exporter": Exporter,
}
"""Every kind that a document can have, and its struct. ``UPC`` is another name for ``UC``."""
