"""A session: a conversation with a client, from its first frame to its end, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from voicebot import (
    AudioDevice,
    AudioFormat,
    AudioStream,
    Bot,
    BotTurnEnded,
    ConversationEnded,
    Options,
    ReplyStarted,
    Settings,
    UserTurnEnded,
)
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    ScriptedVoiceActivity,
    simulated,
)
from voicebot_serve.sessions.output import Cleared, Sound
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.session import Outgoing, Session

OWNER = Owner("open", "", "127.0.0.1")
MICROPHONE, SPEAKER = AudioFormat(16_000), AudioFormat(24_000)


class NoDevice(AudioDevice[Options]):
    """Stands where a bot needs a device; a server makes the streams itself."""

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        yield ScriptedUser()


def bot(**settings: object) -> Bot:
    return Bot(
        recognizer=ScriptedRecognizer(),
        chat=ScriptedChatModel(),
        synthesizer=ScriptedSynthesizer(),
        device=NoDevice(Options()),
        voice_activity=ScriptedVoiceActivity(),
        settings=Settings(**settings),  # type: ignore[arg-type]
    )


async def collect(session: Session, into: list[Outgoing]) -> None:
    async for each in session.outgoing():
        into.append(each)  # noqa: PERF401 - what was sent so far must be there when it is cancelled


@simulated
async def test_a_typed_line_is_answered_in_sound_and_events_keep_their_order() -> None:
    sent: list[Outgoing] = []
    async with bot() as served, Session("bot", served, OWNER) as session:
        session.begin(MICROPHONE, SPEAKER)
        collecting = asyncio.ensure_future(collect(session, sent))
        session.stream.receive_text("hello")
        await asyncio.sleep(10)
        session.stream.hang_up()
        await collecting
    kinds = [type(each) for each in sent]
    assert (
        kinds.index(UserTurnEnded)
        < kinds.index(ReplyStarted)
        < kinds.index(Sound)
        < kinds.index(BotTurnEnded)
    )
    assert isinstance(sent[-1], ConversationEnded)


@simulated
async def test_a_session_that_is_ended_says_its_line_and_is_over() -> None:
    sent: list[Outgoing] = []
    greeting = "A very long greeting, for a test."
    async with bot(greeting=greeting) as served, Session("bot", served, OWNER) as session:
        session.begin(MICROPHONE, SPEAKER)
        collecting = asyncio.ensure_future(collect(session, sent))
        await asyncio.sleep(0.5)
        session.end("We are closing.")
        await collecting
    heard = [each.heard for each in sent if isinstance(each, BotTurnEnded)]
    assert heard[-1] == "We are closing."
    assert any(isinstance(each, Cleared) for each in sent)
    ended = sent[-1]
    assert isinstance(ended, ConversationEnded)
    assert (ended.by, ended.failure) == ("program", None)


@simulated
async def test_a_session_ends_after_its_longest_time() -> None:
    sent: list[Outgoing] = []
    now = asyncio.get_running_loop().time
    async with bot() as served, Session("bot", served, OWNER, longest=60, farewell="Time is up.") as session:
        session.begin(MICROPHONE, SPEAKER)
        await collect(session, sent)
        assert 60 < now() < 65
    assert [each.heard for each in sent if isinstance(each, BotTurnEnded)] == ["Time is up."]


@simulated
async def test_a_client_that_goes_while_the_bot_speaks_ends_its_conversation_at_once() -> None:
    sent: list[Outgoing] = []
    now = asyncio.get_running_loop().time
    async with bot(greeting="A very long greeting, for a test. " * 20) as served:
        async with Session("bot", served, OWNER) as session:
            session.begin(MICROPHONE, SPEAKER)
            collecting = asyncio.ensure_future(collect(session, sent))
            await asyncio.sleep(2)
        left = now()
        await collecting
    assert 2 <= left < 2.5
    assert isinstance(sent[-1], ConversationEnded)


@simulated
async def test_a_session_without_a_conversation_ends_at_once() -> None:
    async with bot() as served, Session("bot", served, OWNER) as session:
        session.end("Goodbye.")
        assert [each async for each in session.outgoing()] == []


@simulated
async def test_what_one_client_says_reaches_no_other() -> None:
    sent: list[list[Outgoing]] = [[], []]
    async with bot() as served, Session("a", served, OWNER) as one, Session("b", served, OWNER) as other:
        for session in (one, other):
            session.begin(MICROPHONE, SPEAKER)
        both = [asyncio.ensure_future(collect(s, into)) for s, into in zip((one, other), sent, strict=True)]
        one.stream.receive_text("my secret")
        await asyncio.sleep(10)
        one.stream.hang_up()
        other.stream.hang_up()
        await asyncio.gather(*both)
    assert any(isinstance(each, Sound) for each in sent[0])
    assert not any(isinstance(each, Sound | UserTurnEnded) for each in sent[1])
    assert len(one.conversation.history.messages) > len(other.conversation.history.messages) == 0
