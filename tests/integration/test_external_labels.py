"""Prometheus with external labels, as Thanos asks for: neither rules nor alerts are others because of them."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from backfilled_prometheus import Prometheus, Series, backfilled_prometheus
from catalogues import PAIRS, agreement, catalogue, indicator, slo

from slo_gen import names
from slo_gen.demo.servers import Server
from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.compile import shared_groups

pytestmark = pytest.mark.integration

CATALOGUE = catalogue(
    [indicator("burning"), indicator("grouped", by=("region",))],
    [slo("burning", "burning", alerts=PAIRS[:1]), slo("grouped", "grouped", alerts=PAIRS[:1])],
    [agreement("acme", "burning")],
)
EXTERNAL = {"cluster": "berlin", names.SLO: "outside", names.TEAM: "outside", "region": "outside"}
"""Beside ``replica``. Names that rules use as well are the worst that somebody could choose."""

EXPECTED = {("burning", "shop", "outside"), ("grouped", "shop", "eu")}
"""SLO, team and region; an alert without a region is sent with that of its Prometheus."""


def history() -> list[Series]:
    """An hour in which everything failed, but for one region."""
    minutes = [time.time() - 60 * back for back in range(60, -1, -1)]
    found: list[Series] = []
    for labels, bad in (({"indicator": "burning"}, 10.0), ({"indicator": "grouped", "region": "eu"}, 10.0),
                        ({"indicator": "grouped", "region": "us"}, 0.0)):
        found.append(({"__name__": names.TOTAL, **labels}, [(at, 10.0) for at in minutes]))
        found.append(({"__name__": names.BAD, **labels}, [(at, bad) for at in minutes]))
    return found


def alertmanager(folder: Path) -> Server:
    file = folder / "alertmanager.yml"
    file.write_text(json.dumps({"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}), encoding="utf-8")
    return Server(
        "prometheus-alertmanager",
        lambda port: [
            f"--config.file={file}", f"--storage.path={folder}/alertmanager", f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ],
        "/-/ready",
        folder / "alertmanager.log",
    )  # fmt: skip


def alerting(told: Server) -> dict[str, object]:
    """Alerts are sent without the label that tells one replica from the other."""
    return {
        "alert_relabel_configs": [{"action": "labeldrop", "regex": "replica"}],
        "alertmanagers": [{"static_configs": [{"targets": [told.url.removeprefix("http://")]}]}],
    }


def local(server: Prometheus) -> set[tuple[str, ...]]:
    """What fires inside, where nobody sees an external label."""
    return {
        tuple(alert["labels"].get(label, "") for label in (names.SLO, names.TEAM, "region", "cluster", "replica"))
        for alert in server.alerts()
        if alert["state"] == "firing" and alert["labels"]["alertname"] == names.BUDGET_BURN
    }


def sent(server: Prometheus) -> float:
    found = [line for line in server.client.get("/metrics").text.splitlines() if line.startswith("prometheus_notifications_sent_total{")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in found)


def test_two_replicas_with_external_labels_raise_each_alert_once(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(render_groups([replace(group, interval=1) for group in shared_groups(CATALOGUE)]))
    with alertmanager(tmp_path) as told:
        for name in ("a", "b"):
            with backfilled_prometheus(tmp_path / name, [rules], {**EXTERNAL, "replica": name}, alerting(told)) as server:
                server.write(history())
                deadline = time.monotonic() + 60
                while len(local(server)) < 2 or sent(server) < 2:
                    assert time.monotonic() < deadline, (local(server), sent(server))
                    time.sleep(0.2)
                assert local(server) == {("burning", "shop", "", "", ""), ("grouped", "shop", "eu", "", "")}
                assert [rule["lastError"] for rule in server.rules() if rule.get("lastError")] == []
                now = time.time()
                assert server.labels('{__name__=~"slm:.+", cluster!=""} or {__name__=~"slm:.+", replica!=""}', now) == []
                assert len(server.labels(names.ATTAINED, now)) == 3
        alerts = httpx.get(told.url + "/api/v2/alerts", trust_env=False).json()
    burning = [alert["labels"] for alert in alerts if alert["labels"]["alertname"] == names.BUDGET_BURN]
    assert len(burning) == len(EXPECTED)
    assert {(labels[names.SLO], labels[names.TEAM], labels["region"]) for labels in burning} == EXPECTED
    assert {(labels["cluster"], labels.get("replica")) for labels in burning} == {("berlin", None)}
