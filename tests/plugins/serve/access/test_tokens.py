"""One-use tokens: signed, short-lived, for one bot, once, in all processes that share them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from voicebot_serve.access.tokens import LIFETIME, SpentHere, SpentInDirectory, Tokens
from voicebot_serve.server import Shared
from voicebot_serve.sessions.owner import Owner

SHOP = Owner("key", "shop", "10.0.0.1")


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def accepted(tokens: Tokens, token: str, bot: str = "bot") -> Owner | None:
    return asyncio.run(tokens.accept(token, bot, "10.0.0.2"))


def test_a_token_lets_its_owner_in_once_from_any_address() -> None:
    tokens = Tokens(b"secret", SpentHere(), Clock())
    token, expires = tokens.issue(SHOP, "bot")
    assert expires == 1_000_060
    assert "secret" not in token
    assert accepted(tokens, token) == Owner("token", "shop", "10.0.0.2")
    assert accepted(tokens, token) is None


def test_a_token_is_too_old_after_a_minute_and_stays_spent_until_then() -> None:
    clock = Clock()
    tokens = Tokens(b"secret", SpentHere(), clock)
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
    tokens = Tokens(b"secret", SpentHere(), Clock())
    token, _ = tokens.issue(SHOP, "bot")
    assert accepted(tokens, spoil(token)) is None
    assert accepted(tokens, token)


def test_a_token_is_for_one_bot_and_one_server() -> None:
    tokens = Tokens(b"secret", SpentHere(), Clock())
    token, _ = tokens.issue(SHOP, "bot")
    assert accepted(tokens, token, "another") is None
    assert accepted(Tokens(b"other secret", SpentHere(), Clock()), token) is None


def test_processes_that_share_a_directory_accept_each_token_once_between_them(tmp_path: Path) -> None:
    shared = Shared.create(tmp_path)
    one, other = shared.tokens(), Shared(tmp_path).tokens()
    token, _ = one.issue(SHOP, "bot")
    assert accepted(other, token)
    assert accepted(one, token) is None
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_spent_tokens_are_forgotten_when_they_are_too_old_anyway(tmp_path: Path) -> None:
    async def run() -> None:
        spent = SpentInDirectory(tmp_path)
        for number in range(5):
            assert await spent.spend(f"n{number}", expires=100.0, now=50.0)
        assert await spent.spend("late", expires=300.0, now=250.0)

    asyncio.run(run())
    assert [path.name for path in tmp_path.iterdir()] == ["300_late"]
