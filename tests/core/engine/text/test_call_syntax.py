"""Calls of tools that a chat model writes into its text are taken out of it, in whatever pieces it comes."""

from __future__ import annotations

import pytest

from voicebot.engine.text.call_syntax import CallSyntaxFilter, is_quoted

NAMES = ("weather", "clock", "set-timer")
BONN = ("weather", '{"city": "Bonn"}')
CLOCK = ("clock", "{}")
JSON = '{"name": "weather", "arguments": {"city": "Bonn"}}'
CALLS = {
    "JSON": (JSON, "", [BONN]),
    "parameters": ('{"name": "weather", "parameters": {"city": "Bonn"}}', "", [BONN]),
    "another order": ('{"type": "function", "parameters": {"city": "Bonn"}, "name": "weather"}', "", [BONN]),
    "arguments in text": (r'{"name": "weather", "arguments": "{\"city\": \"Bonn\"}"}', "", [BONN]),
    "as the API": (
        '{"type": "function", "function": {"name": "weather", "arguments": {"city": "Bonn"}}}',
        "",
        [BONN],
    ),
    "tool_calls": (f'{{"tool_calls": [{{"id": "1", "function": {JSON}}}]}}', "", [BONN]),
    "no arguments": ('{"name": "clock"}', "", [CLOCK]),
    "null": ('{"name": "clock", "arguments": null}', "", [CLOCK]),
    "a list": (f'[{JSON}, {{"name": "clock"}}]', "", [BONN, CLOCK]),
    "lines": (f"{JSON}\n{JSON}", "", [BONN, BONN]),
    "semicolons": (f"{JSON}; {JSON}", "", [BONN, BONN]),
    "pretty": ('{\n  "name": "weather",\n  "arguments": {\n    "city": "Bonn"\n  }\n}\n', "", [BONN]),
    "brackets in text": (
        r'{"name": "weather", "arguments": {"city": "a } b \" ] c"}}Hello.',
        "Hello.",
        [("weather", r'{"city": "a } b \" ] c"}')],
    ),
    "a block": (f"```json\n{JSON}\n```", "", [BONN]),
    "a block of calls": (f"```\n{JSON}\n{JSON}\n```\nDone.", "Done.", [BONN, BONN]),
    "blocks": (f"```json\n{JSON}\n```\n```json\n{JSON}\n```", "", [BONN, BONN]),
    "words at once": (f"{JSON} I am looking.", "I am looking.", [BONN]),
    "Hermes, Qwen": (f"<tool_call>\n{JSON}\n</tool_call>", "", [BONN]),
    "Hermes after words": (f"One moment.\n<tool_call>{JSON}</tool_call>\n", "One moment.\n", [BONN]),
    "at both ends": (f"{JSON} So. <tool_call>{JSON}</tool_call>...", "So. ...", [BONN, BONN]),
    "several": (f"<tool_call>{JSON}</tool_call>\n<tool_call>{JSON}</tool_call>", "", [BONN, BONN]),
    "several in one": (f"Well, <tool_calls>{JSON}{JSON}</tool_calls>", "Well, ", [BONN, BONN]),
    "no end": (f"<tool_call>{JSON}", "", [BONN]),
    "Qwen Coder": (
        "<tool_call>\n<function=weather>\n<parameter=city>\nBonn\n</parameter>\n</function>\n</tool_call>",
        "",
        [BONN],
    ),
    "Qwen Coder, no arguments": ("<tool_call>\n<function=clock>\n</function>\n</tool_call>", "", [CLOCK]),
    "Claude": (
        '<function_calls>\n<invoke name="weather">\n<parameter name="city">Bonn</parameter>\n</invoke>\n'
        "</function_calls>",
        "",
        [BONN],
    ),
    "Llama 3.1": ('<function=weather>{"city": "Bonn"}</function>', "", [BONN]),
    "Llama 3.1, python_tag": (f"<|python_tag|>{JSON}<|eom_id|>", "", [BONN]),
    "Llama 3.1, functions": ('<|python_tag|>functions.weather({"city": "Bonn"})', "", [BONN]),
    "Llama 4": ('[weather(city="Bonn"), clock()]', "", [BONN, CLOCK]),
    "Gemma": ("```tool_code\nprint(default_api.weather(city='Bonn'))\n```", "", [BONN]),
    "by name": ('functions.weather(city="Bonn")', "", [BONN]),
    "a hyphen": ("set-timer(5)", "set-timer(5)", []),
    "values": (
        'set-timer(seconds=-5.5, on=True, off=false, why=None, days=["a)"], note="b)", who=\'it\\\'s\')',
        "",
        [
            (
                "set-timer",
                '{"seconds": -5.5, "on": true, "off": false, "why": null, "days": ["a)"], "note": "b)", '
                '"who": "it\'s"}',
            )
        ],
    ),
    "Mistral": (f"[TOOL_CALLS] [{JSON}]", "", [BONN]),
    "Mistral, new": ('[TOOL_CALLS]weather[ARGS]{"city": "Bonn"}[TOOL_CALLS]clock[ARGS]{}', "", [BONN, CLOCK]),
    "functionary": ('>>>weather\n{"city": "Bonn"}', "", [BONN]),
    "DeepSeek": (
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n"
        '```json\n{"city": "Bonn"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
        "",
        [BONN],
    ),
    "Kimi": (
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.weather:0<|tool_call_argument_begin|>"
        '{"city": "Bonn"}<|tool_call_end|><|tool_calls_section_end|>',
        "",
        [BONN],
    ),
}
DROPPED = {
    "an unknown tool": ('<tool_call>{"name": "book"}</tool_call>Hello.', "Hello."),
    "an unknown name": ('[TOOL_CALLS]book[ARGS]{"city": "Bonn"}', ""),
    "an unknown function": ("Well. <function=book>{}</function> So.", "Well. So."),
    "no call": ("<tool_call>{}</tool_call>", ""),
    "Python's quotes": ("<tool_call>{'name': 'weather'}</tool_call>Hello.", "Hello."),
    "broken JSON": ('{"name": "weather", "arguments": {"city": Bonn}} Hello.', "Hello."),
    "broken off": ('One moment. {"name": "weather", "argum', "One moment. "),
    "broken off after a mark": ('<tool_call>\n{"na', ""),
    "broken off after a name": ("<function=weather>\n<parameter=city>\nBo", ""),
    "broken off within Python": ('weather(city="Bo', ""),
    "nothing but a mark": ("<tool_call>", ""),
    "after words": (f"One moment. {JSON}", "One moment. "),
    "quoted": (f"Your note says: {JSON} and that is all.", "Your note says: and that is all."),
    "after a colon": (f"Looking it up:\n{JSON}\nDone.", "Looking it up:\nDone."),
    "a block after words": (f"One moment.\n\n```json\n{JSON}\n```", "One moment.\n\n"),
    "Hermes between words": (f"One moment.\n<tool_call>{JSON}</tool_call>\nSo.", "One moment.\nSo."),
    "within a sentence": (f"Well, <tool_call>{JSON}</tool_call> so.", "Well, so."),
}
SPOKEN = [
    "Hello there, how are you?",
    '{"city": "Bonn"} is JSON.',
    '{"name": "Anna", "age": 5} describes Anna.',
    '{"name": "weather station", "arguments": {}} is not a call.',
    '{"name": "weather", "city": "Bonn"} names a station.',
    f"I would send {JSON} to it.",
    "Hermes writes <tool_call> before a call, and </tool_call> after it.",
    "The token [TOOL_CALLS] is Mistral's.",
    "The tool weather(city) takes a city.",
    "weather is what you asked for.",
    "clock (the tool) tells the time.",
    "clock(s) are on the wall.",
    "weather(Bonn) is no Python.",
    "functions.py is a file.",
    "[laughs] Hello. [1, 2] are numbers.",
    "[weather] is a word.",
    "[",
    "{",
    "<",
    "5 < 6 and 7 > 6, {a}, `b`.",
    '<b>Bold</b> and <tool name="x"',
    "```python\nprint()\n```\nThat prints a line.",
    '```json\n{"city": "Bonn"}\n```',
    "> quoted\n>> twice\n>>> three times.",
    "weath",
    "Emoji 🙂 and\n\n  blanks  \n",
]


def read(*pieces: str, names: tuple[str, ...] = NAMES) -> tuple[str, list[tuple[str, str]], bool]:
    syntax = CallSyntaxFilter(names)
    spoken = "".join([*map(syntax.feed, pieces), syntax.finish()])
    return spoken, [(call.name, call.arguments) for call in syntax.calls], syntax.has_dropped


def splits(text: str) -> list[tuple[str, ...]]:
    """Return a text whole, in two parts in every possible way, and as single characters."""
    return [(text,), *((text[:at], text[at:]) for at in range(1, len(text))), tuple(text)]


@pytest.mark.parametrize(("written", "spoken", "calls"), CALLS.values(), ids=CALLS)
def test_a_call_is_found_and_not_spoken(written: str, spoken: str, calls: list[tuple[str, str]]) -> None:
    for pieces in splits(written):
        assert read(*pieces) == (spoken, calls, False), pieces


@pytest.mark.parametrize(("written", "spoken"), DROPPED.values(), ids=DROPPED)
def test_what_looks_like_a_call_but_is_none_is_dropped(written: str, spoken: str) -> None:
    for pieces in splits(written):
        assert read(*pieces) == (spoken, [], True), pieces


@pytest.mark.parametrize("text", SPOKEN)
def test_text_about_calls_and_json_is_spoken(text: str) -> None:
    for pieces in splits(text):
        assert read(*pieces) == (text, [], False), pieces


@pytest.mark.parametrize("text", [*(written for written, *_ in CALLS.values()), *SPOKEN])
def test_without_tools_nothing_is_held_back(text: str) -> None:
    syntax = CallSyntaxFilter(())
    assert [syntax.feed(each) for each in text] == list(text)


@pytest.mark.parametrize(
    ("pieces", "spoken"),
    [
        (("Hello", " there", "."), ("Hello", " there", ".")),
        (("It", " is 5 <", " 6", "."), ("It", " is 5 ", "< 6", ".")),
        (("[", "sighs", "] So"), ("", "[sighs", "] So")),
        (('{"', "name", '": "', "An", 'na"', "}"), ("", "", "", '{"name": "An', 'na"', "}")),
        (('{"city', '": "Bonn"}'), ('{"city', '": "Bonn"}')),
        (("weather", " is nice"), ("", "weather is nice")),
        (("<b", ">bold"), ("<b", ">bold")),
        (("```", "py", "thon\n", "x = 1"), ("", "", "", "```python\nx = 1")),
        (("Use <tool", "_call>", " to", " mark"), ("Use ", "", "", "<tool_call> to mark")),
    ],
)
def test_text_is_held_back_only_as_long_as_it_may_be_a_call(
    pieces: tuple[str, ...], spoken: tuple[str, ...]
) -> None:
    syntax = CallSyntaxFilter(NAMES)
    assert tuple(map(syntax.feed, pieces)) == spoken
    assert syntax.finish() == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (JSON, True),
        (r'{"note": "{\"name\": \"weather\"}"}', True),
        ("<function=weather>{}", True),
        ("[weather(city='Bonn')]", True),
        ('>>>weather\n{"city": "Bonn"}', True),
        ('[TOOL_CALLS]weather[ARGS]{"city": "Bonn"}', True),
        ("what is the weather (in Bonn)", True),
        ("what is the weather, and is it set", False),
        ("weatherman(1)", False),
    ],
)
def test_text_that_may_hold_a_call_is_known(text: str, expected: bool) -> None:
    assert is_quoted("weather", ["Hello", text]) == expected


@pytest.mark.parametrize("text", ['{"name": "weather", "arguments": ' + "[" * 9999, "[" * 9999, "{" * 9999])
def test_deep_nesting_does_no_harm(text: str) -> None:
    _, calls, _ = read(text, "]" * 9999)
    assert calls == []


def test_long_arguments_in_small_pieces_are_read() -> None:
    written = '{"name": "weather", "arguments": {"city": "' + "Bonn, " * 4000 + '"}}'
    _, calls, _ = read(*(written[at : at + 4] for at in range(0, len(written), 4)))
    assert [name for name, _ in calls] == ["weather"]
