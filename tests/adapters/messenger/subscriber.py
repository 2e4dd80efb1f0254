"""A subscriber on this machine, over HTTP or TLS, that answers as a test wants."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from linguapay_core.testing.builders import NOON

OK = b"HTTP/1.1 204 No Content\r\n\r\n"

Answer = Callable[[BinaryIO], None]
"""Writes to the line what is answered, after the request was read."""


def says(answer: bytes) -> Answer:
    """Answer with these bytes."""

    def write(line: BinaryIO) -> None:
        line.write(answer)

    return write


@dataclass
class Subscriber:
    """Where it listens, and what it got: each request as its lines and its body."""

    port: int
    requests: list[tuple[list[str], bytes]] = field(default_factory=list)


@contextmanager
def listening(answer: Answer, trusted: ssl.SSLContext | None = None) -> Iterator[Subscriber]:
    """Take connections on a free port of 127.0.0.1."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            lines: list[str] = []
            while line := self.rfile.readline().strip().decode():
                lines.append(line)
            if not lines:
                return
            length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length"))
            subscriber.requests.append((lines, self.rfile.read(length)))
            answer(self.wfile)  # type: ignore[arg-type]

    class Server(ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a line that breaks is what is tested."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if trusted is not None:
            server.socket = trusted.wrap_socket(server.socket, server_side=True)
        subscriber = Subscriber(server.server_address[1])
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield subscriber
        finally:
            server.shutdown()
            thread.join()


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's certificate for a name, and the trust of somebody who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a subscriber")])
    named = x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON - timedelta(days=20_000))
        .not_valid_after(NOON + timedelta(days=20_000))
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "certificate.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, secret)
    return server, ssl.create_default_context(cafile=str(chain))
