"""A bot in a room without headphones: its voice reaches its own microphone, and it never answers it.

In virtual time, with the real voice activity detector, echo canceller and engine. The
recogniser is worse than any real one: it recognises words in any sound that the engine takes for the user's.
"""

from __future__ import annotations

import asyncio
import signal
from functools import cache

import numpy
import pytest

from voicebot import (
    AudioChunk,
    BotTurnEnded,
    ConversationEvent,
    EchoIgnored,
    ProviderNoticed,
    Settings,
    UserSpeechStarted,
    UserTurnEnded,
    Utterance,
)
from voicebot.testing import ScriptedChatModel, converse, simulated
from voicebot.testing.scripted import MICROPHONE
from voicebot_audio.silero import SileroDetector, SileroOptions
from voicebot_offline.synthesis.synthesizer import EspeakOptions, EspeakSynthesizer

from .room import EagerRecognizer, RecordedVoice, Room

QUESTION = "where is the treasure"
GREETING = "One night the moon fell into the sea."
TALE = GREETING + " We pulled it up with a net, and hung it back. Not one soul thanked us."
STORY = TALE + (
    " But look: to this day it has marks where the cook held it with his greasy thumbs. I once met a whale "
    "who was afraid of the dark. So we sailed beside him with a lantern, all the way to morning. He still "
    "sends me a fish on my birthday."
)
MODES, LEVELS = ("none", "mute", "cancel"), (-30, -20, -12, -6, 0)
LONG_QUESTION = "what is the weather like over there today"
ANSWER = "Aye."
JOKE = "Why are pirates called pirates? Because they arr!"
NOWHERE = -200
"""Decibels of an echo if nothing of the speaker reaches the microphone."""
PRE_ROLL, TAIL = 0.5, 0.3
"""Seconds of sound before the start of speech that are still heard, and for which muting continues."""


def needs(mode):
    if mode == "cancel":
        pytest.importorskip("livekit", reason="the extra aec is not installed")


def bot(room, say, mode, greeting, sound=MICROPHONE):
    """Run a conversation in a room, with a bot whose voice differs from the user's."""
    return converse(
        user=room,
        recognizer=EagerRecognizer(),
        chat=ScriptedChatModel([ANSWER]),
        synthesizer=RecordedVoice(lambda text: say(text, "slt"), sound),
        voice_activity=SileroDetector(SileroOptions()),
        settings=Settings(greeting=greeting, echo=mode),
    )


def said(events: list[ConversationEvent]) -> list[tuple[str, str, bool]]:
    """Return who said what, and whether it was interrupted."""
    return [
        ("user", event.text, False)
        if isinstance(event, UserTurnEnded)
        else ("bot", event.heard, event.interrupted)
        for event in events
        if isinstance(event, UserTurnEnded | BotTurnEnded)
    ]


def account(events: list[ConversationEvent]) -> str:
    """Describe what happened, for the message of a failed test."""
    return "\n".join(map(str, events))


@pytest.mark.parametrize("mode", MODES)
@simulated
async def test_a_bot_that_hears_itself_finishes_and_answers_only_the_user(say, mode):
    needs(mode)
    room = Room(-12)
    async with bot(room, say, mode, GREETING):
        await room.is_answered()
        await room.waits(1)  # its last echo is over
        await room.waits(room.speaks(say(QUESTION)))
        await room.is_answered()
        await room.waits(4)  # time to answer that
    dialogue = [("bot", GREETING, False), ("user", EagerRecognizer.words, False), ("bot", ANSWER, False)]
    assert said(room.events) == dialogue, account(room.events)
    messages = [event.message for event in room.events if isinstance(event, ProviderNoticed)]
    assert ["headphones" in message for message in messages] == [True] * (mode == "none"), messages


@pytest.mark.parametrize("mode", MODES)
@simulated
async def test_an_echo_that_arrives_late_and_in_one_burst_is_not_answered(say, mode):
    needs(mode)
    room = Room(-20, stalls=[(1.0, 0.4), (3.0, 0.8), (5.0, 1.0)])
    async with bot(room, say, mode, TALE):
        await room.is_answered()
        await room.waits(4)
    assert said(room.events) == [("bot", TALE, False)], account(room.events)


def span(audio, sound=MICROPHONE):
    """Return the seconds of the first and the last sound."""
    loud = numpy.nonzero(numpy.abs(numpy.frombuffer(audio, "<i2")) > 150)[0]
    return float(loud[0] / sound.rate), float(loud[-1] / sound.rate)


@cache
def captain(text):
    """Return speech of the offline bot and its format."""

    async def speak():
        voice = EspeakSynthesizer(EspeakOptions(voice="en-us+m5", rate=155, pitch=40))
        await voice.start()
        try:
            events = [event async for event in voice.synthesize(Utterance(text))]
        finally:
            await voice.aclose()
        audio = b"".join(event.audio for event in events if isinstance(event, AudioChunk))
        return audio, voice.output_format

    return asyncio.run(speak())


@pytest.fixture
def joke(say, bots):
    return captain(JOKE) if bots == "captain" else (say(JOKE, bots), MICROPHONE)


async def user_starts_after_the_last_word(say, joke, mode, voice, offset):
    """Let a user start some seconds after the bot's last word, and check that every word is heard."""
    question, (audio, sound) = say(LONG_QUESTION, voice), joke
    _, last = span(audio, sound)
    room = Room(NOWHERE)
    async with bot(room, lambda *_: audio, mode, JOKE, sound):
        while not room.hears_the_bot:
            await room.waits(0.02)
        now = room.conversation.clock.now()
        begins = now + last + offset
        deaf_until = now + sound.seconds_in(len(audio)) + TAIL if mode == "mute" else 0.0
        await room.waits(last + offset - span(question)[0])
        await room.waits(room.speaks(question))
        await room.is_answered()
        await room.is_answered()
    messages = [event for event in room.events if isinstance(event, EchoIgnored | ProviderNoticed)]
    assert messages == [], account(room.events)
    started = [event.at for event in room.events if isinstance(event, UserSpeechStarted)]
    assert started[0] < max(begins, deaf_until) + PRE_ROLL, account(room.events)
    assert [who for who, *_ in said(room.events)] == ["bot", "user", "bot"], account(room.events)


@pytest.mark.parametrize("mode", ["none", "mute"])
@pytest.mark.parametrize("voice", ["slt", pytest.param("rms", marks=pytest.mark.slow)])
@pytest.mark.parametrize("bots", ["captain"])
@pytest.mark.parametrize("offset", [-0.5, -0.2, 0.0, 0.2, 0.5])
@simulated
async def test_a_user_who_starts_at_the_bots_last_word_is_not_an_echo(say, joke, mode, voice, offset):
    await user_starts_after_the_last_word(say, joke, mode, voice, offset)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["none", "mute"])
@pytest.mark.parametrize(
    ("voice", "bots"),
    [("slt", "captain"), ("rms", "captain"), ("awb", "captain"), ("slt", "rms"), ("rms", "slt")],
)
@pytest.mark.parametrize("offset", [tenth / 10 for tenth in range(-8, 11)])
@simulated
async def test_a_user_who_starts_near_the_end_of_a_reply_is_not_an_echo(say, joke, mode, voice, offset):
    await user_starts_after_the_last_word(say, joke, mode, voice, offset)


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("decibels", LEVELS)
@simulated
async def test_an_echo_is_never_answered_however_loud(say, mode, decibels):
    needs(mode)
    room = Room(decibels)
    async with bot(room, say, mode, STORY):
        await room.is_answered()
        await room.waits(6)
    assert said(room.events) == [("bot", STORY, False)], account(room.events)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["none", "cancel"])
@pytest.mark.parametrize("decibels", [-30, -20, -12])
@simulated
async def test_a_user_is_heard_over_a_fainter_echo(say, mode, decibels):
    needs(mode)
    room = Room(decibels)
    async with bot(room, say, mode, STORY):
        await room.waits(4)
        room.speaks(say(QUESTION))
        greeted = await room.is_answered()
        await room.waits(8)
    assert greeted.interrupted, account(room.events)
    dialogue = [("user", EagerRecognizer.words, False), ("bot", ANSWER, False)]
    assert said(room.events)[1:] == dialogue, account(room.events)


@pytest.mark.parametrize(
    "mode", ["cancel", *(pytest.param(mode, marks=pytest.mark.slow) for mode in ("none", "mute"))]
)
def test_a_bot_on_a_sound_card_is_heard_in_the_room_and_by_its_own_microphone(program, sound_server, mode):
    """Its reaction is tested in virtual time: a busy machine leaves gaps in what a card plays."""
    needs(mode)
    program.environment.update(sound_server.environment)
    # What it hears of itself through those gaps must not interrupt it.
    card = f"extends: bot.yaml\nturns: {{interruptible: false}}\necho: {mode}\ngreeting: '{GREETING}'\n"
    program.write("card.yaml", card)
    with (
        sound_server.echo(-12),
        sound_server.recording() as heard,
        sound_server.recording(source="microphone") as returned,
        program.started("run", "card.yaml") as process,
    ):
        first = process.stdout.readline()
        sound_server.wait_for_sound(heard)
        sound_server.wait_for_sound(returned)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert first == f"Flint: {GREETING}\n", err
