"""Synthesizers that take text while it is being written: one stream, divided among the units of the reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest

from voicebot import AudioChunk, DeviceError, ProviderError, Settings, SpeechStream, SynthesisEvent
from voicebot.config.schema import ReplyOptions, TurnOptions
from voicebot.events import BotTurnEnded, ProviderFailed, TurnTimed, UnitSpoken
from voicebot.testing import Pause, ScriptedChatModel, ScriptedSynthesizer, ScriptedUser, converse, simulated

SETTINGS = Settings(on_error="Arr.", turns=TurnOptions(patience=0.3, prepare="off"))
STORY = "Once there was a parrot on a ship. It could count to seven. Then it flew away."
UNITS = ["Once there was a parrot on a ship.", "It could count to seven.", "Then it flew away."]


def units(user: ScriptedUser) -> list[UnitSpoken]:
    return [event for event in user.events if isinstance(event, UnitSpoken)]


@simulated
async def test_a_reply_is_one_stream() -> None:
    synthesizer = ScriptedSynthesizer(streams=True)
    settings = SETTINGS.model_copy(update={"reply": ReplyOptions(first_unit="sentence")})
    async with converse(synthesizer=synthesizer, chat=ScriptedChatModel([STORY]), settings=settings) as user:
        await user.says("a story please")
        turn = await user.is_answered()
    assert synthesizer.streamed == [STORY + " "]
    assert synthesizer.utterances == ["Arr."], "the safe line is synthesized in advance, as a whole"
    assert turn == BotTurnEnded(turn.at, STORY)
    assert [unit.text for unit in units(user)] == UNITS


@simulated
async def test_the_audio_begins_before_the_model_has_written_a_sentence() -> None:
    long = "First of all, it is a very long sentence that goes on and on and on until it ends."
    chat = ScriptedChatModel([long], tokens_per_second=2.0)
    async with converse(synthesizer=ScriptedSynthesizer(streams=True), chat=chat, settings=SETTINGS) as user:
        await user.says("a story please")
        turn = await user.is_answered()
    (timed,) = [event for event in user.events if isinstance(event, TurnTimed)]
    assert timed.first_sound is not None
    assert timed.first_unit is not None
    assert timed.first_sound - timed.first_unit == pytest.approx(0.15, abs=0.01)
    assert turn.heard == long


@simulated
@pytest.mark.parametrize("word_timings", [True, False])
async def test_a_user_who_interrupts_has_heard_what_was_played(word_timings: bool) -> None:
    synthesizer = ScriptedSynthesizer(
        streams=True, word_timings=word_timings, seconds_per_character=1 / 15, speed=1.2
    )
    async with converse(synthesizer=synthesizer, chat=ScriptedChatModel([STORY]), settings=SETTINGS) as user:
        await user.says("a story please")
        await user.waits(0.3 + 0.6 + 0.15 + 3.2)  # patience, model and synthesizer, then 48 characters
        await user.says("stop it now", 0.5)
        turn = await user.is_answered()
    assert turn.interrupted
    assert STORY.startswith(turn.heard)
    assert 30 <= len(turn.heard) <= 55
    assert synthesizer.cancelled == 1


@simulated
async def test_units_begin_with_their_first_words_if_there_are_word_timings() -> None:
    synthesizer = ScriptedSynthesizer(streams=True, word_timings=True, seconds_per_character=0.1)
    settings = SETTINGS.model_copy(update={"reply": ReplyOptions(first_unit="sentence")})
    async with converse(synthesizer=synthesizer, chat=ScriptedChatModel([STORY]), settings=settings) as user:
        await user.says("a story please")
        await user.is_answered()
    begun = [unit.at - units(user)[0].at for unit in units(user)]
    assert begun == pytest.approx([0.0, 3.5, 6.0], abs=0.03)


@simulated
async def test_a_stream_that_breaks_is_followed_by_the_safe_line() -> None:
    synthesizer = ScriptedSynthesizer(streams=True, faults={0: ProviderError("the connection broke")})
    async with converse(synthesizer=synthesizer, chat=ScriptedChatModel([STORY]), settings=SETTINGS) as user:
        await user.says("a story please")
        turn = await user.is_answered()
    assert turn.heard.endswith("Arr.")
    assert [failed.message for failed in user.events if isinstance(failed, ProviderFailed)] == [
        "the connection broke"
    ]


@simulated
async def test_a_synthesizer_that_stops_sending_is_awaited_until_the_timeout() -> None:
    synthesizer = ScriptedSynthesizer(streams=True, faults={0: Pause(float("inf"))})
    async with converse(synthesizer=synthesizer, chat=ScriptedChatModel([STORY]), settings=SETTINGS) as user:
        await user.says("a story please")
        await user.is_answered()
    assert [failed.message for failed in user.events if isinstance(failed, ProviderFailed)] == [
        "the synthesizer gave no sound for 10 s (`reply.speech_timeout`)"
    ]


@simulated
async def test_a_model_that_pauses_is_not_taken_for_a_broken_synthesizer() -> None:
    chat = ScriptedChatModel([["Let me think.", Pause(14.0), " Seven."]])
    async with converse(synthesizer=ScriptedSynthesizer(streams=True), chat=chat, settings=SETTINGS) as user:
        await user.says("how many")
        turn = await user.is_answered()
    assert turn.heard == "Let me think. Seven."
    assert not [event for event in user.events if isinstance(event, ProviderFailed)]


@simulated
@pytest.mark.parametrize("per_character", [0.04, 0.1])
async def test_a_model_that_pauses_between_sentences_is_not_taken_for_a_broken_synthesizer(
    per_character: float,
) -> None:
    chat = ScriptedChatModel([["Let me think about that for a moment. It is hard.", Pause(14.0), " Seven."]])
    synthesizer = ScriptedSynthesizer(streams=True, seconds_per_character=per_character)
    async with converse(synthesizer=synthesizer, chat=chat, settings=SETTINGS) as user:
        await user.says("how many")
        turn = await user.is_answered()
    assert turn.heard == "Let me think about that for a moment. It is hard. Seven."
    assert not [event for event in user.events if isinstance(event, ProviderFailed)]


@simulated
async def test_a_speaker_that_is_held_for_long_is_not_taken_for_a_broken_synthesizer() -> None:
    chat = ScriptedChatModel([" ".join([STORY] * 3)], tokens_per_second=8.0)
    synthesizer = ScriptedSynthesizer(streams=True, speed=1.2)
    async with converse(synthesizer=synthesizer, chat=chat, settings=SETTINGS) as user:
        await user.says("a story please")
        await user.waits(2.5)
        await user.says("", 24.0)
        turn = await user.is_answered()
    assert not turn.interrupted
    assert turn.heard == " ".join([STORY] * 3)
    assert not [event for event in user.events if isinstance(event, ProviderFailed)]


@simulated
async def test_the_words_heard_follow_from_the_speaking_rate_of_earlier_replies() -> None:
    synthesizer = ScriptedSynthesizer(streams=True, seconds_per_character=0.1, speed=3.0)
    async with converse(synthesizer=synthesizer, chat=ScriptedChatModel([STORY]), settings=SETTINGS) as user:
        for _ in range(5):
            await user.says("a story please")
            await user.is_answered()
        await user.says("a story please")
        while not user.hears_the_bot:
            await user.waits(0.02)
        await user.waits(4.9)
        await user.says("stop it now", 0.5)
        turn = await user.is_answered()
    assert turn.interrupted
    assert 40 <= len(turn.heard) <= 60, "5 seconds are 50 characters"


class FailsSilently(ScriptedSynthesizer):
    """Opens a stream that never begins, or ends too early."""

    def __init__(self, *, opens: bool) -> None:
        super().__init__(streams=True)
        self._opens = opens

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[SpeechStream, None]:
        if not self._opens:
            await asyncio.get_running_loop().create_future()
        yield TooShort()


class TooShort(SpeechStream):
    """Gives half a second of audio, whatever it is to say."""

    async def write(self, text: str) -> None:
        await asyncio.sleep(5)

    async def finish(self) -> None:
        await asyncio.sleep(5)

    async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        yield AudioChunk(bytes(24_000))


@simulated
@pytest.mark.parametrize(
    ("opens", "message"),
    [
        (False, "the synthesizer gave no sound for 10 s (`reply.speech_timeout`)"),
        (True, "the synthesizer ended before the text was complete"),
    ],
)
async def test_a_synthesizer_that_does_not_begin_or_stops_too_early_has_failed(
    opens: bool, message: str
) -> None:
    chat = ScriptedChatModel([STORY])
    async with converse(synthesizer=FailsSilently(opens=opens), chat=chat, settings=SETTINGS) as user:
        await user.says("a story please")
        turn = await user.is_answered()
    assert turn.heard.endswith("Arr.")
    failed = [event for event in user.events if isinstance(event, ProviderFailed)]
    assert [failure.message for failure in failed] == [message]


@simulated
async def test_a_synthesizer_without_any_audio_has_failed() -> None:
    synthesizer = ScriptedSynthesizer(streams=True, chunk=b"", seconds_per_character=0.0)
    async with converse(synthesizer=synthesizer, chat=ScriptedChatModel([STORY]), settings=SETTINGS) as user:
        await user.says("a story please")
        await user.is_answered()
    failed = [event for event in user.events if isinstance(event, ProviderFailed)]
    assert failed[0].message == "the synthesizer gave no sound"


@simulated
async def test_a_broken_speaker_ends_the_conversation_during_a_stream_too() -> None:
    class Broken(ScriptedUser):
        async def write(self, audio: bytes) -> None:
            raise DeviceError("the speaker is gone")

    async def talk() -> None:
        synthesizer = ScriptedSynthesizer(streams=True)
        async with converse(synthesizer=synthesizer, settings=SETTINGS, user=Broken()) as user:
            await user.says("hello you")
            await user.is_answered()

    with pytest.raises(ExceptionGroup) as raised:
        await talk()
    assert raised.group_contains(ProviderError, match="the speaker is gone")
