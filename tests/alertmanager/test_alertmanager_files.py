"""The three forms, byte for byte; and names and values that would like to be something else."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from small_catalogue import DOCUMENTS, YEARS, read

from slo_gen.alertmanager.configuration import Configuration, Route, is_, one_of
from slo_gen.outputs.alertmanager_files import FORMS, TESTED_CONFIGURATION, TESTED_ROUTES, Form, render_alertmanager
from slo_gen.outputs.alertmanager_text import render_fragment, render_whole
from slo_gen.outputs.errors import OutputError
from slo_gen.outputs.targets import OutputSettings
from slo_gen.spec.notification import Integration, Receiver

GOLDEN = Path(__file__).parent / "golden"
SMALL = read()


def files(form: Form, text: str = DOCUMENTS) -> dict[str, str]:
    return render_alertmanager(form, read(text), YEARS, OutputSettings())


@pytest.mark.parametrize("form", FORMS)
def test_files_are_as_shown(form: Form, update_golden: bool) -> None:
    (name, text), *_ = files(form).items()
    path = GOLDEN / f"{form}{Path(name).suffix}"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    assert files(form) == files(form)


def amtool(*arguments: str | Path) -> str:
    done = subprocess.run(["amtool", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("form", FORMS)
def test_amtool_accepts_what_is_tested(form: Form, tmp_path: Path) -> None:
    found = files(form)
    for name in ("alertmanager/alertmanager.yml", TESTED_CONFIGURATION):
        if name in found:
            (tmp_path / "config.yml").write_text(found[name])
            amtool("check-config", tmp_path / "config.yml")
    assert len(json.loads(found[TESTED_ROUTES])) > 20


def merged(yours: dict[str, Any], fragment: dict[str, Any]) -> dict[str, Any]:
    """As the manual says: the route first, every other list joined."""
    route = {**yours["route"], "routes": [*fragment["route"]["routes"], *yours["route"].get("routes", [])]}
    lists = {key: [*yours.get(key, []), *fragment[key]] for key in ("receivers", "inhibit_rules", "time_intervals")}
    return {**yours, "route": route, **lists}


def test_a_fragment_is_merged_and_leaves_the_users_routes_alone(tmp_path: Path) -> None:
    yours = {
        "global": {"slack_api_url_file": "/run/secrets/slack"},
        "route": {"receiver": "root", "routes": [{"matchers": ['severity="page"'], "receiver": "phone"}]},
        "receivers": [{"name": "root"}, {"name": "phone"}],
    }
    file = tmp_path / "alertmanager.yml"
    file.write_text(json.dumps(merged(yours, yaml.safe_load(files("fragment")["alertmanager/fragment.yml"]))))
    amtool("check-config", file)
    routes = ("config", "routes", "test", f"--config.file={file}")
    assert amtool(*routes, "alertname=DiskFull", "severity=page").strip() == "phone"
    assert amtool(*routes, "alertname=SLMBudgetBurn", "severity=page", "team=shop").strip() == "team/shop/page"


def test_receivers_that_are_only_named_are_the_users_in_a_fragment_and_missing_in_a_file() -> None:
    text = DOCUMENTS.replace("kind: Team\nmetadata: {name: dba}\nspec: {quiet: []}",
                             "kind: Team\nmetadata: {name: dba}\nspec: {receivers: {page: dba-phone}}")
    fragment = yaml.safe_load(files("fragment", text)["alertmanager/fragment.yml"])
    assert "dba-phone" not in [receiver["name"] for receiver in fragment["receivers"]]
    assert "dba-phone" in [receiver["name"] for receiver in yaml.safe_load(files("fragment", text)[TESTED_CONFIGURATION])["receivers"]]
    for form in ("file", "operator"):
        with pytest.raises(OutputError, match="named and nowhere defined: dba-phone"):
            files(form, text)


def test_what_stands_by_itself_says_who_is_told() -> None:
    text = DOCUMENTS.replace("    default: {page: duty-phone, ticket: slm-mail}\n", "")
    assert files("fragment", text)
    with pytest.raises(OutputError, match="nobody said who is told"):
        files("file", text)


def test_the_operator_reads_secrets_from_secrets() -> None:
    resource = yaml.safe_load(files("operator")["alertmanagerconfigs/slm-alerts.yaml"])
    receivers = {receiver["name"]: receiver for receiver in resource["spec"]["receivers"]}
    assert receivers["duty-phone"]["pagerdutyConfigs"] == [{"routingKey": {"name": "duty", "key": "pagerduty"}}]
    assert receivers["team/shop/ticket"]["webhookConfigs"][0]["httpConfig"] == {
        "authorization": {"type": "Bearer", "credentials": {"name": "shop", "key": "token"}}
    }
    assert "_file" not in files("operator")["alertmanagerconfigs/slm-alerts.yaml"]


def test_the_operator_has_no_global_part_so_every_receiver_has_what_it_says() -> None:
    smtp = ("smtp_smarthost: 'mail:587', smtp_from: a@house.example, smtp_hello: house, smtp_auth_username: us, "
            "smtp_auth_password_file: secrets/mail/password, smtp_require_tls: false")
    house = f"global: {{{smtp}, slack_api_url_file: secrets/house/slack, pagerduty_url: https://pager.example/x, " + (
        "opsgenie_api_url: https://genie.example/, opsgenie_api_key_file: secrets/house/genie, resolve_timeout: 5m}")
    text = DOCUMENTS.replace("global: {slack_api_url_file: /etc/alertmanager/secrets/house/slack}", house)
    text = text.replace("opsgenie: [{api_key_file: /etc/alertmanager/secrets/shop/opsgenie,", "opsgenie: [{")
    resource = yaml.safe_load(files("operator", text)["alertmanagerconfigs/slm-alerts.yaml"])
    receivers = {receiver["name"]: receiver for receiver in resource["spec"]["receivers"]}
    assert receivers["slm-mail"]["emailConfigs"] == [{
        "to": "slm@house.example", "from": "alerts@house.example", "smarthost": "mail.house.example:587", "hello": "house",
        "authUsername": "us", "authPassword": {"name": "mail", "key": "password"}, "requireTLS": False,
    }]
    assert receivers["team/shop/ticket"]["slackConfigs"] == [{"channel": "#shop-alerts", "apiURL": {"name": "house", "key": "slack"}}]
    assert receivers["duty-phone"]["pagerdutyConfigs"][0]["url"] == "https://pager.example/x"
    genie = receivers["team/shop/page"]["opsgenieConfigs"][0]
    assert (genie["apiURL"], genie["apiKey"]) == ("https://genie.example/", {"name": "house", "key": "genie"})


MONTH = re.compile(r"(?i:january|february|march|april|may|june|july|august|september|october|november|december|[1-12])")
"""What the schema of older operators takes for a month: of numbers only 1 and 2."""


def test_the_operator_takes_months_by_name() -> None:
    resource = yaml.safe_load(files("operator")["alertmanagerconfigs/slm-alerts.yaml"])
    months = [month for each in resource["spec"]["muteTimeIntervals"] for moments in each["timeIntervals"]
              for month in moments.get("months", ())]  # fmt: skip
    assert {"november", "december"} <= set(months)
    assert all(MONTH.fullmatch(month) for month in months)


def test_a_file_that_can_be_no_key_of_a_secret() -> None:
    with pytest.raises(OutputError, match="UPPER/key cannot be a key of a Kubernetes secret"):
        files("operator", DOCUMENTS.replace("/etc/alertmanager/secrets/duty/pagerduty", "secrets/UPPER/key"))


def test_the_operator_takes_no_name_and_password() -> None:
    text = DOCUMENTS.replace("{authorization: {credentials_file: /etc/alertmanager/secrets/shop/token}}",
                             "{basic_auth: {username: u, password_file: secrets/shop/password}}")
    assert "basic_auth" in files("file", text)["alertmanager/alertmanager.yml"]
    with pytest.raises(OutputError, match="basic_auth"):
        files("operator", text)


# --- any text ------------------------------------------------------------------------------------------------
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
HOSTILE = [
    'a"b', "a\\", "a\nb", "a,b", "{a}", "'", "a: b", "# a", "- a", "${x}", "a|b", ".*", "(", "[", "^$", "{{ .x }}", "ü", "\u2028", "=~",
    "a\tb",
    "a\\nb", "\\\"", "null", "true", "010", "*a", "&a", "!a", "%", "@", "`", " a ", "\u00a0", "\U0001f600",
]


def configuration(names: list[str]) -> Configuration:
    routes = tuple(Route((is_("team", name),), receiver=name) for name in names)
    both = Route((one_of("agreement", names),), receiver=names[0])
    receivers = tuple(Receiver(name, (Integration("webhook", {"url": "http://h/", "max_alerts": 1}),)) for name in names)
    return Configuration(Route((is_("ours", "1"),), routes=(*routes, both)), receivers, (), ())


def test_any_name_and_value_is_quoted_so_that_amtool_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(render_whole(configuration(HOSTILE), HOSTILE[0]))
    amtool("check-config", file)
    shown = amtool("config", "routes", "show", f"--config.file={file}")
    for name in HOSTILE:
        value = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        assert f'{{team="{value}"}}' in shown, name
        reached = amtool("config", "routes", "test", f"--config.file={file}", "ours=1", f'team="{value}"')
        assert reached == f"{name}\n", name
        assert amtool("config", "routes", "test", f"--config.file={file}", "ours=1", f'agreement="{value}"') == f"{HOSTILE[0]}\n", name


@settings(deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=4, unique=True))
def test_any_text_survives_yaml(names: list[str]) -> None:
    found = yaml.safe_load(render_fragment(configuration(names)))
    assert [receiver["name"] for receiver in found["receivers"]] == names
    assert [route["receiver"] for route in found["route"]["routes"][0]["routes"]] == [*names, names[0]]


@given(st.lists(TEXT, min_size=2, max_size=5, unique=True), TEXT)
def test_one_of_some_values_is_no_other(values: list[str], other: str) -> None:
    matcher = one_of("x", values)
    assert all(matcher.matches({"x": value}) for value in values)
    assert matcher.matches({"x": other}) == (other in values)
