"""Alertmanager's configuration as an AlertmanagerConfig resource of the Prometheus operator.

Its keys are spelt in another way, its secrets are keys of Kubernetes' secrets, and its hours are those of UTC alone. It has no
``global`` part, so what that says is written into every receiver that rests on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from slo_gen.alertmanager.configuration import Configuration, InhibitRule, Matcher, Moments, Route, TimeInterval
from slo_gen.outputs.alertmanager_text import Tree, time_of_day, weekday_ranges, yaml_block
from slo_gen.outputs.errors import OutputError
from slo_gen.rules.promql import duration
from slo_gen.spec.notification import Integration, Receiver, Setting

__all__ = ["render_resource"]

_SECRET: Final = re.compile(r".*?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)/([A-Za-z0-9._-]+)")
_CAPITALS: Final = frozenset({"id", "tls", "url"})
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)
"""By name: older schemas of the operator take no number above 2."""

_SECRET_KEYS: Final[Mapping[tuple[str, str], str]] = {
    ("webhook", "url_file"): "urlSecret", ("discord", "webhook_url_file"): "apiURL", ("msteamsv2", "webhook_url_file"): "webhookURL",
}
"""Where the operator's name of a secret is another than ours without ``_file``."""

_OF_HOUSE: Final[Mapping[str, Mapping[str, str]]] = {
    "email": {
        "from": "smtp_from", "smarthost": "smtp_smarthost", "hello": "smtp_hello", "auth_username": "smtp_auth_username",
        "auth_password_file": "smtp_auth_password_file", "require_tls": "smtp_require_tls",
    },
    "slack": {"api_url_file": "slack_api_url_file"},
    "pagerduty": {"url": "pagerduty_url"},
    "opsgenie": {"api_key_file": "opsgenie_api_key_file", "api_url": "opsgenie_api_url"},
}  # fmt: skip
"""What Alertmanager takes from its ``global`` part where a way to send leaves it out."""


def render_resource(configuration: Configuration, name: str, namespace: str, labels: Mapping[str, str]) -> str:
    """The resource. Its hours must be those of UTC. Raises OutputError for what the operator has no place for."""
    metadata: dict[str, Tree] = {"name": name, "namespace": namespace}
    if labels:
        metadata["labels"] = dict(sorted(labels.items()))
    spec: dict[str, Tree] = {
        "route": _route(configuration.route),
        "receivers": [_receiver(receiver, configuration.settings) for receiver in configuration.receivers],
        "inhibitRules": [_inhibit_rule(rule) for rule in configuration.inhibit_rules],
        "muteTimeIntervals": [_time_interval(interval) for interval in configuration.time_intervals],
    }
    return yaml_block({
        "apiVersion": "monitoring.coreos.com/v1alpha1", "kind": "AlertmanagerConfig", "metadata": metadata, "spec": spec,
    })


# --- routes --------------------------------------------------------------------------------------------------
def _matcher(matcher: Matcher) -> dict[str, Tree]:
    return {"name": matcher.label, "value": matcher.value, "matchType": matcher.op}


def _route(route: Route) -> dict[str, Tree]:
    found: dict[str, Tree] = {"#": route.about} if route.about else {}
    found["matchers"] = [_matcher(matcher) for matcher in route.matchers]
    if route.receiver:
        found["receiver"] = route.receiver
    if route.group_by:
        found["groupBy"] = list(route.group_by)
    for key, seconds in (("groupWait", route.wait), ("groupInterval", route.interval), ("repeatInterval", route.repeat)):
        if seconds is not None:
            found[key] = duration(seconds)
    if route.active:
        found["activeTimeIntervals"] = list(route.active)
    if route.mute:
        found["muteTimeIntervals"] = list(route.mute)
    if route.on:
        found["continue"] = True
    if route.routes:
        found["routes"] = [_route(each) for each in route.routes]
    return found


def _inhibit_rule(rule: InhibitRule) -> dict[str, Tree]:
    found: dict[str, Tree] = {"#": rule.about} if rule.about else {}
    found["sourceMatch"] = [_matcher(matcher) for matcher in rule.sources]
    found["targetMatch"] = [_matcher(matcher) for matcher in rule.targets]
    if rule.equal:
        found["equal"] = list(rule.equal)
    return found


# --- receivers -----------------------------------------------------------------------------------------------
def _receiver(receiver: Receiver, house: Mapping[str, Setting]) -> dict[str, Tree]:
    found: dict[str, Tree] = {"name": receiver.name}
    for integration in receiver.integrations or ():
        listed = found.setdefault(f"{integration.kind}Configs", [])
        assert isinstance(listed, list)
        listed.append(_integration(integration, house))
    return found


def _integration(integration: Integration, house: Mapping[str, Setting]) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    usual = {key: house[name] for key, name in _OF_HOUSE.get(integration.kind, {}).items() if name in house}
    for key, value in {**integration.settings, **{key: usual[key] for key in usual if key not in integration.settings}}.items():
        if key == "http_config":
            assert isinstance(value, Mapping)
            found["httpConfig"] = _http(value)
        elif key == "to" and isinstance(value, tuple):
            found["to"] = ", ".join(map(str, value))
        elif key in ("headers", "details") and isinstance(value, Mapping):
            found[key] = [{"key": name, "value": text} for name, text in sorted(value.items())]
        elif key.endswith("_file"):
            found[_SECRET_KEYS.get((integration.kind, key), _camel(key.removesuffix("_file")))] = _secret(value)
        else:
            found[_camel(key)] = value
    return found


def _http(settings: Mapping[str, Setting]) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    for key, value in settings.items():
        if key == "basic_auth":
            raise OutputError("AlertmanagerConfig takes the name of basic_auth from a secret only", "use `authorization`")
        if key == "authorization":
            assert isinstance(value, Mapping)
            found[key] = {"type": value["type"], "credentials": _secret(value["credentials_file"])}
        elif key == "tls_config":
            assert isinstance(value, Mapping)
            found["tlsConfig"] = _tls(value)
        else:
            found[_camel(key)] = value
    return found


def _tls(settings: Mapping[str, Setting]) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    for key, value in settings.items():
        if key == "key_file":
            found["keySecret"] = _secret(value)
        elif key.endswith("_file"):
            found[key.removesuffix("_file")] = {"secret": _secret(value)}
        else:
            found[_camel(key)] = value
    return found


def _camel(key: str) -> str:
    first, *others = key.split("_")
    return first + "".join(word.upper() if word in _CAPITALS else word.capitalize() for word in others)


def _secret(path: Setting) -> dict[str, Tree]:
    """A file as the operator mounts secrets: its folder is the secret's name, its own name the key."""
    found = _SECRET.fullmatch(f"/{path}")
    if found is None:
        raise OutputError(
            f"{path} cannot be a key of a Kubernetes secret",
            "let the path end in the name of the secret and the key, like /etc/alertmanager/secrets/shop/pagerduty",
        )
    return {"name": found[1], "key": found[2]}


# --- time ----------------------------------------------------------------------------------------------------
def _time_interval(interval: TimeInterval) -> dict[str, Tree]:
    if interval.timezone != "UTC":
        raise ValueError("AlertmanagerConfig knows no time zone but UTC")
    return {"name": interval.name, "timeIntervals": [_moments(moments) for moments in interval.moments]}


def _moments(moments: Moments) -> dict[str, Tree]:
    found: dict[str, Tree] = {
        "times": [{"startTime": time_of_day(span.start), "endTime": time_of_day(span.end)} for span in moments.times]
    }
    if moments.weekdays:
        found["weekdays"] = weekday_ranges(moments.weekdays)
    if moments.days:
        found["daysOfMonth"] = [{"start": first, "end": last} for first, last in moments.days]
        found["months"] = [_MONTHS[moments.month - 1]]
        found["years"] = [str(moments.year)]
    return found
