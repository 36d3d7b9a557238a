"""The sound card: a real microphone and a real speaker, which may vanish and come back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial

from pydantic import field_validator

from voicebot import (
    AudioDevice,
    AudioFormat,
    AudioStream,
    DeviceError,
    DeviceEvent,
    DeviceLost,
    DeviceReopened,
    Endpoint,
    Field,
    Options,
    Resampler,
)
from voicebot_audio.daemon_thread import to_daemon_thread
from voicebot_audio.endpoints import ALTERNATIVES, SoundSystem
from voicebot_audio.open_endpoints import OpenEndpoint, OpenMicrophone, OpenSpeaker, notifier

logger = logging.getLogger(__name__)
_QUEUED = 1.0
_CHECKED_EVERY = 0.5
_REOPENED_EVERY = 1.0
_CLOSING = 1.0


class SoundCardOptions(Options):
    """Options of the `sound-card` device."""

    microphone: str | int | None = None
    """Microphone to use: its number, its name or a part of it as `voicebot devices` lists them; the
    system's own choice when left out. A monitor, which hears what a speaker plays, is chosen by its whole
    name alone."""
    speaker: str | int | None = None
    """Speaker to use: its number, its name or a part of it; the system's own choice when left out."""
    buffer: float = Field(0.015, ge=0.005, le=0.1)
    """Seconds of sound that go to and from the card at a time: smaller is quicker to fall silent,
    larger stutters less on a busy machine. Up to 0.015 the bot is silent within 50 ms."""

    @field_validator("microphone", "speaker")
    @classmethod
    def _is_none_below_zero(cls, wanted: str | int | None) -> str | int | None:
        if isinstance(wanted, int) and wanted < 0:
            raise ValueError(f"there is no number {wanted}; `voicebot devices` lists them")
        return wanted


class SoundCardDevice(AudioDevice[SoundCardOptions]):
    """Whatever sound system there is, through miniaudio."""

    async def start(self) -> None:
        """Import what reaches the sound system."""
        try:
            await to_daemon_thread(_import)
        except (ImportError, OSError) as error:
            raise DeviceError(f"no microphone and no speaker: {error}; {ALTERNATIVES}") from error

    def endpoints(self) -> Sequence[Endpoint]:
        with SoundSystem() as cards:
            return [*cards.endpoints("input"), *cards.endpoints("output")]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AudioStream]:
        """Open the speaker, and the microphone as soon as someone listens to it."""
        stream = _SoundCardStream(self.options)
        try:
            await stream.open_speaker()
            yield stream
        finally:
            await stream.close()


class _SoundCardStream(AudioStream):
    # The rate of speech recognisers, and one that carries all there is in a synthetic voice.
    microphone = AudioFormat(16_000)
    speaker: AudioFormat = AudioFormat(24_000)

    def __init__(self, options: SoundCardOptions) -> None:
        self._options = options
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._speaker: OpenSpeaker | None = None
        self._microphone: OpenMicrophone | None = None
        # What is left to close of a speaker that has gone.
        self._dead: OpenSpeaker | None = None
        self._lost: str | None = None
        self._played_before = 0.0
        self._underruns_before = 0
        self._watch = self._loop.call_later(_CHECKED_EVERY, self._check)

    async def open_speaker(self) -> None:
        options = self._options
        line = await to_daemon_thread(
            partial(OpenSpeaker, options.speaker, options.buffer), OpenSpeaker.close
        )
        self._to_card = Resampler(self.speaker, line.format)
        self._speaker = line

    async def open_microphone(self) -> None:
        options = self._options
        make = partial(OpenMicrophone, options.microphone, options.buffer, notifier(self._loop, self._news))
        line = await to_daemon_thread(make, OpenMicrophone.close)
        self._from_card = Resampler(line.format, self.microphone)
        self._microphone = line

    async def close(self) -> None:
        self._watch.cancel()
        if self.underruns:
            logger.info("how often the speaker ran dry in mid-speech: %d", self.underruns)
        await self._close_lines()

    async def __aiter__(self) -> AsyncGenerator[DeviceEvent, None]:
        if self._microphone is None and self._lost is None:
            await self.open_microphone()
        size = self.microphone.bytes_in(0.02)
        heard = bytearray()
        while True:
            await self._news.wait()
            self._news.clear()
            if self._lost is not None:
                yield DeviceLost(self._lost)
                yield DeviceReopened(await self._reopen())
            elif self._microphone is not None:
                heard += self._from_card.write(self._microphone.fetch())
                self._report_dropped(self._microphone)
                while len(heard) >= size:
                    frame = bytes(heard[:size])
                    del heard[:size]
                    yield frame

    async def write(self, audio: bytes) -> None:
        while (line := self._speaker) is not None:
            ahead = line.format.seconds_in(line.queue.size) - _QUEUED
            if ahead <= 0:
                line.queue.put(self._to_card.write(audio))
                return
            # In short naps: the queue may be cleared, and the device may go, at any moment.
            await asyncio.sleep(min(ahead, 0.05))
        # Nobody hears it, and it must not come out when the device is back: the moment has passed.
        await asyncio.sleep(0)

    def clear(self) -> None:
        if self._speaker is not None:
            self._to_card.flush()
            self._speaker.queue.clear()

    @property
    def played(self) -> float:
        line = self._speaker
        now = line.format.seconds_in(line.queue.played) if line is not None else 0.0
        return self._played_before + now

    @property
    def underruns(self) -> int:  # type: ignore[override]  # counted by the queue
        return self._underruns_before + (self._speaker.queue.underruns if self._speaker is not None else 0)

    async def drain(self) -> None:
        if self._speaker is not None:
            self._speaker.queue.put(self._to_card.flush())
            self._speaker.queue.end()
        while (line := self._speaker) is not None and not line.queue.idle:  # noqa: ASYNC110 - the audio thread only counts
            await asyncio.sleep(min(0.05, 0.005 + line.format.seconds_in(line.queue.size)))

    def _check(self) -> None:
        """Look every half second whether the card is alive, and say so to whoever listens or speaks."""
        lines: list[OpenEndpoint | None] = [self._microphone, self._speaker]
        reasons = [reason for line in lines if line is not None and (reason := line.check())]
        if reasons and self._lost is None:
            self._lost = " and ".join(reasons)
            # Whoever listens is told by an event.
            logger.log(logging.WARNING if self._microphone is None else logging.DEBUG, "%s", self._lost)
            self._forget_speaker()
            self._news.set()
        self._watch = self._loop.call_later(_CHECKED_EVERY, self._check)

    def _forget_speaker(self) -> None:
        """Let writing and draining go on without a speaker, but keep count."""
        self._played_before, self._underruns_before = self.played, self.underruns
        self._dead, self._speaker = self._speaker, None

    async def _reopen(self) -> str:
        await self._close_lines()
        while True:
            try:
                await self.open_microphone()
                await self.open_speaker()
            except DeviceError as error:
                logger.debug("%s", error)
                await self._close_lines()
                await asyncio.sleep(_REOPENED_EVERY)
            else:
                self._lost = None
                assert self._microphone is not None
                assert self._speaker is not None
                return (
                    f"using the microphone {self._microphone.name!r} and the speaker {self._speaker.name!r}"
                )

    async def _close_lines(self) -> None:
        lines: list[OpenEndpoint | None] = [self._microphone, self._speaker, self._dead]
        self._microphone = self._speaker = self._dead = None
        if any(lines):
            # A dead device may take for ever to close. Then the thread keeps it: were it let go of, it
            # would be closed at exit, where for ever means that the process never ends.
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSING):
                    await to_daemon_thread(partial(_close, lines))

    def _report_dropped(self, line: OpenMicrophone) -> None:
        if line.dropped:
            seconds = line.dropped * self._options.buffer
            logger.warning("the microphone was not listened to for so long that %.1f s are lost", seconds)
            line.dropped = 0


def _close(lines: Sequence[OpenEndpoint | None]) -> None:
    for line in lines:
        if line is not None:
            line.close()


def _import() -> None:
    import miniaudio  # noqa: F401
