"""The scripted chat model."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import ValidationError

from voicebot import ChatRequest, Message, ReplyEnded, TextDelta
from voicebot_offline.chat.model import ScriptChat, ScriptOptions

SCRIPT: dict[str, Any] = {
    "rules": [
        {"patterns": ["tell me a joke", "another"], "answers": ["Joke one.", "Joke two.", "Joke three."]},
        {
            "patterns": ["my name is {name}", "call me {name}"],
            "values": {"name": ["John"]},
            "answers": ["Hello {name}!", "So now it is {name}."],
        },
        {"patterns": ["who am i"], "answers": ["You are {name|a stranger}."]},
        {"patterns": ["joke"], "answers": ["Did somebody say joke?"]},
    ],
    "default": ["What?", "Pardon, {name|matey}?"],
}


def script(**changes: Any) -> ScriptChat:
    return ScriptChat(ScriptOptions(**{**SCRIPT, **changes}))


async def reply(model: ScriptChat, messages: list[Message]) -> str:
    events = [event async for event in model.reply(ChatRequest(tuple(messages)))]
    assert events[-1] == ReplyEnded()
    assert all(isinstance(event, TextDelta) for event in events[:-1])
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def converse(model: ScriptChat, *said: str) -> list[str]:
    """Return the answers of one conversation that begins with a greeting."""
    messages = [Message("system", "You are a test."), Message("assistant", "Joke two.")]
    answers = []
    for text in said:
        messages.append(Message("user", text))
        answers.append(asyncio.run(reply(model, messages)))
        messages.append(Message("assistant", answers[-1]))
    return answers


def test_answers_are_used_in_turn_and_start_again_after_the_last() -> None:
    said = ["tell me a joke", "another", "hm", "tell me a joke", "another one"]
    assert converse(script(), *said) == ["Joke one.", "Joke two.", "What?", "Joke three.", "Joke one."]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("tell me the joke", "Did somebody say joke?"),
        ("Tell me a choke!", "Joke one."),
        ("my name is John", "Hello John!"),
        ("my mane is John", "Hello John!"),
        ("who are we", "What?"),
        ("tell me a story about the sea", "What?"),
        ("no", "What?"),
        ("", "What?"),
    ],
)
def test_words_that_are_nearly_a_pattern_match_if_none_matches(said: str, answer: str) -> None:
    assert converse(script(), said) == [answer]


def test_a_rule_sets_the_patience_of_the_turn_after_its_answer() -> None:
    rules = [{"patterns": ["i have a problem"], "answers": ["Tell me about it."], "patience": "relaxed"}]
    model = script(rules=rules)

    async def last(said: str) -> object:
        events = [event async for event in model.reply(ChatRequest((Message("user", said),)))]
        return events[-1]

    assert asyncio.run(last("i have a problem")) == ReplyEnded(patience="relaxed")
    assert asyncio.run(last("hm")) == ReplyEnded()


def test_the_rule_that_matches_the_most_words_wins_or_the_first_of_several() -> None:
    assert converse(script(), "a joke", "please, tell me a joke") == ["Did somebody say joke?", "Joke one."]
    rules = [{"patterns": ["a b"], "answers": ["first"]}, {"patterns": ["b c"], "answers": ["second"]}]
    assert converse(script(rules=rules), "a b c") == ["first"]


def test_captures_are_remembered_within_a_conversation() -> None:
    said = ["who am i", "My name is Ferdinand.", "who am i?", "call me john", "who am i", "hm", "hm"]
    assert converse(script(), *said) == [
        "You are a stranger.",
        "Hello Ferdinand!",
        "You are Ferdinand.",
        "So now it is John.",
        "You are John.",
        "What?",
        "Pardon, John?",
    ]


def test_conversations_that_share_a_model_share_no_memory() -> None:
    model = script()
    converse(model, "my name is Ferdinand", "tell me a joke")
    assert converse(model, "who am i", "tell me a joke") == ["You are a stranger.", "Joke one."]


def test_an_interrupted_answer_counts_as_given_and_an_unheard_one_does_not() -> None:
    answers = ["Once upon a time there was a ship.", "Once there was a whale.", "Nobody knows."]
    model = script(rules=[{"patterns": ["story"], "answers": answers}])
    heard = [Message("user", "story"), Message("assistant", "Once upon a"), Message("user", "story")]
    assert asyncio.run(reply(model, heard)) == answers[1]
    unheard = [Message("user", "story"), Message("user", "story")]
    assert asyncio.run(reply(model, unheard)) == answers[0]


def test_messages_dropped_from_history_do_not_make_it_repeat_the_last_answer() -> None:
    messages = [Message("user", "another"), Message("assistant", "Joke three."), Message("user", "another")]
    assert asyncio.run(reply(script(), messages)) == "Joke one."
    messages[1:1] = [Message("assistant", "Joke one."), Message("user", "another")]
    assert asyncio.run(reply(script(), messages)) == "Joke two."


@pytest.mark.parametrize("said", ["", "   ", "🎉", "привет", "x" * 10_000, "word " * 20_000])
def test_text_that_matches_no_rule_gets_a_default_answer(said: str) -> None:
    assert converse(script(), said) == ["What?"]


def test_a_greeting_after_a_silent_user_is_not_an_answer() -> None:
    greeted = [Message("user", "..."), Message("assistant", "What? Who is there?"), Message("user", "xyz")]
    assert asyncio.run(reply(script(), greeted)) == asyncio.run(reply(script(), greeted[2:])) == "What?"


def test_an_empty_history_gets_a_default() -> None:
    assert asyncio.run(reply(script(), [])) == "What?"


def test_words_come_one_by_one() -> None:
    async def scenario() -> None:
        request = ChatRequest((Message("user", "who am i"),))
        texts = [
            e.text async for e in script(words_per_second=1000).reply(request) if isinstance(e, TextDelta)
        ]
        assert texts == ["You", " are", " a", " stranger."]

    asyncio.run(scenario())


def test_phrases_are_those_of_all_patterns_each_once() -> None:
    assert list(script().phrases) == [
        "tell me a joke",
        "another",
        "my name is john",
        "call me john",
        "who am i",
        "joke",
    ]


@pytest.mark.parametrize(
    ("changes", "place", "why"),
    [
        ({"default": []}, ("default",), "at least one"),
        ({"default": ["Hello {name}"]}, (), r"write \{name\|something else\}"),
        ({"default": ["Hello {"]}, ("default", 0), "braces are for"),
        ({"default": ["  "]}, ("default", 0), "must not be empty"),
        ({"rules": [{"patterns": [], "answers": ["x"]}]}, ("rules", 0, "patterns"), "at least one"),
        ({"rules": [{"patterns": ["a"], "answers": []}]}, ("rules", 0, "answers"), "at least one"),
        (
            {"rules": [{"patterns": ["a", "b ("], "answers": ["x"]}]},
            ("rules", 0, "patterns", 1),
            "never closed",
        ),
        ({"rules": [{"patterns": ["a"], "answers": ["{b}"]}]}, ("rules", 0), r"\{b\} may not be known"),
        (
            {"rules": [{"patterns": ["a {b}", "c"], "answers": ["{b}"]}]},
            ("rules", 0),
            r"\{b\} may not be known",
        ),
        ({"rules": [{"patterns": ["a [{b}]"], "answers": ["{b}"]}]}, ("rules", 0), r"\{b\} may not be known"),
        (
            {"rules": [{"patterns": ["a"], "answers": ["x"], "values": {"b": ["c"]}}]},
            ("rules", 0),
            r"no pattern of this rule captures \{b\}",
        ),
    ],
)
def test_an_invalid_script_is_refused_once_with_its_location(
    changes: dict[str, Any], place: tuple[str | int, ...], why: str
) -> None:
    with pytest.raises(ValidationError, match=why) as caught:
        script(**changes)
    assert [error["loc"] for error in caught.value.errors()] == [place]
