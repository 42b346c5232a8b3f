"""How long a look may take, how long what it saw holds, and how much is asked at once, by the document of a probe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from sla_exporter.config import at_once_of, holds_of, probe_reader_of
from sla_exporter.probes.blackbox import BlackboxReader

from slo_gen.spec.documents.probes import ProbeSource


def probe(subjects: int = 1, **document: Any) -> ProbeSource:
    told = [{"subject": f"http://a/{number}", "indicator": f"up-{number}"} for number in range(subjects)]
    return msgspec.convert({"name": "web", "blackbox": {"url": "http://b"}, "subjects": told, **document}, ProbeSource)


def test_a_state_holds_for_three_intervals_of_who_looks() -> None:
    assert holds_of(probe()) == 45_000
    assert holds_of(probe(every="500ms")) == 1_500
    assert holds_of(probe(every="10s", checked_every="1m")) == 180_000


@pytest.mark.parametrize(("subjects", "document", "at_once"), [
    (1, {}, 50), (60, {}, 60), (60, {"timeout": "5s"}, 50), (1000, {}, 1000), (1000, {"timeout": "3s"}, 200),
    (1000, {"timeout": "4s"}, 334),
    (1000, {"every": "5s"}, 1000), (1000, {"at_once": 7}, 7),
])  # fmt: skip
def test_a_look_ends_in_time_though_nobody_answers(subjects: int, document: dict[str, Any], at_once: int) -> None:
    assert at_once_of(probe(subjects, **document)) == at_once


@pytest.mark.parametrize(("document", "longest"), [({}, 10.0), ({"every": "2s"}, 2.0), ({"timeout": "3s"}, 3.0)])
def test_a_request_takes_no_longer_than_an_interval(document: dict[str, Any], longest: float) -> None:
    reader = probe_reader_of(probe(**document), Path(), lambda: 0)
    assert isinstance(reader, BlackboxReader)
    assert reader._settings.seconds == longest
