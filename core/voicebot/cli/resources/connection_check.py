"""Trying a provider for real: it is started, given a little to do as in a conversation, and timed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from voicebot.cli.output.errors import leaves
from voicebot.cli.resources.providers import hints, started, without_voice
from voicebot.config.load import BotConfig, ProviderChoice
from voicebot.config.suggestions import nearest
from voicebot.errors import ProviderError
from voicebot.interfaces import AudioDevice, ChatModel, Provider, Recognition, Recognizer, Synthesizer
from voicebot.messages import AudioChunk, ChatRequest, Message, Notice, ReplyEnded, TextDelta, Utterance
from voicebot.options import Options

logger = logging.getLogger(__name__)
_QUESTION = "Say hello, in one word."
_WORD = "Hello"
_SILENCE = 1.0
_FRAME = 0.02

Reached = Callable[[str], None]
"""Takes note of a stage that was reached just now."""
Noticed = Callable[[str], None]
"""Takes note of what a provider says that observers should know."""


@dataclass(slots=True)
class Trial:
    """What came of it: the seconds to each stage that was reached, why it went no further, and notices."""

    seconds: dict[str, float] = field(default_factory=dict)
    failure: str | None = None
    notices: list[str] = field(default_factory=list)


async def attempt(choice: ProviderChoice, config: BotConfig) -> Trial:
    """Try a provider; starting it and using it may take `start_timeout` seconds each.

    Stages after `start` count from when the provider was started.
    """
    trial = Trial()
    limit = config.settings.start_timeout
    now = asyncio.get_running_loop().time
    began = now()

    def reached(stage: str) -> None:
        trial.seconds[stage] = now() - began

    try:
        async with started(choice, limit) as provider:
            reached("start")
            began = now()
            try:
                async with asyncio.timeout(limit):
                    await _use(provider, config, reached, trial.notices.append)
            except TimeoutError:
                raise ProviderError(
                    f"started, but did not answer within {limit:g} s (`start_timeout`)"
                ) from None
    except Exception as error:  # a stranger's provider may raise anything
        trial.failure = _reason(error)
        trial.failure += await _meant_voice(choice, trial.failure, limit)
    return trial


async def _meant_voice(choice: ProviderChoice, failure: str, limit: float) -> str:
    """Return which voice is probably meant, if a synthesizer failed for one that it does not have."""
    voice = getattr(choice.options, "voice", None)
    if choice.kind != Synthesizer.kind or not isinstance(voice, str) or voice not in failure:
        return ""
    try:
        async with started(without_voice(choice), limit) as synthesizer, asyncio.timeout(limit):
            names = [described.name for described in await synthesizer.voices()]
    except Exception as error:  # a stranger's provider may raise anything, and has failed before
        logger.debug("it does not list its voices: %s", type(error).__name__)
        return ""
    near = nearest(voice, names)
    return "" if near is None or voice in names or near in failure else f"; did you mean '{near}'?"


async def _use(provider: Provider[Options], config: BotConfig, reached: Reached, noticed: Noticed) -> None:
    """Let a provider do what it is there for, if that can be done without anybody hearing it."""
    match provider:
        case Recognizer():
            await _listen(provider, config, reached, noticed)
        case ChatModel():
            await _ask(provider, config, reached, noticed)
        case Synthesizer():
            await _speak(provider, config, reached, noticed)
        case AudioDevice() if _is_hardware(provider):
            await _open(provider, reached)


def _is_hardware(device: AudioDevice[Options]) -> bool:
    """Return whether there are microphones and speakers to choose from.

    Whatever else a device is needs no trial, and may not bear it: a file would be overwritten.
    """
    return type(device).endpoints is not AudioDevice.endpoints


async def _open(device: AudioDevice[Options], reached: Reached) -> None:
    """Open its speaker, play nothing, and listen until there is sound."""
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
    """Let it hear a second of silence to the end, of which it may make what it likes."""
    async with recognizer.listen(hints(config)) as recognition:
        reached("listening")
        async with asyncio.TaskGroup() as tasks:
            frame = bytes(recognizer.input_format.bytes_in(_FRAME))
            tasks.create_task(_keep_silent(recognition, frame), name="trial: silence")
            async for event in recognition:
                if isinstance(event, Notice):
                    noticed(event.message)
        reached("finished")


async def _keep_silent(recognition: Recognition, frame: bytes) -> None:
    for _ in range(round(_SILENCE / _FRAME)):
        await recognition.write(frame)
    await recognition.finish()


async def _ask(chat: ChatModel[Options], config: BotConfig, reached: Reached, noticed: Noticed) -> None:
    """Ask for a short reply and listen to its beginning."""
    system = config.settings.system
    persona = (Message("system", system),) if system else ()
    # nobody will hear it, so nothing must be done about it
    request = ChatRequest((*persona, Message("user", _QUESTION)), ahead=True)
    async with aclosing(chat.reply(request)) as events:
        async for event in events:
            match event:
                case TextDelta(text=text) if text.strip():
                    reached("first_token")
                    return
                case ReplyEnded(reason="filtered"):
                    raise ProviderError("its content filter held back the reply to a greeting")
                case Notice(message):
                    noticed(message)
    raise ProviderError("its reply to a greeting was empty")


async def _speak(
    synthesizer: Synthesizer[Options], config: BotConfig, reached: Reached, noticed: Noticed
) -> None:
    """Have a word said, and listen to its beginning."""
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
