"""The command ``sla-exporter``.

This version answers only for itself; the daemon and its sources come with a later release, and the help says so.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from slo_gen import __version__

__all__ = ["main"]

DESCRIPTION = """\
Exposes the facts of ticketing systems and probes to Prometheus, for the targets that slo-gen compiles.

This version has no sources and starts no server yet: it only tells its version. SLOs and agreements
on what Prometheus already scrapes need no exporter; see "slo-gen --help".
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns 0 after ``--version`` or ``--help``, 2 for everything else."""
    parser = argparse.ArgumentParser(
        prog="sla-exporter", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"sla-exporter {__version__}")
    parser.parse_args(arguments)
    parser.print_usage(sys.stderr)
    print("sla-exporter: nothing to run in this version; see --help.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
