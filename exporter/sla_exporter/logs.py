"""The log: one line for each thing that happened, as logfmt or JSON, on standard error. Secrets are covered before it is written."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final

from slo_gen.spec.secrets import hidden

__all__ = ["begin_logging"]

_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
_NAMES: Final = {"WARNING": "warn", "CRITICAL": "error"}


def begin_logging(level: str, form: str) -> None:
    """Log everything of the exporter from ``level`` on. Libraries log from warnings on: what they say of requests is not ours."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(form))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("sla_exporter").setLevel(_LEVELS[level])


class _Lines(logging.Formatter):
    def __init__(self, form: str) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        text = " ".join(hidden(line) for line in record.getMessage().splitlines())
        where = ""
        if record.exc_info and record.exc_info[2] is not None:
            last = record.exc_info[2]
            while last.tb_next is not None:
                last = last.tb_next
            where = f"{last.tb_frame.f_code.co_filename.rpartition('/')[2]}:{last.tb_lineno}"
        told = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": _NAMES.get(record.levelname, record.levelname.lower()),
            "msg": text,
            **({"at": where} if where else {}),
        }
        if self._form == "json":
            return json.dumps(told, ensure_ascii=False)
        return " ".join(f"{name}={_word(value)}" for name, value in told.items())


def _word(text: str) -> str:
    return text if text and all(char.isalnum() or char in "-_.:/+" for char in text) else json.dumps(text, ensure_ascii=False)
