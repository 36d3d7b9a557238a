"""Tags of languages: what is none is refused, with what was probably meant."""

from __future__ import annotations

import pytest

from voicebot import language_tag


@pytest.mark.parametrize(
    "tag",
    "en en-US de-AT DE-de fil-PH yue-CN zh-Hant-TW sr-Latn-RS es-419 en-029 zh-CN-shandong sl-rozaj-biske "
    "de-CH-1996 en-gb-x-rp haw no nb-NO iu-Cans-CA uz-Latn-UZ de-DE-u-co-phonebk".split(),
)
def test_a_tag_of_a_language_is_taken_as_it_is(tag):
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
def test_what_is_no_language_is_refused_with_what_was_meant(text, meant):
    with pytest.raises(ValueError, match="is no language tag") as caught:
        language_tag(text)

    assert (
        str(caught.value) == f"'{text}' is no language tag; write one as {meant or 'en-US, de-DE or pt-BR'}"
    )


@pytest.mark.parametrize("text", ["xx-YY", "xx", "qq-Latn"])
def test_what_looks_like_a_tag_and_is_none_is_said_to_be_no_language(text):
    with pytest.raises(ValueError, match="no language that is known") as caught:
        language_tag(text)

    assert str(caught.value) == (
        f"'{text}' is no language that is known; write one such as en-US, de-DE or pt-BR"
    )
