"""Language tags: invalid ones are rejected with a suggestion."""

from __future__ import annotations

import pytest

from voicebot import language_tag


@pytest.mark.parametrize(
    "tag",
    "en en-US de-AT DE-de fil-PH yue-CN zh-Hant-TW sr-Latn-RS es-419 en-029 zh-CN-shandong sl-rozaj-biske "
    "de-CH-1996 en-gb-x-rp haw no nb-NO iu-Cans-CA uz-Latn-UZ de-DE-u-co-phonebk".split(),
)
def test_a_language_tag_is_returned_unchanged(tag):
    assert language_tag(tag) == tag


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("en_US", "en-US"),
        ("en_us.UTF-8", "en-US"),
        ("english", "en-US"),
        ("Deutsch", "de-DE"),
        ("en-UK", "en-GB"),
        ("eng-GB", "en-GB"),
        ("jp", "ja-JP"),
        ("jp-JP", "ja-JP"),
        ("de-XX", "de"),
        ("en US", None),
        ("klingonish", None),
        ("", None),
        ("C.UTF-8", None),
        ("1", None),
    ],
)
def test_an_invalid_tag_is_rejected_with_a_suggestion(text, meant):
    with pytest.raises(ValueError, match="is not a language tag") as caught:
        language_tag(text)

    advice = f"did you mean {meant}?" if meant else "write one such as en-US, de-DE or pt-BR"
    assert str(caught.value) == f"'{text}' is not a language tag; {advice}"


@pytest.mark.parametrize("text", ["xx-YY", "xx", "qq-Latn"])
def test_a_well_formed_tag_of_an_unknown_language_is_rejected(text):
    with pytest.raises(ValueError, match="not a known language") as caught:
        language_tag(text)

    assert str(caught.value) == f"'{text}' is not a known language; write one such as en-US, de-DE or pt-BR"
