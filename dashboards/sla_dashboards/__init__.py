"""Grafana dashboards from a catalogue: one file per audience, in the JSON that today's Grafana reads."""

from sla_dashboards.files import Audience, DashboardFile, dashboard_files
from sla_dashboards.identity import customer_datasource, customer_folder
from sla_dashboards.shown import shown_agreements, shown_customers

__all__ = [
    "Audience", "DashboardFile", "customer_datasource", "customer_folder", "dashboard_files", "shown_agreements", "shown_customers",
]  # fmt: skip
