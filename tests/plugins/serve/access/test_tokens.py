"""One-use tokens: signed, short-lived, for one bot, once, in all servers that share a store."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Mapping

import pytest

from voicebot_serve.access.tokens import LIFETIME, Tokens
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.store.embedded import EmbeddedStore

SHOP = Owner("key", "shop", "10.0.0.1")
KEYS = {("key", "shop"): b"sk-1"}


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def store() -> EmbeddedStore:
    made = EmbeddedStore()
    asyncio.run(made.start())
    return made


def accepted(
    tokens: Tokens, token: str, bot: str = "bot", keys: Mapping[tuple[str, str], bytes] = KEYS
) -> Owner | None:
    return asyncio.run(tokens.accept(token, bot, "10.0.0.2", lambda way, name: keys.get((way, name))))


def test_a_token_lets_its_owner_in_once_from_any_address() -> None:
    tokens = Tokens(b"secret", store().spend, Clock())
    token, expires = tokens.issue(SHOP, "bot", b"sk-1")
    assert expires == 1_000_060
    assert "secret" not in token
    assert accepted(tokens, token) == Owner("token", "shop", "10.0.0.2")
    assert accepted(tokens, token) is None


def test_a_token_is_too_old_after_a_minute_and_stays_spent_until_then() -> None:
    clock = Clock()
    tokens = Tokens(b"secret", store().spend, clock)
    token, _ = tokens.issue(SHOP, "bot", b"sk-1")
    used, _ = tokens.issue(SHOP, "bot", b"sk-1")
    assert accepted(tokens, used)
    clock.now += LIFETIME - 0.5
    assert accepted(tokens, used) is None
    clock.now += 1
    assert accepted(tokens, token) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.replace("ek_", "ek_A"),
        lambda token: token.replace(".", ""),
        lambda token: token[3:],
        lambda token: "ek_.",
        lambda token: "ek_" + "\u00e9" * 10,
        lambda token: token + "x" * 5000,
    ],
)
def test_a_token_that_was_changed_is_refused(spoil) -> None:
    tokens = Tokens(b"secret", store().spend, Clock())
    token, _ = tokens.issue(SHOP, "bot", b"sk-1")
    assert accepted(tokens, spoil(token)) is None
    assert accepted(tokens, token)


def test_a_token_is_for_one_bot_and_one_server() -> None:
    tokens = Tokens(b"secret", store().spend, Clock())
    token, _ = tokens.issue(SHOP, "bot", b"sk-1")
    assert accepted(tokens, token, "another") is None
    assert accepted(Tokens(b"other secret", store().spend, Clock()), token) is None


@pytest.mark.parametrize(
    "keys", [{}, {("key", "shop"): b"sk-2"}, {("login", "shop"): b"sk-1"}, {("key", "kiosk"): b"sk-1"}]
)
def test_a_token_is_worth_no_more_than_what_it_was_issued_for(keys: Mapping[tuple[str, str], bytes]) -> None:
    tokens = Tokens(b"secret", store().spend, Clock())
    token, _ = tokens.issue(SHOP, "bot", b"sk-1")
    assert accepted(tokens, token, keys=keys) is None
    assert accepted(tokens, token), "it has not been spent"


def test_a_token_of_a_version_with_other_claims_is_refused() -> None:
    payload = base64.urlsafe_b64encode(b'[1000060,"nonce","shop","bot"]').decode().rstrip("=")
    mac = base64.urlsafe_b64encode(hmac.digest(b"secret", payload.encode(), "sha256")).decode().rstrip("=")
    assert accepted(Tokens(b"secret", store().spend, Clock()), f"ek_{payload}.{mac}") is None


def test_a_token_does_not_show_the_key_that_it_was_issued_for() -> None:
    one, other = (Tokens(secret, store().spend, Clock()) for secret in (b"secret", b"other secret"))
    claims = [
        base64.urlsafe_b64decode(tokens.issue(SHOP, "bot", b"sk-1")[0][3:].partition(".")[0] + "==").decode()
        for tokens in (one, other)
    ]
    assert not any("sk-1" in each for each in claims)
    assert claims[0].split(",")[-1] != claims[1].split(",")[-1], "nobody else can compute the hash"


def test_servers_that_share_a_store_accept_each_token_once_between_them() -> None:
    shared = store()
    one, other = Tokens(b"secret", shared.spend, Clock()), Tokens(b"secret", shared.spend, Clock())
    token, _ = one.issue(SHOP, "bot", b"sk-1")
    assert accepted(other, token)
    assert accepted(one, token) is None
