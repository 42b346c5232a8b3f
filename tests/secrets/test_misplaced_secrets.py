"""A secret that somebody writes where the name of a file or a variable belongs: no command shows it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from canaries import canary, found_in, found_in_files, secret_fields
from click.testing import CliRunner, Result
from sla_exporter.cli import main as exporter_main

sys.path.insert(0, str(Path(__file__).parent.parent / "spec"))
from every_key import Key, every_key

KEYS = [key for key in every_key() if str(key.path[-1]).endswith(("_file", "_env"))]
SECRETS = {"odd": canary(1).replace("/", ""), "like a name": canary(2, plain=True), "like a key": "AKIA" + canary(3, plain=True).upper()}


def quoted(value: object) -> str:
    """A value as YAML, which JSON is."""
    import json

    return json.dumps(value)


def test_there_is_a_key_for_every_field_that_names_a_secret() -> None:
    assert {field for _, field in secret_fields()} == {str(key.path[-1]) for key in KEYS}
    assert len(KEYS) > 30


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("key", KEYS, ids=str)
def test_a_secret_in_its_place_is_shown_by_no_command(run: Callable[..., Result], tmp_path: Path, key: Key, secret: str) -> None:
    file = tmp_path / "documents.yaml"
    file.write_text(quoted(key.replaced(secret)))
    said = [run("check", str(file)).output, run("check", "--format", "json", str(file)).output, run("list", str(file)).output]
    said.append(run("compile", str(file), "--out", str(tmp_path / "out")).output)
    if key.kind == "Exporter":
        (tmp_path / "specs").mkdir()
        (tmp_path / "specs" / "shop.yaml").write_text("kind: Service\nmetadata: {name: shop}\n")
        for command in (["check"], ["run"], ["ledger", "verify"], ["ledger", "rebuild"]):
            if command == ["run"] and "ledger" not in key.path:
                continue                      # would serve for ever
            said.append(CliRunner().invoke(exporter_main, [*command, "--config.file", str(file)]).output)
    core = secret.removeprefix("AKIA").lower()
    assert [text for text in said if found_in(text, [core])] == []
    assert found_in_files(tmp_path, [core], [file]) == []
