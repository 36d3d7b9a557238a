"""How a config names a microphone or a speaker."""

from __future__ import annotations

import re

import pytest

from voicebot import DeviceError, Endpoint
from voicebot_audio.endpoints import instead_of_monitor, match

NAMES = ["Built-in Audio", "USB Headset", "USB Headset (2)", "Monitor of 7"]
MICROPHONES = [Endpoint(index, name, "input") for index, name in enumerate(NAMES)]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [(0, 0), ("1", 1), ("built-in", 0), ("usb headset", 1), ("(2)", 2), ("7", 3), (" Built-In Audio ", 0)],
)
def test_an_index_a_name_or_an_unambiguous_part_of_a_name_is_enough(wanted: str | int, index: int) -> None:
    assert match(MICROPHONES, "input", wanted) == MICROPHONES[index]


def test_the_default_endpoint_is_left_to_the_system() -> None:
    assert match(MICROPHONES, "input", None) is None


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("usb", "2 microphones match 'usb'; choose one of: 1 'USB Headset', 2 'USB Headset (2)'"),
        (
            "webcam",
            "there is no microphone 'webcam'; choose one of: 0 'Built-in Audio', 1 'USB Headset', "
            "2 'USB Headset (2)', 3 'Monitor of 7'",
        ),
        (
            9,
            "there is no microphone 9; choose one of: 0 'Built-in Audio', 1 'USB Headset', "
            "2 'USB Headset (2)', 3 'Monitor of 7'",
        ),
    ],
)
def test_an_ambiguous_or_unknown_endpoint_is_refused_with_the_choices(
    wanted: str | int, message: str
) -> None:
    with pytest.raises(DeviceError) as caught:
        match(MICROPHONES, "input", wanted)
    assert str(caught.value) == f"sound-card: {message}"


SOURCES = [
    Endpoint(0, "Monitor of USB Audio", "input", default=True, monitor=True),
    Endpoint(1, "USB Audio", "input"),
    Endpoint(2, "Webcam", "input"),
    Endpoint(3, "Monitor of Webcam", "input", monitor=True),
]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [("USB", 1), ("usb audio", 1), ("1", 1), ("monitor of usb audio", 0), ("Monitor of Webcam", 3)],
)
def test_a_monitor_is_not_a_microphone_unless_its_whole_name_is_given(wanted: str, index: int) -> None:
    assert match(SOURCES, "input", wanted) == SOURCES[index]


@pytest.mark.parametrize(
    ("wanted", "endpoints", "message"),
    [
        (
            "monitor",
            SOURCES,
            "there is no microphone 'monitor' ('Monitor of USB Audio' and 'Monitor of Webcam' record what "
            "speakers play, and only the whole name selects it); choose one of: 1 'USB Audio', 2 'Webcam'",
        ),
        (
            0,
            SOURCES,
            "microphone 0 is a monitor; 'Monitor of USB Audio' records what a speaker plays, and only the "
            "whole name selects it",
        ),
        (
            "usb",
            SOURCES[:1],
            "there is no microphone 'usb' ('Monitor of USB Audio' records what a speaker plays, and only the "
            "whole name selects it); this system has no microphone",
        ),
    ],
)
def test_a_monitor_that_matches_in_part_is_explained(
    wanted: str | int, endpoints: list[Endpoint], message: str
) -> None:
    with pytest.raises(DeviceError) as caught:
        match(endpoints, "input", wanted)
    assert str(caught.value) == f"sound-card: {message}"


@pytest.mark.parametrize("wanted", ["", "  "])
def test_an_empty_variable_selects_nothing(wanted: str) -> None:
    assert match(MICROPHONES, "input", wanted) is None


def test_if_the_systems_default_is_a_monitor_the_only_microphone_is_used() -> None:
    assert instead_of_monitor(SOURCES[:2]) == SOURCES[1]
    assert instead_of_monitor(MICROPHONES) is None


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        (
            SOURCES[:1],
            "no microphone: this system has none ('Monitor of USB Audio' records what a speaker plays",
        ),
        (
            SOURCES[:3],
            "the system's default is not a microphone ('Monitor of USB Audio' records what a speaker",
        ),
    ],
)
def test_the_monitor_of_the_speaker_is_not_used_as_the_only_microphone(
    sources: list[Endpoint], message: str
) -> None:
    with pytest.raises(DeviceError, match=re.escape(message)):
        instead_of_monitor(sources)
