"""The SSML that is sent, checked against the service's rules as the emulator implements them."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any
from xml.etree import ElementTree

import pytest

from voicebot_azure.synthesis.ssml import (
    MAX_CHUNK,
    billed_characters,
    ends_sentence,
    speech_markup,
    split_into_chunks,
)
from voicebot_azure.synthesis.voices.options import VoiceOptions
from voicebot_emulator.text_to_speech.ssml import LONGEST, read

EVERYTHING = {
    "style": "cheerful",
    "style_degree": 1.5,
    "role": "YoungAdultFemale",
    "rate": 1.25,
    "pitch": -10,
    "volume": 80,
    "temperature": 0.2,
    "top_p": 0.5,
    "top_k": 20,
    "cfg_scale": 1.5,
    "lexicon": "https://example.org/lexicon.xml?a=1&b=2",
    "sentence_pause": 0.35,
}
VOICES = {  # one of each family, in a region that has it
    "en-US-AriaNeural": "eastus",
    "en-US-AvaMultilingualNeural": "eastus",
    "en-US-OnyxTurboMultilingualNeural": "swedencentral",
    "en-US-OnyxMultilingualNeural": "swedencentral",
    "en-US-OnyxMultilingualNeuralHD": "swedencentral",
    "en-US-Ava:DragonHDLatestNeural": "swedencentral",
    "en-IN-Meera:DragonHDLatestNeural": "swedencentral",
    "en-US-Ava:DragonHDOmniLatestNeural": "swedencentral",
    "zh-CN-Xiaochen:DragonHDFlashLatestNeural": "eastus",
    "en-US-Jasper:MAI-Voice-1": "eastus",
    "en-US-Harper:MAI-Voice-2-Flash": "uksouth",
}


def said(markup: str) -> str:
    return "".join(ElementTree.fromstring(markup).itertext())


@pytest.mark.parametrize(("voice", "language"), [*product(VOICES, (None, "en-US", "de-DE", "xx"))])
def test_the_service_accepts_the_ssml_of_any_options(voice: str, language: str | None) -> None:
    (part,) = read(speech_markup(VoiceOptions(voice=voice, **EVERYTHING), "Hi.", language), VOICES[voice])
    assert part.pieces == ("Hi.",)


@pytest.mark.parametrize("voice", VOICES)
def test_the_service_accepts_every_option_and_every_pair_of_options(voice: str) -> None:
    for asked in (*combinations(EVERYTHING, 1), *combinations(EVERYTHING, 2)):
        options = VoiceOptions(voice=voice, **{name: EVERYTHING[name] for name in asked})
        for language in (None, "de-DE"):
            markup = speech_markup(options, "Hi.", language)
            (part,) = read(markup, VOICES[voice])
            assert part.pieces == ("Hi.",), asked


@pytest.mark.parametrize("option", ["lexicon", "sentence_pause"])
def test_elements_that_apply_to_the_whole_text_come_before_it(option: str) -> None:
    markup = speech_markup(VoiceOptions(voice="en-US-AriaNeural", **{option: EVERYTHING[option]}), "Hi.")
    assert markup.endswith("/>Hi.</voice></speak>")


def test_a_degree_without_a_style_is_left_out() -> None:
    assert "express-as" not in speech_markup(VoiceOptions(voice="en-US-AriaNeural", style_degree=1.5), "Hi.")


@pytest.mark.parametrize(
    ("voice", "inside"),
    [
        (
            "en-US-AriaNeural",
            '<voice name="en-US-AriaNeural"><lexicon uri="https://example.org/lexicon.xml?a=1&amp;b=2" />'
            '<mstts:silence type="Sentenceboundary-exact" value="350ms" />'
            '<mstts:express-as style="cheerful" styledegree="1.5" role="YoungAdultFemale">'
            '<prosody rate="1.25" pitch="-10%" volume="80">Hi.</prosody></mstts:express-as></voice>',
        ),
        (
            "en-US-OnyxMultilingualNeuralHD",
            '<voice name="en-US-OnyxMultilingualNeuralHD">Hi.</voice>',
        ),
        (
            "en-US-Ava:DragonHDOmniLatestNeural",
            '<voice name="en-US-Ava:DragonHDOmniLatestNeural" '
            'parameters="temperature=0.3;top_p=0.5;top_k=20;cfg_scale=1.5">'
            '<lexicon uri="https://example.org/lexicon.xml?a=1&amp;b=2" />'
            '<mstts:express-as style="cheerful">Hi.</mstts:express-as></voice>',
        ),
    ],
)
def test_options_that_the_voice_does_not_support_are_left_out(voice: str, inside: str) -> None:
    markup = speech_markup(VoiceOptions(voice=voice, **EVERYTHING), "Hi.")
    assert inside in markup


def test_without_options_the_ssml_has_no_style_or_prosody() -> None:
    assert speech_markup(VoiceOptions(voice="de-DE-KatjaNeural"), "Hallo.") == (
        '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" '
        'xmlns:mstts="http://www.w3.org/2001/mstts" xml:lang="de-DE">'
        '<voice name="de-DE-KatjaNeural">Hallo.</voice></speak>'
    )


@pytest.mark.parametrize(
    ("options", "language", "expected"),
    [
        ({}, "de-DE", 'xml:lang="de-DE"><voice name="en-US-AvaMultilingualNeural"><lang xml:lang="de-DE">'),
        ({}, "en-US", 'xml:lang="en-US"><voice name="en-US-AvaMultilingualNeural">Hi'),
        ({"language": "fr-FR"}, "de-DE", '<lang xml:lang="fr-FR">'),
        ({}, "xx-YY", 'xml:lang="en-US"><voice name="en-US-AvaMultilingualNeural">Hi'),
        ({"voice": "my-voice"}, "sv-SE", 'xml:lang="sv-SE"><voice name="my-voice">Hi'),
        ({"voice": "en-US-EchoMultilingualNeural"}, "de-CH", '<lang xml:lang="de-DE">Hi'),
    ],
)
def test_the_ssml_for_a_multilingual_voice_names_the_language(
    options: dict[str, Any], language: str, expected: str
) -> None:
    assert expected in speech_markup(VoiceOptions(**options), "Hi", language)


@pytest.mark.parametrize(
    "text",
    [
        "Tom & Jerry <3 \"quotes\" 'n' so on ]]> <!-- no --> &amp; &lt;",
        "</voice></speak><voice name='en-US-GuyNeural'>mine</voice>",
        '<break time="20s"/><?xml version="1.0"?><!DOCTYPE speak>',
        "Grüße 你好 नमस्ते שלום 🎉👩‍👩‍👧 e\u0301",
        "a\ttab and\nlines",
    ],
)
@pytest.mark.parametrize("voice", ["en-US-AriaNeural", "en-US-OnyxMultilingualNeuralHD"])
def test_text_is_never_taken_for_markup(text: str, voice: str) -> None:
    markup = speech_markup(VoiceOptions(voice=voice, rate=1.2), text)
    assert said(markup) == text
    (part,) = read(markup, "swedencentral")
    assert part.pieces == (text,)
    assert part.voice.name == voice


def test_a_voice_or_style_cannot_break_out_of_its_attribute() -> None:
    options = VoiceOptions(voice='en"><break/>', style="a'\"<&>", role="x")
    element = ElementTree.fromstring(speech_markup(options, "Hi"))
    assert [child.tag.rpartition("}")[2] for child in element.iter()] == ["speak", "voice", "express-as"]


def test_characters_that_xml_cannot_contain_become_spaces_so_that_words_keep_their_positions() -> None:
    text = "a\x00b\x0bc\ud800d\ufffee\x7f"
    markup = speech_markup(VoiceOptions(), text)
    markup.encode()
    assert said(markup) == "a b c d e\x7f"


@pytest.mark.parametrize(
    "text", ["", "   ", "One. " * 2000, "word " * 4000, "x" * 10_000, "你好。" * 3000, "&" * 10_000]
)
def test_long_text_is_split_into_chunks_that_the_service_accepts(text: str) -> None:
    found = list(split_into_chunks(text))
    assert "".join(piece for _, piece in found).strip() == text.strip()
    assert all(text[first:].startswith(piece) for first, piece in found)
    assert all(0 < len(piece) <= MAX_CHUNK for _, piece in found)
    assert all(len(speech_markup(VoiceOptions(**EVERYTHING), piece).encode()) < LONGEST for _, piece in found)


def test_text_is_split_between_sentences_where_possible() -> None:
    for sentence in (
        "This is one. ",
        "यह एक है। ",
        "یہ ایک ہے۔ ",
        "هل هذا واحد؟ ",
        "これは「一つ。」",
        "ይህ አንድ ነው። ",
    ):
        assert all(piece.endswith(sentence) for _, piece in split_into_chunks(sentence * 500))


@pytest.mark.parametrize(
    ("text", "ends"),
    [("Yes.", True), ("Really?! ", True), ("“So.”", True), ("好。", True), ("Well,", False), ("and", False)]
    + [
        (text, True)
        for text in ("हाँ।", "نعم؟", "ہاں۔", "Այո։", "አዎ።", "ကောင်း။", "បាទ។", "「好。」", "«Oui.»")
    ],
)
def test_a_clause_is_not_a_sentence(text: str, ends: bool) -> None:
    assert ends_sentence(text) is ends


def test_no_option_can_break_out_of_its_attribute():
    evil = "\x00\x1b\ufffe\"'><break time='9s'/>&amp;\n"
    options = VoiceOptions(
        voice="en-US-AriaNeural", style=evil, role=evil, lexicon='https://x/\x00"><break/>'
    )

    root = ElementTree.fromstring(speech_markup(options, f"a{evil}b"))

    assert [element.tag.rpartition("}")[2] for element in root.iter() if "break" in element.tag] == []
    assert [v for e in root.iter() for v in e.attrib.values() if not v.isprintable() and "\n" not in v] == []


@pytest.mark.parametrize(
    ("options", "text", "billed"),
    [
        ({}, "Aye, aye.", "Aye, aye."),
        ({"rate": 1.2}, "Aye.", '<prosody rate="1.2">Aye.</prosody>'),
        ({"language": "de-DE"}, "Ja.", '<lang xml:lang="de-DE">Ja.</lang>'),
        ({}, "a < voice", "a &lt; voice"),
        ({}, "</voice> <speak>", "&lt;/voice&gt; &lt;speak&gt;"),
    ],
)
def test_all_markup_is_billed_but_speak_and_voice(options: dict[str, Any], text: str, billed: str) -> None:
    markup = speech_markup(VoiceOptions(voice="en-US-AvaMultilingualNeural", **options), text)
    assert billed_characters(markup) == len(billed)


def test_signs_of_han_are_billed_twice() -> None:
    assert billed_characters("\u4f60\u597d, Ava") == 2 * 2 + len(", Ava")
    assert billed_characters("\u3053\u3093") == 2
