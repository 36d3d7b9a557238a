"""The sound card: a real microphone and a real speaker, which may disappear and come back."""

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
    """Microphone to use: its number, its name or a part of the name, as `voicebot devices` lists them; by
    default, the system's. A monitor, which records what a speaker plays, needs its full name."""
    speaker: str | int | None = None
    """Speaker to use: its number, its name or a part of the name; by default, the system's."""
    buffer: float = Field(0.015, ge=0.005, le=0.1)
    """Seconds of sound passed to and from the card at a time: smaller values let the bot fall silent sooner,
    larger ones stutter less on a busy machine. Up to 0.015, the bot is silent within 50 ms."""

    @field_validator("microphone", "speaker")
    @classmethod
    def _is_none_below_zero(cls, wanted: str | int | None) -> str | int | None:
        if isinstance(wanted, int) and wanted < 0:
            raise ValueError(f"there is no number {wanted}; `voicebot devices` lists them")
        return wanted


class SoundCardDevice(AudioDevice[SoundCardOptions]):
    """The system's sound, through miniaudio."""

    async def start(self) -> None:
        """Import miniaudio."""
        try:
            await to_daemon_thread(_import)
        except (ImportError, OSError) as error:
            raise DeviceError(f"no microphone and no speaker: {error}; {ALTERNATIVES}") from error

    def endpoints(self) -> Sequence[Endpoint]:
        with SoundSystem() as system:
            return [*system.endpoints("input"), *system.endpoints("output")]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AudioStream]:
        """Open the speaker at once, and the microphone when its sound is first read."""
        stream = _SoundCardStream(self.options)
        try:
            await stream.open_speaker()
            yield stream
        finally:
            await stream.close()


class _SoundCardStream(AudioStream):
    # The rate of speech recognisers, and one that is enough for synthetic voices.
    microphone = AudioFormat(16_000)
    speaker: AudioFormat = AudioFormat(24_000)

    def __init__(self, options: SoundCardOptions) -> None:
        self._options = options
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._speaker: OpenSpeaker | None = None
        self._microphone: OpenMicrophone | None = None
        # A lost speaker that is still to be closed.
        self._lost_speaker: OpenSpeaker | None = None
        self._lost: str | None = None
        self._played_before = 0.0
        self._underruns_before = 0
        self._watch = self._loop.call_later(_CHECKED_EVERY, self._check)

    async def open_speaker(self) -> None:
        options = self._options
        endpoint = await to_daemon_thread(
            partial(OpenSpeaker, options.speaker, options.buffer), OpenSpeaker.close
        )
        self._to_card = Resampler(self.speaker, endpoint.format)
        self._speaker = endpoint

    async def open_microphone(self) -> None:
        options = self._options
        make = partial(
            OpenMicrophone, options.microphone, options.buffer, notifier(self._loop, self._changed)
        )
        endpoint = await to_daemon_thread(make, OpenMicrophone.close)
        self._from_card = Resampler(endpoint.format, self.microphone)
        self._microphone = endpoint

    async def close(self) -> None:
        self._watch.cancel()
        if self.underruns:
            logger.info("underruns of the speaker in mid-speech: %d", self.underruns)
        await self._close_endpoints()

    async def __aiter__(self) -> AsyncGenerator[DeviceEvent, None]:
        if self._microphone is None and self._lost is None:
            await self.open_microphone()
        size = self.microphone.bytes_in(0.02)
        heard = bytearray()
        while True:
            await self._changed.wait()
            self._changed.clear()
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
        while (speaker := self._speaker) is not None:
            ahead = speaker.format.seconds_in(speaker.queue.size) - _QUEUED
            if ahead <= 0:
                speaker.queue.put(self._to_card.write(audio))
                return
            # In short steps: the queue may be cleared, and the device may disappear, at any moment.
            await asyncio.sleep(min(ahead, 0.05))
        # It is dropped: once the device is back, its moment has passed.
        await asyncio.sleep(0)

    def clear(self) -> None:
        if self._speaker is not None:
            self._to_card.flush()
            self._speaker.queue.clear()

    @property
    def played(self) -> float:
        speaker = self._speaker
        now = speaker.format.seconds_in(speaker.queue.played) if speaker is not None else 0.0
        return self._played_before + now

    @property
    def underruns(self) -> int:  # type: ignore[override]  # counted by the queue
        return self._underruns_before + (self._speaker.queue.underruns if self._speaker is not None else 0)

    async def drain(self) -> None:
        if self._speaker is not None:
            self._speaker.queue.put(self._to_card.flush())
            self._speaker.queue.end()
        while (speaker := self._speaker) is not None and not speaker.queue.idle:  # noqa: ASYNC110 - the audio thread only counts
            await asyncio.sleep(min(0.05, 0.005 + speaker.format.seconds_in(speaker.queue.size)))

    def _check(self) -> None:
        """Check every half second whether the devices are still there, and report one that is lost."""
        endpoints: list[OpenEndpoint | None] = [self._microphone, self._speaker]
        lost = [each.description for each in endpoints if each is not None and each.is_lost()]
        if lost and self._lost is None:
            self._lost = f"lost {' and '.join(lost)}"
            # A reader of the microphone gets an event.
            logger.log(logging.WARNING if self._microphone is None else logging.DEBUG, "%s", self._lost)
            self._forget_speaker()
            self._changed.set()
        self._watch = self._loop.call_later(_CHECKED_EVERY, self._check)

    def _forget_speaker(self) -> None:
        """Go on without a speaker, but keep the counts."""
        self._played_before, self._underruns_before = self.played, self.underruns
        self._lost_speaker, self._speaker = self._speaker, None

    async def _reopen(self) -> str:
        await self._close_endpoints()
        while True:
            try:
                await self.open_microphone()
                await self.open_speaker()
            except DeviceError as error:
                logger.debug("%s", error)
                await self._close_endpoints()
                await asyncio.sleep(_REOPENED_EVERY)
            else:
                self._lost = None
                assert self._microphone is not None
                assert self._speaker is not None
                return (
                    f"using the microphone {self._microphone.name!r} and the speaker {self._speaker.name!r}"
                )

    async def _close_endpoints(self) -> None:
        endpoints: list[OpenEndpoint | None] = [self._microphone, self._speaker, self._lost_speaker]
        self._microphone = self._speaker = self._lost_speaker = None
        if any(endpoints):
            # Closing a lost device may never return. The thread then keeps the device: if it were released,
            # it would be closed at exit, and the process would never end.
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSING):
                    await to_daemon_thread(partial(_close, endpoints))

    def _report_dropped(self, microphone: OpenMicrophone) -> None:
        if microphone.dropped:
            seconds = microphone.dropped * self._options.buffer
            logger.warning("the microphone was not read for so long that %.1f s of sound are lost", seconds)
            microphone.dropped = 0


def _close(endpoints: Sequence[OpenEndpoint | None]) -> None:
    for endpoint in endpoints:
        if endpoint is not None:
            endpoint.close()


def _import() -> None:
    import miniaudio  # noqa: F401
