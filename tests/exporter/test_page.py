"""The whole page of metrics: read back by two parsers as it was meant, whatever systems call their tickets."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgers import SOURCE, Kept, source_events
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from sla_exporter.bookkeeper import Bookkeeper
from sla_exporter.exposition import Family, render
from sla_exporter.health import Health, SourceHealth
from sla_exporter.ledger.ledger import SourceEvent, SourceState
from sla_exporter.ticket_metrics import TicketFamilies
from ticket_stories import at

ODD = st.sampled_from('\\"{}\n\r\t,=# \x00\x7f\u2028\U0001f4a5e')
HOSTILE = st.text(st.one_of(ODD, st.characters(codec="utf-8")), min_size=1, max_size=20)
Told = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def told(families: Iterable[Any]) -> Told:
    found: Told = {}
    for family in families:
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in found, f"{key} is told twice"
            found[key] = sample.value
    return found


class Page:
    """A bookkeeper with these tickets, all of them open."""

    def __init__(self, folder: Path, tickets: Iterable[str]) -> None:
        self.kept = Kept(folder / "ledger")
        self.health = Health(sources={SOURCE: SourceHealth()})
        self.keeper = Bookkeeper(self.kept.ledger, self.kept.catalogue, [SOURCE], self.health, at("10:00"))
        opened = at("10:00")
        for ticket in tickets:
            events = [SourceEvent(ticket, "1", opened, 0, "opened"), SourceEvent(ticket, "2", opened, 1, "priority", "P1")]
            self.keeper.store(SOURCE, events, SourceState("1", opened, opened), opened)
            opened += 1

    def text(self, *, openmetrics: bool) -> str:
        own: list[Family] = [*self.health.families(), self.keeper.dropped_family()]
        page = self.keeper.page(at("10:01"), openmetrics=openmetrics) + b"".join(render(each, openmetrics=openmetrics) for each in own)
        return page.decode() + ("# EOF\n" if openmetrics else "")


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(HOSTILE, min_size=1, max_size=3, unique=True))
def test_tickets_of_any_name_are_read_back_by_both_parsers(tickets: list[str]) -> None:
    with TemporaryDirectory() as folder:
        page = Page(Path(folder), tickets)
        text, other = told(read_text(page.text(openmetrics=False))), told(read_openmetrics(page.text(openmetrics=True)))
        page.kept.database.close()
    assert text == other
    shown = {dict(labels)["ticket"] for name, labels in text if name == "slm_ticket_deadline_timestamp_seconds"}
    assert shown == {"".join(" " if (ord(char) < 32 and char != "\n") or ord(char) == 127 else char for char in each) for each in tickets}


def test_what_is_exposed_is_what_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sample of every family, by name, labels and value, and nothing beside them."""
    meant: list[Family] = []
    families = TicketFamilies.families
    monkeypatch.setattr(TicketFamilies, "families", lambda self: meant.extend(found := families(self)) or found)  # type: ignore[func-returns-value]
    page = Page(tmp_path, ["T-1"])
    meant.clear()
    text = page.text(openmetrics=False)
    expected = {(family.name + sample.suffix, sample.labels): sample.value
                for family in (*meant, *page.health.families(), page.keeper.dropped_family()) for sample in family.samples}  # fmt: skip
    found = {(name, ",".join(f'{label}="{value}"' for label, value in labels)): value
             for (name, labels), value in told(read_text(text)).items()}  # fmt: skip
    assert found == {(name, ",".join(sorted(labels.split(",")))): value for (name, labels), value in expected.items()}
    assert len(found) > 100


def test_promtool_has_nothing_to_say_about_the_whole_page(tmp_path: Path) -> None:
    page = Page(tmp_path, ["T-1", 'T"\\\n2'])
    done = subprocess.run(["promtool", "check", "metrics"], input=page.text(openmetrics=False), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_every_family_of_counts_has_all_its_series_from_the_first_scrape_on(tmp_path: Path) -> None:
    """An increase from nothing to one would be none."""
    page = Page(tmp_path, [])
    first = told(read_text(page.text(openmetrics=False)))
    counts = {key: value for key, value in first.items() if not key[0].endswith(("_timestamp_seconds", "_info", "_ratio"))}
    described = {line.split()[2] for line in page.text(openmetrics=False).splitlines() if line.startswith("# TYPE")}
    empty = {name for name in described if not any(key[0].startswith(name) for key in first)}
    assert empty == {"slm_ticket_next_deadline_timestamp_seconds", "slm_ticket_deadline_timestamp_seconds",
                     "slm_agreement_ticket_limit", "slm_agreement_low_volume_tickets", "slm_agreement_low_volume_misses",
                     "slm_source_last_success_timestamp_seconds", "slm_source_watermark_timestamp_seconds"}  # fmt: skip
    page.keeper.store(SOURCE, source_events("T-1", "10:00: opened P1\n10:00:30: agent_message"), SourceState("1", 1, 1), at("10:01"))
    page.health.sources[SOURCE].errors["server"] += 1
    later = told(read_text(page.text(openmetrics=False)))
    born = {key for key in later.keys() - first.keys() if not key[0].endswith("_timestamp_seconds")}
    assert born == set()
    assert {key[0] for key, value in later.items() if value != counts.get(key, value)} >= {
        "slm_ticket_results_total", "slm_period_tickets", "slm_ticket_clock_seconds_bucket", "slm_source_errors_total",
    }  # fmt: skip
