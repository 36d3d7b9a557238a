"""How a config names a microphone or a speaker."""

from __future__ import annotations

import pytest

from voicebot import DeviceError, Endpoint
from voicebot_audio.endpoints import match

NAMES = ["Built-in Audio", "USB Headset", "USB Headset (2)", "Monitor of 7"]
MICROPHONES = [Endpoint(index, name, "input") for index, name in enumerate(NAMES)]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [(0, 0), ("1", 1), ("built-in", 0), ("usb headset", 1), ("(2)", 2), ("7", 3), (" Built-In Audio ", 0)],
)
def test_an_index_a_name_or_an_unmistakable_part_of_a_name_is_enough(wanted: str | int, index: int) -> None:
    assert match(MICROPHONES, "input", wanted) == MICROPHONES[index]


def test_the_systems_own_choice_is_left_to_the_system() -> None:
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
def test_what_cannot_be_told_is_refused_with_the_choices(wanted: str | int, message: str) -> None:
    with pytest.raises(DeviceError) as caught:
        match(MICROPHONES, "input", wanted)
    assert str(caught.value) == f"sound-card: {message}"
