"""What a conversation used, by turn; the sum of the turns is the whole."""

from __future__ import annotations

from voicebot import (
    Amounts,
    ProviderUsed,
    ReplyWithdrawn,
    TurnTimed,
    UserSpeechStarted,
    UserTurnEnded,
    amounts_of,
    use_by_turn,
)
from voicebot.cost.amounts import Use
from voicebot.cost.lines import amounts_line

HEARD = ProviderUsed(2.0, "recognizer", "ears", began=0.5, seconds=1.5)
ASKED = ProviderUsed(
    3.0, "chat", "brain", "m", began=2.1, input_tokens=100, cached_tokens=60, output_tokens=7
)
SPOKEN = ProviderUsed(3.1, "synthesizer", "mouth", began=3.1, characters=40)
LATE = ProviderUsed(4.2, "chat", "brain", "m", began=3.9, input_tokens=50, output_tokens=5, estimated=True)
EVENTS = (
    HEARD,
    ReplyWithdrawn(2.0, 30, 9),
    ASKED,
    SPOKEN,
    TurnTimed(4.0, 1, wasted_tokens=30, wasted_characters=9),
    LATE,
    ProviderUsed(9.0, "recognizer", "ears", began=8.0, seconds=0.5),
    ReplyWithdrawn(9.5, 4, 2),
)


def test_amounts_are_added_up_with_what_was_wasted_in_turns_and_after_the_last() -> None:
    assert amounts_of(EVENTS) == Amounts(2.0, 40, 150, 60, 12, 34, 11, estimated=True)


def test_what_began_in_a_turn_belongs_to_it_even_if_it_is_known_later() -> None:
    first, rest = use_by_turn(EVENTS)
    assert first.used == (HEARD, ASKED, SPOKEN, LATE)
    assert rest.timed is None
    assert first.amounts.seconds + rest.amounts.seconds == amounts_of(EVENTS).seconds


def test_sound_belongs_to_the_turn_that_it_was_said_in_and_not_to_one_before_or_to_a_typed_one() -> None:
    def heard(at: float, began: float) -> ProviderUsed:
        return ProviderUsed(at, "recognizer", "ears", began=began, seconds=at - began)

    spoken, after_a_change, after_typing, unanswered = heard(2, 1), heard(9, 3), heard(29, 13), heard(39, 38)
    events = (
        UserSpeechStarted(1.0),
        spoken,
        UserTurnEnded(2.5, "one", 1),
        UserSpeechStarted(7.0),
        TurnTimed(8.0, 1),
        after_a_change,
        UserTurnEnded(9.5, "two", 2),
        TurnTimed(12.0, 2),
        UserTurnEnded(12.5, "typed", 3),
        TurnTimed(20.0, 3),
        UserSpeechStarted(27.0),
        UserTurnEnded(28.0, "late words", 4),
        after_typing,
        TurnTimed(35.0, 4),
        UserSpeechStarted(38.0),
        unanswered,
    )
    used = [each.used for each in use_by_turn(events)]
    assert used == [(spoken,), (after_a_change,), (), (after_typing,), (unanswered,)]


def test_a_reply_that_answers_no_turn_does_not_end_what_was_wasted_before() -> None:
    events = (ReplyWithdrawn(1.0, 5), TurnTimed(2.0, 0), TurnTimed(3.0, 1, wasted_tokens=5))
    assert amounts_of(events[:2]).wasted_tokens == 5
    assert amounts_of(events).wasted_tokens == 5


def test_the_line_leaves_out_what_was_not_used() -> None:
    assert amounts_line(Amounts()) == ""
    assert amounts_line(Amounts(seconds=3.25)) == "3.2 s heard"
    assert amounts_line(amounts_of(EVENTS)) == (
        "2.0 s heard, 40 characters spoken (11 wasted), "
        "about 150 input (60 cached) and 12 output tokens (about 34 wasted)"
    )


def test_sums_grow_with_the_models_that_are_used_and_not_with_the_events() -> None:
    use = Use(EVENTS * 1000)
    assert [(each.provider, each.model) for each in use.used] == [("ears", ""), ("brain", "m"), ("mouth", "")]
    assert use.used[1].input_tokens == 150_000
    assert use.amounts().wasted_tokens == 30_004  # those of the turns, and what was discarded after the last
