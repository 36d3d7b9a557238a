"""Events become entries of a transcript."""

from __future__ import annotations

from voicebot import (
    BotCorrected,
    BotDucked,
    BotTurnEnded,
    ConversationEnded,
    ConversationEvent,
    DeviceChanged,
    ProviderFailed,
    ProviderNoticed,
    UnitSpoken,
    UserCorrected,
    UserTurnEnded,
)
from voicebot_observers.dialogue import Dialogue


def entries_of(*events: ConversationEvent) -> list[tuple[str, str]]:
    dialogue = Dialogue()
    return [(entry.kind, entry.text) for event in events for entry in dialogue.entries_for(event)]


def test_a_users_turn_becomes_one_entry_when_its_answer_begins():
    assert entries_of(
        UserTurnEnded(1.0, "tell me"),
        BotTurnEnded(2.0, "", interrupted=True),
        UserTurnEnded(3.0, "Tell me more"),
        UnitSpoken(4.0, "Once"),
        BotTurnEnded(5.0, "Once there", interrupted=True),
    ) == [("user", "Tell me more"), ("bot", "Once there")]


def test_unanswered_words_are_not_lost():
    assert entries_of(
        UserTurnEnded(1.0, "hello"),
        BotTurnEnded(2.0, "", interrupted=True),
        UserTurnEnded(3.0, "goodbye"),
        ConversationEnded(4.0, by="phrase"),
    ) == [("user", "hello"), ("user", "goodbye"), ("end", "phrase")]


def test_words_that_change_late_are_corrected():
    assert entries_of(
        UserTurnEnded(1.0, "two tickets"),
        UserCorrected(1.1, "two tickets please"),
        UnitSpoken(1.5, "Yes."),
        BotTurnEnded(2.0, "Yes."),
        UserCorrected(2.1, "ten tickets please"),
    ) == [("user", "two tickets please"), ("bot", "Yes."), ("correction", "ten tickets please")]


def test_what_the_user_heard_is_corrected_when_the_device_knows_better():
    assert entries_of(
        UserTurnEnded(1.0, "hello"),
        UnitSpoken(1.5, "Well met."),
        BotTurnEnded(2.0, "Well met.", interrupted=True),
        BotCorrected(2.1, "Well"),
    ) == [("user", "hello"), ("bot", "Well met."), ("heard", "Well")]


def test_failures_become_entries_and_other_events_do_not():
    assert entries_of(
        BotDucked(0.5, held=False),
        UserTurnEnded(1.0, "hello"),
        ProviderFailed(2.0, "chat", "no tokens left"),
        ProviderNoticed(2.5, "chat", "another model answers"),
        DeviceChanged(3.0, False, "the headset is gone"),
        ConversationEnded(4.0, "the recogniser broke", "failure"),
    ) == [
        ("user", "hello"),
        ("failure", "chat: no tokens left"),
        ("notice", "chat: another model answers"),
        ("device", "the headset is gone"),
        ("end", "the recogniser broke"),
    ]
