"""``slo-gen demo``: a shop, Prometheus and Alertmanager on this machine, a failure, the alert."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click

from slo_gen import names
from slo_gen.cli.loading import fail, load_catalogue, specs_argument
from slo_gen.cli.status_table import plain_lines
from slo_gen.cli.ticket_status_table import ticket_lines
from slo_gen.demo.month import write_month
from slo_gen.demo.receiver import Notification
from slo_gen.demo.servers import ServerError
from slo_gen.demo.shop import REGIONS
from slo_gen.demo.stack import SCRAPE_SECONDS, Stack, running_stack
from slo_gen.demo.story import BROKEN, RuleError, Step, Story
from slo_gen.outputs.files import write
from slo_gen.spec.model import Catalogue

__all__ = ["command"]

CHECK_SECONDS = 170.0
LOOK_EVERY = 1.0
FAIL_FOR = 90.0                  # seconds that the service stays broken when somebody watches


@click.command("demo", short_help="Watch slo-gen at work: a small shop that fails.")
@specs_argument
@click.option("--check", "unattended", is_flag=True, help="Run once, unattended; 0 only if each step was seen within three minutes.")
@click.option("--past", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
              help="Start nothing: write three months of made-up figures of agreements into DIR, for a Prometheus to read.")
@click.option("--customer", "customers", metavar="NAME", multiple=True, help="With --past: only of this customer; can be repeated.")
def command(specs: tuple[Path, ...], unattended: bool, past: Path | None, customers: tuple[str, ...]) -> None:
    """Watch slo-gen at work: a small shop, Prometheus and Alertmanager, all on this machine.

    Compiles SPECS (the example catalogue specs/ of the project fits the shop), shows the status, makes a service fail, and
    shows the alert as it arrives. Ctrl-C ends everything that it started.

    Exit status: 0 ended by Ctrl-C or all steps seen, 1 something was not seen or did not start, 2 wrong use.
    """
    if past is not None:
        _write_past(load_catalogue(specs), past, customers)
        return
    if customers:
        raise click.UsageError("--customer belongs to --past.")
    catalogue = hurried(load_catalogue(specs))
    _end_like_ctrl_c()
    try:
        with _workplace() as directory, _running(directory, catalogue, specs) as stack:
            story = Story(stack, catalogue)
            if unattended:
                _check(story, stack)
            else:
                _watch(story, stack)
    except (ServerError, RuleError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        click.echo("\nended; everything that was started has been stopped")
        if unattended:
            raise click.exceptions.Exit(1) from None


def _write_past(catalogue: Catalogue, folder: Path, customers: tuple[str, ...]) -> None:
    """Three months of figures, and how to look at them."""
    from slo_gen.demo.past import END, write_past

    for name in customers:
        if name not in catalogue.customers:
            raise click.UsageError(f"There is no customer {name!r} in these documents.")
    if (folder / "data").exists():
        fail(f"{folder / 'data'} is there already; name another folder, or remove it")
    try:
        count = write_past(catalogue, customers or tuple(catalogue.customers), folder / "data")
        text = "# Scrapes nothing: all that there is to see is in data/.\nscrape_configs: []\n"
        (folder / "prometheus.yml").write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"cannot write {error.filename or folder}: {error.strerror}")
    except ServerError as error:
        fail(str(error))
    click.echo(f"{count} figures, made up, in {folder / 'data'}; look at them as of {datetime.fromtimestamp(END, UTC):%Y-%m-%dT%H:%M:%SZ}")


def hurried(catalogue: Catalogue) -> Catalogue:
    """The same promises, evaluated every few seconds, since nobody waits minutes in front of a demo."""
    evaluation = replace(catalogue.evaluation, interval=20, settling=10, long_interval=30)
    indicators = {name: replace(indicator, scrape_interval=SCRAPE_SECONDS) for name, indicator in catalogue.indicators.items()}
    return replace(catalogue, evaluation=evaluation, indicators=indicators)


@contextlib.contextmanager
def _workplace() -> Iterator[Path]:
    """A temporary folder that goes with the demo, unless it failed: then the logs stay."""
    directory = Path(tempfile.mkdtemp(prefix="slo-gen-demo-"))
    try:
        yield directory
    except (ServerError, RuleError, click.exceptions.Exit):
        for data in ("prometheus", "alertmanager"):
            shutil.rmtree(directory / data, ignore_errors=True)
        click.echo(f"slo-gen: configuration, rules and logs are in {directory}", err=True)
        raise
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def _running(directory: Path, catalogue: Catalogue, specs: Sequence[Path]) -> Iterator[Stack]:
    from slo_gen.cli.compiling import compiled_files

    files = compiled_files(catalogue, "prometheus")
    write(files, directory / "slo-gen")
    click.echo(f"compiled {len(catalogue.slos)} SLOs and {len(catalogue.agreements)} agreements into {len(files)} files")
    samples = write_month(catalogue, {"region": REGIONS}, time.time(), directory / "prometheus")
    click.echo(f"wrote the month before: {samples} sums, made up, so that 30-day windows have a past; from now on everything is measured")
    rules = sorted((directory / "slo-gen" / "rules").glob("*.yml"))
    with running_stack(directory, rules, catalogue, specs) as stack:
        click.echo(f"Prometheus    {stack.prometheus.url}/alerts")
        click.echo(f"Alertmanager  {stack.alertmanager.url}")
        click.echo(f"receiver      {stack.receiver.url}")
        click.echo(f"sla-exporter  {stack.exporter.url}/metrics  of the desk {stack.desk.file}")
        for target in stack.shop.targets():
            click.echo(f"shop          http://{target.address}/metrics  {target.job} {' '.join(target.labels.values())}".rstrip())
        click.echo(f"files         {directory}\n")
        yield stack


def _end_like_ctrl_c() -> None:
    """A terminal that is closed and a service manager end the demo as Ctrl-C does, with everything that it started."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)


# --- unattended --------------------------------------------------------------------------------------------------


def _check(story: Story, stack: Stack) -> None:
    """Go through the steps, each of which must be seen before the time is up."""
    begun = time.monotonic()
    for number, step in enumerate(story.steps):
        if step.breaks_service:
            story.break_service()
        seen = _await(step, stack, begun + CHECK_SECONDS)
        passed = time.monotonic() - begun
        click.echo(f"{'seen    ' if seen else 'NOT SEEN'} {passed:4.0f} s  {step.title}{f': {seen}' if seen else ''}")
        if seen is None:
            for missed in story.steps[number + 1:]:
                click.echo(f"NOT SEEN         {missed.title}")
            click.echo("\n".join(plain_lines(story.rows)))
            fail(f"not everything was seen within {CHECK_SECONDS:g} seconds. Prometheus' last words:\n{stack.prometheus.log_tail(5)}")
    told = [row for row in story.tickets if row.decided]
    click.echo("\n".join(["", *plain_lines(story.rows), "", *ticket_lines(told), "", "every step was seen"]))


def _await(step: Step, stack: Stack, deadline: float) -> str | None:
    while True:
        stack.check_alive()
        seen = step.look()
        if seen is not None or time.monotonic() > deadline:
            return seen
        time.sleep(LOOK_EVERY)


# --- with somebody watching --------------------------------------------------------------------------------------


def _watch(story: Story, stack: Stack) -> None:
    from slo_gen.demo.screen import Screen

    with Screen(live=sys.stdout.isatty()) as screen:
        waiting = list(story.steps)
        mend_at = float("inf")
        while True:
            stack.check_alive()
            if waiting and (seen := waiting[0].look()) is not None:
                screen.say(f"seen: {waiting.pop(0).title}: {seen}")
                if not waiting:
                    mend_at = time.monotonic() + FAIL_FOR
                    screen.say(f"{BROKEN} stays broken for {FAIL_FOR:g} s more")
                elif waiting[0].breaks_service:
                    story.break_service()
                    screen.say(f"now {BROKEN} is made to fail")
            if time.monotonic() > mend_at:
                story.mend_service()
                mend_at = float("inf")
                screen.say(f"{BROKEN} is mended; its alerts are resolved as the short windows pass. Ctrl-C ends the demo")
            story.refresh()
            for notification in story.new_notifications():
                screen.say(_told(notification, story.catalogue))
            screen.show(story.rows, story.tickets)
            time.sleep(LOOK_EVERY)


def _told(notification: Notification, catalogue: Catalogue) -> str:
    labels = notification.labels
    indicator = catalogue.indicators.get(labels.get(names.INDICATOR, ""))
    group = ",".join(f"{label}={labels.get(label, '')}" for label in indicator.by) if indicator else ""
    summary = notification.annotations.get("summary", labels.get("alertname", ""))
    return f"receiver: {notification.status} {labels.get(names.SEVERITY, '')}: {summary}{f' ({group})' if group else ''}"
