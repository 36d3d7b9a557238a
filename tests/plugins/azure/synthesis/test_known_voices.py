"""The voices that Microsoft lists: misspelt names, and styles that a voice does not have."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from voicebot import Advice
from voicebot_azure.synthesis.voices.advice import voice_advice
from voicebot_azure.synthesis.voices.known import known_voices, roles_of, similar_voices, styles_of
from voicebot_azure.synthesis.voices.options import VoiceOptions
from voicebot_emulator import catalogue


def advice(**options: Any) -> list[Advice]:
    return list(voice_advice(VoiceOptions(**options), "swedencentral", "en-US", date(2026, 11, 28)))


def test_the_list_is_the_same_as_the_emulators() -> None:
    assert set(known_voices().values()) >= {voice.name for voice in catalogue.hosted("swedencentral")}


@pytest.mark.parametrize(
    ("voice", "similar"),
    [
        ("en-US-OnixMultilingualNeuralHD", "en-US-OnyxMultilingualNeuralHD"),
        ("en-US-AvaMultilingualNeurl", "en-US-AvaMultilingualNeural"),
        ("en-US-AvaMultilingual", "en-US-AvaMultilingualNeural"),
        ("en-US-Ava:DragonHDLatest", "en-US-Ava:DragonHDLatestNeural"),
        ("alloy", "en-US-AlloyTurboMultilingualNeural"),
        ("Katja", "de-DE-KatjaNeural"),
    ],
)
def test_a_mistyped_voice_gets_a_suggestion(voice: str, similar: str) -> None:
    assert similar in similar_voices(voice)
    (item,) = [one for one in advice(voice=voice) if "not a known" in one.message]
    assert (item.option, item.severity) == ("voice", "warning")
    assert f"'{similar}'" in item.message


@pytest.mark.parametrize("voice", ["my-custom-voice", "ContosoNeural", "en-us-avamultilingualneural", "xy"])
def test_a_custom_voice_or_another_case_is_not_warned_of(voice: str) -> None:
    assert advice(voice=voice) == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"voice": "en-US-JennyNeural", "style": "cheerfull"}, "style 'cheerfull'; did you mean 'cheerful'?"),
        ({"voice": "en-us-guyneural", "style": "poetry-reading"}, "style 'poetry-reading'; it has angry, "),
        ({"voice": "en-US-AvaMultilingualNeural", "style": "pirate"}, "style 'pirate'; it has none"),
        ({"voice": "zh-CN-YunxiNeural", "role": "Narator"}, "role 'Narator'; did you mean 'Narrator'?"),
        ({"voice": "en-US-JennyNeural", "role": "Boy"}, "role 'Boy'; it has none"),
    ],
)
def test_a_style_or_role_that_the_voice_does_not_have_is_an_error(
    options: dict[str, Any], expected: str
) -> None:
    (item,) = [one for one in advice(**options) if one.severity == "error"]
    assert expected in item.message


@pytest.mark.parametrize(
    "options",
    [
        {"voice": "en-US-JennyNeural", "style": "cheerful"},
        {"voice": "zh-CN-XiaomoNeural", "style": "envious", "role": "YoungAdultFemale"},
        {"voice": "en-US-Ava:DragonHDOmniLatestNeural", "style": "whatever-is-new"},
        {"voice": "en-US-Harper:MAI-Voice-2", "style": "joyful"},
        {"voice": "en-US-SomebodyNewNeural", "style": "calm"},
    ],
)
def test_a_style_that_the_voice_has_or_may_have_is_accepted(options: dict[str, Any]) -> None:
    assert [one for one in advice(**options) if one.option in {"style", "role"}] == []


def test_all_voices_with_styles_or_roles_are_in_the_list() -> None:
    assert styles_of("en-US-AriaNeural")
    assert roles_of("zh-CN-YunzeNeural") == ("OlderAdultMale", "SeniorMale")
    assert styles_of("en-US-Ava:DragonHDLatestNeural") is None
