"""What the environment says about the network: proxies that are down, and root certificates that are not."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from voicebot.cli.commands.doctor.network.environment import proxy_results, trust_results
from voicebot.diagnosis import ServerAddress

from .certificates import Authority

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir")


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return the environment without any of these variables."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_without_proxies_and_with_root_certificates_nothing_is_wrong() -> None:
    results = [*asyncio.run(proxy_results([])), *trust_results()]

    assert [(result.about, result.finding.verdict) for result in results] == [
        ("proxies", "ok"),
        ("root certificates", "ok"),
    ]


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_that_is_down(environ: pytest.MonkeyPatch, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    environ.setenv(name, f"http://me:swordfish@127.0.0.1:{port}")

    behind = ServerAddress("api.example.com", 443, tls="http_" not in name, environment_proxy=True)
    (result,) = asyncio.run(proxy_results([behind]))
    (unused,) = asyncio.run(proxy_results([replace(behind, environment_proxy=False)]))

    assert (result.about, result.finding.verdict) == (name, "problem")
    assert (unused.about, unused.finding.verdict) == (name, "warning")
    where = f"the proxy of {name} (127.0.0.1:{port})"
    assert result.finding.message == f"nothing is listening at {where}"
    assert result.finding.remedy.endswith(f", or unset {name}")


def test_a_proxy_that_answers_and_a_server_that_is_reached_without_it(environ: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        environ.setenv("https_proxy", f"me:swordfish@127.0.0.1:{port}")
        environ.setenv("NO_PROXY", ".example.com")
        server = ServerAddress("api.example.com", 443, tls=True, environment_proxy=True)
        proxy, exempt = asyncio.run(proxy_results([server]))

    assert proxy.finding.message == f"the proxy at 127.0.0.1:{port} answers, with a login"
    assert "swordfish" not in repr(proxy)
    assert exempt.finding.message == "NO_PROXY has api.example.com:443 reached directly"


@pytest.mark.parametrize(
    ("value", "verdict", "message"),
    [
        ("http://", "problem", "HTTPS_PROXY is not the address of a proxy"),
        ("http://secret:pass word@:99999", "problem", "HTTPS_PROXY is not the address of a proxy"),
        ("socks5://127.0.0.1:1080", "skipped", "HTTPS_PROXY names a proxy of the kind socks5://"),
    ],
)
def test_what_is_no_address_of_an_http_proxy(
    environ: pytest.MonkeyPatch, value: str, verdict: str, message: str
) -> None:
    environ.setenv("HTTPS_PROXY", value)

    behind = ServerAddress("api.example.com", 443, tls=True, environment_proxy=True)
    (result,) = asyncio.run(proxy_results([behind]))

    assert result.finding.verdict == verdict
    assert result.finding.message.startswith(message)


def test_root_certificates_that_are_none(environ: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "text.pem").write_text("no certificate")
    for name, value, message in (
        ("SSL_CERT_FILE", tmp_path / "missing.pem", "cannot be read: No such file or directory"),
        ("SSL_CERT_FILE", tmp_path / "text.pem", "contains no certificate (PEM)"),
        ("SSL_CERT_DIR", tmp_path / "text.pem", "is not a folder"),
    ):
        with environ.context() as changed:
            changed.setenv(name, str(value))
            (result,) = trust_results()
        assert result.finding.verdict == "problem"
        assert result.finding.message.startswith(f"{name} names {value}, which {message}")


def test_a_file_without_a_root_certificate_is_one_that_nothing_is_trusted_by(
    environ: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("cryptography", reason="it comes with the extra entra")
    Authority(tmp_path, "Initech").context()
    environ.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))

    (result,) = trust_results()

    assert result.finding.verdict == "problem"
    assert result.finding.message.startswith("this machine trusts no certificate at all")
