"""The one client of the Prometheus HTTP API; Mimir, Thanos and VictoriaMetrics answer the same calls.

Every answer is turned into frozen, typed values here, so that nothing else handles JSON. What is not an answer of that
API (a login page, a proxy's error page, a redirect) is refused with a sentence that says what came instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import msgspec

from slo_gen.fetch import Credentials, Fetcher, Limits, RequestError, Response
from slo_gen.known_secrets import covered

__all__ = [
    "AccessError",
    "Alert",
    "BuildInfo",
    "NotPrometheusError",
    "PartialError",
    "Prometheus",
    "QueryError",
    "RedirectError",
    "Rule",
    "RuleGroup",
    "Sample",
    "Series",
    "UnavailableError",
]


class NotPrometheusError(RequestError):
    """Something answered, but not the Prometheus API."""


class RedirectError(RequestError):
    """The server sent the request elsewhere; credentials are not carried along, so it is not followed."""


class AccessError(RequestError):
    """The server wants other credentials (401, 403)."""


class UnavailableError(RequestError):
    """The server is there but cannot answer now (5xx, 429)."""


class QueryError(RequestError):
    """The server understood the request and says that it is wrong; its own words are part of the text."""


class PartialError(RequestError):
    """The server says itself that its answer is not all there is, as Thanos does while a store is away: sums over it would be wrong."""


_NOT_PARTIAL = ("PromQL ", "No StoreAPIs matched")
"""How warnings begin that are about the expression, or about a time of which there is nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One series at one instant; ``time`` in seconds since 1970."""

    labels: Mapping[str, str]
    time: float
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """One series over a range: (time in seconds, value) in the order of time."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One loaded rule. ``health`` is ok, err or unknown (not evaluated yet); ``kind`` recording or alerting."""

    name: str
    kind: str
    health: str
    error: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """One loaded group; ``seconds`` is what its last evaluation took."""

    name: str
    file: str
    interval: float
    seconds: float
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """A pending or firing alert."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    state: str
    active_at: str


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """What is running. ``version`` is empty where the server does not tell."""

    version: str
    revision: str


class Prometheus:
    """Calls of the API below ``url``. Use as ``async with Prometheus(url) as prometheus``.

    Every call raises RequestError, whose text can be shown as it is.
    """

    def __init__(
        self, url: str, credentials: Credentials | None = None, limits: Limits | None = None, authorities: str = ""
    ) -> None:
        self._fetcher = Fetcher(url, credentials, limits, authorities)

    @property
    def url(self) -> str:
        return self._fetcher.url

    @property
    def identity(self) -> str:
        """Whose answers these are: the address, and the tenant where there is one."""
        return self._fetcher.identity

    async def __aenter__(self) -> Self:
        await self._fetcher.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._fetcher.__aexit__(*error)

    async def query(self, expression: str, at: float | None = None) -> tuple[Sample, ...]:
        """Evaluate at one instant (seconds since 1970; None: now, by the server's clock). Vectors and scalars only."""
        form: dict[str, str | list[str]] = {"query": expression}
        if at is not None:
            form["time"] = _seconds(at)
        data = await self._call("POST", "/api/v1/query", form)
        kind, result = self._field(data, "resultType", str), self._field(data, "result", list)
        if kind == "scalar":
            return (Sample({}, *self._point(result)),)
        if kind != "vector":
            raise QueryError(f"The query gives a {kind}, where one value per series is needed: {expression}")
        # A native histogram has no single number: such a series carries "histogram" in place of "value".
        return tuple(
            Sample(self._labels(row, "metric"), *self._point(self._field(row, "value", list))) for row in result if "value" in row
        )

    async def query_range(self, expression: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """Evaluate at ``start``, ``start + step`` ... up to ``end`` (seconds)."""
        form: dict[str, str | list[str]] = {
            "query": expression, "start": _seconds(start), "end": _seconds(end), "step": _seconds(step),
        }
        data = await self._call("POST", "/api/v1/query_range", form)
        return tuple(
            Series(self._labels(row, "metric"), tuple(self._points(self._field(row, "values", list))))
            for row in self._field(data, "result", list)
            if "values" in row
        )

    async def samples(self, selector: str, start: int, end: int) -> tuple[Series, ...]:
        """The stored samples of a plain selector in ``(start, end]`` (whole seconds), as they were written and when.

        No instants are asked for, so no sample is missed or seen twice whatever its phase; markers of ended series are left out.
        """
        if end <= start:
            return ()
        form: dict[str, str | list[str]] = {"query": f"{selector}[{end - start}s]", "time": _seconds(end)}
        data = await self._call("POST", "/api/v1/query", form)
        if self._field(data, "resultType", str) != "matrix":
            raise QueryError(f"{self.url} gives no stored samples, where those of {selector} are needed.")
        found = (
            # Prometheus 2 counts a sample at the very beginning of a range in, 3 leaves it out.
            Series(labels, tuple(point for point in points if start < point[0] <= end))
            for labels, points in (
                (self._labels(row, "metric"), self._points(self._field(row, "values", list)))
                for row in self._field(data, "result", list)
                if "values" in row
            )
        )
        return tuple(series for series in found if series.points)

    async def label_values(self, label: str, selectors: list[str]) -> tuple[str, ...]:
        """The values that ``label`` has on the series that any of ``selectors`` matches, sorted."""
        data = await self._call("GET", f"/api/v1/label/{label}/values", {"match[]": selectors})
        return tuple(sorted(str(value) for value in self._list(data)))

    async def label_names(self, selectors: list[str]) -> tuple[str, ...]:
        """The labels on the series that any of ``selectors`` matches, sorted."""
        data = await self._call("POST", "/api/v1/labels", {"match[]": selectors})
        return tuple(sorted(str(name) for name in self._list(data)))

    async def rules(self) -> tuple[RuleGroup, ...]:
        """All loaded rule groups, in the server's order."""
        data = await self._call("GET", "/api/v1/rules")
        return tuple(self._group(group) for group in self._field(data, "groups", list))

    async def alerts(self) -> tuple[Alert, ...]:
        """All pending and firing alerts."""
        data = await self._call("GET", "/api/v1/alerts")
        return tuple(
            Alert(
                self._labels(row, "labels"), self._labels(row, "annotations"),
                self._field(row, "state", str), self._field(row, "activeAt", str),
            )
            for row in self._field(data, "alerts", list)
        )

    async def buildinfo(self) -> BuildInfo:
        data = self._object(await self._call("GET", "/api/v1/status/buildinfo"))
        return BuildInfo(str(data.get("version", "")), str(data.get("revision", "")))

    async def flags(self) -> Mapping[str, str]:
        """Command-line flags of the server, by name without dashes."""
        data = self._object(await self._call("GET", "/api/v1/status/flags"))
        return {str(name): str(value) for name, value in data.items()}

    async def configuration(self) -> str:
        """The server's own configuration, as YAML without its secrets."""
        return str(self._field(await self._call("GET", "/api/v1/status/config"), "yaml", str))

    async def ready(self) -> bool:
        """Whether the server says that it serves traffic. False too when it cannot be reached."""
        try:
            return (await self._fetcher.request("GET", "/-/ready")).status == 200
        except RequestError:
            return False

    async def reload(self) -> None:
        """Make the server read its configuration and rules again. Raises QueryError with the server's own reason."""
        answer = await self._fetcher.request("POST", "/-/reload")
        if answer.status == 200:
            return
        self._refuse_status(answer)
        raise QueryError(f"{self.url} did not reload: {_excerpt(answer.body)}")

    # --- from JSON to values -----------------------------------------------------------------------------------

    async def _call(self, method: str, path: str, form: Mapping[str, str | list[str]] | None = None) -> Any:
        answer = await self._fetcher.request(method, path, form)
        document = self._json(answer)
        if document is None:
            self._refuse_status(answer)
            raise NotPrometheusError(
                f"{self.url} does not answer as Prometheus does: {path} gave status {answer.status} and "
                f"{answer.media_type or 'no media type'}, beginning {_excerpt(answer.body)!r}."
            )
        if document.get("status") == "success" and answer.status < 300:
            if path.startswith("/api/v1/query"):
                self._refuse_part(document)
            return document.get("data")
        if answer.status != 422:
            self._refuse_status(answer)
        raise QueryError(f"{self.url} refused the request: {_excerpt(str(document.get('error', '')).encode())}")

    def _json(self, answer: Response) -> dict[str, Any] | None:
        """The answer's envelope, or None when the body is not one."""
        try:
            document = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, RecursionError):
            return None
        return document if isinstance(document, dict) and "status" in document else None

    def _refuse_part(self, document: Mapping[str, Any]) -> None:
        told = document.get("warnings")
        reasons = [str(each) for each in told if not str(each).startswith(_NOT_PARTIAL)] if isinstance(told, list) else []
        if document.get("isPartial") is True:                 # VictoriaMetrics as a cluster
            reasons.append("isPartial")
        if reasons:
            raise PartialError(f"{self.url} has only a part of the answer now: {_excerpt(reasons[0].encode())}")

    def _refuse_status(self, answer: Response) -> None:
        if 300 <= answer.status < 400:
            raise RedirectError(
                f"{self.url} sends the request on to {answer.location or 'nowhere'}. Redirects are not followed; "
                "give the address that answers itself."
            )
        if answer.status in (401, 403):
            raise AccessError(f"{self.url} does not let this request in (status {answer.status}). Are token or user name set, and right?")
        if answer.status == 429 or answer.status >= 500:
            raise UnavailableError(f"{self.url} cannot answer now (status {answer.status}): {_excerpt(answer.body)}")

    def _malformed(self, what: str) -> NotPrometheusError:
        return NotPrometheusError(f"{self.url} answered with JSON that is not Prometheus': {what}.")

    def _field(self, row: Any, name: str, kind: type[Any]) -> Any:
        value = row.get(name) if isinstance(row, dict) else None
        if not isinstance(value, kind):
            raise self._malformed(f"{name!r} is missing or of another type")
        return value

    def _object(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise self._malformed("an object was expected")
        return data

    def _list(self, data: Any) -> list[Any]:
        if data is None:  # VictoriaMetrics and older Thanos write null for an empty list
            return []
        if not isinstance(data, list):
            raise self._malformed("a list was expected")
        return data

    def _labels(self, row: Any, name: str) -> Mapping[str, str]:
        labels = row.get(name) if isinstance(row, dict) else None
        if labels is None:
            return {}
        if not isinstance(labels, dict):
            raise self._malformed(f"{name!r} is not an object")
        return {str(key): str(value) for key, value in labels.items()}

    def _points(self, pairs: list[Any]) -> list[tuple[float, float]]:
        try:
            return [(float(time), float(value)) for time, value in pairs]
        except (TypeError, ValueError):
            raise self._malformed("a sample is not a pair of time and value") from None

    def _point(self, pair: Any) -> tuple[float, float]:
        try:
            time, value = pair
            return float(time), float(value)
        except (TypeError, ValueError):
            raise self._malformed("a sample is not a pair of time and value") from None

    def _group(self, row: Any) -> RuleGroup:
        return RuleGroup(
            name=self._field(row, "name", str),
            file=str(row.get("file", "")),
            interval=self._number(row, "interval"),
            seconds=self._number(row, "evaluationTime"),
            rules=tuple(self._rule(rule) for rule in self._field(row, "rules", list)),
        )

    def _rule(self, row: Any) -> Rule:
        return Rule(
            name=self._field(row, "name", str),
            kind=self._field(row, "type", str),
            health=self._field(row, "health", str),
            error=str(row.get("lastError", "")),
            labels=self._labels(row, "labels"),
        )

    def _number(self, row: Any, name: str) -> float:
        value = row.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._malformed(f"{name!r} is not a number")
        return float(value)


def _seconds(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _excerpt(body: bytes, longest: int = 200) -> str:
    """The beginning of an answer as one printable line."""
    # Covered before it is cut: a part of a secret would not be known for one.
    text = " ".join(covered(body[: longest * 20].decode("utf-8", "replace")).split())
    text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return text if len(text) <= longest else text[:longest] + "..."
