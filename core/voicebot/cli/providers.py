"""One provider at a time, for commands that need no whole bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from voicebot.errors import ProviderError

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig, ProviderChoice
    from voicebot.interfaces import Provider
    from voicebot.messages import Hints

logger = logging.getLogger(__name__)
_CLOSING = 5.0


@asynccontextmanager
async def started(choice: ProviderChoice, limit: float) -> AsyncGenerator[Any, None]:
    """Make a provider, start it within `limit` seconds, and close it in the end."""
    provider: Provider[Any] = choice.make()
    try:
        try:
            async with asyncio.timeout(limit):
                await provider.start()
        except TimeoutError:
            raise ProviderError(
                f"'{choice.registration.name}' did not start within {limit:g} s (`start_timeout`)"
            ) from None
        yield provider
    finally:
        await _close(provider)


def hints(config: BotConfig) -> Hints:
    """Return what the recogniser is told to expect in a conversation, for it should hear the same here."""
    from voicebot.interfaces import ChatModel
    from voicebot.messages import Hints

    chat = config.chat.make()
    assert isinstance(chat, ChatModel)
    return Hints((*config.settings.phrases, *chat.phrases), (config.settings.language,))


def without_voice(choice: ProviderChoice) -> ProviderChoice:
    """Leave the config's voice away, for a service may have none of that name."""
    voice = choice.registration.options.model_fields.get("voice")
    if voice is None or voice.is_required():
        return choice
    return choice.changed(voice=voice.get_default())


async def _close(provider: Provider[Any]) -> None:
    try:
        async with asyncio.timeout(_CLOSING):
            await provider.aclose()
    except Exception as error:  # what was done with it is done all the same
        logger.warning("the %s did not close cleanly: %s", provider.kind, type(error).__name__)
