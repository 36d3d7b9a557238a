"""The names of espeak's voices, as a config is checked for them without loading espeak."""

from __future__ import annotations

import subprocess
import sys

import pytest

from voicebot_offline.synthesis.espeak_library import library
from voicebot_offline.synthesis.synthesizer import EspeakOptions
from voicebot_offline.synthesis.voice_files import voice_files


def advice_on(language="en-US", **options):
    return [(one.severity, one.message) for one in EspeakOptions(**options).advice(language)]


def test_every_name_that_espeak_itself_lists_is_known():
    files = voice_files()
    assert [name for name in library().voices() if files.problem_with(name)] == []
    assert list(files.variants) == library().variants()


@pytest.mark.parametrize(
    "name", ["en-us", "EN-GB", "English (Scotland)", "german", "de+f2", "en-us+Mr serious", "gmw/en-US", "f2"]
)
def test_names_that_espeak_accepts_are_accepted(name):
    assert library().has_voice(name)
    assert advice_on(voice=name) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("en-uk", "espeak-ng has no voice 'en-uk'; similar names: en-us, en-gb"),
        ("en-gb-scotlnd", "espeak-ng has no voice 'en-gb-scotlnd'; similar names: en-gb-scotland"),
        ("Scotland", "espeak-ng has no voice 'Scotland'; similar names: "),
        ("en-us+m33", "the voice 'en-us' has no variant 'm33'; similar names: m3"),
        ("0123", "espeak-ng has no voice '0123'; languages are voices: en-us, de, fr"),
    ],
)
def test_an_unknown_voice_is_an_error_with_similar_names(name, message):
    ((severity, said),) = advice_on(voice=name)
    assert severity == "error"
    assert said.startswith(message)


def test_a_language_without_a_voice_is_warned_about_unless_a_voice_is_set():
    assert advice_on("so-SO") == [("warning", "espeak-ng does not speak so-SO, so it speaks as en-us")]
    assert advice_on("so-SO", voice="sw") == advice_on("de-AT") == []


def test_checking_a_name_does_not_load_espeak():
    program = (
        "import sys\n"
        "from voicebot_offline.synthesis.synthesizer import EspeakOptions\n"
        "assert list(EspeakOptions(voice='nobody').advice('en'))\n"
        "assert 'voicebot_offline.synthesis.espeak_library' not in sys.modules\n"
        "assert 'espeakng_loader' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
