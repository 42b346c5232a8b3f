"""Folders of Grafana: for a push and for files, the same ones."""

from __future__ import annotations

import json
from dataclasses import replace

import yaml
from catalogues import catalogue
from sla_dashboards import DashboardFile

from slo_gen.outputs.grafana_folders import FOLDERS, PROVIDER, render_folders
from slo_gen.spec.model import Customer, Origin

ACME = Customer("acme", "Acme \"Shop\" Ltd", {}, Origin("specs/acme.yaml", 1, 1))
PAGES = (
    DashboardFile("customer", "acme", "customer-acme-pages", "customer-acme", "Acme", "{}"),
    DashboardFile("sre", None, "internal-sre", "slm-sre", "Budgets", "{}"),
    DashboardFile("executive", None, "internal-executive", "slm-executive", "At a glance", "{}"),
)


def test_each_folder_of_files_is_one_in_grafana() -> None:
    files = render_folders(PAGES, replace(catalogue(()), customers={"acme": ACME}), "shop")
    assert json.loads(files[FOLDERS]) == {"owner": "shop", "folders": {
        "customer-acme-pages": {"uid": "customer-acme-pages", "title": "Acme \"Shop\" Ltd", "customer": "acme"},
        "internal-executive": {"uid": "internal-executive", "title": "Service levels at a glance", "customer": ""},
        "internal-sre": {"uid": "internal-sre", "title": "Service levels for SREs", "customer": ""},
    }}  # fmt: skip


def test_the_provider_file_makes_the_same_folders_of_all_that_is_no_customers() -> None:
    files = render_folders(PAGES, replace(catalogue(()), customers={"acme": ACME}), "shop")
    providers = yaml.safe_load(files[PROVIDER])["providers"]
    assert [(each["name"], each["folder"], each["folderUid"], each["options"]["path"]) for each in providers] == [
        ("shop-internal-executive", "Service levels at a glance", "internal-executive", "/etc/slo-gen/dashboards/internal-executive"),
        ("shop-internal-sre", "Service levels for SREs", "internal-sre", "/etc/slo-gen/dashboards/internal-sre"),
    ]
    assert not any(each["allowUiUpdates"] or each["disableDeletion"] for each in providers)
    assert list(render_folders(PAGES[:1], replace(catalogue(()), customers={"acme": ACME}), "shop")) == [FOLDERS]
    assert render_folders((), catalogue(()), "shop") == {}
