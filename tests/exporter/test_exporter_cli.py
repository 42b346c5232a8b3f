"""The exporter's command says what this version does, and does not pretend more."""

from __future__ import annotations

import pytest
from sla_exporter.cli import main

from slo_gen import __version__


def test_the_version_is_that_of_slo_gen(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"sla-exporter {__version__}\n"


def test_the_help_says_that_nothing_runs_yet(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "starts no server yet" in capsys.readouterr().out


def test_running_it_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.endswith("sla-exporter: nothing to run in this version; see --help.\n")
