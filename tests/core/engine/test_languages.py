"""A conversation in several languages: the bot's voice follows the user, its own lines do not."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager

import pytest

from voicebot.config.schema import GoodbyeOptions, IdleOptions, Settings, TurnOptions
from voicebot.events import ReplyPrepared, ReplyWithdrawn, UserFinal, UserTurnEnded
from voicebot.interfaces import SpeechStream
from voicebot.messages import StreamedUtterance, SynthesisEvent, Utterance
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    converse,
    simulated,
)

UNPREPARED = TurnOptions(prepare="off")
SETTINGS = Settings(languages=("en-US", "de-DE"), on_error="", turns=UNPREPARED)
GERMAN = ("guten Tag", "wie geht es dir", "okay")


def detected(text: str) -> str | None:
    """Return the language of a text as a recogniser would report it; it does not know that of some."""
    if text == "okay":
        return None
    return "ja" if text == "um" else "de" if text in GERMAN else "en"


class Voice(ScriptedSynthesizer):
    """Records the language of each text."""

    def __init__(self, *, streams: bool = False) -> None:
        super().__init__(streams=streams)
        self.said: list[tuple[str, str | None]] = []
        self.languages: list[str | None] = []

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        self.said.append((utterance.text, utterance.language))
        async for event in super().synthesize(utterance):
            yield event

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        self.languages.append(utterance.language)
        return super().stream(utterance)


def recognizer(final_delay: float = 0.1) -> ScriptedRecognizer:
    return ScriptedRecognizer(language=detected, final_delay=final_delay)


@simulated
async def test_the_voice_follows_the_user_and_the_bots_own_lines_stay_in_its_language() -> None:
    voice = Voice()
    settings = SETTINGS.model_copy(
        update={
            "greeting": "Hello.",
            "on_error": "Sorry.",
            "idle": IdleOptions(after=5, prompts=("Are you there?",), most=1),
            "goodbye": GoodbyeOptions(phrases=("tschüss",), line="Goodbye."),
        }
    )
    chat = ScriptedChatModel(["Gut.", "Schön.", "Fine."])

    async with converse(recognizer=recognizer(), chat=chat, synthesizer=voice, settings=settings) as user:
        await user.is_answered()
        for text in ("wie geht es dir", "okay", "how are you"):
            await user.says(text)
            await user.is_answered()
        await user.is_answered()
        await user.says("guten Tag")
        await user.is_answered()
        await user.says("tschüss")
        await user.is_answered()

    assert set(voice.said[:2]) == {("Hello.", "en-US"), ("Sorry.", "en-US")}
    assert voice.said[2:] == [
        ("Gut.", "de-DE"),
        ("Schön.", "de-DE"),
        ("Fine.", "en-US"),
        ("Are you there?", "en-US"),
        ("Fine.", "de-DE"),
        ("Goodbye.", "en-US"),
    ]


@simulated
async def test_a_stream_of_speech_is_opened_in_the_users_language() -> None:
    voice = Voice(streams=True)

    async with converse(recognizer=recognizer(), synthesizer=voice, settings=SETTINGS) as user:
        for text in ("wie geht es dir", "how are you"):
            await user.says(text)
            await user.is_answered()

    assert voice.languages == ["de-DE", "en-US"]


@simulated
async def test_a_reply_that_was_prepared_before_the_language_was_known_is_prepared_again() -> None:
    voice = Voice()
    settings = SETTINGS.model_copy(update={"turns": TurnOptions(prepare="pause", patience=1.5)})

    async with converse(recognizer=recognizer(final_delay=0.9), synthesizer=voice, settings=settings) as user:
        await user.says("wie geht es dir")
        await user.is_answered()
        prepared = [type(event) for event in user.events if isinstance(event, ReplyPrepared | ReplyWithdrawn)]
        await user.says("guten Tag")
        await user.is_answered()
        later = [type(event) for event in user.events if isinstance(event, ReplyPrepared | ReplyWithdrawn)]

    assert prepared == [ReplyPrepared, ReplyWithdrawn, ReplyPrepared]
    assert later == [*prepared, ReplyPrepared]
    assert [language for _, language in voice.said][-2:] == ["de-DE", "de-DE"]


@simulated
async def test_events_tell_the_language_of_each_turn() -> None:
    async with converse(recognizer=recognizer(), settings=SETTINGS) as user:
        for text in ("wie geht es dir", "okay", "how are you", "um"):
            await user.says(text)
            await user.is_answered()

    for kind in (UserFinal, UserTurnEnded):
        events = [event for event in user.events if isinstance(event, UserFinal | UserTurnEnded)]
        heard = [(each.text, each.language) for each in events if isinstance(each, kind)]
        assert heard == [
            ("wie geht es dir", "de-DE"),
            ("okay", "de-DE"),
            ("how are you", "en-US"),
            ("um", "en-US"),
        ]


@pytest.mark.parametrize(
    ("settings", "languages"),
    [
        (Settings(), ("en-US",)),
        (Settings(language="de-AT"), ("de-AT",)),
        (Settings(languages=("fr-FR", "de-DE")), ("fr-FR", "de-DE")),
        (Settings(language="de-DE", languages=("fr-FR", "de-DE")), ("de-DE", "fr-FR")),
    ],
)
def test_the_recogniser_is_told_all_languages_the_bots_own_first(
    settings: Settings, languages: tuple[str, ...]
) -> None:
    listening = recognizer()

    @simulated
    async def conversation() -> None:
        async with converse(recognizer=listening, settings=settings) as user:
            await user.says("okay")
            await user.is_answered()

    conversation()
    assert listening.sessions[0].hints.languages == languages


@simulated
async def test_a_bot_with_one_language_does_not_follow_what_a_recogniser_mistakes_a_cough_for() -> None:
    voice = Voice()
    settings = Settings(on_error="", turns=UNPREPARED)

    async with converse(recognizer=recognizer(), synthesizer=voice, settings=settings) as user:
        await user.says("um")
        await user.is_answered()

    assert voice.said == [("All right.", "en-US")]
