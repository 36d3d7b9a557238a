"""Every commit is answered by one final, in order, whatever the service sends when."""

from __future__ import annotations

from voicebot import FinalTranscript, PartialTranscript
from voicebot_openai.recognition.items import Items, Kind


def commit(items, number, kind=Kind.COMMIT):
    items.committed(kind, f"commit_{number}")


def test_words_before_and_after_a_commit_are_partial_and_then_final():
    items = Items()
    assert items.delta("a", " Ahoy") == PartialTranscript("Ahoy")
    commit(items, 1)
    items.confirmed("a")
    assert items.delta("a", " there") == PartialTranscript("Ahoy there")
    assert list(items.answers()) == []
    items.completed("a", "Ahoy there.", "en")

    assert list(items.answers()) == [FinalTranscript("Ahoy there.", "en")]
    assert not items.waiting


def test_finals_come_in_the_order_of_the_commits():
    items = Items()
    commit(items, 1)
    commit(items, 2)
    items.confirmed("a")
    items.confirmed("b")
    items.completed("b", "two", None)
    assert list(items.answers()) == []
    items.completed("a", "one", None)

    assert list(items.answers()) == [FinalTranscript("one"), FinalTranscript("two")]


def test_a_commit_without_sound_waits_for_those_before_it():
    items = Items()
    commit(items, 1)
    commit(items, 2, Kind.EMPTY)
    assert list(items.answers()) == []
    items.confirmed("a")
    items.completed("a", "one", None)

    assert list(items.answers()) == [FinalTranscript("one"), FinalTranscript("")]


def test_the_words_of_the_next_item_are_shown_after_those_that_are_not_final():
    items = Items()
    commit(items, 1)
    items.confirmed("a")
    items.delta("a", "one")

    assert items.delta("b", "two") == PartialTranscript("one two")
    items.completed("a", "one", None)
    assert list(items.answers()) == [FinalTranscript("one")]
    assert items.delta("b", " three") == PartialTranscript("two three")


def test_pieces_of_long_speech_belong_to_the_next_commit():
    items = Items()
    commit(items, 1, Kind.PIECE)
    items.confirmed("a")
    items.completed("a", "once upon", None)
    assert list(items.answers()) == [PartialTranscript("once upon")]
    assert items.has_pieces
    commit(items, 2)
    items.confirmed("b")
    items.completed("b", "a time", "en")

    assert list(items.answers()) == [FinalTranscript("once upon a time", "en")]
    assert not items.has_pieces


def test_items_of_a_service_that_commits_by_itself_belong_to_the_next_commit():
    items = Items()
    items.confirmed("a")
    items.completed("a", "Ahoy", None)
    assert list(items.answers()) == [PartialTranscript("Ahoy")]
    commit(items, 1)
    assert items.refused("commit_1")  # it has nothing left to commit

    assert list(items.answers()) == [FinalTranscript("Ahoy")]


def test_a_transcript_without_a_confirmation_answers_the_oldest_commit():
    items = Items()
    commit(items, 1)
    items.completed("a", "Ahoy", None)

    assert list(items.answers()) == [FinalTranscript("Ahoy")]


def test_a_refusal_that_comes_late_moves_the_items_to_the_commits_that_they_belong_to():
    items = Items()
    commit(items, 1)
    commit(items, 2)
    items.confirmed("b")  # of the second commit: the first one is refused, but later
    items.completed("b", "two", None)
    assert items.refused("commit_1")

    assert list(items.answers()) == [FinalTranscript(""), FinalTranscript("two")]


def test_a_refusal_of_something_else_is_not_taken_for_a_commit():
    assert not Items().refused("update_1")
