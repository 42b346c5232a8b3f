"""blackbox_exporter, asked directly: one ``/probe`` for each subject, which is the target as its module takes it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from sla_exporter.probes.probe import UNSEEN, Answer, ProbeSettings, Seen, lines, one_by_one, opened
from sla_exporter.sources.source import ask
from slo_gen.fetch import Fetcher

__all__ = ["BlackboxReader"]


class BlackboxReader:
    """``module`` of its document is one of its configuration. An answer without ``probe_success`` says nothing of the target."""

    experimental: ClassVar[bool] = False

    def __init__(self, settings: ProbeSettings) -> None:
        document = settings.document.blackbox
        assert document, "the registry knows which kind it is"
        self._settings = settings
        self._url, self._module = document.url, document.module
        self._fetcher: Fetcher | None = None

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Answer]:
        """Probe each subject; one that is not answered fails alone."""
        self._fetcher = fetcher = await opened(self._fetcher, self._url, self._settings)
        return await one_by_one(subjects, partial(self._probe, fetcher), self._settings.at_once)

    async def close(self) -> None:
        """Let go of connections."""
        if self._fetcher is not None:
            await self._fetcher.__aexit__()

    async def _probe(self, fetcher: Fetcher, subject: str) -> Seen:
        # It waits for a target for two minutes unless it is told how long whoever asks will wait; half a second of it is its own.
        headers = {"X-Prometheus-Scrape-Timeout-Seconds": f"{self._settings.seconds:g}"}
        answer = await ask(fetcher, "GET", "/probe", {"target": subject, "module": self._module}, text=True, headers=headers)
        values = {line.name: line.value for line in lines(answer.body, fetcher.url) if not line.labels}
        ends = values.get("probe_ssl_earliest_cert_expiry", 0.0)
        certificate = int(ends) if math.isfinite(ends) and ends > 0 else None
        match values.get("probe_success"):
            case 1.0:
                return Seen("up", certificate_ends=certificate)
            case 0.0:
                return Seen("down", certificate_ends=certificate, reason="value", detail=_said(values))
            case _:
                return UNSEEN


def _said(values: Mapping[str, float]) -> str:
    status = values.get("probe_http_status_code", 0.0)
    text = ", and its text is not as the module wants it" if values.get("probe_failed_due_to_regex") == 1 else ""
    return f"probe_success is 0{f', its status is {status:.0f}' if status else ''}{text}"
