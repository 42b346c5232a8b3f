"""Questions that block whoever asks them, each in a thread of its own that nobody has to wait for.

What hangs (a database whose network is gone, a file system that does not answer) holds up neither other sources nor the end
of the exporter. While a question hangs, the same source asks no other one, so that threads do not pile up.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

__all__ = ["Blocking"]

T = TypeVar("T")


class Blocking:
    """One question at a time. Raises TimeoutError after ``seconds``, and at once while the one before still hangs."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._thread: threading.Thread | None = None

    async def ask(self, question: Callable[[], T]) -> T:
        """The answer, or what the question raises."""
        if self._thread is not None and self._thread.is_alive():
            self._thread.join(0.01)         # one that has just ended needs a moment
            if self._thread.is_alive():
                raise TimeoutError
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[T] = loop.create_future()

        def tell(answer: T | None, error: Exception | None) -> None:
            if answered.done():
                return
            if error is not None:
                answered.set_exception(error)
            else:
                answered.set_result(answer)  # type: ignore[arg-type]

        def work() -> None:
            try:
                told: tuple[T | None, Exception | None] = (question(), None)
            except Exception as error:
                told = (None, error)
            with suppress(RuntimeError):    # the exporter has ended meanwhile
                loop.call_soon_threadsafe(tell, *told)

        self._thread = threading.Thread(target=work, name="question", daemon=True)
        self._thread.start()
        async with asyncio.timeout(self._seconds):
            return await answered
