"""Nested wrappers: loaded from a config, started and closed once, and usable in a conversation."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from voicebot import load_config
from voicebot.config.schema import Settings, TurnOptions
from voicebot.events import ProviderFailed, ProviderNoticed, TurnTimed
from voicebot.testing import Pause, converse, simulated
from voicebot_combine.fallback.chat_and_voice import FallbackChatModel, FallbackChatOptions
from voicebot_combine.hedge.providers import HedgeChatModel, HedgeChatOptions
from voicebot_combine.retry import RetryChatModel, RetryChatOptions

from .conftest import Chat, Outage, Refusal, around, ask, choice

NEVER = Pause(float("inf"))


def nested(first: Chat, second: Chat, last: Chat) -> FallbackChatModel:
    """Return a fallback of a retry of a hedge of two, and one more."""
    hedged = HedgeChatOptions(of=choice(first, "a"), second=choice(second, "b"), after=0.5, most=1.0)
    retried = RetryChatOptions(of=around(HedgeChatModel, "hedge", hedged), wait=0.2)
    of = (around(RetryChatModel, "retry", retried), choice(last, "c"))
    return FallbackChatModel(FallbackChatOptions(of=of))


@pytest.fixture(autouse=True)
def _no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.uniform", lambda least, most: most)


@simulated
async def test_each_innermost_provider_is_started_and_closed_once() -> None:
    chats = [Chat(), Chat(), Chat()]
    top = nested(*chats)
    await top.start()
    await top.aclose()
    assert [(chat.starts, chat.closes) for chat in chats] == [(1, 1)] * 3


@simulated
async def test_the_rules_of_all_wrappers_apply_together() -> None:
    first = Chat([Outage(), [NEVER], Refusal()])
    second = Chat([Outage(), "Two.", Refusal()])
    top = nested(first, second, Chat(["Three."]))
    await top.start()
    answer = await ask(top)
    # both fail (0.3 + 0.3), a wait, the first hangs and the second is asked after half a second
    assert (answer.text, answer.began, answer.notices) == ("Two.", round(0.6 + 0.2 + 0.5 + 0.3, 6), [])
    answer = await ask(top)
    assert (answer.text, answer.began) == ("Three.", 0.9)
    (news,) = answer.notices
    assert news == (
        "a and b failed (a failed (the key is not accepted); b failed (the key is not accepted)); "
        "c answers from now on"
    )


@simulated
async def test_a_conversation_continues_when_the_first_provider_in_nested_wrappers_is_away() -> None:
    top = nested(Chat([Refusal()]), Chat([Refusal()]), Chat(["Ahoy."]))
    settings = Settings(on_error="", turns=TurnOptions(prepare="off"))
    async with converse(chat=top, settings=settings) as user:
        for _ in range(2):
            await user.says("hello")
            assert (await user.is_answered()).heard == "Ahoy."
    assert len([event for event in user.events if isinstance(event, ProviderNoticed)]) == 1
    assert not [event for event in user.events if isinstance(event, ProviderFailed)]
    first, second = [event for event in user.events if isinstance(event, TurnTimed)]
    assert first.first_token - first.decided > second.first_token - second.decided


@simulated
async def test_an_interruption_reaches_the_innermost_provider_at_once() -> None:
    first, second = Chat([[NEVER]]), Chat([[NEVER]])
    top = nested(first, second, Chat())
    await top.start()
    task = asyncio.ensure_future(ask(top))
    await asyncio.sleep(1.0)
    task.cancel()
    await asyncio.wait([task])
    assert (first.cancelled, second.cancelled, asyncio.get_running_loop().time()) == (1, 1, 1.0)


CONFIG = """
extends: offline.yaml
chat:
  provider: fallback
  of:
    - provider: retry
      of: {provider: hedge, of: {provider: script, default: [Aye.]}, after: 0.7}
    - {provider: script, default: [Arr.]}
synthesizer:
  provider: fallback
  of:
    - {provider: cache, of: {provider: espeak, voice: en-gb}, folder: sentences}
    - {provider: espeak}
recognizer: {provider: fallback, of: [{provider: pocketsphinx}, {provider: pocketsphinx}]}
"""


def test_a_config_nests_them_to_any_depth(tmp_path: Path) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text(CONFIG)
    config = load_config(path)
    chat: Any = config.chat.make()
    assert isinstance(chat, FallbackChatModel)
    assert [leaf.name for leaf in config.chat.leaves] == ["script", "script"]
    voice: Any = config.synthesizer.options
    assert voice.of[0].options.folder == tmp_path / "sentences"
