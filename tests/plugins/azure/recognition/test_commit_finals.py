"""Commits and finals, without a service: what it says and when, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from voicebot import FinalTranscript, PartialTranscript, RecognitionEvent, SpeechStarted, SpeechStopped
from voicebot_azure.recognition.commit_finals import Settlement


def settlement(**arguments: Any) -> Settlement:
    return Settlement(**{"commits": True, "silence": 0.5, "watchdog": 3.0, **arguments})


def words(events: Sequence[RecognitionEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, FinalTranscript)]


def test_a_confirmed_commit_is_answered_with_what_was_said() -> None:
    s = settlement()

    assert s.hypothesis(0.0, "hello") == [SpeechStarted(), PartialTranscript("hello")]
    s.committed(1.0, 7)
    assert s.phrase(1.1, "Hello there.", "en-US", 7) == [FinalTranscript("Hello there.", "en-US")]
    assert s.deadline is None


def test_segments_that_the_service_ends_itself_wait_for_the_commit() -> None:
    s = settlement()

    s.hypothesis(0.0, "one")
    assert s.phrase(0.5, "One.", None, 0) == [PartialTranscript("One."), SpeechStopped()]
    assert s.hypothesis(1.0, "two") == [SpeechStarted(), PartialTranscript("One. two")]
    s.committed(2.0, 1)

    assert s.phrase(2.1, "Two.", None, 1) == [FinalTranscript("One. Two.")]


def test_a_segment_that_ends_while_the_commit_is_under_way_joins_its_final() -> None:
    s = settlement()

    s.hypothesis(0.0, "one")
    s.committed(1.0, 1)
    assert s.phrase(1.1, "One.", None, 0) == [PartialTranscript("One.")]
    assert words(s.phrase(1.2, "", None, 1)) == ["One."]


def test_a_commit_where_nothing_was_said_is_answered_with_nothing() -> None:
    s = settlement()

    s.committed(0.0, 1)

    assert s.phrase(0.1, "", None, 1) == [FinalTranscript("")]


def test_a_confirmation_answers_all_commits_up_to_its_own() -> None:
    s = settlement()
    for token in (1, 2, 3):
        s.committed(float(token), token)

    assert words(s.phrase(3.1, "All of it.", None, 2)) == ["All of it.", ""]
    assert words(s.phrase(3.2, "", None, 3)) == [""]


def test_a_service_that_confirms_nothing_answers_with_the_end_of_the_segment() -> None:
    s = settlement()
    s.hypothesis(0.0, "hello")
    s.committed(1.0, 1)

    assert s.deadline == 1.5
    assert s.tick(1.5) == []
    assert words(s.phrase(1.6, "Hello.", None, 0)) == ["Hello."]

    s.hypothesis(2.0, "next")
    s.committed(3.0, 2)
    assert words(s.phrase(3.1, "Next.", None, 0)) == ["Next."], "learned: no waiting the second time"


def test_a_confirmation_that_comes_late_loses_and_doubles_nothing() -> None:
    s = settlement()
    s.hypothesis(0.0, "one two")
    s.committed(1.0, 1)
    s.tick(1.5)
    assert words(s.phrase(1.6, "One.", None, 0)) == ["One."]

    assert s.phrase(1.9, "Two.", None, 1) == [PartialTranscript("Two.")]
    s.committed(3.0, 2)
    assert words(s.phrase(3.1, "", None, 2)) == ["Two."]


def test_a_service_that_never_confirms_may_have_ended_the_segment_before_the_commit() -> None:
    s = settlement(commits=False)
    s.hypothesis(0.0, "hello")
    s.phrase(0.6, "Hello.", None, 0)
    s.committed(0.7, 0)

    assert s.deadline == pytest.approx(1.2)
    assert words(s.tick(1.2)) == ["Hello."]


def test_without_confirmations_lasting_silence_is_an_answer_once_the_service_has_spoken() -> None:
    s = settlement(commits=False)
    s.phrase(0.0, "", None, 0)
    s.committed(1.0, 0)

    assert s.deadline == 2.0
    assert s.tick(2.0) == [FinalTranscript("")]


def test_words_that_come_after_an_answer_without_words_are_answered_late() -> None:
    s = settlement()

    s.phrase(0.0, "Hello.", None, 0)
    s.committed(0.1, 1)
    assert words(s.tick(s.deadline or 0.0)) == ["Hello."]
    s.committed(5.0, 2)
    assert words(s.tick(s.deadline or 0.0)) == [""]

    assert words(s.phrase(7.0, "Yes.", None, 0)) == ["Yes."]
    assert words(s.phrase(8.0, "And more.", None, 0)) == []


def test_an_answer_waits_for_the_segment_that_is_open() -> None:
    s = settlement(commits=False)
    s.hypothesis(0.0, "hel")
    s.committed(0.5, 0)

    assert s.tick(2.5) == []
    assert s.trouble(3.4) is None
    assert s.trouble(3.5) == "silent"


def test_what_was_said_is_answered_at_the_end_with_and_without_commits() -> None:
    s = settlement()
    s.committed(0.0, 1)
    s.committed(0.1, 2)
    s.phrase(0.2, "Rest.", None, 0)

    assert words(s.ended()) == ["Rest.", ""]

    s.phrase(0.3, "More.", None, 0)
    assert words(s.ended()) == ["More."]
    assert s.ended() == []


def test_a_commit_that_a_service_which_knows_them_leaves_unanswered_is_trouble() -> None:
    s = settlement()
    s.committed(0.0, 1)
    s.phrase(0.1, "", None, 1)
    s.committed(1.0, 2)

    assert s.deadline == 4.0
    assert (s.trouble(3.9), s.trouble(4.0)) == (None, "silent")


def test_a_sign_of_life_puts_trouble_off() -> None:
    s = settlement()
    s.committed(0.0, 1)
    s.hypothesis(2.9, "long")

    assert s.trouble(3.0) is None
    assert s.trouble(5.9) == "silent"


def test_speech_that_the_service_does_not_hear_is_trouble_and_silence_is_not() -> None:
    quiet, loud = settlement(), settlement()
    for frame in range(150):
        quiet.wrote(frame * 0.02, 0.02, loud=False)
        loud.wrote(frame * 0.02, 0.02, loud=True)

    assert quiet.deadline is None
    assert loud.deadline == 3.0
    assert loud.trouble(3.0) == "silent"


def test_a_segment_that_stays_open_while_sound_goes_out_is_trouble() -> None:
    s = settlement()
    s.hypothesis(0.0, "hello")

    assert s.deadline is None, "no sound, no trouble: the microphone may be muted"
    for frame in range(100):
        s.wrote(1 + frame * 0.02, 0.02, loud=False)
    assert s.trouble(4.0) == "silent"


def test_a_lost_connection_is_trouble_unless_another_is_found() -> None:
    s = settlement()
    s.disconnected(1.0)
    s.connected(2.0)
    assert s.deadline is None

    s.disconnected(3.0)
    assert s.trouble(5.9) is None
    assert s.trouble(6.0) == "disconnected"


def test_an_end_that_is_not_confirmed_is_trouble() -> None:
    s = settlement()
    s.finished(1.0)

    assert s.trouble(4.0) == "silent"


@pytest.mark.parametrize(("failures", "due"), [(0, 3.0), (1, 6.0), (2, 12.0), (5, 12.0)])
def test_each_session_in_a_row_that_fell_silent_gives_the_next_more_time(failures: int, due: float) -> None:
    s = settlement(failures=failures)
    s.committed(0.0, 1)
    s.hypothesis(0.0, "h")

    assert s.trouble(due - 0.01) is None
    assert s.trouble(due) == "silent"

    s.phrase(due, "Hello.", None, 1)
    assert s.watchdog == 3.0


def test_silence_is_believed_after_two_silent_sessions() -> None:
    doubted, believed = settlement(failures=1), settlement(failures=2)
    for s in (doubted, believed):
        s.committed(0.0, 1)
        s.tick(0.5)

    assert words(doubted.tick(1.0)) == []
    assert words(believed.tick(1.0)) == [""], "a cough that no service would answer to"
