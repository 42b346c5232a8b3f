"""Why something is not up, in single words that can be counted, and in a few that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

__all__ = ["REASONS", "Reason"]

Reason = Literal[
    "name", "unreachable", "refused", "timeout", "closed", "tls", "protocol", "too_large", "status", "text",
    "forbidden", "resolver", "network", "resources", "stalled", "address", "missing", "shape", "value",
]  # fmt: skip
"""Why something is not up; a label."""

REASONS: Final[Mapping[Reason, str]] = {
    "name": "its name does not exist",
    "unreachable": "the network says that it is not there",
    "refused": "it refuses connections",
    "timeout": "it did not answer in time",
    "closed": "it broke off",
    "tls": "it is not who it should be, or speaks no TLS that will do",
    "protocol": "what it answers is no HTTP",
    "too_large": "its answer is longer than the bound",
    "status": "its status is not the expected one",
    "text": "its answer lacks a text, or has one that it must not have",
    "forbidden": "its address is one that is not asked unless the configuration allows it",
    "resolver": "the name server does not answer",
    "network": "this machine has no way to it",
    "resources": "this machine ran out of files, memory or ports",
    "stalled": "this exporter itself stood still",
    "address": "what is to be looked at cannot be read",
    "missing": "the system says nothing of it",
    "shape": "what the system says of it is something else than expected",
    "value": "its value is none of those that mean up",
}
"""Reasons in words. The first ten are the subject's own, and mean down; the others but the last are nobody's, and mean unknown."""
