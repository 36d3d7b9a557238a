"""How many sessions there may be by default, and with limits."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Literal

import pytest

from voicebot.testing import simulated
from voicebot_serve.options import LimitOptions, ServeOptions
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.registry import SessionRefused, SessionRegistry

from ..serving import scripted_bot


@pytest.mark.parametrize(
    ("way", "limits", "addresses", "room", "advice"),
    [
        ("token", LimitOptions(), 50, 30, "--max-conversations is 30"),
        ("token", LimitOptions(), 1, 20, "`serve.limits.per_address` of the config is 20"),
        ("token", LimitOptions(per_key=25), 50, 25, "`serve.limits.per_key` of the config is 25"),
        ("carrier", LimitOptions(), 1, 30, "--max-conversations is 30"),
    ],
)
def test_a_key_or_carrier_is_that_of_many_users_unless_it_is_limited(
    way: Literal["token", "carrier"], limits: LimitOptions, addresses: int, room: int, advice: str
) -> None:
    @simulated
    async def run() -> None:
        registry, bot = SessionRegistry(30, lambda: False, lambda *_: None), scripted_bot()
        options = ServeOptions(limits=limits)
        owners = [Owner(way, "shop", f"192.0.2.{number % addresses}") for number in range(room + 1)]
        async with bot, AsyncExitStack() as stack:
            for owner in owners[:-1]:
                await stack.enter_async_context(registry.session("bot", bot, options, owner))
            with pytest.raises(SessionRefused) as refused:
                registry.check("bot", options, owners[-1])
            assert advice in refused.value.advice

    run()
