"""blackbox_exporter, asked directly: one ``/probe`` for each subject, which is the target as its module takes it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence

from sla_exporter.probes.probe import UNSEEN, Seen, lines
from sla_exporter.sources.source import ask
from slo_gen.fetch import Fetcher

__all__ = ["BlackboxReader"]


class BlackboxReader:
    """``module`` is one of its configuration. An answer without ``probe_success`` says nothing of the target."""

    def __init__(self, fetcher: Fetcher, module: str) -> None:
        self._fetcher = fetcher
        self._module = module

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Seen]:
        """Probe all subjects at once. Raises SourceError where one request is not answered."""
        found = await asyncio.gather(*(self._probe(subject) for subject in subjects))
        return dict(zip(subjects, found, strict=True))

    async def _probe(self, subject: str) -> Seen:
        answer = await ask(self._fetcher, "GET", "/probe", {"target": subject, "module": self._module}, text=True)
        values = {line.name: line.value for line in lines(answer.body, self._fetcher.url) if not line.labels}
        ends = values.get("probe_ssl_earliest_cert_expiry", 0.0)
        certificate = int(ends) if math.isfinite(ends) and ends > 0 else None
        match values.get("probe_success"):
            case 1.0:
                return Seen("up", certificate_ends=certificate)
            case 0.0:
                return Seen("down", certificate_ends=certificate)
            case _:
                return UNSEEN
