"""The states in which something promised can be: in numbers that queries give, in words, and in colours.

A smaller number is worse, so that the least of several is the worst. What nobody knows is worse than what is kept, and never green.
"""

from __future__ import annotations

from typing import Final

from sla_dashboards.modern import GREY, Format, Step, ValueText
from slo_gen.rules.period_alerts import LOW_BUDGET

__all__ = ["AT_RISK", "BREACHED", "LOW_BUDGET", "NOT_YET", "NO_DATA", "OF_AGREEMENTS", "OF_OBJECTIVES", "OK", "cut_off", "cut_up"]

BREACHED: Final = 0
AT_RISK: Final = 1
NO_DATA: Final = 2
OK: Final = 3
NOT_YET: Final = 4
"""Nothing has happened that could be judged, as where no ticket came: no reason to worry, and nothing that was kept."""

_ROUNDING: Final = "1e-6"
"""What a share times a power of ten may lack of a whole number in binary."""

_STEPS: Final = (Step("red"), Step("orange", AT_RISK), Step(GREY, NO_DATA), Step("green", OK), Step(GREY, NOT_YET))


def _words(breached: str, at_risk: str, ok: str) -> Format:
    texts = (
        ValueText(BREACHED, breached, "red"), ValueText(AT_RISK, at_risk, "orange"), ValueText(NO_DATA, "NO DATA", GREY),
        ValueText(OK, ok, "green"), ValueText(NOT_YET, "NOTHING YET", GREY),
    )  # fmt: skip
    return Format(steps=_STEPS, texts=texts, absent="NO DATA")


OF_AGREEMENTS: Final = _words("BREACHED", "AT RISK", "MET SO FAR")
"""How the state of a target of an agreement is shown."""

OF_OBJECTIVES: Final = _words("BUDGET SPENT", "AT RISK", "WITHIN BUDGET")
"""How the state of an SLO is shown."""


def cut_off(figure: str, decimals: int) -> str:
    """What is shown of a share: cut off and never rounded up, so that what is not whole does not read 100 %."""
    scale = 10 ** (decimals + 2)
    return f"floor(({figure}) * {scale} + {_ROUNDING}) / {scale}"


def cut_up(figure: str, decimals: int) -> str:
    """The same of a share that is to be small: never cut to the better side."""
    scale = 10 ** (decimals + 2)
    return f"ceil(({figure}) * {scale} - {_ROUNDING}) / {scale}"
