"""What is asked about the measuring itself: whether minutes are recorded, sources answer and tables of calendars last."""

from __future__ import annotations

from typing import Final

from slo_gen import names
from slo_gen.rules.promql import label_list

__all__ = ["covered", "latest_record", "number_silent", "rejected", "source_age", "source_errors", "source_up", "tables_end", "writable"]

_OWNED: Final = label_list((names.INDICATOR, names.SERVICE))
_SOURCE: Final = label_list((names.SOURCE,))


def latest_record() -> str:
    """Seconds since the last minute of any indicator was recorded."""
    return f"time() - max(timestamp({names.TOTAL}))"


def number_silent(chosen: str) -> str:
    """How many indicators are meant to exist and have no record now; nothing where it is not known which are meant to exist."""
    meant = f"max by ({_OWNED}) ({names.INDICATOR_INFO}{{{chosen}}})"
    return f"count({meant} unless on ({names.INDICATOR}) {names.TOTAL}) or 0 * count({meant})"


def covered(chosen: str) -> str:
    """The share of the minutes of each SLO's window that have a record."""
    return f"min by ({label_list((names.SLO, names.SERVICE))}) ({names.COVERAGE}{{{chosen}}})"


def tables_end() -> str:
    """Seconds until the tables of calendars and periods end."""
    return f"min({names.TABLES_END}) - time()"


def source_up() -> str:
    """1 for each source that answered when it was read last."""
    return f"max by ({_SOURCE}) ({names.SOURCE_UP})"


def source_age() -> str:
    """Seconds since the newest thing that is known of each source."""
    return f"time() - max by ({_SOURCE}) ({names.SOURCE_WATERMARK})"


def source_errors() -> str:
    """Errors of each source in the last day."""
    return f"sum by ({_SOURCE}) (increase({names.SOURCE_ERRORS}[1d]))"


def rejected() -> str:
    """Rows of each source that could not be used, in the last day."""
    return f"sum by ({_SOURCE}) (increase({names.SOURCE_REJECTED}[1d]))"


def writable() -> str:
    """1 where a ledger can be written."""
    return f"min({names.LEDGER_WRITABLE})"
