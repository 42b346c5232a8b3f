"""Who may ask: the web configuration as it is now, and passwords against its bcrypt hashes.

The file and its certificates are looked at for each connection, so that renewed ones hold at once; a broken one leaves the
former in force. Comparing a password is slow on purpose: one at a time, answers are remembered, and after a wrong one nothing
is compared for three times as long as it took, so that guessing cannot take more than a quarter of one core.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import os
import ssl
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Final, Literal

import bcrypt

from sla_exporter.web_configuration import WebConfiguration, WebConfigurationError, read_web_configuration

__all__ = ["Answer", "Gate"]

_LOG = logging.getLogger("sla_exporter")
Answer = Literal["admitted", "refused", "busy"]
_REMEMBERED: Final = 256
_PATIENCE: Final = 3.0
"""Seconds that a client waits for its turn to be compared."""
_LONGEST: Final = 72
"""Bytes of a password that bcrypt looks at."""


class Gate:
    """``file`` is the web configuration; without one everybody is admitted. Raises WebConfigurationError when it cannot begin."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._comparing = threading.Lock()
        self._remembered: OrderedDict[bytes, bool] = OrderedDict()
        self._secret = os.urandom(32)
        self._configuration = WebConfiguration()
        self._context: ssl.SSLContext | None = None
        self._seen: tuple[object, ...] = ()
        if file is not None:
            self._take(read_web_configuration(file))

    def current(self) -> tuple[WebConfiguration, ssl.SSLContext | None]:
        """The configuration and what connections are encrypted with, as the files are now."""
        with self._lock:
            if self._file is not None and (seen := self._stamps()) != self._seen:
                self._seen = seen
                try:
                    self._take(read_web_configuration(self._file))
                    _LOG.info("the web configuration was read again")
                except (WebConfigurationError, OSError) as error:
                    first = error.problems[0] if isinstance(error, WebConfigurationError) else None
                    where = f"{first.file}:{first.line}:{first.column}: {first.message}" if first else "a file cannot be read"
                    _LOG.error("the web configuration is wrong, the former one stays in force: %s", where)
            return self._configuration, self._context

    def _take(self, configuration: WebConfiguration) -> None:
        self._context = configuration.tls.context() if configuration.tls else None
        self._configuration = configuration
        self._seen = self._stamps()

    def _stamps(self) -> tuple[object, ...]:
        assert self._file is not None, "only a file has stamps"
        tls = self._configuration.tls
        return tuple(_stamp(path) for path in (self._file, *(tls.files if tls else ())))

    def admits(self, authorization: str, configuration: WebConfiguration) -> Answer:
        """Whether a header ``Authorization`` names a user with the right password."""
        if not configuration.users:
            return "admitted"
        given = _given(authorization)
        if given is None:
            return "refused"
        user, password = given
        # Somebody unknown is compared as long as the others are, with a hash that no password has.
        written = configuration.users.get(user) or _nobodys(next(iter(configuration.users.values())))
        return self._compared(user, password, written, known=user in configuration.users)

    def _compared(self, user: str, password: bytes, written: str, *, known: bool) -> Answer:
        parts = (user.encode("utf-8", "replace"), written.encode(), password)
        key = hmac.digest(self._secret, b"".join(hashlib.sha256(part).digest() for part in parts), "sha256")
        if (before := self._recalled(key)) is not None:
            return "admitted" if before and known else "refused"
        if not self._comparing.acquire(timeout=_PATIENCE):
            return "busy"
        try:
            if (before := self._recalled(key)) is None:
                started = time.monotonic()
                before = b"\0" not in password and bcrypt.checkpw(password[:_LONGEST], written.encode())
                self._remember(key, before)
                if not (before and known):
                    time.sleep(min(3 * (time.monotonic() - started), _PATIENCE))
        finally:
            self._comparing.release()
        return "admitted" if before and known else "refused"

    def _recalled(self, key: bytes) -> bool | None:
        with self._lock:
            found = self._remembered.get(key)
            if found is not None:
                self._remembered.move_to_end(key)
            return found

    def _remember(self, key: bytes, right: bool) -> None:
        with self._lock:
            self._remembered[key] = right
            if len(self._remembered) > _REMEMBERED:
                # A flood of wrong ones must not drive out the right ones.
                self._remembered.pop(next((each for each, kept in self._remembered.items() if not kept), next(iter(self._remembered))))


def _given(authorization: str) -> tuple[str, bytes] | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return (user.decode("utf-8", "replace"), password) if colon else None


def _nobodys(other: str) -> str:
    """A hash of the same cost as another one."""
    return f"{other[:7]}{'.' * 22}{'.' * 31}"


def _stamp(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
