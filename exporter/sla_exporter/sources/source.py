"""What a ticket source is: something that tells, page by page, what happened to tickets.

A source is one module with one class and one test module. It knows nothing of agreements, of the ledger or of clocks: it turns the
answers of its system into ``SourceEvent`` with the names of ``EVENTS``, and says how far it has read. A page that is not
what its system promises is refused as a whole with ``SourceError``: nothing of it is kept, and reading goes on from the same place.

Plugins name their class in the entry point group ``sla_exporter.sources``.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final, Literal, Protocol, TypeVar

import msgspec

from sla_exporter.ledger.ledger import GONE, SourceEvent
from slo_gen.fetch import Credentials, Fetcher, Limits, RequestError, Response, TooLargeError, TooSlowError
from slo_gen.known_secrets import covered
from slo_gen.spec.documents.exporter import TicketSource

__all__ = [
    "GONE", "Found", "Page", "Reason", "Settings", "SourceError", "SourceEvent", "TicketReader", "ask", "decoded", "lines",
    "next_link", "server_clock", "status_meanings", "when",
]  # fmt: skip

T = TypeVar("T")

_NEXT: Final = re.compile(r"<([^<>]*)>\s*;[^,<]*\brel=\"?next\b")

Reason = Literal["unreachable", "timeout", "auth", "forbidden", "rate_limited", "server", "not_json", "schema", "too_large", "query"]
"""Why nothing was read; a label of ``slm_source_errors_total``."""


class SourceError(Exception):
    """Nothing was read; the text is a sentence for the reader and holds no secret. ``retry_after``: seconds that were asked for."""

    def __init__(self, reason: Reason, text: str, retry_after: float | None = None) -> None:
        super().__init__(covered(text))
        self.reason: Reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Page:
    """One page of what is new.

    ``whole``: tickets of which ``events`` are all there are, so that what was known of them beyond is dropped. ``place`` is where
    the next page begins, in the source's own words. ``watermark``: up to this instant everything is read, by the
    system's own clock, once no ``more`` follows. ``rejected``: rows that were left out, by why.
    """

    events: Sequence[SourceEvent]
    whole: Sequence[str]
    place: str
    watermark: int
    more: bool
    rejected: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What slow re-reading found of one ticket; ``events`` None where the system no longer has it."""

    ticket: str
    events: Sequence[SourceEvent] | None


@dataclass(frozen=True, slots=True)
class Settings:
    """What every source is given: its document, its secret, and ``overlap`` in seconds.

    ``asks``: how many requests it may send in a minute, ``seconds`` how long each may take.
    """

    document: TicketSource
    credentials: Credentials
    overlap: int
    asks: int
    seconds: float

    @property
    def limits(self) -> Limits:
        """What the requests of a source keep to."""
        return Limits(self.seconds, per_minute=self.asks)


class TicketReader(Protocol):
    """A ticket source. Made with ``Settings`` alone; nothing is asked of the system before ``read``."""

    experimental: ClassVar[bool]
    """Whether it was never checked with a real server or with answers recorded from one."""

    at_once: ClassVar[int]
    """How many tickets it is asked to look at again at once."""

    async def read(self, place: str) -> Page:
        """The page after a place; "" begins at the beginning. Raises SourceError."""

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        """Tickets again, whatever their age; () where the source cannot tell. Raises SourceError."""

    async def close(self) -> None:
        """Let go of connections."""


def status_meanings(document: TicketSource) -> dict[str, str]:
    """What statuses mean by the document, by their names in lower case."""
    statuses = document.statuses
    by_meaning = {"new": statuses.new, "open": statuses.open, "pending": statuses.pending, "hold": statuses.hold,
                  "solved": statuses.solved, "closed": statuses.closed}  # fmt: skip
    return {name.casefold(): meaning for meaning, names in by_meaning.items() for name in names}


async def ask(
    fetcher: Fetcher, method: str, path: str, form: Mapping[str, str | list[str]] | None = None, *, json: object = None,
    headers: Mapping[str, str] | None = None, missing: bool = False, moved: bool = False, text: bool = False,
) -> Response:  # fmt: skip
    """An answer that is JSON and says that all went well. With ``missing``, one of status 404 or 410 is an answer too; with ``moved``,
    one that says that what was asked for is elsewhere for good. With ``text`` it is plain text in place of JSON.

    Everything else becomes a SourceError: a login page with status 200 is none of "no tickets".
    """
    try:
        answer = await fetcher.request(method, path, form, json, headers)
    except RequestError as error:
        raise _unanswered(error) from None
    if (missing and answer.status in (404, 410)) or (moved and answer.status in (301, 308)):
        return answer
    if answer.status != 200:
        raise _refused(fetcher.url, path, answer)
    if not answer.media_type.endswith("json") and not (text and answer.media_type == "text/plain"):
        kind, wanted = answer.media_type or "nothing that says what it is", "text" if text else "JSON"
        raise SourceError("not_json", f"{fetcher.url} answered {path} with {kind} in place of {wanted}; is it a login page?")
    return answer


@asynccontextmanager
async def lines(fetcher: Fetcher, path: str, json: object, idle: float) -> AsyncIterator[AsyncIterator[bytes]]:
    """The lines of an answer that goes on, asked for with POST; ``idle`` seconds without any are taken for its end.

    Raises SourceError, also while lines are read, and where the answer ends.
    """
    try:
        async with fetcher.lines("POST", path, json, idle) as (answer, found):
            if answer.status != 200:
                raise _refused(fetcher.url, path, answer)
            yield found
    except RequestError as error:
        raise _unanswered(error) from None


def _unanswered(error: RequestError) -> SourceError:
    reasons: Sequence[tuple[type[RequestError], Reason]] = ((TooSlowError, "timeout"), (TooLargeError, "too_large"))
    return SourceError(next((reason for kind, reason in reasons if isinstance(error, kind)), "unreachable"), str(error))


def decoded(answer: Response, shape: type[T], what: str) -> T:
    """The body of an answer in the shape that is expected of it. Raises SourceError where it is not; nothing of it is kept."""
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except msgspec.ValidationError as error:
        raise SourceError("schema", f"{what} is not what it was: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError("not_json", f"{what} is no JSON: {error}") from None
    except RecursionError:
        raise SourceError("not_json", f"{what} is nested too deeply") from None


def server_clock(answer: Response, what: str) -> int:
    """The system's own clock. Raises SourceError where the answer does not say when it was given."""
    if answer.server_time is None:
        raise SourceError("schema", f"{what}'s answer does not say when it was given")
    return answer.server_time


def next_link(answer: Response) -> str | None:
    """The address of the page after an answer by its Link header; None for the last one."""
    found = _NEXT.search(answer.headers.get("link", ""))
    return found[1] if found else None


def when(text: str, what: str) -> int:
    """The instant of ``2026-03-29T07:00:00Z`` or the like; one without a zone is none. A leap second is the second before it.

    Raises SourceError.
    """
    try:
        found = datetime.fromisoformat(text.replace(":60", ":59", 1) if ":60" in text[16:19] else text)
    except ValueError:
        raise SourceError("schema", f"{what} has {text!r} in place of an instant") from None
    if found.tzinfo is None:
        raise SourceError("schema", f"{what} has an instant without a zone: {text!r}")
    return int(found.timestamp())


def _is_a_limit(answer: Response) -> bool:
    """Whether a refusal is one for a time: some limits are told by 403, and some of these only in words."""
    told = answer.headers.get("x-ratelimit-remaining") == "0" or answer.retry_after is not None
    return told or b"rate limit" in answer.body[:4096].lower()


def _refused(url: str, path: str, answer: Response) -> SourceError:
    where = f"{url} answered {path}"
    match answer.status:
        case 401:
            return SourceError("auth", f"{where} with 401: the credentials are wrong or missing")
        case 403 if _is_a_limit(answer):
            return SourceError("rate_limited", f"{where} with 403: too many requests", answer.retry_after)
        case 403:
            return SourceError("forbidden", f"{where} with 403: whoever the credentials belong to may not read this")
        case 429:
            return SourceError("rate_limited", f"{where} with 429: too many requests", answer.retry_after)
        case status if status >= 500:
            return SourceError("server", f"{where} with {status}", answer.retry_after)
        case status if 300 <= status < 400:
            return SourceError("not_json", f"{where} with a redirect, which is not followed; is the address right, or is it a login page?")
        case status:
            return SourceError("query", f"{where} with {status}; what is asked of it is wrong")
