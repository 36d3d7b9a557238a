"""Replies that are prepared in silence, patience, and speech over the bot, in whole conversations."""

from __future__ import annotations

from typing import TypeVar

import pytest

from voicebot import Settings, TurnDetector, TurnSoFar, VoiceActivityOptions
from voicebot.config.schema import AskingRule, PatienceOptions, TurnOptions
from voicebot.errors import ProviderError
from voicebot.events import (
    BotDucked,
    BotResumed,
    BotTurnEnded,
    ProviderFailed,
    ReplyPrepared,
    ReplyStarted,
    ReplyWithdrawn,
    TurnTimed,
    UserCorrected,
    UserTurnEnded,
)
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

SETTINGS = Settings(on_error="Arr.", turns=TurnOptions(patience=PatienceOptions(earliest=0.3, latest=3)))
STORY = "Once there was a parrot on a ship. It could count to seven. Then it flew away. The end."
EventT = TypeVar("EventT")


def of_kind(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


def said(user: ScriptedUser) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in user.conversation.history.messages]


@simulated
async def test_a_reply_is_ready_when_patience_ends() -> None:
    chat = ScriptedChatModel(["It rains."], first_token=0.2)
    async with converse(
        chat=chat, synthesizer=ScriptedSynthesizer(first_byte=0.1), settings=SETTINGS
    ) as user:
        await user.says("what is the weather like")
        await user.is_answered()
    (timed,) = of_kind(user, TurnTimed)
    assert timed.decided is not None
    assert timed.first_sound == pytest.approx(timed.decided)
    assert timed.prepared_at is not None
    assert timed.first_byte is not None
    assert timed.prepared_at < timed.first_byte < timed.decided
    assert (timed.prepared, timed.withdrawn, timed.wasted_tokens) == (1, 0, 0)
    (started,) = of_kind(user, ReplyStarted)
    assert started.at == pytest.approx(timed.decided), "nothing shows before the answer is let out"
    assert len(chat.requests) == 1


@simulated
async def test_if_words_come_without_delay_a_reply_is_prepared_before_the_pause_is_certain() -> None:
    chat = ScriptedChatModel(["It rains."] * 8)
    async with converse(chat=chat, settings=SETTINGS) as user:
        for _ in range(8):
            await user.says("what is the weather like")
            await user.is_answered()
    timed = of_kind(user, TurnTimed)[-1]
    assert timed.prepared_at is not None
    assert timed.speech_stopped is not None
    hang_over = VoiceActivityOptions().hang_over
    assert timed.prepared_at - timed.speech_stopped < hang_over / 2
    assert not of_kind(user, ReplyWithdrawn)


@simulated
async def test_a_reply_prepared_for_a_user_who_goes_on_is_neither_heard_nor_in_history() -> None:
    chat = ScriptedChatModel(["Which lamp?", "Done."], first_token=0.05)
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("turn on the lamp")
        await user.waits(0.7)
        assert of_kind(user, ReplyPrepared)
        assert user.played == 0.0
        await user.says("in the kitchen")
        await user.is_answered()
    assert said(user) == [("user", "turn on the lamp in the kitchen"), ("assistant", "Done.")]
    assert [len(of_kind(user, kind)) for kind in (ReplyWithdrawn, BotTurnEnded, UserTurnEnded)] == [1, 1, 1]
    (timed,) = of_kind(user, TurnTimed)
    assert timed.withdrawn == 1
    assert timed.wasted_tokens > 0


@simulated
async def test_a_prepared_reply_that_failed_is_requested_again() -> None:
    chat = ScriptedChatModel([ProviderError("HTTP 500"), "All well."], first_token=0.1)
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("hello you")
        turn = await user.is_answered()
    assert turn.heard == "All well."
    assert not of_kind(user, ProviderFailed)


@simulated
async def test_the_safe_line_follows_a_prepared_reply_whose_synthesis_failed() -> None:
    synthesizer = ScriptedSynthesizer(faults={1: ProviderError("no voice")})
    async with converse(synthesizer=synthesizer, settings=SETTINGS) as user:
        await user.says("hello you")
        turn = await user.is_answered()
    assert turn.heard.endswith("Arr.")
    assert [failed.kind for failed in of_kind(user, ProviderFailed)] == ["synthesizer"]


@simulated
async def test_hanging_up_cancels_the_prepared_reply() -> None:
    chat = ScriptedChatModel([[Pause(float("inf"))]])
    settings = Settings(turns=TurnOptions(patience=20.0))
    async with converse(chat=chat, settings=settings) as user:
        await user.says("hello you")
        await user.waits(19.5)
        assert of_kind(user, ReplyPrepared)
        user.conversation.clock.now()
    assert chat.cancelled >= 1


@simulated
async def test_a_late_final_corrects_history() -> None:
    recognizer = ScriptedRecognizer(
        final_delay=3.0, mishears=lambda text: text.replace("call mum", "call Tom")
    )
    async with converse(recognizer=recognizer, chat=ScriptedChatModel([STORY]), settings=SETTINGS) as user:
        await user.says("call mum")
        await user.is_answered()
    assert [corrected.text for corrected in of_kind(user, UserCorrected)] == ["call Tom"]
    assert said(user)[0] == ("user", "call Tom")


class Dictionary(TurnDetector[Options]):
    """Looks the wait up by the words."""

    def __init__(self, waits: dict[str, float | Exception]) -> None:
        super().__init__(Options())
        self.waits = waits
        self.turns: list[TurnSoFar] = []

    async def wait(self, turn: TurnSoFar) -> float:
        self.turns.append(turn)
        answer = self.waits.get(turn.text, 1.0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize(
    ("wait", "waited"), [(0.5, 0.5), (0.0, 0.3), (99.0, 3.0), (ValueError("wss://x?key=SECRET"), 3.0)]
)
@simulated
async def test_the_turn_detector_decides_within_the_bounds_of_patience(
    wait: float | Exception, waited: float, caplog: pytest.LogCaptureFixture
) -> None:
    detector = Dictionary({"hello you": wait})
    async with converse(turn_detector=detector, settings=SETTINGS) as user:
        await user.says("hello you")
        await user.is_answered()
    (timed,) = of_kind(user, TurnTimed)
    assert timed.decided is not None
    assert timed.speech_stopped is not None
    # the final comes 0.35 s after the last sound
    assert timed.decided - timed.speech_stopped == pytest.approx(max(waited, 0.36), abs=0.021)
    assert "SECRET" not in caplog.text
    assert len(caplog.records) == isinstance(wait, Exception)


@simulated
async def test_after_a_question_for_a_number_the_bot_is_patient() -> None:
    turns = TurnOptions(
        patience=0.4, after_asking=(AskingRule(words=("phone number",), patience=2.5),), prepare="off"
    )
    chat = ScriptedChatModel(["What is your Phone Number?", "Thank you."])
    async with converse(chat=chat, settings=Settings(turns=turns)) as user:
        await user.says("call me")
        await user.is_answered()
        await user.says("five five")
        await user.waits(1.5)
        await user.says("one two")
        await user.is_answered()
    assert [turn.text for turn in of_kind(user, UserTurnEnded)] == ["call me", "five five one two"]


@simulated
async def test_a_question_that_is_interrupted_by_its_answer_sets_the_patience() -> None:
    turns = TurnOptions(
        patience=0.4, after_asking=(AskingRule(words=("phone number",), patience=2.5),), prepare="off"
    )
    chat = ScriptedChatModel(
        ["What is your phone number, please, and may I call you in the evening?", "Thanks."]
    )
    async with converse(chat=chat, settings=Settings(turns=turns)) as user:
        await user.says("call me")
        await user.waits(2.6)
        await user.says("five five")
        await user.waits(1.5)
        await user.says("one two")
        await user.is_answered()
        await user.is_answered()
    assert [turn.text for turn in of_kind(user, UserTurnEnded)] == ["call me", "five five one two"]


@simulated
async def test_an_unheard_reply_keeps_the_patience_that_the_question_asked_for() -> None:
    turns = TurnOptions(
        patience=0.4, after_asking=(AskingRule(words=("phone number",), patience=1.5),), prepare="off"
    )
    chat = ScriptedChatModel(["What is your phone number?", "Thanks."], first_token=0.6)
    async with converse(chat=chat, settings=Settings(turns=turns)) as user:
        await user.says("call me")
        await user.is_answered()
        await user.says("five five")
        await user.waits(1.8)  # a little too long, but nothing is heard yet
        await user.says("one two")
        await user.waits(1.2)
        await user.says("three four")
        await user.is_answered()
        await user.is_answered()
    assert of_kind(user, UserTurnEnded)[-1].text == "five five one two three four"


@simulated
async def test_after_a_question_for_yes_or_no_the_bot_is_quick() -> None:
    detector = Dictionary({"tea": 1.6})
    chat = ScriptedChatModel(["Would you like some?", "Here you are."])
    settings = Settings(turns=TurnOptions(prepare="off"))
    async with converse(turn_detector=detector, chat=chat, settings=settings) as user:
        await user.says("tea")
        await user.is_answered()
        await user.says("tea")
        await user.is_answered()
    assert detector.turns[0].latest > detector.turns[-1].latest


@simulated
async def test_a_backchannel_ducks_the_reply_which_goes_on_to_its_end() -> None:
    async with converse(chat=ScriptedChatModel([STORY]), settings=SETTINGS) as user:
        await user.says("tell me a story")
        await user.waits(2.5)
        before = user.played
        await user.says("okay", 0.2)
        assert of_kind(user, BotDucked)
        assert user.hears_the_bot
        turn = await user.is_answered()
    assert before > 0
    assert turn.heard == STORY
    assert not turn.interrupted
    assert user.played == pytest.approx(0.06 * len(STORY), abs=0.4), "no sound is lost, none comes twice"
    assert len(of_kind(user, BotResumed)) == 1
    assert said(user) == [("user", "tell me a story"), ("assistant", STORY)]


class Wordless(ScriptedRecognizer):
    """Hears a noise as speech without words."""

    def __init__(self) -> None:
        super().__init__(mishears=lambda text: text.replace("[noise]", "").strip())


@simulated
async def test_a_long_noise_holds_the_reply_which_goes_on_where_it_was() -> None:
    class Noisy(ScriptedUser):
        def frames(self, text: str, seconds: float) -> list[bytes]:
            return super().frames("" if text == "[noise]" else text, seconds)

    async with converse(chat=ScriptedChatModel([STORY]), settings=SETTINGS, user=Noisy()) as user:
        await user.says("tell me a story")
        await user.waits(2.5)
        await user.says("[noise]", 1.5)
        assert not user.hears_the_bot
        held_at = user.played
        await user.waits(1.0)
        assert user.hears_the_bot, "a false interruption resumes within a second"
        turn = await user.is_answered()
    assert 0 < held_at < 0.06 * len(STORY)
    assert turn.heard == STORY
    assert user.played == pytest.approx(0.06 * len(STORY), abs=0.4)
    assert [event.held for event in of_kind(user, BotDucked)] == [False, True]


@simulated
async def test_a_reply_cut_off_within_300_ms_counts_as_never_given() -> None:
    turns = TurnOptions(patience=0.4)
    chat = ScriptedChatModel([STORY, "It rains in Paris."], first_token=0.0)
    async with converse(chat=chat, settings=Settings(turns=turns)) as user:
        await user.says("what is the weather")
        await user.waits(0.62)
        assert user.hears_the_bot
        await user.says("in paris")
        withdrawn = await user.is_answered()
        await user.is_answered()
    assert (withdrawn.heard, withdrawn.interrupted) == ("", True)
    assert said(user) == [("user", "what is the weather in paris"), ("assistant", "It rains in Paris.")]
