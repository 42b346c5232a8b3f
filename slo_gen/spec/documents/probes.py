"""Probes of an Exporter: which monitoring says whether services are up, and of which indicators."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from slo_gen.spec.documents.envelope import Choice, Section
from slo_gen.spec.documents.scalars import AtLeastOne, Name, PlainUrl, PositiveDuration, Text
from slo_gen.spec.documents.source_credentials import SourceCredentials

__all__ = ["BlackboxProbe", "IcingaProbe", "PluginProbe", "ProbeSource", "ProbeSubject", "PrometheusProbe", "UptimeKumaProbe"]


class BlackboxProbe(Section, frozen=True, kw_only=True):
    """A blackbox_exporter, asked directly. A subject is a target as its module takes it."""

    url: Annotated[PlainUrl, Meta(description="Address of the blackbox_exporter.", examples=["http://127.0.0.1:9115"])]
    module: Annotated[Text, Meta(description="The module of its configuration that probes.")] = "http_2xx"


class PrometheusProbe(Section, frozen=True, kw_only=True):
    """Stored samples of a Prometheus. A subject is a selector of one series that is 0 while something is down."""

    url: Annotated[PlainUrl, Meta(description="Address of the Prometheus.", examples=["http://prometheus:9090"])]


class IcingaProbe(Section, frozen=True, kw_only=True):
    """An Icinga 2 by its API. A subject is `host` or `host!service`."""

    url: Annotated[PlainUrl, Meta(description="Address of the API.", examples=["https://icinga.example.com:5665"])]


class UptimeKumaProbe(Section, frozen=True, kw_only=True):
    """An Uptime Kuma by its metrics. A subject is the name of a monitor."""

    url: Annotated[PlainUrl, Meta(description="Address of the Uptime Kuma.", examples=["http://uptime-kuma:3001"])]


class PluginProbe(Section, frozen=True, kw_only=True):
    """A system of somebody else, whose reader is installed beside the exporter."""

    use: Annotated[Name, Meta(description="Name of its entry point in the group `sla_exporter.probes`.")]
    settings: Annotated[Mapping[Text, Text], Meta(description="What it wants to know; see its own manual.")] = {}


class ProbeSubject(Section, frozen=True, kw_only=True):
    """One thing that the system knows of, and whose state it is."""

    subject: Annotated[Text, Meta(description="What the system calls it.", examples=["https://shop.example.com/"])]
    indicator: Annotated[Name, Meta(description="The indicator whose state it is; its `probe` says `read_by: exporter`.")]
    location: Annotated[
        Name | UnsetType, Meta(description="From where it is seen, where an indicator has several; by default the name of the probe.")
    ] = UNSET


class ProbeSource(Choice, frozen=True, kw_only=True):
    """One system that knows whether services are up: what it is, and how it is read."""

    name: Annotated[Name, Meta(description="Name of the probe; no source has it too.")]
    blackbox: Annotated[BlackboxProbe | UnsetType, Meta(description="A blackbox_exporter.")] = UNSET
    prometheus: Annotated[PrometheusProbe | UnsetType, Meta(description="Series of a Prometheus.")] = UNSET
    icinga: Annotated[IcingaProbe | UnsetType, Meta(description="An Icinga 2.")] = UNSET
    uptime_kuma: Annotated[UptimeKumaProbe | UnsetType, Meta(description="An Uptime Kuma.")] = UNSET
    plugin: Annotated[PluginProbe | UnsetType, Meta(description="A system of somebody else.")] = UNSET
    credentials: Annotated[SourceCredentials | UnsetType, Meta(description="What lets the exporter in.")] = UNSET
    subjects: Annotated[
        Annotated[tuple[ProbeSubject, ...], Meta(min_length=1)], Meta(description="What it is asked about.")
    ]
    every: Annotated[PositiveDuration, Meta(description="How often it is asked.")] = "15s"
    checked_every: Annotated[
        PositiveDuration | UnsetType,
        Meta(
            description="How often the system itself looks, where that is less often than it is asked. What it saw holds for three "
            "times as long, then it is unknown.",
        ),
    ] = UNSET
    timeout: Annotated[
        PositiveDuration | UnsetType, Meta(description="The longest that one request may take; by default `every`, and 10s at most.")
    ] = UNSET
    at_once: Annotated[AtLeastOne, Meta(description="How many requests it may be sent at once.")] = 50

    exactly_one = (("blackbox", "prometheus", "icinga", "uptime_kuma", "plugin"),)
