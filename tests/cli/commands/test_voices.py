"""`voicebot voices`: lists voices and filters them."""

from __future__ import annotations

import json

import pytest

CHOIR = "synthesizer: {provider: choir}"


def names(ran):
    assert ran.returncode == 0, ran.stderr
    return [voice["name"] for voice in json.loads(ran.stdout)]


def test_voices_are_a_table_in_which_long_lists_of_languages_are_shortened(voicebot):
    voicebot.write("bot.yaml", CHOIR)

    ran = voicebot("voices", "bot.yaml")

    assert (ran.returncode, ran.stdout.splitlines()) == (
        0,
        [
            "VOICE     LANGUAGES                       GENDER  DESCRIPTION",
            "Anna      en-US                           female  calm",
            "Clara:HD  en-GB, fr-FR, es-ES and 2 more  female  at home everywhere",
            "Bruno     de-AT                           male    deep",
            "Old Tom   en-GB                           male    once the HD of his time",
        ],
    )


def test_a_language_matches_by_prefix_and_native_voices_come_first(voicebot):
    voicebot.write("bot.yaml", CHOIR)

    ran = voicebot("voices", "bot.yaml", "--language", "de")

    assert [line.split()[0] for line in ran.stdout.splitlines()] == ["VOICE", "Bruno", "Clara:HD"]
    assert "en-GB, de-DE, fr-FR and 2 more" in ran.stdout


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--language", "DE-at"], ["Bruno"]),
        (["--language", "e"], []),
        (["--search", "hd"], ["Clara:HD", "Old Tom"]),
        (["--search", "Home Every"], ["Clara:HD"]),
        (["--search", "hd", "--language", "en-GB"], ["Clara:HD", "Old Tom"]),
        (["--search", "hd", "--language", "fr"], ["Clara:HD"]),
    ],
    ids=" ".join,
)
def test_only_matching_voices_are_listed(voicebot, options, found):
    voicebot.write("bot.yaml", CHOIR)

    assert names(voicebot("voices", "bot.yaml", "--json", *options)) == found


def test_json_contains_every_field(voicebot):
    voicebot.write("bot.yaml", CHOIR)

    ran = voicebot("voices", "bot.yaml", "--json", "--search", "clara")

    assert json.loads(ran.stdout) == [
        {
            "name": "Clara:HD",
            "languages": ["en-GB", "fr-FR", "es-ES", "de-DE", "it-IT"],
            "gender": "female",
            "description": "at home everywhere",
        }
    ]


def test_if_none_matches_the_total_number_is_shown(voicebot):
    voicebot.write("bot.yaml", CHOIR)

    ran = voicebot("voices", "bot.yaml", "--language", "pl", "--search", "hd")

    assert (ran.returncode, ran.stdout) == (0, "")
    assert "warning: none of the 4 voices matches --language pl --search hd\n" in ran.stderr


def test_a_language_name_instead_of_a_tag_gets_an_example(voicebot):
    voicebot.write("bot.yaml", CHOIR)

    told = "warning: none of the 4 voices matches --language german; --language takes a tag such as de\n"
    assert told in voicebot("voices", "bot.yaml", "--language", "german").stderr


def test_a_synthesizer_without_a_choice_of_voices_is_reported(voicebot):
    ran = voicebot("voices", "scripted.yaml")

    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr == "warning: the synthesizer 'scripted' has no voices to choose from\n"


def test_voices_are_listed_even_if_the_configured_one_does_not_exist(voicebot):
    voicebot.write("bot.yaml", "synthesizer: {provider: choir, voice: Nobody}")

    assert names(voicebot("voices", "bot.yaml", "--search", "bruno", "--json")) == ["Bruno"]


def test_neither_recogniser_nor_chat_model_is_started(voicebot):
    voicebot.write("bot.yaml", CHOIR, chat="start: raises")

    assert voicebot("voices", "bot.yaml").returncode == 0


def test_voices_are_listed_even_if_the_voice_option_is_invalid(voicebot):
    voicebot.write("bot.yaml", "synthesizer: {provider: espeak, voice: en-uk}")

    assert voicebot("check", "bot.yaml").returncode == 2
    assert "en-gb" in names(voicebot("voices", "bot.yaml", "--json"))
