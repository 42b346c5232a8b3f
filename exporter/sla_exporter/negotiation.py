"""Which form of the metrics a client is answered in: text 0.0.4, or OpenMetrics 1.0 where it prefers that. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["OPENMETRICS", "TEXT", "Form", "accepts_gzip", "negotiated"]


@dataclass(frozen=True, slots=True)
class Form:
    """A form and what it is called in the answer."""

    openmetrics: bool
    content_type: str


TEXT: Final = Form(openmetrics=False, content_type="text/plain; version=0.0.4; charset=utf-8")
OPENMETRICS: Final = Form(openmetrics=True, content_type="application/openmetrics-text; version=1.0.0; charset=utf-8")

_LONGEST: Final = 4096


def negotiated(accept: str) -> Form:
    """The form that a client prefers most among those that there are; text where it asks for nothing that is known."""
    best, weight = TEXT, 0.0
    for part in accept[:_LONGEST].split(","):
        name, *parameters = (each.strip() for each in part.split(";"))
        values = dict(each.split("=", 1) for each in parameters if "=" in each)
        form = _form(name.lower(), values.get("version", "").strip('" '))
        quality = _quality(values.get("q", "1"))
        if form is not None and quality > weight:
            best, weight = form, quality
    return best


def _form(name: str, version: str) -> Form | None:
    if name == "application/openmetrics-text":
        return OPENMETRICS if version in ("", "1.0.0") else None
    if name == "text/plain":
        return TEXT if version in ("", "0.0.4") else None
    return TEXT if name in ("*/*", "text/*") else None


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether a client takes gzip."""
    for part in accept_encoding[:_LONGEST].split(","):
        name, _, parameter = part.partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return _quality(parameter.strip().removeprefix("q=") if parameter.strip() else "1") > 0
    return False


def _quality(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if 0 <= found <= 1 else 0.0
