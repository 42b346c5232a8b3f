"""The web configuration of an exporter that serves over TLS and asks for a user."""

from __future__ import annotations

import ssl
from pathlib import Path

import bcrypt
import trustme

__all__ = ["PASSWORD", "USER", "guarded"]

USER = "prometheus"
PASSWORD = "correct horse"


def guarded(folder: Path) -> ssl.SSLContext:
    """Write ``web.yaml``, certificate, key and authority, ``ca.crt``, into a folder; what trusts the certificate."""
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(folder / "server.key")
    certificate.cert_chain_pems[0].write_to_path(folder / "server.crt")
    authority.cert_pem.write_to_path(folder / "ca.crt")
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(6)).decode()
    (folder / "web.yaml").write_text(
        f"tls_server_config: {{cert_file: server.crt, key_file: server.key}}\nbasic_auth_users: {{{USER}: '{hashed}'}}\n"
    )
    found = ssl.create_default_context()
    authority.configure_trust(found)
    return found
