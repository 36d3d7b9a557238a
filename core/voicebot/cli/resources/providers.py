"""Using single providers, for commands that do not need a whole bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from voicebot.engine.failures import as_provider_error
from voicebot.errors import ProviderError

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig, ProviderChoice
    from voicebot.interfaces import Provider
    from voicebot.messages import Hints

logger = logging.getLogger(__name__)
_CLOSING = 5.0
T = TypeVar("T")


@contextmanager
def named(choice: ProviderChoice, trouble: str = "broke") -> Iterator[None]:
    """Turn foreign exceptions into errors that name the provider; the log has the details."""
    try:
        yield
    except ProviderError:
        raise
    except Exception as error:  # a plugin's provider may raise anything
        what = f"{choice.kind} '{choice.registration.name}' {trouble}"
        raise as_provider_error(what, error) from error


@asynccontextmanager
async def started(choice: ProviderChoice, limit: float) -> AsyncGenerator[Any, None]:
    """Make a provider, start it within `limit` seconds, and close it at the end."""
    with named(choice, "could not start"):
        provider: Provider[Any] = choice.make()
    try:
        try:
            async with asyncio.timeout(limit):
                with named(choice, "could not start"):
                    await provider.start()
        except TimeoutError:
            raise ProviderError(
                f"'{choice.registration.name}' did not start within {limit:g} s (`start_timeout`)"
            ) from None
        yield provider
    finally:
        await _close(provider)


@asynccontextmanager
async def entered(
    choice: ProviderChoice, session: Callable[[], AbstractAsyncContextManager[T]]
) -> AsyncGenerator[T, None]:
    """Enter a context of a provider, such as a recognition; errors name the provider."""
    async with AsyncExitStack() as stack:
        with named(choice):
            given = await stack.enter_async_context(session())
        yield given
        with named(choice):
            await stack.aclose()


def hints(config: BotConfig) -> Hints:
    """Return the hints that the recogniser gets in a conversation, so that it works the same here."""
    from voicebot.interfaces import ChatModel
    from voicebot.messages import Hints

    with named(config.chat):
        chat = config.chat.make()
        assert isinstance(chat, ChatModel)
        return Hints((*config.settings.phrases, *chat.phrases), config.settings.spoken_languages)


def without_voice(choice: ProviderChoice) -> ProviderChoice:
    """Return a choice without the configured voice, since the service may not have it."""
    voice = choice.registration.options.model_fields.get("voice")
    if voice is None or voice.is_required():
        return choice
    return choice.changed(voice=voice.get_default())


async def _close(provider: Provider[Any]) -> None:
    try:
        async with asyncio.timeout(_CLOSING):
            await provider.aclose()
    except Exception as error:  # it was used successfully all the same
        logger.warning("the %s did not close cleanly: %s", provider.kind, type(error).__name__)
