"""Endpoints are listed and chosen, and an interrupt ends the process."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import pytest

from .sound_card import loud, next_report, running


def test_all_endpoints_are_listed_with_the_systems_default(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    tell(endpoints=[[e.index, e.name, e.direction, e.default] for e in device.endpoints() if not e.monitor])
    tell(monitors=[e.name for e in device.endpoints() if e.monitor])
"""
    with running(converse, sound_server.environment) as process:
        endpoints = next_report(process)["endpoints"]
        monitors = next_report(process)["monitors"]

    assert monitors == ["Monitor of VirtualSpeaker", "Monitor of Wire"]
    assert [2, "VirtualMicrophone", "input", True] in endpoints
    assert [0, "VirtualSpeaker", "output", True] in endpoints
    assert [1, "Wire", "output", False] in endpoints
    assert sum(default for *_, default in endpoints) == 2


def test_a_speaker_can_be_selected_by_part_of_its_name(sound_server: Any) -> None:
    converse = """
async def converse(device, stream):
    await stream.write(tone(0.5))
    await stream.drain()
    tell(played=stream.played)
"""
    with sound_server.recording(16_000) as path:
        with running(converse, sound_server.environment, speaker="wire") as process:
            assert next_report(process)["played"] == pytest.approx(0.5, abs=0.001)
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
        assert next_report(process) == {"microphone": used}


def test_a_monitor_that_the_system_prefers_is_not_listened_to(sound_server: Any) -> None:
    sound_server.pactl("set-default-source", "speaker.monitor")
    try:
        with running(LISTENING, sound_server.environment) as process:
            assert next_report(process) == {"microphone": "VirtualMicrophone"}
    finally:
        sound_server.pactl("set-default-source", "microphone")


@pytest.mark.parametrize("option", ["speaker", "microphone"])
def test_an_unknown_device_is_refused_with_the_choices(sound_server: Any, option: str) -> None:
    converse = """
async def converse(device, stream):
    async for _ in stream:
        tell(error="opened")
        break
"""
    with running(converse, sound_server.environment, **{option: "gramophone"}) as process:
        error = next_report(process)["error"]

    assert error.startswith(f"sound-card: there is no {option} 'gramophone'; choose one of: ")
    assert {"speaker": "0 'VirtualSpeaker', 1 'Wire'", "microphone": "2 'VirtualMicrophone'"}[option] in error


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a sound card cannot be hidden")
def test_without_a_sound_system_one_sentence_says_what_else_to_do() -> None:
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
        error = next_report(process)["error"]

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
        assert next_report(process) == {"hears": True}
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
        assert next_report(process) == {"hears": True}
        with sound_server.frozen():
            if noticed:
                assert next_report(process) == {"lost": True}
            process.send_signal(signal.SIGINT)
            assert next_report(process) == {"interrupted": True}
            assert process.wait(30) == 0
