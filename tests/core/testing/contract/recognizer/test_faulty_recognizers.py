"""A recogniser with a fault fails the corresponding check."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from voicebot import (
    Options,
)
from voicebot.testing import ScriptedRecognizer
from voicebot.testing.contract import RecognizerContract
from voicebot.testing.scripted import speech_frames

from .faulty_recognizers import (
    FAULTS,
    MANY,
    WORDS,
    EndsAtASecondCommit,
    Reader,
    Session,
    SettlesByItself,
    SettlesNothingInSilence,
    SettlesNothingTheSecondTime,
    with_session,
)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a recording of scripted sound."""
    path = tmp_path_factory.mktemp("sound") / "parrot.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"".join(speech_frames(WORDS, 1.0)))
    return path


def contract(reader: type[Reader], recording: Path) -> type[RecognizerContract]:
    class TestReader(RecognizerContract):
        time_limit = 3.0
        clip = recording
        words = WORDS
        word_error_rate = 0.0

        def make(self) -> Reader:
            self.made = reader(Options())
            return self.made

        def cut(self) -> None:
            self.made.connected = False

        def restore(self) -> None:
            self.made.connected = True

    return TestReader


@pytest.mark.parametrize("session", [Session, SettlesByItself])
def test_a_correct_recogniser_passes(
    session: type[Session], clip: Path, outcomes: Callable[..., Any]
) -> None:
    found = outcomes(contract(with_session(session), clip))
    assert not {name: o.text for name, o in found.items() if o.result == "failed"}


@pytest.mark.parametrize(
    "session", [SettlesNothingInSilence, SettlesNothingTheSecondTime, EndsAtASecondCommit]
)
def test_an_unanswered_commit_is_reported_by_its_number(
    session: type[Session], clip: Path, outcomes: Callable[..., Any]
) -> None:
    check = "test_each_commit_is_answered_by_one_final"
    outcome = outcomes(contract(with_session(session), clip), check)[check]
    assert outcome.text.startswith("expected: a final for commit 2\nseen: none"), outcome.text


def test_a_recogniser_that_ignores_commits_skips_their_checks(
    clip: Path, outcomes: Callable[..., Any]
) -> None:
    check = "test_each_commit_is_answered_by_one_final"
    outcome = outcomes(contract(with_session(SettlesByItself), clip), check)[check]
    assert outcome.result == "skipped"


def test_the_scripted_recogniser_passes(clip: Path, outcomes: Callable[..., Any]) -> None:
    recording = clip

    class TestScripted(RecognizerContract):
        clip = recording
        words = WORDS

        def make(self) -> ScriptedRecognizer:
            return ScriptedRecognizer(final_delay=0.01)

    assert not {name: o.text for name, o in outcomes(TestScripted).items() if o.result == "failed"}


@pytest.mark.parametrize("reader", FAULTS, ids=lambda reader: reader.__name__)
def test_a_fault_is_caught_by_the_corresponding_check(
    reader: type[Reader], clip: Path, outcomes: Callable[..., Any]
) -> None:
    meant = f"test_{FAULTS[reader]}"
    outcome = outcomes(contract(reader, clip), meant)[meant]
    assert outcome.result == "failed", outcome


@pytest.mark.slow
@pytest.mark.parametrize(
    "reader", [r for r in FAULTS if r.__name__ not in MANY], ids=lambda reader: reader.__name__
)
def test_a_fault_is_caught_by_no_other_check(
    reader: type[Reader], clip: Path, outcomes: Callable[..., Any]
) -> None:
    failed = {
        name for name, outcome in outcomes(contract(reader, clip)).items() if outcome.result == "failed"
    }
    assert {name.removeprefix("test_") for name in failed} == {FAULTS[reader]}
