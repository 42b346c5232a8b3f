"""The client and the commands that ask, against a real Prometheus that scrapes the shop."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import Result

from slo_gen.demo.stack import Stack
from slo_gen.prometheus import Prometheus, QueryError

ROOT = Path(__file__).parent.parent.parent
T = TypeVar("T")
Run = Callable[..., Result]


def wait_for(look: Callable[[], T | None], seconds: float = 90.0) -> T:
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None:
            return found
        assert time.monotonic() < deadline, "it was not seen in time"
        time.sleep(1)


async def _samples(url: str, expression: str) -> dict[str, float]:
    async with Prometheus(url) as prometheus:
        return {str(sorted(sample.labels.items())): sample.value for sample in await prometheus.query(expression)}


def samples(stack: Stack, expression: str) -> dict[str, float]:
    return asyncio.run(_samples(stack.prometheus.url, expression))


def scraped(stack: Stack) -> None:
    """Every target has been scraped twice."""
    targets = len(stack.shop.targets()) + 1          # and the exporter
    wait_for(lambda: True if sum(samples(stack, "count_over_time(up[1m]) > bool 1").values()) == targets else None)


def test_the_client_reads_what_a_real_server_answers(run: Run, stack: Stack) -> None:
    async def ask() -> None:
        async with Prometheus(stack.prometheus.url) as prometheus:
            assert (await prometheus.buildinfo()).version
            assert (await prometheus.flags())["storage.tsdb.retention.time"] == "40d"
            assert await prometheus.ready()
            assert {"job", "instance"} <= set(await prometheus.label_names(["up"]))
            assert "checkout" in await prometheus.label_values("job", ["up"])
            assert await prometheus.label_values("job", ['up{job="checkout"}']) == ("checkout",)
            groups = await prometheus.rules()
            assert sum(len(group.rules) for group in groups) > 50
            assert {rule.kind for group in groups for rule in group.rules} == {"recording", "alerting"}
            now = time.time()
            (series, *_) = await prometheus.query_range('up{job="mail"}', now - 10, now, 5)
            assert {value for _, value in series.points} == {1.0}
            await prometheus.reload()
            with pytest.raises(QueryError, match="parse error"):
                await prometheus.query("rate(")

    scraped(stack)
    asyncio.run(ask())


def test_the_native_histogram_of_the_shop_is_read_as_one(stack: Stack) -> None:
    scraped(stack)
    counted = samples(stack, "sum(histogram_count(search_duration_seconds)) - sum(search_requests_total)")
    assert list(counted.values()) == [0.0]
    (fast,) = samples(stack, "histogram_fraction(0, 0.5, sum(search_duration_seconds))").values()
    assert 0.9 < fast <= 1


def test_check_finds_nothing_wrong_with_the_example(run: Run, stack: Stack) -> None:
    scraped(stack)
    result = run("check", str(ROOT / "specs"), "--prometheus", stack.prometheus.url)
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, result.output.splitlines()[-1])
    assert result.output.startswith("no problems"), result.output


def test_check_finds_what_only_the_running_system_knows(run: Run, stack: Stack, tmp_path: Path) -> None:
    scraped(stack)
    (tmp_path / "wrong.yaml").write_text("""\
kind: Service
metadata: {name: shop}
---
kind: Indicator
metadata: {name: boundary}
spec:
  service: shop
  latency: {histogram: 'http_request_duration_seconds{job="checkout"}', threshold: 300ms}
---
kind: Indicator
metadata: {name: misspelt}
spec:
  service: shop
  events: {total: 'http_requests_total{job="chekout"}', bad: 'http_requests_total{job="checkout",status=~"5.."}'}
---
kind: Indicator
metadata: {name: long}
spec:
  service: shop
  events: {total: 'http_requests_total{job="checkout"}', bad: 'http_requests_total{job="checkout",code="599"}'}
---
kind: SLO
metadata: {name: too-long}
spec: {indicator: long, objective: 99%, window: 90d}
""", encoding="utf-8")
    result = run("check", str(tmp_path / "wrong.yaml"), "--prometheus", stack.prometheus.url, "--format", "json")
    assert result.exit_code == 1
    told = [(row["severity"], row["check"], row["message"]) for row in json.loads(result.stdout)["problems"]]
    assert told == [
        ("error", "latency-boundary", "the threshold 0.3 of indicator boundary is no bucket boundary of its histogram"),
        ("warning", "selector-no-series",
         'total of indicator misspelt matched no series in the last hour: http_requests_total{job="chekout"}'),
        ("warning", "selector-no-series", "bad of indicator misspelt: no series of http_requests_total has the label status"),
        ("warning", "retention", "the window of 90d is longer than the 40d that Prometheus keeps"),
    ]


def test_a_server_that_does_not_answer_is_told_in_a_sentence(run: Run, stack: Stack) -> None:
    for command in ("check", "status"):
        result = run(command, str(ROOT / "specs"), "--prometheus", "http://127.0.0.1:9")
        assert result.exit_code == 1
        assert "slo-gen: http://127.0.0.1:9 could not be reached: " in result.output


def test_status_shows_verdicts_and_never_invents_one(run: Run, stack: Stack) -> None:
    def burning() -> list[dict[str, object]] | None:
        result = run("status", str(ROOT / "specs"), "--prometheus", stack.prometheus.url, "--json")
        assert result.exit_code == 0
        rows: list[dict[str, object]] = json.loads(result.stdout)
        return rows if all(row["burn_rate"] is not None for row in rows) else None

    rows = wait_for(burning)
    assert {row["service"] for row in rows} == {"checkout", "orders", "payments", "search", "storefront"}
    assert all((row["attained"] is None) == (row["verdict"] in ("no data", "no events")) for row in rows)
    table = run("status", str(ROOT / "specs"), "--prometheus", stack.prometheus.url)
    assert table.output.splitlines()[1].split()[:3] == ["SERVICE", "SLO", "VERDICT"]
    assert "\x1b" not in table.output
    waiting = any(row["verdict"] == "no data" and row["burn_rate"] is not None for row in rows)
    assert ("summed every five minutes" in table.output) == waiting


def test_rules_that_are_not_loaded_are_suspected(run: Run, stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text("""\
kind: Service
metadata: {name: shop}
---
kind: Indicator
metadata: {name: never-compiled}
spec: {service: shop, ratio: {error: 'mail_bounce_ratio'}}
---
kind: SLO
metadata: {name: new}
spec: {indicator: never-compiled, objective: 99%}
""", encoding="utf-8")
    arguments = ["status", str(tmp_path / "new.yaml"), "--prometheus", stack.prometheus.url]
    result = run(*arguments)
    assert result.exit_code == 0
    assert "holds no recorded series of these documents; are the compiled rules loaded there?" in result.stderr
    assert run(*arguments, "--exit-code").exit_code == 1
