"""``slo-gen evaluate``: what facts come to under an agreement, exactly, and why."""

from __future__ import annotations

import json
from pathlib import Path

import click

from slo_gen.cli.loading import fail, load_catalogue, specs_argument

__all__ = ["command"]


@click.command("evaluate", short_help="Evaluate facts under an agreement: figure, verdict, credit.")
@specs_argument
@click.option("--agreement", "agreement_name", required=True, metavar="NAME", help="The SLA, OLA or UC.")
@click.option("--target", metavar="NAME", help="Its target. Default: all that the facts are about.")
@click.option("--period", "period_name", required=True, metavar="PERIOD", help="A period of the agreement: 2026-10, 2026-Q4, ...")
@click.option("--samples", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE",
              help="Facts as CSV with a header, or one JSON object a line: time,good,total; time,up; time,error_ratio; "
                   "start,end,cause,hit; time,met,taken,ticket. - reads standard input.")
@click.option("--down", multiple=True, metavar="START/LENGTH",
              help="Down time, in the zone of the agreement; all other time was up. Can be given several times. "
                   "/CAUSE and /30% may follow: why, and how many users were hit.")
@click.option("--when", multiple=True, metavar="REASON=START/LENGTH",
              help="Time that is excluded for a cause or a condition that the target excludes.")
@click.option("--slot", metavar="LENGTH", help="How long one sample lasts. Default: the shortest distance between two.")
@click.option("--fee", metavar="AMOUNT",
              help="What was paid in the period for what was affected, as '1840.00 EUR', where no document says it.")
@click.option("--explain", "in_words", is_flag=True, help="Say how the figure comes about, step by step.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    specs: tuple[Path, ...], agreement_name: str, target: str | None, period_name: str, samples: Path | None, down: tuple[str, ...],
    when: tuple[str, ...], slot: str | None, fee: str | None, in_words: bool, as_json: bool,
) -> None:
    """Evaluate facts under an agreement: what was attained, what counts, and what is owed.

    Nothing is asked and nothing is written. Figures are exact; they are rounded only where they are shown, and never across
    what was promised. Samples that are missing are unknown. Credits are those of this period by itself.

    \b
      slo-gen evaluate --agreement acme-checkout --period 2026-03 --down 2026-03-29T01:30/50m --explain
      slo-gen evaluate --agreement acme-checkout --target availability --period 2026-03 --samples march.csv

    Exit status: 0 shown, whatever the verdict, 1 errors found, 2 wrong use.
    """
    from slo_gen.cli.evaluating import (
        agreement_named,
        judged,
        misspelt_causes,
        observed,
        period_named,
        relieved,
        spans_of_reasons,
        targets_named,
    )
    from slo_gen.cli.evaluating_credits import owed
    from slo_gen.cli.evaluation_credit_text import credit_document, credit_lines, credit_summary
    from slo_gen.cli.evaluation_json import as_document
    from slo_gen.cli.evaluation_text import summed_up
    from slo_gen.cli.evaluation_words import explained
    from slo_gen.cli.fee_option import paid
    from slo_gen.timekeeping.zones import TimeError

    catalogue = load_catalogue(specs)
    agreement = agreement_named(catalogue, agreement_name)
    targets, of_period = targets_named(agreement, target), paid(agreement, fee)
    period = period_named(agreement, period_name)
    seen = observed(agreement, period, samples, down, slot, relieved(catalogue, agreement, targets))
    for sentence in misspelt_causes(agreement, targets, seen.facts):
        click.echo(f"slo-gen: {sentence}", err=True)
    found, skipped = judged(catalogue, agreement, targets, period, seen, spans_of_reasons(agreement, targets, when))
    try:
        due = owed(agreement, period, found, of_period)
    except TimeError as error:
        fail(f"by when an outage must be told and claimed cannot be said: {error}")
    if as_json:
        document = as_document(agreement, period, found, skipped, seen)
        click.echo(json.dumps({**document, "credit": None if due is None else credit_document(due)}, indent=2, ensure_ascii=False))
        return
    parts = [explained(each, seen) if in_words else summed_up(each, seen) for each in found]
    if due is not None:
        parts.append((credit_lines if in_words else credit_summary)(agreement, period, due))
    click.echo("\n\n".join("\n".join(lines) for lines in parts))
    if skipped is not None:
        click.echo(f"slo-gen: not evaluated: {', '.join(skipped.targets)}; {skipped.reason}", err=True)
