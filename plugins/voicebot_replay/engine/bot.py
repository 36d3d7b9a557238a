"""The bot of a replay: the detectors and rules of the config, and providers that answer as they did then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from voicebot import (
    AudioFormat,
    Bot,
    BotConfig,
    Choice,
    ConversationDetail,
    ConversationEvent,
    TurnDetector,
)
from voicebot_recording.reading import Recording
from voicebot_replay.engine.device import (
    ReplayedDevice,
    ReplayedKeyboard,
    ReplayedStream,
    recorded_inputs,
)
from voicebot_replay.engine.ending import Ending
from voicebot_replay.exchanges import exchanges
from voicebot_replay.providers.chat import ReplayedChatModel
from voicebot_replay.providers.clock import ReplayClock
from voicebot_replay.providers.recognizer import ReplayedRecognizer
from voicebot_replay.providers.synthesizer import ReplayedSynthesizer
from voicebot_replay.providers.toolset import ReplayedToolset, recorded_calls, recorded_tools
from voicebot_replay.providers.turn_detector import DelayedTurnDetector
from voicebot_replay.providers.unrecorded import Unrecorded

_OWN_TOOLS = "conversation"
"""The toolset that only changes the conversation itself: it runs, as nothing outside is done."""


def bot_of(
    recording: Recording,
    config: BotConfig,
    events: Sequence[ConversationEvent | ConversationDetail],
    ending: Ending,
    clock: ReplayClock,
    unrecorded: Unrecorded,
) -> tuple[Bot, ReplayedStream]:
    """Return the bot for a recording, not entered yet, and the stream of its user.

    Args:
        events: all of the recording.
        clock: started when the conversation begins.
        unrecorded: counts what was not asked then.
    """
    header = recording.header
    microphone, speaker = _format(header.get("microphone")), _format(header.get("speaker"))
    stream = ReplayedStream(
        recorded_inputs(recording, events),
        microphone,
        speaker,
        clock,
        hangs_up=ending.hangs_up,
        at_once=not header.get("live", True),
    )
    is_typed = microphone is None and speaker is None
    requests = exchanges(events, "chat")
    tools = recorded_tools(requests)
    own = [_made(each) for each in config.tools if each.name == _OWN_TOOLS]
    left = [tool for name, tool in tools.items() if not any(name in each.options.allow for each in own)]
    toolsets = [*own, ReplayedToolset(left, recorded_calls(events), unrecorded)] if tools else []
    voice = _format(header.get("voice")) or speaker or AudioFormat(24_000)
    hooks = config.plugins.implementations if config.plugins is not None else lambda *_: []
    bot = Bot(
        recognizer=ReplayedRecognizer(events, microphone or AudioFormat(16_000), clock, unrecorded),
        chat=ReplayedChatModel(requests, _made(config.chat), clock, unrecorded),
        synthesizer=ReplayedSynthesizer(exchanges(events, "synthesizer"), voice, clock, unrecorded),
        device=(ReplayedKeyboard if is_typed else ReplayedDevice)(stream),
        voice_activity=_made(config.voice_activity),
        turn_detector=_turn_detector(recording, config, events, clock),
        settings=config.settings,
        toolsets=toolsets,
        transcript_filters=hooks("voicebot_filter_transcript", config),
        reply_filters=hooks("voicebot_filter_reply", config),
    )
    return bot, stream


def _format(rate: int | None) -> AudioFormat | None:
    return AudioFormat(rate) if rate else None


def _turn_detector(
    recording: Recording,
    config: BotConfig,
    events: Sequence[ConversationEvent | ConversationDetail],
    clock: ReplayClock,
) -> TurnDetector[Any] | None:
    choice = config.turn_detector
    if choice is None:
        return None
    is_same = recording.header.get("providers", {}).get("turn_detector") == choice.name
    return DelayedTurnDetector(_made(choice), exchanges(events, "turn_detector") if is_same else (), clock)


def _made(choice: Choice[Any] | None) -> Any:
    return choice.make() if choice is not None else None
