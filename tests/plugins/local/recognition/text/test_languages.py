"""Language tags and Whisper's codes."""

from __future__ import annotations

import pytest

from voicebot_local.recognition.text.languages import code_of, tag_of

KNOWN = frozenset("en de fr no nn zh yue he jw tl".split())


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("de_AT", "de"),
        ("nb-NO", "no"),
        ("nn-NO", "nn"),
        ("zh-CN", "zh"),
        ("zh-HK", "yue"),
        ("zh-Hant-HK", "yue"),
        ("cmn-Hans-CN", "zh"),
        ("iw", "he"),
        ("jv", "jw"),
        ("fil-PH", "tl"),
        ("xx-XX", None),
        ("", None),
    ],
)
def test_a_tag_has_the_code_of_its_language(tag: str, code: str | None) -> None:
    assert code_of(tag, KNOWN) == code


def test_a_model_without_cantonese_writes_it_as_chinese() -> None:
    assert code_of("zh-HK", KNOWN - {"yue"}) == "zh"
    assert code_of("yue", KNOWN - {"yue"}) == "zh"


def test_a_detected_language_gets_the_tag_that_was_asked_for() -> None:
    assert tag_of("en", ("de-DE", "en-GB")) == "en-GB"
    assert tag_of("no", ("nb-NO",)) == "nb-NO"
    assert tag_of("fr", ("de-DE",)) == "fr"
    assert tag_of("jw", ()) == "jv"
