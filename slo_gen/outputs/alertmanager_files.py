"""Alertmanager's files: a fragment to merge, a whole file, or a resource of the Prometheus operator; and what tests them.

The tests are run by amtool and need a whole file. A fragment is tested as its reader is to use it: merged into the smallest
file there can be, in which receivers that the documents only name send nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from slo_gen.alertmanager.compile import compile_alertmanager
from slo_gen.alertmanager.configuration import Configuration
from slo_gen.alertmanager.expectations import Expectation, expectations
from slo_gen.outputs.alertmanager_operator import render_resource
from slo_gen.outputs.alertmanager_text import render_fragment, render_whole
from slo_gen.outputs.errors import OutputError
from slo_gen.outputs.targets import HEADER, OutputSettings, check_kubernetes, prefixed
from slo_gen.spec.model import Catalogue
from slo_gen.spec.notification import Receiver

__all__ = ["FORMS", "TESTED_CONFIGURATION", "TESTED_ROUTES", "Form", "render_alertmanager"]

Form = Literal["fragment", "file", "operator"]
FORMS: Final[tuple[Form, ...]] = ("fragment", "file", "operator")

TESTED_CONFIGURATION: Final = "tests/alertmanager/alertmanager.yml"
TESTED_ROUTES: Final = "tests/alertmanager/routes.json"

_YOURS: Final = Receiver("yours", None)
"""Stands for the receiver at the root of the user's own tree."""

_YOUR_SETTINGS: Final = {
    "smtp_smarthost": "localhost:25", "smtp_from": "alertmanager@localhost",
    "slack_api_url_file": "/dev/null", "opsgenie_api_key_file": "/dev/null",
}
"""Stand for what the user's own ``global`` part says, which receivers of a fragment may rest on."""

_MERGING: Final = """\
# Merge this into your alertmanager.yml: put the route first under `route.routes`, and add the other lists to yours.
# With `continue: true` on it, your own routes see these alerts as well.
"""


@dataclass(frozen=True, slots=True)
class _Request:
    catalogue: Catalogue
    years: tuple[int, int]
    settings: OutputSettings

    def configuration(self, timezone: str = "") -> Configuration:
        return compile_alertmanager(self.catalogue, self.years, timezone=timezone)


def render_alertmanager(form: Form, catalogue: Catalogue, years: tuple[int, int], settings: OutputSettings) -> dict[str, str]:
    """Relative path to text of the files of one form and of their tests. Raises OutputError.

    ``years``: first and last of those for which holidays and special days are written out.
    """
    request = _Request(catalogue, years, settings)
    files = _RENDERERS[form](request)
    root = request.configuration().route.receiver or _YOURS.name
    files[TESTED_ROUTES] = _routes_text(expectations(catalogue), root)
    if form != "file":
        files[TESTED_CONFIGURATION] = _tested(request, root)
    return files


def _fragment(request: _Request) -> dict[str, str]:
    return {"alertmanager/fragment.yml": HEADER + _MERGING + render_fragment(request.configuration())}


def _file(request: _Request) -> dict[str, str]:
    configuration = request.configuration()
    _require_whole(request.catalogue, configuration)
    return {"alertmanager/alertmanager.yml": HEADER + render_whole(configuration, configuration.route.receiver)}


def _operator(request: _Request) -> dict[str, str]:
    check_kubernetes(request.settings)
    configuration = request.configuration("UTC")
    _require_whole(request.catalogue, configuration)
    name = prefixed("alerts", request.settings)
    text = render_resource(configuration, name, request.settings.operator_namespace, request.settings.operator_labels)
    return {f"alertmanagerconfigs/{name}.yaml": HEADER + text}


_RENDERERS: Final[dict[Form, Callable[[_Request], dict[str, str]]]] = {"fragment": _fragment, "file": _file, "operator": _operator}


def _require_whole(catalogue: Catalogue, configuration: Configuration) -> None:
    """What stands by itself must say of everything who is told, and how."""
    default = catalogue.notifications.default
    if not default.get("page") or not default.get("ticket"):
        raise OutputError(
            "nobody said who is told of pages and tickets that no team owns",
            "add `notifications: {default: {page: ..., ticket: ...}}` to the Policy, or compile with --alertmanager fragment",
        )
    named = [receiver.name for receiver in configuration.receivers if receiver.integrations is None]
    if named:
        raise OutputError(
            f"receivers are named and nowhere defined: {', '.join(named)}",
            "define them under `notifications.receivers` of the Policy, or compile with --alertmanager fragment",
        )


# --- tests ---------------------------------------------------------------------------------------------------
def _tested(request: _Request, root: str) -> str:
    configuration = request.configuration()
    configuration = replace(configuration, settings={**_YOUR_SETTINGS, **configuration.settings})
    if root == _YOURS.name:
        configuration = replace(configuration, receivers=(*configuration.receivers, _YOURS))
    return HEADER + render_whole(configuration, root)


def _routes_text(expected: tuple[Expectation, ...], root: str) -> str:
    tests = [
        {"labels": dict(sorted(each.labels.items())), "receivers": [receiver or root for receiver in each.receivers]} for each in expected
    ]
    return json.dumps(tests, indent=1, ensure_ascii=False) + "\n"
