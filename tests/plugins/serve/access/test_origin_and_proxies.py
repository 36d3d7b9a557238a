"""Which pages may connect, and which proxies are believed."""

from __future__ import annotations

import pytest

from voicebot_serve.access.origin import is_allowed, is_loopback
from voicebot_serve.access.proxies import TrustedProxies


@pytest.mark.parametrize(
    ("origin", "host", "is_open", "allowed"),
    [
        ("http://localhost:8080", "localhost:8080", True, True),
        ("http://127.0.0.1", "127.0.0.1:80", True, True),
        ("https://bot.example", "bot.example", False, True),
        ("https://bot.example", "BOT.example:443", False, True),
        ("https://bot.example", "bot.example", True, False),
        ("http://[::1]:8080", "[::1]:8080", True, True),
        ("https://listed.example", "bot.example", True, True),
        ("https://listed.example:444", "bot.example", False, False),
        ("http://listed.example", "bot.example", False, False),
        ("https://evil.example", "bot.example", False, False),
        ("https://bot.example.evil.example", "bot.example", False, False),
        ("https://bot.example:nonsense", "bot.example", False, False),
        ("null", "bot.example", False, False),
        ("", "", False, False),
        ("file://", "", False, False),
    ],
)
def test_a_page_may_connect_if_it_is_ours_or_listed(
    origin: str, host: str, is_open: bool, allowed: bool
) -> None:
    assert is_allowed(origin, host, ["https://listed.example"], is_open=is_open) is allowed


@pytest.mark.parametrize(
    ("sender", "forwarded", "client"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("203.0.113.1", "1.1.1.1", "203.0.113.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("", "1.1.1.1", ""),
    ],
)
def test_the_address_of_a_client_is_what_the_last_trusted_proxy_saw(
    sender: str, forwarded: str, client: str
) -> None:
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert TrustedProxies(["10.0.0.0/8"]).client_address(sender, headers) == client


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False),
     ("::", False), ("10.0.0.1", False), ("bot.example", False), ("", False)],
)  # fmt: skip
def test_addresses_that_only_this_machine_reaches(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
