"""Which dashboards a catalogue has, and where their files belong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sla_dashboards.identity import customer_folder
from sla_dashboards.shown import shown_agreements
from slo_gen.rules.info import IN_FORCE
from slo_gen.spec.model import Catalogue

if TYPE_CHECKING:
    from sla_dashboards.modern import Dashboard

__all__ = ["Audience", "DashboardFile", "dashboard_files"]

Audience = Literal["customer", "sre", "service level manager", "executive"]


@dataclass(frozen=True, slots=True)
class DashboardFile:
    """A finished dashboard.

    ``customer`` is the name of the one customer who may see it, None where it is for the provider. ``folder`` names a
    folder of files and of Grafana alike, ``text`` is JSON. ``public``: it may be shown to whoever has its address.
    """

    audience: Audience
    customer: str | None
    folder: str
    uid: str
    title: str
    text: str
    public: bool = False

    @property
    def path(self) -> str:
        """Where the file stands in an output folder."""
        return f"dashboards/{self.folder}/{self.uid}.json"


def dashboard_files(
    catalogue: Catalogue, absent: Mapping[str, str] | None = None, *, public: bool = False
) -> tuple[DashboardFile, ...]:
    """Every dashboard, in the order of their paths: one for each customer with an SLA in force, and the provider's own.

    ``absent``: the targets that rules cannot express, ``agreement/target``, and why. ``public``: each customer has a second one, to be
    shown to everybody.
    """
    from sla_dashboards.customer import customer_dashboard  # not at the top: grafanalib takes a tenth of a second

    files = []
    for name, agreements in shown_agreements(catalogue).items():
        for flavour in (False, True) if public else (False,):
            page = customer_dashboard(catalogue, catalogue.customers[name], agreements, absent or {}, public=flavour)
            files.append(DashboardFile("customer", name, customer_folder(name), page.uid, page.title, page.text(), flavour))
    files.extend(_internal_files(catalogue))
    return tuple(sorted(files, key=lambda file: file.path))


def _internal_files(catalogue: Catalogue) -> Iterator[DashboardFile]:
    """The provider's own pages: about SLOs where there are any, about agreements where any is in force."""
    from sla_dashboards.executive import executive_dashboard
    from sla_dashboards.identity import EXECUTIVE, MANAGER, SRE
    from sla_dashboards.manager import manager_dashboard
    from sla_dashboards.sre import sre_dashboard

    in_force = [each.period.timezone for each in catalogue.agreements.values() if each.state == IN_FORCE]
    zone = Counter(in_force).most_common(1)[0][0] if in_force else "browser"
    existing = ({SRE} if catalogue.slos else set()) | ({MANAGER, EXECUTIVE} if in_force else set())
    made: tuple[tuple[str, Audience, str, Callable[[Catalogue, str, set[str]], Dashboard]], ...] = (
        (SRE, "sre", "internal-sre", sre_dashboard), (MANAGER, "service level manager", "internal-service-levels", manager_dashboard),
        (EXECUTIVE, "executive", "internal-summary", executive_dashboard),
    )  # fmt: skip
    for page, audience, folder, dashboard in made:
        if page in existing:
            finished = dashboard(catalogue, zone, existing)
            yield DashboardFile(audience, None, folder, finished.uid, finished.title, finished.text())
