"""The documents that people write, one struct per kind.

The structs are the one source of three things: the fast conversion (msgspec), the published JSON Schema with its
editor help, and the tables of the manual. Their descriptions are therefore written for the people who write
documents, not for programmers.
"""

from collections.abc import Mapping

from slo_gen.spec.documents.calendar import Calendar, Maintenance
from slo_gen.spec.documents.envelope import API_VERSION, Alternatives, Choice, Envelope, Metadata, Section, TemplateMetadata
from slo_gen.spec.documents.indicator import Indicator
from slo_gen.spec.documents.party import Customer, Supplier, Team
from slo_gen.spec.documents.service import Service
from slo_gen.spec.documents.slo import SLO

__all__ = [
    "API_VERSION",
    "KINDS",
    "SLO",
    "Alternatives",
    "Calendar",
    "Choice",
    "Customer",
    "Envelope",
    "Indicator",
    "Maintenance",
    "Metadata",
    "Section",
    "Service",
    "Supplier",
    "Team",
    "TemplateMetadata",
]

KINDS: Mapping[str, type[Envelope]] = {
    "Service": Service,
    "Customer": Customer,
    "Supplier": Supplier,
    "Team": Team,
    "Calendar": Calendar,
    "Maintenance": Maintenance,
    "Indicator": Indicator,
    "SLO": SLO,
}
"""Every kind that a document can have, and its struct."""
