"""Commits and finals without a service: its messages and their times, as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from voicebot import FinalTranscript, PartialTranscript, RecognitionEvent, SpeechStarted, SpeechStopped
from voicebot_azure.recognition.commit_finals import CommitFinals
from voicebot_azure.recognition.watchdog import Watchdog


def make_finals(*, sends_commits: bool = True, silent_sessions: int = 0) -> CommitFinals:
    return CommitFinals(
        sends_commits=sends_commits, silence=0.5, watchdog=Watchdog(3.0, silent_sessions=silent_sessions)
    )


def words(events: Sequence[RecognitionEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, FinalTranscript)]


def test_a_confirmed_commit_is_answered_with_what_was_said() -> None:
    finals = make_finals()

    assert finals.hypothesis(0.0, "hello") == [SpeechStarted(), PartialTranscript("hello")]
    finals.committed(1.0, 7)
    assert finals.phrase(1.1, "Hello there.", "en-US", 7) == [FinalTranscript("Hello there.", "en-US")]
    assert finals.deadline is None


def test_segments_that_the_service_ends_itself_wait_for_the_commit() -> None:
    finals = make_finals()

    finals.hypothesis(0.0, "one")
    assert finals.phrase(0.5, "One.", None, 0) == [PartialTranscript("One."), SpeechStopped()]
    assert finals.hypothesis(1.0, "two") == [SpeechStarted(), PartialTranscript("One. two")]
    finals.committed(2.0, 1)

    assert finals.phrase(2.1, "Two.", None, 1) == [FinalTranscript("One. Two.")]


def test_a_segment_that_ends_while_the_commit_is_under_way_joins_its_final() -> None:
    finals = make_finals()

    finals.hypothesis(0.0, "one")
    finals.committed(1.0, 1)
    assert finals.phrase(1.1, "One.", None, 0) == [PartialTranscript("One.")]
    assert words(finals.phrase(1.2, "", None, 1)) == ["One."]


def test_a_commit_without_speech_is_answered_with_an_empty_final() -> None:
    finals = make_finals()

    finals.committed(0.0, 1)

    assert finals.phrase(0.1, "", None, 1) == [FinalTranscript("")]


def test_a_confirmation_answers_all_commits_up_to_its_own() -> None:
    finals = make_finals()
    for token in (1, 2, 3):
        finals.committed(float(token), token)

    assert words(finals.phrase(3.1, "All of it.", None, 2)) == ["All of it.", ""]
    assert words(finals.phrase(3.2, "", None, 3)) == [""]


def test_a_service_that_confirms_nothing_answers_with_the_end_of_the_segment() -> None:
    finals = make_finals()
    finals.hypothesis(0.0, "hello")
    finals.committed(1.0, 1)

    assert finals.deadline == 1.5
    assert finals.tick(1.5) == []
    assert words(finals.phrase(1.6, "Hello.", None, 0)) == ["Hello."]

    finals.hypothesis(2.0, "next")
    finals.committed(3.0, 2)
    assert words(finals.phrase(3.1, "Next.", None, 0)) == ["Next."], "learned: no waiting the second time"


def test_a_late_confirmation_neither_loses_nor_repeats_words() -> None:
    finals = make_finals()
    finals.hypothesis(0.0, "one two")
    finals.committed(1.0, 1)
    finals.tick(1.5)
    assert words(finals.phrase(1.6, "One.", None, 0)) == ["One."]

    assert finals.phrase(1.9, "Two.", None, 1) == [PartialTranscript("Two.")]
    finals.committed(3.0, 2)
    assert words(finals.phrase(3.1, "", None, 2)) == ["Two."]


def test_commits_that_overtake_the_sound_of_a_new_connection_are_answered_with_its_words() -> None:
    finals = make_finals()
    finals.hypothesis(0.0, "one")
    finals.committed(1.0, 1)
    finals.committed(2.0, 2)
    finals.reconnected(3)

    assert finals.phrase(2.1, "", None, 1) == finals.phrase(2.2, "", None, 2) == []
    assert words(finals.phrase(2.3, "One.", None, 0)) == ["One."]
    assert words(finals.phrase(2.4, "Two.", None, 0)) == ["Two."]
    assert finals.phrase(2.5, "And more.", None, 0) == [PartialTranscript("And more.")]
    assert words(finals.phrase(2.6, "", None, 3)) == ["And more."]
    assert not words(finals.phrase(2.7, "", None, 3))


def test_without_words_the_commit_after_the_sound_answers_those_before_it() -> None:
    finals = make_finals()
    finals.committed(1.0, 1)
    finals.committed(2.0, 2)
    finals.reconnected(3)

    assert finals.phrase(2.1, "", None, 1) == []
    assert words(finals.phrase(2.6, "", None, 3)) == ["", ""]


def test_a_service_that_never_confirms_may_have_ended_the_segment_before_the_commit() -> None:
    finals = make_finals(sends_commits=False)
    finals.hypothesis(0.0, "hello")
    finals.phrase(0.6, "Hello.", None, 0)
    finals.committed(0.7, 0)

    assert finals.deadline == pytest.approx(1.2)
    assert words(finals.tick(1.2)) == ["Hello."]


def test_without_confirmations_lasting_silence_is_an_answer_once_the_service_has_sent_anything() -> None:
    finals = make_finals(sends_commits=False)
    finals.phrase(0.0, "", None, 0)
    finals.committed(1.0, 0)

    assert finals.deadline == 2.0
    assert finals.tick(2.0) == [FinalTranscript("")]


def test_words_that_come_after_an_answer_without_words_are_answered_late() -> None:
    finals = make_finals()

    finals.phrase(0.0, "Hello.", None, 0)
    finals.committed(0.1, 1)
    assert words(finals.tick(finals.deadline or 0.0)) == ["Hello."]
    finals.committed(5.0, 2)
    assert words(finals.tick(finals.deadline or 0.0)) == [""]

    assert words(finals.phrase(7.0, "Yes.", None, 0)) == ["Yes."]
    assert words(finals.phrase(8.0, "And more.", None, 0)) == []


def test_an_answer_waits_for_the_open_segment() -> None:
    finals = make_finals(sends_commits=False)
    finals.hypothesis(0.0, "hel")
    finals.committed(0.5, 0)

    assert finals.tick(2.5) == []
    assert finals.problem(3.4) is None
    assert finals.problem(3.5) == "silent"


def test_the_end_of_the_session_answers_all_commits_and_returns_the_rest() -> None:
    finals = make_finals()
    finals.committed(0.0, 1)
    finals.committed(0.1, 2)
    finals.phrase(0.2, "Rest.", None, 0)

    assert words(finals.ended()) == ["Rest.", ""]

    finals.phrase(0.3, "More.", None, 0)
    assert words(finals.ended()) == ["More."]
    assert finals.ended() == []


def test_a_commit_that_a_service_supporting_them_leaves_unanswered_is_a_problem() -> None:
    finals = make_finals()
    finals.committed(0.0, 1)
    finals.phrase(0.1, "", None, 1)
    finals.committed(1.0, 2)

    assert finals.deadline == 4.0
    assert (finals.problem(3.9), finals.problem(4.0)) == (None, "silent")


def test_any_message_restarts_the_watchdog() -> None:
    finals = make_finals()
    finals.committed(0.0, 1)
    finals.hypothesis(2.9, "long")

    assert finals.problem(3.0) is None
    assert finals.problem(5.9) == "silent"


def test_speech_that_the_service_does_not_detect_is_a_problem_and_silence_is_not() -> None:
    quiet, loud = make_finals(), make_finals()
    for frame in range(150):
        quiet.watchdog.audio_sent(frame * 0.02, 0.02, loud=False)
        loud.watchdog.audio_sent(frame * 0.02, 0.02, loud=True)

    assert quiet.deadline is None
    assert loud.deadline == 3.0
    assert loud.problem(3.0) == "silent"


def test_a_segment_that_stays_open_while_audio_is_sent_is_a_problem() -> None:
    finals = make_finals()
    finals.hypothesis(0.0, "hello")

    assert finals.deadline is None, "without audio there is no problem: the microphone may be muted"
    for frame in range(100):
        finals.watchdog.audio_sent(1 + frame * 0.02, 0.02, loud=False)
    assert finals.problem(4.0) == "silent"


def test_a_lost_connection_is_a_problem_unless_the_sdk_reconnects() -> None:
    finals = make_finals()
    finals.watchdog.disconnected(1.0)
    finals.watchdog.connected(2.0)
    assert finals.deadline is None

    finals.watchdog.disconnected(3.0)
    assert finals.problem(5.9) is None
    assert finals.problem(6.0) == "disconnected"


def test_an_end_of_audio_that_is_not_confirmed_is_a_problem() -> None:
    finals = make_finals()
    finals.watchdog.audio_finished(1.0)

    assert finals.problem(4.0) == "silent"


@pytest.mark.parametrize(("silent_sessions", "due"), [(0, 3.0), (1, 6.0), (2, 12.0), (5, 12.0)])
def test_each_consecutive_silent_session_lengthens_the_timeout_of_the_next(
    silent_sessions: int, due: float
) -> None:
    finals = make_finals(silent_sessions=silent_sessions)
    finals.committed(0.0, 1)
    finals.hypothesis(0.0, "h")

    assert finals.problem(due - 0.01) is None
    assert finals.problem(due) == "silent"

    finals.phrase(due, "Hello.", None, 1)
    assert finals.watchdog.timeout == 3.0


def test_silence_is_accepted_after_two_silent_sessions() -> None:
    doubted, accepted = make_finals(silent_sessions=1), make_finals(silent_sessions=2)
    for finals in (doubted, accepted):
        finals.committed(0.0, 1)
        finals.tick(0.5)

    assert words(doubted.tick(1.0)) == []
    assert words(accepted.tick(1.0)) == [""], "a cough that no service would recognise"
