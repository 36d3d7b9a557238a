"""Row 11 of the list of attacks: Redis over TLS, and nothing is said to one that is not who it should be."""

from __future__ import annotations

import asyncio
import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from voicebot_serve.store.redis_store import RedisStore
from voicebot_serve.store.store import StoreError

from .redis_server import PASSWORD, redis_server


def _certificate(folder: Path, address: str) -> Path:
    """Write a certificate for an address, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "redis")]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{address}.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file


def _spent_twice(url: str) -> list[bool]:
    async def run() -> list[bool]:
        store = RedisStore(url, timeout=60)
        await store.start()
        try:
            return [await store.spend("token", 60), await store.spend("token", 60)]
        finally:
            await store.aclose()

    return asyncio.run(run())


def _refused(url: str) -> str:
    with pytest.raises(StoreError) as error:
        _spent_twice(url)
    assert PASSWORD not in str(error.value)
    return str(error.value)


@pytest.mark.slow  # starts two Redis
def test_row_11_a_store_over_tls_is_believed_by_its_certificate_alone(tmp_path: Path) -> None:
    own, other = _certificate(tmp_path, "127.0.0.1"), _certificate(tmp_path, "192.0.2.1")
    with redis_server(own) as redis:
        assert _spent_twice(f"{redis.url}?ssl_ca_certs={own}") == [True, False]
        assert "its certificate is not valid" in _refused(redis.url)
        assert "its certificate is not valid" in _refused(f"{redis.url}?ssl_ca_certs={other}")
        assert "is not reached" in _refused(redis.url.replace("rediss", "redis"))
    with redis_server(other) as elsewhere:
        assert "its certificate is not valid" in _refused(f"{elsewhere.url}?ssl_ca_certs={other}")
