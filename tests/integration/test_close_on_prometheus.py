"""October 2026 in Berlin, closed from a real Prometheus: two replicas, gaps, the hour that comes twice, a run that is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from backfilled_prometheus import backfilled_prometheus
from test_reading_back import BEGIN, END, MINUTES, load

from slo_gen import names
from slo_gen.cli.closing_files import ClosingFiles

pytestmark = pytest.mark.integration

AGREEMENTS = 12
SPECS = """\
kind: Policy
metadata: {name: house}
spec: {timezone: Europe/Berlin}
---
kind: Service
metadata: {name: shop}
---
kind: Customer
metadata: {name: acme}
---
kind: Indicator
metadata: {name: requests}
spec:
  service: shop
  events: {total: 'requests_total{job="shop"}', bad: 'requests_total{job="shop",code=~"5.."}'}
  by: [tenant]
---
kind: Maintenance
metadata: {name: clocks}
spec: {services: [shop], timezone: Europe/Berlin, windows: [{from: '2026-10-25T02:00:00+02:00', to: '2026-10-25T02:30:00+01:00'}]}
"""
SLA = """\
---
kind: SLA
metadata: {{name: tenant-{number}}}
spec:
  customer: acme
  service: shop
  state: active
  targets: [{{name: availability, indicator: requests, where: {{tenant: t{number}}}, objective: at least 99.9%, exclude: [maintenance]}}]
"""


def minutes(tenant: int) -> list[tuple[int, int] | None]:
    dice = random.Random(tenant)
    return [None if dice.random() < 0.001 else (100 + dice.randrange(50), int(dice.random() < 0.05)) for _ in range(MINUTES)]


def recorded(tenant: int, place: int, keep: float) -> Iterator[tuple[float, float]]:
    kept = random.Random(f"{tenant} {keep}")
    for number, minute in enumerate(minutes(tenant)):
        if kept.random() < keep and minute is not None:
            yield BEGIN + (number + 1) * 60 + 43.371, minute[place]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/shop.yaml").write_text(SPECS + "".join(SLA.format(number=number) for number in range(AGREEMENTS)))
    load([
        (f'{metric}{{indicator="requests",tenant="t{tenant}",replica="{replica}"}}', list(recorded(tenant, place, keep)))
        for metric, place in ((names.TOTAL, 0), (names.BAD, 1))
        for tenant in range(AGREEMENTS)
        for replica, keep in (("a", 0.97), ("b", 1.0))
    ], tmp_path / "server")
    return tmp_path


def close(folder: Path, url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from slo_gen.cli import main; main()", "close", "specs", "--period", "2026-10", "--prometheus", url]
    return subprocess.Popen(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ.copy())


def test_a_month_is_closed_exactly_though_the_run_is_killed(folder: Path) -> None:
    closings = folder / "closings/2026-10"
    with backfilled_prometheus(folder / "server") as server:
        url = str(server.client.base_url)
        run = close(folder, url)
        while run.poll() is None and not list(closings.glob("tenant-2.json")):
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
        run.wait()
        before = {path: path.read_bytes() for path in closings.glob("*.json")}
        assert 0 < len(before) < AGREEMENTS
        for content in before.values():
            json.loads(content)
        again = close(folder, url)
        told, _ = again.communicate(timeout=300)
    assert again.returncode == 0, told
    assert told.count("closed by the run that was interrupted") in (len(before), len(before) - 1)
    assert {path: path.read_bytes() for path in before} == before
    assert [path.name for path in folder.rglob(".*") if path.is_file() and path.parent != folder] == []

    work = range((24 * 1440) + 120, (24 * 1440) + 120 + 90)      # from the first 02:00 of the 25th to the second 02:30
    for number in range(AGREEMENTS):
        closing = ClosingFiles(folder / "closings").read("2026-10", f"tenant-{number}")
        assert closing is not None
        target = closing.current.judged.targets[0]
        counted = [minute for place, minute in enumerate(minutes(number)) if minute is not None and place not in work]
        total, bad = (sum(minute[place] for minute in counted) for place in (0, 1))
        assert (target.outcome.counted, target.outcome.of) == (bad, total)
        assert target.outcome.figure == 1 - Fraction(bad, total)
        assert target.outcome.excluded == {"maintenance": 90 * 60}
        assert target.completeness == Fraction(sum(minute is not None for minute in minutes(number)), MINUTES)
        assert [dict(source.labels)["replica"] for source in target.sources if source.read] == ["b"]
    assert (closing.start, closing.end) == (BEGIN, END)
