"""An endpoint that answers with JSON: a status page, a health check. One request serves all subjects, which are paths into the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from sla_exporter.probes.json_values import JsonPath, Meanings
from sla_exporter.probes.probe import Answer, ProbeSettings, Seen, opened
from sla_exporter.sources.source import SourceError, ask, decoded
from slo_gen.fetch import Fetcher
from slo_gen.spec.documents.probes import JsonProbe

__all__ = ["JsonReader", "meanings_of"]


class JsonReader:
    """Subjects are paths, in the words of ``json_values``."""

    experimental: ClassVar[bool] = False

    def __init__(self, settings: ProbeSettings) -> None:
        document = settings.document.json
        assert document, "the registry knows which kind it is"
        self._settings = settings
        self._document = document
        self._meanings = meanings_of(document)
        self._instant = JsonPath(document.at) if document.at else None
        self._paths: dict[str, JsonPath] = {}
        self._fetcher: Fetcher | None = None

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Answer]:
        """What the answer says of each subject. Raises SourceError where there is none, or where it does not say when it was true."""
        self._fetcher = fetcher = await opened(self._fetcher, self._document.url, self._settings)
        answer = await ask(fetcher, "GET", "/" * self._document.url.endswith("/"), dict(self._document.parameters), text=True)
        said = decoded(answer, object, f"the answer of {fetcher.url}")
        at = self._instant.instant(said) if self._instant else None
        return {subject: self._seen(subject, said, at) for subject in subjects}

    async def close(self) -> None:
        """Let go of connections."""
        if self._fetcher is not None:
            await self._fetcher.__aexit__()

    def _seen(self, subject: str, said: object, at: int | None) -> Seen:
        try:
            path = self._paths.get(subject) or self._paths.setdefault(subject, JsonPath(subject))
            return replace(self._meanings.seen(path.value(said)), at=at)
        except ValueError as error:
            return Seen("unknown", reason="address", detail=str(error))
        except SourceError as error:
            return Seen("unknown", at=at, reason="shape", detail=str(error))


def meanings_of(document: JsonProbe) -> Meanings:
    """What values mean by a document. Raises ValueError for one that means two things."""
    return Meanings.of(document.up, document.down, document.unknown, document.excluded)
