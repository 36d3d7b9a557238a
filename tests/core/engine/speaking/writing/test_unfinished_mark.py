"""A chat model that says that the user has not finished, instead of a reply."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable

import pytest

from voicebot import Settings
from voicebot.config.schema import PatienceOptions, TurnOptions
from voicebot.engine.speaking.writing.unfinished_mark import UnfinishedMark, asking_for_mark
from voicebot.errors import ProviderError
from voicebot.events import BotTurnEnded, ProviderFailed, TurnTimed, UnitSpoken, UserTurnEnded
from voicebot.messages import ChatRequest, Message
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedSynthesizer,
    ScriptedUser,
    converse,
    simulated,
)

MARK = "[unfinished]"


def settings(*, system: str = "Be brief.", **turns: object) -> Settings:
    patience = PatienceOptions(earliest=0.3, latest=2.5)
    options = TurnOptions.model_validate({"patience": patience, "ask_chat_model": True, **turns})
    return Settings(system=system, on_error="Arr.", turns=options)


@pytest.mark.parametrize(
    ("pieces", "text", "is_found"),
    [
        ([MARK], "", True),
        (["[", "un", "finished", "]"], "", True),
        (["  ", "[Un", "FINISHED ] \n"], "", True),
        (["**[unfinished]**"], "", True),
        (['"[unfinished]"', " and more"], "", True),
        (["Yes."], "Yes.", False),
        (["[", "laughs] Yes."], "[laughs] Yes.", False),
        (["[unfin"], "[unfin", False),
        (["  Yes", f" {MARK}", " no"], f"  Yes {MARK} no", False),
        ([], "", False),
    ],
)
def test_the_mark_is_found_at_the_beginning_in_whatever_pieces_it_comes(
    pieces: list[str], text: str, is_found: bool
) -> None:
    mark = UnfinishedMark()
    assert "".join([*map(mark.feed, pieces), mark.finish()]) == text
    assert mark.is_found is is_found


def test_the_mark_is_asked_for_in_the_system_message() -> None:
    question = Message("user", "turn on the")
    for before in ((), (Message("system", "Be brief."),)):
        first, *others = asking_for_mark(ChatRequest((*before, question), ahead=True)).messages
        assert first.role == "system"
        assert first.content.startswith("Be brief.\n\n" if before else "If ")
        assert MARK in first.content
        assert others == [question]


def of_turns(user: ScriptedUser) -> list[TurnTimed]:
    return [event for event in user.events if isinstance(event, TurnTimed)]


def never_shown(user: ScriptedUser, synthesizer: ScriptedSynthesizer) -> None:
    """Check that the mark was neither spoken, nor shown, nor kept."""
    texts = [repr(event) for event in user.events]
    texts += [message.content for message in user.conversation.history.messages]
    texts += synthesizer.utterances
    assert not [text for text in texts if "unfinished" in text.casefold()]


def asks(chat: ScriptedChatModel) -> list[tuple[bool, bool]]:
    """Return for each request whether it was ahead of the turn's end, and whether it asked for the mark."""
    return [(each.ahead, MARK in each.messages[0].content) for each in chat.requests]


@pytest.mark.parametrize("reply", [MARK, [" [Unfin", "ished", "] "]], ids=["whole", "in pieces"])
@simulated
async def test_a_user_who_goes_on_is_not_cut_off(reply: str | list[str]) -> None:
    synthesizer = ScriptedSynthesizer()
    chat = ScriptedChatModel([reply, "Which kitchen?"], first_token=0.1)
    async with converse(chat=chat, synthesizer=synthesizer, settings=settings()) as user:
        await user.says("turn on the lamp")
        await user.waits(1.8)  # without the mark, the bot would have answered after 0.8 s
        assert user.played == 0.0
        await user.says("in the kitchen")
        turn = await user.is_answered()
    assert turn.heard == "Which kitchen?"
    assert [e.text for e in user.events if isinstance(e, UserTurnEnded)] == [
        "turn on the lamp in the kitchen"
    ]
    (timed,) = of_turns(user)
    assert (timed.prepared, timed.held, timed.withdrawn) == (2, 1, 1)
    assert timed.wasted_tokens > 0
    assert asks(chat) == [(True, True), (True, True)]
    never_shown(user, synthesizer)


@simulated
async def test_a_user_who_does_not_go_on_is_answered_when_patience_ends() -> None:
    synthesizer = ScriptedSynthesizer()
    chat = ScriptedChatModel([MARK, "Which lamp?"], first_token=0.1)
    async with converse(chat=chat, synthesizer=synthesizer, settings=settings()) as user:
        await user.says("turn on the")
        turn = await user.is_answered()
    assert (turn.heard, turn.interrupted) == ("Which lamp?", False)
    (timed,) = of_turns(user)
    assert timed.decided is not None
    assert timed.speech_stopped is not None
    assert timed.decided - timed.speech_stopped == pytest.approx(2.5, abs=0.03)
    assert timed.prepared_at is None, "the reply that was heard had not been prepared"
    assert (timed.prepared, timed.held, timed.withdrawn) == (1, 1, 0)
    assert timed.wasted_tokens > 0
    assert asks(chat) == [(True, True), (False, False)]
    assert [message.content for message in chat.requests[1].messages] == ["Be brief.", "turn on the"]
    assert chat.cancelled == 1, "nothing more was read of the reply than its mark"
    never_shown(user, synthesizer)


@simulated
async def test_a_mark_that_comes_when_the_turn_is_over_is_asked_again_at_once() -> None:
    synthesizer = ScriptedSynthesizer()
    chat = ScriptedChatModel([MARK, "Which lamp?"], first_token=1.5)
    async with converse(chat=chat, synthesizer=synthesizer, settings=settings()) as user:
        await user.says("turn on the")
        turn = await user.is_answered()
    assert turn.heard == "Which lamp?"
    (timed,) = of_turns(user)
    assert timed.decided is not None
    assert timed.first_token == pytest.approx(timed.decided + 2.5, abs=0.6)
    assert timed.held == 1
    assert asks(chat) == [(True, True), (False, False)]
    never_shown(user, synthesizer)


@simulated
async def test_a_mark_in_the_middle_of_a_reply_is_text() -> None:
    chat = ScriptedChatModel([f"Say {MARK} then."], first_token=0.1)
    async with converse(chat=chat, settings=settings()) as user:
        await user.says("what do I say")
        turn = await user.is_answered()
    assert turn.heard == f"Say {MARK} then."
    assert of_turns(user)[0].held == 0


@pytest.mark.parametrize(
    "turned_off", [{"ask_chat_model": False}, {"prepare": "off"}], ids=["not asked", "not prepared"]
)
@simulated
async def test_the_mark_is_not_asked_for_unless_it_is_wanted_and_of_use(
    turned_off: dict[str, object],
) -> None:
    chat = ScriptedChatModel(["Which lamp?"], first_token=0.1)
    async with converse(chat=chat, settings=settings(**turned_off)) as user:
        await user.says("turn on the")
        await user.is_answered()
    assert not any(asked for _, asked in asks(chat))


@simulated
async def test_the_filters_of_plugins_get_the_reply_and_not_the_mark() -> None:
    seen: list[str] = []

    def maker(settings: Settings) -> Callable[[AsyncIterator[str]], AsyncIterator[str]]:
        async def filtered(texts: AsyncIterator[str]) -> AsyncIterator[str]:
            async for text in texts:
                seen.append(text)
                yield text.upper()
            yield " Over."

        return filtered

    chat = ScriptedChatModel([MARK, "Which lamp?"], first_token=0.1)
    async with converse(chat=chat, settings=settings(), reply_filters=[maker]) as user:
        await user.says("turn on the")
        turn = await user.is_answered()
    assert turn.heard == "WHICH LAMP? Over."
    assert "".join(seen) == "Which lamp?"


@pytest.mark.parametrize(
    ("replies", "heard"),
    [
        ([ProviderError("it broke"), "Which lamp?"], "Which lamp?"),
        ([MARK, ProviderError("it broke")], "Arr."),
        ([[Pause(0.2), ""], "Which lamp?"], "Which lamp?"),
    ],
    ids=["the first fails", "the second fails", "the first is empty"],
)
@simulated
async def test_a_chat_model_that_fails_is_asked_again_or_reported(replies: Iterable[str], heard: str) -> None:
    chat = ScriptedChatModel(replies, first_token=0.1)
    async with converse(chat=chat, settings=settings()) as user:
        await user.says("turn on the")
        turn = await user.is_answered()
    assert turn.heard == heard
    failed = [event for event in user.events if isinstance(event, ProviderFailed)]
    assert bool(failed) == (heard == "Arr.")


@simulated
async def test_a_long_hold_is_no_failure_of_the_chat_model() -> None:
    chat = ScriptedChatModel([MARK, "Which lamp?"], first_token=0.1)
    patience = PatienceOptions(earliest=0.3, latest=20)
    async with converse(chat=chat, settings=settings(patience=patience)) as user:
        await user.says("turn on the")
        turn = await user.is_answered()
    assert turn.heard == "Which lamp?"
    (timed,) = of_turns(user)
    assert timed.decided is not None
    assert timed.decided - (timed.speech_stopped or 0.0) == pytest.approx(20, abs=0.03)


@simulated
async def test_a_noise_does_not_make_the_words_finished() -> None:
    chat = ScriptedChatModel([MARK, "Which lamp?"], first_token=0.1)
    async with converse(chat=chat, settings=settings()) as user:
        await user.says("turn on the")
        await user.waits(1.0)
        await user.says("", 0.3)
        await user.waits(1.5)
        assert not [event for event in user.events if isinstance(event, UnitSpoken)]
        await user.is_answered()
    assert asks(chat) == [(True, True), (False, False)]


@simulated
async def test_hanging_up_ends_a_reply_that_is_held() -> None:
    chat = ScriptedChatModel([MARK, "Which lamp?"], first_token=0.1)
    async with converse(chat=chat, settings=settings()) as user:
        await user.says("turn on the")
        await user.waits(1.2)
    assert [e.heard for e in user.events if isinstance(e, BotTurnEnded)] == ["Which lamp?"]
