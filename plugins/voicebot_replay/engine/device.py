"""The device of a replay: the recorded user, and a speaker that plays in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from heapq import merge

from voicebot import (
    AudioDevice,
    AudioFormat,
    AudioStream,
    ConversationDetail,
    ConversationEnded,
    ConversationEvent,
    DeviceEvent,
    InputReceived,
    Options,
    ProviderError,
    UserSpeechStarted,
)
from voicebot_recording.reading import RecordedSound, Recording, RecordingError
from voicebot_replay.errors import NothingSaid, ReplayError
from voicebot_replay.providers.clock import ReplayClock

_QUEUED = 1.0
"""Seconds of sound that may wait to be played."""


class ReplayedStream(AudioStream):
    """Says and types what the user said and typed, when it came.

    Args:
        inputs: with their times, in order.
        microphone: None if nothing was spoken.
        speaker: None if answers were read.
        hangs_up: the second from which on the input is over, once it has all come; None if it never is.
        at_once: whether sound is played at once, as by a device that writes files.
    """

    def __init__(
        self,
        inputs: Iterable[tuple[float, DeviceEvent]],
        microphone: AudioFormat | None,
        speaker: AudioFormat | None,
        clock: ReplayClock,
        *,
        hangs_up: float | None,
        at_once: bool,
    ) -> None:
        self.microphone, self.speaker = microphone, speaker
        self._inputs, self._hangs_up, self._clock, self._at_once = inputs, hangs_up, clock, at_once
        self._written = self._cleared = self._played_until = 0.0

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        for at, event in self._inputs:
            await self._clock.until(at)
            yield event
        if self._hangs_up is None:
            await asyncio.get_running_loop().create_future()
        else:
            await self._clock.until(self._hangs_up)

    async def write(self, audio: bytes) -> None:
        """Play; wait while more than a second is queued."""
        if self.speaker is None:
            return
        seconds, now = self.speaker.seconds_in(len(audio)), self._clock.now()
        self._written += seconds
        if self._at_once:
            return
        self._played_until = max(self._played_until, now) + seconds
        await self._clock.until(self._played_until - _QUEUED)

    def clear(self) -> None:
        """Drop what has not been played yet."""
        self._cleared += self._queued
        self._played_until = min(self._played_until, self._clock.now())

    @property
    def played(self) -> float:
        """Seconds played so far."""
        return self._written - self._cleared - self._queued

    async def drain(self) -> None:
        """Wait until everything has been played."""
        await self._clock.until(self._played_until)

    @property
    def _queued(self) -> float:
        return max(0.0, self._played_until - self._clock.now())


class ReplayedDevice(AudioDevice[Options]):
    """Opens one stream."""

    def __init__(self, stream: AudioStream) -> None:
        super().__init__(Options())
        self._stream = stream

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        """Return the stream."""
        yield self._stream


class ReplayedKeyboard(ReplayedDevice):
    """The same where lines are typed and answers are read."""

    text_only = True


def recorded_inputs(
    recording: Recording, events: Iterable[ConversationEvent | ConversationDetail]
) -> Iterator[tuple[float, DeviceEvent]]:
    """Yield what the user said, typed and had the device do, each with its time.

    Raises:
        ProviderError: the sound is damaged.
        RecordingError: it cannot be read at all.
    """
    typed = sorted(
        ((each.at, each.input) for each in events if isinstance(each, InputReceived)),
        key=lambda each: each[0],
    )
    heard = _heard(recording.sound) if recording.sound is not None else ()
    return merge(typed, heard, key=lambda each: each[0])


def check_inputs(recording: Recording, events: Iterable[ConversationEvent | ConversationDetail]) -> None:
    """Raise `ReplayError` if what the user said or typed is not in a recording.

    `NothingSaid` is raised if there is nothing that could be in it.
    """
    events = list(events)
    spoken = any(isinstance(each, UserSpeechStarted) for each in events)
    if spoken and recording.sound is None:
        if recording.is_sound_empty and not any(isinstance(each, ConversationEnded) for each in events):
            raise NothingSaid(f"{recording.folder}: it was cut off before any sound was written")
        missing = "its sound is empty" if recording.is_sound_empty else "its sound is missing"
        if recording.header.get("sound") is None:
            missing = "recorded without sound"
        raise ReplayError(f"{recording.folder}: {missing}, so that the user cannot be heard again")
    if spoken:
        return
    if not any(isinstance(each, InputReceived) for each in events):
        raise NothingSaid(f"{recording.folder}: the user says nothing in this recording")
    if "text" in recording.header.get("left_out", ()):
        raise ReplayError(f"{recording.folder}: recorded without text, so that nothing can be typed again")


def _heard(sound: RecordedSound) -> Iterator[tuple[float, DeviceEvent]]:
    """Yield the user's sound; where it is damaged, that is a failure of the device."""
    try:
        for each in sound.heard():
            yield each.at, each.audio
    except RecordingError as error:
        raise ProviderError(str(error)) from error
