"""The config of a served bot is edited while clients talk with it."""

from __future__ import annotations

import asyncio
import importlib.metadata
import logging
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from voicebot import (
    Advice,
    ConfigChanged,
    Options,
    ProviderError,
    Utterance,
    VoiceActivityOptions,
    load_config,
)
from voicebot.plugin.manager import Plugins
from voicebot.testing import ScriptedChatModel, ScriptedSynthesizer, simulated
from voicebot_recording.reading import open_recording
from voicebot_serve.access.incoming import Incoming
from voicebot_serve.bots import ClientDevice, started
from voicebot_serve.realtime.transport import RealtimeTransport
from voicebot_serve.realtime.visit import Visit
from voicebot_serve.server import Server
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.transport import Handshake, Refusal

from .realtime.visiting import Client, WireRecognizer, WireVoiceActivity
from .serving import CalmLoop

OWNER = Owner("open", "", "127.0.0.1")
SPOKEN: list[tuple[str, str]] = []
"""What voices have spoken: the name of the voice, and the text."""
CONFIG = """\
name: Flint
system: Be brief.
on_error: ""
turns: {prepare: "off"}
recognizer: {provider: ears}
chat: {provider: mind}
synthesizer: {provider: mouth, voice: nova}
voice_activity: {provider: scripted}
turn_detector: null
device: {provider: card}
serve: {keys: {shop: sk-1}, allow: [instructions, turns]}
"""


class VoiceOptions(Options):
    voice: str

    def advice(self, language: str) -> Iterable[Advice]:
        if self.voice == "unknown":
            raise KeyError(self.voice)
        return ()


class Ears(WireRecognizer):
    def __init__(self, options: Options) -> None:
        super().__init__()


class MindOptions(Options):
    phrases: tuple[str, ...] = ()


class Mind(ScriptedChatModel):
    def __init__(self, options: MindOptions) -> None:
        super().__init__(["All right."])
        self.options: MindOptions = options

    @property
    def phrases(self) -> Sequence[str]:
        """Break if there are any."""
        return {}[self.options.phrases[0]] if self.options.phrases else ()


class Mouth(ScriptedSynthesizer):
    def __init__(self, options: VoiceOptions) -> None:
        super().__init__()
        self.options = options

    async def start(self) -> None:
        if self.options.voice == "broken":
            raise ProviderError("no such voice")

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[Any, None]:
        SPOKEN.append((self.options.voice, utterance.text))
        async for event in super().synthesize(utterance):
            yield event


def plugins() -> Plugins:
    entries = importlib.metadata.entry_points(group="voicebot")
    found = Plugins([each for each in entries if each.name in {"serve", "recording"}])
    add: Any = found.registry.add
    add("ears", Ears, Options)
    add("card", ClientDevice, Options)
    add("mind", Mind, MindOptions)
    add("mouth", Mouth, VoiceOptions)
    add("scripted", WireVoiceActivity, VoiceActivityOptions)
    return found


class Served:
    """A server whose config is edited."""

    def __init__(self, server: Server, path: Path) -> None:
        self.server, self.path = server, path

    async def edit(self, *edits: tuple[str, str]) -> None:
        """Save the config with parts of its text replaced, and give the server time to notice."""
        text = self.path.read_text()
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        self.path.write_text(text)
        await asyncio.sleep(1.0)

    async def token(self, key: str | None = None, **headers: str) -> str:
        """Return a one-use token."""
        if key is not None:
            headers["authorization"] = f"Bearer {key}"
        issued = await self.server.gates["flint"].issue(Incoming("127.0.0.1", headers))
        assert not isinstance(issued, Refusal)
        return issued[0]

    async def lets_in(self, token: str) -> bool:
        """Connect with a token; return whether it was accepted."""
        shown = ("realtime", f"openai-insecure-api-key.{token}")
        handshake = Handshake("/v1/realtime", {}, {}, shown, "127.0.0.1", "ws://127.0.0.1/v1/realtime")
        admitted = await self.server.gates["flint"].admit(handshake, "127.0.0.1", RealtimeTransport())
        return isinstance(admitted, Owner)

    @asynccontextmanager
    async def client(self) -> AsyncGenerator[Client, None]:
        """Connect a client of the Realtime protocol."""
        served = self.server.bot_named("flint")
        assert served is not None
        async with (
            self.server.sessions.session(served.name, served.held, served.options, OWNER) as session,
            asyncio.TaskGroup() as tasks,
        ):
            visit = Visit(session, extension=True)
            client = Client(visit)
            tasks.create_task(client.listen())
            await asyncio.sleep(0)
            yield client
            visit.end()


@asynccontextmanager
async def serving(folder: Path, *, more: str = "", tells: bool = True) -> AsyncGenerator[Served, None]:
    SPOKEN.clear()
    path = folder / "flint.yaml"
    path.write_text(CONFIG + more)
    config = load_config(path, plugins=plugins(), environ={})
    async with Server(started([config]), lag=CalmLoop(), watch=True, tells=tells) as server:
        yield Served(server, path)


async def ask(client: Client, count: int = 1) -> None:
    """Say something, and wait until the `count`th answer of the bot is over."""
    await client.says("hello there", 0.5)
    await client.is_silent(1.5)
    await client.gets("response.done", count)


@simulated
async def test_a_saved_edit_changes_conversations_in_progress_and_those_that_begin(tmp_path: Path) -> None:
    async with serving(tmp_path) as it, it.client() as first:
        await ask(first)
        await it.edit(("voice: nova", "voice: onyx"), ("name: Flint", "name: Anne"))
        await ask(first, 2)
        async with it.client() as second:
            await ask(second)
        assert it.server.bots["flint"].title == "Anne"
    assert [voice for voice, _ in SPOKEN] == ["nova", "onyx", "onyx"]


@simulated
async def test_what_a_client_has_changed_stays(tmp_path: Path) -> None:
    async with serving(tmp_path) as it, it.client() as client:
        client.update(instructions="Be a parrot.", audio={"input": {"turn_detection": None}})
        await it.edit(("system: Be brief.", "system: Be long."))
        await client.says("hello there", 0.5)
        await client.is_silent(3.0)
        assert SPOKEN == []  # turns are still the client's
        client.send("input_audio_buffer.commit")
        client.send("response.create")
        await client.gets("response.done")
        chat = it.server.bots["flint"].bot.chat
        assert isinstance(chat, Mind)
        assert [message.content for message in chat.requests[-1].messages] == ["Be a parrot.", "hello there"]


@simulated
async def test_a_broken_edit_is_a_line_and_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(tmp_path) as it, it.client() as client:
        path = it.path
        await it.edit(("voice: nova", "voise: nova"))
        await it.edit(("voise: nova", "voice: broken"))
        await ask(client)
        await it.edit(("voice: broken", "voice: onyx"))
        lines = [record.getMessage() for record in caplog.records]
        assert lines == [
            f"{path}:7:32: unknown option 'voise' of mouth; did you mean 'voice'?; the bot goes on as it was",
            f"{path} was not changed: synthesizer: no such voice",
            "flint was changed: synthesizer.voice nova -> onyx",
        ]
    assert SPOKEN == [("nova", "All right.")]


@simulated
async def test_a_bug_of_a_plugin_is_a_line_and_server_and_conversations_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(tmp_path) as it, it.client() as client:
        path = it.path
        await ask(client)
        await it.edit(("voice: nova", "voice: unknown"))
        await it.edit(("voice: unknown", "voice: nova"), ("provider: mind", "provider: mind, phrases: [a]"))
        await ask(client, 2)
        await it.edit(("voice: nova", "voice: onyx"), (", phrases: [a]", ""))
        await ask(client, 3)
        lines = [record.getMessage() for record in caplog.records if record.levelno > logging.INFO]
        broke = "a plugin broke when its options were checked: KeyError (-v shows where)"
        assert lines == [
            f"{path}: {broke}; the bot goes on as it was",
            f"{path} was not changed: the change could not be applied: KeyError (-v shows where)",
            "flint was changed: synthesizer.voice nova -> onyx",
        ]
    assert [voice for voice, _ in SPOKEN] == ["nova", "nova", "onyx"]


@simulated
async def test_only_one_of_several_workers_tells_of_what_all_find(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(tmp_path, tells=False) as it:
        await it.edit(("voice: nova", "voise: nova"))
        await it.edit(("voise: nova", "voice: onyx"))
        await it.edit(("voice: onyx", "voice: broken"))
        assert it.server.bots["flint"].bot.synthesizer.options.voice == "onyx"  # type: ignore[attr-defined]
    told = [record.getMessage() for record in caplog.records if record.levelno > logging.DEBUG]
    assert told == [f"{it.path} was not changed: synthesizer: no such voice"]


@simulated
async def test_a_key_that_is_taken_away_lets_nobody_in_though_somebody_still_speaks(tmp_path: Path) -> None:
    async with serving(tmp_path) as it, it.client() as client, asyncio.TaskGroup() as tasks:
        gate = it.server.gates["flint"]
        client.send("session.update", session={"type": "realtime"})
        speaking = tasks.create_task(client.says("a very long story of the sea", 4.0))
        await asyncio.sleep(0.5)
        await it.edit(("{shop: sk-1}", "{kiosk: sk-2}"))
        assert not speaking.done()
        admitted = [
            await gate.issue(Incoming("127.0.0.1", {"authorization": f"Bearer {key}"}))
            for key in ("sk-1", "sk-2")
        ]
        assert [isinstance(each, Refusal) for each in admitted] == [True, False]


@simulated
async def test_tokens_of_a_key_that_is_taken_away_or_replaced_let_nobody_in(tmp_path: Path) -> None:
    async with serving(tmp_path) as it, it.client() as client:
        await it.edit(("{shop: sk-1}", "{shop: sk-1, kiosk: sk-2, tower: sk-3}"))
        tokens = [await it.token(key) for key in ("sk-1", "sk-2", "sk-3")]
        await it.edit(("{shop: sk-1, kiosk: sk-2, tower: sk-3}", "{kiosk: sk-9, tower: sk-3}"))
        assert [await it.lets_in(token) for token in tokens] == [False, False, True]
        await ask(client)  # who has begun goes on


@simulated
async def test_tokens_of_a_bot_that_was_open_let_nobody_in_once_it_is_not(tmp_path: Path) -> None:
    async with serving(tmp_path) as it, it.client():
        await it.edit(("{keys: {shop: sk-1}", "{open: true"))
        tokens = [await it.token() for _ in range(3)]
        assert await it.lets_in(tokens[0])
        await it.edit(("{open: true", "{open: false"))  # to this machine alone
        assert not await it.lets_in(tokens[1])
        await it.edit(("{open: false", "{keys: {shop: sk-1}"))
        assert not await it.lets_in(tokens[2])


@simulated
async def test_tokens_of_a_login_let_nobody_in_once_another_header_is_believed(tmp_path: Path) -> None:
    async with serving(tmp_path) as it, it.client():
        await it.edit(("{keys: {shop: sk-1}", "{login_header: User"))
        tokens = [await it.token(user="ada") for _ in range(3)]
        assert await it.lets_in(tokens[0])
        await it.edit(("login_header: User", "login_header: Email"))
        assert not await it.lets_in(tokens[1])
        await it.edit(("{login_header: Email", "{keys: {ada: sk-1}"))
        assert not await it.lets_in(tokens[2])


@simulated
async def test_each_conversation_is_recorded_with_the_configs_that_it_had(tmp_path: Path) -> None:
    more = f"record: {{folder: {tmp_path}/recordings, min_free: 0}}\n"
    async with serving(tmp_path, more=more) as it:
        async with it.client() as one, it.client() as other:
            await ask(one)
            other.update()
            await it.edit(("voice: nova", "voice: onyx"))
            await ask(other)
        async with it.client() as late:
            await ask(late)
    folders = sorted((tmp_path / "recordings").iterdir())
    assert len(folders) == 3
    voices = []
    for folder in folders:
        recording = open_recording(folder)
        configs = [recording.config(), *(config for _, config in recording.changed_configs())]
        voices.append([config["synthesizer"]["voice"] for config in configs])
        assert recording.sound is not None
        changes = [event for event in recording.events() if isinstance(event, ConfigChanged)]
        assert [at for at, _ in recording.changed_configs()] == [
            pytest.approx(e.at, abs=1e-6) for e in changes
        ]
    assert sorted(voices) == [["nova", "onyx"], ["nova", "onyx"], ["onyx"]]
