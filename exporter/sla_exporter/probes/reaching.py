"""The way to a host: its name looked up once, its addresses judged, one of them connected to. And whose fault it is where that fails.

What the host, its name or the network around it refuse is its own fault, and down. What this machine lacks, a route, a name
server, a free file, is nobody's, and unknown. Deadlines are instants of the loop's clock.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from sla_exporter.probes.addresses import AddressPolicy, host_name
from sla_exporter.probes.probe import Seen
from sla_exporter.probes.reasons import Reason

__all__ = ["Address", "LookUp", "NotUpError", "Reaching", "of_network", "out_of_time", "system_look_up", "within"]

_STALL: Final = 0.5
"""Seconds by which this exporter may notice a deadline too late, before it doubts that it was there to hear the answer."""

_MACHINE: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL, errno.EAGAIN})
_NO_WAY: Final = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EAFNOSUPPORT, errno.EACCES, errno.EPERM})
_REFUSED_AT_ONCE: Final = frozenset({errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT})


class NotUpError(Exception):
    """The check ends here; the text says why and holds no secret. ``down``: it is the target's fault; else nobody knows."""

    def __init__(self, reason: Reason, text: str, *, down: bool) -> None:
        super().__init__(text)
        self.reason: Reason = reason
        self.down = down

    @property
    def seen(self) -> Seen:
        """What is known of the subject then."""
        return Seen("down" if self.down else "unknown", reason=self.reason, detail=str(self))


@dataclass(frozen=True, slots=True)
class Address:
    """One that a host has, as the system's calls take it."""

    family: int
    where: tuple[Any, ...]

    @property
    def text(self) -> str:
        return str(self.where[0])


LookUp = Callable[[str, int], Sequence[Address]]
"""Looks a host up; it may take as long as it likes. Raises OSError."""


def system_look_up(host: str, port: int) -> Sequence[Address]:
    """By the system's own rules: its file of hosts, its name servers."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(Address(family, where) for family, _, _, _, where in found))


class Reaching:
    """Ways to hosts under one policy. Look-ups have threads of their own, ``at_once`` at most: a name server that keeps silent keeps
    nothing of the exporter waiting but what needs it.
    """

    def __init__(self, policy: AddressPolicy, look_up: LookUp = system_look_up, at_once: int = 32) -> None:
        self._policy = policy
        self._look_up = look_up
        self._free = asyncio.Semaphore(at_once)

    async def addresses(self, host: str, port: int, deadline: float) -> Sequence[Address]:
        """All that a host has, in the order in which they are to be tried. Raises NotUpError, also where one of them is refused."""
        try:
            name = host_name(host)
        except ValueError as error:
            raise NotUpError("address", str(error), down=False) from None
        if self._policy.refuses_name(name):
            raise NotUpError("forbidden", f"{name} is a name that is not looked up unless the configuration allows it", down=False)
        try:
            async with asyncio.timeout_at(deadline):
                found = await self._looked_up(name, port)
        except TimeoutError:
            raise NotUpError("resolver", f"{name} could not be looked up in time", down=False) from None
        except socket.gaierror as error:
            # Only "there is no such name" comes from somebody who knows; all else is a name server that is not there or does not know.
            missing = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
            said = f"{name} could not be looked up: {error.strerror}"
            raise NotUpError("name" if missing else "resolver", said, down=missing) from None
        except (OSError, UnicodeError, RuntimeError) as error:
            raise NotUpError("resources", f"{name} could not be looked up: {error}", down=False) from None
        for address in found:
            if self._policy.refuses(address.text):
                what = name if name == address.text else f"{name} leads to {address.text}, which"
                raise NotUpError("forbidden", f"{what} is not asked unless the configuration allows it", down=False)
        if not found:
            raise NotUpError("name", f"{name} has no address", down=True)
        return found

    async def _looked_up(self, host: str, port: int) -> Sequence[Address]:
        loop, answer = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
        await self._free.acquire()

        def settle(found: Sequence[Address], error: Exception | None) -> None:
            self._free.release()
            if answer.done():
                return
            if error is None:
                answer.set_result(found)
            else:
                answer.set_exception(error)

        def look_up() -> None:
            found: Sequence[Address] = ()
            error: Exception | None = None
            try:
                found = self._look_up(host, port)
            except Exception as caught:
                error = caught
            with suppress(RuntimeError):          # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle, found, error)

        try:
            threading.Thread(target=look_up, name="look-up", daemon=True).start()
        except RuntimeError:
            self._free.release()
            raise
        result: Sequence[Address] = await answer
        return result

    async def connected(self, host: str, port: int, deadline: float) -> socket.socket:
        """A connection to the first address that takes one; the addresses share the time that there is. Raises NotUpError.

        The error is the target's where it is so for one address: a way that is missing for another family tells nothing then.
        """
        found = await self.addresses(host, port, deadline)
        loop = asyncio.get_running_loop()
        failures: list[NotUpError] = []
        for number, address in enumerate(found):
            until = loop.time() + (deadline - loop.time()) / (len(found) - number)
            try:
                return await _connected(address, port, until)
            except NotUpError as error:
                failures.append(error)
        raise next((each for each in failures if each.down), failures[0])


async def _connected(address: Address, port: int, until: float) -> socket.socket:
    loop, where = asyncio.get_running_loop(), f"{address.text} port {port}"
    try:
        connection = socket.socket(address.family, socket.SOCK_STREAM)
    except OSError as error:
        raise of_network(error, where, at_once=True) from None
    try:
        connection.setblocking(False)
        # What fails before anything was sent, the machine itself has said.
        code = connection.connect_ex(address.where)
        if code not in (0, errno.EINPROGRESS):
            raise of_network(OSError(code, ""), where, at_once=True)
        if code:
            async with asyncio.timeout_at(until):
                await loop.sock_connect(connection, address.where)
    except TimeoutError:
        connection.close()
        raise out_of_time(until, f"{where} did not take a connection in time") from None
    except OSError as error:
        connection.close()
        raise of_network(error, where) from None
    except BaseException:
        connection.close()
        raise
    return connection


def of_network(error: OSError, where: str, *, at_once: bool = False) -> NotUpError:
    """Whose fault a failed call is. ``at_once``: it failed before anything was sent, so that no other machine was asked."""
    code = error.errno or 0
    said = f"{where}: {errno.errorcode.get(code, type(error).__name__)}"
    if code in _MACHINE:
        return NotUpError("resources", said, down=False)
    if code in _NO_WAY or (at_once and code not in _REFUSED_AT_ONCE):
        return NotUpError("network", said, down=False)
    if code == errno.ECONNREFUSED:
        return NotUpError("refused", f"{where} refuses connections", down=True)
    if code in (errno.EHOSTUNREACH, errno.EHOSTDOWN):
        return NotUpError("unreachable", f"{where} cannot be reached, says the network", down=True)
    if code == errno.ETIMEDOUT:
        return NotUpError("timeout", f"{where} did not answer", down=True)
    return NotUpError("closed", f"{where} broke off ({said.rpartition(' ')[2]})", down=True)


def out_of_time(deadline: float, text: str) -> NotUpError:
    """The target did not answer by a deadline, unless this exporter notices that much later: then it was not there itself."""
    if asyncio.get_running_loop().time() - deadline > _STALL:
        return NotUpError("stalled", "this exporter stood still while it waited for an answer", down=False)
    return NotUpError("timeout", text, down=True)


@asynccontextmanager
async def within(deadline: float, text: str) -> AsyncIterator[None]:
    """Everything inside ends at the deadline, as the target's fault."""
    try:
        async with asyncio.timeout_at(deadline):
            yield
    except TimeoutError:
        raise out_of_time(deadline, text) from None
