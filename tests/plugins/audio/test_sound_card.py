"""Sound to and from a real sound card, which may disappear and come back."""

from __future__ import annotations

import re
from typing import Any

import numpy
import pytest

from .sound_card import is_tone, loud, pitches, running, told


def test_written_sound_is_played_by_the_speaker(sound_server: Any) -> None:
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


def test_microphone_sound_arrives_in_frames_of_20_ms(sound_server: Any) -> None:
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


def test_the_speaker_is_silent_after_it_is_cleared(sound_server: Any) -> None:
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


def test_underruns_are_logged_when_the_speaker_is_closed(sound_server: Any) -> None:
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


def test_a_card_that_disappears_is_reported_and_reopened_when_it_comes_back(sound_server: Any) -> None:
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
            assert "the microphone 'VirtualMicrophone'" in lost or "the speaker 'VirtualSpeaker'" in lost
        finally:
            sound_server.plug_in()
        assert told(process) == {
            "reopened": "using the microphone 'VirtualMicrophone' and the speaker 'VirtualSpeaker'",
            "played": True,
        }
        assert told(process) == {"hears": True, "speaks": True}


def test_speech_ends_when_the_speaker_disappears_and_nobody_reads_the_microphone(sound_server: Any) -> None:
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


def test_after_a_stall_the_last_two_seconds_are_heard_and_the_loss_is_logged(sound_server: Any) -> None:
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
