"""The README, followed to the letter on servers of one's own: its documents, its configuration, and the alert arrives."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from slo_gen.cli import main
from slo_gen.demo.receiver import Notification, Receiver
from slo_gen.demo.servers import Server
from slo_gen.demo.shop import Fault, Shop

pytestmark = pytest.mark.integration

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```yaml (\S+)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE))
HURRY = """\
kind: Policy
metadata: {name: hurry}
spec: {evaluation: {interval: 5s, settling: 4s, scrape_interval: 2s}}
"""
"""The README's own pace is a minute; what it says holds at any."""


def alertmanager(folder: Path, receiver: Receiver) -> Server:
    """The README's Alertmanager, with an address for its receiver."""
    configuration = yaml.safe_load(BLOCKS["alertmanager.yml"])
    configuration["route"]["group_wait"] = "1s"
    next(each for each in configuration["receivers"] if each["name"] == "shop-oncall")["webhook_configs"] = [{"url": receiver.url}]
    file = folder / "alertmanager.yml"
    file.write_text(json.dumps(configuration), encoding="utf-8")
    return Server(
        "prometheus-alertmanager",
        lambda port: [
            f"--config.file={file}", f"--storage.path={folder}/alertmanager", f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ],
        "/-/ready",
        folder / "alertmanager.log",
    )  # fmt: skip


def prometheus(folder: Path, shop: Shop, alertmanager_url: str) -> Server:
    """The README's Prometheus, with paths and ports of this test, and the checkout to scrape."""
    text = BLOCKS["prometheus.yml"].replace("/etc/prometheus/slo-gen", str(folder / "loaded"))
    configuration = yaml.safe_load(text.replace("localhost:9093", alertmanager_url.removeprefix("http://")))
    addresses = [target.address for target in shop.targets() if target.job == "checkout"]
    configuration["scrape_configs"] = [
        {"job_name": "checkout", "scrape_interval": "2s", "scrape_timeout": "2s", "static_configs": [{"targets": addresses}]}
    ]
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(configuration), encoding="utf-8")
    return Server(
        "prometheus",
        lambda port: [f"--config.file={file}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}",
                      "--storage.tsdb.retention.time=32d"],
        "/-/ready",
        folder / "prometheus.log",
    )  # fmt: skip


def written(folder: Path) -> Path:
    for name, text in BLOCKS.items():
        if name.startswith("specs/"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    (folder / "specs/hurry.yaml").write_text(HURRY, encoding="utf-8")
    return folder / "specs"


def ran(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments, prog_name="slo-gen")
    assert result.exit_code == 0, result.output
    return result.stdout


def arrived(receiver: Receiver, seconds: float) -> Notification:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for notification in receiver.waiting():
            if notification.labels["alertname"] == "SLMBudgetBurn":
                return notification
        time.sleep(0.5)
    raise AssertionError("no alert has arrived")


def test_whoever_follows_the_readme_is_told(tmp_path: Path) -> None:
    specs = written(tmp_path)
    ran("check", str(specs), "--strict")
    ran("compile", str(specs), "--out", str(tmp_path / "build"))
    ran("test", str(tmp_path / "build"))
    (tmp_path / "build/rules").rename(tmp_path / "loaded")
    with Shop() as shop, Receiver() as receiver, alertmanager(tmp_path, receiver) as told, prometheus(tmp_path, shop, told.url) as server:
        shop.fail("checkout", Fault(errors=0.5))
        alert = arrived(receiver, 120)
        status = json.loads(ran("status", str(specs), "--prometheus", server.url, "--json"))
        ran("check", str(specs), "--prometheus", server.url)
    assert (alert.status, alert.labels["slo"], alert.labels["slm_service"], alert.labels["severity"]) == (
        "firing", "checkout-availability", "checkout", "page",
    )  # fmt: skip
    assert "Agreements in danger: 1 (acme-checkout)." in alert.annotations["description"]
    assert [row["slo"] for row in status] == ["checkout-availability"]
    assert status[0]["alerts"]
