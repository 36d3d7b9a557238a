"""The answer alone is spoken where a server swallowed the marks of channels and left their names."""

from __future__ import annotations

import pytest

from voicebot_openai.response.chunks import Answer
from voicebot_openai.text.reply_text import SpokenText


def spoken(*pieces, cut=False):
    text = SpokenText(begins_inside=False)
    said = "".join([text.feed(Answer(piece)) for piece in pieces])
    return said + text.finish(cut=cut), text.only_thought


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("analysisThe user greets me.assistantfinalHello.", "Hello."),
        ("analysisWe think.assistantfinal**Hello**, you.", "**Hello**, you."),
        ("analysis of the data is done. The assistantfinal tag is odd.", None),
        ("analysis\nHm.\nassistantfinal\nHello.", "Hello."),
        ("commentaryCalling it.assistantanalysisHm.assistantfinalHello.", "Hello."),
        ("assistantfinalHello.", "Hello."),
        ("assistants are here.", None),
        ("commentary is free.", None),
        ("analysis", None),
        ("ana", None),
        ("analysisThe user greets me.", None),
        ("Hello.", None),
    ],
)
def test_only_the_last_channel_is_spoken_however_the_text_is_cut(text, answer):
    said = {spoken(text[:at], text[at:]) for at in range(len(text))} | {spoken(*text)}
    assert said == {(text if answer is None else answer, False)}


def test_a_channel_that_was_cut_short_is_only_thought():
    assert spoken("analysisThe user", " greets me", cut=True) == ("", True)


def test_other_replies_are_not_delayed():
    text = SpokenText(begins_inside=False)
    assert [text.feed(Answer(piece)) for piece in ("A", "nd", " an", "alysis")] == [
        "A",
        "nd",
        " an",
        "alysis",
    ]
