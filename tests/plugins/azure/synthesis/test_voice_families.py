"""The table of voice families, and the advice that follows from it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from voicebot import Advice
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.voices.advice import voice_advice
from voicebot_azure.synthesis.voices.families import (
    FAMILIES,
    family_of,
    languages_of,
    locale_of,
    regions_of,
    retirement_of,
    spoken_as,
)
from voicebot_azure.synthesis.voices.options import VoiceOptions
from voicebot_emulator.text_to_speech import catalogue

TODAY = date(2026, 11, 22)


def advice(region: str | None = "swedencentral", language: str = "en-US", **options: Any) -> list[Advice]:
    return list(voice_advice(VoiceOptions(**options), region, language, TODAY))


@pytest.mark.parametrize(
    ("voice", "title"),
    [
        ("en-US-OnyxMultilingualNeuralHD", "OpenAI HD"),
        ("en-US-OnyxMultilingualNeural", "OpenAI"),
        ("en-US-OnyxTurboMultilingualNeural", "OpenAI turbo"),
        ("en-US-AshTurboMultilingualNeural", "OpenAI turbo"),
        ("en-US-Ava:DragonHDLatestNeural", "Dragon HD"),
        ("en-us-ava:dragonhdomnilatestneural", "Dragon HD Omni"),
        ("zh-CN-Xiaochen:DragonHDFlashLatestNeural", "Dragon HD Flash"),
        ("en-us-Jasper:MAI-Voice-1", "MAI-Voice-1"),
        ("en-US-Harper:MAI-Voice-2-Flash", "MAI-Voice"),
        ("en-US-AvaMultilingualNeural", "multilingual neural"),
        ("de-DE-KatjaNeural", "neural"),
        ("my-own-custom-voice", "neural"),
    ],
)
def test_the_family_follows_from_the_name_of_a_voice(voice: str, title: str) -> None:
    assert family_of(voice).title == title


def test_every_voice_of_the_service_that_has_word_timings_is_known_to_have_them() -> None:
    for voice in catalogue.hosted("eastus") + catalogue.hosted("swedencentral"):
        assert family_of(voice.name).word_timings == voice.family.word_timings, voice.name


@pytest.mark.parametrize("region", ["swedencentral", "northcentralus", "westeurope", "eastus", "uksouth"])
def test_every_voice_is_known_to_be_in_the_regions_that_have_it(region: str) -> None:
    there = {voice.name for voice in catalogue.hosted(region)}
    everywhere = {voice.name for r in ("swedencentral", "eastus") for voice in catalogue.hosted(r)}
    for name in everywhere:
        regions = regions_of(family_of(name))
        assert (regions is None or region in regions) == (name in there), name


@pytest.mark.parametrize(
    ("voice", "locale"),
    [
        ("en-US-AvaMultilingualNeural", "en-US"),
        ("zh-CN-liaoning-XiaobeiNeural", "zh-CN"),
        ("iu-Latn-CA-SiqiniqNeural", "iu-Latn-CA"),
        ("fil-PH-BlessicaNeural", "fil-PH"),
        ("Contoso Neural", None),
    ],
)
def test_a_voice_speaks_the_language_that_its_name_begins_with(voice: str, locale: str | None) -> None:
    assert locale_of(voice) == locale
    assert languages_of(voice)[:1] == ((locale,) if locale else ())


@pytest.mark.parametrize(
    ("voice", "language", "tag"),
    [
        ("en-US-AvaMultilingualNeural", "de-DE", "de-DE"),
        ("en-US-AvaMultilingualNeural", "DE-de", "de-DE"),
        ("en-US-AvaMultilingualNeural", "de", "de-DE"),
        ("en-US-AvaMultilingualNeural", "en-NZ", "en-US"),
        ("en-GB-AdaMultilingualNeural", "en", "en-GB"),
        ("en-US-AvaMultilingualNeural", "ga", "ga-IE"),
        ("en-US-AvaMultilingualNeural", "en-GB", "en-GB"),
        ("en-US-OnyxMultilingualNeuralHD", "en-GB", "en-US"),
        ("en-US-OnyxMultilingualNeuralHD", "de-AT", "de-DE"),
        ("zh-CN-Xiaochen:DragonHDFlashLatestNeural", "de-DE", None),
        ("de-DE-KatjaNeural", "en-US", None),
        ("de-DE-KatjaNeural", "de-AT", "de-DE"),
    ],
)
def test_a_language_is_requested_by_a_locale_of_the_voice(voice: str, language: str, tag: str | None) -> None:
    assert spoken_as(voice, language) == tag


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.title)
def test_every_option_in_the_table_exists(family: Any) -> None:
    assert family.supports <= set(VoiceOptions.model_fields)
    assert regions_of(family) is None or regions_of(family)


def test_options_that_the_voice_supports_need_no_advice() -> None:
    assert (
        advice(voice="en-US-AriaNeural", style="cheerful", style_degree=1.5, rate=1.1, pitch=5, volume=80)
        == []
    )
    assert advice(voice="en-US-OnyxMultilingualNeuralHD", language="de-DE", sentence_pause=0.3) == []
    assert advice(voice="en-US-Ava:DragonHDOmniLatestNeural", temperature=0.5, top_p=0.5, top_k=9) == []
    assert advice(voice="my-custom-voice", style="proud", language="xx-YY") == []


@pytest.mark.parametrize(
    ("voice", "options", "left_out"),
    [
        (
            "en-US-OnyxMultilingualNeuralHD",
            {"style": "sad", "rate": 1.2, "pitch": 2, "volume": 50},
            "style rate pitch volume",
        ),
        (
            "en-US-Ava:DragonHDLatestNeural",
            {"rate": 1.2, "top_p": 0.5, "temperature": 0.5, "style": "sad"},
            "rate top_p",
        ),
        ("en-IN-Meera:DragonHDLatestNeural", {"style": "sad"}, "style"),
        ("en-US-AvaMultilingualNeural", {"temperature": 0.5, "cfg_scale": 1.5}, "temperature cfg_scale"),
        ("en-US-Harper:MAI-Voice-2", {"lexicon": "https://e.org/l.xml", "style": "sad"}, "lexicon"),
    ],
)
def test_options_that_the_voice_does_not_support_are_warned_of(
    voice: str, options: dict[str, Any], left_out: str
) -> None:
    found = advice(region=None, voice=voice, **options)
    assert {item.option for item in found} == set(left_out.split())
    assert all("left out" in item.message and item.severity == "warning" for item in found)


def test_the_turbo_voice_is_recommended_for_what_an_openai_voice_does_not_support() -> None:
    (item,) = advice(voice="en-US-OnyxMultilingualNeuralHD", rate=1.2)
    assert "`en-US-OnyxTurboMultilingualNeural`" in item.message
    assert catalogue.find("en-US-OnyxTurboMultilingualNeural")


def test_a_temperature_below_the_lowest_of_omni_voices_is_warned_of() -> None:
    (item,) = advice(voice="en-US-Ava:DragonHDOmniLatestNeural", temperature=0.1)
    assert item.option == "temperature"
    assert "0.3" in item.message


def test_a_degree_without_a_style_is_warned_of() -> None:
    (item,) = advice(voice="en-US-AriaNeural", style_degree=2)
    assert item.option == "style_degree"


def test_a_region_without_the_voice_is_warned_of_with_the_regions_that_have_it() -> None:
    (item,) = advice(region="westeurope", voice="en-US-OnyxMultilingualNeuralHD")
    assert item.option == "voice"
    assert "westeurope" in item.message
    assert "swedencentral, northcentralus" in item.message


@pytest.mark.parametrize(
    ("options", "language", "option"),
    [
        ({"voice": "de-DE-KatjaNeural"}, "en-US", "voice"),
        ({"voice": "en-US-AvaMultilingualNeural", "language": "tlh"}, "en-US", "language"),
        ({"voice": "zh-CN-Xiaochen:DragonHDFlashLatestNeural"}, "de-DE", "voice"),
    ],
)
def test_a_language_that_the_voice_does_not_speak_is_warned_of(
    options: dict[str, Any], language: str, option: str
) -> None:
    (item,) = voice_advice(VoiceOptions(**options), None, language, TODAY)
    assert item.option == option
    assert "does not speak" in item.message


def test_a_retired_voice_is_warned_of_with_its_replacement() -> None:
    (item,) = advice(voice="en-GB-MiaNeural", language="en-GB")
    assert "was retired on 2021-10-30" in item.message
    assert "use the voice en-GB-SoniaNeural" in item.message


@pytest.mark.parametrize(
    ("today", "said"), [(date(2024, 2, 1), "will be retired on 2024-02-29"), (date(2023, 11, 1), "")]
)
def test_a_retirement_is_announced_three_months_before(today: date, said: str) -> None:
    options = VoiceOptions(voice="zh-CN-XiaoxuanNeural", language="zh-CN")
    found = list(voice_advice(options, None, "zh-CN", today))
    assert [said in item.message for item in found] == ([True] if said else [])


def test_a_voice_without_a_date_is_not_retired() -> None:
    assert retirement_of("en-US-AvaMultilingualNeural") is None


def test_the_options_advise_on_the_account_and_the_voice_together() -> None:
    options = AzureSynthesizerOptions(key="k", region="westeuropa", voice="en-US-EchoMultilingualNeural")  # type: ignore[arg-type]
    assert [item.option for item in options.advice("en-US")] == ["region", "voice"]
