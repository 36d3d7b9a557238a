"""From the microphone to voice activity and recogniser: the bot's echo is muted, cancelled or detected."""

from __future__ import annotations

from voicebot.config.schema import EchoMode
from voicebot.engine.hearing.echo.acoustic_detector import AcousticEchoDetector
from voicebot.engine.hearing.echo.canceller import BLOCK, EchoCanceller
from voicebot.engine.hearing.echo.reference import EchoReference
from voicebot.interfaces import AudioStream

_TAIL = 0.3
"""Seconds for which an echo may last after the last sound was played."""


class EchoPath:
    """Mutes or cancels the echo in captured sound, and detects what is left of it.

    Does nothing without a live microphone or without a speaker.
    """

    def __init__(self, mode: EchoMode, stream: AudioStream) -> None:
        self._stream = stream
        self.reference: EchoReference | None = None
        """Must be passed everything the speaker plays; None where there can be no echo."""
        self._path: _SpeakerPath | None = None
        if stream.microphone is not None and stream.speaker is not None and stream.live:
            self.reference = EchoReference(stream, stream.speaker)
        self.use(mode)

    def use(self, mode: EchoMode) -> None:
        """Mute or cancel the echo, or do neither, from now on."""
        if self.reference is not None:
            self._path = _SpeakerPath(mode, self._stream, self.reference)

    def process(self, audio: bytes) -> bytes:
        """Return the next captured sound, muted or without echo; up to 10 ms come with the next call."""
        return audio if self._path is None else self._path.process(audio)

    @property
    def echo_possible(self) -> bool:
        """Whether the microphone may be capturing the bot's voice now."""
        return self._path is not None and self._path.residual.echo_possible

    @property
    def cancels(self) -> bool:
        """Whether echo is cancelled, so that it is audible only while the canceller adapts."""
        return self._path is not None and self._path.canceller is not None

    @property
    def similarity(self) -> float:
        """Similarity of the captured sound to what was played, 1 being the same, as last compared."""
        return 0.0 if self._path is None else self._path.similarity

    def is_echo(self) -> bool | None:
        """Return whether the captured sound is the bot's voice; None while it is too early to tell."""
        return self._path is not None and self._path.is_echo()


class _SpeakerPath:
    """The echo path where there is a speaker."""

    def __init__(self, mode: EchoMode, stream: AudioStream, reference: EchoReference) -> None:
        microphone, speaker = stream.microphone, stream.speaker
        assert microphone is not None
        assert speaker is not None
        self.residual = AcousticEchoDetector(microphone, speaker)
        """Detects echo in what is passed on, or was before it was muted."""
        self.canceller: EchoCanceller | None = None
        if mode == "cancel":
            self.canceller = EchoCanceller(microphone, speaker)
            self._captured = AcousticEchoDetector(microphone, speaker)
        self._stream = stream
        self._reference = reference
        self._block_size = microphone.bytes_in(BLOCK)
        self._rest = b""
        self._is_idle = False
        self._mutes = mode == "mute"
        self._played = stream.played
        self._seconds_since_sound = float("inf")

    def process(self, audio: bytes) -> bytes:
        audio = self._rest + audio
        if self.canceller is None and self._reference.is_empty and not self.residual.echo_possible:
            if not self._is_idle:
                self.residual.reset()  # frees most of a conversation's memory, which is not needed now
            self._rest = b""
            self._is_idle = True
            return audio
        self._is_idle = False
        blocks = len(audio) // self._block_size
        audio, self._rest = audio[: blocks * self._block_size], audio[blocks * self._block_size :]
        seconds = blocks * BLOCK
        played = self._reference.read(seconds)
        if self.canceller is not None:
            self._captured.add(audio, played, blocks)
            audio = self.canceller.process(audio, played)
        self.residual.add(audio, played, blocks)
        if self._mutes and self._is_sounding(played, seconds):
            audio = bytes(len(audio))
        return audio

    def is_echo(self) -> bool | None:
        """Return whether the sound that is passed on is an echo; None while it is too early to tell.

        When the room's acoustics change, the canceller lets echo through for a second: too little at first to
        be detected by itself, but then the captured sound contained hardly anything else. What is passed on
        in spite of muting is captured after the echo, unless that is very late; then it is nothing but the
        echo.
        """
        if self._mutes:
            return _if_reliable(self.residual, is_echo=self.residual.is_only_echo())
        is_echo = _if_reliable(self.residual, is_echo=self.residual.is_echo())
        if self.canceller is None or is_echo:
            return is_echo
        is_only_echo = _if_reliable(self._captured, is_echo=self._captured.is_only_echo())
        return is_echo if is_only_echo is False else is_only_echo

    @property
    def similarity(self) -> float:
        """Similarity before cancelling: the residue of a cancelled echo may not resemble the original."""
        return self.residual.similarity if self.canceller is None else self._captured.similarity

    def _is_sounding(self, played: bytes, seconds: float) -> bool:
        """Return whether the speaker plays, or played a moment ago, `seconds` after the last call.

        While delayed sound of the microphone arrives all at once, the device's count does not go on.
        """
        if (position := self._stream.played) > self._played or played.strip(b"\0"):
            self._played, self._seconds_since_sound = position, 0.0
        else:
            self._seconds_since_sound += seconds
        return self._seconds_since_sound < _TAIL


def _if_reliable(detector: AcousticEchoDetector, *, is_echo: bool) -> bool | None:
    return None if is_echo and not detector.has_enough_sound else is_echo
