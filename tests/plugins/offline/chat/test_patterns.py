"""The small language of patterns."""

from __future__ import annotations

import pytest

from voicebot_offline.chat.patterns import MOST_PHRASES, Pattern

NAMES = {"name": ["John", "Captain Hook"]}


@pytest.mark.parametrize(
    ("pattern", "said", "words"),
    [
        ("tell me a joke", "tell me a joke", 4),
        ("tell me a joke", "Oh, TELL me a joke!! please", 4),
        ("[please] tell me (a joke|a story)", "please tell me a story", 5),
        ("[please] tell me (a joke|a story)", "tell me a joke", 4),
        ("tell me [(one more|another)] joke", "tell me one more joke", 5),
        ("tell (me|me a joke)", "tell me a joke", 4),
        ("[very] [very] good", "very very good", 3),
        ("[a|the] ship", "the ship", 2),
        ("what's up", "what\N{RIGHT SINGLE QUOTATION MARK}s up", 2),
        ("(да|нет) друг", "Да, друг!", 2),
        ("a.b(c|d)", "A B d", 3),
        ("मेरा काम", "मेरा काम क्या है?", 2),
        ("hello", "\u2764\ufe0fhello", 1),
    ],
)
def test_a_pattern_matches_and_counts_its_own_words(pattern: str, said: str, words: int) -> None:
    match = Pattern(pattern).match(said)
    assert match is not None
    assert match.words == words


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("ship", "shipment"),
        ("ship", "midship"),
        ("tell me a joke", "tell me joke a"),
        ("my name is {name}", "my name is"),
        ("(a|b) c", "c"),
        ("मेरा काम", "मेरी कम"),
        ("ไม่", "ไม้"),
        ("stop", ""),
        ("stop", "🎉"),
    ],
)
def test_a_pattern_does_not_match_other_words(pattern: str, said: str) -> None:
    assert Pattern(pattern).match(said) is None


@pytest.mark.parametrize(
    ("pattern", "said", "captures"),
    [
        ("my name is {name}", "my name is Ferdinand the Great", {"name": "Ferdinand"}),
        ("my name is {name}", "my name is captain hook", {"name": "Captain Hook"}),
        ("my name is {name}", "my name is john", {"name": "John"}),
        ("i like {thing...}", "Well, I like old ships, and rum", {"thing": "old ships and rum"}),
        ("i like {thing...} best", "i like old ships best", {"thing": "old ships"}),
        ("from {a} to {b}", "from Rome to Paris", {"a": "Rome", "b": "Paris"}),
        ("i am [{name}] here", "i am here", {}),
    ],
)
def test_captures_are_spelled_as_said_or_as_listed(pattern: str, said: str, captures: dict[str, str]) -> None:
    match = Pattern(pattern, NAMES).match(said)
    assert match is not None
    assert match.captures == captures


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("tell me (a joke", r"character 9: '\(' is never closed by '\)'"),
        ("tell me [a joke)", r"character 9: '\[' is never closed by '\]'"),
        ("tell | me", r"character 6: '\|' is outside brackets"),
        ("tell ] me", r"character 6: '\]' closes nothing"),
        ("tell {me", r"character 6: '\{' has no matching bracket"),
        ("tell me}", r"character 8: '\}' has no matching bracket"),
        ("tell (a||b)", "character 6: an alternative in these"),
        ("tell ()", "character 6: an alternative in these"),
        ("my {Name}", r"character 4: \{Name\} should be a name in lower case"),
        ("my {}", "character 4"),
        ("{a} and {a}", r"captures \{a\} twice"),
        ("[please]", "would match anything"),
        ("{all...}", "would match anything"),
        ("", "has no words"),
        ("!!!", "has no words"),
    ],
)
def test_a_malformed_pattern_is_refused_with_position_and_reason(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Pattern(pattern)


def test_phrases_are_all_texts_that_a_pattern_matches() -> None:
    assert sorted(Pattern("[please] tell me (a joke|[one] more)").phrases()) == [
        "please tell me a joke",
        "please tell me more",
        "please tell me one more",
        "tell me a joke",
        "tell me more",
        "tell me one more",
    ]


def test_captures_appear_in_phrases_only_with_their_values() -> None:
    pattern = Pattern("my name is {name} [from {town}]", NAMES)
    assert sorted(pattern.phrases()) == ["my name is captain hook", "my name is john"]


def test_a_pattern_with_millions_of_phrases_yields_only_the_first() -> None:
    assert len(Pattern("(a|b|c|d|e|f|g|h|i|j) " * 12).phrases()) == MOST_PHRASES


def test_ten_minutes_of_words_are_matched_quickly() -> None:
    said = "and then i said that the ship is " * 400
    assert Pattern("{a...} is {b...} not {c...} ever").match(said) is None
