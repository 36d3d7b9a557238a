"""The mouth of a conversation: what it plays can be lowered, held and resumed where it stopped."""

from __future__ import annotations

import asyncio
from collections import deque

from voicebot.engine.cancellation import cancellation_requests
from voicebot.engine.failures import as_provider_error
from voicebot.engine.hearing.echo.reference import EchoReference
from voicebot.engine.speaking.playback.device_queue import DeviceQueue
from voicebot.engine.speaking.playback.interruption import Interruption
from voicebot.engine.speaking.playback.playback import Playback, PlaybackFailed
from voicebot.errors import DeviceError
from voicebot.interfaces import AudioStream

_LOWERED = 0.2  # 14 dB less
_PIECE_SECONDS = 0.2  # all of a tone, in one piece


class Speaker:
    """Gives sound to the device, a little at a time, and knows what of it was not played yet.

    One task at a time writes to the device, and is interrupted before what is queued there is taken back. A
    device that cannot play any more (`DeviceError`) ends the conversation.

    Args:
        tasks: the conversation's.
        played: is told all that the device is given.
    """

    def __init__(
        self, stream: AudioStream, tasks: asyncio.TaskGroup, played: EchoReference | None = None
    ) -> None:
        self.playback = Playback(self)
        """Where to write; another one after `clear`."""
        self.counts = type(stream).played is not AudioStream.played
        """Whether the device tells how much it has played."""
        self._stream = stream
        self._tasks = tasks
        self._played = played
        self._gain = 1.0
        self._held = self._device_is_lost = False
        self._waiting: deque[bytes] = deque()
        self._waiting_size = 0
        self._queued = DeviceQueue(stream, stream.speaker) if stream.speaker else None
        self._piece = stream.speaker.bytes_in(_PIECE_SECONDS) if stream.speaker else 1
        self._writing = Interruption()
        self._giving = False
        self._given = 0
        """How many pieces the device was given, those that were taken back included."""
        self._progress = asyncio.Event()

    @property
    def played(self) -> float:
        """Seconds of sound played since the stream was opened."""
        return self._stream.played

    @property
    def end(self) -> float:
        """Second, on the same count, at which all that was written so far will have been played."""
        if self._stream.speaker is None or self._queued is None:
            return 0.0
        return self._queued.end + self._stream.speaker.seconds_in(self._waiting_size)

    @property
    def is_moderated(self) -> bool:
        """Whether the voice is lowered or held."""
        return self._held or self._gain != 1.0

    def duck(self) -> None:
        """Lower the voice at once, the queued sound included."""
        if self._gain != _LOWERED:
            self._take_back()
            self._gain = _LOWERED
            self._go_on()

    def hold(self) -> None:
        """Fall silent at once and keep what was not played."""
        self._take_back()
        self._held = True

    def resume(self) -> None:
        """Go on in full voice, where it was held if it was."""
        if self.is_moderated:
            self._take_back()
            self._held, self._gain = False, 1.0
            self._go_on()

    def clear(self) -> None:
        """Fall silent at once and forget what was not played."""
        self._take_back()
        self._held, self._gain = False, 1.0
        self._forget()

    def cut(self, end: float) -> None:
        """Forget what would be played after second `end`, on the count of `played`."""
        self._take_back()
        excess = self.end - end
        while self._waiting and excess > 0 and self._stream.speaker is not None:
            last = self._waiting.pop()
            kept = last[: max(0, len(last) - self._stream.speaker.bytes_in(excess))]
            excess -= self._stream.speaker.seconds_in(len(last) - len(kept))
            self._waiting_size -= len(last) - len(kept)
            if kept:
                self._waiting.append(kept)
                break
        self._go_on()

    def device_lost(self) -> None:
        """Keep what was not played until the device is back."""
        self._take_back()
        self._device_is_lost = True

    def device_reopened(self) -> None:
        """Go on."""
        self._device_is_lost = False
        self._go_on()

    async def write(self, playback: Playback, audio: bytes) -> None:
        """Do what `Playback.write` says."""
        if playback is self.playback and self._queued is not None and audio:
            if len(audio) <= self._piece:
                self._waiting.append(audio)
            else:
                starts = range(0, len(audio), self._piece)
                self._waiting += (audio[start : start + self._piece] for start in starts)
            self._waiting_size += len(audio)
            await self._give(playback)
            if self._waiting or self._giving:
                await self._all_given(playback)
        else:  # whoever writes will be cancelled in a moment
            await asyncio.sleep(0)
        if playback.error is not None:
            raise playback.error

    async def drain(self, playback: Playback) -> None:
        """Do what `Playback.drain` says."""
        while playback is self.playback:
            await self._all_given(playback)
            given = self._given
            try:
                await self._stream.drain()
            except (Exception, asyncio.CancelledError) as error:  # a stranger's device may raise anything
                self._break_off(playback, error)
            is_over = self._given == given and not (self._waiting or self._giving)
            if is_over and playback is self.playback:  # a device may not wait for what was given meanwhile
                if self._queued is not None:
                    self._queued.forget()
                break
        if playback.error is not None:
            raise playback.error

    async def _all_given(self, playback: Playback) -> None:
        """Return when the device has been given all that waits."""
        while playback is self.playback and (self._waiting or self._giving):
            if self._giving or self._is_silent:
                self._progress.clear()
                await self._progress.wait()
            else:
                await self._give(playback)

    async def _give(self, playback: Playback) -> None:
        """Give the device what waits; in the task of whoever writes, which spares a change of task."""
        if self._giving:
            return
        self._giving = True
        try:
            while self._waiting and playback is self.playback and not self._is_silent:
                with self._writing:
                    await self._stream.write(self._next())
        except (Exception, asyncio.CancelledError) as error:  # a stranger's device may raise anything
            self._break_off(playback, error)
        finally:
            self._giving = False
            self._progress.set()
            if self._waiting:
                self._go_on()

    def _go_on(self) -> None:
        """See to it that what waits is given to the device, although nobody may be writing."""
        if not self._waiting or self._giving or self._is_silent:
            return
        giving = self._give(self.playback)
        try:
            self._tasks.create_task(giving, name="speaker")
        except RuntimeError:  # the conversation is breaking off, and nothing more of it will be heard
            giving.close()

    @property
    def _is_silent(self) -> bool:
        return self._held or self._device_is_lost

    def _next(self) -> bytes:
        """Return what the device is given next, as loud as it is to be heard."""
        assert self._queued is not None
        audio = self._waiting.popleft()
        self._waiting_size -= len(audio)
        self._given += 1
        self._queued.add(audio)
        if self._gain != 1.0:
            audio = _lowered(audio, self._gain)
        if self._played is not None:
            self._played.written(audio)
        return audio

    def _take_back(self) -> None:
        """Take from the device what it has not played."""
        if self._queued is None:
            return
        self._writing.interrupt()
        self._stream.clear()
        if self._played is not None:
            self._played.cleared()
        unplayed = self._queued.take_back()
        self._waiting.extendleft(reversed(unplayed))
        self._waiting_size += sum(map(len, unplayed))

    def _forget(self) -> None:
        self._waiting.clear()
        self._waiting_size = 0
        self.playback = Playback(self)
        self._progress.set()

    def _break_off(self, playback: Playback, error: BaseException) -> None:
        """Tell whoever writes what the device raised; if they are cancelled, that is why."""
        if cancellation_requests():
            if playback is self.playback:  # whether the device has taken the last piece is not known
                self._take_back()
            raise asyncio.CancelledError from error
        if isinstance(error, DeviceError):
            raise error
        if playback is self.playback:
            playback.error = PlaybackFailed(str(as_provider_error("the device broke", error)))
            self._forget()


def _lowered(audio: bytes, gain: float) -> bytes:
    import numpy

    return (numpy.frombuffer(audio, dtype="<i2") * gain).astype("<i2").tobytes()
