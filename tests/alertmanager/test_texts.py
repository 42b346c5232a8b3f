"""What customers read, and what a draft for them says, as Alertmanager's own templates print it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import cast

import pytest

from slo_gen.alertmanager.texts import draft, notice
from slo_gen.spec.notification import Integration, Receiver

KINDS = ("email", "slack", "pagerduty", "opsgenie", "victorops", "pushover", "telegram", "discord", "msteamsv2", "webex", "webhook")
MAIL = Receiver("customer/acme", (Integration("email", {"to": ("duty@acme.example",)}),))


def alert(name: str, status: str = "firing", **labels: str) -> dict[str, object]:
    about = {"alertname": name, "agreement": "acme-checkout", "target": "availability", "team": "inside", **labels}
    return {"status": status, "labels": about, "annotations": {"summary": "inside"}, "startsAt": "2026-03-29T01:30:00Z"}


def printed(text: object, folder: Path, *alerts: dict[str, object]) -> str:
    """A text as Alertmanager prints it for these alerts."""
    (folder / "none.tmpl").write_text("")
    (folder / "data.json").write_text(json.dumps({"status": "firing", "alerts": alerts, "groupLabels": {"agreement": "acme-checkout"}}))
    done = subprocess.run(
        ["amtool", "template", "render", f"--template.glob={folder}/none.tmpl", f"--template.text={text}",
         f"--template.data={folder}/data.json"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.rstrip("\n")


def settings(receiver: Receiver) -> dict[str, object]:
    assert receiver.integrations is not None
    return dict(receiver.integrations[0].settings)


@pytest.mark.parametrize(("name", "labels", "said"), [
    ("SLMPeriodBreached", {}, "Target availability of acme-checkout is missed in the running period."),
    ("SLMPeriodAtRisk", {"stage": "75%"}, "75% of what target availability of acme-checkout allows in the running period is used up."),
    ("SLMTicketDeadlineNear", {"stage": "50%"}, "A ticket has used up 50% of its time under target availability of acme-checkout."),
    ("SLMTicketOverdue", {}, "A ticket is beyond its deadline under target availability of acme-checkout."),
])
def test_a_notice_says_what_became_of_the_promise(name: str, labels: dict[str, str], said: str, tmp_path: Path) -> None:
    told = settings(notice(MAIL))
    assert printed(told["text"], tmp_path, alert(name, **labels)) == f"{said} Since 2026-03-29 01:30 UTC."
    assert printed(told["text"], tmp_path, alert(name, "resolved", **labels)) == f"No longer so: {said} Since 2026-03-29 01:30 UTC."
    assert told["html"] == ""


@pytest.mark.parametrize("title", ["Acme", "{{ .Alerts }}", "{{", 'a"b', "{{`x`}}", "ü\\n"])
def test_a_title_stands_in_a_draft_as_text(title: str, tmp_path: Path) -> None:
    told = settings(draft(MAIL, "customer/acme", title))
    headers = cast("dict[str, str]", told["headers"])
    assert printed(headers["Subject"], tmp_path) == f"Draft for {title}: Service level agreement acme-checkout"
    assert printed(told["text"], tmp_path, alert("SLMPeriodBreached")).startswith(f"To be sent to {title}:\n\nTarget ")


@pytest.mark.parametrize("kind", KINDS)
def test_every_way_of_sending_says_that_it_is_a_draft(kind: str) -> None:
    found = draft(Receiver("desk", (Integration(kind, {"kept": "yes"}),)), "customer/acme", "Acme")
    assert found.name == "desk/draft/customer/acme"
    assert settings(found)["kept"] == "yes"
    assert ("Draft for Acme" in json.dumps(settings(found))) == (kind != "webhook")


def test_a_receiver_of_the_user_stays_what_it_is() -> None:
    assert draft(Receiver("theirs", None), "customer/acme", "Acme") == Receiver("theirs", None)
