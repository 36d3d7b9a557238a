"""The bot's audio output: it can be ducked, held, resumed where it stopped, cut short and cleared."""

from __future__ import annotations

import asyncio

from voicebot.engine.cancellation import cancellation_requests
from voicebot.engine.failures import as_provider_error
from voicebot.engine.latch import Latch
from voicebot.engine.speaking.playback.device_queue import DeviceQueue
from voicebot.engine.speaking.playback.early_exit import EarlyExit
from voicebot.engine.speaking.playback.monitor import PlaybackMonitor
from voicebot.engine.speaking.playback.pending_audio import PendingAudio
from voicebot.engine.speaking.playback.playback import Playback, PlaybackFailed
from voicebot.errors import DeviceError
from voicebot.interfaces import AudioStream

_FULL, _HELD = 1.0, 0.0
_DUCKED = 0.2  # 14 dB less
_PIECE_SECONDS = 0.2  # enough for the whole of a listening tone


class Speaker:
    """Writes audio to the device, a little at a time, and takes back what the device has not played.

    One task at a time writes to the device; it is interrupted before anything is taken back. A device that
    cannot play any more (`DeviceError`) ends the conversation.

    Args:
        stream: the device's.
        tasks: the conversation's.
        monitor: follows what is written to the device, and when it is cleared.
    """

    def __init__(
        self, stream: AudioStream, tasks: asyncio.TaskGroup, monitor: PlaybackMonitor | None = None
    ) -> None:
        self.format = stream.speaker
        """What to write; None where replies are read, not heard."""
        self.playback = Playback()
        """What to write to; another one after `clear`."""
        self.reports_played = type(stream).played is not AudioStream.played
        """Whether the device reports how much it has played."""
        self.clears = 0
        """How often audio was written to the device and then cleared."""
        self.correction = 0.0
        """Seconds by which the device says that it had played more when it was last cleared; 0 once more is
        written to it."""
        self._has_written = False
        self._stream = stream
        self._tasks = tasks
        self._pending = PendingAudio()
        self._longest_piece = self.format.bytes_in(_PIECE_SECONDS) if self.format else 0
        self._queue = DeviceQueue(stream, self.format, monitor) if self.format else None
        self._gain = _FULL
        self._device_is_lost = self._is_silent = False
        self._device_write = EarlyExit()
        self._is_writing = False
        self._progress = Latch()

    @property
    def played(self) -> float:
        """Seconds of audio played since the stream was opened."""
        return self._stream.played

    @property
    def end(self) -> float:
        """Second, on the count of `played`, at which all that was written so far will have been played."""
        if self.format is None or self._queue is None:
            return 0.0
        return self._queue.end + self.format.seconds_in(self._pending.size)

    @property
    def is_attenuated(self) -> bool:
        """Whether the audio is ducked or held."""
        return self._gain != _FULL

    def duck(self) -> None:
        """Lower the volume at once, of queued audio too."""
        if self._gain == _FULL and self._stream.takes_back:
            self._take_back()
            self._gain = _DUCKED
            self._update_silence()

    def hold(self) -> None:
        """Stop the sound at once, and keep what was not played."""
        if self._stream.takes_back:
            self._take_back()
            self._gain = _HELD
            self._update_silence()

    def resume(self) -> None:
        """Continue at full volume, from where it was held."""
        if self.is_attenuated:
            self._take_back()
            self._gain = _FULL
            self._update_silence()

    def clear(self) -> None:
        """Stop the sound at once, and drop what was not played."""
        self._take_back()
        self._drop_pending()
        self._gain = _FULL
        self._update_silence()

    def cut(self, end: float) -> None:
        """Drop what would be played after second `end`, on the count of `played`."""
        self._take_back()
        if self.format is not None:
            self._pending.cut(self.format.bytes_in(self.end - end))
        self._write_in_background()

    def device_lost(self) -> None:
        """Keep what was not played until the device is back."""
        self._take_back()
        self._device_is_lost = True
        self._update_silence()

    def device_reopened(self) -> None:
        """Continue where the device was lost."""
        self._device_is_lost = False
        self._update_silence()

    def correct(self, seconds: float) -> None:
        """Record that the device had played that many seconds more when it was last cleared."""
        if not self._has_written:
            self.correction = seconds

    async def play(self, audio: bytes) -> None:
        """Write audio to the current playback."""
        await self.write(audio, self.playback)

    async def write(self, audio: bytes, playback: Playback) -> None:
        """Play audio; wait until the device has room for it, and while it is held.

        Raises:
            PlaybackFailed: the device broke.
        """
        if playback is not self.playback or self._queue is None or not audio:
            await asyncio.sleep(0)  # this task is about to be cancelled
        else:
            pending = self._pending
            if self._is_writing or self._is_silent or pending.size or len(audio) > self._longest_piece:
                pending.add(audio, self._longest_piece)
            else:  # the usual case, for every chunk
                await self._write_device(audio, playback)
            if pending.size or self._is_writing:
                await self._write_all(playback)
        if playback.error is not None:
            raise playback.error

    async def drain(self, playback: Playback) -> None:
        """Wait until all that was written has been played, or never will be.

        Raises:
            PlaybackFailed: the device broke.
        """
        queue = self._queue
        while playback is self.playback:
            await self._write_all(playback)
            given = queue.pieces_given if queue else 0
            try:
                await self._stream.drain()
            except (Exception, asyncio.CancelledError) as error:  # a third-party device may raise anything
                self._fail(playback, error)
            if queue is None:
                break
            is_drained = queue.pieces_given == given and not (self._pending.size or self._is_writing)
            if is_drained and playback is self.playback:  # not all devices wait for what is written meanwhile
                queue.forget()
                break
        if playback.error is not None:
            raise playback.error

    async def _write_all(self, playback: Playback) -> None:
        """Return once all pending audio has been written to the device."""
        while playback is self.playback and (self._pending.size or self._is_writing):
            if self._is_writing or self._is_silent:
                self._progress.clear()
                await self._progress.wait()
            else:
                await self._write_device(self._pending.take(), playback)

    async def _write_device(self, audio: bytes, playback: Playback) -> None:
        """Write audio, and then what is pending, to the device while it may play; one task at a time."""
        pending, queue = self._pending, self._queue
        assert queue is not None
        self._is_writing = self._has_written = True
        self.correction = 0.0
        try:
            while True:
                with self._device_write:
                    await self._stream.write(queue.add(audio, self._gain))
                if not pending.size or self._is_silent or playback is not self.playback:
                    break
                audio = pending.take()
        except (Exception, asyncio.CancelledError) as error:  # a third-party device may raise anything
            self._fail(playback, error)
        finally:
            self._is_writing = False
            self._progress.set()
            if pending.size:
                self._write_in_background()

    def _write_in_background(self) -> None:
        """Write pending audio in a task of its own, since no other task may be writing."""
        if not self._pending.size or self._is_writing or self._is_silent:
            return
        writing = self._write_pending(self.playback)
        try:
            self._tasks.create_task(writing, name="speaker")
        except RuntimeError:  # the conversation is ending, and no more of it will be heard
            writing.close()

    async def _write_pending(self, playback: Playback) -> None:
        is_current = playback is self.playback and not self._is_silent
        if is_current and self._pending.size and not self._is_writing:
            await self._write_device(self._pending.take(), playback)

    def _update_silence(self) -> None:
        """Play on if the device is there and not held."""
        self._is_silent = self._gain == _HELD or self._device_is_lost
        self._write_in_background()

    def _take_back(self) -> None:
        """Take back from the device what it has not played."""
        if self._queue is not None:
            self.clears += self._has_written
            self._has_written = False
            self._device_write.interrupt()
            self._pending.put_back(self._queue.take_back())

    def _drop_pending(self) -> None:
        self._pending.clear()
        self.playback = Playback()
        self._progress.set()

    def _fail(self, playback: Playback, error: BaseException) -> None:
        """Report what the device raised to the task that writes, unless that is itself being cancelled."""
        if cancellation_requests():
            if playback is self.playback:  # whether the device has taken the last piece is not known
                self._take_back()
            raise asyncio.CancelledError from error
        if isinstance(error, DeviceError):
            raise error
        if playback is self.playback:
            playback.error = PlaybackFailed(str(as_provider_error("the device broke", error)))
            self._drop_pending()
