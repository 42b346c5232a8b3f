"""The exporter's configuration: one Exporter document, the promises that it names, and every error in both.

Paths are seen from the folder of the file. Secrets come from files or the environment and are read when a source is first asked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Final

from msgspec.structs import replace as changed

from sla_exporter.ledger.database import Database, LedgerError, PostgresDatabase, SqliteDatabase
from sla_exporter.probes.checking import probe_problems
from sla_exporter.probes.probe import ProbeReader, ProbeSettings
from sla_exporter.probes.registry import reader_class as probe_reader_class
from sla_exporter.probes.states import HOLDS
from sla_exporter.sources.registry import UnknownPluginError, kind_of, reader_class
from sla_exporter.sources.source import Settings, TicketReader
from slo_gen.contract.ticket_promises import promised_of_tickets
from slo_gen.fetch import AddressError, Credentials
from slo_gen.spec.documents.exporter import Exporter, ExporterSpec, TicketSource
from slo_gen.spec.documents.probes import ProbeSource
from slo_gen.spec.documents.source_credentials import SourceCredentials
from slo_gen.spec.files import load
from slo_gen.spec.model import Catalogue
from slo_gen.spec.problems import Problem, has_errors
from slo_gen.spec.resolve import resolve
from slo_gen.spec.resolve.quantities import seconds
from slo_gen.spec.secrets import variable

__all__ = [
    "Configuration", "ConfigurationError", "at_once_of", "holds_of", "open_ledger", "probe_reader_of", "read_configuration", "reader_of",
]  # fmt: skip

_AT_ONCE: Final = 50
_LONGEST_LOOK: Final = 10.0
"""Seconds that a request of a probe may take, where its document does not say."""


class ConfigurationError(Exception):
    """The configuration cannot be used. ``problems`` and ``sources`` show what is wrong and where."""

    def __init__(self, problems: list[Problem], sources: Mapping[str, str]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems
        self.sources = sources


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the exporter was told. ``folder`` is that of its file; ``problems`` are warnings only."""

    spec: ExporterSpec
    folder: Path
    catalogue: Catalogue
    problems: list[Problem] = field(default_factory=list)
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def source_names(self) -> tuple[str, ...]:
        """The names of the ticket sources, as written."""
        return tuple(source.name for source in self.spec.sources)


def read_configuration(file: Path) -> Configuration:
    """Read a configuration and the documents with the promises. Raises ConfigurationError with every error of both."""
    loaded = load([file])
    found = [document for document in loaded.documents if isinstance(document.value, Exporter)]
    if has_errors(loaded.problems):
        raise ConfigurationError(loaded.problems, loaded.sources)
    if len(found) != 1:
        if found:
            line, column = found[1].position()
            message, hint = f"there are {len(found)} documents of kind Exporter; the exporter has one", "leave one of them"
        else:
            line, column = 1, 1
            message, hint = "there is no document of kind Exporter", "begin it with `kind: Exporter` and `metadata: {name: main}`"
        raise ConfigurationError([Problem("error", str(file), line, column, message, hint)], loaded.sources)
    document = found[0]
    exporter = document.value
    assert isinstance(exporter, Exporter), "only Exporter documents were kept"
    folder = file.resolve().parent
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for position, source in enumerate(exporter.spec.sources):
        if source.name in seen:
            problems.append(document.problem(("spec", "sources", position, "name"), f"there are two sources {source.name}", "rename one"))
        seen[source.name] = position
        try:
            reader_class(source)
        except UnknownPluginError as error:
            problems.append(document.problem(("spec", "sources", position, "plugin", "use"), str(error), "install it beside the exporter"))
    specs = load([_below(folder, each) for each in exporter.spec.specs])
    catalogue, unresolved = resolve(specs.documents)
    problems += specs.with_unresolved(unresolved)
    for name, agreement in catalogue.agreements.items():
        wanted = agreement.tickets.source if agreement.tickets is not None else ""
        if promised_of_tickets(agreement) and wanted and wanted not in seen:
            where = agreement.origin
            problems.append(Problem("warning", where.file, where.line, where.column, f"the exporter has no source {wanted!r} for {name}",
                                    "add it to `sources`, or leave `tickets.source` out"))  # fmt: skip
        elif promised_of_tickets(agreement) and not wanted and len(seen) > 1:
            where = agreement.origin
            problems.append(Problem("warning", where.file, where.line, where.column, f"{name} does not say which source its tickets are of",
                                    f"add `tickets.source`: {', '.join(seen)}"))  # fmt: skip
    problems += probe_problems(document, exporter.spec.probes, seen, catalogue)
    texts = {**loaded.sources, **specs.sources}
    if has_errors(problems):
        raise ConfigurationError(sorted(problems), texts)
    return Configuration(_rooted(exporter.spec, folder), folder, catalogue, sorted(problems), texts)


def _below(folder: Path, path: str) -> Path:
    """A path seen from the folder of the configuration; short where it lies below the present one, for messages."""
    full = folder / path
    try:
        return full.relative_to(Path.cwd())
    except ValueError:
        return full


def _rooted(spec: ExporterSpec, folder: Path) -> ExporterSpec:
    """The paths of sources, probes and ledger, seen from the folder of the configuration."""
    sources = []
    for source in spec.sources:
        if source.sql and source.sql.sqlite:
            source = changed(source, sql=changed(source.sql, sqlite=str(folder / source.sql.sqlite)))
        if source.sql and source.sql.postgres_file:
            source = changed(source, sql=changed(source.sql, postgres_file=str(folder / source.sql.postgres_file)))
        if source.file:
            source = changed(source, file=changed(source.file, path=str(folder / source.file.path)))
        sources.append(source)
    probes = tuple(
        changed(probe, authorities_file=str(folder / probe.authorities_file)) if probe.authorities_file else probe for probe in spec.probes
    )
    ledger = spec.ledger
    if ledger.file:
        ledger = changed(ledger, file=str(folder / ledger.file))
    if ledger.postgres_file:
        ledger = changed(ledger, postgres_file=str(folder / ledger.postgres_file))
    return changed(spec, sources=tuple(sources), probes=probes, ledger=ledger)


def open_ledger(configuration: Configuration, *, read_only: bool = False) -> Database:
    """The database of the ledger. Raises LedgerError."""
    place = configuration.spec.ledger
    if place.file:
        return SqliteDatabase(Path(place.file), read_only=read_only)
    if place.postgres_env:
        address = os.environ.get(place.postgres_env, "")
        if not address:
            missing = variable("postgres_env", place.postgres_env)
            raise LedgerError(f"the environment has no {missing}, which is to name the ledger's PostgreSQL")
        return PostgresDatabase(address)
    try:
        return PostgresDatabase(Path(place.postgres_file or "").read_text(encoding="utf-8").strip())
    except (OSError, UnicodeError):
        raise LedgerError("the file that `postgres_file` of the ledger names cannot be read") from None


def reader_of(source: TicketSource, folder: Path) -> TicketReader:
    """The reader of a source. Raises AddressError where its secret cannot be read, and UnknownPluginError."""
    login = _login(source.credentials, folder) if source.credentials else Credentials()
    settings = Settings(source, login, int(seconds(source.overlap)), source.requests_per_minute, float(seconds(source.timeout)))
    return reader_class(source)(settings)


def holds_of(probe: ProbeSource) -> int:
    """Milliseconds for which a state holds that no other follows: three times as long as it takes to look again."""
    return int(HOLDS * seconds(probe.checked_every or probe.every) * 1000)


def at_once_of(probe: ProbeSource) -> int:
    """How many requests a probe may be sent at once: by default as many as end within its interval where none is answered."""
    rounds = max(1, int(float(seconds(probe.every)) / _longest_look(probe)))          # one after the other: the last ends as late as that
    return probe.at_once or max(_AT_ONCE, ceil(len(probe.subjects) / rounds))


def _longest_look(probe: ProbeSource) -> float:
    return float(seconds(probe.timeout)) if probe.timeout else min(_LONGEST_LOOK, float(seconds(probe.every)))


def probe_reader_of(probe: ProbeSource, folder: Path, now: Callable[[], int]) -> ProbeReader:
    """The reader of a probe; ``now`` in milliseconds. Raises AddressError where its secret cannot be read, and UnknownPluginError."""
    login = _login(probe.credentials, folder) if probe.credentials else Credentials()
    settings = ProbeSettings(probe, login, holds_of(probe), _longest_look(probe), at_once_of(probe), now)
    return probe_reader_class(probe)(settings)


def _login(written: SourceCredentials, folder: Path) -> Credentials:
    return Credentials(
        username=written.username or "",
        password=_secret("password", written.password_file or "", written.password_env or "", folder),
        token=_secret("token", written.token_file or "", written.token_env or "", folder),
    )


def _secret(what: str, file: str, name: str, folder: Path) -> str:
    if file:
        try:
            return (folder / file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError):
            raise AddressError(f"the file that `{what}_file` names cannot be read") from None
    if name:
        found = os.environ.get(name, "")
        if not found:
            raise AddressError(f"the environment has no {variable(f'{what}_env', name)}, which is to hold a secret")
        return found
    return ""


def described(source: TicketSource) -> str:
    """A source in a few words, for logs: its name and its kind."""
    return f"{source.name} ({kind_of(source)})"
