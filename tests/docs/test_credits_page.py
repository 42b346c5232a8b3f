"""The worked example of the page about credits comes out as the page says."""

from __future__ import annotations

from fractions import Fraction

from manual import ROOT, blocks, is_document

from slo_gen.contract.credits import Credit, Given, credit, reading
from slo_gen.contract.evaluate import evaluate
from slo_gen.contract.facts import Downtime, Outage
from slo_gen.contract.fees import Fees
from slo_gen.contract.methods import measurement
from slo_gen.contract.window import Window
from slo_gen.spec.convert import read_documents
from slo_gen.spec.files import load
from slo_gen.spec.resolve import resolve

PAGE = "docs/credits.md"


def worked() -> Credit:
    """The credit of the page's agreement for 500 minutes down in March, after a miss in January that earned 120 EUR."""
    text = next(block.text for block in blocks(PAGE) if is_document(block))
    documents, _ = read_documents([(PAGE, text.encode())])
    found, _ = resolve([*load([ROOT / "specs"]).documents, *documents])
    agreement = found.agreements["nordwind-atelier-storefront"]
    march, (target,) = agreement.period.named("2026-03"), agreement.targets
    assert march.seconds == 44_580 * 60
    down = Downtime(march.start, march.end, (Outage(march.start, march.start + 500 * 60),))
    outcome = evaluate(target.name, measurement(target), target.bound, down, Window(march.start, march.end))
    assert agreement.credits is not None
    return credit(agreement.credits, [reading(target, outcome)], Fees(agreement.fee, agreement.period, march),
                  Given({"availability": (True, False)}, Fraction(120)))  # fmt: skip


def test_the_worked_example() -> None:
    *steps, last = worked().lines
    told = [f"{line.words}\n    {float(line.amount or 0):.9g}\n" for line in steps] + [f"{last.words}\n"]
    assert "".join(told) == next(block.text for block in blocks(PAGE) if block.language == "text")
