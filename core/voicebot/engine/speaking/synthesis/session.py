"""A synthesizer as one conversation uses it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from voicebot.audio import AudioFormat
from voicebot.config.schema import Settings
from voicebot.engine.speaking.prepared_line import PreparedLine
from voicebot.engine.speaking.synthesis.unit_audio import UnitAudio
from voicebot.engine.speaking.synthesis.utterance import synthesize
from voicebot.engine.speaking.units.speaking_rate import SpeakingRate
from voicebot.interfaces import SpeechStream, Synthesizer
from voicebot.messages import StreamedUtterance, Utterance
from voicebot.options import Options


class SynthesizerSession:
    """Asks the synthesizer with a conversation's limits and id.

    Args:
        settings: of these, the bot's own language and `reply.speech_timeout`.
        conversation: opaque id, so that a synthesizer can keep to one voice; empty outside a conversation.
        notice: called with what the synthesizer wants observers to know.
    """

    def __init__(
        self,
        synthesizer: Synthesizer[Options],
        settings: Settings,
        conversation: str,
        notice: Callable[[str], None],
    ) -> None:
        self.notice = notice
        self.timeout = settings.reply.speech_timeout
        """Seconds that the synthesizer may take for its next audio."""
        self.speaking_rate = SpeakingRate()
        self.language = settings.language
        """The bot's own language, in which its lines are written."""
        self._synthesizer = synthesizer
        self._conversation = conversation

    @property
    def format(self) -> AudioFormat:
        """The format of the synthesizer's audio."""
        return self._synthesizer.output_format

    def stream(self, language: str) -> AbstractAsyncContextManager[SpeechStream] | None:
        """Return a stream for one reply; None if the synthesizer takes only whole utterances."""
        return self._synthesizer.stream(StreamedUtterance(language, self._conversation))

    async def prepare(self, line: PreparedLine) -> None:
        """Synthesize a line of the bot's own; it has no audio if that fails."""
        await line.prepare(self._synthesizer, self.language)

    def synthesize(self, audio: UnitAudio, language: str) -> Awaitable[None]:
        """Synthesize one unit.

        Raises:
            NoAudio: there was none.
            ProviderError: the synthesizer failed, gave nothing for too long, or did not stop.
        """
        return synthesize(
            self._synthesizer,
            Utterance(audio.unit.spoken, language, self._conversation),
            timeout=self.timeout,
            sink=audio.write,
            timing=audio.unit.timings.append,
            notice=self.notice,
        )
