"""Sound files in place of a sound card: for tests, batch work and machines without one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from voicebot import Advice, AudioDevice, AudioFormat, AudioStream, DeviceError, DeviceEvent, Field, Options
from voicebot_audio.sound_files import Recording, WavWriter

# Seconds between two replies in a file, where the user's turn is left out.
_GAP = 0.3
# Frames read from a file before other tasks get to run.
_AT_A_TIME = 5
_QUEUED = 1.0
_SUFFIXES = ("", ".wav", ".wave")


class WavOptions(Options):
    """Options of the `wav` device."""

    input: Path | None = None
    """Recording to listen to: WAV, FLAC or any other format that libsndfile reads, at any sample rate."""
    output: Path | None = None
    """WAV file for what the bot says; replaced if it exists."""
    output_rate: int = Field(24_000, ge=8_000, le=192_000)
    """Sample rate of the output in Hz."""
    pace: Literal["fast", "realtime"] = "fast"
    """`fast` goes as fast as the bot can answer; `realtime` takes as long as the recording."""

    @field_validator("output")
    @classmethod
    def _is_wav(cls, output: Path | None) -> Path | None:
        if output is not None and output.suffix.lower() not in _SUFFIXES:
            raise ValueError(
                f"only WAV is written, not {output.suffix}; call it {output.with_suffix('.wav').name}"
            )
        return output

    def advice(self, language: str) -> Iterable[Advice]:
        """Report a missing recording, and a missing folder for the output."""
        if self.input is not None and not self.input.exists():
            yield Advice("input", f"there is no file '{self.input}'", "error")
        if self.output is not None and not self.output.parent.is_dir():
            yield Advice("output", f"there is no folder '{self.output.parent}'", "error")


class WavDevice(AudioDevice[WavOptions]):
    """Reads a recording in place of a microphone, and records the speaker."""

    async def start(self) -> None:
        """Import the library that reads files."""
        if self.options.input is not None:
            import soundfile  # noqa: F401

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AudioStream]:
        """Open both files.

        Raises:
            DeviceError: one cannot be used; nothing has been overwritten then.
        """
        source, target = self.options.input, self.options.output
        with ExitStack() as files:
            recording = writer = None
            if source is not None:
                recording = Recording(source)
                files.callback(recording.close)
            if target is not None:
                if source is not None and target.exists() and target.samefile(source):
                    raise DeviceError(f"{target}: is the input, and will not be overwritten")
                writer = WavWriter(target, AudioFormat(self.options.output_rate))
                files.callback(writer.close)
            speaker = AudioFormat(self.options.output_rate)
            if self.options.pace == "fast":
                yield _FastStream(recording, speaker, writer)
            else:
                stream = _RealtimeStream(recording, speaker, writer)
                try:
                    yield stream
                except BaseException:
                    # Ctrl-C keeps what was spoken; a full disk must not hide the original error.
                    with suppress(DeviceError):
                        stream.record()
                    raise
                stream.record()


class _FastStream(AudioStream):
    """Yields sound as fast as it is consumed; what is written counts as played at once."""

    live = False

    def __init__(self, recording: Recording | None, speaker: AudioFormat, writer: WavWriter | None) -> None:
        self.microphone = recording.format if recording else None
        self.speaker: AudioFormat = speaker
        self._recording = recording
        self._writer = writer
        self._played_bytes = 0
        self._recorded = False
        self._gap = False

    async def __aiter__(self) -> AsyncGenerator[DeviceEvent, None]:
        if self._recording is not None:
            for number, frame in enumerate(self._recording.frames()):
                if number % _AT_A_TIME == 0:
                    await asyncio.sleep(0)
                yield frame

    async def write(self, audio: bytes) -> None:
        self._record(audio)
        self._played_bytes += len(audio)
        await asyncio.sleep(0)

    def clear(self) -> None:
        self._gap = self._recorded

    @property
    def played(self) -> float:
        return self.speaker.seconds_in(self._played_bytes)

    async def drain(self) -> None:
        self._gap = self._recorded

    def _record(self, audio: bytes) -> None:
        if self._writer is not None and audio:
            if self._gap:
                self._writer.write(bytes(self.speaker.bytes_in(_GAP)))
            self._writer.write(audio)
            self._recorded, self._gap = True, False


class _RealtimeStream(_FastStream):
    """Goes by the clock like a sound card: what is cleared in time is neither played nor recorded."""

    live = True

    def __init__(self, recording: Recording | None, speaker: AudioFormat, writer: WavWriter | None) -> None:
        super().__init__(recording, speaker, writer)
        self._time = asyncio.get_running_loop().time
        self._queue = bytearray()
        self._since = 0.0
        self._taken = 0
        self._unrecorded: list[bytes] = []

    async def __aiter__(self) -> AsyncGenerator[DeviceEvent, None]:
        if self._recording is None:
            return
        # A frame is due when its last sample has passed; counting from the start avoids drift.
        start, heard = self._time(), 0
        for frame in self._recording.frames():
            heard += len(frame)
            due = start + self._recording.format.seconds_in(heard)
            await asyncio.sleep(max(0.0, due - self._time()))
            self.record()
            yield frame

    async def write(self, audio: bytes) -> None:
        self.record()
        while (ahead := self.speaker.seconds_in(len(self._queue)) - _QUEUED) > 0:
            await asyncio.sleep(ahead)
            self.record()
        if not self._queue:
            self._since, self._taken = self._time(), 0
        self._queue += audio

    def clear(self) -> None:
        self._play()
        self._queue.clear()
        self._unrecorded.append(b"")

    @property
    def played(self) -> float:
        self._play()
        return super().played

    async def drain(self) -> None:
        self.record()
        while self._queue:
            await asyncio.sleep(self.speaker.seconds_in(len(self._queue)))
            self.record()
        await super().drain()

    def record(self) -> None:
        """Write what has been played since the last call to the file."""
        self._play()
        sounds, self._unrecorded = self._unrecorded, []
        for sound in sounds:
            if sound:
                self._record(sound)
            else:  # the marker that `clear` left
                super().clear()

    def _play(self) -> None:
        """Move what has been played by now out of the queue; no I/O, so that it cannot fail."""
        if self._queue:
            due = self.speaker.bytes_in(self._time() - self._since) - self._taken
            if sound := bytes(self._queue[:due]):
                del self._queue[: len(sound)]
                self._taken += len(sound)
                self._played_bytes += len(sound)
                self._unrecorded.append(sound)
