"""What the label ``severity`` says: the user's own names."""

from __future__ import annotations

from collections.abc import Mapping

from slo_gen.spec.model import Catalogue
from slo_gen.spec.notification import SEVERITIES, Severity

__all__ = ["severity_names"]


def severity_names(catalogue: Catalogue) -> Mapping[Severity, str]:
    """The value of the label for each severity."""
    return {severity: catalogue.evaluation.severity_names.get(severity, severity) for severity in SEVERITIES}
