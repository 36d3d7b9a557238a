"""Why a connection fails, diagnosed with real sockets, certificates and a proxy."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from voicebot_azure.account import SpeechAccount
from voicebot_azure.diagnosis import diagnose

Answer = Callable[[socket.socket], None]
DAY = datetime.timedelta(days=1)


def diagnosis(endpoint: str, **options: Any) -> str:
    error = diagnose(SpeechAccount(key="abc", endpoint=endpoint, **options), "stt", timeout=0.5)
    return "" if error is None else str(error)


@contextmanager
def server(answer: Answer) -> Iterator[int]:
    """Accept one connection after the other and pass each to `answer`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@contextmanager
def tls_server(folder: Path, *, valid_from: int, valid_to: int) -> Iterator[int]:
    """Serve with a self-signed certificate for localhost; its validity is in days from now."""
    pytest.importorskip("cryptography", reason="it comes with the extra entra")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now + valid_from * DAY)
        .not_valid_after(now + valid_to * DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(1)

    with server(answer) as port:
        yield port


def proxy_that_says(line: str) -> Answer:
    def answer(connection: socket.socket) -> None:
        request = connection.recv(4_096)
        if b"Proxy-Authorization" in request:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            connection.sendall(f"HTTP/1.1 {line}\r\n\r\n".encode())

    return answer


def test_a_host_that_does_not_exist() -> None:
    assert "there is no host named speech.invalid; check `region`" in diagnosis("wss://speech.invalid")


def test_a_port_that_nothing_listens_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert f"nothing is listening at 127.0.0.1:{port}; check `endpoint`" in diagnosis(
        f"ws://127.0.0.1:{port}"
    )


def test_an_address_that_does_not_answer() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        message = diagnosis(f"ws://127.0.0.1:{port}")
        for client in waiting:
            client.close()
    assert f"cannot be reached: 127.0.0.1:{port} does not answer" in message


def test_a_certificate_that_is_not_trusted(tmp_path: Path) -> None:
    with tls_server(tmp_path, valid_from=-1, valid_to=1) as port:
        message = diagnosis(f"wss://localhost:{port}")
    assert "a certificate that this machine does not trust; install your organisation's root" in message


@pytest.mark.parametrize(("valid_from", "valid_to"), [(1, 2), (-2, -1)])
def test_a_certificate_that_is_not_valid_now_points_to_the_clock(
    valid_from: int, valid_to: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tls_server(tmp_path, valid_from=valid_from, valid_to=valid_to) as port:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        message = diagnosis(f"wss://localhost:{port}")
    assert "not valid at this machine's date and time; set the clock" in message


def test_a_server_that_can_be_reached_needs_no_explanation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tls_server(tmp_path, valid_from=-1, valid_to=1) as port:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        assert diagnosis(f"wss://localhost:{port}") == ""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("407 Proxy Authentication Required", "the proxy requires a login; set or correct `proxy_user`"),
        ("403 Forbidden", "cannot be reached through the proxy; check `proxy`"),
        ("200 OK", ""),
    ],
)
def test_a_proxy_that_refuses_the_connection(line: str, expected: str) -> None:
    with server(proxy_that_says(line)) as port:
        message = diagnosis("ws://speech.invalid:80", proxy=f"127.0.0.1:{port}")
    assert expected in message
    assert bool(expected) is bool(message)


def test_a_proxy_that_requires_a_login_gets_it() -> None:
    with server(proxy_that_says("407 Proxy Authentication Required")) as port:
        options = {"proxy": f"127.0.0.1:{port}", "proxy_user": "me", "proxy_password": "secret"}
        assert diagnosis("ws://speech.invalid:80", **options) == ""


def test_a_proxy_that_does_not_exist() -> None:
    expected = diagnosis("ws://127.0.0.1:9", proxy="proxy.invalid:3128")
    assert "cannot be reached through the proxy" in expected
