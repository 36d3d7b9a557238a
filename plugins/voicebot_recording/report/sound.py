"""The sound of a recording within a page: as small as speech can be, and how loud it is where."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from voicebot import AudioFormat, Resampler
from voicebot_recording.reading import RecordedSound

Side: TypeAlias = Literal["user", "bot"]
SIDES: tuple[Side, ...] = ("user", "bot")
PEAKS_PER_SECOND = 25
_OPUS_RATES = (8_000, 12_000, 16_000)
"""Samples a second of sound that Opus takes; more is not worth its bytes for speech."""
_OPUS_LEVEL = 0.968
"""Libsndfile takes 0 for 256 kbit/s a channel, and 1 for 6: this is 14 kbit/s a channel."""
_QUIETEST = 0.05
"""Share of full scale that fills the height of a waveform, if nothing was louder."""
_LOUD_SHARE = 0.995
"""Share of the peaks that fit into that height: a knock may be higher."""


@dataclass(slots=True)
class PageSound:
    """Both sides of a recording for a page.

    Args:
        url: a data URL with the user on the left and the bot on the right.
        seconds: how long it is.
        peaks: how loud each side was in each part of a second, from 0 to 1.
    """

    url: str
    seconds: float
    peaks: dict[Side, list[float]] = field(default_factory=dict)


def page_sound(sound: RecordedSound) -> PageSound:
    """Encode the sound of a recording with Opus, or with FLAC if libsndfile was built without it.

    Raises:
        OSError: there is no room for the encoded sound.
    """
    import numpy
    import soundfile

    opus = soundfile.check_format("OGG", "OPUS")
    rate = _rate(sound.rate) if opus else sound.rate
    options: dict[str, Any] = (
        {"format": "OGG", "subtype": "OPUS", "compression_level": _OPUS_LEVEL}
        if opus
        else {"format": "FLAC", "subtype": "PCM_16"}
    )
    meters = {side: _Meter(sound.rate) for side in SIDES}
    with (
        tempfile.TemporaryDirectory() as folder
    ):  # in memory, the library would call Python and lose a Ctrl-C
        file = Path(folder) / "sound"
        try:
            with soundfile.SoundFile(file, "w", rate, len(SIDES), **options) as written:
                user = _resampled(meters["user"].metered(sound.user()), sound.rate, rate)
                bot = _resampled(meters["bot"].metered(sound.bot()), sound.rate, rate)
                for pieces in zip(user, bot, strict=True):
                    sides = [numpy.frombuffer(piece, "<i2") for piece in pieces]
                    written.write(numpy.stack(sides, axis=1))
        except (soundfile.SoundFileError, AssertionError) as error:  # it asserts that all was written
            raise OSError(f"the sound cannot be encoded in {folder}: {error or 'no space left'}") from error
        encoded = base64.b64encode(file.read_bytes()).decode("ascii")
    url = f"data:audio/{'ogg' if opus else 'flac'};base64,{encoded}"
    return PageSound(url, sound.seconds, {side: meter.peaks() for side, meter in meters.items()})


class _Meter:
    """Measures the peaks of one side while its sound passes."""

    def __init__(self, rate: int) -> None:
        self._samples = max(1, rate // PEAKS_PER_SECOND)
        self._rest: Any = None
        self._peaks: list[Any] = []

    def metered(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield all pieces unchanged."""
        import numpy

        for piece in pieces:
            samples = numpy.abs(numpy.frombuffer(piece, "<i2").astype(numpy.int32))
            if self._rest is not None:
                samples = numpy.concatenate((self._rest, samples))
            whole = len(samples) // self._samples * self._samples
            self._peaks.append(samples[:whole].reshape(-1, self._samples).max(axis=1, initial=0))
            self._rest = samples[whole:]
            yield piece

    def peaks(self) -> list[float]:
        """Return the peaks, so that speech fills the scale from 0 to 1."""
        import numpy

        if self._rest is not None and len(self._rest):
            self._peaks.append(numpy.array([self._rest.max()]))
        if not self._peaks:
            return []
        peaks = numpy.concatenate(self._peaks) / 32_768
        loud = peaks[peaks > 0]
        full = max(_QUIETEST, float(numpy.quantile(loud, _LOUD_SHARE))) if len(loud) else 1.0
        return [float(peak) for peak in numpy.minimum(peaks / full, 1.0)]


def _resampled(pieces: Iterable[bytes], rate: int, wanted: int) -> Iterator[bytes]:
    resampler = Resampler(AudioFormat(rate), AudioFormat(wanted))
    for piece in pieces:
        yield resampler.write(piece)
    yield resampler.flush()


def _rate(recorded: int) -> int:
    """Return the rate at which sound of a given rate is encoded."""
    return max((rate for rate in _OPUS_RATES if rate <= recorded), default=_OPUS_RATES[0])
