"""Identifiers that Grafana looks up at run time and nobody checks before: a wrong one is silently ignored there."""

from __future__ import annotations

from typing import Literal

__all__ = ["Calculation", "Colour", "MatcherId", "TransformationId", "Unit"]

Unit = Literal[
    "none", "short", "string", "percent", "percentunit", "s", "m", "h", "d", "dtdurations", "dateTimeAsIso", "dateTimeFromNow",
    "reqps", "ops", "bool_yes_no", "suffix:x", "currencyEUR", "currencyUSD", "currencyGBP", "currencyCHF",
]  # fmt: skip
"""How a figure is written. ``percentunit`` takes 0 to 1, ``dtdurations`` seconds, ``dateTimeAsIso`` milliseconds since 1970."""

Colour = Literal["red", "orange", "yellow", "green", "blue", "purple", "text", "dark-red", "dark-blue", "transparent", "#808080"]
"""Grafana's own colours, which it draws for its light and its dark theme; and a grey, for which it has no name."""

MatcherId = Literal["byName", "byRegexp", "byFrameRefID", "byType", "byNames"]

TransformationId = Literal[
    "merge", "organize", "joinByField", "labelsToFields", "sortBy", "filterFieldsByName", "reduce", "groupBy", "limit", "renameByRegex",
    "groupingToMatrix",
]  # fmt: skip

Calculation = Literal["lastNotNull", "last", "min", "max", "mean", "sum", "count"]
