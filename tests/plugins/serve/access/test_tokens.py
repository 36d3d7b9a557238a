"""One-use tokens: signed, short-lived, for one bot, once, in all servers that share a store."""

from __future__ import annotations

import asyncio

import pytest

from voicebot_serve.access.tokens import LIFETIME, Tokens
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.store.embedded import EmbeddedStore

SHOP = Owner("key", "shop", "10.0.0.1")


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def store() -> EmbeddedStore:
    made = EmbeddedStore()
    asyncio.run(made.start())
    return made


def accepted(tokens: Tokens, token: str, bot: str = "bot") -> Owner | None:
    return asyncio.run(tokens.accept(token, bot, "10.0.0.2"))


def test_a_token_lets_its_owner_in_once_from_any_address() -> None:
    tokens = Tokens(b"secret", store(), Clock())
    token, expires = tokens.issue(SHOP, "bot")
    assert expires == 1_000_060
    assert "secret" not in token
    assert accepted(tokens, token) == Owner("token", "shop", "10.0.0.2")
    assert accepted(tokens, token) is None


def test_a_token_is_too_old_after_a_minute_and_stays_spent_until_then() -> None:
    clock = Clock()
    tokens = Tokens(b"secret", store(), clock)
    token, _ = tokens.issue(SHOP, "bot")
    used, _ = tokens.issue(SHOP, "bot")
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
    tokens = Tokens(b"secret", store(), Clock())
    token, _ = tokens.issue(SHOP, "bot")
    assert accepted(tokens, spoil(token)) is None
    assert accepted(tokens, token)


def test_a_token_is_for_one_bot_and_one_server() -> None:
    tokens = Tokens(b"secret", store(), Clock())
    token, _ = tokens.issue(SHOP, "bot")
    assert accepted(tokens, token, "another") is None
    assert accepted(Tokens(b"other secret", store(), Clock()), token) is None


def test_servers_that_share_a_store_accept_each_token_once_between_them() -> None:
    shared = store()
    one, other = Tokens(b"secret", shared, Clock()), Tokens(b"secret", shared, Clock())
    token, _ = one.issue(SHOP, "bot")
    assert accepted(other, token)
    assert accepted(one, token) is None
