"""Probes of an Exporter: which monitoring says whether services are up, and of which indicators."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from slo_gen.spec.documents.envelope import Choice, Section
from slo_gen.spec.documents.scalars import AtLeastOne, Name, PlainUrl, PositiveDuration, Text
from slo_gen.spec.documents.source_credentials import SourceCredentials

__all__ = [
    "BlackboxProbe", "HttpProbe", "IcingaProbe", "JsonProbe", "PluginProbe", "ProbeSource", "ProbeSubject", "PrometheusProbe", "TcpProbe",
    "UptimeKumaPageProbe", "UptimeKumaProbe",
]  # fmt: skip


class BlackboxProbe(Section, frozen=True, kw_only=True):
    """A blackbox_exporter, asked directly. A subject is a target as its module takes it."""

    url: Annotated[PlainUrl, Meta(description="Address of the blackbox_exporter.", examples=["http://127.0.0.1:9115"])]
    module: Annotated[Text, Meta(description="The module of its configuration that probes.")] = "http_2xx"


class PrometheusProbe(Section, frozen=True, kw_only=True):
    """A Prometheus. A subject is PromQL that gives one series, which is 0 while something is down."""

    url: Annotated[PlainUrl, Meta(description="Address of the Prometheus.", examples=["http://prometheus:9090"])]


class IcingaProbe(Section, frozen=True, kw_only=True):
    """An Icinga 2 by its API. A subject is `host` or `host!service`."""

    url: Annotated[PlainUrl, Meta(description="Address of the API.", examples=["https://icinga.example.com:5665"])]
    states: Annotated[
        Literal["any", "hard"],
        Meta(description="Whether every state counts, or only hard ones, which Icinga has confirmed by `max_check_attempts`."),
    ] = "any"


class UptimeKumaProbe(Section, frozen=True, kw_only=True):
    """An Uptime Kuma by its metrics. A subject is the name of a monitor."""

    url: Annotated[PlainUrl, Meta(description="Address of the Uptime Kuma.", examples=["http://uptime-kuma:3001"])]
    pending: Annotated[
        Literal["unknown", "down"],
        Meta(description="What a monitor is while its first failures are not confirmed; with `down` the indicator confirms them."),
    ] = "unknown"


class UptimeKumaPageProbe(Section, frozen=True, kw_only=True):
    """A public status page of an Uptime Kuma, with the last beats of its monitors. A subject is the name of a monitor."""

    url: Annotated[PlainUrl, Meta(description="Address of the Uptime Kuma.", examples=["https://status.example.com"])]
    slug: Annotated[Name, Meta(description="The page, as its address ends.", examples=["shop"])]
    pending: Annotated[
        Literal["unknown", "down"],
        Meta(description="What a monitor is while its first failures are not confirmed; with `down` the indicator confirms them."),
    ] = "unknown"


class JsonProbe(Section, frozen=True, kw_only=True):
    """An endpoint that answers with JSON. A subject is the path of a value in it, in JMESPath."""

    url: Annotated[PlainUrl, Meta(description="Its address.", examples=["https://status.example.com/api/v2/components.json"])]
    parameters: Annotated[Mapping[Text, Text], Meta(description="What is sent along in the query of the address.")] = {}
    up: Annotated[
        Annotated[tuple[Text, ...], Meta(min_length=1)],
        Meta(description="Values that mean up, as JSON writes them.", examples=[["operational", "true"]]),
    ]
    down: Annotated[tuple[Text, ...], Meta(description="Values that mean down.", examples=[["major_outage", "false"]])] = ()
    unknown: Annotated[tuple[Text, ...], Meta(description="Values that mean unknown, as all do that are not named.")] = ()
    excluded: Annotated[tuple[Text, ...], Meta(description="Values that mean planned work.", examples=[["under_maintenance"]])] = ()
    at: Annotated[
        Text | UnsetType,
        Meta(description="Path of the instant at which the answer was true; by default when it was given.", examples=["generated_at"]),
    ] = UNSET


class HttpProbe(Section, frozen=True, kw_only=True):
    """A check by the exporter itself: one GET. A subject is an address of http or https."""

    status: Annotated[
        tuple[Annotated[int, Meta(ge=100, le=599)], ...],
        Meta(description="Statuses of an answer that is up; by default all from 200 to 299.", examples=[[200, 401]]),
    ] = ()
    contains: Annotated[Text | UnsetType, Meta(description="Text that the answer has.")] = UNSET
    lacks: Annotated[Text | UnsetType, Meta(description="Text that the answer does not have.")] = UNSET
    longest: Annotated[AtLeastOne, Meta(description="The most bytes of an answer, once it is unpacked; a longer one is down.")] = 10_000_000
    allow: Annotated[
        tuple[Text, ...],
        Meta(description="Networks, addresses and names that may be asked though they are of the link or of metadata.",
             examples=[["169.254.10.0/24"]]),
    ] = ()  # fmt: skip


class TcpProbe(Section, frozen=True, kw_only=True):
    """A check by the exporter itself: one connection. A subject is `host:port`."""

    tls: Annotated[bool, Meta(description="Whether it speaks TLS from the first byte on, with a certificate of its host.")] = False
    greeting: Annotated[Text | UnsetType, Meta(description="Text that the server says of itself at first.", examples=["220 "])] = UNSET
    allow: Annotated[
        tuple[Text, ...], Meta(description="Networks, addresses and names that may be asked though they are of the link or of metadata.")
    ] = ()


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
    uptime_kuma_page: Annotated[UptimeKumaPageProbe | UnsetType, Meta(description="A public status page of an Uptime Kuma.")] = UNSET
    json: Annotated[JsonProbe | UnsetType, Meta(description="An endpoint that answers with JSON.")] = UNSET
    http: Annotated[HttpProbe | UnsetType, Meta(description="Checked by the exporter itself, by HTTP.")] = UNSET
    tcp: Annotated[TcpProbe | UnsetType, Meta(description="Checked by the exporter itself, by a connection.")] = UNSET
    plugin: Annotated[PluginProbe | UnsetType, Meta(description="A system of somebody else.")] = UNSET
    credentials: Annotated[SourceCredentials | UnsetType, Meta(description="What lets the exporter in.")] = UNSET
    authorities_file: Annotated[
        Text | UnsetType, Meta(description="File (PEM) of those who may vouch for the servers that are asked, in place of the usual ones.")
    ] = UNSET
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
    at_once: Annotated[
        AtLeastOne | UnsetType,
        Meta(
            description="How many requests it may be sent at once; by default 50, or so many that a look ends within `every` if no "
            "subject answers.",
        ),
    ] = UNSET

    exactly_one = (("blackbox", "prometheus", "icinga", "uptime_kuma", "uptime_kuma_page", "json", "http", "tcp", "plugin"),)
