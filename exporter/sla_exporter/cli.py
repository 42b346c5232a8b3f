"""The command ``sla-exporter``: run the daemon, check its configuration, explain a ticket, look after the ledger."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from slo_gen import __version__
from slo_gen.known_secrets import covered
from slo_gen.spec.problems import Problem, render_text, summary

__all__ = ["main"]

_PORT = 9798


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sla-exporter", message="%(prog)s %(version)s")
def main() -> None:
    """Reads ticketing systems and probes, times every ticket and outage as your agreements say, and exposes the results to Prometheus."""


_config = click.option(
    "--config.file", "file", default="sla-exporter.yaml", show_default=True, type=click.Path(path_type=Path), help="The configuration."
)

_web_config = click.option(
    "--web.config.file", "web_file", type=click.Path(path_type=Path), help="TLS, users and headers, as exporter-toolkit has them."
)


@main.command(short_help="Read the sources and serve metrics until SIGTERM.")
@_config
@click.option("--web.listen-address", "listen", multiple=True, default=(f"127.0.0.1:{_PORT}",), show_default=True,
              help="Where metrics are served; may be given several times.")  # fmt: skip
@click.option("--web.telemetry-path", "path", default="/metrics", show_default=True, help="Path of the metrics.")
@_web_config
@click.option("--web.enable-lifecycle", "lifecycle", is_flag=True, help="Let POST /-/reload read the configuration again.")
@click.option("--web.max-requests", "most_scrapes", default=40, show_default=True, type=click.IntRange(min=0),
              help="Most scrapes answered at once; 0 for no limit.")  # fmt: skip
@click.option("--log.level", "level", default="info", show_default=True,
              type=click.Choice(["debug", "info", "warn", "error"]), help="The least that is logged.")  # fmt: skip
@click.option("--log.format", "log_format", default="logfmt", show_default=True, type=click.Choice(["logfmt", "json"]),
              help="How lines of the log are written.")  # fmt: skip
def run(
    file: Path, listen: tuple[str, ...], path: str, web_file: Path | None, lifecycle: bool, most_scrapes: int, level: str, log_format: str
) -> None:
    """Read the sources and serve metrics until SIGTERM. SIGHUP reads the configuration again."""
    from sla_exporter.daemon import Daemon, Options
    from sla_exporter.ledger.database import LedgerError
    from sla_exporter.logs import begin_logging
    from sla_exporter.server import read_address
    from sla_exporter.web_configuration import WebConfigurationError

    begin_logging(level, log_format)
    with _ending_when_asked():
        configuration = _read(file, logged=True)
        try:
            addresses = [read_address(text) for text in listen]
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        try:
            daemon = Daemon(configuration, Options(file, addresses, path, web_file, lifecycle, most_scrapes))
        except WebConfigurationError as error:
            _refuse_web(error.problems, web_file)
        except LedgerError as error:
            _fail(str(error))
        except OSError as error:
            _fail(f"{', '.join(listen)}: cannot listen there: {error.strerror}")
        daemon.run()
    _leave()


@main.command(short_help="Say what is wrong with the configuration.")
@_config
@_web_config
def check(file: Path, web_file: Path | None) -> None:
    """Say what is wrong with the configuration, with the promises that it names, and with the web configuration."""
    from sla_exporter.state_standings import state_promises
    from sla_exporter.web_configuration import WebConfigurationError, read_web_configuration
    from slo_gen.contract.ticket_promises import promised_of_tickets

    configuration = _read(file)
    if web_file is not None:
        try:
            read_web_configuration(web_file)
        except WebConfigurationError as error:
            _refuse_web(error.problems, web_file)
    sources = len(configuration.spec.sources)
    promised = [targets for targets in map(promised_of_tickets, configuration.catalogue.agreements.values()) if targets]
    targets = sum(map(len, promised))
    told = [f"{sources} {_s(sources, 'source')}", f"{targets} {_s(targets, 'target')} on tickets in {len(promised)} "
            f"{_s(len(promised), 'agreement')}"]  # fmt: skip
    if probes := configuration.spec.probes:
        subjects, states = sum(len(probe.subjects) for probe in probes), len(state_promises(configuration.catalogue))
        told += [f"{len(probes)} {_s(len(probes), 'probe')} of {subjects} {_s(subjects, 'subject')}",
                 f"{states} {_s(states, 'target')} on states"]  # fmt: skip
    click.echo(f"{file} is good: {', '.join(told)}")


@main.command("explain-ticket", short_help="Tell the life of one ticket of a source.")
@_config
@click.argument("source")
@click.argument("ticket")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def explain_ticket(file: Path, source: str, ticket: str, as_json: bool) -> None:
    """Tell the life of one TICKET of a SOURCE: every start, pause and stop of its clocks, the hours that counted, the verdict."""
    from sla_exporter.explaining import explained, story_text
    from sla_exporter.ledger.ledger import Ledger
    from slo_gen.spec.nearest import did_you_mean

    configuration = _read(file)
    if source not in configuration.source_names:
        _fail(f"there is no source {source!r}; {did_you_mean(source, configuration.source_names) or 'the configuration names none'}")
    with _ledger(configuration) as database:
        ledger = Ledger(database)
        if not ledger.has(source, ticket):
            _fail(f"nothing is known of ticket {ticket!r} of {source}; was the source read since it was opened?")
        stories = explained(configuration, ledger, source, ticket)
    click.echo(json.dumps([story.as_json() for story in stories], indent=2, ensure_ascii=False) if as_json else story_text(ticket, stories))


@main.group()
def ledger() -> None:
    """Look after the ledger, the exporter's own record."""


@ledger.command(short_help="Compute every result again, and compare.")
@_config
def verify(file: Path) -> None:
    """Compute every result again from the events, and compare; look whether states can be as they are. Exit code 1 where not."""
    from sla_exporter.ledger.ledger import Ledger
    from sla_exporter.ledger.upkeep import differences, impossible_states

    configuration = _read(file)
    with _ledger(configuration) as database:
        ledger = Ledger(database)
        told = [text for _, text in differences(ledger, configuration.catalogue, configuration.source_names)]
        states = list(impossible_states(ledger))
    if wrong := [text for text in states if text]:
        click.echo("\n".join(wrong[:20]))
        _fail(f"{len(wrong)} of {len(states)} stretches of states cannot be; put a copy of the ledger back")
    number, found = len(told), [text for text in told if text]
    for text in found[:20]:
        click.echo(text)
    if found:
        _fail(f"{len(found)} of {number} results differ from what the events say; `sla-exporter ledger rebuild` computes them anew")
    click.echo(f"{number} {_s(number, 'result')} follow from the events, to the second")
    if states:
        click.echo(f"{len(states)} {_s(len(states), 'stretch')} of states follow each other")


@ledger.command(short_help="Write the ledger as JSON lines.")
@_config
@click.option("--what", default="results", show_default=True,
              type=click.Choice(["results", "events", "corrections", "states", "indicators"]))
def export(file: Path, what: str) -> None:
    """Write the ledger as JSON lines: results, events, corrections of complete periods, what probes saw, or states of indicators."""
    from sla_exporter.ledger.ledger import Ledger
    from sla_exporter.ledger.upkeep import exported, states_of_indicators

    configuration = _read(file)
    with _ledger(configuration) as database:
        ledger = Ledger(database)
        for line in states_of_indicators(ledger, configuration.catalogue) if what == "indicators" else exported(ledger, what):
            click.echo(line)


@ledger.command()
@_config
def rebuild(file: Path) -> None:
    """Compute all results anew. A damaged file is kept beside a new one, which is filled from the sources when they are read."""
    from sla_exporter.ledger.database import BusyError, LedgerError
    from sla_exporter.ledger.upkeep import rebuilt

    configuration = _read(file)
    try:
        click.echo(rebuilt(configuration))
    except BusyError as error:
        _fail(str(error))
    except LedgerError as error:
        _fail(str(error))


@contextmanager
def _ending_when_asked() -> Iterator[None]:
    """Also while the exporter begins, which may take long with many tickets: what is being written then is undone."""

    def end(*_: object) -> NoReturn:
        raise SystemExit(0)

    # A reload would come too soon: the configuration is just being read.
    before = {number: signal.signal(number, way) for number, way in ((signal.SIGTERM, end), (signal.SIGHUP, signal.SIG_IGN))}
    try:
        yield
    finally:
        for number, way in before.items():
            signal.signal(number, way)


def _leave() -> None:
    """End now; Python itself would wait for threads that wait for somebody's answer."""
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        logging.shutdown()
        os._exit(0)


def _read(file: Path, *, logged: bool = False) -> Any:
    """The configuration. What is doubtful in it is shown, or logged a line each."""
    from sla_exporter.config import ConfigurationError, read_configuration

    try:
        configuration = read_configuration(file)
    except ConfigurationError as error:
        click.echo(render_text(error.problems, error.sources, colour=sys.stderr.isatty()), err=True)
        _fail(f"{file}: {summary(error.problems)}")
    if logged:
        for each in configuration.problems:
            hint = f"; {each.hint}" if each.hint else ""
            logging.getLogger("sla_exporter").warning("%s:%d:%d: %s%s", each.file, each.line, each.column, each.message, hint)
    elif configuration.problems:
        click.echo(render_text(configuration.problems, configuration.sources, colour=sys.stderr.isatty()), err=True)
    return configuration


def _refuse_web(problems: list[Problem], file: Path | None) -> NoReturn:
    # Without the text of the file: its lines hold hashes of passwords.
    click.echo(render_text(problems, {}, colour=sys.stderr.isatty()), err=True)
    _fail(f"{file}: {summary(problems)}")


def _ledger(configuration: Any) -> Any:
    from contextlib import closing

    from sla_exporter.config import open_ledger
    from sla_exporter.ledger.database import LedgerError

    try:
        return closing(open_ledger(configuration, read_only=True))
    except LedgerError as error:
        _fail(str(error))


def _s(number: int, word: str) -> str:
    return word if number == 1 else f"{word}es" if word.endswith("ch") else f"{word}s"


def _fail(text: str) -> NoReturn:
    click.echo(f"sla-exporter: {covered(text)}", err=True)
    sys.exit(1)
