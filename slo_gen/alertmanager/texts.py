"""What is said to customers and suppliers, and in the drafts for them: the promise and what became of it, nothing internal.

Alertmanager's own texts list every label and annotation of an alert and link to servers of ours. These say what the
agreement itself says: its name and that of the target.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from slo_gen import names
from slo_gen.rules.templates import literal
from slo_gen.spec.notification import Integration, Receiver, Setting

__all__ = ["draft", "notice"]


def _when(alert: str, text: str) -> str:
    return f'{{{{ if eq .Labels.alertname "{alert}" }}}}{text}{{{{ end }}}}'


_TARGET: Final = f"{{{{ .Labels.{names.TARGET} }}}} of {{{{ .Labels.{names.AGREEMENT} }}}}"
_STAGE: Final = f"{{{{ .Labels.{names.STAGE} }}}}"
_SENTENCES: Final = (
    _when(names.PERIOD_BREACHED, f"Target {_TARGET} is missed in the running period.")
    + _when(names.PERIOD_AT_RISK, f"{_STAGE} of what target {_TARGET} allows in the running period is used up.")
    + _when(names.TICKET_DEADLINE_NEAR, f"A ticket has used up {_STAGE} of its time under target {_TARGET}.")
    + _when(names.TICKET_OVERDUE, f"A ticket is beyond its deadline under target {_TARGET}.")
)
_TEXT: Final = (
    f'{{{{ range .Alerts }}}}{{{{ if eq .Status "resolved" }}}}No longer so: {{{{ end }}}}{_SENTENCES}'
    ' Since {{ .StartsAt.UTC.Format "2006-01-02 15:04" }} UTC.\n{{ end }}'
)
_NOTHING: Final = '{{ "" }}'
"""No link to a server of ours; an empty setting would be filled with Alertmanager's own."""

_SUBJECT: Final = f"Service level agreement {{{{ .GroupLabels.{names.AGREEMENT} }}}}"


def notice(receiver: Receiver) -> Receiver:
    """A receiver of a customer or supplier with these texts in place of Alertmanager's."""
    return _worded(receiver, receiver.name, _SUBJECT, _TEXT)


def draft(receiver: Receiver, to: str, title: str) -> Receiver:
    """A receiver of our own that is asked to tell ``to`` (``customer/acme``), called ``title``.

    One that only the user's Alertmanager defines cannot be worded, and stays what it is.
    """
    if receiver.integrations is None:
        return receiver
    subject = f"Draft for {literal(title)}: {_SUBJECT}"
    return _worded(receiver, f"{receiver.name}/draft/{to}", subject, f"To be sent to {literal(title)}:\n\n{_TEXT}")


def _worded(receiver: Receiver, name: str, subject: str, text: str) -> Receiver:
    assert receiver.integrations is not None, "only receivers of documents are worded"
    return Receiver(name, tuple(_with_words(each, subject, text) for each in receiver.integrations))


def _with_words(integration: Integration, subject: str, text: str) -> Integration:
    words: Mapping[str, Mapping[str, Setting]] = {
        "email": {"headers": {"Subject": subject}, "html": "", "text": text},
        "slack": {"title": subject, "title_link": _NOTHING, "fallback": subject, "text": text},
        "pagerduty": {"description": subject, "details": {"draft": text}},
        "opsgenie": {"message": subject, "description": text},
        "victorops": {"entity_display_name": subject, "state_message": text},
        "pushover": {"title": subject, "message": text},
        "telegram": {"message": f"{subject}\n\n{text}"},
        "discord": {"title": subject, "message": text},
        "msteamsv2": {"title": subject, "text": text},
        "webex": {"message": f"{subject}\n\n{text}"},
        "webhook": {},                        # its receiver's name says that it is a draft
    }
    return Integration(integration.kind, {**integration.settings, **words[integration.kind]})
