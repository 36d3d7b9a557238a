"""The sound of both sides on one timeline: what was heard and what was played at the same time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from voicebot import AudioFormat, Resampler
from voicebot_recording.format import FRAMES, Json
from voicebot_recording.writing.arrivals import Arrival, Arrivals

_SAMPLE = 2
_RUN_GAP = 0.02
"""Seconds between two pieces of the bot's sound from which on they are apart."""
_PIECE_SECONDS = 10.0
"""Seconds of sound that are returned at once."""
_LONGEST_AHEAD = 120.0
"""Seconds of the bot's sound that may wait to be played; a device takes far less."""


class SoundTimeline:
    """Mixes nothing: the user is on the first channel, as it came, and the bot on the second, resampled.

    Args:
        microphone: the format of the user's sound, and of the recording; None if there is none.
        speaker: the format of the bot's sound; None if there is none.
    """

    def __init__(self, microphone: AudioFormat | None, speaker: AudioFormat | None) -> None:
        self.format = microphone or speaker or AudioFormat(16_000)
        self._rate = self.format.rate
        self._has_microphone = microphone is not None
        self._resampler = Resampler(speaker or self.format, self.format)
        self._arrivals = Arrivals(self._rate)
        self._heard: deque[bytes | int] = deque()
        """The user's sound that was not returned yet; a number stands for so many samples of silence."""
        self._heard_until = self._returned = self._bot_until = 0
        self._bot: deque[tuple[int, bytes]] = deque()
        self._frames: list[tuple[float, int, int]] = []

    def heard(self, at: float, audio: bytes) -> None:
        """Add sound of the user that came at `at`; it may be held back until its place is known."""
        self._place(self._arrivals.add(at, audio))

    def written(self, at: float, starts: float, audio: bytes) -> None:
        """Add sound of the bot that will be played from `starts` on."""
        self._pass(at)
        start = max(round(starts * self._rate), self._returned)
        if start - self._bot_until > _RUN_GAP * self._rate:
            self._add(self._resampler.flush())
            self._bot_until = start
        if self._bot_until < self._returned + _LONGEST_AHEAD * self._rate:
            self._add(self._resampler.write(audio))

    def cleared(self, at: float) -> None:
        """Drop the bot's sound after `at`."""
        self._pass(at)
        self._resampler.flush()
        end = max(round(at * self._rate), self._returned)
        self._bot = deque(
            (start, audio[: (end - start) * _SAMPLE]) for start, audio in self._bot if start < end
        )
        self._bot_until = min(self._bot_until, end)

    def end(self) -> None:
        """Add the rest: what the bot still said is played to its end."""
        self._place(self._arrivals.end())
        self._add(self._resampler.flush())
        self._skip(self._bot_until - self._heard_until)

    def take_frames(self) -> Iterator[Json]:
        """Return where the pieces of the user's sound are, since the last call: a line for each run of them.

        `at` is when the first of them came, `sample` where it is; `after` are the milliseconds until each of
        the next ones, and `samples` the size of each, or of all if they are the same.
        """
        frames, self._frames = self._frames, []
        while frames:
            count = next(
                (n for n in range(1, len(frames)) if frames[n][1] != frames[n - 1][1] + frames[n - 1][2]),
                len(frames),
            )
            run, frames = frames[:count], frames[count:]
            sizes = [samples for _, _, samples in run]
            yield {
                "type": FRAMES,
                "at": round(run[0][0], 6),
                "sample": run[0][1],
                "after": [round((at - run[0][0]) * 1000, 1) for at, _, _ in run[1:]],
                "samples": sizes[0] if len(set(sizes)) == 1 else sizes,
            }

    def take(self) -> Iterator[bytes]:
        """Return the frames that are complete, a sample of each channel in each."""
        import numpy

        longest = round(_PIECE_SECONDS * self._rate)
        while self._heard:
            user = self._take_heard(longest)
            frames = numpy.empty((len(user) // _SAMPLE, 2), "<i2")
            frames[:, 0] = numpy.frombuffer(user, "<i2")
            frames[:, 1] = numpy.frombuffer(self._take_bot(len(frames)), "<i2")
            self._returned += len(frames)
            yield frames.tobytes()

    def _place(self, arrivals: Iterable[Arrival]) -> None:
        for each in arrivals:
            self._skip(each.missing)
            samples = len(each.audio) // _SAMPLE
            self._frames.append((each.at, self._heard_until, samples))
            self._heard.append(each.audio)
            self._heard_until += samples

    def _skip(self, samples: int) -> None:
        """Let there be silence."""
        if samples > 0:
            self._heard.append(samples)
            self._heard_until += samples

    def _pass(self, at: float) -> None:
        """Let time pass for a user without a microphone."""
        if not self._has_microphone:
            self._skip(round(at * self._rate) - self._heard_until)

    def _add(self, audio: bytes) -> None:
        if audio:
            self._bot.append((self._bot_until, audio))
            self._bot_until += len(audio) // _SAMPLE

    def _take_heard(self, longest: int) -> bytes:
        taken = bytearray()
        while self._heard and len(taken) < longest * _SAMPLE:
            first = self._heard.popleft()
            if isinstance(first, bytes):
                taken += first
            else:
                room = longest - len(taken) // _SAMPLE
                taken += bytes(min(first, room) * _SAMPLE)
                if first > room:
                    self._heard.appendleft(first - room)
        return bytes(taken)

    def _take_bot(self, samples: int) -> bytes:
        begin, end = self._returned, self._returned + samples
        taken = bytearray(samples * _SAMPLE)
        while self._bot and self._bot[0][0] < end:
            start, audio = self._bot.popleft()
            skipped = max(0, begin - start)
            part = audio[skipped * _SAMPLE : (end - start) * _SAMPLE]
            place = (max(start, begin) - begin) * _SAMPLE
            taken[place : place + len(part)] = part
            if rest := audio[(end - start) * _SAMPLE :]:
                self._bot.appendleft((end, rest))
        return bytes(taken)
