"""Dashboards as TypeScript constants that Grafana's own types must accept, and what the compiler says of them.

Each panel is a constant of its own, since only of an object that is written out does the compiler refuse keys that the type does not know.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

__all__ = ["NODE", "compiler_errors", "source"]

Json = dict[str, Any]

NODE: Final = Path(__file__).resolve().parents[1] / "grafana_schema"
_MODULES: Final = NODE / "node_modules"
_COMPOSABLE: Final = _MODULES / "@grafana/schema/dist/types/raw/composable"
_ERROR: Final = re.compile(r"^(?P<file>[^(\n]+)\.ts\((?P<place>\d+,\d+)\): error (?P<said>TS.*)$", re.MULTILINE)


def source(dashboard: Json) -> str:
    """The module that is well typed when the dashboard is. Raises LookupError for a kind of panel that Grafana does not have."""
    rest = {key: value for key, value in dashboard.items() if key != "panels"}
    panels = list(_all_panels(dashboard["panels"]))
    kinds = sorted({panel["type"] for panel in panels} - {"row"})
    lines = ["import type { Figures, Matched, Page, PanelOf, Property, Row } from './panel';"]
    lines += [f"import type * as {_module(kind)} from 'kind/{_module(kind)}';" for kind in kinds]
    lines += [f"export const page = {_text(rest)} satisfies Page;"]
    for index, panel in enumerate(panels):
        lines += _panel(f"panel{index}", panel)
    return "\n".join(lines) + "\n"


def _all_panels(panels: list[Json]) -> Iterator[Json]:
    for panel in panels:
        if panel["type"] == "row":
            yield {**panel, "panels": []}
            yield from _all_panels(panel["panels"])
        else:
            yield panel


def _panel(name: str, panel: Json) -> Iterator[str]:
    if panel["type"] == "row":
        yield f"export const {name} = {_text(panel)} satisfies Row;"
        return
    module = _module(panel["type"])
    declared = _declared(module)
    custom = f"{module}.FieldConfig" if "FieldConfig" in declared else "{}"
    figures = panel.get("fieldConfig")
    bare = panel if figures is None else {**panel, "fieldConfig": {**figures, "overrides": []}}
    yield f"export const {name} = {_text(bare)} satisfies PanelOf<{module}.Options, {custom}>;"
    for place, override in enumerate((figures or {}).get("overrides", ())):
        yield f"export const {name}matcher{place} = {_text(override['matcher'])} satisfies Matched;"
        for number, each in enumerate(override["properties"]):
            first, _, second = each["id"].partition(".")
            value = {first: {second: each["value"]}} if second else {first: each["value"]}
            yield f"export const {name}property{place}x{number} = {_text(value)} satisfies Property<Partial<{custom}>>;"


def _module(kind: str) -> str:
    return kind.replace("-", "")


def _declared(module: str) -> set[str]:
    """The names of the types that Grafana declares for a kind of panel."""
    path = _COMPOSABLE / module / "panelcfg/x/types.gen.d.ts"
    if not path.exists():
        raise LookupError(f"Grafana has no panel {module!r}")
    return set(re.findall(r"^export (?:interface|type) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, indent=1)


def compiler_errors(sources: Mapping[str, str], folder: Path) -> dict[str, list[str]]:
    """What ``tsc --strict`` finds wrong with each module, by its name; all of them in one run. Writes into ``folder``."""
    assert _MODULES.is_dir(), "Grafana's types are not installed; run make setup"
    options = {
        "strict": True, "noEmit": True, "module": "esnext", "moduleResolution": "bundler", "target": "es2022", "types": [],
        "skipLibCheck": True, "paths": {
            "@grafana/schema": [str(_MODULES / "@grafana/schema")],
            "kind/*": [str(_COMPOSABLE / "*/panelcfg/x/types.gen.d.ts")],
        },
    }  # fmt: skip
    (folder / "panel.ts").write_bytes((NODE / "panel.ts").read_bytes())
    for name, text in sources.items():
        (folder / f"{name}.ts").write_text(text, encoding="utf-8")
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*.ts"]}), encoding="utf-8")
    command = [str(_MODULES / ".bin/tsc"), "--project", str(folder), "--pretty", "false"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found: dict[str, list[str]] = {}
    for error in _ERROR.finditer(done.stdout):
        found.setdefault(error["file"], []).append(f"{error['place']}: {error['said']}")
    assert found or done.returncode == 0, done.stdout + done.stderr
    assert found.keys() <= sources.keys(), done.stdout
    return found
