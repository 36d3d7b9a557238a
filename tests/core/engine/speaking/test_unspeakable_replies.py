"""Replies, and parts of them, that cannot be spoken: emoji, code, and what has no audio."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from voicebot import (
    AudioChunk,
    BotTurnEnded,
    ProviderFailed,
    ProviderNoticed,
    Settings,
    StreamedUtterance,
    SynthesisEvent,
    Utterance,
)
from voicebot.testing import ScriptedChatModel, ScriptedSynthesizer, ScriptedUser, converse, simulated
from voicebot.testing.scripted import SPEAKER

SETTINGS = Settings(reply={"first_unit": "sentence"})  # type: ignore[arg-type]
UNSPEAKABLE = ["😀 🎉", "---", "```python\nprint(1)\n```"]


def of_kind(user: ScriptedUser, kind: type) -> list:
    return [event for event in user.events if isinstance(event, kind)]


def said(user: ScriptedUser) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in user.conversation.history.messages]


@pytest.mark.parametrize("text", UNSPEAKABLE)
@simulated
async def test_a_reply_that_cannot_be_spoken_is_shown_and_kept_in_history(text: str) -> None:
    chat = ScriptedChatModel([text, "Yes."])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("hello there")
        turn = await user.is_answered()
        await user.says("are you there")
        await user.is_answered()
    assert turn.heard == ""
    shown = f"the reply contains nothing that can be spoken: {' '.join(text.split())}"
    assert [notice.message for notice in of_kind(user, ProviderNoticed)] == [shown]
    assert said(user) == [
        ("user", "hello there"),
        ("assistant", text),
        ("user", "are you there"),
        ("assistant", "Yes."),
    ]
    assert of_kind(user, ProviderFailed) == []


@pytest.mark.parametrize("text", UNSPEAKABLE)
@simulated
async def test_a_configured_line_is_spoken_instead(text: str) -> None:
    settings = SETTINGS.model_copy(update={"on_unspeakable": "I have written that down."})
    async with converse(chat=ScriptedChatModel([text]), settings=settings) as user:
        await user.says("hello there")
        turn = await user.is_answered()
    assert turn.heard == "I have written that down."
    assert said(user) == [("user", "hello there"), ("assistant", "I have written that down.")]


@simulated
async def test_a_long_reply_of_code_is_shown_in_part_and_kept_whole() -> None:
    text = f"```\n{'number += 1 ' * 100}\n```"
    async with converse(chat=ScriptedChatModel([text]), settings=SETTINGS) as user:
        await user.says("hello there")
        await user.is_answered()
    assert len(of_kind(user, ProviderNoticed)[0].message) < 300
    assert said(user)[-1] == ("assistant", text)


class SilentForSomeTexts(ScriptedSynthesizer):
    """Has no audio for some texts."""

    def __init__(self, *texts: str) -> None:
        super().__init__()
        self._texts = texts

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        if utterance.text in self._texts:
            self.utterances.append(utterance.text)
            yield AudioChunk(b"")
            return
        async for event in super().synthesize(utterance):
            yield event

    def stream(self, utterance: StreamedUtterance) -> None:
        return None


@pytest.mark.parametrize("silent", ["One it is.", "Two it is.", "Three it is."])
@simulated
async def test_a_unit_without_audio_is_left_out(silent: str) -> None:
    units = ["One it is.", "Two it is.", "Three it is."]
    chat = ScriptedChatModel([" ".join(units)])
    async with converse(chat=chat, synthesizer=SilentForSomeTexts(silent), settings=SETTINGS) as user:
        await user.says("hello there")
        turn = await user.is_answered()
    assert turn.heard == " ".join(unit for unit in units if unit != silent)
    assert of_kind(user, ProviderFailed) == []
    assert [silent in notice.message for notice in of_kind(user, ProviderNoticed)] == [True]


@simulated
async def test_a_reply_without_any_audio_is_a_failure() -> None:
    chat = ScriptedChatModel(["One it is. Two it is."])
    voice = SilentForSomeTexts("One it is.", "Two it is.")
    async with converse(chat=chat, synthesizer=voice, settings=SETTINGS) as user:
        await user.says("hello there")
        turn = await user.is_answered()
    assert [failed.message for failed in of_kind(user, ProviderFailed)] == ["the synthesizer gave no sound"]
    assert turn == BotTurnEnded(turn.at, SETTINGS.on_error)


class OddChunks(ScriptedSynthesizer):
    """Gives audio in chunks that split samples between them."""

    sound = bytes(range(1, 201)) * 48

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        for start in range(0, len(self.sound), 321):
            yield AudioChunk(self.sound[start : start + 321])


@simulated
async def test_samples_that_are_split_between_chunks_are_joined() -> None:
    heard = bytearray()

    class Recorded(ScriptedUser):
        async def write(self, audio: bytes) -> None:
            heard.extend(audio)
            await super().write(audio)

    async with converse(synthesizer=OddChunks(), user=Recorded()) as user:
        await user.says("hello there")
        await user.is_answered()
    assert bytes(heard) == OddChunks.sound
    assert len(heard) % 2 == 0
    assert SPEAKER.seconds_in(len(heard)) == pytest.approx(0.2)
