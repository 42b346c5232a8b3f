"""What a command loads. Counted in modules, not in milliseconds: what is not imported costs nothing anywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from slo_gen.cli import COMMANDS

GOOD = """\
kind: Service
metadata: {name: checkout}
---
kind: Indicator
metadata: {name: checkout-requests}
spec:
  service: checkout
  events: {bad: 'http_requests_total{job="checkout",code=~"5.."}', total: 'http_requests_total{job="checkout"}'}
---
kind: SLO
metadata: {name: checkout-availability}
spec: {indicator: checkout-requests, objective: 99.95%}
"""
PROGRAM = """\
import sys
sys.argv = ["slo-gen", *sys.argv[1:]]
from slo_gen.cli import main
try:
    main()
except SystemExit as ended:
    status = ended.code
print("status", status)
print("\\n".join(sys.modules))
"""

FORKED = """\
import os, sys
from slo_gen.cli import main
names = sys.argv[1:]
assert not [module for module in sys.modules if module.startswith("slo_gen.cli.")]
for name in names:
    child = os.fork()
    if not child:
        sys.argv = ["slo-gen", name, "--help"]
        main()
        os._exit(99)        # it has ended by itself before
    _, status = os.waitpid(child, 0)
    print("ended", name, os.waitstatus_to_exitcode(status), flush=True)
"""
"""Forks for each command before any of them is loaded."""


def loaded(*arguments: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    shown, _, modules = done.stdout.partition("status 0\n")
    assert modules, shown
    return set(modules.splitlines())


def test_checking_a_good_file_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text(GOOD, encoding="utf-8")
    modules = loaded("check", str(file))
    assert "slo_gen.checks" in modules
    heavy = {"jsonschema", "rich", "httpx", "asyncio", "prometheus_client", "jinja2", "numpy", "slo_gen.prometheus", "slo_gen.outputs",
             "slo_gen.history", "slo_gen.demo", "slo_gen.spec.schema", "http.server", "subprocess"}
    assert sorted(modules & heavy) == []


def test_the_version_loads_no_command() -> None:
    modules = loaded("--version")
    assert not [name for name in modules if name.startswith("slo_gen.cli.") or name == "yaml"]


def test_every_command_has_help() -> None:
    """Each in a process that has loaded no other command: what one needs must not be there by chance."""
    done = subprocess.run([sys.executable, "-c", FORKED, *COMMANDS], capture_output=True, text=True, check=False)
    ended = dict(line.removeprefix("ended ").split() for line in done.stdout.splitlines() if line.startswith("ended "))
    assert ended == dict.fromkeys(COMMANDS, "0"), done.stderr
    for name in COMMANDS:
        assert f"Usage: slo-gen {name} " in done.stdout
