"""Thoughts are silent, however the stream is cut, and nothing else is lost or delayed."""

from __future__ import annotations

import pytest

from voicebot_openai.thoughts import ThoughtFilter

TEXTS = {
    "Hello.": "Hello.",
    "<think>Hm.</think>Hello.": "Hello.",
    "<think>\nHm.\n</think>\n\nHello.\n": "Hello.\n",
    "\n <think></think> Hello.": "Hello.",
    "<think>a < b </ think> </thin></think>Yes.": "Yes.",
    "<think>Hm.</think>\n<think>Hm again.</think>\nHello.": "Hello.",
    "I <think> so.</think>": "I <think> so.</think>",
    "<b>Bold</b>": "<b>Bold</b>",
    "<thinker>": "<thinker>",
    "<thi": "<thi",
    "<think>Hm": "",
    "<think>Hm.</think": "",
    "": "",
}


@pytest.mark.parametrize(("text", "spoken"), TEXTS.items())
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
def test_only_the_answer_is_spoken_however_the_text_is_cut(text, spoken, size):
    thoughts = ThoughtFilter()
    pieces = [thoughts.feed(text[at : at + size]) for at in range(0, len(text), size)]
    assert "".join(pieces) + thoughts.finish() == spoken


def test_an_answer_without_thoughts_is_not_delayed():
    thoughts = ThoughtFilter()
    pieces = ("H", "ello", " a <", " b", " <b", ">", " [x", "]", " [1")
    given = ["H", "ello", " a ", "< b", " ", "<b>", " ", "[x]", " [1"]
    assert [thoughts.feed(piece) for piece in pieces] == given
