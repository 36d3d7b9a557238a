"""Calls that a model writes into its text are called, not spoken."""

from __future__ import annotations

import pytest

from voicebot_openai.text.reply_text import ReplyText

BONN = ("weather", '{"city": "Bonn"}')
CLOCK = ("clock", "{}")
JSON = '{"name": "weather", "arguments": {"city": "Bonn"}}'
CALLS = {
    "alone": (JSON, "", [BONN]),
    "with parameters": ('{"name": "weather", "parameters": {"city": "Bonn"}}', "", [BONN]),
    "with arguments in text": (r'{"name": "weather", "arguments": "{\"city\": \"Bonn\"}"}', "", [BONN]),
    "as the API": (
        '{"type": "function", "function": {"name": "weather", "arguments": {"city": "Bonn"}}}',
        "",
        [BONN],
    ),
    "in a list": (f'[{JSON}, {{"name": "clock"}}]', "", [BONN, CLOCK]),
    "in a block": (f"```json\n{JSON}\n```", "", [BONN]),
    "one after the other": (f"{JSON}\n{JSON}", "", [BONN, BONN]),
    "Hermes, Qwen": (f"<tool_call>\n{JSON}\n</tool_call>", "", [BONN]),
    "after words": (f"One moment.\n<tool_call>{JSON}</tool_call>", "One moment.\n", [BONN]),
    "several": (f"<tool_call>{JSON}</tool_call>\n<tool_call>{JSON}</tool_call>", "", [BONN, BONN]),
    "no end": (f"<tool_call>{JSON}", "", [BONN]),
    "Mistral": (f"[TOOL_CALLS] [{JSON}]", "", [BONN]),
    "Mistral, new": ('[TOOL_CALLS]weather[ARGS]{"city": "Bonn"}[TOOL_CALLS]clock[ARGS]{}', "", [BONN, CLOCK]),
    "Llama": (f"<|python_tag|>{JSON}<|eom_id|>", "", [BONN]),
    "Llama, by name": ('<function=weather>{"city": "Bonn"}</function>', "", [BONN]),
    "Qwen Coder": (
        "<tool_call>\n<function=weather>\n<parameter=city>\nBonn\n</parameter>\n</function>\n</tool_call>",
        "",
        [BONN],
    ),
    "DeepSeek": (
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n"
        '```json\n{"city": "Bonn"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
        "",
        [BONN],
    ),
    "not offered": ('<tool_call>{"name": "book"}</tool_call>Hello.', "Hello.", []),
    "no call": ('{"city": "Bonn"} is JSON.', '{"city": "Bonn"} is JSON.', []),
    "a note": ("[laughs] Hello.", "[laughs] Hello.", []),
    "a list": ("[1, 2] are numbers.", "[1, 2] are numbers.", []),
    "words about a tool": ("The tool weather needs {a city}.", "The tool weather needs {a city}.", []),
    "code": ("```python\nprint()\n```", "```python\nprint()\n```", []),
}


def read(
    pieces: list[str], offered: tuple[str, ...] = ("weather", "clock")
) -> tuple[str, list[tuple[str, str]]]:
    text = ReplyText(begins_inside=False, offered=offered)
    spoken = "".join(text.feed(piece) for piece in pieces) + text.finish(truncated=False)
    return spoken, [(call.name, call.arguments) for call in text.calls]


@pytest.mark.parametrize(("written", "spoken", "called"), CALLS.values(), ids=CALLS)
def test_a_written_call_is_found_however_the_text_is_split(
    written: str, spoken: str, called: list[tuple[str, str]]
) -> None:
    for pieces in ([written], list(written), [written[:9], written[9:]]):
        assert read(pieces) == (spoken, called)


def test_words_are_not_held_back() -> None:
    text = ReplyText(begins_inside=False, offered=("weather",))
    assert [text.feed(piece) for piece in ("Hello", " there", ".")] == ["Hello", " there", "."]
    text = ReplyText(begins_inside=False, offered=("weather",))
    assert [text.feed(piece) for piece in ("[", "sighs a bit", "]")] == ["", "[sighs a bit", "]"]


def test_without_tools_json_is_not_held_back() -> None:
    assert read([JSON], offered=()) == (JSON, [])
    text = ReplyText(begins_inside=False)
    assert text.feed('{"name": ') == '{"name": '


def test_a_call_that_is_broken_off_is_neither_called_nor_spoken() -> None:
    text = ReplyText(begins_inside=False, offered=("weather",))
    assert text.feed('Wait. <tool_call>{"name": "weather"} ') == "Wait. "
    assert (text.finish(truncated=True), text.calls) == ("", ())
