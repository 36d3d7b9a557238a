"""From one turn on, the recorded user goes on with a bot whose providers are real."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

from voicebot import (
    AudioFormat,
    AudioStream,
    Bot,
    BotConfig,
    BotTurnEnded,
    Conversation,
    ConversationDetail,
    ConversationEvent,
    DeviceEvent,
    Message,
    UserTurnEnded,
)
from voicebot_recording.reading import Recording
from voicebot_replay.engine.config import hides_secrets
from voicebot_replay.engine.device import (
    ReplayedDevice,
    ReplayedKeyboard,
    check_inputs,
    recorded_inputs,
)
from voicebot_replay.engine.speech import said_turns
from voicebot_replay.errors import ReplayError

_BEFORE = 0.5
"""Seconds of sound from before the user began to speak."""
_AT_A_TIME = 5
"""Pieces of sound before other tasks get to run."""
_LATE = 1e-6


class RestOfUser(AudioStream):
    """What the user said and typed from some second on: it waits for the bot, and the bot plays at once."""

    live = False

    def __init__(
        self, inputs: Iterator[DeviceEvent], microphone: AudioFormat | None, speaker: AudioFormat | None
    ) -> None:
        self.microphone, self.speaker = microphone, speaker
        self._inputs = inputs
        self._played = 0

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        for number, event in enumerate(self._inputs):
            if number % _AT_A_TIME == 0:
                await asyncio.sleep(0)
            yield event

    async def write(self, audio: bytes) -> None:
        """Play at once."""
        self._played += len(audio)
        await asyncio.sleep(0)

    @property
    def played(self) -> float:
        """Seconds played so far."""
        return self.speaker.seconds_in(self._played) if self.speaker is not None else 0.0


async def go_on(
    recording: Recording,
    config: BotConfig,
    turn: int,
    show: Callable[[ConversationEvent], None],
) -> None:
    """Hold the rest of a conversation with the providers of a config, as fast as they are.

    What was said before the turn is the history. The user says what they said from that turn on, and waits
    for the bot. Providers may cost money, and tools that write do so.

    Args:
        turn: counts from 1, as in `UserTurnEnded`.
        show: called with each event.

    Raises:
        ProviderError: a provider does not start, or the conversation cannot go on.
        ReplayError: there is no such turn, the config hides secrets, or what the user said is missing.
    """
    events = sorted(recording.events(), key=lambda each: each.at)
    check_inputs(recording, events)
    begins = _begins(recording, events, turn)
    if hides_secrets(config):
        raise ReplayError(f"{config.path}: its secrets are not recorded; name the config with --config")
    header = recording.header
    rates = header.get("microphone"), header.get("speaker")
    microphone, speaker = (AudioFormat(rate) if rate else None for rate in rates)
    inputs = (event for at, event in recorded_inputs(recording, events) if at >= begins - _LATE)
    stream = RestOfUser(inputs, microphone, speaker)
    device = (ReplayedDevice if microphone or speaker else ReplayedKeyboard)(stream)
    async with Bot.from_config(config, device=device) as bot, asyncio.TaskGroup() as tasks:
        settings = bot.settings.model_copy(update={"greeting": ""})
        history = said_before(events, turn)
        conversation = Conversation(bot, stream, settings=settings, history=history)
        tasks.create_task(_watch(conversation, show), name="replay: events")
        await conversation.run()


def said_before(events: list[ConversationEvent | ConversationDetail], turn: int) -> list[Message]:
    """Return what both sides said before a turn, as far as it was heard."""
    messages: list[Message] = []
    words = ""
    for event in events:
        match event:
            case UserTurnEnded(_, text, number):
                if number >= turn:
                    break
                words = text
            case BotTurnEnded(heard=heard) if heard:
                messages += [Message("user", words)] if words else []
                messages.append(Message("assistant", heard))
                words = ""
            case _:
                pass
    return messages


def ended_at(recording: Recording, turn: int) -> float:
    """Return when a turn of the user ended.

    Raises:
        ReplayError: there is no such turn.
    """
    ended = {each.turn: each.at for each in recording.events() if isinstance(each, UserTurnEnded)}
    if turn not in ended:
        raise ReplayError(f"{recording.folder}: there is no turn {turn}; there are {len(ended)}")
    return ended[turn]


def _begins(recording: Recording, events: list[ConversationEvent | ConversationDetail], turn: int) -> float:
    """Return the second from which on the user says what makes a turn."""
    ended = ended_at(recording, turn)
    spoken = [each for each in said_turns(events, recording.seconds) if each.begins <= ended]
    before = max(
        (each.at for each in events if isinstance(each, UserTurnEnded) and each.turn < turn), default=0.0
    )
    if spoken and spoken[-1].begins > before:
        return max(0.0, spoken[-1].begins - _BEFORE)
    return next((at for at, event in recorded_inputs(recording, events) if at > before), ended)


async def _watch(conversation: Conversation, show: Callable[[ConversationEvent], None]) -> None:
    async for event in conversation.events():
        show(event)
