"""What keeps customers apart: a proxy that adds the customer to whatever is asked, and Grafana files that go through it.

A dashboard is no fence, since whoever may look at one may ask its data source anything. So each customer has a Grafana
organisation with one data source, and what stands behind that adds ``slm_customer`` itself. Passwords and the numbers of
organisations are named as environment variables of the programs that read the files; neither is ever written here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote

from sla_dashboards import customer_datasource, customer_folder, shown_customers

from slo_gen import names
from slo_gen.fetch import AddressError, checked_address
from slo_gen.outputs.errors import OutputError
from slo_gen.outputs.targets import HEADER
from slo_gen.outputs.yaml_text import yaml_string
from slo_gen.spec.model import Catalogue

__all__ = ["PROXIES", "READ_PATHS", "Isolation", "Proxy", "organisation_variable", "password_variable", "render_isolation"]

Proxy = Literal["vmauth", "prom-label-proxy", "mimir"]
PROXIES: Final[tuple[Proxy, ...]] = ("vmauth", "prom-label-proxy", "mimir")

READ_PATHS: Final = (
    "/api/v1/query", "/api/v1/query_range", "/api/v1/series", "/api/v1/labels", "/api/v1/label/[^/]+/values",
)
"""What vmauth lets through, as regular expressions of whole paths. VictoriaMetrics applies the customer's label to each of them."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """``metrics`` is the address that the proxy asks, ``proxy`` the one that Grafana asks; ``dashboards`` is where Grafana
    finds the folder ``dashboards`` of the output."""

    kind: Proxy
    metrics: str
    proxy: str
    dashboards: str = "/etc/slo-gen/dashboards"


def render_isolation(catalogue: Catalogue, isolation: Isolation) -> dict[str, str]:
    """Relative path to text of the proxy's file and of each customer's Grafana provisioning.

    Raises OutputError for an address that cannot be one.
    """
    for address in (isolation.metrics, isolation.proxy):
        _refuse_unusable(address)
    customers = shown_customers(catalogue)
    if not customers:
        return {}
    files = {"isolation/README.md": _readme(customers, isolation)}
    files |= _PROXY_FILES[isolation.kind](customers, isolation)
    for customer in customers:
        title = catalogue.customers[customer].title
        files[f"grafana/provisioning/datasources/customer-{customer}.yaml"] = _datasource(customer, isolation)
        files[f"grafana/provisioning/dashboards/customer-{customer}.yaml"] = _provider(customer, title, isolation)
    return files


def password_variable(customer: str) -> str:
    """The environment variable that holds the password of a customer's data source."""
    return f"{_variable(customer)}_PASSWORD"


def organisation_variable(customer: str) -> str:
    """The environment variable that holds the number of a customer's Grafana organisation."""
    return f"{_variable(customer)}_ORG_ID"


def _variable(customer: str) -> str:
    """Names that differ only in what a variable cannot hold (``a-b``, ``a.b``) are told apart by a digest."""
    plain = re.sub("[^A-Z0-9]", "_", customer.upper())
    return f"SLM_CUSTOMER_{plain}" if re.fullmatch("[a-z0-9]+", customer) else f"SLM_CUSTOMER_{plain}_{_digest(customer).upper()}"


def _digest(customer: str) -> str:
    return hashlib.sha256(f"customer/{customer}".encode()).hexdigest()[:8]


def _refuse_unusable(address: str) -> None:
    try:
        checked_address(address)
    except AddressError as error:
        raise OutputError(str(error).rstrip("."), "give the address alone, as in http://victoriametrics:8428") from None
    if not re.fullmatch(r"[!-~]+", address) or set(address) & set('"%$\\'):
        raise OutputError(f"{address!r} cannot stand in a configuration file", "write it without blanks, quotes, % and $")


# --- what stands before the metrics ------------------------------------------------------------------------------
def _vmauth(customers: Iterable[str], isolation: Isolation) -> dict[str, str]:
    paths = "".join(f"    - {yaml_string(path)}\n" for path in READ_PATHS)
    users = "".join(
        f"- username: {yaml_string(customer)}\n"
        f"  password: {yaml_string(f'%{{{password_variable(customer)}}}')}\n"
        f"  url_map:\n  - src_paths:\n{paths}"
        f"    url_prefix: {yaml_string(_pinned(isolation.metrics, customer))}\n"
        for customer in customers
    )
    return {"isolation/vmauth.yml": f"{HEADER}users:\n{users}", "isolation/start-vmauth.sh": _start_of_vmauth(customers)}


def _start_of_vmauth(customers: Iterable[str]) -> str:
    """vmauth takes the name of a variable that is not set for the password itself, and tells the names of all users at /metrics."""
    set_first = "".join(f': "${{{password_variable(customer)}:?holds the password of a customer}}"\n' for customer in customers)
    keys = "".join(f'export {key}AuthKey="$SLM_VMAUTH_KEY"\n' for key in ("flags", "metrics", "pprof", "reload"))
    return (
        f"#!/bin/sh\n{HEADER}set -eu\n{set_first}"
        f': "${{SLM_VMAUTH_KEY:?guards the pages of vmauth itself}}"\n{keys}'
        'exec vmauth -envflag.enable -auth.config="$(dirname "$0")/vmauth.yml" "$@"\n'
    )


def _pinned(metrics: str, customer: str) -> str:
    """The address at which VictoriaMetrics adds the customer to every selector."""
    return f"{metrics.rstrip('/')}/?extra_label={quote(f'{names.CUSTOMER}={customer}')}"


def _label_proxies(customers: Iterable[str], isolation: Isolation) -> dict[str, str]:
    """One process for each customer: a header that chose the customer would be only as good as whoever may send it."""
    services = "".join(
        f"  {yaml_string(f'slm-proxy-{_digest(customer)}')}:\n"
        "    image: \"quay.io/prometheuscommunity/prom-label-proxy:v0.12.1\"\n"
        "    command:\n"
        + "".join(f"    - {yaml_string(argument)}\n" for argument in (
            f"-label={names.CUSTOMER}", f"-label-value={customer}", f"-upstream={isolation.metrics}",
            "-insecure-listen-address=0.0.0.0:8080", "-enable-label-apis", "-error-on-replace",
        ))
        for customer in customers
    )
    return {"isolation/prom-label-proxy.yaml": f"{HEADER}services:\n{services}"}


def _mimir(customers: Iterable[str], isolation: Isolation) -> dict[str, str]:
    return {}


_PROXY_FILES: Final[Mapping[Proxy, Callable[[Iterable[str], Isolation], dict[str, str]]]] = {
    "vmauth": _vmauth, "prom-label-proxy": _label_proxies, "mimir": _mimir,
}


# --- what Grafana reads ------------------------------------------------------------------------------------------
def _datasource(customer: str, isolation: Isolation) -> str:
    url, login, header = isolation.proxy, "", ""
    secret = f"    secureJsonData:\n      basicAuthPassword: {yaml_string(f'${{{password_variable(customer)}}}')}\n"
    if isolation.kind == "prom-label-proxy":
        url, secret = f"http://slm-proxy-{_digest(customer)}:8080", ""
    else:
        login = f"    basicAuth: true\n    basicAuthUser: {yaml_string(customer)}\n"
    if isolation.kind == "mimir":
        header = '      httpHeaderName1: "X-Scope-OrgID"\n'
        secret += f"      httpHeaderValue1: {yaml_string(customer)}\n"
    return (
        f"{HEADER}apiVersion: 1\nprune: true\ndatasources:\n"
        f"  - name: \"Service levels\"\n    uid: {yaml_string(customer_datasource(customer))}\n    type: \"prometheus\"\n"
        f"    orgId: ${{{organisation_variable(customer)}}}\n    access: \"proxy\"\n    url: {yaml_string(url)}\n{login}"
        "    isDefault: true\n    editable: false\n"
        f"    jsonData:\n      httpMethod: \"POST\"\n      manageAlerts: false\n      disableMetricsLookup: true\n{header}{secret}"
    )


def _provider(customer: str, title: str, isolation: Isolation) -> str:
    return (
        f"{HEADER}apiVersion: 1\nproviders:\n"
        f"  - name: {yaml_string(f'slm-customer-{customer}')}\n    orgId: ${{{organisation_variable(customer)}}}\n"
        f"    folder: {yaml_string((title or customer).replace('$', '$$'))}\n    folderUid: {yaml_string(customer_folder(customer))}\n"
        "    type: \"file\"\n    disableDeletion: false\n    allowUiUpdates: false\n    updateIntervalSeconds: 60\n"
        f"    options:\n      path: {yaml_string(f'{isolation.dashboards}/{customer_folder(customer)}')}\n"
    )


def _readme(customers: Iterable[str], isolation: Isolation) -> str:
    rows = "".join(f"| `{each}` | `{organisation_variable(each)}` | `{password_variable(each)}` |\n" for each in customers)
    return (
        "# Keeping customers apart\n\n"
        f"Written by slo-gen for {isolation.kind}. Make one Grafana organisation for each customer, then set for Grafana, and the\n"
        "passwords for the proxy too:\n\n"
        f"| customer | number of the organisation | password |\n|---|---|---|\n{rows}"
    )
