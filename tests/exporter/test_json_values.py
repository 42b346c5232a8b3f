"""Values of JSON documents, as strangers write them, and what they mean."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sla_exporter.probes.json_values import JsonPath, Meanings
from sla_exporter.probes.probe import Seen
from sla_exporter.sources.source import SourceError

PAGE = {
    "page": {"updated_at": "2026-11-25T12:00:00.000+01:00"},
    "components": [{"name": "API", "status": "operational"}, {"name": "Shop's \"best\"", "status": "major_outage"}],
    "checks": {"db": True, "queue": False, "load": 0.50, "code": 200, "none": None},
    "at": 1_795_608_000, "at_ms": 1_795_608_000_123,
}  # fmt: skip
MEANINGS = Meanings.of(["operational", "true", "200", "0.5"], ["major_outage", "false"], ["partial"], ["under_maintenance"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "name"]) | st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def seen(path: str, document: Any = PAGE) -> Seen:
    return MEANINGS.seen(JsonPath(path).value(document))


@pytest.mark.parametrize(
    ("path", "state", "reason"),
    [
        ("components[?name=='API'] | [0].status", "up", None), ("components[?starts_with(name, 'Shop')].status | [0]", "down", "value"),
        ("checks.db", "up", None), ("checks.queue", "down", "value"), ("checks.load", "up", None), ("checks.code", "up", None),
        ("checks.nothing", "unknown", "missing"), ("checks.none", "unknown", "missing"), ("components[9].status", "unknown", "missing"),
        ("checks", "unknown", "shape"), ("components[].status", "unknown", "shape"), ("page.updated_at", "unknown", "value"),
        ("@", "unknown", "shape"),
    ],
)  # fmt: skip
def test_a_path_leads_to_a_value_and_the_value_means_a_state(path: str, state: str, reason: str | None) -> None:
    found = seen(path)
    assert (found.state, found.reason) == (state, reason)


@pytest.mark.parametrize(("told", "value", "state"), [
    ("200", 200.0, "up"), ("200", "200", "up"), ("0", -0.0, "unknown"), ("1e3", 1000, "up"), ("true", True, "up"), ("1", True, "unknown"),
    ("true", 1, "unknown"), ("OK", "ok", "unknown"), ("nan", float("nan"), "up"), ("", "", "up"),
])  # fmt: skip
def test_values_are_compared_as_json_means_them(told: str, value: Any, state: str) -> None:
    assert Meanings.of([told]).seen(value).state == state


def test_a_value_cannot_mean_two_things() -> None:
    with pytest.raises(ValueError, match=r"'1\.0' cannot mean both up and down"):
        Meanings.of(["1"], ["1.0"])


@pytest.mark.parametrize("path", ["", "a..b", "a[", "components[?name=API", "'", "foo(", "a" * 3 + "]", "[" * 5000])
def test_a_text_that_is_no_path_is_told(path: str) -> None:
    with pytest.raises(ValueError, match="is no path"):
        JsonPath(path)


@pytest.mark.parametrize("path", ["length(checks.code)", "sum(components)", "nosuch(@)", "max(components)", "sort_by(components, &@)"])
def test_a_path_that_cannot_be_asked_of_an_answer_is_refused(path: str) -> None:
    with pytest.raises(SourceError) as caught:
        JsonPath(path).value(PAGE)
    assert caught.value.reason == "schema"


def test_instants_are_read_as_they_are_written() -> None:
    assert JsonPath("page.updated_at").instant(PAGE) == 1_795_604_400_000
    assert JsonPath("at").instant(PAGE) == 1_795_608_000_000
    assert JsonPath("at_ms").instant(PAGE) == 1_795_608_000_123
    for path in ("checks.db", "components", "nothing", "components[0].name", "checks.queue"):
        with pytest.raises(SourceError):
            JsonPath(path).instant(PAGE)


@given(JSON, st.sampled_from([
    "a", "a.b", "[0]", "[?name=='x'] | [0].status", "a[].b", "length(a)", "sort(a)", "max_by(@, &a)", "join(',', a)", "keys(a) | [0]",
    "to_number(a)", "merge(a, b)", "reverse(a)", "ceil(a)", "map(&a, @)", "a < b", "sum(@)", "avg(a)", "to_string(@)", "sort_by(@, &a)",
]))  # fmt: skip
def test_no_document_breaks_a_path(document: Any, path: str) -> None:
    found = None
    with suppress(SourceError):
        found = MEANINGS.seen(JsonPath(path).value(document))
    assert found is None or found.state in ("up", "down", "unknown", "excluded")


@given(JSON)
def test_no_document_breaks_an_instant(document: Any) -> None:
    found = 0
    with suppress(SourceError):
        found = JsonPath("a || @").instant(document)
    assert found <= 253_402_300_799_000
