"""What the bot says, recorded: by the clock or as fast as possible, and valid whatever happens."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import wave
from pathlib import Path

import numpy
import pytest
import soundfile

from voicebot import DeviceError

from .wav_files import device, hear, simulate, tone, written


@pytest.mark.parametrize("pace", ["fast", "realtime"])
def test_replies_are_in_the_output_with_a_gap_between_them(tmp_path: Path, pace: str) -> None:
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
def test_an_interrupted_process_leaves_a_valid_file_of_what_was_spoken(tmp_path: Path, pace: str) -> None:
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


def test_a_killed_process_leaves_a_valid_file(tmp_path: Path) -> None:
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
def test_an_unwritable_output_is_reported_when_the_device_is_opened(tmp_path: Path, case: str) -> None:
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
def test_a_disk_that_fills_up_is_reported_and_what_fitted_is_readable(tmp_path: Path, pace: str) -> None:
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


def test_an_earlier_output_is_replaced_completely(tmp_path: Path) -> None:
    path = tmp_path / "answer.wav"
    path.write_bytes(b"x" * 100_000)

    async def speak() -> None:
        async with device(output=path, output_rate=16_000).open() as stream:
            await stream.write(bytes(640))

    simulate(speak())

    assert (written(path)[0], len(written(path)[1])) == (16_000, 320)


def test_without_files_there_is_no_microphone_and_the_speaker_discards_sound() -> None:
    async def speak() -> tuple[object, list[bytes], float]:
        async with device().open() as stream:
            await stream.write(bytes(48_000))
            return stream.microphone, await hear(stream), stream.played

    assert simulate(speak()) == (None, [], 1.0)
