"""Whatever right documents say together, resolving them ends: with a catalogue, and with problems that have places."""

from __future__ import annotations

from generated_documents import documents
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from yaml_emitter import as_json

from slo_gen.spec.convert import read_documents
from slo_gen.spec.documents import KINDS
from slo_gen.spec.resolve import resolve


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_resolving_never_fails(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=5))
    text = "\n---\n".join(as_json(data.draw(documents(kind))) for kind in kinds)
    found, problems = read_documents([("any.yaml", text)])
    assume(problems == [])  # texts may hold control characters, which the reader refuses
    assert len(found) == len(kinds)
    _, problems = resolve(found)
    assert problems == sorted(problems)
    lines = text.split("\n")
    for problem in problems:
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.message
        assert problem.check


@given(st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_order_of_files_changes_nothing(data: st.DataObject) -> None:
    kinds = data.draw(
        st.lists(st.sampled_from(["Service", "Indicator", "SLO", "SLA", "Template", "Policy"]), min_size=2, max_size=5, unique=True)
    )
    files = [(f"{number}.yaml", as_json(data.draw(documents(kind)))) for number, kind in enumerate(kinds)]
    assert resolve(read_documents(files)[0]) == resolve(read_documents(files[::-1])[0])
