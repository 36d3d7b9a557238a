"""Observers of details see what providers answer before and after a change, and may come with one."""

from __future__ import annotations

from typing import Any

from voicebot import (
    FinalTranscript,
    ProviderAnswered,
    ProviderAsked,
    Settings,
    SoundHeard,
    SoundWritten,
    UserTurnEnded,
    Utterance,
)
from voicebot.testing import ScriptedRecognizer, ScriptedSynthesizer, converse, simulated
from voicebot.testing.scripted import MICROPHONE, SPEAKER

from ..test_details import Listener, a_turn
from .test_apply import SETTINGS, another


def heard(listener: Listener) -> list[tuple[int, str]]:
    """Return what recognisers answered, each with the number of the request."""
    answers = [each for each in listener.of("recognizer") if isinstance(each, ProviderAnswered)]
    finals = [each for each in answers if isinstance(each.answer, FinalTranscript)]
    return [(each.request, each.answer.text) for each in finals if each.answer.text]


def spoken(listener: Listener) -> list[str]:
    questions = [each.question for each in listener.of("synthesizer") if isinstance(each, ProviderAsked)]
    return [each.text for each in questions if isinstance(each, Utterance)]


@simulated
async def test_answers_of_both_voices_and_recognisers_are_seen_in_one_conversation() -> None:
    listener = Listener()
    other = {"recognizer": ScriptedRecognizer(), "synthesizer": ScriptedSynthesizer()}
    recognizer = ScriptedRecognizer()
    settings = SETTINGS.model_copy(update={"system": "Be a pirate."})
    async with converse(recognizer=recognizer, observers=[listener], settings=SETTINGS) as user:
        await a_turn(user)
        async with (
            another(user, observers=[listener], settings=settings) as pirate,
            another(user, observers=[listener], **other) as bot,
        ):
            await user.conversation.apply(pirate)
            await user.conversation.apply(bot)
            await user.says("and now")
            await user.is_answered()
            user.hangs_up()
            await user.waits(1)

    (first, before), (second, after) = heard(listener)
    assert (before, after) == ("what is the time", "and now")
    assert first < second
    assert len(recognizer.sessions) == 1  # another system message needs no other
    assert spoken(listener) == ["All right.", "All right."]
    assert listener.public == user.events


def redacts(settings: Settings) -> Any:
    return lambda text: text.replace("bonny", "[x]")


@simulated
async def test_an_observer_that_comes_in_mid_conversation_sees_details_and_filters_change_for_all() -> None:
    first, late = Listener(), Listener()
    first.details = False  # type: ignore[misc]  # of this one alone
    async with converse(observers=[first], settings=SETTINGS) as user:
        await user.says("i am anne bonny")
        await user.is_answered()
        async with another(user, observers=[first, late], redactors=[redacts]) as bot:
            await user.conversation.apply(bot)
            recognizer = bot.recognizer
            await user.says("yes anne bonny")
            await user.is_answered()
            user.hangs_up()
            await user.waits(1)

    assert [text for _, text in heard(late)] == ["yes anne [x]"]
    assert len(spoken(late)) == 1
    assert {type(each) for each in late.events} >= {SoundHeard, SoundWritten}
    assert (late.info.microphone, late.info.speaker) == (MICROPHONE, SPEAKER)
    assert late.info.started == first.info.started
    turns = [each.text for each in first.events if isinstance(each, UserTurnEnded)]
    assert turns == ["i am anne bonny", "yes anne [x]"]
    assert len(recognizer.sessions) == 3  # the first, the trial, and the one that is seen
