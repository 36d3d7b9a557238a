"""Checking that a provider works: it is started, used briefly as in a conversation, and timed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from voicebot.cli.resources.providers import hints, started, without_voice
from voicebot.config.checking.tools import offer_problems
from voicebot.config.load import BotConfig, ProviderChoice
from voicebot.config.suggestions import nearest
from voicebot.errors import Problem, ProviderError, leaves
from voicebot.interfaces import (
    AudioDevice,
    ChatModel,
    Provider,
    Recognition,
    Recognizer,
    Synthesizer,
    Toolset,
)
from voicebot.messages import (
    AudioChunk,
    ChatRequest,
    Message,
    Notice,
    ReplyEnded,
    TextDelta,
    Tool,
    ToolCall,
    Utterance,
)
from voicebot.options import Options

logger = logging.getLogger(__name__)
_QUESTION = "Say hello, in one word."
_WORD = "Hello"
_SILENCE = 1.0
_FRAME = 0.02

Reached = Callable[[str], None]
"""Records that a stage was reached just now."""
Noticed = Callable[[str], None]
"""Records a notice of the provider."""


@dataclass(slots=True)
class ConnectionCheck:
    """The result: seconds to each stage that was reached, why it went no further, and notices.

    For a toolset also its tools, and what is wrong with them or with what the config says about them.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    failure: str | None = None
    notices: list[str] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether it does not work as the config expects."""
        return self.failure is not None or any(problem.severity == "error" for problem in self.problems)


async def check_connection(
    choice: ProviderChoice, config: BotConfig, tools: Sequence[Tool] = ()
) -> ConnectionCheck:
    """Start and use a provider, each within `start_timeout` seconds.

    The time of stages after `start` counts from when the provider was started.

    Args:
        tools: what the chat model is offered, so that it is known whether its server takes them.
    """
    result = ConnectionCheck()
    limit = config.settings.start_timeout
    now = asyncio.get_running_loop().time
    began = now()

    def reached(stage: str) -> None:
        result.seconds[stage] = now() - began

    try:
        async with started(choice, limit) as provider:
            reached("start")
            began = now()
            try:
                async with asyncio.timeout(limit):
                    if isinstance(provider, Toolset):
                        result.tools = list(provider.tools())
                        section = next(each for each in config.toolsets if each.options is choice.options)
                        result.problems = list(offer_problems(section, {t.name: t for t in result.tools}))
                    elif isinstance(provider, ChatModel):
                        await _ask(provider, config, tools, reached, result.notices.append)
                    else:
                        await _use(provider, config, reached, result.notices.append)
            except TimeoutError:
                raise ProviderError(
                    f"started, but did not answer within {limit:g} s (`start_timeout`)"
                ) from None
    except Exception as error:  # a plugin's provider may raise anything
        result.failure = _reason(error)
        result.failure += await _suggested_voice(choice, result.failure, limit)
    return result


async def _suggested_voice(choice: ProviderChoice, failure: str, limit: float) -> str:
    """Return a suggestion if a synthesizer failed because it does not have the configured voice."""
    voice = getattr(choice.options, "voice", None)
    if choice.kind != Synthesizer.kind or not isinstance(voice, str) or voice not in failure:
        return ""
    try:
        async with started(without_voice(choice), limit) as synthesizer, asyncio.timeout(limit):
            names = [described.name for described in await synthesizer.voices()]
    except Exception as error:  # a plugin's provider may raise anything, and has already failed
        logger.debug("the provider does not list its voices: %s", type(error).__name__)
        return ""
    near = nearest(voice, names)
    return "" if near is None or voice in names or near in failure else f"; did you mean '{near}'?"


async def _use(provider: Provider[Options], config: BotConfig, reached: Reached, noticed: Noticed) -> None:
    """Use a provider as in a conversation, if that makes no sound and has no lasting effect."""
    match provider:
        case Recognizer():
            await _listen(provider, config, reached, noticed)
        case Synthesizer():
            await _speak(provider, config, reached, noticed)
        case AudioDevice() if _is_hardware(provider):
            await _open(provider, reached)


def _is_hardware(device: AudioDevice[Options]) -> bool:
    """Return whether a device has microphones and speakers to choose from.

    Other devices need no check, which might do harm: a file would be overwritten.
    """
    return type(device).endpoints is not AudioDevice.endpoints


async def _open(device: AudioDevice[Options], reached: Reached) -> None:
    """Open the device, play nothing, and wait for sound from its microphone."""
    async with device.open() as stream:
        reached("open")
        if stream.microphone is None:
            return
        async for item in stream:
            if isinstance(item, bytes):
                reached("hearing")
                return
    raise ProviderError("its microphone gave no sound")


async def _listen(
    recognizer: Recognizer[Options], config: BotConfig, reached: Reached, noticed: Noticed
) -> None:
    """Let the recogniser process a second of silence; its result does not matter."""
    async with recognizer.listen(hints(config)) as recognition:
        reached("listening")
        async with asyncio.TaskGroup() as tasks:
            frame = bytes(recognizer.input_format.bytes_in(_FRAME))
            tasks.create_task(_keep_silent(recognition, frame), name="connection check: silence")
            async for event in recognition:
                if isinstance(event, Notice):
                    noticed(event.message)
        reached("finished")


async def _keep_silent(recognition: Recognition, frame: bytes) -> None:
    for _ in range(round(_SILENCE / _FRAME)):
        await recognition.write(frame)
    await recognition.finish()


async def _ask(
    chat: ChatModel[Options], config: BotConfig, tools: Sequence[Tool], reached: Reached, noticed: Noticed
) -> None:
    """Ask for a short reply and wait for its first text."""
    system = config.settings.system
    persona = (Message("system", system),) if system else ()
    # `ahead`, so that the model does not act on it
    request = ChatRequest((*persona, Message("user", _QUESTION)), ahead=True, tools=tuple(tools))
    async with aclosing(chat.reply(request)) as events:
        async for event in events:
            match event:
                case TextDelta(text=text) if text.strip():
                    reached("first_token")
                    return
                case ToolCall():
                    reached("first_token")
                    return
                case ReplyEnded(reason="filtered"):
                    raise ProviderError("its content filter blocked the reply to a greeting")
                case Notice(message):
                    noticed(message)
    raise ProviderError("its reply to a greeting was empty")


async def _speak(
    synthesizer: Synthesizer[Options], config: BotConfig, reached: Reached, noticed: Noticed
) -> None:
    """Synthesize a word, and wait for its first sound."""
    speech = synthesizer.synthesize(Utterance(_WORD, config.settings.language))
    async with aclosing(speech) as events:
        async for event in events:
            if isinstance(event, AudioChunk) and event.audio:
                reached("first_sound")
                return
            if isinstance(event, Notice):
                noticed(event.message)
    raise ProviderError(f"it gave no sound for the word '{_WORD}'")


def _reason(error: Exception) -> str:
    cause = next(iter(leaves(error)))
    if isinstance(cause, ProviderError):
        return " ".join(str(cause).split())
    logger.info("a provider failed", exc_info=error)
    return f"failed: {type(cause).__name__} (-v shows where)"
