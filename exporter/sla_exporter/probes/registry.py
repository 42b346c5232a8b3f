"""Which class reads which kind of probe. Plugins name theirs in the entry point group ``sla_exporter.probes``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

from sla_exporter.probes.probe import ProbeReader, ProbeSettings
from sla_exporter.sources.registry import plugin
from slo_gen.spec.documents.probes import ProbeSource

__all__ = ["GROUP", "READERS", "kind_of", "reader_class"]

GROUP: Final = "sla_exporter.probes"

READERS: Final[Mapping[str, str]] = {
    "blackbox": "sla_exporter.probes.blackbox:BlackboxReader",
    "prometheus": "sla_exporter.probes.prometheus_series:PrometheusReader",
    "icinga": "sla_exporter.probes.icinga:IcingaReader",
    "uptime_kuma_page": "sla_exporter.probes.uptime_kuma_page:UptimeKumaPageReader",
    "json": "sla_exporter.probes.json_endpoint:JsonReader",
    "http": "sla_exporter.probes.http_check:HttpReader",
    "tcp": "sla_exporter.probes.tcp_check:TcpReader",
    "uptime_kuma": "sla_exporter.probes.uptime_kuma:UptimeKumaReader",
}
"""The key of a probe's document, and the class that reads it; loaded only where it is used."""


def kind_of(document: ProbeSource) -> str:
    """The key that a probe's document has: ``blackbox``, ``icinga``, ..., or ``plugin``."""
    return next(kind for kind in document.exactly_one[0] if getattr(document, kind))


def reader_class(document: ProbeSource) -> Callable[[ProbeSettings], ProbeReader]:
    """The class that reads a probe. Raises UnknownPluginError."""
    if document.plugin:
        found: Callable[[ProbeSettings], ProbeReader] = plugin(document.plugin.use, GROUP, "probe")
        return found
    module, _, name = READERS[kind_of(document)].partition(":")
    found = getattr(import_module(module), name)
    return found
