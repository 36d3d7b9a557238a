"""The sound card, through a sound server of the tests' own: what goes in and out is recorded and compared."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy
import pytest

PRELUDE = """
import asyncio, json, os, sys, time
import numpy
from voicebot import DeviceError, DeviceLost, DeviceReopened
from voicebot_audio.sound_card import SoundCardDevice, SoundCardOptions

def tone(seconds, frequency=440):
    wave = numpy.sin(2 * numpy.pi * frequency * numpy.arange(round(24_000 * seconds)) / 24_000)
    return (8_000 * wave).astype("<i2").tobytes()

def tell(**facts):
    print(json.dumps(facts), flush=True)

async def main():
    device = SoundCardDevice(SoundCardOptions.model_validate_json(sys.argv[1]))
    await device.start()
    async with device.open() as stream:
        await converse(device, stream)
    await device.aclose()

def run():
    try:
        asyncio.run(main())
    except DeviceError as error:
        tell(error=str(error))
    except KeyboardInterrupt:
        tell(interrupted=True)
"""


@contextmanager
def running(
    converse: str, environment: Mapping[str, str], *arguments: str, **options: object
) -> Iterator[subprocess.Popen[str]]:
    """Run `async def converse(device, stream)` in a process of its own, which must end by itself."""
    program = PRELUDE + converse + "\nrun()\n"
    command = [sys.executable, "-c", program, json.dumps(options), *arguments]
    with subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        # A process that hangs is ended, so that the reads below end too.
        guard = threading.Timer(60, process.kill)
        guard.start()
        try:
            yield process
            assert process.stderr is not None
            assert process.stderr.read() == ""
            assert process.wait() == 0
        finally:
            guard.cancel()
            process.kill()


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.stderr.read() if process.stderr else ""
    facts: dict[str, Any] = json.loads(line)
    return facts


def loud(sound: bytes, rate: int) -> Any:
    """Return which 5 ms of the sound are loud."""
    samples = numpy.frombuffer(sound[: len(sound) // 2 * 2], "<i2").astype(float)
    size = rate // 200
    windows = samples[: len(samples) // size * size].reshape(-1, size)
    return numpy.sqrt((windows**2).mean(axis=1)) > 500


def pitches(sound: bytes, rate: int) -> list[float]:
    """Return the strongest frequency of each stretch of sound without a gap that is long enough for one.

    A busy machine leaves gaps in what a card plays and records, but what is between them sounds as it should.
    """
    edges = numpy.flatnonzero(numpy.diff(loud(sound, rate).astype(int), prepend=0, append=0)).reshape(-1, 2)
    size = rate // 200
    samples = numpy.frombuffer(sound[: len(sound) // 2 * 2], "<i2").astype(float)
    stretches = [samples[first * size : last * size] for first, last in edges if last - first >= 10]
    return [
        float(numpy.abs(numpy.fft.rfft(each * numpy.hanning(len(each)))).argmax() * rate / len(each))
        for each in stretches
    ]


def is_tone(frequency: float) -> Any:
    """Return what equals a frequency that was read off a stretch of 50 ms and more."""
    return pytest.approx(frequency, abs=25)


def test_what_is_written_comes_out_of_the_speaker(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    sound = tone(1.5)
    for start in range(0, len(sound), 1_000):
        await stream.write(sound[start : start + 1_000])
    await stream.drain()
    tell(played=stream.played)
"""
    with sound_server.recording(16_000) as path, running(converse, sound_server.environment) as process:
        facts = told(process)
        process.wait(30)
        sound_server.wait_for_growth(path, 6_400)
    heard = pitches(path.read_bytes(), 16_000)

    assert facts["played"] == pytest.approx(1.5, abs=0.001)
    assert heard == [is_tone(440)] * len(heard) != []


def test_what_is_said_to_the_microphone_is_heard_in_frames_of_20_ms(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    heard, sizes, loud = b"", set(), 0
    async for frame in stream:
        if not heard:
            tell(rate=stream.microphone.rate, live=stream.live)
        heard += frame
        sizes.add(len(frame))
        loud += numpy.abs(numpy.frombuffer(frame, "<i2")).max() > 4_000
        if loud == 40:
            break
    open(sys.argv[2], "wb").write(heard)
    tell(sizes=sorted(sizes))
"""
    path = sound_server.environment["HOME"] + "/heard"
    spoken = 8_000 * numpy.sin(2 * numpy.pi * 440 * numpy.arange(16_000 * 3) / 16_000)
    with running(converse, sound_server.environment, path) as process:
        assert told(process) == {"rate": 16_000, "live": True}
        sound_server.play(spoken.astype("<i2").tobytes())
        assert told(process) == {"sizes": [640]}
    with open(path, "rb") as file:
        heard = pitches(file.read(), 16_000)

    assert heard == [is_tone(440)] * len(heard) != []


def test_the_speaker_falls_silent_when_it_is_cleared(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    await stream.write(tone(1.0))
    await stream.write(tone(1.0))
    while stream.played < 0.5:
        await asyncio.sleep(0.001)
    stream.clear()
    await stream.drain()
    tell(played=stream.played)
"""
    with sound_server.recording(16_000) as path, running(converse, sound_server.environment) as process:
        played = told(process)["played"]
        sound_server.wait_for_growth(path, 32_000)

    assert 0.5 <= played < 2.0
    # What was on its way to the speaker is heard, and gaps make sound look longer; two seconds were written.
    assert 0.0 < loud(path.read_bytes(), 16_000).sum() * 0.005 <= 1.3 * played + 0.1


def test_how_often_the_speaker_ran_dry_is_in_the_log_when_it_is_closed(sound_server: Any) -> None:
    converse = """
import logging
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")

async def converse(device, stream):
    while stream.underruns < 2:
        await stream.write(tone(0.05))
        await asyncio.sleep(0.1)
    tell(underruns=stream.underruns)
"""
    with running(converse, sound_server.environment) as process:
        count = told(process)["underruns"]
        assert process.stdout is not None
        assert process.stdout.read() == f"underruns of the speaker in mid-speech: {count}\n"


def test_sound_after_a_clear_is_new_sound_only(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    await stream.write(tone(1.0, 440))
    while stream.played < 0.2:
        await asyncio.sleep(0.001)
    stream.clear()
    await stream.write(tone(0.5, 2_000))
    await stream.drain()
    tell(played=stream.played)
"""
    with sound_server.recording(16_000) as path, running(converse, sound_server.environment) as process:
        facts = told(process)
        process.wait(30)
        sound_server.wait_for_growth(path, 6_400)
    heard = [round(each, -3) for each in pitches(path.read_bytes(), 16_000)]

    assert 0.7 <= facts["played"] < 1.5
    assert heard[-1] == 2_000
    assert heard == sorted(heard), "what was cleared was heard after what was written then"


def test_writing_waits_while_a_second_is_queued(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    for _ in range(25):
        await stream.write(tone(0.1))
    tell(played=stream.played)
"""
    with running(converse, sound_server.environment) as process:
        assert told(process)["played"] >= 1.3


def test_a_card_that_vanishes_is_reported_and_used_again_when_it_is_back(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    frames, before = 0, None
    async def speak():
        while True:
            await stream.write(tone(0.1))
    speaking = asyncio.create_task(speak())
    async for event in stream:
        match event:
            case DeviceLost(message):
                tell(lost=message)
                await asyncio.wait_for(stream.write(tone(30)), 5)
                await asyncio.wait_for(stream.drain(), 5)
                before, frames = stream.played, 0
            case DeviceReopened(message):
                tell(reopened=message, played=stream.played == before)
            case _:
                frames += 1
                if frames == 50:
                    tell(hears=True, speaks=stream.played > (before or 0))
                    if before is not None:
                        break
    speaking.cancel()
"""
    # By name: while only half the card is back, the system's own choice may be something else that hears.
    endpoints = {"microphone": sound_server.MICROPHONE, "speaker": sound_server.SPEAKER}
    with running(converse, sound_server.environment, **endpoints) as process:
        assert told(process) == {"hears": True, "speaks": True}
        sound_server.unplug()
        try:
            lost = told(process)["lost"]
            assert (
                "the microphone 'VirtualMicrophone'" in lost or "the speaker 'VirtualSpeaker'" in lost
            )
        finally:
            sound_server.plug_in()
        assert told(process) == {
            "reopened": "using the microphone 'VirtualMicrophone' and the speaker 'VirtualSpeaker'",
            "played": True,
        }
        assert told(process) == {"hears": True, "speaks": True}


def test_speech_ends_when_the_speaker_vanishes_and_nobody_listens(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    await stream.write(tone(20))
    tell(started=True)
    await stream.drain()
    tell(played=stream.played)
"""
    with running(converse, sound_server.environment) as process:
        assert told(process) == {"started": True}
        sound_server.unplug()
        try:
            assert told(process)["played"] < 15
            assert process.stderr is not None
            assert process.stderr.readline() == "lost the speaker 'VirtualSpeaker'\n"
        finally:
            sound_server.plug_in()


def test_a_loop_that_stalls_hears_the_last_two_seconds_and_is_told_of_the_rest(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    frames = 0
    async for frame in stream:
        frames += 1
        if frames == 1:
            time.sleep(3.2)
            frames = 2
        elif frames == 95:
            break
    tell(frames=frames)
"""
    with running(converse, sound_server.environment) as process:
        assert told(process) == {"frames": 95}
        assert process.stderr is not None
        warning = process.stderr.readline()
    lost = re.match(r"the microphone was not read for so long that (\d+\.\d+)", warning)
    assert lost, warning
    assert float(lost[1]) >= 1.0


def test_all_endpoints_are_listed_with_the_systems_own_choice(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    tell(endpoints=[[e.index, e.name, e.direction, e.default] for e in device.endpoints() if not e.monitor])
    tell(monitors=[e.name for e in device.endpoints() if e.monitor])
"""
    with running(converse, sound_server.environment) as process:
        endpoints = told(process)["endpoints"]
        monitors = told(process)["monitors"]

    assert monitors == ["Monitor of VirtualSpeaker", "Monitor of Wire"]
    assert [2, "VirtualMicrophone", "input", True] in endpoints
    assert [0, "VirtualSpeaker", "output", True] in endpoints
    assert [1, "Wire", "output", False] in endpoints
    assert sum(default for *_, default in endpoints) == 2


def test_a_speaker_can_be_chosen_by_a_part_of_its_name(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    await stream.write(tone(0.5))
    await stream.drain()
    tell(played=stream.played)
"""
    with sound_server.recording(16_000) as path:
        with running(converse, sound_server.environment, speaker="wire") as process:
            assert told(process)["played"] == pytest.approx(0.5, abs=0.001)
        sound_server.wait_for_growth(path, 3_200)

    assert not loud(path.read_bytes(), 16_000).any()


LISTENING = """
async def converse(device, stream):
    async for _ in stream:
        tell(microphone=stream._microphone.name)
        break
"""


@pytest.mark.parametrize(
    ("named", "used"),
    [("Virtual", "VirtualMicrophone"), ("monitor of wire", "Monitor of Wire")],
)
def test_a_part_of_a_name_does_not_choose_the_monitor_of_a_speaker(
    sound_server: Any, named: str, used: str
) -> None:
    with running(LISTENING, sound_server.environment, microphone=named) as process:
        assert told(process) == {"microphone": used}


def test_a_monitor_that_the_system_prefers_is_not_listened_to(sound_server: Any) -> None:
    sound_server.pactl("set-default-source", "speaker.monitor")
    try:
        with running(LISTENING, sound_server.environment) as process:
            assert told(process) == {"microphone": "VirtualMicrophone"}
    finally:
        sound_server.pactl("set-default-source", "microphone")


@pytest.mark.parametrize("option", ["speaker", "microphone"])
def test_a_device_that_is_not_there_is_refused_with_the_choices(sound_server: Any, option: str) -> None:
    converse = """
async def converse(device, stream):
    async for _ in stream:
        tell(error="opened")
        break
"""
    with running(converse, sound_server.environment, **{option: "gramophone"}) as process:
        error = told(process)["error"]

    assert error.startswith(f"sound-card: there is no {option} 'gramophone'; choose one of: ")
    assert {"speaker": "0 'VirtualSpeaker', 1 'Wire'", "microphone": "2 'VirtualMicrophone'"}[option] in error


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a sound card cannot be hidden")
def test_a_machine_without_sound_is_told_in_one_sentence_what_else_to_do() -> None:
    environment = {
        **os.environ,
        "PULSE_SERVER": "unix:/nonexistent",
        "ALSA_CONFIG_PATH": os.devnull,
        "JACK_NO_START_SERVER": "1",
    }
    converse = """
async def converse(device, stream):
    tell(error="opened")
"""
    with running(converse, environment) as process:
        error = told(process)["error"]

    assert error.startswith("no ")
    assert error.endswith("; without one, use `run` with --input FILE or --type, or `say` with -o FILE")
    assert "\n" not in error


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_an_interrupt_ends_a_conversation_and_the_process(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    await stream.write(tone(20))
    async for _ in stream:
        tell(hears=True)
"""
    with running(converse, sound_server.environment) as process:
        assert told(process) == {"hears": True}
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert process.stdout.read().endswith('{"interrupted": true}\n')


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize("noticed", [False, True])
def test_an_interrupt_ends_the_process_even_if_the_sound_server_hangs(
    sound_server: Any, noticed: bool
) -> None:
    converse = """
async def converse(device, stream):
    frames = 0
    async for event in stream:
        if isinstance(event, DeviceLost):
            tell(lost=True)
        frames += 1
        if frames == 1:
            tell(hears=True)
"""
    with running(converse, sound_server.environment) as process:
        assert told(process) == {"hears": True}
        with sound_server.frozen():
            if noticed:
                assert told(process) == {"lost": True}
            process.send_signal(signal.SIGINT)
            assert told(process) == {"interrupted": True}
            assert process.wait(30) == 0
