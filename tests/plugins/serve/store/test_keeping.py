"""A session that goes on elsewhere: with what was said, on one server at a time; and a store that is away."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from voicebot import (
    AudioFormat,
    Bot,
    Message,
    Options,
    ProviderUsed,
    Settings,
    ToolStarted,
    UnitSpoken,
    UserTurnEnded,
)
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer, simulated
from voicebot_serve.access.incoming import Incoming
from voicebot_serve.bots import ClientDevice
from voicebot_serve.options import ServeOptions
from voicebot_serve.server import Server
from voicebot_serve.sessions.output import Sound
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.session import Session
from voicebot_serve.store.embedded import EmbeddedStore
from voicebot_serve.store.keeper import Keeper
from voicebot_serve.store.kept_session import KeptSession
from voicebot_serve.store.opening import store_at
from voicebot_serve.store.record import Record
from voicebot_serve.store.store import Lease, StoreAway, StoreError
from voicebot_serve.transport import Handshake

from ..serving import CalmLoop, LineTransport, scripted_bot, scripted_bots

OWNER, FORMAT = Owner("open", "", "127.0.0.1"), AudioFormat(16_000)
WHOSE = "bot\n"
KEY = "0123456789abcdef0123456789abcdef"
USED = (ProviderUsed(2.0, "chat", "mind", "m", 1.5, input_tokens=90, output_tokens=10, estimated=True),)


class LeavingStore(EmbeddedStore):
    """A store that may go away, or forget everything meanwhile."""

    is_away = False

    async def save(self, lease: Lease, value: bytes, seconds: float) -> bool:
        if self.is_away:
            raise StoreAway("it cannot be connected to")
        return await super().save(lease, value, seconds)

    async def spend(self, nonce: str, seconds: float) -> bool:
        if self.is_away:
            raise StoreAway("it cannot be connected to")
        return await super().spend(nonce, seconds)

    async def agree(self, name: str, value: bytes) -> bytes:
        if self.is_away:
            raise StoreAway("it cannot be connected to")
        return await super().agree(name, value)

    async def renew(self, leases, seconds):  # type: ignore[no-untyped-def]
        if self.is_away:
            raise StoreAway("it cannot be connected to")
        return await super().renew(leases, seconds)


def bot(
    replies: tuple[str, ...] = ("All right.",), settings: Settings | None = None
) -> tuple[Bot, ScriptedChatModel]:
    chat = ScriptedChatModel(replies)
    made = Bot(
        recognizer=ScriptedRecognizer(),
        chat=chat,
        synthesizer=ScriptedSynthesizer(),
        device=ClientDevice(Options()),
        settings=settings,
    )
    return made, chat


@asynccontextmanager
async def keeping(store: EmbeddedStore, key: str = "") -> AsyncGenerator[Keeper, None]:
    async with Keeper(store, key) as keeper:
        running = asyncio.ensure_future(keeper.run())
        try:
            yield keeper
        finally:
            running.cancel()


async def converse(kept: KeptSession, served: Bot, *lines: str, until: float = 10.0) -> list[Sound]:
    """Type lines, some seconds apart; return the sound of the answers."""
    async with Session("bot", served, OWNER, kept=kept) as session:
        session.begin(FORMAT, FORMAT)
        sound: list[Sound] = []

        async def collect() -> None:
            async for each in session.outgoing():
                if isinstance(each, Sound):
                    sound.append(each)  # noqa: PERF401

        collecting = asyncio.ensure_future(collect())
        for line in lines:
            session.stream.receive_text(line)
            await asyncio.sleep(until)
        if not lines:
            await asyncio.sleep(until)
        collecting.cancel()
    return sound


@simulated
async def test_a_client_goes_on_on_another_server_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    served, chat = bot(("One.", "Two.", "Three."))
    async with served, keeping(EmbeddedStore(file), KEY) as here, keeping(EmbeddedStore(file), KEY) as there:
        first = here.new(WHOSE, 60)
        assert await converse(first, served, "first", "second")
        second = await there.take(f"{first.token}.2", WHOSE, 60)
        assert second is not None
        assert (second.id, second.turns, second.returned, second.question) == (first.id, 2, True, "")
        sound = await converse(second, served, "third")
        assert {each.answers for each in sound} == {3}
    said = [(each.role, each.content) for each in chat.requests[-1].messages if each.role != "system"]
    assert said == [
        ("user", "first"),
        ("assistant", "One."),
        ("user", "second"),
        ("assistant", "Two."),
        ("user", "third"),
    ]


@simulated
async def test_a_turn_whose_answer_never_came_is_answered_on_the_other_server() -> None:
    served, _ = bot(("Lost.", "Here you are."))
    async with served, keeping(EmbeddedStore()) as keeper:
        first = keeper.new(WHOSE, 60)
        async with Session("bot", served, OWNER, kept=first) as session:
            session.begin(FORMAT, FORMAT)
            session.stream.receive_text("where is my parcel?")
            await asyncio.sleep(0.1)  # the server is killed before it says a word
            second = await keeper.take(f"{first.token}.0", WHOSE, 60)
            assert first.is_lost
        assert second is not None
        assert (second.question, second.turns) == ("where is my parcel?", 1)
        sound = await converse(second, served)
        assert {each.answers for each in sound} == {1}
        third = await keeper.take(f"{second.token}.1", WHOSE, 60)
        assert third is not None
        assert (third.question, third.turns) == ("", 1)
        assert await converse(third, served) == []
    assert [each.content for each in third.messages] == ["where is my parcel?", "Here you are."]


def after(*events: object, got: int | None = None) -> KeptSession:
    """Return what a client comes back to that was lost after these events of its second turn."""

    async def run() -> KeptSession:
        async with keeping(EmbeddedStore()) as keeper:
            first = keeper.new(WHOSE, 60)
            first.record.turns = first.record.answered = 1
            said = [Message("user", "one"), Message("assistant", "First."), Message("user", "two")]
            for event in events:
                first.observe(event, lambda: said, lambda: USED)  # type: ignore[arg-type]
            await first.save()
            shown = first.token if got is None else f"{first.token}.{got}"
            second = await keeper.take(shown, WHOSE, 60)
            assert second is not None
            return second

    return asyncio.run(run())


ENDED = UserTurnEnded(1.0, "two", 2)


@simulated
async def test_what_was_used_counts_on_elsewhere() -> None:
    served, _ = bot(("One.", "Two."))
    async with served, keeping(EmbeddedStore()) as keeper:
        first = keeper.new(WHOSE, 60)
        await converse(first, served, "first")
        (spoken,) = first.record.used
        second = await keeper.take(f"{first.token}.1", WHOSE, 60)
        assert second is not None
        assert second.record.used == [spoken]
        await converse(second, served, "second")
        assert [each.characters for each in second.record.used] == [len("One.Two.")]


def test_servers_of_other_versions_read_what_they_know() -> None:
    kept = Record("s", 2, messages=[Message("user", "one")], used=USED)
    assert Record.decoded(kept.encoded(), "s").used == list(USED)

    newer = json.loads(kept.encoded()) | {"mood": "merry"}
    newer["used"][0]["energy"] = 7.5
    read = Record.decoded(json.dumps(newer).encode(), "s")
    assert (read.turns, read.messages, read.used) == (2, kept.messages, list(USED))

    older = {"session": "s", "turns": 2, "messages": [["user", "one"]]}
    assert Record.decoded(json.dumps(older).encode(), "s") == Record("s", 2, messages=kept.messages, used=[])


@pytest.mark.parametrize(
    ("events", "got", "question", "messages"),
    [
        ((ENDED,), None, "two", ["one", "First."]),
        ((ENDED,), 1, "two", ["one", "First."]),
        ((ENDED, UnitSpoken(2.0, "Well,")), 1, "two", ["one", "First."]),  # nothing of it has arrived
        ((ENDED, UnitSpoken(2.0, "Well,")), 2, "", ["one", "First.", "two", "Well,"]),
        ((ENDED, UnitSpoken(2.0, "Well,")), 99, "", ["one", "First.", "two", "Well,"]),
        ((ENDED, ToolStarted(2.0, "c", "buy", "{}")), 1, "", ["one", "First.", "two"]),  # must not buy twice
    ],
)
def test_a_turn_is_answered_again_only_if_nothing_of_the_answer_was_heard(
    events: tuple[object, ...], got: int | None, question: str, messages: list[str]
) -> None:
    kept = after(*events, got=got)
    assert kept.question == question
    assert [each.content for each in kept.messages] == messages
    assert kept.turns == 2


@simulated
async def test_the_server_that_lost_a_session_says_nothing_more_and_ends_it(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    served, _ = bot()
    async with served, keeping(EmbeddedStore(file)) as here, keeping(EmbeddedStore(file)) as there:
        first = here.new(WHOSE, 60)
        async with Session("bot", served, OWNER, kept=first) as session:
            session.begin(FORMAT, FORMAT)
            await asyncio.sleep(0.1)
            second = await there.take(first.token, WHOSE, 60)
            assert second is not None
            session.stream.receive_text("hello?")  # the connection was cut, but the server does not know
            sound = [each async for each in session.outgoing() if isinstance(each, Sound)]
            assert sound == []
        assert await converse(second, served, "hello?")
        third = await here.take(second.token, WHOSE, 60)
        assert third is not None
        assert third.turns == 1


@simulated
async def test_a_session_that_is_idle_ends_too_when_its_client_is_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    served, _ = bot()
    async with served, keeping(EmbeddedStore(file)) as here, keeping(EmbeddedStore(file)) as there:
        first = here.new(WHOSE, 60)
        async with Session("bot", served, OWNER, kept=first) as session:
            session.begin(FORMAT, FORMAT)
            await asyncio.sleep(0.1)
            assert await there.take(first.token, WHOSE, 60)
            async with asyncio.timeout(1.5):
                await session.wait_until_over()


@simulated
async def test_conversations_go_on_while_the_store_is_away_and_are_saved_when_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    served, _ = bot(("One.", "Two."))
    store = LeavingStore()
    async with served, keeping(store) as keeper:
        first = keeper.new(WHOSE, 60)
        store.is_away = True
        sound = await converse(first, served, "first", "second")
        assert {each.answers for each in sound} == {1, 2}
        assert len(caplog.records) == 1
        assert "the store is away: it cannot be connected to" in caplog.text
        store.is_away = False
        await asyncio.sleep(2)
        assert "the store is back" in caplog.text
        second = await keeper.take(first.token, WHOSE, 60)
        assert second is not None
        assert [each.content for each in second.messages] == ["first", "One.", "second", "Two."]


@simulated
async def test_a_server_without_conversations_says_when_the_store_is_away_and_sends_clients_elsewhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = LeavingStore()
    bots = scripted_bots({"bot": ServeOptions(open=True)}, Settings(), scripted_bot)
    async with Server(bots, keeper=Keeper(store), lag=CalmLoop()) as server:
        gate = server.gates["bot"]
        issued = await gate.issue(Incoming("192.0.2.1", {}))
        assert isinstance(issued, tuple)
        shown = Handshake("/line", {"authorization": f"Bearer {issued[0]}"}, {}, (), "192.0.2.1", "")
        store.is_away = True
        for _ in range(3):
            with pytest.raises(StoreAway):
                await gate.admit(shown, "192.0.2.1", LineTransport())
        assert ["the store is away" in each for each in caplog.messages] == [True]
        assert "clients that show a token or come back are refused" in caplog.text
        await asyncio.sleep(9)
        assert server.unready == ""  # Redis may just have been started again
        await asyncio.sleep(2)
        assert server.unready == "the store is away"
        assert server.is_ready  # for telephone calls, which need no store
        store.is_away = False
        await asyncio.sleep(2)
        assert server.unready == ""
        assert caplog.messages[1:] == ["the store is back"]
        assert isinstance(await gate.admit(shown, "192.0.2.1", LineTransport()), Owner)
        store.is_away = True
        await asyncio.sleep(2)
        assert "the store is away" in caplog.messages[-1]  # though nobody came


@simulated
async def test_a_conversation_that_said_goodbye_is_not_gone_on_with() -> None:
    served, _ = bot(settings=Settings(goodbye={"phrases": ["goodbye"], "line": "Bye."}))  # type: ignore[arg-type]
    async with served, keeping(EmbeddedStore()) as keeper:
        first = keeper.new(WHOSE, 60)
        await converse(first, served, "hello", "goodbye")
        assert first.is_over
        assert await keeper.take(first.token, WHOSE, 60) is None


def test_what_is_kept_can_neither_be_read_nor_changed_without_the_key(tmp_path: Path) -> None:
    file = tmp_path / "store.db"

    async def run() -> None:
        async with keeping(EmbeddedStore(file), KEY) as keeper:
            first, said = keeper.new(WHOSE, 60), [Message("user", "my card is 4929 1234 5678")]
            first.observe(UserTurnEnded(1.0, "my card is 4929 1234 5678", 1), lambda: said, lambda: USED)
            await first.save()
            everything = contents(tmp_path)
            assert b"4929 1234 5678" not in everything
            assert first.token.encode() not in everything
            assert first.token not in repr(first)
            other = keeper.new(WHOSE, 60)
            await other.save()
            kept = await keeper.store.take(first.id, _digest(first.token), WHOSE, "x")
            assert kept is not None
            await keeper.store.save(other.lease, kept[1], 60)  # one session's value for another's
            assert await keeper.take(other.token, WHOSE, 60) is None

    asyncio.run(run())


def contents(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def _enter(keeper: Keeper) -> None:
    async with keeper:
        pass


async def _of_another_version(store: EmbeddedStore) -> None:
    await store.start()
    await store.agree("version", b"2")
    await store.aclose()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda file: Keeper(EmbeddedStore(file), KEY[::-1]), "written with another key, or with none"),
        (lambda file: Keeper(EmbeddedStore(file)), "written with another key, or with none.*as before"),
        (lambda file: Keeper(EmbeddedStore(file), "short"), "has 5 characters, and needs 32"),
        (lambda file: Keeper(EmbeddedStore(file.parent / "none" / "x.db")), "sessions cannot be kept in"),
        (lambda file: store_at("mongodb://u:hunter2@h"), "must begin with redis://"),
    ],
)
def test_a_store_that_cannot_be_used_is_one_line(
    tmp_path: Path, make: Callable[[Path], Keeper], says: str
) -> None:
    file = tmp_path / "store.db"
    asyncio.run(_enter(Keeper(EmbeddedStore(file), KEY)))
    with pytest.raises(StoreError, match=says) as error:
        asyncio.run(_enter(make(file)))
    assert "\n" not in str(error.value)
    assert "hunter2" not in str(error.value)


def test_a_store_of_another_version_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    asyncio.run(_of_another_version(EmbeddedStore(file)))
    with pytest.raises(StoreError, match=r"is one of another version \('2'; this is 1\)"):
        asyncio.run(_enter(Keeper(EmbeddedStore(file))))
