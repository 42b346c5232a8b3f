"""The page on systems that probe names every reason, with the state that follows from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sla_exporter.probes.reasons import REASONS
from sla_exporter.probes.writing import mistake_in_subject, mistakes_in_settings

from slo_gen.spec.convert import read_documents
from slo_gen.spec.documents.exporter import Exporter

PAGE = (Path(__file__).parent.parent.parent / "docs/probe-systems.md").read_text(encoding="utf-8")


def test_every_reason_is_told_as_the_exporter_tells_it() -> None:
    told = re.findall(r"^\| `(\w+)` \| (.+) \| (down|unknown|either) \|$", PAGE, re.MULTILINE)
    assert [(reason, text) for reason, text, _ in told] == list(REASONS.items())
    assert [state for _, _, state in told] == ["down"] * 10 + ["unknown"] * 8 + ["either"]


EXAMPLES = re.findall(r"```yaml probes of an Exporter\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", EXAMPLES)
def test_every_example_of_a_probe_is_right(block: str) -> None:
    lines = "".join(f"    {line}\n" for line in block.splitlines())
    documents, problems = read_documents([("probes.yaml", f"kind: Exporter\nmetadata: {{name: main}}\nspec:\n  probes:\n{lines}")])
    assert (len(documents), problems) == (1, [])
    exporter = documents[0].value
    assert isinstance(exporter, Exporter)
    for probe in exporter.spec.probes:
        assert list(mistakes_in_settings(probe)) == []
        assert [mistake_in_subject(probe, each.subject) for each in probe.subjects] == [None] * len(probe.subjects)
