"""The random dialogues again, with a chat model behind the real SDK, a real socket and the strict emulator.

The emulator runs on the same virtual clock, and its chat model calls tools at random.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from voicebot import ChatEvent, ChatModel, ChatRequest, Options, ReplyEnded, ToolCall
from voicebot.errors import ProviderError
from voicebot.testing import VirtualClockLoop
from voicebot_emulator.account import Account
from voicebot_emulator.providers import Providers
from voicebot_emulator.server import Emulator
from voicebot_openai.azure_chat import AzureChatModel
from voicebot_openai.azure_options import AzureChatOptions
from voicebot_openai.chat import OpenAIChatModel
from voicebot_openai.options import OpenAIChatOptions

from .dialogue import DialogueChatModel, Story, Written, hold
from .test_dialogues import complaints

KEY = "a-key-of-the-emulator"
MODEL = "gpt-4.1"
PER_TEST = 20


class Recorded(ChatModel[Options]):
    """Records what a chat model is asked and calls, and each failure that the emulator did not announce."""

    def __init__(self, model: ChatModel[Any], story: Story) -> None:
        super().__init__(Options())
        self._model = model
        self._story = story
        self.refused: list[str] = []

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream one reply."""
        self._story.written.append(written := Written(request))
        try:
            async with aclosing(self._model.reply(request)) as events:
                async for event in events:
                    written.calls += [event] if isinstance(event, ToolCall) else []
                    written.whole |= isinstance(event, ReplyEnded)
                    yield event
        except ProviderError as error:
            self.refused += [] if "the chat model is elsewhere" in str(error) else [str(error)]
            raise


@asynccontextmanager
async def served(provider: str) -> AsyncIterator[tuple[Emulator, ChatModel[Any]]]:
    """Run an emulator, and a chat model that is connected to it."""
    providers = Providers(chat=DialogueChatModel(random.Random(0), Story()))
    account = Account(openai_key=KEY, deployments={MODEL: MODEL})
    async with Emulator(providers=providers, account=account) as emulator:
        address = f"http://127.0.0.1:{emulator.port}"
        usual = {"api_key": KEY, "max_retries": 0}
        model: ChatModel[Any] = OpenAIChatModel(
            OpenAIChatOptions.model_validate({"base_url": f"{address}/v1", "model": MODEL, **usual})
        )
        if provider == "azure-openai":
            options = {"endpoint": address, "deployment": MODEL, **usual}
            model = AzureChatModel(AzureChatOptions.model_validate(options))
        await model.start()
        try:
            yield emulator, model
        finally:
            await model.aclose()


async def held(provider: str, seeds: range) -> dict[int, list[str]]:
    """Hold the dialogues; return what was wrong, by seed."""
    wrong, requests = {}, 0
    async with served(provider) as (emulator, model):
        for seed in seeds:
            source, story = random.Random(seed), Story()
            emulator.emulation.providers.chat = DialogueChatModel(source, Story())
            recorded = Recorded(model, story)
            await hold(source, story, recorded)
            requests += len(story.written)
            if found := recorded.refused + complaints(story):
                wrong[seed] = found
    assert requests > len(seeds)
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 100, PER_TEST))
@pytest.mark.parametrize("provider", ["openai", "azure-openai"])
def test_dialogues_over_http_do_everything_once_and_every_request_is_accepted(
    provider: str, first: int
) -> None:
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        wrong = runner.run(held(provider, range(first, first + PER_TEST)))
    assert wrong == {}
