"""The published schema says what the structs say: the same documents pass both, and every key is explained."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from generated_documents import documents, spoiled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from slo_gen.spec.documents import KINDS, Choice
from slo_gen.spec.schema import fields, schema, schema_json, validator

_MANY = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))


def _converts(document: dict[str, Any], kind: str) -> bool:
    try:
        msgspec.convert(document, KINDS[kind])
    except msgspec.ValidationError:
        return False
    return True


@given(st.data())
@_MANY
def test_documents_made_from_the_structs_pass_both(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(KINDS)))
    document = data.draw(documents(kind))
    assert _converts(document, kind)
    assert [error.message for error in validator(kind).iter_errors(document)] == []


@given(st.data())
@_MANY
def test_spoiled_documents_are_judged_the_same_by_both(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(KINDS)))
    document = data.draw(spoiled(kind))
    assert validator(kind).is_valid(document) is _converts(document, kind)


def test_the_schema_is_itself_valid_and_the_same_every_time() -> None:
    Draft202012Validator.check_schema(dict(schema()))
    assert schema_json() == schema_json()
    assert json.loads(schema_json()) == schema()


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_schema_tells_the_kinds_apart(kind: str) -> None:
    whole = Draft202012Validator(dict(schema()))
    wrong = {"kind": kind, "metadata": {"name": "x"}, "spec": {"nonsense": 1}}
    assert not whole.is_valid(wrong)
    assert any("nonsense" in error.message for error in whole.iter_errors(wrong))


def test_an_unknown_kind_is_refused() -> None:
    assert not Draft202012Validator(dict(schema())).is_valid({"kind": "Sevice", "metadata": {"name": "x"}})


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_has_a_description_a_type_in_words_and_a_place(kind: str) -> None:
    paths = [field.path for field in fields(kind)]
    assert len(paths) == len(set(paths))
    assert [field.path for field in fields(kind) if not field.description or not field.type] == []


def test_every_definition_explains_itself() -> None:
    definitions = schema()["$defs"]
    assert [name for name, definition in definitions.items() if not definition.get("description")] == []
    unexplained = [
        f"{name}.{key}" for name, definition in definitions.items() for key, value in definition["properties"].items()
        if not value.get("description")
    ]  # fmt: skip
    assert unexplained == []


def test_patterns_say_in_words_what_they_expect() -> None:
    silent: list[str] = []

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            if "pattern" in node and not str(node.get("errorMessage", "")).startswith("expected "):
                silent.append(node["pattern"])
            for value in node.values():
                visit(value)
        elif isinstance(node, list):
            for value in node:
                visit(value)

    visit(schema())
    assert silent == []


def test_struct_names_are_unique_because_they_name_the_definitions() -> None:
    assert [name for name in schema()["$defs"] if not name.isidentifier()] == []


def test_choices_are_in_the_schema() -> None:
    missing = [choice.__name__ for choice in Choice.__subclasses__() if "allOf" not in schema()["$defs"][choice.__name__]]
    assert missing == []


def test_a_field_table_shows_defaults_and_nested_keys() -> None:
    by_path = {field.path: field for field in fields("SLO")}
    assert by_path["spec.window"].default == "30d"
    assert by_path["spec.indicator"].required
    assert by_path["spec.alerting.windows[].severity"].type == "`info` or `page` or `ticket`"
    assert by_path["spec.alerting"].type == "section or `off`"
