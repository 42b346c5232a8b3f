"""The log: one line for each thing, in both forms, whatever the texts are."""

from __future__ import annotations

import json
import logging
import re
import sys

import pytest
from sla_exporter.logs import begin_logging

from slo_gen.known_secrets import remember

HOSTILE = "it said:\r\n  level=error msg=\"forged\"\u2028\x85\x0bmore\x1b[31m"


@pytest.fixture
def own_logging() -> object:
    root, own = logging.getLogger(), logging.getLogger("sla_exporter")
    before = root.handlers[:], root.level, own.level
    yield
    root.handlers[:], root.level = before[0], before[1]
    own.setLevel(before[2])


@pytest.mark.usefixtures("own_logging")
@pytest.mark.parametrize("form", ["logfmt", "json"])
@pytest.mark.parametrize("level", ["debug", "info", "warn", "error"])
def test_each_thing_is_one_line_and_gives_no_secret_away(form: str, level: str, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "c4nary/of the mine"
    remember(secret)
    begin_logging(level, form)
    log = logging.getLogger("sla_exporter")
    log.debug("debug %s", HOSTILE)
    log.info("info")
    log.warning("warning %s", secret)
    try:
        raise ValueError(f"{secret}\nTraceback")
    except ValueError:
        log.exception("a defect: %s", HOSTILE)
    said = capsys.readouterr().err
    lines = said.splitlines()
    assert len(lines) == said.count("\n") == {"debug": 4, "info": 3, "warn": 2, "error": 1}[level]
    assert secret not in said
    assert "Traceback" not in said
    if form == "json":
        told = [json.loads(line) for line in lines]
        assert [each["level"] for each in told] == ["debug", "info", "warn", "error"][-len(told) :]
        assert told[-1]["at"].startswith("test_logs.py:")
    else:
        assert all(re.fullmatch(r'ts=\S+Z level=\w+ msg=(\S+|"(\\.|[^"\\])*")( at=\S+)?', line) for line in lines)
    assert not [char for char in said if not (char.isprintable() or char == "\n")]
    assert sys.exc_info() == (None, None, None)
