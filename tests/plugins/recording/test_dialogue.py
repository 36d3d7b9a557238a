"""What a recording tells: who said what and when, and how each turn of the bot ended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from voicebot import (
    BotResumed,
    BotTurnEnded,
    ConfigChanged,
    InputReceived,
    ProviderAnswered,
    ProviderAsked,
    ToolEnded,
    ToolStarted,
    TurnTimed,
    TypedLine,
    UnitSpoken,
    UserSpeechStarted,
    UserSpeechStopped,
    UserTurnEnded,
    Utterance,
    WordTiming,
)
from voicebot_recording.dialogue import Happened, Said, dialogue
from voicebot_recording.format import encoded
from voicebot_recording.reading import Recording

ASKED = (
    UserSpeechStarted(1.0),
    UserSpeechStopped(2.2, silent_since=2.0),
    UserTurnEnded(2.5, "what is the time", 1),
)


def told(*events: Any) -> list[Any]:
    lines = tuple(encoded(event) for event in events)
    return list(dialogue(Recording(Path(), {"name": "Polly"}, (), lines)))


def test_words_are_spread_over_the_seconds_in_which_there_was_speech() -> None:
    (said,) = told(
        UserSpeechStarted(1.0),
        UserSpeechStopped(2.2, silent_since=2.0),
        UserSpeechStarted(5.0),
        UserSpeechStopped(6.2, silent_since=6.0),
        UserTurnEnded(6.5, "four well four well", 1),
    )
    assert (said.at, said.until, said.side) == (1.0, 6.0, "user")
    assert [word.at for word in said.words] == [1.0, 1.5, 5.0, 5.5]


def test_the_bots_words_are_timed_by_the_units_that_were_heard() -> None:
    *_, said = told(
        *ASKED,
        UnitSpoken(3.0, "Noon, sir."),
        UnitSpoken(4.0, "More or less."),
        BotTurnEnded(5.0, "Noon, sir. More or less."),
    )
    assert (said.at, said.until, said.ending) == (3.0, 5.0, "")
    assert [(word.text, round(word.at, 2)) for word in said.words] == [
        ("Noon,", 3.0),
        ("sir.", 3.56),
        ("More", 4.0),
        ("or", 4.36),
        ("less.", 4.55),
    ]


def test_a_voice_that_times_its_words_is_believed() -> None:
    *_, said = told(
        *ASKED,
        ProviderAsked(2.6, "synthesizer", 7, Utterance("Noon, sir.")),
        ProviderAnswered(2.7, "synthesizer", 7, WordTiming(0, 4, 0.1)),
        ProviderAnswered(2.7, "synthesizer", 7, WordTiming(6, 3, 0.8)),
        UnitSpoken(3.0, "Noon, sir."),
        BotTurnEnded(5.0, "Noon, sir."),
    )
    assert [(word.text, word.at) for word in said.words] == [("Noon,", 3.1), ("sir.", 3.8)]


@pytest.mark.parametrize(
    ("spoke_at", "ended_at", "heard", "ending"),
    [
        (3.2, 3.6, "It is", "cut off"),  # within 1.5 s of the first sound
        (2.8, 3.4, "It is", "cut off"),  # before it: the bot began over the user
        (4.8, 5.1, "It is a quarter past", "interrupted"),
        (3.9, 4.2, "Noon. And", "interrupted"),  # a whole sentence was heard
        (3.1, 3.2, "", "taken back"),
    ],
)
def test_a_user_who_goes_on_soon_was_cut_off(
    spoke_at: float, ended_at: float, heard: str, ending: str
) -> None:
    bot = told(
        *ASKED, UserSpeechStarted(spoke_at), UnitSpoken(3.0, "It is"), BotTurnEnded(ended_at, heard, True)
    )[-1]
    assert (bot.side, bot.ending) == ("bot", ending)


def test_a_turn_whose_answer_was_taken_back_goes_on() -> None:
    said = told(
        *ASKED,
        UserSpeechStarted(2.7),
        BotTurnEnded(2.8, "", True),
        UserSpeechStopped(3.4, silent_since=3.2),
        UserTurnEnded(3.6, "what is the time in Rome", 2),
    )
    assert [each.ending for each in said] == ["", "taken back", ""]
    assert (said[-1].at, said[-1].until) == (1.0, 3.2)


def test_an_answer_that_a_hang_up_stopped_before_it_was_heard_was_not_taken_back() -> None:
    assert [each.side for each in told(*ASKED, BotTurnEnded(2.8, "", True))] == ["user"]


def test_what_the_bot_says_unasked_can_only_be_interrupted() -> None:
    (bot,) = told(UnitSpoken(1.0, "Ahoy"), UserSpeechStarted(1.5), BotTurnEnded(1.8, "Ahoy", True))
    assert bot.ending == "interrupted"


def test_a_typed_line_interrupts_and_is_said_to_be_typed() -> None:
    said = told(
        *ASKED,
        UnitSpoken(3.0, "It is"),
        InputReceived(3.5, TypedLine("stop")),
        BotTurnEnded(3.5, "It", True),
        UserTurnEnded(3.5, "stop", 2),
    )
    assert [(each.side, each.ending, each.typed) for each in said] == [
        ("user", "", False),
        ("bot", "interrupted", False),
        ("user", "", True),
    ]
    assert said[-1].at == 3.5


def test_noise_over_the_bot_is_no_part_of_the_next_turn() -> None:
    said = told(
        *ASKED,
        UnitSpoken(3.0, "It is noon."),
        UserSpeechStarted(3.5),
        BotResumed(4.0),
        BotTurnEnded(5.0, "It is noon."),
        UserSpeechStarted(6.0),
        UserSpeechStopped(7.2, silent_since=7.0),
        UserTurnEnded(7.5, "thanks", 2),
    )
    assert [each.at for each in said] == [1.0, 3.0, 6.0]


def test_tools_and_changes_are_told_where_they_belong() -> None:
    timing = TurnTimed(4.0, 1, decided=2.5, first_sound=3.0)
    entries = told(
        ToolStarted(2.1, "1", "look", "{}", ahead=True),
        ToolEnded(2.3, "1", "look", "done", "land", 0.2),
        *ASKED,
        ConfigChanged(2.6, ("chat.model a -> b",)),
        timing,
        TurnTimed(9.0, 0, decided=8.0),
    )
    assert kinds(entries) == ["user", "tool", "config", "timing"]
    assert entries[1].text == "look: done after 0.20 s"
    assert entries[2].text == "changed: chat.model a -> b"


def kinds(entries: Sequence[Any]) -> list[str]:
    return [
        each.side if isinstance(each, Said) else each.kind if isinstance(each, Happened) else "timing"
        for each in entries
    ]


def test_a_reply_whose_words_were_left_out_is_still_there() -> None:
    bot = told(*ASKED, UnitSpoken(3.0, ""), BotTurnEnded(5.0, ""))[-1]
    assert (bot.at, bot.until, bot.text) == (3.0, 5.0, "")
