"""A client of the Realtime protocol that comes back, in virtual time."""

from __future__ import annotations

import asyncio

from voicebot import Settings
from voicebot.testing import ScriptedChatModel, simulated
from voicebot_serve.store.embedded import EmbeddedStore
from voicebot_serve.store.keeper import Keeper

from .visiting import visiting

TOOL = {"type": "function", "name": "look_up", "description": "Look up.", "parameters": {"type": "object"}}


@simulated
async def test_what_the_client_changed_for_itself_is_there_when_it_comes_back() -> None:
    async with Keeper(EmbeddedStore()) as keeper:
        first = keeper.new("pirate", 60)
        async with visiting(kept=first, extension=True) as (client, _):
            client.update(
                instructions="Be a parrot.", tools=[TOOL], audio={"input": {"turn_detection": None}}
            )
            client.writes("Hello.")
            client.send("response.create")
            await client.gets("response.done")
            assert (await client.gets("voicebot.answering"))["turn"] == 1
        second = await keeper.take(f"{first.token}.1", "pirate", 60)
        assert second is not None
        chat = ScriptedChatModel(["Squawk."])
        async with visiting(kept=second, extension=True, chat=chat) as (client, _):
            session = (await client.gets("session.created"))["session"]
            assert session["voicebot"]["messages"] == [
                {"role": "user", "text": "Hello."},
                {"role": "assistant", "text": "Ahoy there."},
            ]
            assert session["instructions"] == "Be a parrot."
            assert [tool["name"] for tool in session["tools"]] == ["look_up"]
            assert session["audio"]["input"]["turn_detection"] is None
            client.writes("Who are you?")
            client.send("response.create")
            await client.gets("response.done")
            assert (await client.gets("voicebot.answering"))["turn"] == 2
        assert chat.requests[-1].messages[0].content == "Be a parrot."
        assert [tool.name for tool in chat.requests[-1].tools] == ["look_up"]


@simulated
async def test_a_client_without_the_extension_is_told_nothing_of_it() -> None:
    async with Keeper(EmbeddedStore()) as keeper, visiting(kept=keeper.new("pirate", 60)) as (client, _):
        client.writes("Hello.")
        client.send("response.create")
        await client.gets("response.done")
        assert client.of_kind("session.created")[0]["session"]["voicebot"] == {"events": False}
        assert client.of_kind("voicebot.answering") == []


@simulated
async def test_a_bot_that_must_not_greet_waits_for_the_user() -> None:
    async with visiting(settings=Settings(greeting="Welcome aboard."), extension=True) as (client, session):
        client.update(voicebot={"greets": False})
        await asyncio.sleep(10)
        assert not client.of_kind("response.created")
        client.writes("Hello.")
        client.send("response.create")
        await client.gets("response.done")
        assert [each.content for each in session.conversation.history.said] == ["Hello.", "Ahoy there."]
