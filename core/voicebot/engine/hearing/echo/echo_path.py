"""What stands between the microphone and the ears, so that the bot does not take itself for the user."""

from __future__ import annotations

from voicebot.audio import AudioFormat
from voicebot.config.schema import EchoMode
from voicebot.engine.hearing.echo.acoustic_detector import EchoBySound
from voicebot.engine.hearing.echo.canceller import BLOCK, EchoCanceller
from voicebot.engine.hearing.echo.reference import EchoReference
from voicebot.interfaces import AudioStream

_TAIL = 0.3
"""Seconds for which the room and the drivers may go on sounding when the speaker has played all."""


class EchoPath:
    """Sends what is heard through `mute` or `cancel`, and knows whether the rest is the bot's own voice.

    Does nothing where there is no live microphone, or no speaker.
    """

    def __init__(self, mode: EchoMode, stream: AudioStream) -> None:
        self.played: EchoReference | None = None
        """What the speaker plays; whoever writes to the speaker tells it."""
        self._way: _Way | None = None
        if stream.microphone is not None and stream.speaker is not None and stream.live:
            self.played = EchoReference(stream, stream.speaker)
            self._way = _Way(mode, stream, self.played, stream.microphone, stream.speaker)

    def hear(self, audio: bytes) -> bytes:
        """Return what the ears may hear of the next sound; up to 10 ms wait for the next time."""
        return audio if self._way is None else self._way.hear(audio)

    @property
    def possible(self) -> bool:
        """Whether the bot may be hearing itself just now."""
        return self._way is not None and self._way.own_voice.may_be_heard

    @property
    def is_cancelled(self) -> bool:
        """Whether there may be an echo that the ears do not hear, until the canceller has to learn anew."""
        return self._way is not None and self._way.cancels

    @property
    def likeness(self) -> float:
        """How alike the sound was to the bot's voice when that was looked at last, 1 being the same."""
        return 0.0 if self._way is None else self._way.likeness

    def is_heard(self) -> bool | None:
        """Return whether the bot is hearing itself just now; None where it is too early to tell."""
        return self._way is not None and self._way.is_echo()


class _Way:
    """The way from a microphone to the ears where there is a speaker too."""

    def __init__(
        self,
        mode: EchoMode,
        stream: AudioStream,
        played: EchoReference,
        microphone: AudioFormat,
        speaker: AudioFormat,
    ) -> None:
        self.own_voice = EchoBySound(microphone, speaker)
        self._stream = stream
        self._played = played
        self._size = microphone.bytes_in(BLOCK)
        self._rest = b""
        self._stale = False
        self._canceller: EchoCanceller | None = None
        if mode == "cancel":
            self._canceller = EchoCanceller(microphone, speaker)
            self._before = EchoBySound(microphone, speaker)
        self.cancels = mode == "cancel"
        self._mutes = mode == "mute"
        self._counted = stream.played
        self._quiet = float("inf")

    def hear(self, audio: bytes) -> bytes:
        audio = self._rest + audio
        if self._canceller is None and self._played.is_over and not self.own_voice.may_be_heard:
            self._rest = b""
            self._stale = True
            return audio
        if self._stale:
            self._stale = False
            self.own_voice.forget()
        blocks = len(audio) // self._size
        heard, self._rest = audio[: blocks * self._size], audio[blocks * self._size :]
        seconds = blocks * BLOCK
        played = self._played.read(seconds)
        if self._canceller is not None:
            self._before.hear(heard, played, blocks)
            heard = self._canceller.hear(heard, played)
        self.own_voice.hear(heard, played, blocks)
        if self._mutes and self._sounds(played, seconds):
            heard = bytes(len(heard))
        return heard

    def is_echo(self) -> bool | None:
        """Whether what the ears hear is an echo; None where it may be, but it is too early to tell.

        Where the way of the sound changes, the canceller lets echo through for a second, too little at first
        to tell it by itself; but then there was hardly anything else before it came to the canceller.
        What muted ears hear comes after the echo, unless that is very late, and is all there is then.
        """
        if self._mutes:
            return _certain(self.own_voice, is_echo=self.own_voice.is_alone())
        leaks = _certain(self.own_voice, is_echo=self.own_voice.is_heard())
        if self._canceller is None or leaks:
            return leaks
        alone = _certain(self._before, is_echo=self._before.is_alone())
        return leaks if alone is False else alone

    @property
    def likeness(self) -> float:
        """How alike the sound was to what is played: before it came to the canceller, if there is one.

        What a canceller leaves of an echo may sound like nothing at all.
        """
        return self.own_voice.likeness if self._canceller is None else self._before.likeness

    def _sounds(self, played: bytes, seconds: float) -> bool:
        """Whether the speaker plays, or played a moment ago; `seconds` have passed since the last time.

        While sound of the microphone that was held up comes all at once, the device counts nothing.
        """
        if (counted := self._stream.played) > self._counted or played.strip(b"\0"):
            self._counted, self._quiet = counted, 0.0
        else:
            self._quiet += seconds
        return self._quiet < _TAIL


def _certain(voice: EchoBySound, *, is_echo: bool) -> bool | None:
    return None if is_echo and not voice.is_certain else is_echo
