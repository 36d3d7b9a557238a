"""`tune` finds what fits the recorded users, and says so only if the half that it did not see agrees."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.testing import ScriptedChatModel, ScriptedUser
from voicebot_recording.reading import Recording
from voicebot_replay.engine import replay
from voicebot_replay.tuning import Tuned, settings_to_try, tune
from voicebot_replay.tuning.outcomes import counted, outcomes, pauses

from ..talks import config, record


async def pausing(user: ScriptedUser) -> None:
    """Six orders with a pause of a second in each."""
    for _ in range(6):
        await user.says("i would like", 0.5)
        await user.waits(1.0)
        await user.says("a pizza", 0.5)
        await user.waits(3.0)


async def fluent(user: ScriptedUser) -> None:
    """Six orders without a pause."""
    for _ in range(6):
        await user.says("i would like a pizza", 0.8)
        await user.waits(2.7)


def quick_answers() -> ScriptedChatModel:
    return ScriptedChatModel(["Aye."] * 20, first_token=0.05)


def tuned(folder: Path, recordings: list[Recording], patience: float) -> Tuned:
    """Try a patience of 0.3 and of 1.2 seconds against the present one."""
    present, *others = settings_to_try(config(folder, patience))
    chosen = [present, *(each for each in others if each.patience in (0.3, 1.2))]
    return tune(recordings, present.config, settings=chosen, least=3)


def test_users_who_pause_get_more_patience(tmp_path: Path) -> None:
    recording = record(tmp_path, pausing, patience=0.5, chat=quick_answers())
    found = tuned(tmp_path, [recording], 0.5)
    best = found.recommendation

    assert (found.turns, found.pauses) == ((3, 3), (3, 3))
    assert best.verdict == "better"
    assert best.best is not None
    assert best.best.patience == 1.2
    assert best.before is not None
    assert best.after is not None
    assert (best.before.cut_off, best.after.cut_off, best.after.turns) == (3, 0, 3)


def test_users_who_never_pause_get_less_patience(tmp_path: Path) -> None:
    recording = record(tmp_path, fluent, patience=1.5, chat=quick_answers())
    found = tuned(tmp_path, [recording], 1.5)
    best = found.recommendation

    assert found.pauses == (0, 0)
    assert best.verdict == "better"
    assert best.best is not None
    assert best.best.patience == 0.3
    assert best.before is not None
    assert best.after is not None
    assert best.after.cut_off == 0
    assert best.before.median_wait == pytest.approx(1.5, abs=0.1)
    assert best.after.median_wait == pytest.approx(0.4, abs=0.15)
    assert (best.before.late, best.after.late) == (1.0, 0.0)


def test_a_turn_without_an_answer_waits_until_the_user_speaks_again(tmp_path: Path) -> None:
    async def impatient(user: ScriptedUser) -> None:
        for _ in range(2):
            await user.says("what is the time", 0.8)
            await user.waits(2.0)

    recording = record(tmp_path, impatient, patience=0.3, chat=quick_answers())
    replayed = replay(recording, config(tmp_path, 4.0))

    assert counted(replayed) == [True, True]
    assert pauses(recording, replayed.said) == [0, 0]
    waits = [each.wait for each in outcomes(replayed, recording.seconds)]
    assert waits == [pytest.approx(2.0, abs=0.1), pytest.approx(2.1, abs=0.2)]


def test_a_config_is_compared_with_every_patience_but_its_own(tmp_path: Path) -> None:
    present, *others = settings_to_try(config(tmp_path, 0.5))
    assert present.is_present
    assert [each.patience for each in others] == [0.3, 0.8, 1.2, 1.8]
    assert {each.detector for each in others} == {"silence"}
