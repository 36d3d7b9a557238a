"""Certificates as a private authority issues them, and servers that present them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from voicebot.diagnosis import ServerAddress

DAY = timedelta(days=1)


class Authority:
    """An authority that issues certificates, such as the one of a company's proxy."""

    def __init__(self, folder: Path, name: str) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec

        self.folder = folder
        self.key: Any = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name)
        self.root = folder / "root.pem"
        self.root.write_bytes(self._signed(self.name, self.key, -DAY, 365 * DAY, ca=True))

    def context(
        self, host: str = "localhost", begins: timedelta = -DAY, ends: timedelta = 90 * DAY
    ) -> ssl.SSLContext:
        """Return what a server with a certificate for a host needs; its validity counts from now."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        path = self.folder / "server.pem"
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(self._signed(_name(host, host), key, begins, ends, host=host) + secret)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _signed(
        self, subject: Any, key: Any, begins: timedelta, ends: timedelta, *, host: str = "", ca: bool = False
    ) -> bytes:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization

        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins)
            .not_valid_after(now + ends)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _name(organization: str, common: str = "") -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    names = [(NameOID.ORGANIZATION_NAME, organization), (NameOID.COMMON_NAME, common or "Root")]
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in names])


@asynccontextmanager
async def serving(
    answer: str, context: ssl.SSLContext | None = None, host: str = "localhost"
) -> AsyncIterator[ServerAddress]:
    """Answer every request with a text; yield the address of the server."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            requests.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer.encode())
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
        yield ServerAddress(host, server.sockets[0].getsockname()[1], context is not None)
