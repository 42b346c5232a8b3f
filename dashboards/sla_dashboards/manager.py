"""What a service level manager looks at: which promises are kept, whom a miss concerns, what it costs, and what is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from sla_dashboards.chain import BACKING, RESTING, Chain
from sla_dashboards.due import claim_deadlines, ending, improvements, reviews
from sla_dashboards.exposure import CURRENCY, Exposure, Side
from sla_dashboards.identity import MANAGER, SRE
from sla_dashboards.links import link, links_from
from sla_dashboards.modern import (
    CHOSEN_SOURCE,
    GREY,
    BarChart,
    Cell,
    Colour,
    Column,
    Dashboard,
    DatasourceVariable,
    Format,
    Line,
    Override,
    Panel,
    QueryVariable,
    Row,
    Stat,
    Step,
    Table,
    Target,
    Text,
    ValueText,
    by_name,
    grouping_to_matrix,
    organize,
    sort_by,
)
from sla_dashboards.months import MONTH, OUTCOME, TO_CUSTOMERS, WORDS, Months
from sla_dashboards.standing import PAIR, Standing
from sla_dashboards.states import AT_RISK, BREACHED, NO_DATA, OF_AGREEMENTS, OK, cut_off
from slo_gen import names
from slo_gen.rules.info import IN_FORCE
from slo_gen.rules.promql import all_of, label_list, label_matcher
from slo_gen.spec.model import Catalogue

__all__ = ["closed_up", "manager_dashboard", "months_chart", "number_of", "total"]

_MONEY: Final = Format("none", 2, absent="Unknown")
_BUDGET: Final = Format("percentunit", 1, (Step("red"), Step("orange", 0), Step("yellow", 0.25), Step("green", 0.5)))
_CHOSEN: Final = (
    label_matcher(names.KIND, "SLA"), label_matcher(names.CUSTOMER, "$customer", "=~"), label_matcher(names.SERVICE, "$service", "=~"),
)  # fmt: skip
_PROMISED: Final = all_of(
    "", label_matcher("__name__", f"{names.AGREEMENT_TARGET}|{names.TICKET_TARGET}", "=~"), label_matcher(names.KIND, "SLA"),
)  # fmt: skip
_SIDES: Final[dict[Side, tuple[str, str]]] = {
    "owed": ("Owed to customers so far", "what our own misses would cost"),
    "recoverable": ("Recoverable from suppliers so far", "what suppliers would give back, if it is claimed"),
}


def manager_dashboard(catalogue: Catalogue, zone: str, existing: Collection[str]) -> Dashboard:
    """The page about all agreements of a catalogue that has any in force. ``existing``: the uids of the pages that it may lead to."""
    standing = Standing(", ".join(_CHOSEN))
    chain = Chain(catalogue)
    panels: list[Panel] = [*_counts(standing), *_customers(catalogue, standing, existing)]
    for more in (_months(25), _chain(chain, existing, 34) if chain.providers else (), _exposure(catalogue, 43), _due(catalogue, 54)):
        panels.extend(more)
    return Dashboard(
        uid=MANAGER,
        title="Service levels",
        description="Every promise to customers, and those of teams and suppliers that it rests on. For service level managers. "
        "Live figures are indicative until a period is closed.",
        zone=zone,
        tags=("slm", "manager"),
        panels=closed_up(panels),
        refresh="5m",
        variables=(
            DatasourceVariable(),
            QueryVariable("customer", "Customer", _PROMISED, names.CUSTOMER, all_of_them=True),
            QueryVariable("service", "Service", _PROMISED, names.SERVICE, all_of_them=True),
        ),
        links=links_from(MANAGER, existing),
    )  # fmt: skip


def closed_up(panels: list[Panel]) -> tuple[Panel, ...]:
    """Panels moved up where a group of them is missing."""
    rows = sorted({y for panel in panels for y in range(panel.at[1], panel.at[1] + panel.at[3])})
    place = {y: number for number, y in enumerate(rows)}
    for panel in panels:
        x, y, width, height = panel.at
        panel.at = (x, place[y], width, height)
    return tuple(panels)


def _decimals(catalogue: Catalogue) -> int:
    """One digit more than any agreement in force is written with, at least two."""
    written = [
        each.objective_text for agreement in catalogue.agreements.values() if agreement.state == IN_FORCE
        for each in agreement.targets if each.unit == "%"
    ]  # fmt: skip
    return max(2, *(len(text.rstrip("% ").partition(".")[2]) + 1 for text in written), 2)


def number_of(standing: Standing, state: int) -> str:
    """How many targets are in a state; 0 where none is, and nothing while nothing is promised."""
    every = standing.every_state()
    return f"count(({every}) == {state}) or 0 * count({standing.promised()})"


def _counts(standing: Standing) -> tuple[Panel, ...]:
    shown: tuple[tuple[str, str, int, Colour, str], ...] = (
        ("met", "Met so far", OK, "green", "has used less than three quarters of its budget, whatever was not seen"),
        ("at-risk", "At risk", AT_RISK, "orange", "has less than a quarter of its budget left, may be lost by what was not seen, or has an "
         "alert that says so"),
        ("breached", "Breached", BREACHED, "red", "has used up the budget of its whole period, so that nothing can bring it back"),
        ("no-data", "No data", NO_DATA, GREY, "has no figure: nothing was recorded, or the exporter says nothing"),
    )  # fmt: skip
    return tuple(
        Stat(
            key=key, title=title, at=(6 * place, 0, 6, 5), datasource=CHOSEN_SOURCE,
            figures=Format("none", 0, (Step("text"), Step(colour, 1)), absent="No agreements"),
            description=f"Targets of SLAs in force whose present period {meaning}.",
            queries=(Target("A", number_of(standing, state)),),
        )
        for place, (key, title, state, colour, meaning) in enumerate(shown)
    )  # fmt: skip


def _customers(catalogue: Catalogue, standing: Standing, existing: Collection[str]) -> tuple[Panel, ...]:
    share = Format("percentunit", _decimals(catalogue))
    promised = standing.promised()
    worst = f"bottomk(10, ({standing.left_share()}) and on ({PAIR}) ({promised}))"
    blank = replace(OF_AGREEMENTS, steps=(Step("transparent"), *OF_AGREEMENTS.steps[1:]), absent="", absent_colour="transparent")
    of_row = label_list((names.AGREEMENT, names.TARGET, names.SERVICE, names.CUSTOMER))

    def of_these(expr: str) -> str:
        return f"({expr}) and on ({PAIR}) {worst}"

    return (
        Table(
            key="grid", title="Customers and services", at=(0, 5, 8, 20), datasource=CHOSEN_SOURCE, figures=blank, grid=True,
            description="The worst state of all targets that a customer was promised of a service. Blank: nothing was promised.",
            queries=(Target("A", f"min by ({names.CUSTOMER}, {names.SERVICE}) ({standing.every_state()})", table=True),),
            before=(
                grouping_to_matrix(names.SERVICE, names.CUSTOMER, "Value"), organize(((rf"{names.CUSTOMER}\{names.SERVICE}", "Customer"),)),
            ),
            cell=Cell("background"),
        ),
        Table(
            key="worst", title="The ten targets with the least left", at=(8, 5, 16, 10), datasource=CHOSEN_SOURCE, sort="Left",
            description="What is left of the budget of the whole period, or of the misses that the tickets decided so far allow, the least "
            "first. Below 0, more is gone than there was. Attained is cut off and not rounded.",
            queries=tuple(Target(ref, expr, table=True) for ref, expr in (
                ("A", f"max by ({of_row}) ({of_these(standing.every_state())})"), ("B", of_these(f"max by ({PAIR}) ({promised})")),
                ("C", of_these(standing.attained(_decimals(catalogue)))), ("D", cut_off(worst, 1)),
                ("E", of_these(f"{standing.ends()} - time()")),
            )),
            columns=(
                Column(names.CUSTOMER, "Customer"), Column(names.SERVICE, "Service", Format(links=link(
                    SRE, existing, service='${__data.fields["Service"]}'))),
                Column(names.AGREEMENT, "Agreement"), Column(names.TARGET, "Target"),
                Column("Value #A", "State", OF_AGREEMENTS, coloured=True), Column("Value #B", "Promised", share),
                Column("Value #C", "Attained", share), Column("Value #D", "Left", _BUDGET),
                Column("Value #E", "Period ends in", Format("dtdurations", 1)),
            ),
        ),
        Table(
            key="no-figure", title="Targets without data", at=(8, 15, 16, 10), datasource=CHOSEN_SOURCE,
            description="Targets of SLAs in force that have no figure in their present period: nothing was recorded, or the exporter "
            "says nothing. Nobody can say that they are met.",
            queries=(Target("A", f"max by ({of_row}) (({standing.every_state()}) == {NO_DATA})", table=True),),
            columns=(
                Column(names.CUSTOMER, "Customer"), Column(names.SERVICE, "Service"), Column(names.AGREEMENT, "Agreement"),
                Column(names.TARGET, "Target"), Column("Value", "State", OF_AGREEMENTS, coloured=True),
            ),
        ),
    )  # fmt: skip


def months_chart(at: tuple[int, int, int, int]) -> Panel:
    """How the periods of each month ended, side by side."""
    colours: dict[int, Colour] = {OK: "green", BREACHED: "red", NO_DATA: GREY}
    return BarChart(
        key="months", title="Twelve months", at=at, datasource=CHOSEN_SOURCE, figures=Format("none", 0, absent="0"), x="Month",
        stacked=True,
        description="How the periods that began in each month ended, of all targets of customers that an indicator measures. Not proven: "
        "what was not seen may have broken the promise. From the last figure of each period that was recorded, which is indicative; "
        "the closings are what counts. Prometheus must keep its data for as long.",
        queries=(Target("A", Months((TO_CUSTOMERS,)).by_month(), table=True),),
        transformations=(
            grouping_to_matrix(OUTCOME, MONTH, "Value"),
            organize(((rf"{MONTH}\{OUTCOME}", "Month"), *((str(outcome), words) for outcome, words in WORDS.items()))),
            sort_by("Month"),
        ),
        changes=tuple(Override(by_name(words), (Line(colour=colours[outcome]),)) for outcome, words in WORDS.items()),
    )  # fmt: skip


def _months(top: int) -> tuple[Panel, ...]:
    return (months_chart((0, top, 24, 9)),)


def _chain(chain: Chain, existing: Collection[str], top: int) -> tuple[Panel, ...]:
    above = chain.worst_above()
    queries = [("A", chain.states()), ("B", cut_off(chain.left(), 1)), *([("C", above)] if above else [])]
    resting = Column("Value #C", "Worst of them", OF_AGREEMENTS, coloured=True)
    return (
        Table(
            key="chain", title="What teams and suppliers promise", at=(0, top, 24, 9), datasource=CHOSEN_SOURCE, sort="State",
            description="Each target of an OLA or of a supplier's contract, and the promises to customers that rest on it (backed_by), "
            "with the worst state of those. A breach here with promises at risk beside it is where to act.",
            queries=tuple(Target(ref, expr, table=True) for ref, expr in queries),
            columns=(
                Column(names.PARTY, "Team or supplier"), Column(names.KIND, "Kind"), Column(BACKING, "Target"),
                Column("Value #A", "State", OF_AGREEMENTS, coloured=True), Column("Value #B", "Left", _BUDGET),
                Column(RESTING, "Promises that rest on it", chain.who()), *([resting] if above else []),
            ),
        ),
    )  # fmt: skip


def _exposure(catalogue: Catalogue, top: int) -> tuple[Panel, ...]:
    panels: list[Panel] = []
    for place, side in enumerate(_SIDES):
        exposure = Exposure(catalogue, side)
        if exposure:
            panels += _side(exposure, side, 12 * place, top)
    return tuple(panels)


def total(exposure: Exposure, side: Side, at: tuple[int, int, int, int]) -> Panel:
    """What is known of one side, in each currency by itself."""
    title, meaning = _SIDES[side]
    return Stat(
        key=side, title=title, at=at, datasource=CHOSEN_SOURCE, figures=_MONEY, named=True, colour="none",
        description=f"Indicative: {meaning}, if the running periods ended in the steps of their credits that they have reached for "
        "certain. Of the targets of one agreement the largest credit counts where one outage may have hit several. Without caps of a year, "
        "minimums, and what depends on the length of the downtime. What is owed is known when a period is closed.",
        queries=tuple(Target(f"C{place}", exposure.total(currency), currency) for place, currency in enumerate(exposure.currencies)),
    )  # fmt: skip


def _side(exposure: Exposure, side: Side, left: int, top: int) -> tuple[Panel, ...]:
    whom = Column(names.CUSTOMER, "Customer") if side == "owed" else Column(names.PARTY, "Supplier")
    known = bool(exposure.currencies)
    return (
        *((total(exposure, side, (left, top, 12, 4)),) if known else ()),
        Table(
            key=f"{side}-steps", title="Steps of credits reached: " + ("customers" if side == "owed" else "suppliers"),
            at=(left, top + 4, 12, 7) if known else (left, top, 12, 11), datasource=CHOSEN_SOURCE,
            description="Each step of the credits of an agreement that its running period has reached whatever comes until the end, and "
            "what it gives where that follows from the fee alone.",
            queries=(Target("A", exposure.steps(), table=True), *((Target("B", exposure.amounts(), table=True),) if known else ())),
            columns=(
                whom, Column(names.AGREEMENT, "Agreement"), Column(names.TARGET, "Target"), Column(names.STAGE, "Step"),
                *((Column("Value #B", "Amount", _MONEY), Column(CURRENCY, "Currency")) if known else ()),
            ),
            hidden=("Time", "Value #A", "Value", names.PARTY if side == "owed" else names.CUSTOMER),
        ),
    )  # fmt: skip


def _due(catalogue: Catalogue, top: int) -> tuple[Panel, ...]:
    claimed = any(each.state == IN_FORCE and each.claim is not None for each in catalogue.agreements.values())
    soon = Format("dtdurations", 1, (Step("red"), Step("orange", 3 * 86_400), Step("transparent", 7 * 86_400)))
    words = Format(texts=(ValueText("notify", "tell the supplier", "text"), ValueText("submit", "claim", "text")))
    claims = Table(
        key="claims", title="Claims against suppliers that are due", at=(0, top + 1, 12, 8), datasource=CHOSEN_SOURCE, sort="Due in",
        description="By when what a supplier missed must be told and claimed, the nearest first. A deadline stays until it has passed: "
        "nobody tells the metrics that a claim was made.",
        queries=(Target("A", claim_deadlines(), table=True),),
        columns=(
            Column(names.PARTY, "Supplier"), Column(names.AGREEMENT, "Agreement"), Column(names.TARGET, "Target"),
            Column(names.STAGE, "What", words), Column("Value", "Due in", soon, coloured=True),
        ),
        hidden=("Time", names.PERIOD),
    )  # fmt: skip

    def told(key: str, title: str, at: tuple[int, int, int, int], content: str, description: str) -> Text:
        return Text(key=key, title=title, at=at, content=content, description=description)

    ends = told(
        "ending", "Agreements that end", (12 if claimed else 0, top + 1, 12 if claimed else 24, 8), ending(catalogue),
        "The last days of the agreements in force, as the documents say. One that renews itself is not listed.",
    )  # fmt: skip
    meetings = told(
        "reviews", "Reviews to come", (0, top + 9, 10, 8), reviews(catalogue),
        "Reviews that are planned, and the day that was agreed for the next one where none is planned yet, as the documents say.",
    )  # fmt: skip
    better = told(
        "improvements", "Improvements that are open", (10, top + 9, 14, 8), improvements(catalogue),
        "What is to become better, by when, and where it stands, as the documents say. What is verified, rejected or cancelled is not "
        "listed.",
    )  # fmt: skip
    return (Row(key="due", title="Due", at=(0, top, 24, 1)), *((claims,) if claimed else ()), ends, meetings, better)
