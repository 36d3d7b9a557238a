"""The sound of one conversation with a client, without its socket."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from voicebot import (
    AnswerNow,
    AudioFormat,
    AudioStream,
    DeviceEvent,
    ManualSpeechStopped,
    PlaybackCorrected,
    Resampler,
    StopReply,
    TurnTakingChanged,
    TypedLine,
)
from voicebot_serve.sessions.output import Cleared, Output, Sound
from voicebot_serve.sessions.playback_clock import PlaybackClock

_FRAME = 0.02
_TAIL = 0.5
"""Seconds of silence after a turn that the client ends: its microphone may send no more."""
_AT_A_TIME = 5
"""Frames that wait already, after which other conversations get to run."""
_MOST_EVENTS = 1000
_ROUNDING = 1e-6
"""Seconds that are not worth waiting for, and that adding up times may leave."""


class InputOverflow(Exception):
    """The client sends faster than the bot can listen."""


@dataclass(frozen=True, slots=True)
class _Stopped:
    """The client has stopped at a position. What clears the sound may still wait before this."""

    position: float


class ClientStream(AudioStream):
    """An audio stream that a transport feeds with what a client sends, and that tells it what to send.

    The methods that feed it do not wait; call them in the event loop.

    Args:
        microphone: format of the sound that `receive` takes.
        heard: format of the sound that the conversation gets, if that is another: resampled here, once, it
            need not be for each of those who listen.
        speaker: format of the sound that is sent.
        output: called with everything that has to be sent, in order; must not wait.
        ahead: seconds of sound that may be sent before they are due.
        delay: seconds until a client plays what is sent to it, until that is known better.
        most_input: seconds of sound that may wait to be heard.
        permit: awaited before sound is sent; returns the number of the user's turn that it answers, or never.
    """

    live = True

    def __init__(
        self,
        microphone: AudioFormat,
        speaker: AudioFormat,
        output: Callable[[Output], None],
        *,
        ahead: float = 1.0,
        delay: float = 0.05,
        most_input: float = 10.0,
        permit: Callable[[], Awaitable[int]] | None = None,
        heard: AudioFormat | None = None,
    ) -> None:
        self._resampler = Resampler(microphone, heard or microphone)
        self.microphone: AudioFormat = heard or microphone
        self.speaker: AudioFormat = speaker
        self._output = output
        self._permit = permit
        self._ahead = ahead
        self._time = asyncio.get_running_loop().time
        self._clock = PlaybackClock(delay)
        self._playback_changed = asyncio.Event()
        self._frame = self.microphone.bytes_in(_FRAME)
        self._most_bytes = self.microphone.bytes_in(most_input)
        self._events: deque[DeviceEvent | _Stopped] = deque()
        self._partial = bytearray()
        """Sound that is not a whole frame yet."""
        self._waiting = 0
        """Bytes of sound in `_events`."""
        self._received = asyncio.Event()
        self._is_over = False

    # What the client sends

    def receive(self, audio: bytes) -> None:
        """Take sound from the client's microphone, in pieces of any size.

        Raises:
            InputOverflow: too much sound waits to be heard.
        """
        self._partial += self._resampler.write(audio)
        whole = len(self._partial) - len(self._partial) % self._frame
        if self._waiting + whole > self._most_bytes:
            raise InputOverflow("sound comes faster than it can be heard")
        for start in range(0, whole, self._frame):
            self.put(bytes(self._partial[start : start + self._frame]))
        del self._partial[:whole]
        self._waiting += whole

    def receive_text(self, line: str) -> None:
        """Take a typed line, which is a whole turn."""
        self.put(TypedLine(line))

    def finish_turn(self) -> None:
        """The user has finished; what was said, if anything, is answered without patience."""
        self.finish_speech()
        self.put(AnswerNow(only_if_said=True))

    def finish_speech(self) -> None:
        """The user's speech is over; it is answered when that is asked for, or in time by itself."""
        self._partial += self._resampler.flush()
        tail = -len(self._partial) % self._frame + self.microphone.bytes_in(_TAIL)
        self._partial += bytes(tail)
        for start in range(0, len(self._partial), self._frame):
            frame = bytes(self._partial[start : start + self._frame])
            self.put(frame)
            self._waiting += len(frame)
        self._partial.clear()
        self.put(ManualSpeechStopped())

    def discard_turn(self) -> None:
        """The user takes back what was said since the last turn or `finish_speech`, heard or not."""
        self._resampler.flush()
        self._partial.clear()
        kept: list[DeviceEvent | _Stopped] = []
        while self._events and not isinstance(self._events[-1], ManualSpeechStopped | AnswerNow):
            event = self._events.pop()
            if isinstance(event, bytes):
                self._waiting -= len(event)
            else:
                kept.append(event)
        self._events.extend(reversed(kept))
        self.put(ManualSpeechStopped(discard=True))

    def stop_bot(self) -> None:
        """The user stops the bot by other means than speech."""
        self.put(StopReply())

    def mark_turns(self, *, by_user: bool) -> None:
        """From now on, `finish_turn` alone ends turns (push-to-talk), or silence does too."""
        self.put(TurnTakingChanged(answers=not by_user, interruptible=False if by_user else None))

    def hang_up(self) -> None:
        """End the input: the conversation ends when the last reply is over. Twice is harmless."""
        self._is_over = True
        self._received.set()

    def is_playing(self, position: float) -> None:
        """The client says that it plays sound of that position (see `Sound`) now."""
        self._clock.is_at(self._time(), position)
        self._playback_changed.set()

    def stopped_playing(self, position: float) -> None:
        """The client says at which position it stopped when sound was last cleared, or is about to be."""
        self.put(_Stopped(position))

    def put(self, event: DeviceEvent | _Stopped) -> None:
        """Take any event of a device; sound comes by `receive`.

        Raises:
            InputOverflow: too many events wait to be followed.
        """
        if not isinstance(event, bytes) and len(self._events) >= _MOST_EVENTS:
            raise InputOverflow("messages come faster than they can be followed")
        self._events.append(event)
        self._received.set()

    # What the conversation does

    async def __aiter__(self) -> AsyncGenerator[DeviceEvent, None]:
        taken = 0
        while True:
            if self._events:
                event = self._events.popleft()
                if isinstance(event, bytes):
                    self._waiting -= len(event)
                taken += 1
                if taken % _AT_A_TIME == 0:
                    await asyncio.sleep(0)
                if not isinstance(event, _Stopped):
                    yield event
                elif (more := self._clock.stopped_at(event.position)) is not None:
                    yield PlaybackCorrected(more)
            elif self._is_over:
                return
            else:
                taken = 0
                self._received.clear()
                await self._received.wait()

    async def write(self, audio: bytes) -> None:
        """Send sound; wait while enough has been sent that the client has not played yet."""
        await self._wait_until_left(self._ahead)
        answers = await self._permit() if self._permit is not None else 0
        start = self._clock.add(self._time(), self.speaker.seconds_in(len(audio)))
        self._output(Sound(audio, start, answers))

    def clear(self) -> None:
        """Tell the client to drop what it has not played."""
        if self._clock.is_clear:
            return
        self._output(Cleared(self._clock.clear(self._time())))
        self._playback_changed.set()

    @property
    def played(self) -> float:
        """Seconds of sound that the client has played, cleared sound not counted."""
        return self._clock.played(self._time())

    async def drain(self) -> None:
        """Wait until the client has played everything that was not cleared."""
        await self._wait_until_left(0.0)

    async def _wait_until_left(self, seconds: float) -> None:
        while (longer := self._clock.left(self._time()) - seconds) > _ROUNDING:
            self._playback_changed.clear()
            try:
                async with asyncio.timeout(longer):
                    await self._playback_changed.wait()
            except TimeoutError:
                pass
