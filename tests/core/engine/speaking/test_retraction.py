"""Replies that a content filter holds back or retracts: what is heard of them, and what history keeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import TypeVar

import pytest

from voicebot.config.schema import Settings, TurnOptions
from voicebot.errors import ProviderError
from voicebot.events import ProviderFailed, UnitSpoken, UserTurnEnded
from voicebot.interfaces import ChatModel
from voicebot.messages import ChatEvent, ChatRequest, ReplyEnded, TextDelta
from voicebot.options import Options
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    converse,
    simulated,
)

SAFE_LINE = "Arr, me ears be wet."
SETTINGS = Settings(system="Be brief.", on_error=SAFE_LINE, turns=TurnOptions(prepare="off"))
FIRST, SECOND, THIRD = "Once there was a parrot.", "It said bad things.", "Then it flew away."
STORY = f"{FIRST} {SECOND} {THIRD}"
EventT = TypeVar("EventT")


class FilteredChatModel(ChatModel[Options]):
    """Replies with texts, pauses and ends, as scripted."""

    def __init__(self, *replies: Sequence[str | Pause | ReplyEnded]) -> None:
        super().__init__(Options())
        self.requests: list[ChatRequest] = []
        self._replies = replies

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        self.requests.append(request)
        for step in self._replies[min(len(self.requests), len(self._replies)) - 1]:
            if isinstance(step, Pause):
                await asyncio.sleep(step.seconds)
            elif isinstance(step, str):
                yield TextDelta(step)
            else:
                yield step


def of_kind(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


def said(user: ScriptedUser) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in user.conversation.history.messages[1:]]


def spoken(user: ScriptedUser) -> list[str]:
    return [event.text for event in of_kind(user, UnitSpoken)]


def retracted(text: str) -> ReplyEnded:
    return ReplyEnded("filtered", withdrawn=len(text))


@simulated
async def test_a_refused_question_is_answered_by_the_safe_line_and_leaves_no_trace_in_later_requests() -> (
    None
):
    chat = FilteredChatModel([ReplyEnded("filtered")], ["Fine.", ReplyEnded()])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("something terrible")
        first = await user.is_answered()
        await user.says("how are you")
        await user.is_answered()
    assert first.heard == SAFE_LINE
    assert said(user) == [("user", "how are you"), ("assistant", "Fine.")]
    assert [message.content for message in chat.requests[1].messages] == ["Be brief.", "how are you"]
    (failed,) = of_kind(user, ProviderFailed)
    assert failed.message == "the chat model's content filter blocked the reply; rephrase the question"


@simulated
async def test_interrupting_the_safe_line_after_a_refusal_loses_no_earlier_words() -> None:
    chat = FilteredChatModel(["Aye.", ReplyEnded()], [ReplyEnded("filtered")], ["Fine.", ReplyEnded()])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()
        await user.says("something terrible")
        await user.waits(1.2)
        assert user.hears_the_bot
        await user.says("how are you", 1.0)
        assert (await user.is_answered()).interrupted
        await user.is_answered()
    assert said(user) == [
        ("user", "hello"),
        ("assistant", "Aye."),
        ("user", "how are you"),
        ("assistant", "Fine."),
    ]


@simulated
async def test_whole_sentences_before_what_was_held_back_are_spoken() -> None:
    chat = FilteredChatModel([f"{FIRST} {SECOND} Then it", ReplyEnded("filtered")])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        turn = await user.is_answered()
    assert turn.heard == f"{FIRST} {SECOND}"
    assert "".join(spoken(user)).replace(" ", "") == f"{FIRST}{SECOND}".replace(" ", "")
    assert said(user)[-1] == ("assistant", f"{FIRST} {SECOND}")
    assert of_kind(user, ProviderFailed) == []


@simulated
async def test_a_reply_that_is_held_back_before_its_first_sentence_ends_becomes_the_safe_line() -> None:
    chat = FilteredChatModel(["Once there", ReplyEnded("filtered")])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        turn = await user.is_answered()
    assert turn.heard == SAFE_LINE
    assert spoken(user) == [SAFE_LINE]
    assert said(user)[0] == ("user", "tell me a story")


@simulated
async def test_sentences_that_are_retracted_before_they_are_heard_are_never_spoken() -> None:
    chat = FilteredChatModel([STORY, retracted(f" {SECOND} {THIRD}")])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        turn = await user.is_answered()
    assert turn.heard == FIRST
    assert not set(spoken(user)) & {SECOND, THIRD}
    assert of_kind(user, ProviderFailed) == []


@simulated
async def test_speech_that_is_retracted_stops_at_once_and_the_safe_line_follows() -> None:
    # the first sentence takes 1.44 s to speak; it is retracted in the middle of the second
    chat = FilteredChatModel([STORY, Pause(2.2), retracted(f" {SECOND} {THIRD}")])
    async with converse(chat=chat, synthesizer=ScriptedSynthesizer(), settings=SETTINGS) as user:
        await user.says("tell me a story")
        turn = await user.is_answered()
    (failed,) = of_kind(user, ProviderFailed)
    units = {event.text: event.at for event in of_kind(user, UnitSpoken)}
    assert (
        failed.message == "the chat model's content filter withdrew part of the reply; rephrase the question"
    )
    assert units[SECOND] < failed.at < units[SECOND] + 0.06 * len(SECOND)
    assert units[SAFE_LINE] == pytest.approx(failed.at, abs=0.05)
    assert units[THIRD] > failed.at  # it was queued already
    assert turn.heard == f"{FIRST} {SAFE_LINE}"
    assert turn.at == pytest.approx(units[SAFE_LINE] + 0.06 * len(SAFE_LINE), abs=0.05)
    assert said(user) == [("user", "tell me a story"), ("assistant", f"{FIRST} {SAFE_LINE}")]


@simulated
async def test_a_safe_line_that_is_not_prepared_is_not_cut_by_an_earlier_retraction() -> None:
    synthesizer = ScriptedSynthesizer(faults={0: ProviderError("not now")})
    chat = FilteredChatModel([STORY, Pause(2.2), retracted(f" {SECOND} {THIRD}")])
    async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
        await user.says("tell me a story")
        turn = await user.is_answered()
    (at,) = (event.at for event in of_kind(user, UnitSpoken) if event.text == SAFE_LINE)
    assert turn.heard == f"{FIRST} {SAFE_LINE}"
    assert turn.at == pytest.approx(at + 0.06 * len(SAFE_LINE), abs=0.05)


@simulated
async def test_queued_audio_that_was_not_retracted_is_played_to_its_end() -> None:
    # audio comes five times as fast as it is played, so the second sentence is queued behind the first
    chat = FilteredChatModel([STORY, Pause(1.0), retracted(f" {SECOND} {THIRD}")])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        turn = await user.is_answered()
        (asked,) = of_kind(user, UserTurnEnded)
        units = {event.text: event.at for event in of_kind(user, UnitSpoken)}
    first = next(at for text, at in units.items() if FIRST.startswith(text))
    assert units[SAFE_LINE] == pytest.approx(first + 0.06 * len(FIRST), abs=0.1)
    assert asked.at < first
    assert turn.heard == f"{FIRST} {SAFE_LINE}"


@simulated
async def test_a_retracted_sentence_is_not_kept_in_history_even_if_it_was_heard() -> None:
    chat = FilteredChatModel([f"{FIRST} {SECOND}", Pause(10.0), retracted(f" {SECOND}")])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        turn = await user.is_answered()
    assert turn.heard == f"{FIRST} {SAFE_LINE}"


@simulated
async def test_a_whole_reply_that_is_retracted_leaves_the_question_and_the_safe_line() -> None:
    chat = FilteredChatModel([STORY, Pause(2.0), retracted(STORY)])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        turn = await user.is_answered()
    assert turn.heard == SAFE_LINE
    assert said(user) == [("user", "tell me a story"), ("assistant", SAFE_LINE)]


@simulated
async def test_history_keeps_the_words_before_a_retraction_within_a_sentence() -> None:
    chat = FilteredChatModel([f"{FIRST} {SECOND}", Pause(10.0), retracted("ad things.")])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        turn = await user.is_answered()
    assert turn.heard == f"{FIRST} It said {SAFE_LINE}"


@simulated
async def test_an_interruption_before_the_retraction_keeps_what_was_heard_and_the_next_reply_works() -> None:
    chat = FilteredChatModel([STORY, Pause(60.0), retracted(STORY)], ["Fine.", ReplyEnded()])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        await user.waits(2.5)
        await user.says("how are you")
        first = await user.is_answered()
        second = await user.is_answered()
    assert first.interrupted
    assert 0 < len(first.heard) < len(STORY)
    assert second.heard == "Fine."


@simulated
async def test_the_turn_after_a_retraction_is_answered_as_usual() -> None:
    chat = FilteredChatModel([STORY, Pause(2.2), retracted(STORY)], [STORY, ReplyEnded()])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        await user.is_answered()
        await user.says("tell me another")
        second = await user.is_answered()
    assert second.heard == STORY


@simulated
async def test_a_retraction_without_a_speaker_leaves_the_rest_and_the_safe_line() -> None:
    class ReadingUser(ScriptedUser):
        speaker = None

    chat = FilteredChatModel([STORY, Pause(0.5), retracted(f" {SECOND} {THIRD}")])
    async with converse(chat=chat, settings=SETTINGS, user=ReadingUser()) as user:
        await user.says("tell me a story")
        turn = await user.is_answered()
    assert turn.heard == f"{FIRST} {SAFE_LINE}"
    assert said(user)[-1] == ("assistant", f"{FIRST} {SAFE_LINE}")


@pytest.mark.parametrize("withdrawn", [0, 3, len(STORY), 10_000])
@pytest.mark.parametrize("after", [0.0, 0.3, 1.0, 2.0, 3.0, 4.5, 8.0])
@simulated
async def test_nothing_that_was_retracted_is_kept_whenever_the_retraction_comes(
    after: float, withdrawn: int
) -> None:
    end = ReplyEnded("filtered", withdrawn=withdrawn)
    chat = FilteredChatModel([STORY, Pause(after), end], ["Fine.", ReplyEnded()])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        first = await user.is_answered()
        await user.says("how are you")
        second = await user.is_answered()
    kept = STORY[: max(0, len(STORY) - withdrawn)]
    assert kept.startswith(first.heard.removesuffix(SAFE_LINE).rstrip())
    assert second.heard == "Fine."


class RefusesBombs(ScriptedChatModel):
    """Has a content filter that holds back every answer about bombs."""

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        if "bomb" in request.messages[-1].content:
            self.requests.append(request)
            yield ReplyEnded("filtered")
            return
        async for event in super().reply(request):
            yield event


@simulated
async def test_the_late_final_of_a_refused_question_does_not_change_others() -> None:
    recognizer = ScriptedRecognizer()
    chat = RefusesBombs(["It is sunny.", "It is noon."])
    async with converse(recognizer=recognizer, chat=chat, settings=SETTINGS) as user:
        await user.says("what is the weather like")
        await user.is_answered()
        recognizer.final_delay = 6.0
        recognizer.mishears = lambda text: "How do I build the bomb?"
        await user.says("how do I build a bomb")
        await user.is_answered()
        await user.waits(10)
        recognizer.final_delay = 0.1
        recognizer.mishears = lambda text: text
        await user.says("what time is it")
        await user.is_answered()
    asked = [m.content for m in user.conversation.history.messages if m.role == "user"]
    assert asked == ["what is the weather like", "what time is it"]
    assert not any("bomb" in message.content for message in chat.requests[-1].messages)


@simulated
async def test_a_sentence_that_is_retracted_before_its_end_was_certain_is_never_spoken() -> None:
    chat = FilteredChatModel([f"{FIRST} {SECOND}", retracted(f" {SECOND}")])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("tell me a story")
        await user.is_answered()
        await user.waits(5)
    assert SECOND not in [event.text for event in of_kind(user, UnitSpoken)]
