"""Whole visits of a Realtime client, in virtual time: what it is sent, in which order."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest

from voicebot import BotCorrected, Settings, ToolCall
from voicebot.testing import ScriptedChatModel, simulated
from voicebot_serve.realtime.server.events import SENT

from .visiting import FORMAT, Client, visiting
from .wire import check_strictly

STORY = "Once there was a parrot on a ship. It could count to seven. Then it flew away. The end."
WEATHER = {
    "type": "function",
    "name": "weather",
    "description": "Tell the weather.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}
NO_DETECTION = {"input": {"turn_detection": None}}
PER_CHARACTER = 0.06
"""Seconds of the scripted voice."""
MESSAGE = [
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
    "response.done",
]
ITEM = ["conversation.item.added", "conversation.item.done"]
TRANSCRIPT = [
    "conversation.item.input_audio_transcription.delta",
    "conversation.item.input_audio_transcription.completed",
]


def sound_of(client: Client) -> float:
    """Return the seconds of sound that a client was sent."""
    deltas = client.of_kind("response.output_audio.delta")
    return sum(FORMAT.seconds_in(len(base64.b64decode(event["delta"]))) for event in deltas)


def spoken_in(text: str, seconds: float) -> str:
    """Return the words that the scripted voice says within that time."""
    return text[: int(seconds / PER_CHARACTER) + 1].rpartition(" ")[0]


def history(session: Any) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in session.conversation.history.messages[1:]]


@simulated
async def test_a_spoken_question_is_answered_in_sound_and_words() -> None:
    chat = ScriptedChatModel(["Ahoy there."])
    async with visiting(chat=chat) as (client, session):
        await client.says("how are you")
        await client.is_silent(2)
        done = await client.gets("response.done")
        said = history(session)

    assert client.kinds == [
        "session.created",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        *ITEM,
        *TRANSCRIPT,
        "response.created",
        *MESSAGE,
    ]
    check_strictly(client.events)
    assert said == [("user", "how are you"), ("assistant", "Ahoy there.")]
    assert client.of_kind(TRANSCRIPT[1])[0]["transcript"] == "how are you"
    assert done["response"]["status"] == "completed"
    assert done["response"]["output"][0]["content"] == [{"type": "output_audio", "transcript": "Ahoy there."}]
    words = "".join(event["delta"] for event in client.of_kind("response.output_audio_transcript.delta"))
    assert words == "Ahoy there."
    assert sound_of(client) > 0.5
    started, stopped = (
        client.of_kind(f"input_audio_buffer.speech_{what}")[0] for what in ("started", "stopped")
    )
    assert (
        started["item_id"]
        == stopped["item_id"]
        == client.of_kind("input_audio_buffer.committed")[0]["item_id"]
    )
    assert started["audio_start_ms"] < 100
    assert 900 < stopped["audio_end_ms"] < 1100


@simulated
async def test_sound_does_not_wake_the_task_that_sends() -> None:
    async with visiting() as (client, session):
        await client.is_silent(0.2)
        client.send("input_audio_buffer.append", audio=base64.b64encode(bytes(960)).decode())
        assert not session.outbox.changed.is_set()
        client.send("conversation.item.retrieve", item_id="none")
        assert session.outbox.changed.is_set()


@simulated
async def test_a_written_line_is_answered_when_that_is_asked_for() -> None:
    async with visiting() as (client, session):
        client.writes("how are you")
        await asyncio.sleep(30)
        assert not client.of_kind("response.created")
        client.send("response.create", response={"metadata": {"mine": "1"}})
        done = await client.gets("response.done")
        said = history(session)

    assert client.kinds == ["session.created", *ITEM, "response.created", *MESSAGE]
    check_strictly(client.events)
    assert said == [("user", "how are you"), ("assistant", "Ahoy there.")]
    assert done["response"]["metadata"] == {"mine": "1"}


@simulated
async def test_turns_can_be_taken_by_hand() -> None:
    async with visiting() as (client, session):
        client.update(audio=NO_DETECTION)
        await client.says("how are you")
        client.send("input_audio_buffer.commit")
        await asyncio.sleep(20)
        assert client.of_kind(TRANSCRIPT[1])[0]["transcript"] == "how are you"
        await client.says("and the parrot")
        client.send("input_audio_buffer.commit")
        client.send("response.create")
        await client.gets("response.done")
        said = history(session)

    check_strictly(client.events)
    assert "input_audio_buffer.speech_started" not in client.kinds
    assert [event["transcript"] for event in client.of_kind(TRANSCRIPT[1])] == [
        "how are you",
        "and the parrot",
    ]
    assert said == [("user", "how are you and the parrot"), ("assistant", "Ahoy there.")]
    assert len(client.of_kind("response.created")) == 1


@simulated
async def test_speech_that_is_cleared_was_not_said() -> None:
    async with visiting() as (client, session):
        client.update(audio=NO_DETECTION)
        await client.says("never mind")
        client.send("input_audio_buffer.clear")
        await client.says("how are you")
        client.send("input_audio_buffer.commit")
        client.send("response.create")
        await client.gets("response.done")
        said = history(session)

    assert said == [("user", "how are you"), ("assistant", "Ahoy there.")]


@simulated
async def test_speech_that_is_not_understood_is_an_item_without_words() -> None:
    async with visiting() as (client, _):
        client.update(audio=NO_DETECTION)
        await client.says("")
        client.send("input_audio_buffer.commit")
        client.send("response.create")
        await client.gets("response.done")

    assert [event["transcript"] for event in client.of_kind(TRANSCRIPT[1])] == [""]
    check_strictly(client.events)


@simulated
async def test_an_interruption_is_told_before_the_response_ends_and_history_has_what_was_heard() -> None:
    async with visiting(chat=ScriptedChatModel([STORY, "Fine."])) as (client, session):
        client.writes("tell me a story")
        client.send("response.create")
        await client.gets("response.output_audio.delta", 3)
        await client.is_silent(2)
        await client.says("stop that now please")
        await client.is_silent(3)
        done = await client.gets("response.done")
        item = done["response"]["output"][0]
        seemed, events = history(session)[1], session.conversation.events()
        client.send("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=1000)
        await client.is_silent(0.1)
        client.send("conversation.item.retrieve", item_id=item["id"])
        await client.gets("response.done", 2)
        said = history(session)

    check_strictly(client.events)
    kinds = client.kinds
    assert kinds.index("input_audio_buffer.speech_started") < kinds.index("response.done")
    assert (done["response"]["status"], done["response"]["status_details"]["reason"]) == (
        "cancelled",
        "turn_detected",
    )
    assert item["status"] == "incomplete"
    assert seemed == ("assistant", item["content"][0]["transcript"])
    assert STORY.startswith(item["content"][0]["transcript"][:20])
    truly = spoken_in(STORY, 1.0)
    assert truly != seemed[1]
    assert [event.heard async for event in events if isinstance(event, BotCorrected)] == [truly]
    assert said[1:] == [("assistant", truly), ("user", "stop that now please"), ("assistant", "Fine.")]
    assert client.of_kind("conversation.item.truncated")[0]["audio_end_ms"] == 1000
    assert client.of_kind("conversation.item.retrieved")[0]["item"]["content"][0]["transcript"] == truly


@simulated
async def test_what_a_client_truncates_while_it_is_said_ends_there_in_history_too() -> None:
    chat = ScriptedChatModel([STORY, "Fine."])
    async with visiting(chat=chat) as (client, _):
        client.writes("tell me a story")
        client.send("response.create")
        delta = await client.gets("response.output_audio.delta", 3)
        await client.is_silent(2)
        item = delta["item_id"]
        client.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=1500)
        client.writes("and then")
        client.send("response.create")
        await client.gets("response.done", 2)

    check_strictly(client.events)
    assert not client.of_kind("error")
    statuses = [event["response"]["status"] for event in client.of_kind("response.done")]
    assert statuses == ["cancelled", "completed"]
    asked = [message.content for message in chat.requests[-1].messages]
    assert asked[1:] == ["tell me a story", spoken_in(STORY, 1.5), "and then"]


@simulated
async def test_a_page_that_says_where_the_bot_was_lowered_does_not_stop_it() -> None:
    async with visiting(chat=ScriptedChatModel([STORY]), extension=True) as (client, _):
        client.writes("tell me a story")
        client.send("response.create")
        delta = await client.gets("response.output_audio.delta", 3)
        await client.is_silent(1)
        speaking = asyncio.create_task(client.says("okay", 0.3))
        await client.gets("output_audio_buffer.cleared")
        where = {"item_id": delta["item_id"], "content_index": 0, "audio_end_ms": 900}
        client.send("conversation.item.truncate", **where)
        await speaking
        await client.is_silent(8)
        done = await client.gets("response.done")

    assert done["response"]["status"] == "completed"
    assert done["response"]["output"][0]["content"][0]["transcript"] == STORY


@simulated
async def test_a_sound_over_the_bot_that_does_not_interrupt_it_is_not_told() -> None:
    async with visiting(chat=ScriptedChatModel([STORY])) as (client, _):
        client.writes("tell me a story")
        client.send("response.create")
        await client.gets("response.output_audio.delta", 3)
        await client.is_silent(1)
        await client.says("okay", 0.3)
        await client.is_silent(8)
        done = await client.gets("response.done")

    assert done["response"]["status"] == "completed"
    assert "input_audio_buffer.speech_started" not in client.kinds


@simulated
async def test_a_cancelled_response_ends_at_once_and_the_next_one_can_begin() -> None:
    async with visiting(chat=ScriptedChatModel([STORY, "Fine."])) as (client, session):
        client.writes("tell me a story")
        client.send("response.create")
        await client.gets("response.output_audio.delta", 3)
        await asyncio.sleep(1)
        client.send("response.cancel")
        client.writes("how are you")
        client.send("response.create")
        await client.gets("response.done", 2)
        said = history(session)

    check_strictly(client.events)
    statuses = [event["response"]["status"] for event in client.of_kind("response.done")]
    assert statuses == ["cancelled", "completed"]
    assert not client.of_kind("error")
    first, second = (event["response"]["output"] for event in client.of_kind("response.done"))
    assert second[0]["content"][0]["transcript"] == "Fine."
    assert said[-1] == ("assistant", "Fine.")
    assert first[0]["content"][0]["transcript"].startswith("Once")


@simulated
async def test_a_response_that_is_cancelled_before_it_begins_never_comes_and_what_follows_is_heard() -> None:
    settings = Settings(idle={"after": 5, "prompts": ["Still there?"]})  # type: ignore[arg-type]  # pydantic
    async with visiting(settings=settings) as (client, _):
        client.update(audio=NO_DETECTION)
        client.send("response.create")
        client.send("response.cancel")
        client.send("response.create")
        client.send("response.cancel")
        await asyncio.sleep(1)
        client.send("input_audio_buffer.clear")
        prompt = await client.gets("response.done", 3)

    check_strictly(client.events)
    statuses = [event["response"]["status"] for event in client.of_kind("response.done")]
    assert statuses[:2] == ["cancelled", "cancelled"]
    assert prompt["response"]["output"][0]["content"][0]["transcript"] == "Still there?"
    assert "input_audio_buffer.speech_started" not in client.kinds


@simulated
async def test_a_client_runs_its_own_functions() -> None:
    call = ToolCall("c1", "weather", json.dumps({"city": "Tortuga"}))
    chat = ScriptedChatModel([[call], "It is sunny."])
    async with visiting(chat=chat) as (client, session):
        client.update(tools=[WEATHER])
        client.writes("what is the weather")
        client.send("response.create")
        called = await client.gets("response.function_call_arguments.done")
        await client.gets("response.done")
        output = {"type": "function_call_output", "call_id": called["call_id"], "output": "sunny"}
        client.send("conversation.item.create", item=output)
        client.send("response.create")
        done = await client.gets("response.done", 2)
        messages = session.conversation.history.messages[1:]

    check_strictly(client.events)
    assert json.loads(called["arguments"]) == {"city": "Tortuga"}
    assert [message.role for message in messages] == ["user", "assistant", "tool", "assistant"]
    assert messages[2].content == "sunny"
    assert [tool.name for tool in chat.requests[0].tools] == ["weather"]
    first = client.of_kind("response.done")[0]["response"]["output"]
    assert [(item["type"], item["name"]) for item in first] == [("function_call", "weather")]
    assert done["response"]["output"][0]["content"][0]["transcript"] == "It is sunny."
    assert not client.of_kind("error")


@simulated
async def test_several_calls_are_answered_together() -> None:
    calls = [ToolCall("c1", "weather", '{"city": "A"}'), ToolCall("c2", "weather", '{"city": "B"}')]
    chat = ScriptedChatModel([calls, "Both are sunny."])
    async with visiting(chat=chat) as (client, session):
        client.update(tools=[WEATHER])
        client.writes("what is the weather")
        client.send("response.create")
        await client.gets("response.function_call_arguments.done", 2)
        for event in client.of_kind("response.function_call_arguments.done"):
            output = {
                "type": "function_call_output",
                "call_id": event["call_id"],
                "output": event["arguments"],
            }
            client.send("conversation.item.create", item=output)
            client.send("response.create")
            await asyncio.sleep(0.1)
        await client.gets("response.output_audio_transcript.done")
        results = [m.content for m in session.conversation.history.messages if m.role == "tool"]
        await asyncio.sleep(3)
        results = [m.content for m in session.conversation.history.messages if m.role == "tool"]

    check_strictly(client.events)
    assert results == ['{"city": "A"}', '{"city": "B"}']
    assert len(chat.requests) == 2


@simulated
async def test_a_result_without_a_response_is_kept_and_nothing_is_said() -> None:
    chat = ScriptedChatModel([[ToolCall("c1", "weather", "{}")], "It is sunny.", "Yes, sunny."])
    async with visiting(chat=chat) as (client, session):
        client.update(tools=[WEATHER])
        client.writes("what is the weather")
        client.send("response.create")
        called = await client.gets("response.function_call_arguments.done")
        output = {"type": "function_call_output", "call_id": called["call_id"], "output": "sunny"}
        client.send("conversation.item.create", item=output)
        await asyncio.sleep(10)
        results = [m.content for m in session.conversation.history.messages if m.role == "tool"]
        said = [event["response"]["output"] for event in client.of_kind("response.done")]

    assert results == ["sunny"]
    assert [item["type"] for items in said for item in items if item["type"] != "message"] == [
        "function_call"
    ]
    assert not any(m.content == "It is sunny." for m in session.conversation.history.messages)


@simulated
async def test_a_greeting_is_a_response_nobody_asked_for() -> None:
    async with visiting(settings=Settings(greeting="Welcome aboard.")) as (client, _):
        client.update(instructions="Rhyme.")
        done = await client.gets("response.done")

    check_strictly(client.events)
    assert done["response"]["output"][0]["content"][0]["transcript"] == "Welcome aboard."


@pytest.mark.parametrize("name", ["audio/pcmu", "audio/pcma"])
@simulated
async def test_the_codecs_of_the_telephone_are_one_byte_a_sample(name: str) -> None:
    sound = {"format": {"type": name}}
    async with visiting() as (client, session):
        client.update(audio={"input": sound, "output": sound})
        client.send("input_audio_buffer.append", audio=base64.b64encode(bytes([255]) * 1600).decode())
        client.writes("hello")
        client.send("response.create")
        await client.gets("response.done")
        rate = session.stream.speaker.rate

    check_strictly(client.events)
    assert rate == 8000
    size = sum(len(base64.b64decode(e["delta"])) for e in client.of_kind("response.output_audio.delta"))
    assert 0.5 < size / 8000 < 5


@simulated
async def test_instructions_can_change_in_the_middle() -> None:
    chat = ScriptedChatModel(["One.", "Two."])
    async with visiting(chat=chat) as (client, _):
        for count, words in enumerate(("Rhyme.", "Sing.")):
            client.update(instructions=words)
            client.writes("go on")
            client.send("response.create")
            await client.gets("response.done", count + 1)

    assert [request.messages[0].content for request in chat.requests] == ["Rhyme.", "Sing."]


@simulated
async def test_a_deleted_item_is_gone_from_history() -> None:
    chat = ScriptedChatModel(["One.", "Two."])
    async with visiting(chat=chat) as (client, session):
        client.writes("my secret")
        client.send("response.create")
        done = await client.gets("response.done")
        for item in (client.of_kind("conversation.item.done")[0]["item"], done["response"]["output"][0]):
            client.send("conversation.item.delete", item_id=item["id"])
        client.writes("hello")
        client.send("response.create")
        await client.gets("response.done", 2)
        said = history(session)

    assert said == [("user", "hello"), ("assistant", "Two.")]
    assert len(client.of_kind("conversation.item.deleted")) == 2


@simulated
async def test_a_failure_of_the_chat_model_is_spoken_and_its_text_reaches_no_client() -> None:
    chat = ScriptedChatModel([RuntimeError("a secret of the provider"), "Fine."])
    async with visiting(chat=chat, extension=True, settings=Settings(on_error="Sorry.")) as (client, _):
        client.writes("hello")
        client.send("response.create")
        await client.gets("response.done")

    check_strictly(client.events)
    assert "secret" not in json.dumps(client.events)
    assert {"provider": "chat", "failed": True}.items() <= client.of_kind("voicebot.notice")[0].items()


@simulated
async def test_extension_events_come_only_to_clients_that_ask_for_them() -> None:
    async with visiting() as (client, _):
        client.update(voicebot={"events": True})
        await client.says("how are you")
        await client.is_silent(2)
        await client.gets("response.done")
        await asyncio.sleep(1)
        client.update(voicebot={"events": False})
        count = len(client.events)
        await client.says("how are you")
        await client.is_silent(2)
        await client.gets("response.done", 2)
        later = [event["type"] for event in client.events[count:]]

    ours = [kind for kind in client.kinds if kind.startswith("voicebot.")]
    assert {
        "voicebot.listening",
        "voicebot.user.partial",
        "voicebot.reply.words",
        "voicebot.turn.timed",
    } <= set(ours)
    assert not [kind for kind in later if kind.startswith("voicebot.")]
    words = client.of_kind("voicebot.reply.words")[0]
    assert (words["text"], words["audio_start_ms"]) == ("Ahoy there.", 0)


@simulated
async def test_usage_is_told_if_the_chat_model_reports_it() -> None:
    async with visiting() as (client, _):
        client.writes("hello")
        client.send("response.create")
        done = await client.gets("response.done")

    usage = done["response"]["usage"]
    assert usage is None or usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]


@simulated
async def test_words_of_an_answer_that_nobody_heard_are_not_told_twice() -> None:
    async with visiting(
        chat=ScriptedChatModel(["Fine."], first_token=1.0),
        settings=Settings(system="Be brief.", turns={"prepare": "off"}),  # type: ignore[arg-type]  # pydantic converts it
    ) as (client, session):
        await client.says("what is the weather")
        await client.is_silent(1.4)
        await client.says("in paris")
        await client.is_silent(4)
        await client.gets("response.output_audio_transcript.done")
        said = history(session)

    check_strictly(client.events)
    assert said == [("user", "what is the weather in paris"), ("assistant", "Fine.")]
    assert [event["transcript"] for event in client.of_kind(TRANSCRIPT[1])] == [
        "what is the weather",
        "in paris",
    ]


@simulated
async def test_a_client_that_sends_nothing_can_be_begun_and_hears_the_greeting() -> None:
    async with visiting(settings=Settings(greeting="Welcome aboard.")) as (client, _):
        client._visit.begin()
        client._visit.begin()
        await client.gets("response.done")

    assert client.kinds[:2] == ["session.created", "response.created"]


@simulated
async def test_the_reference_lists_exactly_the_events_that_are_sent() -> None:
    chat = ScriptedChatModel([[ToolCall("c1", "weather", "{}")], STORY, "Fine."])
    async with visiting(chat=chat, extension=True) as (client, _):
        client.update(tools=[WEATHER])
        client.writes("what is the weather")
        client.send("response.create")
        called = await client.gets("response.function_call_arguments.done")
        output = {"type": "function_call_output", "call_id": called["call_id"], "output": "sunny"}
        client.send("conversation.item.create", item=output)
        client.send("response.create")
        await client.gets("response.output_audio.delta", 3)
        await client.is_silent(2)
        await client.says("stop that now please")
        await client.is_silent(3)
        done = await client.gets("response.done", 2)
        item = done["response"]["output"][0]["id"]
        client.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=500)
        client.send("conversation.item.retrieve", item_id=item)
        client.send("conversation.item.delete", item_id=item)
        client.send("conversation.item.delete", item_id=item)
        client.send("input_audio_buffer.clear")
        await client.gets("response.done", 3)

    kinds = check_strictly(client.events)
    assert set(SENT) - set(kinds) == set()
