"""Which class reads which kind of source. Plugins name theirs in the entry point group ``sla_exporter.sources``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final

from sla_exporter.sources.source import Settings, TicketReader
from slo_gen.spec.documents.exporter import TicketSource
from slo_gen.spec.nearest import did_you_mean

__all__ = ["GROUP", "READERS", "UnknownPluginError", "kind_of", "plugin", "reader_class"]

GROUP: Final = "sla_exporter.sources"

READERS: Final[Mapping[str, str]] = {
    "redmine": "sla_exporter.sources.redmine:RedmineReader",
    "request_tracker": "sla_exporter.sources.request_tracker:RequestTrackerReader",
    "jira": "sla_exporter.sources.jira:JiraReader",
    "servicenow": "sla_exporter.sources.servicenow:ServiceNowReader",
    "zendesk": "sla_exporter.sources.zendesk:ZendeskReader",
    "github": "sla_exporter.sources.github:GitHubReader",
    "sql": "sla_exporter.sources.sql:SqlReader",
    "file": "sla_exporter.sources.file:FileReader",
}
"""The key of a source's document, and the class that reads it; loaded only where it is used."""


class UnknownPluginError(Exception):
    """No plugin of that name is installed, or it cannot be loaded; the text is a sentence for the reader."""


def kind_of(document: TicketSource) -> str:
    """The key that a source's document has: ``redmine``, ``sql``, ..., or ``plugin``."""
    return next(kind for kind in ("redmine", "request_tracker", "jira", "servicenow", "zendesk", "github", "sql", "file", "plugin")
                if getattr(document, kind))  # fmt: skip


def reader_class(document: TicketSource) -> Callable[[Settings], TicketReader]:
    """The class that reads a source. Raises UnknownPluginError."""
    if document.plugin:
        found: Callable[[Settings], TicketReader] = plugin(document.plugin.use, GROUP, "source")
        return found
    module, _, name = READERS[kind_of(document)].partition(":")
    found = getattr(import_module(module), name)
    return found


def plugin(name: str, group: str, what: str) -> Any:
    """What a plugin gives by its name in an entry point group. Raises UnknownPluginError."""
    known = {each.name: each for each in entry_points(group=group)}
    if name not in known:
        installed = did_you_mean(name, known) if known else "none is installed"
        raise UnknownPluginError(f"there is no {what} plugin {name!r}; {installed}")
    try:
        return known[name].load()
    except Exception as error:
        raise UnknownPluginError(f"the {what} plugin {name!r} cannot be loaded: {type(error).__name__}: {error}") from None
