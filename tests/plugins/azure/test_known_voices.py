"""The voices that Microsoft lists: one that is mistyped, and a style that one does not have."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from voicebot import Advice
from voicebot_azure.known_voices import known_voices, roles_of, styles_of, voices_like
from voicebot_azure.manner import Manner, advice_on
from voicebot_emulator.text_to_speech import catalogue


def advice(**options: Any) -> list[Advice]:
    return list(advice_on(Manner(**options), "swedencentral", "en-US", date(2026, 11, 28)))


def test_the_list_is_the_one_that_the_emulator_has() -> None:
    assert set(known_voices().values()) >= {voice.name for voice in catalogue.hosted("swedencentral")}


@pytest.mark.parametrize(
    ("voice", "near"),
    [
        ("en-US-OnixMultilingualNeuralHD", "en-US-OnyxMultilingualNeuralHD"),
        ("en-US-AvaMultilingualNeurl", "en-US-AvaMultilingualNeural"),
        ("en-US-AvaMultilingual", "en-US-AvaMultilingualNeural"),
        ("en-US-Ava:DragonHDLatest", "en-US-Ava:DragonHDLatestNeural"),
        ("alloy", "en-US-AlloyTurboMultilingualNeural"),
        ("Katja", "de-DE-KatjaNeural"),
    ],
)
def test_a_mistyped_voice_gets_a_suggestion(voice: str, near: str) -> None:
    assert near in voices_like(voice)
    (told,) = [one for one in advice(voice=voice) if "not known" in one.message]
    assert (told.option, told.severity) == ("voice", "warning")
    assert f"'{near}'" in told.message


@pytest.mark.parametrize("voice", ["my-custom-voice", "ContosoNeural", "en-us-avamultilingualneural", "xy"])
def test_a_voice_of_ones_own_or_in_other_case_is_let_alone(voice: str) -> None:
    assert advice(voice=voice) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"voice": "en-US-JennyNeural", "style": "cheerfull"}, "style 'cheerfull'; did you mean 'cheerful'?"),
        ({"voice": "en-us-guyneural", "style": "poetry-reading"}, "style 'poetry-reading'; it has angry, "),
        ({"voice": "en-US-AvaMultilingualNeural", "style": "pirate"}, "style 'pirate'; it has none"),
        ({"voice": "zh-CN-YunxiNeural", "role": "Narator"}, "role 'Narator'; did you mean 'Narrator'?"),
        ({"voice": "en-US-JennyNeural", "role": "Boy"}, "role 'Boy'; it has none"),
    ],
)
def test_a_style_or_role_that_the_voice_does_not_have_is_an_error(options: dict[str, Any], said: str) -> None:
    (told,) = [one for one in advice(**options) if one.severity == "error"]
    assert said in told.message


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
def test_a_style_that_the_voice_has_or_may_have_is_let_alone(options: dict[str, Any]) -> None:
    assert [one for one in advice(**options) if one.option in {"style", "role"}] == []


def test_all_voices_with_styles_or_roles_are_in_the_list() -> None:
    assert styles_of("en-US-AriaNeural")
    assert roles_of("zh-CN-YunzeNeural") == ("OlderAdultMale", "SeniorMale")
    assert styles_of("en-US-Ava:DragonHDLatestNeural") is None
