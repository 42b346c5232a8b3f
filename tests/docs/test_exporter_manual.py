"""What the manual says of the exporter: every command and option, every source, event, clock, profile and outcome."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sla_exporter.cli import main
from sla_exporter.probes.registry import READERS as PROBE_READERS
from sla_exporter.sources.registry import READERS, reader_class
from sla_exporter.sources.rows import ALSO, NEEDED
from sla_exporter.standings import OUTCOMES

from slo_gen.spec.clock_profiles import PROFILES
from slo_gen.spec.convert import read_documents
from slo_gen.spec.documents.exporter import TicketSource
from slo_gen.spec.documents.probes import ProbeSource
from slo_gen.spec.ticket_terms import EVENTS

DOCS = Path(__file__).parent.parent.parent / "docs"
HEADINGS = {
    "redmine": "Redmine", "request_tracker": "Request Tracker", "jira": "Jira", "servicenow": "ServiceNow", "zendesk": "Zendesk",
    "github": "GitHub", "sql": "A query", "file": "A file", "plugin": "A source of your own",
}  # fmt: skip
PROBES = {
    "blackbox": "blackbox_exporter", "prometheus": "Prometheus", "icinga": "Icinga 2", "uptime_kuma": "Uptime Kuma",
    "uptime_kuma_page": "A status page of Uptime Kuma",
    "json": "A JSON endpoint", "http": "HTTP and TCP, checked by the exporter itself",
    "tcp": "HTTP and TCP, checked by the exporter itself",
    "plugin": "A probe of your own",
}  # fmt: skip


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def commands(group: click.Group, above: str) -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, command in group.commands.items():
        found += commands(command, f"{above} {name}") if isinstance(command, click.Group) else [(f"{above} {name}", command)]
    return found


@pytest.mark.parametrize(("name", "command"), commands(main, "sla-exporter"))
def test_every_command_and_option_is_explained(name: str, command: click.Command) -> None:
    text = page("exporter.md")
    assert f"`{name}" in text
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert any(f"`{option}" in text for option in parameter.opts), parameter.opts


def test_every_source_has_a_section_that_says_whether_it_is_experimental() -> None:
    text = page("sources.md")
    assert set(HEADINGS) == set(TicketSource.exactly_one[0])
    for kind, heading in HEADINGS.items():
        [section] = re.findall(rf"^## {heading}( \(experimental\))?$", text, re.MULTILINE)
        if kind in READERS:
            source = TicketSource(name="x", **{kind: _Anything()})  # type: ignore[arg-type]
            assert bool(section) == reader_class(source).experimental, kind  # type: ignore[attr-defined]


class _Anything:
    """Stands for what a source is told."""


@pytest.mark.parametrize("block", re.findall(r"```yaml sources of an Exporter\n(.*?)```", page("sources.md"), re.DOTALL))
def test_every_example_of_a_source_is_right(block: str) -> None:
    lines = "".join(f"    {line}\n" for line in block.splitlines())
    documents, problems = read_documents([("sources.yaml", f"kind: Exporter\nmetadata: {{name: main}}\nspec:\n  sources:\n{lines}")])
    assert (len(documents), problems) == (1, [])


def test_every_probe_has_a_section_that_says_whether_it_is_experimental() -> None:
    text = page("probe-systems.md")
    assert set(PROBES) == set(ProbeSource.exactly_one[0])
    for kind, heading in PROBES.items():
        [section] = re.findall(rf"^## {heading}( \(experimental\))?$", text, re.MULTILINE)
        if kind in PROBE_READERS:
            module, _, name = PROBE_READERS[kind].partition(":")
            assert bool(section) == getattr(import_module(module), name).experimental, kind


def test_the_first_steps_with_probes_are_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = dict(re.findall(r"```yaml (specs/shop\.yaml|sla-exporter\.yaml)\n(.*?)```", page("probes.md"), re.DOTALL))
    assert len(blocks["sla-exporter.yaml"].splitlines()) == 10
    (tmp_path / "specs").mkdir()
    for name, text in blocks.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["check"], prog_name="sla-exporter")
    assert result.output == (
        "sla-exporter.yaml is good: 0 sources, 0 targets on tickets in 0 agreements, 1 probe of 1 subject, 1 target on states\n"
    )


def test_every_event_clock_profile_and_outcome_is_explained() -> None:
    text = page("tickets.md")
    clocks = {clock for profile in PROFILES.values() for clock in profile.clocks}
    missing = [word for word in (*EVENTS, *clocks, *PROFILES, *OUTCOMES, "running", "paused") if f"`{word}`" not in text]
    assert missing == []


def test_every_column_of_a_query_is_explained() -> None:
    text = page("sources.md")
    assert [column for column in (*NEEDED, *ALSO) if f"`{column}`" not in text] == []
