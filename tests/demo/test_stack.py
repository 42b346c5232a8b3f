"""What the demo tells the version of Prometheus that it finds."""

from __future__ import annotations

import pytest

from slo_gen.demo.stack import native_histogram_settings

ON = {"scrape_native_histograms": True}


@pytest.mark.parametrize(
    ("printed", "settings"),
    [
        ("prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5+b5)\n  go version: go1.19.8", {}),
        ("prometheus, version 3.5.0 (branch: , revision: unknown)", {}),
        ("prometheus, version 3.9.1 (branch: HEAD, revision: abc)", ON),
        ("prometheus, version 3.10.0 (branch: HEAD, revision: abc)", ON),
        ("prometheus, version 4.0.0 (branch: HEAD, revision: abc)", ON),
        ("prometheus, version  (branch: , revision: unknown)", {}),
    ],
)
def test_native_histograms_are_asked_for_as_the_version_wants(printed: str, settings: dict[str, bool]) -> None:
    assert native_histogram_settings(printed) == settings
