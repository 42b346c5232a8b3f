"""Where a check may connect to: everywhere but to addresses that only ever name this machine, its link, or the keeper of its secrets.

Clouds hand credentials to whoever asks an address of the link. A name that leads there, by mistake or by the will of whoever holds
it, would have this exporter ask on somebody's behalf.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Self

__all__ = ["AddressPolicy", "host_name"]

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network

_REFUSED: Final[Sequence[_Network]] = tuple(map(ip_network, (
    "0.0.0.0/8",              # this host
    "169.254.0.0/16",         # the link; metadata of most clouds
    "100.100.100.200/32",     # metadata of Alibaba
    "168.63.129.16/32",       # Azure's own services of a machine
    "192.0.0.192/32",         # metadata of Oracle, formerly
    "224.0.0.0/4",            # many at once
    "255.255.255.255/32",
    "::/128",
    "fe80::/10",
    "fec0::/10",              # the site, formerly
    "ff00::/8",
    "fd00:ec2::/32",          # metadata of Amazon
    "fd20:ce::254/128",       # metadata of Google
    "fd00:42::42/128",        # metadata of Scaleway
)))  # fmt: skip

_NAMES: Final = frozenset({
    "metadata", "metadata.google.internal", "metadata.goog", "metadata.azure.internal", "metadata.azure.com", "metadata.tencentyun.com",
    "metadata.packet.net", "metadata.platformequinix.com", "instance-data", "instance-data.ec2.internal",
})  # fmt: skip

_TRANSLATED: Final[Sequence[IPv6Network]] = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))
"""Addresses whose last four bytes are one of IPv4."""


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """What is refused but for what is allowed: networks of addresses, and names as they are written."""

    networks: tuple[_Network, ...] = ()
    names: frozenset[str] = frozenset()

    @classmethod
    def allowing(cls, entries: Iterable[str]) -> Self:
        """The policy of a configuration: each entry is a network, an address or a name. Raises ValueError for what is none."""
        networks, names = list[_Network](), set[str]()
        for entry in entries:
            try:
                networks.append(ip_network(entry))
            except ValueError:
                if "/" in entry or not any(letter.isalpha() for letter in entry) or ":" in entry:
                    raise ValueError(f"{entry!r} is no network, address or name; write 169.254.10.0/24 or the like") from None
                names.add(host_name(entry))
        return cls(tuple(networks), frozenset(names))

    def refuses_name(self, host: str) -> bool:
        """Whether a host is not even looked up; it is given as ``host_name`` gives it."""
        return host in _NAMES and host not in self.names

    def refuses_written(self, host: str) -> bool:
        """Whether a host is refused by what is written, whatever a name server may say of it. Raises ValueError where it is no host."""
        name = host_name(host)
        try:
            # Numbers in every form that the system takes for an address; nobody is asked.
            found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            return self.refuses_name(name)
        return any(self.refuses(str(where[0])) for *_, where in found)

    def refuses(self, address: str) -> bool:
        """Whether nothing is to be connected to at an address, in whatever form it hides another one. Raises ValueError for none."""
        return any(_is_in(each, _REFUSED) and not _is_in(each, self.networks) for each in _meanings(ip_address(address.partition("%")[0])))


def host_name(host: str) -> str:
    """A host as it is looked up: in ASCII and lower case, without the dot at the end. Raises ValueError where it cannot be one."""
    try:
        found = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise ValueError(f"{host!r} cannot be the name of a host") from None
    if not found or any(character <= " " or character in "/@\\?#\x7f" for character in found):
        raise ValueError(f"{host!r} cannot be the name of a host")
    return found


def _is_in(address: _Address, networks: Iterable[_Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _meanings(address: _Address) -> list[_Address]:
    """The address, and those of IPv4 that it stands for where something on the way translates it."""
    if isinstance(address, IPv4Address):
        return [address]
    found: list[_Address] = [address]
    found += [each for each in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if each is not None]
    if any(address in network for network in _TRANSLATED) and int(address) > 1:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return found
