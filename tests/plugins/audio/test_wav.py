"""What the `wav` device promises of the files it reads and writes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import wave
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import numpy
import pytest
import soundfile

from voicebot import AudioStream, DeviceError, Resampler
from voicebot.testing import VirtualClockLoop
from voicebot_audio.wav import WavDevice, WavOptions

T = TypeVar("T")


def device(**options: object) -> WavDevice:
    return WavDevice(WavOptions.model_validate(options))


async def hear(stream: AudioStream) -> list[bytes]:
    frames = []
    async for frame in stream:
        assert isinstance(frame, bytes)
        frames.append(frame)
    return frames


def simulate(work: Coroutine[Any, Any, T]) -> T:
    """Run on the virtual clock: real time without the wait, and exact."""
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        return runner.run(work)


def heard(path: Path, **options: object) -> tuple[int, list[bytes]]:
    async def listen() -> tuple[int, list[bytes]]:
        wav = device(input=path, **options)
        await wav.start()
        async with wav.open() as stream:
            assert stream.microphone is not None
            return stream.microphone.rate, await hear(stream)

    return simulate(listen())


def tone(rate: int, seconds: float = 0.25, frequency: float = 440.0) -> numpy.ndarray:
    return 0.5 * numpy.sin(2 * numpy.pi * frequency * numpy.arange(round(rate * seconds)) / rate)


def samples(frames: list[bytes]) -> numpy.ndarray:
    return numpy.frombuffer(b"".join(frames), "<i2").astype(float) / 32768


def written(path: Path) -> tuple[int, numpy.ndarray]:
    with wave.open(str(path)) as file:  # stricter about headers than soundfile
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert file.getnframes() * 2 + 44 == path.stat().st_size
        return file.getframerate(), numpy.frombuffer(file.readframes(file.getnframes()), "<i2")


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
def test_every_shape_of_pcm_is_heard_as_mono_at_its_own_rate(
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
def test_an_input_that_cannot_be_heard_is_refused_in_one_line_and_the_output_left_alone(
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


@pytest.mark.parametrize("pace", ["fast", "realtime"])
def test_what_is_spoken_is_in_the_output_with_a_gap_between_replies(tmp_path: Path, pace: str) -> None:
    path = tmp_path / "answer.wav"
    one, two = b"\x01\x00" * 2_400, b"\x02\x00" * 1_200

    async def speak() -> float:
        async with device(output=path, pace=pace).open() as stream:
            assert stream.speaker is not None
            assert stream.speaker.rate == 24_000
            await stream.write(one[:1_000])
            await stream.write(one[1_000:])
            await stream.drain()
            await stream.write(two)
            await stream.drain()
            return stream.played

    assert simulate(speak()) == pytest.approx(0.15)
    rate, sound = written(path)
    assert rate == 24_000
    assert sound.tobytes() == one + bytes(round(0.3 * 24_000) * 2) + two


def test_in_real_time_what_was_cleared_before_it_was_played_is_not_in_the_output(tmp_path: Path) -> None:
    path = tmp_path / "answer.wav"
    second = numpy.arange(24_000, dtype="<i2").tobytes()

    async def speak() -> float:
        async with device(output=path, pace="realtime").open() as stream:
            await stream.write(second)
            await asyncio.wait_for(hear(stream), 10)  # nothing to hear: ends at once
            await asyncio.sleep(0.1)
            stream.clear()
            played = stream.played
            await stream.drain()
            return played

    played = simulate(speak())

    _, sound = written(path)
    assert played == pytest.approx(0.1)
    assert sound.tobytes() == second[:4_800]


def test_in_real_time_frames_come_by_the_clock_and_the_speaker_plays_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    soundfile.write(path, tone(11_025, 0.4), 11_025)  # 20 ms are 220.5 samples

    async def listen() -> list[tuple[float, float]]:
        async with device(input=path, pace="realtime").open() as stream:
            assert stream.live
            assert stream.microphone is not None
            start, size, times = asyncio.get_running_loop().time(), 0, []
            await stream.write(bytes(48_000))
            async for frame in stream:
                assert isinstance(frame, bytes)
                size += len(frame)
                elapsed = asyncio.get_running_loop().time() - start
                times.append((elapsed - stream.microphone.seconds_in(size), stream.played))
            return times

    times = simulate(listen())

    assert len(times) == 21
    assert [late for late, _ in times] == pytest.approx([0] * 21, abs=1e-9)
    assert times[-1][1] == pytest.approx(0.4, abs=1e-3)


def test_writing_waits_while_a_second_is_queued(tmp_path: Path) -> None:
    async def speak() -> float:
        async with device(pace="realtime").open() as stream:
            for _ in range(12):
                await stream.write(bytes(4_800))
            return stream.played

    assert simulate(speak()) == pytest.approx(0.1)


@pytest.mark.parametrize("pace", ["fast", "realtime"])
def test_an_interrupted_process_leaves_a_whole_file_of_what_was_spoken(tmp_path: Path, pace: str) -> None:
    path = tmp_path / "answer.wav"

    async def speak() -> None:
        async with device(output=path, pace=pace).open() as stream:
            await stream.write(b"\x07\x00" * 24_000)
            await asyncio.sleep(0.05)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(speak())

    _, sound = written(path)
    assert len(sound) == {"fast": 24_000, "realtime": 1_200}[pace]
    assert set(sound) == {7}


def test_a_killed_process_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "answer.wav"
    program = """
import asyncio, os, sys
from pathlib import Path
from voicebot_audio.wav import WavDevice, WavOptions
async def main():
    async with WavDevice(WavOptions(output=Path(sys.argv[1]))).open() as stream:
        await stream.write(bytes(4800))
        os._exit(9)
asyncio.run(main())
"""
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False, timeout=60).returncode == 9
    assert len(written(path)[1]) == 2_400


def bad_output(case: str, folder: Path) -> tuple[Path, str]:
    return {
        "no folder": (folder / "no" / "a.wav", f"cannot be written: there is no folder {folder / 'no'}"),
        "folder": (folder, "cannot be written: Is a directory"),
        "full disk": (Path("/dev/full"), "cannot be written: No space left on device"),
    }[case]


@pytest.mark.parametrize("case", ["no folder", "folder", "full disk"])
def test_an_output_that_cannot_be_written_is_found_when_the_device_is_opened(
    tmp_path: Path, case: str
) -> None:
    path, reason = bad_output(case, tmp_path)
    if case == "full disk" and not path.exists():
        pytest.skip("this system has no /dev/full")

    async def open_it() -> None:
        async with device(output=path).open():
            pytest.fail("opened")

    with pytest.raises(DeviceError) as caught:
        simulate(open_it())

    assert str(caught.value) == f"{path}: {reason}"


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits on Windows")
@pytest.mark.parametrize("pace", ["fast", "realtime"])
def test_a_disk_that_fills_up_while_writing_is_told_and_what_fitted_is_readable(
    tmp_path: Path, pace: str
) -> None:
    path = tmp_path / "answer.wav"
    program = """
import asyncio, resource, signal, sys
from pathlib import Path
from voicebot import DeviceError
from voicebot_audio.wav import WavDevice, WavOptions
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
async def main():
    async with WavDevice(WavOptions(output=Path(sys.argv[1]), pace=sys.argv[2])).open() as stream:
        for _ in range(20):
            await stream.write(bytes(960))
            await stream.drain()
try:
    asyncio.run(main())
except DeviceError as error:
    print(error)
"""
    result = subprocess.run(
        [sys.executable, "-c", program, str(path), pace],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert result.stdout == f"{path}: cannot be written: File too large\n"
    assert result.stderr == ""
    assert path.stat().st_size <= 10_000
    with wave.open(str(path)) as file:
        assert 0 < file.getnframes() * 2 <= path.stat().st_size - 44


def test_the_input_is_never_overwritten(tmp_path: Path) -> None:
    path, link = tmp_path / "question.wav", tmp_path / "link.wav"
    soundfile.write(path, tone(16_000), 16_000)
    link.symlink_to(path)
    before = path.read_bytes()

    async def open_it() -> None:
        async with device(input=path, output=link).open():
            pytest.fail("opened")

    with pytest.raises(DeviceError, match="is the input, and will not be overwritten"):
        simulate(open_it())
    assert path.read_bytes() == before


def test_an_earlier_output_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "answer.wav"
    path.write_bytes(b"x" * 100_000)

    async def speak() -> None:
        async with device(output=path, output_rate=16_000).open() as stream:
            await stream.write(bytes(640))

    simulate(speak())

    assert (written(path)[0], len(written(path)[1])) == (16_000, 320)


def test_without_files_there_is_no_microphone_and_a_speaker_to_nowhere() -> None:
    async def speak() -> tuple[object, list[bytes], float]:
        async with device().open() as stream:
            await stream.write(bytes(48_000))
            return stream.microphone, await hear(stream), stream.played

    assert simulate(speak()) == (None, [], 1.0)


def test_what_is_heard_survives_conversion_to_another_rate(tmp_path: Path) -> None:
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
