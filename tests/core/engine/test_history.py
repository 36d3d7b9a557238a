"""The messages of a conversation, and which of them the chat model is sent."""

from __future__ import annotations

from voicebot.engine.history.history import History
from voicebot.messages import Message


def test_history_keeps_the_order_of_what_was_said() -> None:
    history = History("be nice", 1000)
    history.add_user_turn("hello", 1)
    history.add_bot_turn("hi")
    assert history.messages == (
        Message("system", "be nice"),
        Message("user", "hello"),
        Message("assistant", "hi"),
    )


def test_a_request_drops_the_oldest_messages_but_never_the_system_message_nor_the_question() -> None:
    history = History("system " * 100, 25)
    for index in range(10):
        history.add_user_turn(f"question {index}", index)
        history.add_bot_turn(f"answer {index}")
    history.add_user_turn("x" * 500, 10)
    request = history.request()
    assert request[0].role == "system"
    assert [message.content for message in request[1:]] == ["question 9", "answer 9", "x" * 500]
    assert len(history.messages) == 22


def test_a_budget_of_zero_still_sends_the_question() -> None:
    history = History("", 0)
    history.add_user_turn("one", 1)
    history.add_user_turn("two", 2)
    assert history.request() == (Message("user", "two"),)


def test_a_question_that_is_removed_leaves_no_trace() -> None:
    history = History("", 100)
    history.add_user_turn("one", 1)
    history.remove_user_turn(1)
    history.remove_user_turn(1)
    assert history.messages == ()


def test_an_unheard_reply_leaves_no_message() -> None:
    history = History("", 100)
    history.add_bot_turn("")
    assert history.messages == ()


def test_a_question_that_was_removed_is_not_corrected() -> None:
    history = History("", 100)
    history.add_user_turn("what is it", 1)
    history.add_user_turn("what is it", 2)
    history.remove_user_turn(2)
    history.correct_user_turn("refused words", 2)
    assert history.messages == (Message("user", "what is it"),)
    history.correct_user_turn("what is that", 1)
    assert history.messages == (Message("user", "what is that"),)


def test_the_right_one_of_two_equal_questions_is_corrected_and_removed() -> None:
    history = History("", 100)
    for turn in (1, 2, 3):
        history.add_user_turn("what is it", turn)
    history.correct_user_turn("what was it", 2)
    history.correct_user_turn("what will it be", 2)
    history.remove_user_turn(3)
    assert [message.content for message in history.messages] == ["what is it", "what will it be"]


NOTE = '[Here you began to answer, perhaps too early. The user heard: "{}"]'


def cut_off(budget: int = 1000) -> History:
    """Return the history of a user who was cut off once, after a question and its answer."""
    history = History("", budget)
    history.add_user_turn("hello", 1)
    history.add_bot_turn("hi")
    history.add_user_turn("turn on", 2)
    history.add_bot_turn("Which\n[lamp]", cut_off=True)
    history.add_user_turn("the lamp", 3)
    return history


def test_a_turn_in_which_the_user_was_cut_off_is_sent_in_one_message() -> None:
    history = cut_off()
    assert [message.content for message in history.request()] == [
        "hello",
        "hi",
        f"turn on\n{NOTE.format('Which (lamp)')}\nthe lamp",
    ]
    assert [message.content for message in history.messages][2:] == ["turn on", "Which\n[lamp]", "the lamp"]
    history.correct_user_turn("turn off", 2)
    assert history.request()[-1].content.startswith("turn off\n[")
    assert history.request()[-1].content.endswith("]\nthe lamp")


def test_a_turn_in_which_the_user_was_cut_off_is_never_sent_in_part() -> None:
    history = cut_off(budget=3)
    assert [message.content for message in history.request()] == [
        f"turn on\n{NOTE.format('Which (lamp)')}\nthe lamp"
    ]


def test_a_bot_that_cut_the_user_off_is_quoted_unless_the_user_went_on() -> None:
    history = cut_off()
    history.remove_user_turn(3)
    assert [message.content for message in history.request()][2:] == ["turn on", "Which\n[lamp]"]
    history.add_bot_turn("Are you still there?")
    history.add_user_turn("the lamp", 4)
    assert [message.content for message in history.request()][2:] == [
        "turn on",
        "Which\n[lamp]\nAre you still there?",
        "the lamp",
    ]


def test_an_equal_reply_that_cut_nobody_off_is_not_part_of_a_turn() -> None:
    history = History("", 1000)
    for turn, is_cut_off in ((1, False), (2, True)):
        history.add_user_turn("turn on", turn)
        history.add_bot_turn("Which", cut_off=is_cut_off)
    history.add_user_turn("the lamp", 3)
    assert [message.content for message in history.request()] == [
        "turn on",
        "Which",
        f"turn on\n{NOTE.format('Which')}\nthe lamp",
    ]


def test_a_history_goes_on_from_what_was_said_before() -> None:
    history = History("be nice", 1000)
    before = [Message("user", "hello"), Message("assistant", "hi")]
    history.restore(before)
    history.add_user_turn("who are you?", 1)
    assert history.request()[1:] == (*before, Message("user", "who are you?"))
    history.remove_user_turn(1)
    history.remember("The user is polite.")
    assert history.said == tuple(before)
