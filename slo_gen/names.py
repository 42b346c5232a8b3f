"""Every metric, label and alert name in one place.

Rules, tests, the status page and the dashboards import the names from here, so that a rename is one edit
and nothing drifts. This module imports nothing.
"""

# --- facts, measured once per indicator ------------------------------------------------------------------
TOTAL = "slm:total:increase1m"
BAD = "slm:bad:increase1m"
UNSEEN = "slm:total:unseen1m"

# --- the exact way of counting: a ledger of processes ----------------------------------------------------
TOTAL_LEVEL = "slm:total:level1m"
BAD_LEVEL = "slm:bad:level1m"

# --- windows and verdicts, shared rules per shard ----------------------------------------------------------
OBJECTIVE = "slm:slo:objective_ratio"      # info series: one per SLO, its value is the objective (0.999)
ATTAINED = "slm:slo:attained_ratio"        # good share of the SLO's own window
BUDGET_LEFT = "slm:slo:error_budget_remaining_ratio"
BURN_RATE = "slm:slo:burn_rate_ratio"
COVERAGE = "slm:slo:coverage_ratio"
INDICATOR_INFO = "slm:indicator:info"
AGREEMENT_TARGET = "slm:agreement:target_ratio"   # info series: one per agreement target on an indicator
GROUP_STARTED = "slm:group:started"


def bad_window(window: str) -> str:
    """Bad events of one window, e.g. ``slm:bad:increase1h``."""
    return f"slm:bad:increase{window}"


def total_window(window: str) -> str:
    """All events of one window, e.g. ``slm:total:increase1h``."""
    return f"slm:total:increase{window}"


def error_ratio(window: str) -> str:
    """Traffic-weighted share of bad events in one window, e.g. ``slm:error:ratio1h``."""
    return f"slm:error:ratio{window}"


# --- labels ------------------------------------------------------------------------------------------------
INDICATOR = "indicator"
SLO = "slo"
AGREEMENT = "agreement"
TARGET = "target"
CUSTOMER = "slm_customer"
SERVICE = "slm_service"
PROCESS = "process"
WINDOW = "window"
SEVERITY = "severity"
TEAM = "team"
LONG_WINDOW = "long_window"
SHORT_WINDOW = "short_window"

# --- alerts ------------------------------------------------------------------------------------------------
BUDGET_BURN = "SLMBudgetBurn"
INDICATOR_NO_DATA = "SLMIndicatorNoData"

RESERVED_LABELS = frozenset(
    {INDICATOR, SLO, AGREEMENT, TARGET, CUSTOMER, SERVICE, PROCESS, WINDOW, SEVERITY, TEAM, LONG_WINDOW, SHORT_WINDOW, "alertname", "le"}
)
"""Labels that slo-gen sets itself; an indicator cannot be grouped ``by`` them."""
