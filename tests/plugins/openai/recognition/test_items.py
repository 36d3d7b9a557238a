"""Every commit is answered by one final, in order, whatever the service sends when."""

from __future__ import annotations

from voicebot import FinalTranscript, PartialTranscript
from voicebot_openai.recognition.items import Items, Kind


def test_words_before_and_after_a_commit_are_partial_and_then_final():
    items = Items()
    assert items.delta("a", " Ahoy") == PartialTranscript("Ahoy")
    items.committed(Kind.COMMIT)
    items.confirmed("a")
    assert items.delta("a", " there") == PartialTranscript("Ahoy there")
    assert list(items.answers()) == []
    items.completed("a", "Ahoy there.", "en")

    assert list(items.answers()) == [FinalTranscript("Ahoy there.", "en")]
    assert not items.waiting


def test_finals_come_in_the_order_of_the_commits():
    items = Items()
    items.committed(Kind.COMMIT)
    items.committed(Kind.COMMIT)
    items.confirmed("a")
    items.confirmed("b")
    items.completed("b", "two", None)
    assert list(items.answers()) == []
    items.completed("a", "one", None)

    assert list(items.answers()) == [FinalTranscript("one"), FinalTranscript("two")]


def test_a_commit_without_sound_waits_for_those_before_it():
    items = Items()
    items.committed(Kind.COMMIT)
    items.committed(Kind.EMPTY)
    assert list(items.answers()) == []
    items.confirmed("a")
    items.completed("a", "one", None)

    assert list(items.answers()) == [FinalTranscript("one"), FinalTranscript("")]


def test_the_words_of_the_next_item_are_shown_after_those_that_are_not_final():
    items = Items()
    items.committed(Kind.COMMIT)
    items.confirmed("a")
    items.delta("a", "one")

    assert items.delta("b", "two") == PartialTranscript("one two")
    items.completed("a", "one", None)
    assert list(items.answers()) == [FinalTranscript("one")]
    assert items.delta("b", " three") == PartialTranscript("two three")


def test_pieces_of_long_speech_belong_to_the_next_commit():
    items = Items()
    items.committed(Kind.PIECE)
    items.confirmed("a")
    items.completed("a", "once upon", None)
    assert list(items.answers()) == [PartialTranscript("once upon")]
    assert items.has_pieces
    items.committed(Kind.COMMIT)
    items.confirmed("b")
    items.completed("b", "a time", "en")

    assert list(items.answers()) == [FinalTranscript("once upon a time", "en")]
    assert not items.has_pieces


def test_items_of_a_service_that_commits_by_itself_belong_to_the_next_commit():
    items = Items()
    items.confirmed("a")
    items.completed("a", "Ahoy", None)
    assert list(items.answers()) == [PartialTranscript("Ahoy")]
    items.committed(Kind.COMMIT)
    assert items.refused()  # it has nothing left to commit

    assert list(items.answers()) == [FinalTranscript("Ahoy")]


def test_a_transcript_without_a_confirmation_answers_the_oldest_commit():
    items = Items()
    items.committed(Kind.COMMIT)
    items.completed("a", "Ahoy", None)

    assert list(items.answers()) == [FinalTranscript("Ahoy")]


def test_a_refused_commit_is_answered_without_words_and_the_next_one_with_its_own():
    items = Items()
    items.committed(Kind.COMMIT)
    items.confirmed("a")
    items.committed(Kind.COMMIT)
    items.committed(Kind.COMMIT)
    assert items.refused()
    items.confirmed("c")
    items.completed("c", "three", None)
    items.completed("a", "one", None)

    assert list(items.answers()) == [FinalTranscript("one"), FinalTranscript(""), FinalTranscript("three")]


def test_a_refusal_without_a_commit_is_not_taken_for_an_answer():
    items = Items()
    assert not items.refused()
    items.committed(Kind.COMMIT)
    items.confirmed("a")

    assert not items.refused()
    assert items.waiting
