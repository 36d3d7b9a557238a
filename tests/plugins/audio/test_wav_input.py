"""Recordings in place of a microphone: every form of PCM, and files that cannot be read."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
import soundfile

from voicebot import DeviceError, Resampler

from .wav_files import device, hear, heard, samples, simulate, tone

SHAPES = [
    ("PCM_U8", 0.01),
    ("PCM_16", 1e-4),
    ("PCM_24", 1e-4),
    ("PCM_32", 1e-4),
    ("FLOAT", 1e-4),
    ("DOUBLE", 1e-4),
]


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize(("subtype", "exactness"), SHAPES)
def test_every_form_of_pcm_is_read_as_mono_at_its_own_rate(
    tmp_path: Path, subtype: str, exactness: float, rate: int, channels: int
) -> None:
    path = tmp_path / "sound.wav"
    soundfile.write(path, numpy.column_stack([tone(rate)] * channels), rate, subtype)

    heard_rate, frames = heard(path)

    assert heard_rate == rate
    assert {len(frame) for frame in frames[:-1]} == {round(0.02 * rate) * 2}
    numpy.testing.assert_allclose(samples(frames), tone(rate), atol=exactness)


def test_stereo_is_mixed_by_its_mean(tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    soundfile.write(path, numpy.column_stack([tone(16_000), 0 * tone(16_000)]), 16_000)

    _, frames = heard(path)

    numpy.testing.assert_allclose(samples(frames), tone(16_000) / 2, atol=1e-4)


def test_sound_louder_than_full_scale_is_clipped_and_nonsense_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "loud.wav"
    soundfile.write(path, numpy.array([0.0, 3.0, -3.0, numpy.nan, numpy.inf, 0.0]), 16_000, "FLOAT")

    _, frames = heard(path)

    assert list(numpy.frombuffer(b"".join(frames), "<i2")) == [0, 32767, -32768, 0, 32767, 0]


def test_a_truncated_file_is_heard_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, tone(16_000, 1.0), 16_000)
    os.truncate(path, path.stat().st_size // 2)

    _, frames = heard(path)

    assert 0.49 < len(samples(frames)) / 16_000 < 0.51


@pytest.mark.slow
def test_an_hour_of_sound_is_read_without_holding_it(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    with soundfile.SoundFile(path, "w", 8_000, 1, "PCM_16") as file:
        for _ in range(60):
            file.write(numpy.zeros(8_000 * 60, "int16"))
    program = """
import asyncio, resource, sys
from pathlib import Path
from voicebot_audio.wav import WavDevice, WavOptions
async def main():
    device = WavDevice(WavOptions(input=Path(sys.argv[1])))
    await device.start()
    import numpy
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = 0
    async with device.open() as stream:
        async for frame in stream:
            size += len(frame)
    print(size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
asyncio.run(main())
"""
    if sys.platform != "linux":
        pytest.skip("ru_maxrss has other units elsewhere")
    result = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True, timeout=100
    )

    size, kilobytes = map(int, result.stdout.split())

    assert size == 3_600 * 8_000 * 2
    assert kilobytes < 10_000  # the file has 57,600


def test_the_loop_goes_on_while_a_file_is_read_as_fast_as_possible(tmp_path: Path) -> None:
    path = tmp_path / "minute.wav"
    soundfile.write(path, numpy.zeros(16_000 * 60), 16_000)

    async def count() -> int:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        async with device(input=path).open() as stream:
            await hear(stream)
        task.cancel()
        return turns

    assert simulate(count()) >= 500


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    header_only, empty, text = folder / "header.wav", folder / "empty.wav", folder / "text.wav"
    stub, raw, absurd = folder / "stub.wav", folder / "sound.raw", folder / "absurd.wav"
    soundfile.write(header_only, numpy.zeros(0), 16_000)
    empty.touch()
    text.write_text("not a recording\n" * 50)
    stub.write_bytes(header_only.read_bytes()[:20])
    raw.write_bytes(bytes(1_000))
    soundfile.write(absurd, numpy.zeros(100), 3)
    return {
        "missing": (folder / "none.wav", "No such file or directory"),
        "folder": (folder, "is a folder, not a recording"),
        "empty": (empty, "is empty"),
        "header only": (header_only, "has a header but no sound"),
        "text": (text, "is not a sound file that can be read, such as a WAV"),
        "half a header": (stub, "is not a sound file that can be read, such as a WAV"),
        "raw": (raw, "is not a sound file that can be read, such as a WAV"),
        "3 Hz": (absurd, "claims 3 samples per second, which cannot be right"),
    }


@pytest.mark.parametrize(
    "case", ["missing", "folder", "empty", "header only", "text", "half a header", "raw", "3 Hz"]
)
def test_an_unreadable_input_is_refused_in_one_line_and_the_output_is_not_touched(
    tmp_path: Path, case: str
) -> None:
    path, reason = bad_files(tmp_path)[case]
    output = tmp_path / "earlier.wav"
    output.write_text("an earlier answer")

    async def open_it() -> None:
        async with device(input=path, output=output).open():
            pass

    with pytest.raises(DeviceError) as caught:
        simulate(open_it())

    assert str(caught.value) == f"{path}: {reason}"
    assert output.read_text() == "an earlier answer"


def test_sound_survives_conversion_to_another_rate(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    soundfile.write(path, tone(44_100, 1.0), 44_100, "PCM_24")

    async def listen() -> bytes:
        async with device(input=path).open() as stream:
            assert stream.microphone is not None
            resampler = Resampler(stream.microphone, type(stream.microphone)(16_000))
            return b"".join([resampler.write(frame) for frame in await hear(stream)]) + resampler.flush()

    converted = samples([simulate(listen())])

    assert len(converted) == pytest.approx(16_000, abs=2)
    spectrum = numpy.abs(numpy.fft.rfft(converted[1_000:15_000]))
    assert spectrum.argmax() * 16_000 / 14_000 == pytest.approx(440, abs=2)
