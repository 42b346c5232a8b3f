"""The web configuration file, in the form that exporter-toolkit gave it: TLS, client certificates, users, headers.

Paths in it are seen from its folder. Every error has its place; the lines themselves are not shown, for they hold hashes.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from slo_gen.spec.nearest import did_you_mean
from slo_gen.spec.problems import Problem
from slo_gen.spec.yaml_reader import RawDocument, read_yaml
from slo_gen.spec.yaml_text import read_text

__all__ = ["Tls", "WebConfiguration", "WebConfigurationError", "read_web_configuration"]

_HEADERS: Final = ("Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "X-XSS-Protection")
_VERSIONS: Final = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_CLIENTS: Final = {
    "NoClientCert": ssl.CERT_NONE, "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL, "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}  # fmt: skip
_CIPHERS: Final = {
    f"TLS_ECDHE_{key}_WITH_{suite}": f"ECDHE-{key}-{name}"
    for key in ("ECDSA", "RSA")
    for suite, name in (
        ("AES_128_GCM_SHA256", "AES128-GCM-SHA256"), ("AES_256_GCM_SHA384", "AES256-GCM-SHA384"),
        ("CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"),
    )
}  # fmt: skip
_ALWAYS: Final = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
"""Suites of TLS 1.3, which cannot be chosen among."""
_SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "tls_server_config": (
        "cert_file", "key_file", "client_ca_file", "client_auth_type", "client_allowed_sans", "min_version", "max_version", "cipher_suites",
    ),
    "http_server_config": ("headers",),
    "basic_auth_users": (),
}  # fmt: skip


class WebConfigurationError(Exception):
    """The file cannot be used; ``problems`` say why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Tls:
    """How connections are encrypted. ``clients`` says what is asked of a client; with ``names`` its certificate has one of them."""

    certificate: Path
    key: Path
    authority: Path | None = None
    clients: ssl.VerifyMode = ssl.CERT_NONE
    names: tuple[str, ...] = ()
    lowest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    highest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED
    ciphers: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """What has to be read again when it changes."""
        return (self.certificate, self.key, *((self.authority,) if self.authority else ()))

    def context(self) -> ssl.SSLContext:
        """Made anew from the files. Raises OSError, of which ssl.SSLError is one."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version, made.maximum_version = self.lowest, self.highest
        # An encrypted key is refused, not asked a password for at a terminal.
        made.load_cert_chain(self.certificate, self.key, password=lambda: "")
        made.verify_mode = self.clients
        if self.authority is not None:
            made.load_verify_locations(self.authority)
        if self.ciphers:
            made.set_ciphers(":".join(self.ciphers))
        return made


@dataclass(frozen=True, slots=True)
class WebConfiguration:
    """What is asked of clients, and what they are told. ``users`` have bcrypt hashes; without any, nobody is asked who they are."""

    tls: Tls | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_web_configuration(file: Path) -> WebConfiguration:
    """Read the file, and the certificates that it names. Raises WebConfigurationError with every error."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise WebConfigurationError([_whole(file, f"cannot read the file: {(error.strerror or str(error)).lower()}")]) from None
    source, problems = read_text(str(file), data)
    documents: list[RawDocument] = []
    if source is not None:
        documents, found = read_yaml(source)
        problems += found
    if problems:
        raise WebConfigurationError(problems)
    if len(documents) > 1:
        raise WebConfigurationError([_whole(file, "the file holds more than one document", "leave one of them")])
    if not documents:
        return WebConfiguration()
    reader = _Reader(documents[0], file)
    read = reader.read()
    if reader.problems:
        raise WebConfigurationError(sorted(reader.problems))
    return read


def _whole(file: Path, message: str, hint: str = "") -> Problem:
    return Problem("error", str(file), 1, 1, message, hint)


class _Reader:
    """Takes one document apart; what is wrong is kept, and reading goes on."""

    def __init__(self, raw: RawDocument, file: Path) -> None:
        self.problems: list[Problem] = []
        self._raw, self._file = raw, file

    def read(self) -> WebConfiguration:
        self._known(self._raw.value, (), tuple(_SECTIONS))
        web = self._section("http_server_config")
        return WebConfiguration(self._tls(self._section("tls_server_config")), self._headers(web), self._users())

    def _tls(self, section: dict[str, Any]) -> Tls | None:
        if not section:
            return None
        place = "tls_server_config"
        known = len(self.problems)
        certificate, key, authority = (self._path(section, name) for name in ("cert_file", "key_file", "client_ca_file"))
        for name, path in (("cert_file", certificate), ("key_file", key)):
            if path is None and name not in section:
                self._refuse((place,), f"`{name}` is missing", f"write `{name}: server.{'crt' if name == 'cert_file' else 'key'}`")
        clients = self._choice(section, "client_auth_type", _CLIENTS, ssl.CERT_NONE)
        names = self._texts(section, "client_allowed_sans")
        if authority is not None and clients == ssl.CERT_NONE:
            self._refuse((place, "client_ca_file"), "no client is asked for a certificate",
                         "add `client_auth_type: RequireAndVerifyClientCert`")  # fmt: skip
        if authority is None and "client_ca_file" not in section and clients != ssl.CERT_NONE:
            self._refuse((place, "client_auth_type"), "certificates of clients cannot be verified without `client_ca_file`", "add it")
        if names and clients == ssl.CERT_NONE:
            self._refuse((place, "client_allowed_sans"), "no client is asked for a certificate", "add `client_auth_type`")
        lowest = self._choice(section, "min_version", _VERSIONS, ssl.TLSVersion.TLSv1_2)
        highest = self._choice(section, "max_version", _VERSIONS, ssl.TLSVersion.MAXIMUM_SUPPORTED)
        if lowest == ssl.TLSVersion.TLSv1_3 and highest == ssl.TLSVersion.TLSv1_2:
            self._refuse((place, "max_version"), "is lower than `min_version`", "leave it out")
        suites = self._texts(section, "cipher_suites")
        for position, suite in enumerate(suites):
            if suite not in _CIPHERS and suite not in _ALWAYS:
                self._refuse((place, "cipher_suites", position), f"there is no cipher suite {suite!r} to choose",
                             did_you_mean(suite, [*_CIPHERS, *_ALWAYS]))  # fmt: skip
        if len(self.problems) > known or certificate is None or key is None:
            return None
        ciphers = tuple(_CIPHERS[suite] for suite in suites if suite in _CIPHERS)
        return self._loadable(Tls(certificate, key, authority, clients, names, lowest, highest, ciphers))

    def _loadable(self, tls: Tls) -> Tls:
        try:
            tls.context()
        except ssl.SSLError as error:
            reason = (error.reason or "not PEM").replace("_", " ").lower()
            self._refuse(("tls_server_config", "cert_file"), f"certificate, key and authority cannot be used together: {reason}",
                         "they are PEM files, and the key belongs to the certificate and has no password")  # fmt: skip
        except OSError as error:
            self._refuse(("tls_server_config", "cert_file"), f"a file cannot be read: {(error.strerror or 'not known why').lower()}")
        return tls

    def _headers(self, section: dict[str, Any]) -> dict[str, str]:
        place = ("http_server_config", "headers")
        written = section.get("headers") or {}
        if not isinstance(written, dict):
            self._refuse(place, "`headers` is a mapping", "write `X-Frame-Options: deny` in it")
            return {}
        self._known(written, place, _HEADERS)
        for name, value in written.items():
            if not isinstance(value, str) or not value.isprintable() or not value.isascii():
                self._refuse((*place, name), "the value of a header is a text of one line in ASCII", "put it in quotes")
        return written

    def _users(self) -> dict[str, str]:
        users = self._section("basic_auth_users")
        for name, written in users.items():
            place = ("basic_auth_users", name)
            if not name or ":" in name:
                self._refuse(place, "a user has a name without a colon", "write another name", key=True)
            if not isinstance(written, str) or not _is_hash(written):
                self._refuse(place, "this is no bcrypt hash", "write what `htpasswd -nBC 10 \"\" | tr -d ':'` prints, in quotes")
        return users

    # --- parts ------------------------------------------------------------------------------------------------------
    def _section(self, name: str) -> dict[str, Any]:
        value = self._raw.value.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._refuse((name,), f"`{name}` is a mapping", "write its fields below it, indented")
            return {}
        if _SECTIONS[name]:
            self._known(value, (name,), _SECTIONS[name])
        return value

    def _path(self, section: dict[str, Any], name: str) -> Path | None:
        if name not in section:
            return None
        place, value = ("tls_server_config", name), section[name]
        if not isinstance(value, str) or not value or "\0" in value:
            self._refuse(place, f"`{name}` is the name of a file", f"write `{name}: server.pem`")
            return None
        path = self._file.parent / value
        try:
            with path.open("rb"):
                return path
        except OSError as error:
            self._refuse(place, f"the file {value} cannot be read: {(error.strerror or str(error)).lower()}",
                         "paths are seen from the folder of this file")  # fmt: skip
        return None

    def _choice(self, section: dict[str, Any], name: str, choices: Mapping[str, Any], default: Any) -> Any:
        if name not in section:
            return default
        value = section[name]
        if not isinstance(value, str) or value not in choices:
            self._refuse(("tls_server_config", name), f"{value!r} is no value of `{name}`", f"write {' or '.join(choices)}")
            return default
        return choices[value]

    def _texts(self, section: dict[str, Any], name: str) -> tuple[str, ...]:
        value = section.get(name) or []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._refuse(("tls_server_config", name), f"`{name}` is a list of texts", f"write `{name}: [...]`")
            return ()
        return tuple(value)

    def _known(self, value: dict[str, Any], place: tuple[str | int, ...], names: tuple[str, ...]) -> None:
        for name in value:
            if name not in names:
                self._refuse((*place, name), f"unknown field `{name}`", did_you_mean(name, names), key=True)

    def _refuse(self, place: tuple[str | int, ...], message: str, hint: str = "", *, key: bool = False) -> None:
        span = self._raw.positions.key_span(place) if key else self._raw.positions.value_span(place)
        self.problems.append(Problem("error", str(self._file), span.line, span.column, message, hint, length=span.length))


def _is_hash(text: str) -> bool:
    head, cost, rest = text[:4], text[4:6], text[6:]
    return head in ("$2a$", "$2b$", "$2y$") and cost.isdigit() and 4 <= int(cost) <= 31 and len(rest) == 54 and rest[0] == "$" and \
        all(char.isascii() and (char.isalnum() or char in "./") for char in rest[1:])  # fmt: skip
