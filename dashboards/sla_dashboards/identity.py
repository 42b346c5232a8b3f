"""Names that outlive a change of order or title: links, embedded panels and shared pages hang on them."""

from __future__ import annotations

import hashlib
import re
from typing import Final

__all__ = ["EXECUTIVE", "MANAGER", "SRE", "address", "customer_datasource", "customer_folder", "panel_id", "uid"]

_LONGEST: Final = 40
_DIGEST: Final = 8


def uid(*identity: str) -> str:
    """At most 40 characters of ``a-z0-9-``: a readable part, and a digest of the whole identity, so that no two are alike."""
    digest = hashlib.sha256("\0".join(identity).encode()).hexdigest()[:_DIGEST]
    slug = re.sub(r"[^a-z0-9]+", "-", "-".join(identity).lower()).strip("-")[: _LONGEST - _DIGEST - 1].rstrip("-")
    return f"{slug}-{digest}" if slug else digest


def customer_datasource(customer: str) -> str:
    """The uid of the datasource through which a customer's dashboard asks, which enforces that it sees nobody else."""
    return uid("sla", customer)


def customer_folder(customer: str) -> str:
    """Where a customer's dashboards stand, in the output and in Grafana.

    It is the uid of no dashboard, because Grafana has kept folders among dashboards for long.
    """
    return uid("customer", customer, "pages")


def address(page: str, **chosen: str) -> str:
    """Where a page is found in Grafana, with what is to be chosen on it: ``address(SRE, slo="checkout")``."""
    return f"/d/{page}" + "".join(f"{'&' if place else '?'}var-{name}={value}" for place, (name, value) in enumerate(chosen.items()))


def panel_id(key: str) -> int:
    """The id of a panel, 1 to 2^31 - 1, from what it is and not from where it stands."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % (2**31 - 1) + 1


SRE: Final = uid("slm", "sre")
MANAGER: Final = uid("slm", "manager")
EXECUTIVE: Final = uid("slm", "executive")
"""The uids of the provider's own pages, of which there is one each."""
