"""The recorded user talks with today's engine: the same comes of it, unless engine or config differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot import ToolCall, UnitSpoken
from voicebot.testing import Pause, ScriptedChatModel, ScriptedSynthesizer, ScriptedToolset, ScriptedUser
from voicebot_replay.engine import Replayed, ReplayError, replay

from .talks import LOOK, config, record

ORDER = "i would like a pizza"


async def two_questions(user: ScriptedUser) -> None:
    for words in ("what is the time", "what do you see"):
        await user.says(words)
        await user.is_answered()
        await user.waits(0.5)


async def order(user: ScriptedUser) -> None:
    """Pause for 0.9 seconds in the middle of a sentence."""
    await user.says("i would like")
    await user.waits(0.9)
    await user.says("a pizza")
    await user.waits(5.0)


def replies(*texts: str) -> ScriptedChatModel:
    return ScriptedChatModel(texts)


def words(replayed: Replayed) -> list[str]:
    return [turn.words for turn in replayed.turns]


def assert_same(replayed: Replayed) -> None:
    """Check that everything was decided as it was then, to the millisecond."""
    assert replayed.unrecorded == {}
    assert replayed.failure == ""
    for then, now in zip(replayed.recorded, replayed.turns, strict=True):
        assert (now.words, now.heard, now.tools) == (then.words, then.heard, then.tools)
        assert (now.prepared, now.withdrawn, now.interrupted) == (
            then.prepared,
            then.withdrawn,
            then.interrupted,
        )
        assert now.decided == pytest.approx(then.decided, abs=0.001)
        assert now.answered == pytest.approx(then.answered, abs=0.001)


def test_with_the_same_config_the_same_is_decided_at_the_same_times(tmp_path: Path) -> None:
    recording = record(tmp_path, two_questions, chat=replies("It is noon.", "I see land, and a ship."))
    replayed = replay(recording, config(tmp_path))

    assert words(replayed) == ["what is the time", "what do you see"]
    assert_same(replayed)
    assert not any(turn.cut_off for turn in replayed.turns)


def test_two_replays_have_the_same_log(tmp_path: Path) -> None:
    recording = record(tmp_path, two_questions)
    first, second = (replay(recording, config(tmp_path)).log() for _ in range(2))
    assert first == second
    assert first.count("UserTurnEnded") == 2


def test_less_patience_cuts_off_the_user_who_paused(tmp_path: Path) -> None:
    recording = record(tmp_path, order, patience=1.4, chat=replies("With cheese?", "A pizza it is."))
    replayed = replay(recording, config(tmp_path, 0.3))

    assert [turn.words for turn in replayed.recorded] == [ORDER]
    assert [turn.cut_off for turn in replayed.recorded] == [False]
    assert replayed.turns[0].words == "i would like"
    assert replayed.turns[0].cut_off
    assert replayed.turns[0].waited == pytest.approx(0.3, abs=0.1)
    assert [turn.cut_off for turn in replayed.turns[1:]] == [False]


def test_more_patience_does_not_cut_off_the_user_who_was_cut_off(tmp_path: Path) -> None:
    recording = record(tmp_path, order, patience=0.3, chat=replies("With cheese?", "A pizza it is."))
    replayed = replay(recording, config(tmp_path, 1.4))

    assert [turn.cut_off for turn in replayed.recorded] == [True, False]
    assert words(replayed) == [ORDER]
    assert [turn.cut_off for turn in replayed.turns] == [False]


def test_who_interrupts_the_bot_is_not_cut_off(tmp_path: Path) -> None:
    async def interrupt(user: ScriptedUser) -> None:
        await user.says("tell me a story")
        await user.waits(3.0)
        await user.says("no stop that please")
        await user.waits(4.0)

    recording = record(tmp_path, interrupt, chat=replies("Once upon a time " * 9, "All right."))
    replayed = replay(recording, config(tmp_path))

    assert [turn.interrupted for turn in replayed.turns] == [True, False]
    assert not any(turn.cut_off for turn in (*replayed.recorded, *replayed.turns))
    assert_same(replayed)


def test_tools_return_what_they_returned_then_and_nothing_is_called(tmp_path: Path) -> None:
    tools = ScriptedToolset([(LOOK, [Pause(0.4), "land ahoy"])])
    chat = ScriptedChatModel([[ToolCall("1", "look", '{"where": "Tortuga"}')], "I see land.", "Aye."])
    recording = record(tmp_path, two_questions, chat=chat, toolsets=[tools])
    called = len(tools.begun)
    replayed = replay(recording, config(tmp_path))

    assert [(tool.name, tool.outcome) for tool in replayed.turns[0].tools] == [("look", "done")]
    assert len(tools.begun) == called
    assert_same(replayed)


def test_a_tool_that_ran_ahead_is_one_of_the_turn_that_it_ran_for(tmp_path: Path) -> None:
    tools = ScriptedToolset([(LOOK, ["land ahoy"])])
    chat = ScriptedChatModel(["It is noon.", [ToolCall("1", "look", "{}")], "I see land."])
    recording = record(tmp_path, two_questions, patience=1.4, chat=chat, toolsets=[tools])
    replayed = replay(recording, config(tmp_path, 0.3))  # decides before the tool has run

    for turns in (replayed.recorded, replayed.turns):
        assert [[tool.name for tool in turn.tools] for turn in turns] == [[], ["look"]]


def test_a_voice_that_streams_is_replayed_too(tmp_path: Path) -> None:
    recording = record(
        tmp_path,
        two_questions,
        chat=replies("It is noon, and the sun is high. Nobody works.", "I see land."),
        synthesizer=ScriptedSynthesizer(streams=True, word_timings=True),
    )
    assert_same(replay(recording, config(tmp_path)))


def test_what_was_not_asked_then_is_counted(tmp_path: Path) -> None:
    recording = record(tmp_path, order, patience=1.4, prepare="off", chat=replies("A pizza it is."))
    replayed = replay(recording, config(tmp_path, 0.3))

    assert replayed.unrecorded["chat"] == 2  # the beginning, and all of it with a note
    said = [event.text for event in replayed.events if isinstance(event, UnitSpoken)]
    assert said[0] == "A pizza it is."  # the answer to the words that are most alike
    assert all(turn.is_stand_in for turn in replayed.turns if turn.answered is not None)
    assert not any(turn.is_stand_in for turn in replay(recording, config(tmp_path, 1.4)).turns)


def test_sound_whose_end_is_damaged_is_used_up_to_there(tmp_path: Path) -> None:
    recording = record(tmp_path, two_questions, chat=replies("It is noon.", "I see land."))
    sound = recording.folder / "sound.flac"
    content = sound.read_bytes()
    sound.write_bytes(content[: len(content) // 2])
    replayed = replay(recording, config(tmp_path))
    assert (replayed.failure, len(replayed.turns)) == ("", 1)
    end = f"{replayed.until:.1f}"
    assert replayed.warnings == (f"{recording.folder}: its sound ends at {end} s, and so does the replay",)


@pytest.mark.parametrize(
    ("left_out", "message"),
    [
        ("text", "recorded without text, so that nothing can be answered"),
        ("sound", "recorded without sound, so that the user cannot be heard again"),
    ],
)
def test_a_recording_without_what_the_user_said_is_refused_in_one_line(
    tmp_path: Path, left_out: str, message: str
) -> None:
    recording = record(tmp_path, two_questions, recorded={left_out: False})
    with pytest.raises(ReplayError) as raised:
        replay(recording, config(tmp_path))
    assert str(raised.value) == f"{recording.folder}: {message}"


def test_a_recording_in_which_nobody_speaks_is_refused(tmp_path: Path) -> None:
    async def nothing(user: ScriptedUser) -> None:
        await user.waits(1.0)

    recording = record(tmp_path, nothing)
    with pytest.raises(ReplayError, match="the user says nothing in this recording"):
        replay(recording, config(tmp_path))
