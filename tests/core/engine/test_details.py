"""Observers that ask for details receive sound, and what providers were asked and answered; others do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from voicebot import (
    ChatRequest,
    ConversationDetail,
    ConversationEvent,
    ConversationInfo,
    FinalTranscript,
    Observer,
    Options,
    PlaybackCorrected,
    ProviderAsked,
    ProviderClosed,
    ProviderError,
    ProviderGiven,
    ReplyEnded,
    Settings,
    SoundHeard,
    SoundWritten,
    TextDelta,
    TypedLine,
)
from voicebot.events import InputReceived, SoundCleared, SoundCorrected
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedSynthesizer,
    ScriptedUser,
    VirtualClockLoop,
    converse,
    simulated,
)
from voicebot.testing.scripted import MICROPHONE, SPEAKER


class Listener(Observer[Options]):
    """Keeps everything."""

    details = True

    def __init__(self) -> None:
        super().__init__(Options())
        self.info: ConversationInfo
        self.events: list[Any] = []

    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[Any]) -> None:
        self.info = conversation
        async for event in events:
            self.events.append(event)

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.events if getattr(event, "kind", None) == kind]

    @property
    def public(self) -> list[Any]:
        return [event for event in self.events if not isinstance(event, ConversationDetail)]


async def a_turn(user: ScriptedUser) -> None:
    await user.says("what is the time")
    await user.is_answered()


@simulated
async def test_what_the_recogniser_is_given_and_answers_is_seen_with_how_much_it_had_heard() -> None:
    listener = Listener()
    async with converse(observers=[listener]) as user:
        await a_turn(user)

    opened, *middle, closed = listener.of("recognizer")
    assert isinstance(opened, ProviderAsked)
    assert isinstance(closed, ProviderClosed)
    assert (closed.stopped, closed.failure) == (False, "")
    (commit, _) = [each for each in middle if isinstance(each, ProviderGiven)][:2]
    final = next(each for each in middle if isinstance(getattr(each, "answer", None), FinalTranscript))
    assert final.answer.text == "what is the time"
    assert final.at == pytest.approx(commit.at + 0.1)  # the recogniser's delay
    assert final.seconds >= commit.seconds >= 1.0


@simulated
async def test_requests_to_the_chat_model_are_seen_with_each_piece_of_the_answer() -> None:
    listener = Listener()
    chat = ScriptedChatModel([["It", Pause(0.5), "is noon."]])
    async with converse(chat=chat, observers=[listener]) as user:
        await a_turn(user)

    asked, *answers, closed = listener.of("chat")
    assert isinstance(asked.question, ChatRequest)
    assert asked.question.messages[-1].content == "what is the time"
    texts = [each for each in answers if isinstance(each.answer, TextDelta)]
    assert [each.answer.text for each in texts] == ["It", "is", " noon."]
    assert texts[1].at - texts[0].at == pytest.approx(0.52)
    assert isinstance(answers[-1].answer, ReplyEnded)
    assert {each.request for each in answers} == {asked.request} == {closed.request}


@simulated
async def test_sound_of_both_sides_is_seen_with_its_times() -> None:
    listener = Listener()
    async with converse(observers=[listener]) as user:
        await a_turn(user)

    heard = [each for each in listener.events if isinstance(each, SoundHeard)]
    written = [each for each in listener.events if isinstance(each, SoundWritten)]
    assert (listener.info.microphone, listener.info.speaker) == (MICROPHONE, SPEAKER)
    assert [each.at for each in heard[:3]] == pytest.approx([0.02, 0.04, 0.06])
    ends = [each.starts + SPEAKER.seconds_in(len(each.audio)) for each in written]
    assert [each.starts for each in written[1:]] == pytest.approx(ends[:-1])  # no gap, however fast it came


@simulated
async def test_an_interruption_stops_the_answer_and_clears_the_sound() -> None:
    listener = Listener()
    chat = ScriptedChatModel([["This is a story. ", Pause(5.0), "And it goes on."], "Well."])
    async with converse(chat=chat, observers=[listener]) as user:
        await user.says("tell me a story")
        await user.waits(2.0)
        await user.says("stop it now please")
        await user.is_answered()

        user.sends(PlaybackCorrected(-0.2))
        await user.waits(0.1)

    assert any(isinstance(each, SoundCleared) for each in listener.events)
    assert [each.seconds for each in listener.events if isinstance(each, SoundCorrected)] == [-0.2]
    assert any(isinstance(each, ProviderClosed) and each.stopped for each in listener.of("chat"))


@simulated
async def test_a_failure_and_typed_lines_are_seen() -> None:
    listener = Listener()
    chat = ScriptedChatModel([ProviderError("the model is gone")])
    async with converse(chat=chat, observers=[listener], settings=Settings(on_error="")) as user:
        user.sends(TypedLine("hello there"))
        await user.waits(3.0)

    (closed,) = [each for each in listener.of("chat") if isinstance(each, ProviderClosed)]
    assert "the model is gone" in closed.failure
    assert [each.input for each in listener.events if isinstance(each, InputReceived)] == [
        TypedLine("hello there")
    ]


async def two_turns(observers: list[Listener], *, streams: bool) -> list[ConversationEvent]:
    chat = ScriptedChatModel(["First one. ", ["Then ", Pause(0.4), "another."]])
    voice = ScriptedSynthesizer(streams=streams, word_timings=True)
    async with converse(chat=chat, synthesizer=voice, observers=observers) as user:
        await a_turn(user)
        await a_turn(user)
    for listener in observers:
        assert listener.public == user.events
    return user.events


@pytest.mark.parametrize("streams", [False, True])
def test_a_conversation_is_the_same_with_and_without_an_observer_of_details(streams: bool) -> None:
    seen = []
    for observers in ([], [Listener()]):
        with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
            seen.append(runner.run(two_turns(observers, streams=streams)))
    assert seen[0] == seen[1]
