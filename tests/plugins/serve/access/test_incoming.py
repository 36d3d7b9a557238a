"""What a request says of its client."""

from __future__ import annotations

from starlette.requests import Request

from voicebot_serve.access.incoming import Incoming
from voicebot_serve.access.proxies import TrustedProxies


def test_lines_that_several_proxies_add_are_one_list_and_of_others_the_last_counts() -> None:
    headers = [
        (b"x-forwarded-for", b"198.51.100.1"),
        (b"x-forwarded-for", b"203.0.113.9"),
        (b"x-forwarded-for", b"10.0.0.2"),
        (b"x-forwarded-user", b"admin"),
        (b"x-forwarded-user", b"ada"),
    ]
    incoming = Incoming.of(Request({"type": "http", "client": ("10.0.0.1", 5), "headers": headers}))
    assert TrustedProxies(["10.0.0.0/8"]).client_address(incoming.sender, incoming.headers) == "203.0.113.9"
    assert incoming.headers["x-forwarded-user"] == "ada"
    assert "ada" not in repr(incoming)
