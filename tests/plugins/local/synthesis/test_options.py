"""What the options accept, and what is advised about them before anything is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pydantic
import pytest

from voicebot_local.synthesis.options import PiperOptions

pytest.importorskip("piper", reason="the extra local is not installed")


def advice_on(language="en-US", **options):
    return [(one.option, one.severity, one.message) for one in PiperOptions(**options).advice(language)]


@pytest.fixture
def hum(folder: Path, make_voice) -> Path:
    return make_voice(folder, "en_US-hum-low")


def test_a_voice_that_is_here_needs_no_advice(hum: Path):
    assert advice_on(voice="en_US-hum-low") == advice_on(voice=str(hum)) == []
    assert advice_on("en-GB", voice="en_US-hum-low") == []


def test_a_voice_that_has_to_be_fetched_is_an_error_with_the_command_that_does_so(folder: Path):
    message = (
        "the voice en_US-lessac-medium is not on this machine; fetch it with "
        "`voicebot models fetch piper/en_US-lessac-medium` (63 MB)"
    )
    assert advice_on(voice="en_US-lessac-medium") == [("voice", "error", message)]
    mapped = advice_on(voices={"en": "en_US-lessac-medium"}, voice="en_US-lessac-medium")
    assert mapped == [("voices", "error", message), ("voice", "error", message)]


@pytest.mark.parametrize("voice", ["en_US-lesac-medium", "nowhere.onnx"])
def test_a_voice_that_does_not_exist_is_an_error(folder: Path, voice: str):
    assert [(option, severity) for option, severity, _ in advice_on(voice=voice)] == [("voice", "error")]
    mapped = advice_on(voices={"de": voice})
    assert [(option, severity) for option, severity, _ in mapped] == [("voices", "error")]


def test_a_speaker_that_does_not_exist_is_an_error(hum: Path):
    ((option, severity, message),) = advice_on(voice="en_US-hum-low", speaker="anna")
    assert (option, severity) == ("speaker", "error")
    assert "has only one speaker" in message


def test_a_config_of_something_else_is_an_error(hum: Path):
    Path(f"{hum}.json").write_text('{"model": "gpt"}')
    ((option, severity, message),) = advice_on(voice="en_US-hum-low")
    assert (option, severity) == ("voice", "error")
    assert "is not the config of a piper voice" in message


def test_a_language_that_no_voice_speaks_is_warned_about_with_a_voice_that_does(hum: Path):
    assert advice_on("de-AT", voice="en_US-hum-low") == [
        (
            "voice",
            "warning",
            "the voice en_US-hum-low does not speak de-AT and reads it as en-US; "
            "set `voices: {de: de_DE-thorsten-medium}`",
        )
    ]
    ((_, _, message),) = advice_on("so-SO", voice="en_US-hum-low")
    assert message.endswith("piper has none for it that could be fetched")


def test_a_language_that_another_voice_speaks_is_not_warned_about(hum: Path, folder: Path, make_voice):
    make_voice(folder, "de_DE-hum-low", language="de_DE")
    assert advice_on("de-AT", voice="en_US-hum-low", voices={"de": "de_DE-hum-low"}) == []
    assert advice_on("de-AT") == []


@pytest.mark.parametrize(
    "options",
    [
        {"voice": ""},
        {"voices": {"german": "de_DE-thorsten-low"}},
        {"length_scale": 0},
        {"length_scale": 9},
        {"noise_scale": -1},
        {"noise_w": 3},
        {"volume": 300},
        {"rate": 2},
    ],
)
def test_values_out_of_range_are_refused(options):
    with pytest.raises(pydantic.ValidationError):
        PiperOptions(**options)


@pytest.mark.slow
def test_advice_loads_neither_piper_nor_the_model(hum: Path):
    program = (
        "import sys\n"
        "from voicebot_local.synthesis.options import PiperOptions\n"
        f"assert not list(PiperOptions(voice={str(hum)!r}).advice('en-US'))\n"
        "assert not {'piper', 'onnxruntime', 'numpy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
