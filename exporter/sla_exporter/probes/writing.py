"""What is wrong with how the settings and subjects of a probe are written, as far as that can be told without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sla_exporter.probes.addresses import AddressPolicy
from sla_exporter.probes.http_check import asked_for
from sla_exporter.probes.json_endpoint import meanings_of
from sla_exporter.probes.json_values import JsonPath
from sla_exporter.probes.promql_subject import PromqlSubject
from sla_exporter.probes.reaching import NotUpError
from sla_exporter.probes.tcp_check import host_and_port
from slo_gen.spec.documents.probes import ProbeSource

__all__ = ["Mistake", "mistake_in_subject", "mistakes_in_settings", "refusal"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """``where`` it stands in the document of the probe, what is wrong, and what to write instead."""

    where: tuple[str | int, ...]
    message: str
    hint: str


def mistakes_in_settings(probe: ProbeSource) -> Iterator[Mistake]:
    """What the settings of a kind have."""
    for kind, allow in (("http", probe.http and probe.http.allow), ("tcp", probe.tcp and probe.tcp.allow)):
        for number, entry in enumerate(allow or ()):
            try:
                AddressPolicy.allowing([entry])
            except ValueError as error:
                yield Mistake((kind, "allow", number), str(error), "write a network, an address, or the name of a host")
    if probe.json:
        try:
            meanings_of(probe.json)
        except ValueError as error:
            yield Mistake(("json",), str(error), "leave it in one of the lists")
        if probe.json.at:
            try:
                JsonPath(probe.json.at)
            except ValueError as error:
                yield Mistake(("json", "at"), str(error), _PATH)


def mistake_in_subject(probe: ProbeSource, subject: str) -> tuple[str, str] | None:
    """What is wrong with how a subject is written, and what to write instead; None for nothing."""
    try:
        if probe.http:
            asked_for(subject)
        elif probe.tcp:
            host_and_port(subject)
        elif probe.prometheus:
            PromqlSubject.of(subject)
        elif probe.json:
            JsonPath(subject)
    except NotUpError as error:
        return str(error).partition(";")[0], "write it as https://shop.example.com/health" if probe.http else "write host:port"
    except ValueError as error:
        return (f"{subject!r} cannot be asked: {error}", _QUERY) if probe.prometheus else (str(error), _PATH)
    return None


def refusal(probe: ProbeSource, subject: str) -> tuple[str, str] | None:
    """Why a subject that is written well will never be asked by the exporter itself, and what helps; None where it may be."""
    settings = probe.http or probe.tcp
    if not settings:
        return None
    try:
        host = asked_for(subject).host if probe.http else host_and_port(subject)[0]
        refused = AddressPolicy.allowing(settings.allow).refuses_written(host)
    except (NotUpError, ValueError):
        return None
    if not refused:
        return None
    message = f"{host} is an address or name of the link, of this host or of a cloud's secrets: it is not asked, and stays unknown"
    return message, "add it to `allow` of the probe if that is meant, or ask another address"


_QUERY: Final = "write a selector or an expression that is 0 while it is down"


_PATH: Final = "write a path of JMESPath, as components[?name=='API'] | [0].status"
