"""Which language the user's turn is in: of those that are listed, the one that most of its words are in."""

from __future__ import annotations

import pytest

from voicebot.engine.turns.actions import Answer, AskTurnDetector, Discard, Prepare
from voicebot.engine.turns.rules import TurnRules
from voicebot.engine.turns.turn_taking import TurnTaking
from voicebot.engine.turns.user_turn.user_language import listed
from voicebot.languages.known import use_plugin_languages
from voicebot.languages.language import Language

from .scenario import PATIENCE, Decisions, Step, play

ENGLISH_AND_GERMAN = TurnRules(PATIENCE, prepare="off", languages=("en-US", "de-DE"))


def answered(decisions: Decisions) -> list[tuple[str, str]]:
    """Return the words of each turn that was answered, with their language."""
    return [(action.text, action.language) for _, action in decisions if isinstance(action, Answer)]


def said(at: float, *finals: str) -> list[Step]:
    """Return the steps of a turn of one or more segments, each one second long, that is answered."""
    steps: list[Step] = []
    for final in finals:
        steps += [("start", at, None), ("stop", at + 1, None), ("final in", at + 1.1, final)]
        at += 1.3
    return [*steps, ("audible", at + 3, None), ("done", at + 4, "Well.")]


@pytest.mark.parametrize(
    ("finals", "language"),
    [
        ([": how are you"], "en-US"),
        (["en: how are you"], "en-US"),
        (["de: wie geht es dir"], "de-DE"),
        (["de-AT: wie geht es dir"], "de-DE"),
        (["german: wie geht es dir"], "de-DE"),
        (["ja: ohayo"], "en-US"),
        (["de: hallo", "en: what is the weather like"], "en-US"),
        (["de: wie wird das Wetter", "en: today"], "de-DE"),
        (["en: yes", "de: ja"], "de-DE"),
        (["de: wie wird das Wetter", ": heute"], "de-DE"),
        (["de: wie wird das Wetter", "ja: um um um um um um um"], "de-DE"),
    ],
)
def test_the_language_of_a_turn_is_that_of_most_of_its_words(finals: list[str], language: str) -> None:
    decisions = play(TurnTaking(ENGLISH_AND_GERMAN), *said(0.0, *finals))

    assert [spoken for _, spoken in answered(decisions)] == [language]


def test_a_turn_without_a_known_language_is_in_that_of_the_turn_before() -> None:
    turns = [
        said(0.0, "de: guten Tag"),
        said(20.0, ": okay"),
        said(40.0, "ja: um"),
        said(60.0, "en: hi there"),
    ]
    decisions = play(TurnTaking(ENGLISH_AND_GERMAN), *(step for turn in turns for step in turn))

    assert answered(decisions) == [
        ("guten Tag", "de-DE"),
        ("okay", "de-DE"),
        ("um", "de-DE"),
        ("hi there", "en-US"),
    ]


def test_a_bot_with_one_language_never_leaves_it() -> None:
    turns = [said(0.0, "ja: um"), said(20.0, "de: guten Tag")]
    rules = TurnRules(PATIENCE, prepare="off", languages=("en-GB",))
    decisions = play(TurnTaking(rules), *(step for turn in turns for step in turn))

    assert answered(decisions) == [("um", "en-GB"), ("guten Tag", "en-GB")]


def test_a_typed_line_is_in_the_language_of_the_turn_before() -> None:
    steps = [*said(0.0, "de: guten Tag"), ("typed", 20.0, "und du")]

    assert answered(play(TurnTaking(ENGLISH_AND_GERMAN), *steps))[1] == ("und du", "de-DE")


def test_the_turn_detector_is_told_the_language_as_soon_as_it_is_known() -> None:
    asked: list[tuple[str, bool, str]] = []

    def wait(question: AskTurnDetector) -> float:
        asked.append((question.text, question.is_final, question.language))
        return 0.8

    steps: list[Step] = [
        ("start", 0.0, None),
        ("partial", 0.8, "guten Tag"),
        ("stop", 1.0, None),
        ("final in", 1.2, "de: guten Tag"),
        ("wait", 3.0, None),
    ]
    play(TurnTaking(ENGLISH_AND_GERMAN), *steps, wait=wait)

    assert asked == [("guten Tag", False, "en-US"), ("guten Tag", True, "de-DE")]


@pytest.mark.parametrize(("language", "prepared"), [("de", ["en-US", "de-DE"]), ("en", ["en-US"])])
def test_a_reply_that_was_prepared_in_another_language_is_prepared_again(
    language: str, prepared: list[str]
) -> None:
    rules = TurnRules(PATIENCE, languages=("en-US", "de-DE"))
    steps: list[Step] = [
        ("start", 0.0, None),
        ("partial", 0.8, "guten Tag"),
        ("stop", 1.0, None),
        ("final in", 1.6, f"{language}: guten Tag"),
        ("wait", 5.0, None),
    ]
    decisions = [action for _, action in play(TurnTaking(rules), *steps, wait=lambda question: 1.5)]

    assert [action.language for action in decisions if isinstance(action, Prepare)] == prepared
    assert decisions.count(Discard()) == len(prepared) - 1
    assert decisions[-1] == Answer("guten Tag", prepared=True)
    assert isinstance(decisions[-1], Answer)
    assert decisions[-1].language == prepared[-1]


def test_a_final_that_comes_after_the_answer_sets_the_language_of_what_follows() -> None:
    steps: list[Step] = [
        ("start", 0.0, None),
        ("partial", 0.8, "guten Tag"),
        ("stop", 1.0, None),
        ("wait", 2.5, None),
        ("audible", 3.0, None),
        ("final in", 3.5, "de: guten Tag"),
        ("done", 4.0, "Well."),
        ("typed", 10.0, "und du"),
    ]

    decisions = play(TurnTaking(ENGLISH_AND_GERMAN), *steps)
    assert answered(decisions) == [("guten Tag", "en-US"), ("und du", "de-DE")]


@pytest.mark.parametrize(
    ("reported", "languages", "tag"),
    [
        ("de", ("en-US", "de-DE"), "de-DE"),
        ("DE_de", ("de-AT", "de-DE"), "de-DE"),
        ("de-CH", ("en-US", "de-AT", "de-DE"), "de-AT"),
        ("English", ("de-DE", "en-GB"), "en-GB"),
        ("no", ("en-US", "nb-NO"), "nb-NO"),
        ("cmn-Hans-CN", ("en-US", "zh-CN"), "zh-CN"),
        ("en", ("de-DE", "fr"), None),
        ("mul", ("en-US", "de-DE"), None),
        ("", ("en-US", "de-DE"), None),
        ("xx-none", ("en-US", "de-DE"), None),
    ],
)
def test_tags_names_and_other_codes_find_the_language_in_the_list(
    reported: str, languages: tuple[str, ...], tag: str | None
) -> None:
    assert listed(reported, languages) == tag


def test_a_language_that_a_plugin_adds_later_is_found_by_its_name() -> None:
    use_plugin_languages(())
    assert listed("Lojban", ("en-US", "jbo")) is None
    try:
        use_plugin_languages([Language(tag="jbo", aliases=frozenset(["lojban"]))])

        assert listed("Lojban", ("en-US", "jbo")) == "jbo"
    finally:
        use_plugin_languages(())
