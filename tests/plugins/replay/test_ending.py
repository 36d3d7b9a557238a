"""How a recording ends decides up to where its replay is compared with it."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voicebot import (
    BotTurnEnded,
    ChatRequest,
    ConversationEnded,
    Hints,
    ProviderAnswered,
    ProviderAsked,
    ProviderClosed,
    ProviderGiven,
    StreamedUtterance,
    TextDelta,
    TurnTimed,
    UnitSpoken,
    UserTurnEnded,
)
from voicebot_recording.reading import Recording
from voicebot_replay.engine.ending import Ending, before, ending_of

LISTENING = ProviderAsked(0.0, "recognizer", 1, Hints())
HUNG_UP = ProviderGiven(8.0, "recognizer", 1, "finish")
ASKED = ProviderAsked(4.0, "chat", 2, ChatRequest(()))
WRITTEN = ProviderAnswered(4.2, "chat", 2, TextDelta("Aye. It"))
SPOKEN_TO = ProviderAsked(4.1, "synthesizer", 3, StreamedUtterance())
TEXT = ProviderGiven(4.3, "synthesizer", 3, "text", "Aye. ")
ALL_TEXT = ProviderGiven(4.4, "synthesizer", 3, "finish")
TURN, ANSWER, ANSWERED = UserTurnEnded(4.0, "well", 1), UnitSpoken(5.0, "Aye."), BotTurnEnded(6.0, "Aye.")
STOPPED = BotTurnEnded(6.0, "A", interrupted=True)
LATER = UserTurnEnded(7.0, "so", 2)


def of(*events: Any, lines: Any = (), sound: int | None = None, folder: Path = Path()) -> Ending:
    return ending_of(Recording(folder, {"sound": sound}, (), tuple(lines)), events)


@pytest.mark.parametrize(
    ("events", "until"),
    [
        ([LISTENING, TURN, ANSWERED, UnitSpoken(9.0, "It")], 6.0),  # a unit may become audible later
        ([LISTENING, ASKED, WRITTEN, LATER], 4.2),
        ([LISTENING, ASKED, WRITTEN, ProviderClosed(4.5, "chat", 2), LATER], 7.0),
        ([LISTENING, SPOKEN_TO, LATER], 4.1),
        ([LISTENING, SPOKEN_TO, TEXT, LATER], 4.3),
        ([LISTENING, SPOKEN_TO, TEXT, ALL_TEXT, LATER], 7.0),
    ],
)
def test_without_its_end_it_is_compared_as_far_as_all_is_known(events: list[Any], until: float) -> None:
    assert of(*events) == Ending(until, breaks_off=True)


def test_what_is_heard_later_was_published_before() -> None:
    assert list(before([ANSWER, UnitSpoken(9.0, "It"), ANSWERED, LATER], 6.0)) == [
        ANSWER,
        UnitSpoken(9.0, "It"),
        ANSWERED,
    ]


@pytest.mark.parametrize(
    ("by", "events", "ending"),
    [
        ("phrase", [LISTENING, TURN, ANSWER, ANSWERED], Ending(10.0)),
        ("program", [LISTENING, TURN, ANSWER, ANSWERED, TurnTimed(6.0, 1)], Ending(9.0)),
        ("program", [LISTENING, ANSWER, ANSWERED], Ending(5.0, breaks_off=True)),  # a last line
        ("program", [LISTENING, ANSWER, ANSWERED, LATER], Ending(9.0)),
        ("failure", [LISTENING, TURN], Ending(9.0, breaks_off=True)),
        ("failure", [LISTENING, ANSWER, ANSWERED], Ending(5.0, breaks_off=True)),
        ("input", [LISTENING, TURN], Ending(9.0, breaks_off=True)),  # cancelled
        ("input", [LISTENING, TURN, ANSWER, ANSWERED, HUNG_UP], Ending(None, hangs_up=8.0)),
        ("input", [LISTENING, TURN, STOPPED, HUNG_UP], Ending(9.0, breaks_off=True, hangs_up=8.0)),  # Ctrl-C
        ("input", [LISTENING, STOPPED, LATER, HUNG_UP], Ending(None, hangs_up=8.0)),  # by the user
        ("input", [LISTENING, HUNG_UP, ProviderAsked(8.5, "recognizer", 4, Hints())], Ending(9.0, True)),
        ("input", [TURN, ANSWERED], Ending(None, hangs_up=0.0)),  # typed
    ],
)
def test_the_end_of_a_conversation(by: Any, events: list[Any], ending: Ending) -> None:
    found = of(*events, ConversationEnded(9.0, by=by))
    assert found == ending
    assert found.until == (ending.at if ending.breaks_off else inf)


@pytest.mark.parametrize(
    ("seconds", "events", "until"),
    [
        (2.0, [LISTENING, UserTurnEnded(2.4, "well", 1)], 1.5),  # the rest of the sound was not written
        (2.0, [LISTENING, UserTurnEnded(4.0, "well", 1)], 4.0),  # the device sent no more
        (2.0, [LISTENING, replace(HUNG_UP, at=2.0), UserTurnEnded(2.4, "well", 1)], 2.4),
        (1.2, [LISTENING, UserTurnEnded(4.0, "well", 1)], 1.0),  # what came was lost
        (1.2, [LISTENING, HUNG_UP, ConversationEnded(9.0)], 1.0),
        (0.2, [LISTENING, UserTurnEnded(4.0, "well", 1)], 0.0),
    ],
)
def test_where_sound_is_missing_nothing_can_be_compared(
    tmp_path: Path, seconds: float, events: list[Any], until: float
) -> None:
    soundfile.write(tmp_path / "sound.flac", np.zeros((int(seconds * 16_000), 2), "int16"), 16_000)
    heard = {"type": "SoundFrames", "at": 0.5, "sample": 0, "after": [500, 1000], "samples": 8_000}
    ending = of(*events, lines=[heard], sound=16_000, folder=tmp_path)
    assert (ending.until, ending.breaks_off) == (until, True)
