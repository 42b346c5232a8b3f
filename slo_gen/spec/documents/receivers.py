"""Receivers of notifications: what Alertmanager is to send, and to whom.

The keys are Alertmanager's own, so that its manual explains them. Addresses stand in documents, secrets never do: where
Alertmanager needs one, a document names the file that Alertmanager reads it from (``..._file``).
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from slo_gen.spec.documents.envelope import Choice, Section
from slo_gen.spec.documents.scalars import AtLeastOne, CalendarName, Email, PlainText, PlainUrl, PositiveDuration, SecretFile

__all__ = ["AlertmanagerGlobal", "Integration", "Notices", "Receiver"]


def _note(description: str, example: str) -> Meta:
    """What an editor and the manual say of a key, with one value that it may have."""
    return Meta(description=description, examples=[example])


class Authorization(Section, frozen=True, kw_only=True):
    """The header `Authorization`."""

    type: Annotated[PlainText, _note("First word of the header.", "Bearer")] = "Bearer"
    credentials_file: Annotated[SecretFile, _note("File with the token.", "/etc/alertmanager/secrets/shop/token")]


class BasicAuth(Section, frozen=True, kw_only=True):
    """Name and password, sent with every request."""

    username: Annotated[PlainText, _note("The name.", "slo-gen")]
    password_file: Annotated[SecretFile, _note("File with the password.", "/etc/alertmanager/secrets/shop/password")]


class TlsConfig(Section, frozen=True, kw_only=True):
    """How the other side proves who it is, and we prove who we are."""

    ca_file: Annotated[SecretFile | UnsetType, _note("Certificates that are trusted.", "/etc/ssl/certs/house.pem")] = UNSET
    cert_file: Annotated[SecretFile | UnsetType, _note("Certificate of ours.", "/etc/alertmanager/secrets/shop/tls.crt")] = UNSET
    key_file: Annotated[SecretFile | UnsetType, _note("Key of our certificate.", "/etc/alertmanager/secrets/shop/tls.key")] = UNSET
    server_name: Annotated[
        PlainText | UnsetType, _note("Name in the certificate, where it is not that of the address.", "tickets.example.com")
    ] = UNSET


class HttpConfig(Section, frozen=True, kw_only=True):
    """How the request is made."""

    authorization: Annotated[Authorization | UnsetType, Meta(description="A token.")] = UNSET
    basic_auth: Annotated[BasicAuth | UnsetType, Meta(description="A name and a password.")] = UNSET
    proxy_url: Annotated[PlainUrl | UnsetType, _note("Proxy.", "http://proxy.example.com:3128")] = UNSET
    tls_config: Annotated[TlsConfig | UnsetType, Meta(description="Certificates.")] = UNSET


class Integration(Section, frozen=True, kw_only=True):
    """One way to send."""

    send_resolved: Annotated[bool | UnsetType, Meta(description="Tell as well when it is over; by default as Alertmanager does.")] = UNSET


class Webhook(Choice, frozen=True, kw_only=True):
    """A POST of Alertmanager's JSON."""

    send_resolved: Annotated[bool | UnsetType, Meta(description="Tell as well when it is over; by default as Alertmanager does.")] = UNSET
    url: Annotated[
        PlainUrl | UnsetType, _note("Address, where it holds no secret.", "https://tickets.example.com/alerts")
    ] = UNSET
    url_file: Annotated[
        SecretFile | UnsetType, _note("File with the address. From Alertmanager 0.26 on.", "/etc/alertmanager/secrets/shop/webhook")
    ] = UNSET
    max_alerts: Annotated[AtLeastOne | UnsetType, Meta(description="Most alerts in one request; by default all.")] = UNSET
    http_config: Annotated[HttpConfig | UnsetType, Meta(description="How the request is made.")] = UNSET

    exactly_one = (("url", "url_file"),)


class Mail(Integration, frozen=True, kw_only=True):
    """A mail."""

    to: Annotated[tuple[Email, ...], Meta(min_length=1, description="Addresses.")]
    from_: Annotated[
        Email | UnsetType, _note("Sender; by default that of `global`.", "alerts@example.com")
    ] = field(default=UNSET, name="from")
    smarthost: Annotated[PlainText | UnsetType, _note("Mail server and port; by default that of `global`.", "mail.example.com:587")] = UNSET
    hello: Annotated[PlainText | UnsetType, _note("How we introduce ourselves to it.", "alerts.example.com")] = UNSET
    auth_username: Annotated[PlainText | UnsetType, _note("Name at the mail server.", "alerts@example.com")] = UNSET
    auth_password_file: Annotated[
        SecretFile | UnsetType,
        _note("File with the password at the mail server. From Alertmanager 0.25 on.", "/etc/alertmanager/secrets/house/mail"),
    ] = UNSET
    require_tls: Annotated[bool | UnsetType, Meta(description="Refuse to send without encryption; by default yes.")] = UNSET


class Slack(Integration, frozen=True, kw_only=True):
    """A message in Slack, or in what understands its webhooks."""

    api_url_file: Annotated[
        SecretFile | UnsetType,
        _note("File with the webhook's address; by default that of `global`.", "/etc/alertmanager/secrets/shop/slack"),
    ] = UNSET
    channel: Annotated[PlainText | UnsetType, _note("Channel or user.", "#shop-alerts")] = UNSET
    username: Annotated[PlainText | UnsetType, _note("Name of the sender.", "slo-gen")] = UNSET
    icon_emoji: Annotated[PlainText | UnsetType, _note("Picture of the sender.", ":warning:")] = UNSET


class PagerDuty(Choice, frozen=True, kw_only=True):
    """An event at PagerDuty."""

    send_resolved: Annotated[bool | UnsetType, Meta(description="Tell as well when it is over; by default as Alertmanager does.")] = UNSET
    routing_key_file: Annotated[
        SecretFile | UnsetType, Meta(description="File with the key of an integration by Events API v2. From Alertmanager 0.25 on.")
    ] = UNSET
    service_key_file: Annotated[
        SecretFile | UnsetType, Meta(description="File with the key of an integration of type Prometheus. From Alertmanager 0.25 on.")
    ] = UNSET
    url: Annotated[PlainUrl | UnsetType, Meta(description="Address, where it is not PagerDuty's usual one.")] = UNSET

    exactly_one = (("routing_key_file", "service_key_file"),)


class OpsgenieResponder(Section, frozen=True, kw_only=True):
    """Who answers for the alert."""

    type: Annotated[Literal["team", "user", "escalation", "schedule"], Meta(description="What it is.")] = "team"
    name: Annotated[PlainText, _note("Its name.", "shop")]


class Opsgenie(Integration, frozen=True, kw_only=True):
    """An alert at Opsgenie."""

    api_key_file: Annotated[
        SecretFile | UnsetType,
        _note("File with the key; by default that of `global`. From Alertmanager 0.24 on.", "/etc/alertmanager/secrets/shop/opsgenie"),
    ] = UNSET
    api_url: Annotated[PlainUrl | UnsetType, Meta(description="Address, where it is not the usual one.")] = UNSET
    responders: Annotated[tuple[OpsgenieResponder, ...], Meta(description="Who answers.")] = ()
    priority: Annotated[Literal["P1", "P2", "P3", "P4", "P5"] | UnsetType, Meta(description="Priority of the alert.")] = UNSET


class VictorOps(Integration, frozen=True, kw_only=True):
    """An alert at Splunk On-Call (VictorOps)."""

    api_key_file: Annotated[SecretFile, _note("File with the key. From Alertmanager 0.25 on.", "/etc/alertmanager/secrets/shop/victorops")]
    routing_key: Annotated[PlainText, _note("Which team gets it; no secret.", "shop")]


class Pushover(Integration, frozen=True, kw_only=True):
    """A message by Pushover."""

    user_key_file: Annotated[
        SecretFile, _note("File with the recipient's key. From Alertmanager 0.26 on.", "/etc/alertmanager/secrets/shop/pushover-user")
    ]
    token_file: Annotated[
        SecretFile, _note("File with the application's token. From Alertmanager 0.26 on.", "/etc/alertmanager/secrets/shop/pushover")
    ]
    priority: Annotated[PlainText | UnsetType, _note("Priority.", "2")] = UNSET


class Telegram(Integration, frozen=True, kw_only=True):
    """A message by Telegram."""

    bot_token_file: Annotated[
        SecretFile, _note("File with the bot's token. From Alertmanager 0.26 on.", "/etc/alertmanager/secrets/shop/telegram")
    ]
    chat_id: Annotated[int, Meta(description="Chat to send to.")]


class Discord(Integration, frozen=True, kw_only=True):
    """A message in Discord."""

    webhook_url_file: Annotated[
        SecretFile, _note("File with the webhook's address. From Alertmanager 0.28 on.", "/etc/alertmanager/secrets/shop/webhook")
    ]


class MsTeams(Integration, frozen=True, kw_only=True):
    """A message in Microsoft Teams, by a workflow's webhook."""

    webhook_url_file: Annotated[
        SecretFile, _note("File with the webhook's address. From Alertmanager 0.28 on.", "/etc/alertmanager/secrets/shop/webhook")
    ]


class Webex(Integration, frozen=True, kw_only=True):
    """A message in Webex."""

    room_id: Annotated[PlainText, _note("Room to send to.", "room-of-the-shop")]
    http_config: Annotated[HttpConfig, Meta(description="How the request is made: `authorization` names the bot's token.")]


class Receiver(Section, frozen=True, kw_only=True):
    """Somebody who is told, in one or several ways."""

    webhook: Annotated[tuple[Webhook, ...], Meta(description="Requests to a program of your own.")] = ()
    email: Annotated[tuple[Mail, ...], Meta(description="Mails.")] = ()
    slack: Annotated[tuple[Slack, ...], Meta(description="Messages in Slack.")] = ()
    pagerduty: Annotated[tuple[PagerDuty, ...], Meta(description="Events at PagerDuty.")] = ()
    opsgenie: Annotated[tuple[Opsgenie, ...], Meta(description="Alerts at Opsgenie.")] = ()
    victorops: Annotated[tuple[VictorOps, ...], Meta(description="Alerts at Splunk On-Call.")] = ()
    pushover: Annotated[tuple[Pushover, ...], Meta(description="Messages by Pushover.")] = ()
    telegram: Annotated[tuple[Telegram, ...], Meta(description="Messages by Telegram.")] = ()
    discord: Annotated[tuple[Discord, ...], Meta(description="Messages in Discord.")] = ()
    msteamsv2: Annotated[tuple[MsTeams, ...], Meta(description="Messages in Microsoft Teams.")] = ()
    webex: Annotated[tuple[Webex, ...], Meta(description="Messages in Webex.")] = ()


class Notices(Section, frozen=True, kw_only=True):
    """How a customer or a supplier is told, where an escalation says `as: notice`.

    Only where the text can be ours: an alert's own labels would show internal names.
    """

    email: Annotated[
        tuple[Mail, ...], Meta(description="Mails; by default to the contacts whose `purposes` have `breaches`.")
    ] = ()
    slack: Annotated[tuple[Slack, ...], Meta(description="Messages in a channel that is shared with them.")] = ()
    hours: Annotated[CalendarName, Meta(description="Calendar of the hours in which they are told; what is older waits.")] = "24x7"


class AlertmanagerGlobal(Section, frozen=True, kw_only=True):
    """Alertmanager's `global` part, for `slo-gen compile --alertmanager file`."""

    resolve_timeout: Annotated[PositiveDuration | UnsetType, Meta(description="When an alert that nobody repeats is over.")] = UNSET
    smtp_smarthost: Annotated[PlainText | UnsetType, _note("Mail server and port.", "mail.example.com:587")] = UNSET
    smtp_from: Annotated[Email | UnsetType, _note("Sender of mails.", "alerts@example.com")] = UNSET
    smtp_hello: Annotated[PlainText | UnsetType, _note("How we introduce ourselves to the mail server.", "alerts.example.com")] = UNSET
    smtp_auth_username: Annotated[PlainText | UnsetType, _note("Name at the mail server.", "alerts@example.com")] = UNSET
    smtp_auth_password_file: Annotated[
        SecretFile | UnsetType,
        _note("File with the password at the mail server. From Alertmanager 0.25 on.", "/etc/alertmanager/secrets/house/mail"),
    ] = UNSET
    smtp_require_tls: Annotated[bool | UnsetType, Meta(description="Refuse to send mails without encryption.")] = UNSET
    slack_api_url_file: Annotated[
        SecretFile | UnsetType, _note("File with the address of Slack's webhook.", "/etc/alertmanager/secrets/house/slack")
    ] = UNSET
    pagerduty_url: Annotated[PlainUrl | UnsetType, Meta(description="Address of PagerDuty, where it is not the usual one.")] = UNSET
    opsgenie_api_url: Annotated[PlainUrl | UnsetType, Meta(description="Address of Opsgenie, where it is not the usual one.")] = UNSET
    opsgenie_api_key_file: Annotated[
        SecretFile | UnsetType, _note("File with Opsgenie's key. From Alertmanager 0.24 on.", "/etc/alertmanager/secrets/house/opsgenie")
    ] = UNSET
