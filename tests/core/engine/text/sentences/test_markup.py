"""What is spoken of replies with markup, however they are split."""

from __future__ import annotations

import random
import sys
from types import FrameType

import pytest

from voicebot.engine.text.sentences.cutter import SentenceCutter
from voicebot.engine.text.speakable.speakable import Speakable


def spoken(pieces: list[str], *, short_first: bool = False) -> list[str]:
    cutter, speakable = SentenceCutter(short_first=short_first), Speakable()
    units = [unit for piece in pieces for unit in cutter.push(piece)] + cutter.flush()
    return [said for unit in units if (said := speakable.convert(unit))]


def random_pieces(text: str, seed: int) -> list[str]:
    choose = random.Random(seed)
    pieces = []
    while text:
        size = choose.choice((1, 1, 2, 3, 5, 9))
        pieces.append(text[:size])
        text = text[size:]
    return pieces


CODE = {
    "after text in its line": (
        "Here: ```python\nprint('a.b')\n``` and so on. Yes.",
        ["Here:", "and so on.", "Yes."],
    ),
    "directly after text": ("Look:```\na = 1\n```Then go on. Yes.", ["Look:", "Then go on.", "Yes."]),
    "closed in its last line": ("```python\nx = 1```\nDone. Ok.", ["Done.", "Ok."]),
    "closed before text": ("```python\nx = 1``` Now run it. Ok.", ["Now run it.", "Ok."]),
    "fences in code": (
        'So:\n```python\nx = "``` no"\n# As ```a``` too\n```\nDone. Ok.',
        ["So:", "Done.", "Ok."],
    ),
    "in a list": ("1. Do:\n   ```bash\n   rm -rf /\n   ```\n2. Then that.", ["1. Do:", "2. Then that."]),
    "in a list item": ("- ```\n  rm -rf /\n  ```\n- Next.", ["Next."]),
    "unclosed in a list": ("- Item:\n  ```\n  x.y()\n- Next. More.", ["Item:", "Next.", "More."]),
    "in a quote": ("> See:\n> ```\n> x.y()\n> ```\n> End.\nAfter.", ["See:", "End.", "After."]),
    "unclosed in a quote": ("> ```\n> x.y()\n\nThe rest. Yes.", ["The rest.", "Yes."]),
    "four backticks": ("````md\n```py\nx\n```\n````\nDone. Ok.", ["Done.", "Ok."]),
    "nested": ("```markdown\n# T\n```py\nx\n```\nmore\n```\nDone.", ["Done."]),
    "tildes": ("So:\n~~~ruby\nputs `x`\n```\n~~~\nDone.", ["So:", "Done."]),
    "an end forgotten": (
        "So:\n```\nx = 1\n\nif x:\n    y()\n\nThat is it. Good.",
        ["So:", "That is it.", "Good."],
    ),
    "no end": ("So:\n```\nx = 1. And\nmore. And", ["So:"]),
    "fences named": ("Use ``` to begin. Then stop. Yes.", ["Use to begin.", "Then stop.", "Yes."]),
    "a line in fences": ("Run ```ls -la``` now. Then stop.", ["Run ls -la now.", "Then stop."]),
    "over lines within text": ("Run: ```ls -la\npwd``` there. Ok.", ["Run: there.", "Ok."]),
    "in a line": (
        "Use `a.b()`, `x[0]`, ``c ` d`` or `*.py`. Ok.",
        ["Use a.b(), x[0], c ` d or *.py.", "Ok."],
    ),
    "carriage returns": ("A:\r\n```\r\nx.y()\r\n```\r\nDone.", ["A:", "Done."]),
}
LINKS = {
    "chinese": ("请看[文档](https://a.example/y?z=1)。谢谢！", ["请看文档。", "谢谢！"]),
    "bare in chinese": ("请看https://a.example/y?q=1，然后走。谢谢。", ["请看a.example，然后走。", "谢谢。"]),
    "with chinese after it": ("打开https://a.example/下载页面。好。", ["打开a.example下载页面。", "好。"]),
    "japanese": ("詳しくは[こちら](https://a.example/b.c)へ。はい。", ["詳しくはこちらへ。", "はい。"]),
    "bare in japanese": (
        "詳しくはhttps://a.example/b.cをご覧ください。",
        ["詳しくはa.exampleをご覧ください。"],
    ),
    "bare in korean": ("여기https://a.example/x에서 보세요. 네.", ["여기a.example에서 보세요.", "네."]),
    "long words": (
        "Read [all of this long text. Really now](https://a.example/b?c=d.e) today. Ok.",
        ["Read all of this long text. Really now today.", "Ok."],
    ),
    "image": ("See ![a map. Of it](https://a.example/b.png) here. Ok.", ["See a map. Of it here.", "Ok."]),
    "image that is a link": (
        "[![badge](https://a.example/b.svg)](https://a.example) Hi. Ok.",
        ["badge Hi.", "Ok."],
    ),
    "in brackets": ("It is (see https://a.example/b_(c).html). Ok.", ["It is (see a.example).", "Ok."]),
    "page": ("Go to docs.example.org/a/b.html?c=d now. Ok.", ["Go to docs.example.org now.", "Ok."]),
    "mail": (
        "Ask <jane.doe@a.example> or mailto:b.c@d.example. Ok.",
        ["Ask jane.doe@a.example or b.c@d.example.", "Ok."],
    ),
    "definition": ("[1]: https://a.example 'T'\nText.", ["Text."]),
    "no definition": ("[Anna]: Hello. Ok.", ["[Anna]: Hello.", "Ok."]),
    "data": ("See data:image/png;base64,iVBORw0KGgo= here. Ok.", ["See here.", "Ok."]),
}
FORMULAS = {
    "block": ("It is\n$$\na^2 + b^2 = c^2.\n$$\nSo.", ["It is", "a^2 + b^2 = c^2.", "So."]),
    "brackets": ("So \\[\n\\frac{a}{b} = \\sqrt{2}.\n\\] holds. Ok.", ["So a / b = √ 2. holds.", "Ok."]),
    "line": ("Let $x = 1.5$ and \\(y. z\\) be. Ok.", ["Let x = 1.5 and y. z be.", "Ok."]),
    "prices": ("It costs $5.50 or $6. Not $7. It is $$.", ["It costs $5.50 or $6.", "Not $7.", "It is $$."]),
    "nested": ("$$\\frac{1}{\\sqrt{2}}$$", ["1 / √ 2"]),
    "a bare environment": (
        "So:\n\\begin{align}\na &= b. \\\\\nC &= d\n\\end{align}\nDone. Ok.",
        ["So:", "a = b. C = d", "Done.", "Ok."],
    ),
    "after a price": (
        "It costs $5 for $$\na = b\n$$ then. Ok.",
        ["It costs $5 for a = b then.", "Ok."],
    ),
    "no environment": (
        "Write \\begin first. Then \\beta. Ok.",
        ["Write \\begin first.", "Then \\beta.", "Ok."],
    ),
    "environment": ("$$\\begin{align} a &= b \\\\ c &= d \\end{align}$$", ["a = b c = d"]),
    "box": ("The answer is \\boxed{42}. \\textbf{Good}.", ["The answer is 42.", "Good."]),
    "variable": ("The $HOME directory. Ok.", ["The $HOME directory.", "Ok."]),
}
TAGS = {
    "link": (
        'Go <a href="https://a.b/c.d?e" title="A. B">right here now</a> please. Ok.',
        ["Go right here now please.", "Ok."],
    ),
    "list": ("<ul><li>One</li><li>Two. Three</li></ul>", ["One", "Two.", "Three"]),
    "breaks": ("One<br>Two<br/>Three.", ["One", "Two", "Three."]),
    "paragraphs": ("<p>One <b>big</b>.</p><p>Two.</p>", ["One big.", "Two."]),
    "comment": ("<!-- a. b --> Shown. Ok.", ["Shown.", "Ok."]),
    "placeholder": ("Dear <your name>, meet <company>. Ok.", ["Dear your name, meet company.", "Ok."]),
    "comparison": ("If a<b and c>d or x < y. Ok.", ["If a<b and c>d or x < y.", "Ok."]),
    "type": ("A List<String> of a<b>c. Ok.", ["A List<String> of a<b>c.", "Ok."]),
    "unknown": ("<answer>Yes.</answer> Ok.", ["Yes.", "Ok."]),
    "entities": ("Tom &amp; Al &lt;3. It&#x27;s&nbsp;ok.", ["Tom & Al <3.", "It's ok."]),
}
BRACKETS = {
    "index": ("Take array[0], list[2] and m[i][j]. Ok.", ["Take array[0], list[2] and m[i][j].", "Ok."]),
    "sources": ("It is so[1][2]. And so[^3]. Fine【4:1†a】.", ["It is so.", "And so.", "Fine."]),
    "emphasis": ("【重要】请注意。", ["【重要】请注意。"]),
    "note": ("[laughs] Hello. [sighs] Ok.", ["[laughs] Hello.", "[sighs] Ok."]),
}
LINES = {
    "table": ("| A | B |\n|:--|--:|\n| 1.5 | Two |\nEnd.", ["A, B", "1.5, Two", "End."]),
    "headings": ("# One\nTwo\n===\nThree\n---\nFour", ["One", "Two", "Three", "Four"]),
    "rules": ("One.\n\n---\n\nTwo.\n***\nThree.", ["One.", "Two.", "Three."]),
    "box": ("So:\n╔══╗\n║hi║\n╚══╝\nOk.", ["So:", "hi", "Ok."]),
    "tasks": ("- [ ] Buy milk\n- [x] Sell cow", ["Buy milk", "Sell cow"]),
    "emphasis": (
        "It is **very** good. **Go!** _Now._ ~~No.~~ Ok.",
        ["It is very good.", "Go!", "Now.", "No.", "Ok."],
    ),
}
SYMBOLS = {
    "sequences": ("Hi 👩🏽\u200d🚀. Go 🇩🇪. ❤️\u200d🔥 Yes. #️⃣ 1️⃣.", ["Hi.", "Go.", "Yes.", "# 1."]),
    "full width": (
        "３．５元です。Ｖ１．２！はい？はい｡",
        ["３．５元です。", "Ｖ１．２！", "はい？", "はい｡"],
    ),
    "direction": ("Left\u200eto\u200fright. \u202eOk\u202c.", ["Lefttoright.", "Ok."]),
    "controls": ("\x1b[31mred\x1b[0m. \x07Ok.", ["red.", "Ok."]),
    "half a character": ("half \ud83d pair. Ok.", ["half pair.", "Ok."]),
}
CASES = {
    f"{kind}, {name}": case
    for kind, cases in {
        "code": CODE,
        "link": LINKS,
        "formula": FORMULAS,
        "tag": TAGS,
        "brackets": BRACKETS,
        "lines": LINES,
        "symbols": SYMBOLS,
    }.items()
    for name, case in cases.items()
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES.keys())
def test_a_reply_with_markup_is_spoken_the_same_however_it_is_split(text: str, said: list[str]) -> None:
    assert spoken([text]) == said
    assert spoken(list(text)) == said
    for seed in range(3):
        assert spoken(random_pieces(text, seed)) == said


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES.keys())
def test_a_short_first_unit_loses_no_word_of_a_reply_with_markup(text: str, said: list[str]) -> None:
    whole = spoken([text], short_first=True)
    assert "".join(" ".join(whole).split()) == "".join(" ".join(said).split())
    assert spoken(list(text), short_first=True) == whole


NOTHING = [
    *"🎉 👍🏽 --- *** ... ?! … 。 \u200b <br> <p></p> ![](a.png) &nbsp; $$ # > - \x00 ‼️".split(),
    *("* * *", "```\nx\n```", "~~~\nx\n~~~", "| --- | :-: |", "👩\u200d👩\u200d👧", "🏴\U000e0067\U000e007f"),
]


@pytest.mark.parametrize("text", NOTHING)
def test_text_without_a_letter_or_digit_is_not_spoken(text: str) -> None:
    assert spoken([text]) == []
    assert Speakable().convert(text) == ""


ENDLESS = [
    *'x [ [[] ]( [a]( * **a <!-- </ ` ~ $ \\( \\[ 1 1. . a. !a ? " “ ( _ > | - # &a'.split(),
    *"http:// www. a@b. … 。 你 ， 😀 👩\u200d e\u0301 【 — \\ \x1b[ data:, \\frac{ ||-".split(),
    *("<a ", '<a b="', "` ", "``` ", "```\n", "~~~\n", "$a ", "$$ a", "1. ", ". ", "**a ", " 'a"),
    *("-" * 60 + "x. ", "> " * 60 + "x. ", "a " * 60 + "<"),
    *("> \n", " ", "\t", "- ", "=\n", "No. ", ". —", "a\n", "A. ", "12. B", "\n"),
]


class _Work:
    """Counts calls while it is entered, and the characters passed to them."""

    def __init__(self) -> None:
        self.amount = 0

    def __enter__(self) -> _Work:
        sys.setprofile(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _called(self, frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            self.amount += sum(len(value) for value in frame.f_locals.values() if isinstance(value, str))
        self.amount += event in {"call", "c_call"}


@pytest.mark.slow
@pytest.mark.parametrize("piece", ENDLESS)
def test_the_work_grows_no_faster_than_the_text(piece: str) -> None:
    amounts = []
    for size in (1_500, 3_000):
        text = (piece * size)[:size]
        with _Work() as work:
            spoken([text])
        amounts.append(work.amount)
    assert amounts[1] <= 2.6 * amounts[0] + 5_000


@pytest.mark.parametrize("piece", ["x", "<a ", "[", "` ", "a.", "```\n", "\\(", "( "])
def test_no_text_is_held_back_for_long(piece: str) -> None:
    cutter = SentenceCutter(short_first=False)
    taken = sum(len("".join(unit.split())) for unit in cutter.push(piece * 8_000))
    if piece != "```\n":  # code is kept until its end
        assert taken >= 0.7 * 8_000 * len(piece.strip())
    assert sum(len("".join(unit.split())) for unit in cutter.flush()) + taken == 8_000 * len(piece.strip())
