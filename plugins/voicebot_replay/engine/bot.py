"""The bot of a replay: the detectors and rules of the config, and providers that answer as they did then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from voicebot import (
    AudioFormat,
    Bot,
    BotConfig,
    Choice,
    ConversationDetail,
    ConversationEvent,
    TurnDetector,
    VoiceActivityDetector,
)
from voicebot_recording.reading import Recording
from voicebot_replay.engine.config import OWN_TOOLS
from voicebot_replay.engine.device import (
    ReplayedDevice,
    ReplayedKeyboard,
    ReplayedStream,
    recorded_inputs,
)
from voicebot_replay.engine.ending import Ending
from voicebot_replay.engine.voice import spoken
from voicebot_replay.exchanges import exchanges
from voicebot_replay.providers.chat import ReplayedChatModel
from voicebot_replay.providers.clock import ReplayClock
from voicebot_replay.providers.loudness import LoudnessDetector
from voicebot_replay.providers.recognizer import ReplayedRecognizer
from voicebot_replay.providers.synthesizer import ReplayedSynthesizer
from voicebot_replay.providers.toolset import ReplayedToolset, recorded_calls, recorded_tools
from voicebot_replay.providers.turn_detector import DelayedTurnDetector
from voicebot_replay.providers.unrecorded import Unrecorded


class ReplayedBots:
    """Makes the bots of a replay: another for each config, with the same recorded providers.

    Args:
        events: all of the recording.
        clock: started when the conversation begins.
        unrecorded: counts what was not asked then.
        follows: whether the configs are those of the recording, with the detectors that were asked then.
    """

    def __init__(
        self,
        recording: Recording,
        events: Sequence[ConversationEvent | ConversationDetail],
        ending: Ending,
        clock: ReplayClock,
        unrecorded: Unrecorded,
        *,
        follows: bool,
    ) -> None:
        header = recording.header
        microphone, speaker = _format(header.get("microphone")), _format(header.get("speaker"))
        self.stream = ReplayedStream(
            recorded_inputs(recording, events),
            microphone,
            speaker,
            clock,
            hangs_up=ending.hangs_up,
            at_once=not header.get("live", True),
        )
        is_typed = microphone is None and speaker is None
        self._device = (ReplayedKeyboard if is_typed else ReplayedDevice)(self.stream)
        requests = exchanges(events, "chat")
        self._chat = ReplayedChatModel(requests, clock, unrecorded)
        self._tools = recorded_tools(requests)
        self._calls, self._unrecorded = recorded_calls(events), unrecorded
        self._recognizer = ReplayedRecognizer(events, microphone or AudioFormat(16_000), clock, unrecorded)
        voice = _format(header.get("voice")) or speaker or AudioFormat(24_000)
        self._synthesizer = ReplayedSynthesizer(spoken(recording, events, voice), voice, clock, unrecorded)
        self._asked, self._clock = exchanges(events, "turn_detector"), clock
        self._is_only_loud = header.get("providers", {}).get("voice_activity") == LoudnessDetector.__name__
        """Whether the user's sound is no speech that another detector could hear."""
        self._detector_then = None if follows else header.get("providers", {}).get("turn_detector", "")
        self._made: dict[str, tuple[Choice[Any], Any]] = {}
        """Providers of the bot before by kind, and what they were made for."""

    def bot(self, config: BotConfig, since: float = 0.0) -> Bot:
        """Return a bot, not entered yet; it shares what is the same in the config before.

        Args:
            since: the second from which on it is used.
        """
        own = [_new(each) for each in config.tools if each.name == OWN_TOOLS]
        left = [
            tool for name, tool in self._tools.items() if not any(name in each.options.allow for each in own)
        ]
        toolsets = [*own, ReplayedToolset(left, self._calls, self._unrecorded)] if self._tools else []
        hooks = config.plugins.implementations if config.plugins is not None else lambda *_: []
        return Bot(
            recognizer=self._same_or(config.recognizer, lambda _: self._recognizer.another()),
            chat=self._chat.like(_new(config.chat)),
            synthesizer=self._synthesizer,
            device=self._device,
            voice_activity=self._voice_activity(config.voice_activity),
            turn_detector=self._same_or(config.turn_detector, partial(self._turn_detector, since=since)),
            settings=config.settings,
            toolsets=toolsets,
            transcript_filters=hooks("voicebot_filter_transcript", config),
            reply_filters=hooks("voicebot_filter_reply", config),
        )

    def _same_or(self, choice: Choice[Any] | None, make: Callable[[Choice[Any]], Any]) -> Any:
        if choice is None:
            return None
        made, provider = self._made.get(choice.kind, (None, None))
        if made != choice:
            provider = make(choice)
            self._made[choice.kind] = choice, provider
        return provider

    def _voice_activity(self, choice: Choice[Any] | None) -> VoiceActivityDetector[Any] | None:
        if self._is_only_loud:
            return LoudnessDetector.like(choice.options if choice is not None else None)
        found: VoiceActivityDetector[Any] | None = self._same_or(choice, _new)
        return found

    def _turn_detector(self, choice: Choice[Any], since: float) -> TurnDetector[Any]:
        is_same = self._detector_then in (None, choice.name)
        asked = [each for each in self._asked if is_same and each.at >= since]
        return DelayedTurnDetector(_new(choice), asked, self._clock)


def _new(choice: Choice[Any]) -> Any:
    return choice.make()


def _format(rate: int | None) -> AudioFormat | None:
    return AudioFormat(rate) if rate else None
