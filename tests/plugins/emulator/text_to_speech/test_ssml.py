"""SSML as strictly as the service reads it."""

from __future__ import annotations

import pytest

from voicebot_emulator.text_to_speech import catalogue
from voicebot_emulator.text_to_speech.ssml import Refused, read

AVA = "en-US-AvaMultilingualNeural"
HD = "en-US-OnyxMultilingualNeuralHD"
DRAGON = "en-US-Ava:DragonHDLatestNeural"


def ssml(inside: str, voice: str = AVA, more: str = "") -> str:
    return (
        '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" '
        f'xmlns:mstts="http://www.w3.org/2001/mstts" xml:lang="en-US"><voice name="{voice}"{more}>'
        f"{inside}</voice></speak>"
    )


def refusal(document: str, region: str = "swedencentral") -> str:
    with pytest.raises(Refused) as caught:
        read(document, region)
    return str(caught.value)


def test_text_and_pauses_are_read_in_order() -> None:
    (part,) = read(ssml('One <break time="250ms"/>two <prosody rate="1.2">three</prosody> four.'), "uksouth")
    assert part.pieces == ("One ", 0.25, "two ", "three", " four.")
    assert part.voice.name == AVA
    assert part.language == "en-US"


def test_several_voices_are_several_parts() -> None:
    two = ssml("One.").replace("</speak>", f'<voice name="{HD}">Two.</voice></speak>')
    assert [part.voice.name for part in read(two, "swedencentral")] == [AVA, HD]


@pytest.mark.parametrize(
    "inside",
    [
        '<mstts:express-as style="sad" styledegree="2" role="Girl">x</mstts:express-as>',
        '<mstts:silence type="Sentenceboundary" value="200ms"/>x',
        '<lexicon uri="https://example.org/l.xml"/>x',
        '\n<mstts:silence type="Leading" value="1s"/>\n<lexicon uri="https://example.org/l.xml"/><s>x</s>',
        '<lang xml:lang="de-DE"><mstts:express-as style="sad"><prosody pitch="+10%" volume="80" rate="fast">'
        "x</prosody></mstts:express-as></lang>",
        "<p><s>x</s></p>",
        'x<bookmark mark="m"/><say-as interpret-as="date">1</say-as><sub alias="why">y</sub>',
        '<phoneme alphabet="ipa" ph="a">x</phoneme><emphasis level="strong">y</emphasis>',
        '<break strength="weak"/>x',
    ],
)
def test_ssml_from_the_documentation_is_accepted(inside: str) -> None:
    assert read(ssml(inside), "swedencentral")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("", "SSML is invalid"),
        ("Hello", "SSML is invalid"),
        (ssml("a & b"), "SSML is invalid"),
        (ssml("<b>"), "SSML is invalid"),
        (f"<!DOCTYPE speak>{ssml('x')}", "document type"),
        (ssml("<b>bold</b>"), "[b] element is not allowed"),
        (ssml("<voice name='x'>y</voice>"), "Node [voice] should not contain node [voice]"),
        (ssml('<break time="1s">x</break>'), "Node [break] should not contain text"),
        (ssml('<sub alias="x"><break/></sub>'), "Node [sub] should not contain node [break]"),
        (ssml('<prosody rate="quick">x</prosody>'), "[quick] is not a value of [rate]"),
        (ssml('<prosody pitch="10">x</prosody>'), "is not a value of [pitch]"),
        (ssml('<prosody speed="2">x</prosody>'), "Attribute [speed] is not allowed"),
        (ssml('<break time="1 second"/>'), "is not a value of [time]"),
        (ssml("<lang>x</lang>"), "[lang] needs the attribute [xml:lang]"),
        (ssml("x", more=' parameters="temperature"'), "is not a value of [parameters]"),
        (ssml("x").replace("<voice", "text<voice"), "Node [speak] should not contain text"),
        (ssml("x").replace(f'name="{AVA}"', ""), "[voice] needs the attribute [name]"),
        (ssml("x").replace(' xml:lang="en-US"', "", 1), "[speak] needs the attribute [xml:lang]"),
        ('<speak version="1.0" xml:lang="en-US"/>', "should contain a [voice]"),
        ('<speak version="1.0" xml:lang="en-US"><prosody rate="1">x</prosody></speak>', "[speak] should not"),
        ("<html/>", "[html] element is not allowed"),
        ("<voice name='x'>y</voice>", "Root element should be [speak]"),
        (ssml('x<lexicon uri="https://example.org/l.xml"/>'), "Node [lexicon] should come before"),
        (ssml('x<mstts:silence type="Sentenceboundary" value="200ms"/>'), "Node [mstts:silence] should come"),
        (
            ssml('<prosody rate="1">x</prosody><lexicon uri="https://example.org/l.xml"/>'),
            "should come before",
        ),
        (ssml("x" * 65_536), "longer than 64 KB"),
        (
            ssml("x").replace("</speak>", f'<voice name="{AVA}">x</voice>' * 50 + "</speak>"),
            "more than 50 voice",
        ),
    ],
)
def test_invalid_ssml_is_refused_with_a_reason(document: str, reason: str) -> None:
    assert reason in refusal(document)


@pytest.mark.parametrize(
    ("voice", "inside", "element"),
    [
        (HD, '<prosody rate="1.2">x</prosody>', "prosody"),
        (HD, '<mstts:express-as style="sad">x</mstts:express-as>', "mstts:express-as"),
        (HD, '<lexicon uri="https://example.org/l.xml"/>x', "lexicon"),
        (HD, "<p>x</p>", "p"),
        (DRAGON, '<break time="1s"/>x', "break"),
        (DRAGON, '<prosody rate="1.2">x</prosody>', "prosody"),
        ("en-US-Harper:MAI-Voice-2", '<lang xml:lang="de-DE">x</lang>', "lang"),
    ],
)
def test_elements_that_the_voice_does_not_support_are_refused(voice: str, inside: str, element: str) -> None:
    assert (
        refusal(ssml(inside, voice)) == f"[{element}] element is not allowed. It is not supported by {voice}."
    )


@pytest.mark.parametrize(
    ("voice", "region", "there"),
    [
        (HD, "swedencentral", True),
        (HD, "northcentralus", True),
        (HD, "westeurope", False),
        (DRAGON, "westeurope", True),
        (DRAGON, "northcentralus", False),
        ("de-DE-Conrad:DragonHDOmniLatestNeural", "swedencentral", True),
        ("en-us-ava:DragonHDOmniLatestNeural", "swedencentral", True),
        ("en-US-Jasper:MAI-Voice-1", "swedencentral", False),
        ("en-US-Jasper:MAI-Voice-1", "eastus", True),
        (AVA, "anywhere", True),
        ("en-US-NobodyNeural", "swedencentral", False),
    ],
)
def test_a_region_has_the_voices_that_it_hosts(voice: str, region: str, *, there: bool) -> None:
    if there:
        assert read(ssml("x", voice), region)[0].voice.family.hosted(region)
    else:
        assert refusal(ssml("x", voice), region) == f"Unsupported voice {voice}."


def test_no_two_voices_have_the_same_name() -> None:
    names = [voice.name.lower() for voice in catalogue.hosted("eastus") + catalogue.hosted("swedencentral")]
    assert len(set(names)) > 1000
    assert all(catalogue.find(name) is not None for name in names)
