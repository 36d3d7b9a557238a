"""Only the final channel is spoken when a server drops the channels' tokens but not their names."""

from __future__ import annotations

import pytest

from voicebot_openai.text.reply_text import ReplyText


def spoken(*chunks, truncated=False):
    text = ReplyText(begins_inside=False)
    said = "".join([text.feed(chunk) for chunk in chunks])
    return said + text.finish(truncated=truncated), text.only_reasoning


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
def test_only_the_final_channel_is_spoken_however_the_text_is_split(text, answer):
    said = {spoken(text[:at], text[at:]) for at in range(len(text))} | {spoken(*text)}
    assert said == {(text if answer is None else answer, False)}


def test_a_truncated_channel_is_only_reasoning():
    assert spoken("analysisThe user", " greets me", truncated=True) == ("", True)


def test_other_replies_are_not_delayed():
    text = ReplyText(begins_inside=False)
    assert [text.feed(chunk) for chunk in ("A", "nd", " an", "alysis")] == [
        "A",
        "nd",
        " an",
        "alysis",
    ]
