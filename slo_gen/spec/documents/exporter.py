"""Exporter: where the exporter reads tickets and states, where it keeps its record, and how often it asks."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from slo_gen.spec.documents.envelope import Choice, Envelope, Section
from slo_gen.spec.documents.probes import ProbeSource
from slo_gen.spec.documents.scalars import AtLeastOne, LabelName, Name, PlainUrl, PositiveDuration, Text
from slo_gen.spec.documents.source_credentials import SourceCredentials

__all__ = [
    "Exporter", "ExporterSpec", "FileSource", "GitHubSource", "JiraSource", "LedgerPlace", "PluginSource", "RedmineSource",
    "RequestTrackerSource", "ServiceNowSource", "SourceStatuses", "SqlSource", "TicketSource", "ZendeskSource",
]  # fmt: skip


class SourceStatuses(Section, frozen=True, kw_only=True):
    """What the statuses of a system mean, where the system itself does not say or says it otherwise."""

    new: Annotated[tuple[Text, ...], Meta(description="Nobody has begun.")] = ()
    open: Annotated[tuple[Text, ...], Meta(description="It is worked on.")] = ()
    pending: Annotated[tuple[Text, ...], Meta(description="It waits for the customer.", examples=[["Feedback"]])] = ()
    hold: Annotated[tuple[Text, ...], Meta(description="It waits for somebody else.")] = ()
    solved: Annotated[tuple[Text, ...], Meta(description="It is solved.", examples=[["Resolved"]])] = ()
    closed: Annotated[tuple[Text, ...], Meta(description="It is closed for good.")] = ()


class RedmineSource(Section, frozen=True, kw_only=True):
    """Issues of a Redmine, with the journals of each."""

    url: Annotated[PlainUrl, Meta(description="Address of the Redmine.", examples=["https://redmine.example.com"])]
    project: Annotated[Text | UnsetType, Meta(description="Identifier of one project; by default all that the key may see.")] = UNSET
    staff: Annotated[
        tuple[Text, ...],
        Meta(description="Names of those whose notes are answers; by default everybody but the author of the issue."),
    ] = ()


class RequestTrackerSource(Section, frozen=True, kw_only=True):
    """Tickets of a Request Tracker by REST2."""

    url: Annotated[PlainUrl, Meta(description="Address of the Request Tracker.", examples=["https://rt.example.com"])]
    query: Annotated[Text | UnsetType, Meta(description="TicketSQL of the tickets that are read.", examples=["Queue = 'Support'"])] = UNSET


class JiraSource(Section, frozen=True, kw_only=True):
    """Issues of Jira Cloud or Data Center, with all of their changelog."""

    url: Annotated[PlainUrl, Meta(description="Address of the Jira.", examples=["https://acme.atlassian.net"])]
    flavour: Annotated[Literal["cloud", "data_center"], Meta(description="Which Jira it is.")] = "cloud"
    jql: Annotated[Text | UnsetType, Meta(description="JQL of the issues that are read.", examples=["project = SUP"])] = UNSET


class ServiceNowSource(Section, frozen=True, kw_only=True):
    """Records of a table of ServiceNow, with their audit and journal."""

    url: Annotated[PlainUrl, Meta(description="Address of the instance.", examples=["https://acme.service-now.com"])]
    table: Annotated[Name, Meta(description="Table of the records.")] = "incident"
    query: Annotated[Text | UnsetType, Meta(description="Encoded query of the records that are read.")] = UNSET


class ZendeskSource(Section, frozen=True, kw_only=True):
    """Tickets of a Zendesk by its incremental exports."""

    url: Annotated[PlainUrl, Meta(description="Address of the Zendesk.", examples=["https://acme.zendesk.com"])]


class GitHubSource(Section, frozen=True, kw_only=True):
    """Issues of a repository on GitHub, with their timelines."""

    url: Annotated[PlainUrl, Meta(description="Address of the API.")] = "https://api.github.com"
    repository: Annotated[Text, Meta(description="Owner and name.", examples=["acme/shop"])]

class SqlSource(Choice, frozen=True, kw_only=True):
    """A query that gives events of tickets, one a row."""

    sqlite: Annotated[Text | UnsetType, Meta(description="SQLite file; it is opened for reading only.")] = UNSET
    postgres_file: Annotated[Text | UnsetType, Meta(description="File with the connection string of a PostgreSQL.")] = UNSET
    postgres_env: Annotated[LabelName | UnsetType, Meta(description="Variable of the environment with the connection string.")] = UNSET
    query: Annotated[
        Text,
        Meta(
            description="A SELECT with the columns `ticket`, `event` (unique in the ticket), `at` (seconds since 1970 or ISO 8601), "
            "`name`, `value` and `updated` (when the row was written, in the same form); optionally `place` and `meaning`. `:since` is "
            "replaced by the `updated` from which on rows are wanted, in seconds.",
            examples=["SELECT ticket, id AS event, at, name, value, at AS updated FROM events WHERE at >= :since ORDER BY at, id"],
        ),
    ]

    exactly_one = (("sqlite", "postgres_file", "postgres_env"),)


class FileSource(Section, frozen=True, kw_only=True):
    """Events of tickets in a file that grows or is replaced: CSV with a header, or one JSON object a line."""

    path: Annotated[Text, Meta(description="The file.", examples=["tickets.jsonl"])]


class PluginSource(Section, frozen=True, kw_only=True):
    """A source of somebody else, installed beside the exporter."""

    use: Annotated[Name, Meta(description="Name of its entry point in the group `sla_exporter.sources`.")]
    settings: Annotated[Mapping[Text, Text], Meta(description="What it wants to know; see its own manual.")] = {}


class TicketSource(Choice, frozen=True, kw_only=True):
    """One ticketing system: what it is, and how it is read."""

    name: Annotated[Name, Meta(description="Name of the source; agreements name it in `tickets.source` where there are several.")]
    redmine: Annotated[RedmineSource | UnsetType, Meta(description="A Redmine.")] = UNSET
    request_tracker: Annotated[RequestTrackerSource | UnsetType, Meta(description="A Request Tracker.")] = UNSET
    jira: Annotated[JiraSource | UnsetType, Meta(description="A Jira, with or without Service Management.")] = UNSET
    servicenow: Annotated[ServiceNowSource | UnsetType, Meta(description="A ServiceNow.")] = UNSET
    zendesk: Annotated[ZendeskSource | UnsetType, Meta(description="A Zendesk.")] = UNSET
    github: Annotated[GitHubSource | UnsetType, Meta(description="Issues on GitHub.")] = UNSET
    sql: Annotated[SqlSource | UnsetType, Meta(description="A query to a database.")] = UNSET
    file: Annotated[FileSource | UnsetType, Meta(description="A file of events.")] = UNSET
    plugin: Annotated[PluginSource | UnsetType, Meta(description="A source of somebody else.")] = UNSET
    credentials: Annotated[SourceCredentials | UnsetType, Meta(description="What lets the exporter in.")] = UNSET
    every: Annotated[PositiveDuration, Meta(description="How often it is asked for what is new.")] = "1m"
    overlap: Annotated[
        PositiveDuration,
        Meta(description="How far before what was read last each question begins again, for what the system shows late."),
    ] = "5m"
    reread: Annotated[
        PositiveDuration, Meta(description="How often every ticket is looked at again for what no update tells: deletions, merges.")
    ] = "1d"
    requests_per_minute: Annotated[AtLeastOne, Meta(description="The most that is asked of it.")] = 60
    timeout: Annotated[PositiveDuration, Meta(description="The longest that one request may take.")] = "30s"
    statuses: Annotated[SourceStatuses, Meta(description="What its statuses mean.")] = SourceStatuses()
    priorities: Annotated[
        Mapping[Text, Text],
        Meta(
            description="What its priorities are called in the agreements; on GitHub, which labels are priorities.",
            examples=[{"Immediate": "P1", "Urgent": "P2"}],
        ),
    ] = {}
    fields: Annotated[
        Mapping[Name, Text],
        Meta(
            description="Names for fields of the system by which agreements select tickets, beside those that it has of itself.",
            examples=[{"organization": "Customer number"}],
        ),
    ] = {}

    exactly_one = (("redmine", "request_tracker", "jira", "servicenow", "zendesk", "github", "sql", "file", "plugin"),)


class LedgerPlace(Choice, frozen=True, kw_only=True):
    """Where the exporter keeps what it has read. Exactly one of `file`, `postgres_file`, `postgres_env`."""

    file: Annotated[Text | UnsetType, Meta(description="SQLite file, for one exporter.", examples=["/var/lib/sla-exporter/ledger"])] = UNSET
    postgres_file: Annotated[
        Text | UnsetType, Meta(description="File with the connection string of a PostgreSQL, which replicas share.")
    ] = UNSET
    postgres_env: Annotated[LabelName | UnsetType, Meta(description="Variable of the environment with that connection string.")] = UNSET

    exactly_one = (("file", "postgres_file", "postgres_env"),)


class ExporterSpec(Section, frozen=True, kw_only=True):
    """What the exporter reads and keeps. Paths are seen from the folder of this file."""

    specs: Annotated[
        Annotated[tuple[Text, ...], Meta(min_length=1)], Meta(description="Files and folders of the documents with the promises.")
    ] = ("specs",)
    ledger: Annotated[LedgerPlace, Meta(description="Where it keeps what it has read.")] = LedgerPlace(file="sla-ledger.sqlite")
    sources: Annotated[tuple[TicketSource, ...], Meta(description="Ticketing systems.")] = ()
    probes: Annotated[tuple[ProbeSource, ...], Meta(description="Monitoring that says whether services are up.")] = ()
    nearest: Annotated[AtLeastOne, Meta(description="How many tickets with the nearest deadlines are told by their ids.")] = 100
    series_limit: Annotated[
        AtLeastOne, Meta(description="The most series of one metric; what is beyond is dropped, and counted.")
    ] = 100_000


class Exporter(Envelope, frozen=True, kw_only=True):
    """The configuration of `sla-exporter`: where tickets and states are read, and where the record of them is kept."""

    kind: Annotated[Literal["Exporter"], Meta(description="Exporter: the configuration of `sla-exporter`.")]
    spec: Annotated[ExporterSpec, Meta(description="Sources, probes and ledger.")] = ExporterSpec()
