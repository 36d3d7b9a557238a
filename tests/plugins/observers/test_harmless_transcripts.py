"""Nothing that is said can do harm in a transcript."""

from __future__ import annotations

import json

import pytest

from voicebot import (
    BotTurnEnded,
    ConversationEnded,
    DeviceChanged,
    ProviderFailed,
    ProviderNoticed,
    UnitSpoken,
    UserCorrected,
    UserTurnEnded,
)

from .transcripts import lines, transcript


def test_markdown_in_what_was_said_is_escaped(watch, tmp_path):
    file = tmp_path / "talk.md"
    events = [UserTurnEnded(1.0, "a *b*\n\n# <img src=x> [c](http://d)"), ConversationEnded(2.0)]
    watch(transcript(file), events)
    assert r"**User** (0:01): a \*b\* # \<img src=x\> \[c\](http://d)" in file.read_text()


HOSTILE = "\x1b]52;c;x\x07a\x9b2J\u202eb\u2066\u200e\x7f\r\n"
HOSTILE += "# Heading\n**User** (0:01): yes\u2028&#x202e; ~~x~~ [l](http://y)"
EVENTS = [
    UserTurnEnded(1.0, HOSTILE),
    UnitSpoken(2.0, HOSTILE),
    BotTurnEnded(3.0, HOSTILE),
    UserCorrected(3.5, HOSTILE),
    ProviderFailed(4.0, "chat", HOSTILE),
    ProviderNoticed(5.0, "chat", HOSTILE),
    DeviceChanged(6.0, False, HOSTILE),
    ConversationEnded(7.0, HOSTILE, "failure"),
]


@pytest.mark.parametrize("name", ["talk.md", "talk.jsonl"])
def test_control_characters_never_get_into_a_transcript(watch, tmp_path, name):
    watch(transcript(tmp_path / name), EVENTS, name=HOSTILE)

    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.count("Heading") == (9 if name == "talk.md" else 8)
    assert text.replace("\n", "").isprintable()
    if name == "talk.md":
        assert [line for line in text.split("\n")[1:] if line.startswith(("#", "**User** (0:01): yes"))] == []
        assert "&#x" not in text.replace("\\&#x", "")
    else:
        assert all(json.loads(line) for line in text.splitlines())
        assert all(str(entry.get("text", "")).isprintable() for entry in lines(tmp_path / name))


def test_ordinary_scripts_and_emoji_stay_in_a_transcript(watch, tmp_path):
    said = "👩‍👧 می‌خواهم क्‍ष שלום\u200f"
    watch(transcript(tmp_path / "talk.md"), [UserTurnEnded(1.0, said), ConversationEnded(2.0)])
    assert "👩‍👧 می‌خواهم क्‍ष שלום\n" in (tmp_path / "talk.md").read_text(encoding="utf-8")
