"""Options and fixtures that all tests share."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result
from hypothesis import Phase, settings

from slo_gen import known_secrets
from slo_gen.cli import main

# How long an example takes says nothing about the code on a machine that does other things as well.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")
if "mutmut" in sys.modules:
    # A mutant is noticed or not: always by the same examples, whatever the smallest of them is.
    settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate), derandomize=True, database=None, deadline=None)
    settings.load_profile("mutants")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write what the code gives now into the golden files.")


def pytest_collection_finish() -> None:
    """Thousands of tests stay until the end: the collector need not look through them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests() -> Iterator[None]:
    """What one test has for a secret is an ordinary word of the next one."""
    yield
    known_secrets._KNOWN.clear()
    known_secrets._pattern.cache_clear()


def _run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments, prog_name="slo-gen")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="session")
def run() -> Callable[..., Result]:
    """Run ``slo-gen`` with these arguments in this process; anything but an orderly end is an error of the test."""
    return _run
