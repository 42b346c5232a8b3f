"""A real Alertmanager with the compiled configuration: who is told, with what in one message, and what is held back.

Alertmanager's API does not say what was sent, so what arrives is counted. Waiting times are shortened; everything else is
as compiled.
"""

from __future__ import annotations

import base64
import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from click.testing import CliRunner
from notified import MailServer, Webhooks, wait_for

from slo_gen.alertmanager.compile import compile_alertmanager
from slo_gen.alertmanager.configuration import Configuration, Route
from slo_gen.alertmanager.expectations import expectations
from slo_gen.cli import main
from slo_gen.demo.servers import Server
from slo_gen.outputs.alertmanager_text import render_whole
from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.notification import Integration, Receiver
from slo_gen.spec.resolve import resolve

pytestmark = pytest.mark.integration

THIS_YEAR = datetime.now(UTC).year
YEARS = (THIS_YEAR - 1, THIS_YEAR + 1)      # a test may run at the turn of a year

DOCUMENTS = """
kind: Policy
metadata: {name: house}
spec:
  roles: {service-level-manager: team/slm}
  notifications: {default: {page: duty-phone, ticket: desk}}
---
kind: Team
metadata: {name: shop}
spec: {receivers: {page: shop-phone, ticket: shop-queue, info: shop-chat}}
---
kind: Team
metadata: {name: slm}
spec: {receivers: {ticket: slm-mail}}
---
kind: Team
metadata: {name: dba}
spec: {receivers: {page: dba-phone, ticket: dba-queue}}
---
kind: Service
metadata: {name: checkout}
spec: {owner: team/shop, depends_on: [service/database]}
---
kind: Service
metadata: {name: database}
spec: {owner: team/dba}
---
kind: Customer
metadata: {name: acme}
spec: {notices: {email: [{to: [duty@acme.example], from: slm@house.example, smarthost: MAILSERVER, require_tls: false}]}}
---
kind: Indicator
metadata: {name: requests}
spec: {service: checkout, events: {bad: e, total: t}, by: [region]}
---
kind: Indicator
metadata: {name: database-probe}
spec: {service: database, probe: {series: up}}
---
kind: SLO
metadata: {name: availability}
spec: {indicator: requests, objective: 99.9%}
---
kind: SLO
metadata: {name: database-up}
spec: {indicator: database-probe, objective: 99.9%}
---
kind: SLA
metadata: {name: acme-checkout}
spec:
  customer: acme
  service: checkout
  state: active
  targets: [{name: availability, indicator: requests, objective: 99.5%}]
  escalation:
    period_budget: [{at: 75%, to: team/dba}]
    breach: [{to: team/slm, after: 4h}, {to: customer/acme}, {to: customer/acme, as: notice}]
"""


def read(text: str) -> Catalogue:
    documents, problems = read_documents([("specs.yaml", text)])
    catalogue, unresolved = resolve(documents)
    assert [*problems, *unresolved] == []
    return catalogue


def hurried(route: Route) -> Route:
    """A second where Alertmanager waits for minutes, and some seconds where it waits for hours."""
    wait = route.wait and (4 if route.wait >= 3600 else 1)
    return replace(route, wait=wait, interval=route.interval and 1, routes=tuple(map(hurried, route.routes)))


def counted(configuration: Configuration, webhooks: Webhooks) -> Configuration:
    """Every receiver a webhook that is counted under its name, but for those of customers."""
    receivers = tuple(
        receiver if receiver.name.startswith("customer/") else
        Receiver(receiver.name, (Integration("webhook", {"url": f"{webhooks.url}/{quote(receiver.name, safe='')}"}),))
        for receiver in configuration.receivers
    )
    return replace(configuration, receivers=receivers, route=hurried(configuration.route))


@contextlib.contextmanager
def running(configuration: Configuration, folder: Path) -> Iterator[Server]:
    file = folder / "alertmanager.yml"
    file.write_text(render_whole(configuration, configuration.route.receiver), encoding="utf-8")
    server = Server(
        "prometheus-alertmanager",
        lambda port: [
            f"--config.file={file}", f"--storage.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}",
            "--web.external-url=http://alertmanager.inside.example", "--web.route-prefix=/", "--cluster.listen-address=",
            "--log.level=debug",
        ],
        "/-/ready",
        folder / "alertmanager.log",
    )
    with server:
        yield server


def fire(server: Server, *alerts: Mapping[str, str]) -> None:
    ours = {"annotations": {"summary": "inside"}, "generatorURL": "http://prometheus.inside.example"}
    sent = [{"labels": dict(alert), **ours} for alert in alerts]
    httpx.post(f"{server.url}/api/v2/alerts", json=sent).raise_for_status()


def burn(severity: str, long: str, short: str, **labels: str) -> dict[str, str]:
    about = {"slo": "availability", "indicator": "requests", "slm_service": "checkout", "team": "shop"}
    return {"alertname": "SLMBudgetBurn", "severity": severity, "long_window": long, "short_window": short, **about, **labels}


def agreement(alert: str, **labels: str) -> dict[str, str]:
    about = {"agreement": "acme-checkout", "target": "availability", "slm_service": "checkout", "team": "shop"}
    return {"alertname": alert, "severity": "ticket", **about, **labels}


@pytest.fixture
def webhooks() -> Iterator[Webhooks]:
    with Webhooks() as listening:
        yield listening


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with MailServer() as listening:
        yield listening


@pytest.fixture
def house(mails: MailServer) -> Catalogue:
    return read(DOCUMENTS.replace("MAILSERVER", f'"{mails.address}"'))


@pytest.fixture
def server(house: Catalogue, webhooks: Webhooks, tmp_path: Path) -> Iterator[Server]:
    with running(counted(compile_alertmanager(house, YEARS), webhooks), tmp_path) as alertmanager:
        yield alertmanager


def settle() -> None:
    """Long enough for what would come to have come: some times the hurried waits."""
    time.sleep(3)


# --- who is told ---------------------------------------------------------------------------------------------
def test_every_receiver_gets_its_alerts_and_no_other(house: Catalogue, server: Server, webhooks: Webhooks) -> None:
    expected = expectations(house)
    # Each its own service and target, so that none is grouped with another or held back by it.
    fire(server, *({**each.labels, "target": f"t{n}", "slm_service": f"s{n}", "n": f"{n}"} for n, each in enumerate(expected)))
    by_webhook = [sorted(name for name in each.receivers if not name.startswith("customer/")) for each in expected]
    wait_for(lambda: all(len(webhooks.told(n=f"{n}")) >= len(names) for n, names in enumerate(by_webhook)))
    settle()
    assert {n: webhooks.told(n=f"{n}") for n in range(len(expected))} == dict(enumerate(by_webhook))
    assert {name for names in by_webhook for name in names} == {
        "duty-phone", "desk", "shop-phone", "shop-queue", "shop-chat", "slm-mail", "dba-phone", "dba-queue"
    }


def test_a_customer_reads_the_promise_and_nothing_of_ours(server: Server, mails: MailServer) -> None:
    fire(server, agreement("SLMPeriodBreached", indicator="inside-indicator"))
    wait_for(lambda: bool(mails.mails))
    (mail,) = mails.mails
    assert mail["To"] == "duty@acme.example"
    assert mail["Subject"] == "Service level agreement acme-checkout"
    body = mail.get_body(("plain", "html"))
    assert body is not None
    assert body.get_content().startswith("Target availability of acme-checkout is missed in the running period. Since 2")
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == ["text/plain"]
    for ours in ("inside", "shop", "team", "http", "SLM"):
        assert ours not in mail.as_string().partition("Subject:")[2].replace("Message-Id", ""), ours


def test_a_step_after_a_while_is_not_taken_when_it_is_over_by_then(server: Server, webhooks: Webhooks) -> None:
    breached = agreement("SLMPeriodBreached")
    fire(server, breached)
    wait_for(lambda: "shop-queue" in webhooks.told())
    assert "slm-mail" not in webhooks.told()
    over = [{"labels": breached, "endsAt": datetime.now(UTC).isoformat()}]
    httpx.post(f"{server.url}/api/v2/alerts", json=over).raise_for_status()
    time.sleep(5)
    assert "slm-mail" not in webhooks.told()


def test_a_step_after_a_while_is_taken_when_it_lasts(server: Server, webhooks: Webhooks) -> None:
    begun = time.monotonic()
    fire(server, agreement("SLMPeriodBreached"))
    wait_for(lambda: "slm-mail" in webhooks.told())
    assert time.monotonic() - begun > 3


def test_a_step_after_a_while_counts_from_the_start_of_the_alert(server: Server, webhooks: Webhooks) -> None:
    """A step is not taken later because Alertmanager was started again and hears of the alert anew."""
    begun = datetime.now(UTC) - timedelta(minutes=10)
    sent = [{"labels": agreement("SLMPeriodBreached"), "startsAt": begun.isoformat()}]
    asked = time.monotonic()
    httpx.post(f"{server.url}/api/v2/alerts", json=sent).raise_for_status()
    wait_for(lambda: "slm-mail" in webhooks.told())
    assert time.monotonic() - asked < 3


def test_every_step_to_the_same_receiver_is_taken_in_its_time(house: Catalogue, webhooks: Webhooks, tmp_path: Path) -> None:
    """Alertmanager remembers by receiver, matchers and group what it sent: two steps must differ in more than how long they wait."""
    waits = {3600: 3, 14_400: 6}

    def in_steps(route: Route) -> Route:
        quick = hurried(replace(route, routes=()))
        return replace(quick, wait=waits.get(route.wait or 0, quick.wait), routes=tuple(map(in_steps, route.routes)))

    text = DOCUMENTS.replace("MAILSERVER", '"x:25"').replace(
        "breach: [{to: team/slm, after: 4h}, {to: customer/acme}, {to: customer/acme, as: notice}]",
        "breach: [{to: team/slm, after: 1h}, {to: team/slm, after: 4h}]",
    )
    catalogue = read(text)
    ready = replace(counted(compile_alertmanager(catalogue, YEARS), webhooks), route=in_steps(compile_alertmanager(catalogue, YEARS).route))
    with running(ready, tmp_path) as server:
        begun = time.monotonic()
        fire(server, agreement("SLMPeriodBreached"))
        wait_for(lambda: webhooks.told().count("slm-mail") == 1)
        wait_for(lambda: webhooks.told().count("slm-mail") == 2)
        assert time.monotonic() - begun > 5
        settle()
        assert webhooks.told() == ["shop-queue", "slm-mail", "slm-mail"]


# --- together ------------------------------------------------------------------------------------------------
def test_one_outage_is_one_page(server: Server, webhooks: Webhooks) -> None:
    outage = [
        burn("page", "1h", "5m", region="eu"), burn("page", "1h", "5m", region="us"),
        burn("page", "1h", "5m", slo="latency", indicator="slow"),
        {"alertname": "SLMIndicatorNoData", "severity": "page", "slm_service": "checkout", "team": "shop", "indicator": "requests"},
    ]
    fire(server, *outage, burn("page", "1h", "5m", slm_service="search"))
    wait_for(lambda: len(webhooks.told()) >= 5)
    settle()
    assert sorted(len(message.alerts) for message in webhooks.messages) == [1, 4]
    assert {message.receiver for message in webhooks.messages} == {"shop-phone"}


def test_thirty_agreements_in_danger_are_one_ticket(mails: MailServer, webhooks: Webhooks, tmp_path: Path) -> None:
    text = DOCUMENTS.replace("MAILSERVER", f'"{mails.address}"')
    sla = text[text.index("kind: SLA"):]
    many = read(text + "".join(f"---\n{sla.replace('acme-checkout', f'acme-{n}')}" for n in range(29)))
    with running(counted(compile_alertmanager(many, YEARS), webhooks), tmp_path) as server:
        fire(server, *(agreement("SLMPeriodAtRisk", agreement=name, stage="50%") for name in many.agreements))
        wait_for(lambda: len(webhooks.told()) >= 30)
        settle()
    assert [(message.receiver, len(message.alerts)) for message in webhooks.messages] == [("shop-queue", 30)]


# --- held back -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("first", "held", "others"), [
    (burn("page", "1h", "5m", region="eu"), burn("page", "6h", "30m", region="eu"), [burn("page", "6h", "30m", region="us")]),
    (burn("page", "6h", "30m"), burn("ticket", "3d", "6h"), [burn("ticket", "3d", "6h", indicator="slow"), burn("page", "1h", "5m")]),
    (burn("page", "6h", "30m"), burn("ticket", "3d", "6h", slo="other"), [burn("page", "6h", "30m", slo="other")]),
    (agreement("SLMPeriodBreached"), agreement("SLMPeriodAtRisk", stage="75%"),
     [agreement("SLMPeriodAtRisk", stage="75%", target="latency"), burn("ticket", "1d", "2h")]),
    (burn("page", "1h", "5m", slm_service="database", indicator="database-probe", slo="database-up", team="dba"),
     burn("ticket", "1d", "2h"), [burn("page", "6h", "30m"), agreement("SLMPeriodAtRisk", stage="75%")]),
], ids=["page", "ticket", "other SLO", "period", "dependency"])
def test_what_is_held_back_and_what_is_not(
    server: Server, webhooks: Webhooks, first: dict[str, str], held: dict[str, str], others: Sequence[dict[str, str]]
) -> None:
    fire(server, first)
    wait_for(lambda: bool(webhooks.told(**first)))
    fire(server, held, *others)
    wait_for(lambda: all(webhooks.told(**other) for other in others))
    settle()
    assert webhooks.told(**held) == []


def test_after_a_breach_a_new_outage_of_the_same_service_still_pages(server: Server, webhooks: Webhooks) -> None:
    breached = agreement("SLMPeriodBreached")
    fire(server, breached, agreement("SLMPeriodAtRisk", stage="90%"))
    wait_for(lambda: "shop-queue" in webhooks.told(**breached))
    settle()
    assert webhooks.told(alertname="SLMPeriodAtRisk") == []
    assert "shop-phone" not in webhooks.told()
    outage = burn("page", "1h", "5m", region="eu")
    fire(server, breached, outage)
    wait_for(lambda: webhooks.told(**outage) == ["shop-phone"])
    (page,) = [message for message in webhooks.messages if message.receiver == "shop-phone"]
    assert [alert["alertname"] for alert in page.alerts] == ["SLMBudgetBurn"]
    slower = burn("page", "6h", "30m", region="us")
    fire(server, breached, slower)
    wait_for(lambda: webhooks.told(**slower) == ["shop-phone"])


# --- hours ---------------------------------------------------------------------------------------------------
TODAY = datetime.now(UTC).date()
NEAR = [TODAY + timedelta(days=days) for days in (-1, 0, 1)]      # a test may run at midnight
WEEK = "hours: {mon-sun: [\"00:00-24:00\"]}"
ANOTHER_DAY = f'hours: {{{(TODAY + timedelta(days=3)).strftime("%a").lower()}: ["00:00-24:00"]}}'


HOLIDAYS = ", ".join(f"{{date: {day}}}" for day in NEAR)
SPECIAL_DAYS = ", ".join(f'{{date: {day}, hours: ["00:00-24:00"]}}' for day in NEAR)


@pytest.mark.parametrize(("calendar", "is_open"), [
    (f"{{{WEEK}}}", True),
    (f"{{{ANOTHER_DAY}}}", False),
    (f"{{timezone: Pacific/Auckland, {WEEK}, holidays: {{dates: [{HOLIDAYS}]}}}}", False),
    (f"{{{ANOTHER_DAY}, special_days: [{SPECIAL_DAYS}]}}", True),
], ids=["week", "another day", "holiday", "special day"])
def test_tickets_wait_for_hours_and_pages_do_not(
    mails: MailServer, webhooks: Webhooks, tmp_path: Path, calendar: str, is_open: bool
) -> None:
    text = DOCUMENTS.replace("MAILSERVER", f'"{mails.address}"')
    text = text.replace("metadata: {name: shop}\nspec: {", "metadata: {name: shop}\nspec: {hours: desk, ")
    catalogue = read(f"{text}---\nkind: Calendar\nmetadata: {{name: desk}}\nspec: {calendar}\n")
    open_ = counted(compile_alertmanager(read(DOCUMENTS.replace("MAILSERVER", "x:25")), YEARS), webhooks)
    ticket, page, info = burn("ticket", "1d", "2h"), burn("page", "6h", "30m", indicator="a"), burn("info", "1d", "2h", indicator="b")
    with running(counted(compile_alertmanager(catalogue, YEARS), webhooks), tmp_path) as server:
        fire(server, ticket, page, info)
        wait_for(lambda: webhooks.told(**page) == ["shop-phone"])
        settle()
        assert webhooks.told(**ticket) == (["shop-queue"] if is_open else [])
        assert webhooks.told(**info) == (["shop-chat"] if is_open else [])
        (tmp_path / "alertmanager.yml").write_text(render_whole(open_, open_.route.receiver))
        httpx.post(f"{server.url}/-/reload").raise_for_status()
        wait_for(lambda: webhooks.told(**ticket) == ["shop-queue"])      # waited, not lost; and not told twice


# --- secrets -------------------------------------------------------------------------------------------------
CANARY = "c4nary-S3cret-9f2b"


def test_a_secret_is_used_and_shown_nowhere(webhooks: Webhooks, tmp_path: Path) -> None:
    secret = tmp_path / "secrets" / "token"
    secret.parent.mkdir()
    secret.write_text(CANARY)
    specs = tmp_path / "specs.yaml"
    desk = f'{{webhook: [{{url: "{webhooks.url}/desk", http_config: {{authorization: {{credentials_file: {secret}}}}}}}]}}'
    specs.write_text(f"""
kind: Policy
metadata: {{name: house}}
spec: {{notifications: {{receivers: {{desk: {desk}}}, default: {{page: desk, ticket: desk}}}}}}
---
kind: Service
metadata: {{name: checkout}}
---
kind: Indicator
metadata: {{name: requests}}
spec: {{service: checkout, events: {{bad: e, total: t}}}}
---
kind: SLO
metadata: {{name: availability}}
spec: {{indicator: requests, objective: 99.9%}}
""")
    shown = []
    for form in ("fragment", "file", "operator"):
        out = tmp_path / form
        for command in (["compile", str(specs), "--out", str(out), "--alertmanager", form], ["test", str(out)], ["check", str(specs)]):
            done = CliRunner().invoke(main, command)
            assert done.exit_code == 0, done.output
            shown.append(done.output)
        shown += [path.read_text() for path in out.rglob("*") if path.is_file()]
    with running(hurried_whole(specs), tmp_path) as server:
        fire(server, burn("page", "1h", "5m"))
        wait_for(lambda: bool(webhooks.messages))
        assert webhooks.messages[0].authorization == f"Bearer {CANARY}"
        shown += [httpx.get(f"{server.url}/api/v2/status").text, (tmp_path / "alertmanager.log").read_text()]
    specs.write_text(specs.read_text().replace(f"credentials_file: {secret}", f"credentials: {CANARY}"))
    for arguments in ([], ["--format", "json"], ["--format", "sarif"], ["--format", "github"]):
        refused = CliRunner().invoke(main, ["check", str(specs), *arguments])
        assert refused.exit_code == 1
        assert "credentials_file" in refused.output
        shown.append(refused.output)
    for text in shown:
        assert CANARY not in text
        assert base64.b64encode(CANARY.encode()).decode() not in text


def hurried_whole(specs: Path) -> Configuration:
    configuration = compile_alertmanager(read(specs.read_text()), YEARS)
    return replace(configuration, route=hurried(configuration.route))
