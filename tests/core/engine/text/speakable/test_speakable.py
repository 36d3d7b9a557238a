"""The spoken form of what a model writes."""

from __future__ import annotations

import pytest

from voicebot.engine.text.sentences.cutter import SentenceCutter
from voicebot.engine.text.speakable.speakable import Speakable

MARKDOWN = [
    ("# Hello **World**!", "Hello World!"),
    ("## Title ##", "Title"),
    ("- one *item*", "one item"),
    ("   1. third *item*", "1. third item"),
    ("- [x] done", "done"),
    ("> quoted", "quoted"),
    ("> - nested **item**", "nested item"),
    ("snake_case, __init__ and `code`", "snake_case, init and code"),
    ("a ~~b~~ __c__ ***d***", "a b c d"),
    ("这是**重点**内容", "这是重点内容"),
    ("**Unfinished bold", "Unfinished bold"),
    ("and its end** here", "and its end here"),
    ("| a | b |", "a, b"),
    ("| a || b", "a, b"),
    ("|---|:-:|", ""),
    ("+---+---+", ""),
    ("---", ""),
    ("===", ""),
    ("<b>bold</b><br/>x<!-- hidden -->", "bold x"),
    (r"2 \* 3 and \_this\_", "2 * 3 and _this_"),
    ("Fact[1], and more[^2] 【4:0†source】.", "Fact, and more."),
    ("[^2]: The note", "The note"),
    ("[1]: https://a.b/c", ""),
    ("AT&amp;T, 5&nbsp;km &lt; 6", "AT&T, 5 km < 6"),
    ("```python```", "python"),
    ("So it is.[2][3] And so[4][5].", "So it is. And so."),
    ("one line\\", "one line"),
    ("•no blank", "no blank"),
]
NOT_MARKDOWN = [
    ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
    ("5 * 3, 2*3, 2**8, a*b", "5 * 3, 2*3, 2**8, a*b"),
    ("-5 degrees, C# and #5", "-5 degrees, C# and #5"),
    ("x_1 & y ~ z", "x_1 & y ~ z"),
    (r"C:\Users\me", r"C:\Users\me"),
    ("It costs $5 and $6.", "It costs $5 and $6."),
]
ADDRESSES = [
    ("See [the docs](https://x.y/z).", "See the docs."),
    ("[text][ref] and ![image](a.png)", "text and image"),
    ('[titled](https://x.y "Title")', "titled"),
    ("[Foo](https://en.wikipedia.org/wiki/Foo_(bar)) it is", "Foo it is"),
    ("(https://en.wikipedia.org/wiki/Foo_(bar))", "(en.wikipedia.org)"),
    ("Go to https://www.example.com/a/b?c=1 now", "Go to example.com now"),
    ("See https://x.y/z.", "See x.y."),
    ("Is it www.example.com?", "Is it example.com?"),
    ("https://me:secret@host.com:8080/x, or", "host.com:8080, or"),
    ("<https://a.b/c>", "a.b"),
    ("mail <a.b@c.de>, a.b@c.de!", "mail a.b@c.de, a.b@c.de!"),
    ("**https://a.b/c**", "a.b"),
    ("at http://[::1]:80/x now", "at [::1]:80 now"),
    ("请看https://例子.cn/a吧", "请看例子.cn吧"),
    ("https://例え.jp へ", "例え.jp へ"),
    ("見て https://example.jpを", "見て example.jpを"),
]
SYMBOLS = [
    ("Ahoy 😀🏴‍☠️❤️ matey!", "Ahoy matey!"),
    ("Ahoy 👩🏽‍🚀.", "Ahoy."),
    ("1️⃣ first", "1 first"),
    ("🎉", ""),
    ("...", ""),
    ("✅ Done → next", "Done, next"),
    ("20 °C, № 5, ™, 30 ℃, 5 € für Ärger 日本", "20 °C, № 5, ™, 30 ℃, 5 € für Ärger 日本"),
    ("line\u0000with\u200bcontrols", "line with controls"),
    ("Donau\u00addampf \ufeff\u200fx", "Donaudampf x"),
    ("می\u200cروم", "می\u200cروم"),
    ("क्\u200dष है।", "क्\u200dष है।"),
    ("half \ud83d of it", "half of it"),
]
FORMULAS = [
    ("$E = mc^2$ costs $5 and $6.", "E = mc^2 costs $5 and $6."),
    (r"\(\frac{a}{b} \times 3\)", "a / b × 3"),
    (r"$$\alpha + \text{rest} \leq 1$$", "alpha + rest ≤ 1"),
    ("So \\begin{align*}\na &= b \\\\\nc &= d\n\\end{align*} holds", "So a = b c = d holds"),
    (r"So $12 = 3 \times 4$.", "So 12 = 3 × 4."),
]


@pytest.mark.parametrize(("written", "spoken"), MARKDOWN + NOT_MARKDOWN + ADDRESSES + SYMBOLS + FORMULAS)
def test_text_that_is_only_for_the_eye_is_not_spoken(written: str, spoken: str) -> None:
    assert Speakable().convert(written) == spoken


REPLY = """## Ahoy! 😀

This is **important**. See [the map](https://a.b/c?d=e!f) or https://www.example.com/x.

| What | Cost |
|------|-----:|
| Rum  | 3.50 |

1. First, `ls -l!`.
   - **Nested.** Item
2. Second:

```python
print("Hello. World!")  # no
```
> Done?
"""
SAID = [
    "Ahoy!",
    "This is important.",
    "See the map or example.com.",
    "What, Cost",
    "Rum, 3.50",
    "1. First, ls -l!.",
    "Nested.",
    "Item",
    "2. Second:",
    "Done?",
]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 1000])
def test_a_reply_in_markdown_is_spoken_the_same_however_it_is_streamed(size: int) -> None:
    cutter, speakable = SentenceCutter(short_first=False), Speakable()
    units = [
        unit for start in range(0, len(REPLY), size) for unit in cutter.push(REPLY[start : start + size])
    ] + cutter.flush()
    assert [spoken for unit in units if (spoken := speakable.convert(unit))] == SAID
