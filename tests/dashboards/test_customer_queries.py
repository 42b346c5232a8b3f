"""What the page of a customer says of a target in every case, by promtool's own evaluation."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from sla_dashboards.customer_queries import CustomerQueries
from sla_dashboards.states import AT_RISK, BREACHED, NO_DATA, NOT_YET, OK

from slo_gen import names

DAY = 86_400
PAIR = '{agreement="acme-sla", target="availability"}'
TICKETS = '{agreement="acme-sla", target="p1"}'
OWN = 'agreement="acme-sla", slm_customer="acme"'
LEAST = {
    f'{names.AGREEMENT_TARGET}{{{OWN}, target="availability", slm_account="a", slm_objective="at least 99.9%"}}': "0.999",
}


def period(metric: str, start: int = 0, target: str = "availability") -> str:
    return f'{metric}{{{OWN}, target="{target}", period="{start}", slm_service="shop"}}'


def figures(**changes: str) -> dict[str, str]:
    values = {"attained": "0.9999", "lower": "0.9999", "upper": "1", "left": "5", "left_ratio": "0.9", **changes}
    metrics = {
        "attained": names.PERIOD_ATTAINED, "lower": names.PERIOD_ATTAINED_LOWER, "upper": names.PERIOD_ATTAINED_UPPER,
        "left": names.PERIOD_BUDGET_LEFT, "left_ratio": names.PERIOD_BUDGET_LEFT_RATIO,
    }  # fmt: skip
    return LEAST | {period(names.PERIOD_STARTED): "0", period(names.PERIOD_ENDS): str(30 * DAY)} | {
        period(metrics[name]): value for name, value in values.items() if value
    }  # fmt: skip


def tickets(decided: int, missed: int, left: int, *, limit: int | None = None) -> dict[str, str]:
    own = f'{{{OWN}, target="p1"}}'
    found = {
        names.TICKET_TARGET + f'{{{OWN}, target="p1", slm_objective="at least 95%", priority="P1"}}': "0.95" if limit is None else "0",
        names.TICKETS_DECIDED + own: str(decided), names.TICKETS_MISSED + own: str(missed), names.TICKETS_MISSES_LEFT + own: str(left),
    }  # fmt: skip
    if limit is not None:
        found[names.TICKET_LIMIT + own] = str(limit)
    elif decided:
        found[names.TICKETS_ATTAINED + own] = str((decided - missed) / decided)
    return found


def told(series: Mapping[str, str], expected: Mapping[str, Mapping[str, float]], tmp_path: Path, at: str = "0m", step: str = "1m") -> None:
    """Each expression gives these series, and nothing else, at an instant of the story."""
    story = {"tests": [{
        "interval": step, "input_series": [{"series": name, "values": value} for name, value in series.items()],
        "promql_expr_test": [
            {"expr": expr, "eval_time": at, "exp_samples": [{"labels": labels, "value": value} for labels, value in found.items()]}
            for expr, found in expected.items()
        ],
    }]}  # fmt: skip
    file = tmp_path / "story.yml"
    file.write_text(json.dumps(story), encoding="utf-8")
    done = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def asked(expected: int = 1) -> CustomerQueries:
    return CustomerQueries("acme", (), (("acme-sla", "availability"),), 2, expected)


@pytest.mark.parametrize(("series", "state"), [
    (figures(), OK),
    (figures(left="-1", left_ratio="-0.1"), BREACHED),
    (figures(left_ratio="0.2"), AT_RISK),
    (figures(lower="0.9"), AT_RISK),
    (figures() | {f'ALERTS{{{OWN}, target="availability", alertname="SLMPeriodAtRisk", alertstate="firing", stage="75%"}}': "1"}, AT_RISK),
    (figures() | {f'ALERTS{{{OWN}, target="availability", alertname="SLMPeriodAtRisk", alertstate="pending", stage="75%"}}': "1"}, OK),
    (figures(attained="", lower="", upper=""), NO_DATA),
    (LEAST, NO_DATA),
])  # fmt: skip
def test_the_state_of_a_target_and_the_verdict_on_it(series: Mapping[str, str], state: int, tmp_path: Path) -> None:
    told(series, {asked().every_state(): {PAIR: state}, asked().verdict(): {"{}": state}}, tmp_path)


@pytest.mark.parametrize(("series", "state", "verdict"), [
    (tickets(40, 1, 1), OK, OK), (tickets(40, 3, -1), AT_RISK, AT_RISK), (tickets(0, 0, 0), NOT_YET, OK),
    (tickets(3, 3, -1, limit=2), BREACHED, BREACHED), (tickets(0, 0, 2, limit=2), OK, OK),
    (tickets(5, 1, 0), OK, OK),                      # low volume: one of few may be missed, as the rules have counted
])  # fmt: skip
def test_the_verdict_takes_in_tickets(series: Mapping[str, str], state: int, verdict: int, tmp_path: Path) -> None:
    ask = asked(2)
    told(figures() | series, {ask.every_state(): {PAIR: OK, TICKETS: state}, ask.verdict(): {"{}": verdict}}, tmp_path)


def test_a_target_that_no_account_sums_up_is_not_waited_for(tmp_path: Path) -> None:
    other = {f'{names.AGREEMENT_TARGET}{{{OWN}, target="longest", slm_objective="at least 99%"}}': "0.99"}
    told(figures() | other, {asked().every_state(): {PAIR: OK}, asked().verdict(): {"{}": OK}}, tmp_path)


def test_tickets_that_nobody_tells_of_are_no_reason_to_say_met(tmp_path: Path) -> None:
    told(figures(), {asked(2).verdict(): {"{}": NO_DATA}}, tmp_path)
    told(figures(left="-1"), {asked(2).verdict(): {"{}": BREACHED}}, tmp_path)


@pytest.mark.parametrize(("attained", "shown", "margin"), [
    ("0.9", 0.9, -0.099), ("0.99999999", 0.9999, 0.0009), ("1", 1, 0.001), ("0.9989999", 0.9989, -0.0001),
])  # fmt: skip
def test_what_is_shown_is_cut_off_to_the_worse_side(attained: str, shown: float, margin: float, tmp_path: Path) -> None:
    told(figures(attained=attained), {asked().attained(): {PAIR: shown}, asked().margin(): {PAIR: margin}}, tmp_path)


def test_a_greatest_level_is_cut_up_and_kept_from_below(tmp_path: Path) -> None:
    most = {f'{names.AGREEMENT_TARGET}{{{OWN}, target="availability", slm_account="a", slm_objective="at most 1%"}}': "0.01"}
    series = {key: value for key, value in figures(attained="0.00101", upper="0.002").items() if names.AGREEMENT_TARGET not in key} | most
    told(series, {
        asked().every_state(): {PAIR: OK}, asked().attained(): {PAIR: 0.0011},
        asked().margin(): {PAIR: 0.0089},
    }, tmp_path)  # fmt: skip
    told(series | {period(names.PERIOD_ATTAINED_UPPER): "0.02"}, {asked().every_state(): {PAIR: AT_RISK}}, tmp_path)


def test_minutes_are_those_of_seconds_where_time_counts_and_of_the_period_where_events_do(tmp_path: Path) -> None:
    pairs = (("acme-sla", "availability"),)
    series = figures(left_ratio="0.4") | {period(names.PERIOD_BASIS): str(10 * DAY)}
    by_events, by_time = CustomerQueries("acme", (), pairs), CustomerQueries("acme", pairs, ())
    told(series, {
        by_events.minutes_left(): {PAIR: 17.2}, by_events.minutes_used(): {PAIR: 26.0},        # of 43.2
        by_time.minutes_left(): {PAIR: 5.7}, by_time.minutes_used(): {PAIR: 8.7},              # of 14.4
        by_time.least_minutes_left(): {"{}": 5.7},
    }, tmp_path)  # fmt: skip
    told(series | {period(names.PERIOD_BUDGET_LEFT_RATIO): "-0.5"}, {by_time.minutes_left(): {PAIR: -7.2}}, tmp_path)


def test_targets_of_both_ways_are_told_apart_also_where_they_are_called_the_same(tmp_path: Path) -> None:
    other = 'agreement="acme-other", slm_customer="acme"'
    series = figures(left_ratio="0.5") | {period(names.PERIOD_BASIS): "99999999"}
    series |= {key.replace(OWN, other): value for key, value in series.items()} | {
        period(names.PERIOD_BASIS).replace(OWN, other): str(10 * DAY)
    }  # fmt: skip
    ask = CustomerQueries("acme", (("acme-other", "availability"),), (("acme-sla", "availability"),))
    told(series, {ask.minutes_left(): {PAIR: 21.6, '{agreement="acme-other", target="availability"}': 7.2}}, tmp_path)


def test_the_period_before_is_forgotten_once_the_next_has_begun(tmp_path: Path) -> None:
    later = {name.replace('period="0"', f'period="{DAY}"'): value for name, value in figures().items() if 'period="0"' in name}
    later[period(names.PERIOD_STARTED, DAY)] = str(DAY)
    told(figures(left="-1", attained="0.5") | later, {asked().every_state(): {PAIR: OK}, asked().attained(): {PAIR: 0.9999}}, tmp_path)


def test_a_day_is_what_was_added_to_either_period_in_it(tmp_path: Path) -> None:
    """Every ten minutes for four days; the second period begins with the third day, and the fourth has no data."""
    steps = DAY // 600
    first = [str(min(place, 2 * steps) * 100) for place in range(2 * steps + 2)]
    bad = ["0"] * steps + [str(place) for place in range(steps + 2)]                     # 1 in 100 from the second day on
    second = ["_"] * (2 * steps + 2) + [str((place + 2) * 100) for place in range(steps - 2)] + [str(steps * 100)] * (steps + 12)
    none = ["_"] * (2 * steps + 2) + ["0"] * (2 * steps + 10)
    series = {
        **{name: f"{value}+0x{4 * steps + 20}" for name, value in LEAST.items()},
        period(names.PERIOD_TOTAL): " ".join(first), period(names.PERIOD_BAD): " ".join(bad),
        period(names.PERIOD_TOTAL, 2 * DAY): " ".join(second), period(names.PERIOD_BAD, 2 * DAY): " ".join(none),
        period(names.PERIOD_STARTED): f"0+0x{2 * steps + 2}",
        period(names.PERIOD_STARTED, 2 * DAY): f"_x{2 * steps + 1} {2 * DAY}+0x{2 * steps + 10}",
    }  # fmt: skip
    own = '{agreement="acme-sla"}'
    then = f"last_over_time(({asked().days()})[599s:10m] offset 1500m)"                  # promtool knows no instant that is to come
    for day, state in enumerate((OK, AT_RISK, OK, NO_DATA)):
        told(series, {then: {own: state}}, tmp_path, f"{day * 1440 + 1500}m", "10m")
    told(series, {then: {}}, tmp_path, f"{4 * 1440 + 1500}m", "10m")
    # While nobody recorded anything at the end of the first day, nothing is known of it and of the second.
    for name in (period(names.PERIOD_TOTAL), period(names.PERIOD_BAD)):
        values = series[name].split()
        series[name] = " ".join(["_" if steps - 6 <= place <= steps + 6 else value for place, value in enumerate(values)])
    for day, state in enumerate((NO_DATA, NO_DATA, OK)):
        told(series, {then: {own: state}}, tmp_path, f"{day * 1440 + 1500}m", "10m")


def test_periods_that_have_ended_are_met_missed_or_not_proven(tmp_path: Path) -> None:
    series = dict(LEAST)
    for start, lower, upper in ((0, "0.9995", "0.9995"), (31, "0.9", "0.95"), (59, "0.99", "1")):
        values = {names.PERIOD_STARTED: str(start * DAY), names.PERIOD_ENDS: str((start + 28) * DAY), names.PERIOD_ATTAINED: upper,
                  names.PERIOD_ATTAINED_LOWER: lower, names.PERIOD_ATTAINED_UPPER: upper}  # fmt: skip
        series |= {period(metric, start * DAY): f"_x{start + 27} {value}" for metric, value in values.items()}
    series = {name: value if "x" in value else f"{value}+0x100" for name, value in series.items()}
    own = [f'{{agreement="acme-sla", target="availability", period="{start * DAY}"}}' for start in (0, 31, 59)]
    months = [f'{{agreement="acme-sla", target="availability", period="{start * DAY}", month="1970-{month}"}}'
              for start, month in ((0, "01"), (31, "02"), (59, "03"))]  # fmt: skip
    told(series, {
        asked().past_state(): dict(zip(own, (OK, BREACHED, AT_RISK), strict=True)), asked().past(): dict.fromkeys(months, 1),
        asked().past_attained(): dict(zip(own, (0.9995, 0.95, 1), strict=True)),
    }, tmp_path, "90d", "1d")  # fmt: skip
    told(series, {asked().past_state(): {own[0]: OK}}, tmp_path, "58d", "1d")


def test_the_instants_are_in_milliseconds(tmp_path: Path) -> None:
    told(figures(), {asked().first_end(): {"{}": 30 * DAY * 1000}, asked().as_of(): {"{}": 0}}, tmp_path)
