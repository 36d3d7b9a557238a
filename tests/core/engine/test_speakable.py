"""What a voice is given to say."""

from __future__ import annotations

import pytest

from voicebot.engine.speakable import Speakable

TABLE = [
    ("# Hello **World**!", "Hello World!"),
    ("- one *item*", "one item"),
    ("See [the docs](https://x.y/z).", "See the docs."),
    ("Go to https://www.example.com/a/b?c=1 now", "Go to example.com now"),
    ("Ahoy 😀🏴‍☠️❤️ matey!", "Ahoy matey!"),
    ("snake_case and `code`", "snake_case and code"),
    ("a ~~b~~ __c__", "a b c"),
    ("| a | b |", "a , b"),
    ("|---|:-:|", ""),
    ("---", ""),
    ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
    ("<b>bold</b>", "bold"),
    ("🎉", ""),
    ("...", ""),
    ("20 °C für Ärger 日本", "20 °C für Ärger 日本"),
    ("line\u0000with\u200bcontrols", "line with controls"),
]


@pytest.mark.parametrize(("written", "spoken"), TABLE)
def test_markup_and_symbols_are_not_spoken(written: str, spoken: str) -> None:
    assert Speakable().convert(written) == spoken


def test_code_between_fences_is_left_out() -> None:
    speakable = Speakable()
    units = ["Like this:", "```python", "print('x')", "```", "Done."]
    assert [speakable.convert(unit) for unit in units] == ["Like this:", "", "", "", "Done."]
