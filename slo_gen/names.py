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
GOOD_LEVEL = "slm:good:level1m"
PROCESS_RESTARTED = "slm:process:restarted1m"  # targets that told several start times lately
PROCESS_SEEN = "slm:process:seen1m"          # value: start time of the process, 0 where it exposes none
PROCESS_FIRST_STEP = "slm:process:first_step1m"
PROCESS_LAST_STEP = "slm:process:last_step1m"
PROCESS_PRESENT = "slm:process:present1m"    # value: time of the evaluation
PROCESS_SETTLED = "slm:process:settled1m"    # value: time of the evaluation
PROCESS_REPLACED = "slm:process:replaced1m"  # value: when its start time was last settled, on other targets than now
PROCESS_NEW = "slm:process:new1m"            # value: time of the evaluation
PROCESS_ZERO = "slm:process:from_zero1m"
PROCESS_ARRIVED = "slm:process:arrived1m"
PROCESS_DEPARTED = "slm:process:departed1m"
CUT_OFF = "slm:count:cut_off1m"              # value: intervals since an evaluation that was not finished
PROCESS_ENDED = "slm:process:ended1m"        # value: share of an interval that may have gone unseen at its end

# --- windows and verdicts, shared rules per shard ----------------------------------------------------------
OBJECTIVE = "slm:slo:objective_ratio"      # info series: one per SLO, its value is the objective (0.999)
ATTAINED = "slm:slo:attained_ratio"        # good share of the SLO's own window
BUDGET_LEFT = "slm:slo:error_budget_remaining_ratio"
BURN_RATE = "slm:slo:burn_rate_ratio"
COVERAGE = "slm:slo:coverage_ratio"
INDICATOR_INFO = "slm:indicator:info"
AGREEMENT_TARGET = "slm:agreement:target_ratio"   # info series: one per agreement target on an indicator
AGREEMENT_LIMIT = "slm:agreement:target_seconds"  # the same of targets that limit the down time of a period and are live
ATTAINED_LOWER = "slm:slo:attained_lower_ratio"   # all unseen events were bad
ATTAINED_UPPER = "slm:slo:attained_upper_ratio"   # none of them was

# --- roll-ups: exact sums of five minutes each, what windows of a day and more are added up from -------------
TOTAL_ROLLUP = "slm:total:rollup5m"
BAD_ROLLUP = "slm:bad:rollup5m"
UNSEEN_ROLLUP = "slm:unseen:rollup5m"
MINUTES_ROLLUP = "slm:minutes:rollup5m"    # minutes with a record

# --- calendars: compiled from tables of instants ---------------------------------------------------------------
PERIOD_START = "slm:calendar:period_start_timestamp_seconds"
PERIOD_END = "slm:calendar:period_end_timestamp_seconds"
CALENDAR_OPEN = "slm:calendar:open_ratio"  # share of the last settled minute in which it is open
TABLES_END = "slm:calendar:tables_end_timestamp_seconds"

# --- periods: one series per agreement target, labelled with the start of the period -----------------------------
COUNTING_SECONDS = "slm:calendar:counting1m"  # seconds of a minute that count for some targets, in advance of its facts
CONDITION = "slm:condition:active1m"       # 1 where the condition of an exclusion held at the end of the minute, else 0
PERIOD_BOOKED = "slm:period:booked"        # what is summed up over a period, by part
PERIOD_DAILY = "slm:period:daily"          # what a day added to it: one sample at the end of each
PERIOD_PART = "slm:period:part"            # what follows from the tables, in the same way
PERIOD_BAD = "slm:period_bad"
PERIOD_TOTAL = "slm:period_total"
PERIOD_UNKNOWN = "slm:period_unknown"
PERIOD_EXCLUDED = "slm:period_excluded"
PERIOD_BASIS = "slm:period:basis"          # what the budget of the whole period is a share of
PERIOD_ATTAINED = "slm:period:attained_ratio"
PERIOD_ATTAINED_LOWER = "slm:period:attained_lower_ratio"
PERIOD_ATTAINED_UPPER = "slm:period:attained_upper_ratio"
PERIOD_BUDGET_LEFT = "slm:period:budget_remaining"
PERIOD_BUDGET_LEFT_RATIO = "slm:period:budget_remaining_ratio"
PERIOD_STARTED = "slm:period:start_timestamp_seconds"
PERIOD_ENDS = "slm:period:end_timestamp_seconds"
CLAIM_DEADLINE = "slm:claim:deadline_timestamp_seconds"   # of missed periods of suppliers, by STAGE
CLAIM_OUTAGE = "slm:claim:outage_timestamp_seconds"    # the deadline of what happens now, below 0 while no outage goes on
CLAIM_OPEN = "slm:claim:open_timestamp_seconds"        # deadlines of outages that are ahead, by UNIT


def bad_window(window: str) -> str:
    """Bad events of one window, e.g. ``slm:bad:increase1h``."""
    return f"slm:bad:increase{window}"


def total_window(window: str) -> str:
    """All events of one window, e.g. ``slm:total:increase1h``."""
    return f"slm:total:increase{window}"


def unseen_window(window: str) -> str:
    """Events of one window that no scrape can have seen, e.g. ``slm:unseen:increase30d``."""
    return f"slm:unseen:increase{window}"


def minutes_window(window: str) -> str:
    """Minutes of one window that have a record, e.g. ``slm:minutes:count30d``."""
    return f"slm:minutes:count{window}"


def error_ratio(window: str) -> str:
    """Traffic-weighted share of bad events in one window, e.g. ``slm:error:ratio1h``."""
    return f"slm:error:ratio{window}"


# --- what the exporter exposes ----------------------------------------------------------------------------------
TICKET_TARGET = "slm_agreement_ticket_target_ratio"    # the share that is owed, with what alerts say of a target as labels
TICKET_LIMIT = "slm_agreement_ticket_limit"              # so many tickets at most, where only their number is promised
LOW_VOLUME_BELOW = "slm_agreement_low_volume_tickets"  # fewer are few, and then
LOW_VOLUME_MISSES = "slm_agreement_low_volume_misses"  # so many may be missed
PERIOD_TICKETS = "slm_period_tickets"                  # by OUTCOME, in the present period
TICKETS_PERIOD_START = "slm_period_start_timestamp_seconds"
TICKETS_PERIOD_END = "slm_period_end_timestamp_seconds"
TICKET_RESULTS = "slm_ticket_results_total"            # by OUTCOME, since the ledger began
TICKET_CLOCK = "slm_ticket_clock_seconds"              # histogram, in seconds of the hours that count
TICKETS_RUNNING = "slm_tickets_running"
TICKETS_PAUSED = "slm_tickets_paused"
TICKETS_AT_RISK = "slm_tickets_at_risk"                # by STAGE
TICKETS_OVERDUE = "slm_tickets_overdue"
TICKET_NEXT_DEADLINE = "slm_ticket_next_deadline_timestamp_seconds"
TICKET_DEADLINE = "slm_ticket_deadline_timestamp_seconds"   # the one family with TICKET as a label; by STAGE
FEEDBACK_RATINGS = "slm_feedback_ratings"              # marks of customers in the present period
FEEDBACK_SCORE = "slm_feedback_score"                  # all of these marks together
FEEDBACK_COMPLAINTS = "slm_feedback_complaints"
TICKET_CORRECTIONS = "slm_ticket_corrections_total"
SOURCE_UP = "slm_source_up"
SOURCE_LAST_SUCCESS = "slm_source_last_success_timestamp_seconds"
SOURCE_WATERMARK = "slm_source_watermark_timestamp_seconds"
SOURCE_POLL_DURATION = "slm_source_poll_duration_seconds"
SOURCE_ERRORS = "slm_source_errors_total"              # by REASON
SOURCE_REJECTED = "slm_source_rows_rejected_total"     # by REASON
PROBE_UP = "slm_probe_up"                              # 1 or 0; not there while the state is unknown or excluded
PROBE_STATE = "slm_probe_state"                        # 1 for the present one of all STATE, 0 for the others
PROBE_STATE_SINCE = "slm_probe_state_since_timestamp_seconds"
PROBE_TRANSITIONS = "slm_probe_transitions_total"      # by the STATE that began
PROBE_CERTIFICATE_ENDS = "slm_probe_certificate_expiry_timestamp_seconds"   # by LOCATION
PERIOD_SECONDS = "slm_period_seconds"                  # by STATE, in the present period
PERIOD_COUNTED = "slm_period_counted_seconds"          # of these, what the agreement counts as down
PERIOD_SO_FAR = "slm_period_denominator_seconds"       # what the figure is a share of, up to now
PERIOD_IN_ALL = "slm_period_basis_seconds"             # and by the end of the period
PERIOD_UNSEEN = "slm_period_unknown_seconds"           # time without data that could decide
PERIOD_LEFT_OUT = "slm_period_excluded_seconds"        # of the agreed hours, what is excluded for a reason
PERIOD_FIGURE = "slm_period_attained_ratio"
PERIOD_FIGURE_LOWER = "slm_period_attained_lower_ratio"
PERIOD_FIGURE_UPPER = "slm_period_attained_upper_ratio"
PERIOD_VERDICT = "slm_period_verdict"                  # 1 for the present one of all VERDICT, 0 for the others
PERIOD_AS_OF = "slm_period_evaluated_timestamp_seconds"
SOURCE_SKIPPED = "slm_source_polls_skipped_total"
LEDGER_WRITABLE = "slm_ledger_writable"
LEDGER_WRITER = "slm_ledger_writer"                    # 1 on the replica that writes
EXPORTER_INFO = "slm_exporter_build_info"
EXPORTER_RELOADED = "slm_exporter_config_last_reload_successful"
EXPORTER_RELOADED_AT = "slm_exporter_config_last_reload_success_timestamp_seconds"
EXPORTER_DROPPED = "slm_exporter_series_dropped_total" # by FAMILY

# --- what rules make of it --------------------------------------------------------------------------------------
TICKETS_ATTAINED = "slm:tickets:attained_ratio"
TICKETS_DECIDED = "slm:tickets:decided"
TICKETS_MISSED = "slm:tickets:missed"
TICKETS_MISSES_LEFT = "slm:tickets:misses_left"        # below 0: too many already

# --- labels ------------------------------------------------------------------------------------------------
INDICATOR = "indicator"
SLO = "slo"
AGREEMENT = "agreement"
TARGET = "target"
CUSTOMER = "slm_customer"
SERVICE = "slm_service"
CALENDAR = "calendar"
PERIODS = "periods"                        # length and zone of calendar periods: month Europe/Berlin
PERIOD = "period"                          # start of a period, seconds since 1970
UNIT = "unit"                              # start of the minutes that are booked at once, seconds since 1970
PART = "part"
CONDITION_KEY = "condition"
MASK = "mask"                              # which time counts
BACK = "back"                              # minutes before the last settled one
ACCOUNT = "slm_account"                    # targets that are summed up alike
PROCESS = "process"
TARGETS = "targets"
DEFINITION = "definition"
ENTRY = "entry"
WINDOW = "window"
SEVERITY = "severity"
TEAM = "team"
LONG_WINDOW = "long_window"
SHORT_WINDOW = "short_window"
PARTY = "slm_party"                        # team or supplier of an OLA or UC
KIND = "slm_kind"                          # SLA, OLA, UC
TITLE = "slm_title"
RUNBOOK_URL = "slm_runbook_url"
DASHBOARD_URL = "slm_dashboard_url"
ANNOTATION_PREFIX = "slm_annotation_"      # a user's annotation, carried by the objective series
OBJECTIVE_TEXT = "slm_objective"           # as written: 99.95%
COUNTING = "slm_counting"                  # of indicators that count events; the others are watched
STAGE = "stage"                            # how much of the budget or of the time is used up: 75%
AFTER = "slm_after"                        # in matchers of routes alone: no alert has it
OWNER = "slm_team"                         # of what the exporter exposes, where a bare team would clash with labels of targets
OUTCOME = "outcome"
TICKET = "ticket"
SOURCE = "source"
REASON = "reason"
STATE = "state"                            # up, down, unknown, excluded
LOCATION = "location"
VERDICT = "verdict"                        # met, missed, unclear, not_measured
FAMILY = "family"
PRIORITY = "priority"
WHERE_PREFIX = "slm_where_"                # what a target of an agreement picks a label of its indicator by

# --- alerts ------------------------------------------------------------------------------------------------
BUDGET_BURN = "SLMBudgetBurn"
INDICATOR_NO_DATA = "SLMIndicatorNoData"
CALENDAR_ENDING = "SLMCalendarEnding"
PERIOD_AT_RISK = "SLMPeriodAtRisk"         # with the label STAGE
PERIOD_BREACHED = "SLMPeriodBreached"
CREDIT_STEP = "SLMCreditStep"                 # with the label STAGE: what the step gives
CLAIM_DEADLINE_NEAR = "SLMClaimDeadlineNear"  # with the label STAGE: notify or submit
TICKET_DEADLINE_NEAR = "SLMTicketDeadlineNear"    # with the label STAGE
TICKET_OVERDUE = "SLMTicketOverdue"
SOURCE_STALE = "SLMSourceStale"

RESERVED_LABELS = frozenset({
    INDICATOR, SLO, AGREEMENT, TARGET, CUSTOMER, SERVICE, PROCESS, TARGETS, DEFINITION, ENTRY, WINDOW, SEVERITY, TEAM, CALENDAR, PERIODS,
    PERIOD, PART, CONDITION_KEY, MASK, BACK,
    LONG_WINDOW, SHORT_WINDOW, STAGE, "alertname", "le",
})
"""Labels that slo-gen sets itself; an indicator cannot be grouped ``by`` them."""
