"""Conversations in virtual time, written as timelines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

import pytest

from voicebot.audio import AudioFormat
from voicebot.config.history import HistoryOptions
from voicebot.config.schema import ReplyOptions, Settings, TurnOptions
from voicebot.errors import ProviderError
from voicebot.events import (
    BotTurnEnded,
    ConversationEnded,
    DeviceChanged,
    ProviderFailed,
    ProviderNoticed,
    TurnTimed,
    UnitSpoken,
    UserPartial,
    UserSpeechStarted,
    UserTurnEnded,
)
from voicebot.messages import (
    ChatEvent,
    ChatRequest,
    DeviceLost,
    DeviceReopened,
    Hints,
    ReplyEnded,
    SynthesisEvent,
    TextDelta,
    TypedLine,
    Usage,
    Utterance,
)
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    converse,
    simulated,
)

SETTINGS = Settings(system="Be brief.", on_error="Arr, me ears be wet.", turns=TurnOptions(prepare="off"))
STORY = "Once there was a parrot on a ship. It could count to seven. Then it flew away. The end."
EventT = TypeVar("EventT")


def of_kind(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


def said(user: ScriptedUser) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in user.conversation.history.messages[1:]]


@simulated
async def test_a_question_is_answered_and_both_are_remembered() -> None:
    async with converse(chat=ScriptedChatModel(["Fine."]), settings=SETTINGS) as user:
        await user.says("how are you")
        await user.is_answered()
    assert said(user) == [("user", "how are you"), ("assistant", "Fine.")]
    assert of_kind(user, ConversationEnded)[0].failure is None


@simulated
async def test_the_first_sound_comes_once_the_first_clause_is_written() -> None:
    chat = ScriptedChatModel([STORY], first_token=0.3, tokens_per_second=50)
    synthesizer = ScriptedSynthesizer(first_byte=0.15)
    async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
        await user.says("tell me a story")
        await user.is_answered()
    (timed,) = of_kind(user, TurnTimed)
    assert timed.decided is not None
    assert timed.speech_stopped is not None
    assert timed.first_sound is not None
    assert timed.decided - timed.speech_stopped == pytest.approx(0.8)
    # a unit may not end in "on" or "a", so the first one is the sentence, which the next word completes
    assert timed.first_sound - timed.decided == pytest.approx(0.3 + 8 / 50 + 0.15, abs=0.001)


@simulated
async def test_speech_has_no_gaps_because_the_next_unit_is_synthesized_in_advance() -> None:
    async with converse(chat=ScriptedChatModel([STORY]), settings=SETTINGS) as user:
        await user.says("tell me a story")
        turn = await user.is_answered()
    assert turn.heard == STORY
    (timed,) = of_kind(user, TurnTimed)
    units = of_kind(user, UnitSpoken)
    spoken = sum(len(unit.text) for unit in units) * 0.06
    assert timed.first_sound is not None
    assert turn.at - timed.first_sound == pytest.approx(spoken, abs=0.05)


@simulated
async def test_a_pause_to_think_does_not_end_the_turn() -> None:
    async with converse(settings=SETTINGS) as user:
        await user.says("turn on the")
        await user.waits(0.6)
        await user.says("living room lamp")
        await user.is_answered()
    assert [turn.text for turn in of_kind(user, UserTurnEnded)] == ["turn on the living room lamp"]


@simulated
async def test_words_interrupt_the_bot_at_once_and_history_keeps_what_was_heard() -> None:
    synthesizer = ScriptedSynthesizer(word_timings=True, speed=1.1)
    chat = ScriptedChatModel([STORY, "Stopped."])
    async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
        await user.says("tell me a story")
        await user.waits(3.3)
        assert user.hears_the_bot
        await user.says("stop", 0.06)
        await user.waits(0.02)
        assert not user.hears_the_bot
        first = await user.is_answered()
        second = await user.is_answered()
    assert first.interrupted
    assert STORY.startswith(first.heard)
    assert 0 < len(first.heard) < len(STORY)
    assert second.heard == "Stopped."
    assert said(user) == [
        ("user", "tell me a story"),
        ("assistant", first.heard),
        ("user", "stop"),
        ("assistant", "Stopped."),
    ]
    started = of_kind(user, UserSpeechStarted)[1]
    assert first.at - started.at < 0.05, "the word, not the end of speech, interrupts"
    assert synthesizer.cancelled >= 1


@simulated
async def test_a_user_who_goes_on_while_the_bot_thinks_asks_one_question() -> None:
    chat = ScriptedChatModel(["It rains."], first_token=2.0)
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("what is the weather")
        await user.waits(1.5)
        await user.says("in paris")
        withdrawn = await user.is_answered()
        await user.is_answered()
    assert (withdrawn.heard, withdrawn.interrupted) == ("", True)
    assert said(user) == [("user", "what is the weather in paris"), ("assistant", "It rains.")]
    assert chat.cancelled == 1


@simulated
async def test_a_bot_that_greets_speaks_first() -> None:
    async with converse(settings=SETTINGS.model_copy(update={"greeting": "Ahoy there!"})) as user:
        turn = await user.is_answered()
    assert turn.heard == "Ahoy there!"
    assert said(user) == [("assistant", "Ahoy there!")]


@simulated
async def test_ten_minutes_of_silence_are_not_a_turn() -> None:
    recognizer = ScriptedRecognizer()
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.waits(600)
    assert said(user) == []
    assert recognizer.sessions[0].written == 0, "silence must not be sent to the recogniser"


@simulated
async def test_a_monologue_of_ten_minutes_is_one_turn_and_loses_no_word() -> None:
    recognizer = ScriptedRecognizer()
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        for minute in range(10):
            await user.says(" ".join(f"word{minute}x{i}" for i in range(120)), 59.5)
            await user.waits(0.5)
        await user.is_answered()
    (turn,) = of_kind(user, UserTurnEnded)
    assert turn.text.split() == [f"word{minute}x{i}" for minute in range(10) for i in range(120)]


@simulated
async def test_speech_just_before_its_detection_is_recognised_too() -> None:
    recognizer = ScriptedRecognizer()
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.waits(3.0)
        await user.says("hello", 0.2)
        await user.waits(0.1)
        assert recognizer.sessions[0].written == pytest.approx(32_000 * 0.8, rel=0.05)


BREAKDOWNS = {
    "before the first word": [[ProviderError("HTTP 500 from https://x")]],
    "with an error of its own": [[ValueError("secret detail")]],
    "with nothing to say": [""],
    "hanging": [[Pause(float("inf"))]],
}


@pytest.mark.parametrize("replies", BREAKDOWNS.values(), ids=BREAKDOWNS.keys())
def test_a_failing_model_is_answered_with_the_safe_line_and_the_next_turn_works(replies: list[str]) -> None:
    @simulated
    async def conversation() -> None:
        synthesizer = ScriptedSynthesizer()
        chat = ScriptedChatModel([*replies, "All well."])
        async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
            await user.says("hello")
            first = await user.is_answered()
            await user.says("again")
            second = await user.is_answered()
        assert first.heard == "Arr, me ears be wet."
        assert second.heard == "All well."
        (failed,) = of_kind(user, ProviderFailed)
        assert failed.kind == "chat"
        assert "secret" not in failed.message
        assert said(user)[0] == ("user", "hello")
        assert set(synthesizer.utterances) == {"Arr, me ears be wet.", "All well."}

    conversation()


@simulated
async def test_a_reply_that_fails_midway_is_heard_as_far_as_it_was_written() -> None:
    broken = ["The treasure lies buried. It is under the ", ProviderError("connection cut")]
    async with converse(chat=ScriptedChatModel([broken, "Well."]), settings=SETTINGS) as user:
        await user.says("where is it")
        turn = await user.is_answered()
    assert turn.heard == "The treasure lies buried. Arr, me ears be wet."


@simulated
async def test_a_model_that_hangs_in_mid_reply_is_given_up() -> None:
    hung = ["The treasure lies buried. ", Pause(float("inf"))]
    settings = SETTINGS.model_copy(update={"reply": ReplyOptions(chat_timeout=3)})
    async with converse(chat=ScriptedChatModel([hung]), settings=settings) as user:
        await user.says("where is it")
        turn = await user.is_answered()
    assert turn.heard == "The treasure lies buried. Arr, me ears be wet."
    assert of_kind(user, ProviderFailed)[0].message == (
        "the chat model wrote nothing for 3 s; raise `reply.chat_timeout` if it needs longer"
    )


@simulated
async def test_a_providers_own_timeout_is_not_taken_for_that_of_the_config() -> None:
    chat = ScriptedChatModel([TimeoutError("wss://x?key=SECRET"), "Well."])
    synthesizer = ScriptedSynthesizer(faults={1: TimeoutError("wss://x?key=SECRET")})
    async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()
        await user.says("hello")
        await user.is_answered()
    assert [(failed.kind, failed.message) for failed in of_kind(user, ProviderFailed)] == [
        ("chat", "it broke: TimeoutError (-v shows where)"),
        ("synthesizer", "it broke: TimeoutError (-v shows where)"),
    ]


@pytest.mark.parametrize("fault", [ProviderError("no"), RuntimeError("no"), Pause(float("inf"))])
def test_if_the_synthesizer_fails_the_prepared_safe_line_is_played(fault: Exception | Pause) -> None:
    @simulated
    async def conversation() -> None:
        synthesizer = ScriptedSynthesizer(faults={1: fault})
        chat = ScriptedChatModel(["Hello to you. And more."])
        async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
            await user.says("hello")
            first = await user.is_answered()
            await user.says("again")
            second = await user.is_answered()
        assert first.heard.endswith("Arr, me ears be wet.")
        assert second.heard == "Hello to you. And more."
        assert of_kind(user, ProviderFailed)[0].kind == "synthesizer"
        (unsaid,) = of_kind(user, ProviderNoticed)
        assert (unsaid.kind, unsaid.message) == ("synthesizer", "it did not say: Hello to you. And more.")

    conversation()


@simulated
async def test_if_the_synthesizer_fails_midway_the_rest_of_the_reply_is_shown() -> None:
    synthesizer = ScriptedSynthesizer(faults={2: ProviderError("no")})
    chat = ScriptedChatModel(["The treasure lies under the old tree. It is heavy."])
    async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
        await user.says("where is it")
        turn = await user.is_answered()
    assert turn.heard == "The treasure lies under the old Arr, me ears be wet."
    (unsaid,) = of_kind(user, ProviderNoticed)
    assert unsaid.message == "it did not say: tree. It is heavy."


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (ProviderError("there is no voice 'x'"), "there is no voice 'x'"),
        (RuntimeError("wss://x?key=SECRET"), "the synthesizer broke: RuntimeError (-v shows where)"),
        (Pause(1.9), "the synthesizer took longer than 5 s"),
    ],
)
def test_a_safe_line_that_cannot_be_prepared_is_logged_with_the_reason(
    fault: Exception | Pause, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    @simulated
    async def conversation() -> None:
        async with converse(synthesizer=ScriptedSynthesizer(faults={0: fault}), settings=SETTINGS) as user:
            await user.waits(10)

    conversation()
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        f"the safe line could not be prepared: {reason}"
    ]


@simulated
async def test_the_safe_line_is_resampled_like_all_speech() -> None:
    class Deep(ScriptedSynthesizer):
        output_format = AudioFormat(8_000)

    synthesizer = Deep(faults={1: ProviderError("no")}, chunk=bytes(320))
    settings = SETTINGS.model_copy(update={"greeting": "Ahoy."})
    async with converse(synthesizer=synthesizer, settings=settings) as user:
        await user.is_answered()
        # one chunk of the greeting, then the line; the scripted voice counts its bytes at 24 kHz
        expected = 3 * (0.06 * len(SETTINGS.on_error)) + 0.02
        assert user.played == pytest.approx(expected, abs=0.05)


@simulated
async def test_a_voice_that_never_ends_is_cut_off() -> None:
    class Endless(ScriptedSynthesizer):
        async def synthesize(self, utterance):  # type: ignore[no-untyped-def]
            if utterance.text == SETTINGS.on_error:
                async for event in super().synthesize(utterance):
                    yield event
                return
            while True:
                async for event in super().synthesize(utterance):
                    yield event

    async with converse(synthesizer=Endless(), settings=SETTINGS) as user:
        await user.says("hello")
        turn = await user.is_answered()
    assert turn.heard.endswith(SETTINGS.on_error)
    assert of_kind(user, ProviderFailed)[0].message == "the synthesizer did not finish"


@simulated
async def test_samples_split_between_chunks_are_joined() -> None:
    async with converse(synthesizer=ScriptedSynthesizer(chunk=bytes(333)), settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()
        assert user.played == pytest.approx(len("All right.") * 0.06, abs=0.001)


@simulated
async def test_a_reply_of_twenty_thousand_words_can_be_interrupted() -> None:
    chat = ScriptedChatModel(["word " * 20_000, "Stopped."], tokens_per_second=5000)
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("talk")
        await user.waits(60)
        await user.says("stop")
        first = await user.is_answered()
        second = await user.is_answered()
    assert 100 < len(first.heard.split()) < 250
    assert second.heard == "Stopped."


@simulated
async def test_a_model_that_waits_for_a_slower_synthesizer_does_not_time_out() -> None:
    sentences = [f"This is sentence number {number} of them. " for number in range(90)]
    read: list[str] = []

    class Quick(ScriptedChatModel):
        async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
            for sentence in sentences:
                read.append(sentence)
                yield TextDelta(sentence)

    settings = SETTINGS.model_copy(update={"reply": ReplyOptions(chat_timeout=1)})
    async with converse(chat=Quick(), settings=settings) as user:
        await user.says("count")
        await user.waits(5)
        assert 64 < len(read) < 75
        turn = await user.is_answered()
    assert turn.heard == "".join(sentences).strip()
    assert of_kind(user, ProviderFailed) == []


@simulated
async def test_a_failing_model_is_reported_once_even_if_the_safe_line_is_not_ready() -> None:
    synthesizer = ScriptedSynthesizer(faults={0: ProviderError("not yet")})
    chat = ScriptedChatModel([ProviderError("no")])
    async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
        await user.says("hello")
        turn = await user.is_answered()
    assert synthesizer.utterances == [SETTINGS.on_error] * 2
    assert turn.heard == SETTINGS.on_error
    assert [failed.message for failed in of_kind(user, ProviderFailed)] == ["no"]


@simulated
async def test_a_reply_of_emoji_is_silent_and_not_a_failure() -> None:
    async with converse(chat=ScriptedChatModel(["😀 🎉"]), settings=SETTINGS) as user:
        await user.says("hello")
        turn = await user.is_answered()
    assert turn.heard == ""
    assert of_kind(user, ProviderFailed) == []


@simulated
async def test_markdown_is_not_spoken_but_kept_in_history() -> None:
    synthesizer = ScriptedSynthesizer()
    chat = ScriptedChatModel(["See **this** [page](https://x.y)!"])
    async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()
    assert synthesizer.utterances[-1] == "See this page!"
    assert said(user)[-1] == ("assistant", "See **this** [page](https://x.y)!")


@simulated
async def test_a_recogniser_that_breaks_is_reopened_and_no_word_is_lost() -> None:
    recognizer = ScriptedRecognizer()
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.says("turn on the", 1.0)
        recognizer.break_off(ProviderError("connection reset", retryable=True))
        await user.says("living room lamp", 1.0)
        await user.is_answered()
    assert len(recognizer.sessions) == 2
    assert of_kind(user, UserTurnEnded)[0].text == "turn on the living room lamp"
    assert of_kind(user, ProviderFailed)[0].kind == "recognizer"


@simulated
async def test_a_recogniser_that_breaks_after_the_commit_is_asked_again() -> None:
    recognizer = ScriptedRecognizer(final_delay=0.5)
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.says("hello there", 1.0)
        await user.waits(0.4)
        recognizer.break_off(ProviderError("connection reset", retryable=True))
        await user.is_answered()
    assert of_kind(user, UserTurnEnded)[0].text == "hello there"


def test_a_recogniser_that_cannot_be_opened_ends_the_conversation_with_the_reason() -> None:
    @simulated
    async def conversation() -> None:
        recognizer = ScriptedRecognizer()
        recognizer.refusals = [ProviderError("the key is not accepted")]
        async with converse(recognizer=recognizer, settings=SETTINGS) as user:
            await user.waits(10)

    with pytest.raises(ExceptionGroup) as caught:
        conversation()
    assert "the key is not accepted" in str(caught.value.exceptions[0])


@simulated
async def test_the_recogniser_gets_the_phrases_of_config_and_model() -> None:
    class Scripted(ScriptedChatModel):
        phrases = ("ahoy",)

    recognizer = ScriptedRecognizer()
    settings = SETTINGS.model_copy(update={"phrases": ("lamp",)})
    async with converse(recognizer=recognizer, chat=Scripted(), settings=settings) as user:
        await user.waits(0.1)
    assert recognizer.sessions[0].hints == Hints(("lamp", "ahoy"), ("en-US",), user.conversation.id)


@simulated
async def test_the_history_sent_is_trimmed_to_its_budget_and_keeps_the_system_message() -> None:
    chat = ScriptedChatModel(["Well."])
    settings = SETTINGS.model_copy(update={"history": HistoryOptions(budget=12)})
    async with converse(chat=chat, settings=settings) as user:
        for number in ("one", "two", "three"):
            await user.says(number)
            await user.is_answered()
    assert [m.content for m in chat.requests[-1].messages] == ["Be brief.", "two", "Well.", "three"]
    assert len(said(user)) == 6


@simulated
async def test_a_bot_that_cannot_be_interrupted_finishes_first() -> None:
    chat = ScriptedChatModel([STORY, "Right."])
    settings = SETTINGS.model_copy(update={"turns": TurnOptions(interruptible=False)})
    async with converse(chat=chat, settings=settings) as user:
        await user.says("tell me a story")
        await user.waits(3)
        await user.says("stop")
        first = await user.is_answered()
        second = await user.is_answered()
    assert (first.heard, first.interrupted) == (STORY, False)
    assert second.heard == "Right."


@simulated
async def test_the_tokens_of_an_answer_are_reported_with_its_times() -> None:
    class Counting(ScriptedChatModel):
        async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
            async for event in super().reply(request):
                yield ReplyEnded(usage=Usage(120, 7)) if isinstance(event, ReplyEnded) else event

    for chat, tokens in ((Counting(), (120, 7)), (ScriptedChatModel(), (None, None))):
        async with converse(chat=chat, settings=SETTINGS) as user:
            await user.says("hello")
            await user.is_answered()
        (timed,) = of_kind(user, TurnTimed)
        assert (timed.input_tokens, timed.output_tokens) == tokens


@simulated
async def test_typed_lines_are_turns_too() -> None:
    async with converse(chat=ScriptedChatModel(["Fine."]), settings=SETTINGS) as user:
        user.sends(TypedLine("how are you"))
        await user.is_answered()
    assert said(user) == [("user", "how are you"), ("assistant", "Fine.")]


@simulated
async def test_the_loss_and_return_of_a_device_are_reported() -> None:
    async with converse(settings=SETTINGS) as user:
        user.sends(DeviceLost("gone"))
        user.sends(DeviceReopened("back"))
        await user.waits(0.1)
    assert [(e.present, e.message) for e in of_kind(user, DeviceChanged)] == [(False, "gone"), (True, "back")]


@simulated
async def test_partials_contain_the_whole_turn_so_far() -> None:
    async with converse(settings=SETTINGS) as user:
        await user.says("turn on")
        await user.waits(0.6)
        await user.says("the lamp")
        await user.is_answered()
    assert [partial.text for partial in of_kind(user, UserPartial)] == [
        "turn",
        "turn on",
        "turn on the",
        "turn on the lamp",
    ]


@simulated
async def test_a_tone_is_played_when_the_bot_listens() -> None:
    settings = SETTINGS.model_copy(update={"listening_tone": True})
    async with converse(chat=ScriptedChatModel(["Hi."]), settings=settings) as user:
        await user.waits(1)
        assert user.played == pytest.approx(0.12)
        await user.says("hello")
        await user.is_answered()
        await user.waits(1)
        assert user.played == pytest.approx(0.12 * 2 + 0.18, abs=0.001)
    assert [turn.heard for turn in of_kind(user, BotTurnEnded)] == ["Hi."]


@pytest.mark.slow
@simulated
async def test_an_hour_of_conversation_in_virtual_time() -> None:
    async with converse(chat=ScriptedChatModel(["Yes."]), settings=SETTINGS) as user:
        for _ in range(200):
            await user.says("are you there")
            await user.is_answered()
            await user.waits(10)
    assert len(said(user)) == 400


@simulated
async def test_a_reply_whose_model_fails_while_it_is_stopped_still_ends() -> None:
    class Messy(ScriptedChatModel):
        async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
            try:
                async for event in super().reply(request):
                    yield event
            finally:
                raise ProviderError("and again")

    chat = Messy(["Well. " * 500, "Fine."], tokens_per_second=10_000)
    synthesizer = ScriptedSynthesizer(faults={1: ProviderError("no")})
    async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
        await user.says("hello")
        turn = await user.is_answered()
    assert turn.heard.endswith(SETTINGS.on_error)


@simulated
async def test_a_synthesizer_that_raises_its_own_error_when_cancelled_does_no_harm() -> None:
    class Stubborn(ScriptedSynthesizer):
        async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
            try:
                async for event in super().synthesize(utterance):
                    yield event
            except asyncio.CancelledError:
                raise ProviderError("stopped") from None

    chat = ScriptedChatModel([STORY, "Stopped."])
    async with converse(chat=chat, synthesizer=Stubborn(speed=1.0), settings=SETTINGS) as user:
        await user.says("tell me a story")
        await user.waits(2.5)
        await user.says("stop")
        first = await user.is_answered()
        second = await user.is_answered()
    assert first.interrupted
    assert second.heard == "Stopped."


@simulated
async def test_history_keeps_only_the_spoken_part_of_a_sentence_whose_synthesis_failed() -> None:
    synthesizer = ScriptedSynthesizer(faults={1: ProviderError("no")})
    chat = ScriptedChatModel(["The treasure lies buried under palms."])
    async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
        await user.says("where is it")
        turn = await user.is_answered()
    assert turn.heard == SETTINGS.on_error  # a chunk of 20 ms is not a word


@simulated
async def test_empty_pieces_of_text_do_not_renew_the_timeout() -> None:
    class Empty(ScriptedChatModel):
        async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
            while True:
                yield TextDelta("")
                await asyncio.sleep(1)

    async with converse(chat=Empty(), settings=SETTINGS) as user:
        await user.says("hello")
        turn = await user.is_answered()
    assert turn.heard == SETTINGS.on_error


@simulated
async def test_a_synthesizer_without_any_sound_has_failed() -> None:
    class Mute(ScriptedSynthesizer):
        async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
            if utterance.text == SETTINGS.on_error:
                async for event in super().synthesize(utterance):
                    yield event

    async with converse(synthesizer=Mute(), settings=SETTINGS) as user:
        await user.says("hello")
        turn = await user.is_answered()
    assert turn.heard == SETTINGS.on_error
    assert of_kind(user, ProviderFailed)[0].message == "the synthesizer gave no sound"


@simulated
async def test_only_the_next_unit_is_synthesized_in_advance() -> None:
    synthesizer = ScriptedSynthesizer(speed=1000, seconds_per_character=0.5)
    chat = ScriptedChatModel(["One two three. " * 20])
    async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
        await user.says("hello")
        await user.waits(3)
        assert len(synthesizer.utterances) == 3  # the safe line, what is spoken, and the next
        await user.says("stop")
