"""What each event of a client is answered, and what it does to the conversation; and each that is refused."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from voicebot import AddedMessage, AnswerNow, ManualSpeechStarted, StopReply, TurnTakingChanged
from voicebot_serve.realtime.client.commands import (
    Begin,
    Command,
    DiscardSpeech,
    FinishSpeech,
    Forget,
    Instruct,
    KeepOutput,
    NowPlaying,
    OfferTools,
    StoppedPlaying,
)
from voicebot_serve.realtime.client.events import KINDS, read
from voicebot_serve.realtime.client.requests import ClientRequests
from voicebot_serve.realtime.refusal import InvalidEvent
from voicebot_serve.realtime.state import SessionState

from .wire import check_strictly

SOUND = bytes(range(256)) * 24
"""128 ms."""
MANUAL = {
    "type": "session.update",
    "session": {"type": "realtime", "audio": {"input": {"turn_detection": None}}},
}
APPEND = {"type": "input_audio_buffer.append", "audio": base64.b64encode(SOUND).decode()}
COMMIT = {"type": "input_audio_buffer.commit"}
LINE = {"type": "message", "role": "user", "id": "line", "content": [{"type": "input_text", "text": "hello"}]}
NO_TURNS = TurnTakingChanged(detects_speech=False, answers=False)


class Client:
    """A client in a conversation in which the bot has said something and called a function."""

    def __init__(self, *, allowed: tuple[str, ...] = ("instructions", "turns", "tools")) -> None:
        self.state = SessionState("0123456789abcdef", "pirate", allowed, extension=False)
        self.requests = ClientRequests(self.state)
        self.requests.begin()
        response = self.state.open_response()
        response.speak(bytes(48_000), start=2.0)
        response.call("call1", "weather", "{}")
        self.spoken = response.message.id if response.message is not None else ""
        self.state.close_response()
        self.call = self.state.items.last_id
        self.state.unsent.clear()

    def send(self, *events: dict[str, Any]) -> list[Command]:
        commands: list[Command] = []
        for event in events:
            text = json.dumps(event).replace("SPOKEN", self.spoken)
            try:
                commands += self.requests.receive(read(text))
            except InvalidEvent as refusal:
                self.state.say.refused(refusal)
        return commands

    def taken(self) -> list[dict[str, Any]]:
        events = list(self.state.unsent)
        self.state.unsent.clear()
        return events


def update(**fields: Any) -> dict[str, Any]:
    return {"type": "session.update", "session": {"type": "realtime", **fields}}


def create(**item: Any) -> dict[str, Any]:
    return {"type": "conversation.item.create", "item": item}


ADDED = ["conversation.item.added", "conversation.item.done"]
DONE: dict[str, tuple[list[dict[str, Any]], list[Command], list[str]]] = {
    "session.update of turn detection": ([MANUAL], [NO_TURNS], ["session.updated"]),
    "session.update of when the bot answers": (
        [update(audio={"input": {"turn_detection": {"type": "server_vad", "create_response": False}}})],
        [TurnTakingChanged(answers=False)],
        ["session.updated"],
    ),
    "session.update of interruptions": (
        [update(audio={"input": {"turn_detection": {"type": "semantic_vad", "interrupt_response": False}}})],
        [TurnTakingChanged(interruptible=False)],
        ["session.updated"],
    ),
    "session.update of instructions": (
        [update(instructions="Rhyme.")],
        [Instruct("Rhyme.")],
        ["session.updated"],
    ),
    "session.update of tools": (
        [update(tools=[{"type": "function", "name": "weather", "parameters": {"type": "object"}}])],
        [OfferTools()],
        ["session.updated"],
    ),
    "session.update of nothing that can be changed": (
        [update(speed=2, audio={"output": {"voice": "marin"}}, max_output_tokens=5)],
        [],
        ["session.updated"],
    ),
    "input_audio_buffer.append": ([APPEND], [SOUND], []),
    "input_audio_buffer.append in manual turns": (
        [MANUAL, APPEND, APPEND],
        [NO_TURNS, ManualSpeechStarted(), SOUND, SOUND],
        ["session.updated"],
    ),
    "input_audio_buffer.commit": (
        [APPEND, COMMIT],
        [SOUND, FinishSpeech(), AnswerNow(only_if_said=True)],
        [],
    ),
    "input_audio_buffer.commit in manual turns": (
        [MANUAL, APPEND, COMMIT],
        [NO_TURNS, ManualSpeechStarted(), SOUND, FinishSpeech()],
        ["session.updated", "input_audio_buffer.committed", *ADDED],
    ),
    "input_audio_buffer.clear": (
        [APPEND, {"type": "input_audio_buffer.clear"}],
        [SOUND, DiscardSpeech()],
        ["input_audio_buffer.cleared"],
    ),
    "output_audio_buffer.clear in silence": ([{"type": "output_audio_buffer.clear"}], [StopReply()], []),
    "output_audio_buffer.clear": (
        [{"type": "response.create"}, {"type": "output_audio_buffer.clear"}],
        [AnswerNow(), StopReply()],
        ["response.created", "response.done", "output_audio_buffer.cleared"],
    ),
    "conversation.item.create of the user": ([create(**LINE)], [AddedMessage("user", "hello")], ADDED),
    "conversation.item.create of the bot": (
        [create(type="message", role="assistant", content=[{"type": "output_text", "text": "Ahoy."}])],
        [AddedMessage("assistant", "Ahoy.")],
        ADDED,
    ),
    "conversation.item.create of the system": (
        [create(type="message", role="system", content=[{"type": "input_text", "text": "Rhyme."}])],
        [AddedMessage("system", "Rhyme.")],
        ADDED,
    ),
    "conversation.item.create of sound, by its transcript": (
        [create(type="message", role="user", content=[{"type": "input_audio", "transcript": "hello"}])],
        [AddedMessage("user", "hello")],
        ADDED,
    ),
    "conversation.item.create of a call": (
        [create(type="function_call", name="weather", arguments="{}", call_id="earlier")],
        [],
        ADDED,
    ),
    "conversation.item.create of a result": (
        [create(type="function_call_output", call_id="call1", output="sunny")],
        [KeepOutput("call1", "sunny")],
        ADDED,
    ),
    "conversation.item.retrieve": (
        [{"type": "conversation.item.retrieve", "item_id": "SPOKEN"}],
        [],
        ["conversation.item.retrieved"],
    ),
    "conversation.item.truncate": (
        [
            {
                "type": "conversation.item.truncate",
                "item_id": "SPOKEN",
                "content_index": 0,
                "audio_end_ms": 400,
            }
        ],
        [StoppedPlaying(2.4)],
        ["conversation.item.truncated"],
    ),
    "conversation.item.delete": (
        [create(**LINE), {"type": "conversation.item.delete", "item_id": "line"}],
        [AddedMessage("user", "hello"), Forget("user", "hello")],
        [*ADDED, "conversation.item.deleted"],
    ),
    "response.create": (
        [{"type": "response.create", "response": {"instructions": "Rhyme.", "metadata": {"a": "b"}}}],
        [AnswerNow("Rhyme.")],
        ["response.created"],
    ),
    "response.cancel": (
        [{"type": "response.create"}, {"type": "response.cancel"}],
        [AnswerNow(), StopReply()],
        ["response.created", "response.done"],
    ),
    "voicebot.playing": (
        [{"type": "voicebot.playing", "item_id": "SPOKEN", "audio_ms": 100}],
        [NowPlaying(2.1)],
        [],
    ),
}


@pytest.mark.parametrize("case", DONE)
def test_an_event_is_answered(case: str) -> None:
    client = Client()
    events, commands, answers = DONE[case]

    done = client.send(*events)

    assert check_strictly(client.taken()) == answers
    assert done == commands


def test_every_event_of_openai_is_known() -> None:
    from typing import get_args

    from openai.types.realtime import RealtimeClientEvent

    union = get_args(RealtimeClientEvent)[0]
    theirs = {get_args(kind.model_fields["type"].annotation)[0] for kind in get_args(union)}

    assert set(KINDS) - theirs == {"voicebot.playing"}
    assert theirs <= set(KINDS)
    assert {case.split(" ")[0] for case in DONE} == set(KINDS)


REFUSED: dict[str, tuple[list[dict[str, Any]], str, str | None]] = {
    "an unknown event": ([{"type": "response.sing"}], "invalid_value", "type"),
    "no type": ([{}], "invalid_value", "type"),
    "a type that is no text": ([{"type": ["response.create"]}], "invalid_value", "type"),
    "an unknown field": ([{**COMMIT, "now": True}], "unknown_parameter", "now"),
    "a missing field": ([{"type": "input_audio_buffer.append"}], "missing_required_parameter", "audio"),
    "a field of another type": ([{**APPEND, "audio": 5}], "invalid_type", "audio"),
    "a session without a type": (
        [{"type": "session.update", "session": {}}],
        "missing_required_parameter",
        "session.type",
    ),
    "a session of transcription": (
        [{"type": "session.update", "session": {"type": "transcription"}}],
        "invalid_value",
        "session.type",
    ),
    "an unknown format": (
        [update(audio={"input": {"format": {"type": "audio/mp3"}}})],
        "invalid_value",
        "session.audio.input.format.type",
    ),
    "an unknown rate": (
        [update(audio={"output": {"format": {"type": "audio/pcm", "rate": 16000}}})],
        "invalid_value",
        "session.audio.output.format.rate",
    ),
    "a function without a name": (
        [update(tools=[{"type": "function"}])],
        "missing_required_parameter",
        "session.tools[0].function.name",
    ),
    "sound that is not base64": ([{**APPEND, "audio": "?"}], "invalid_value", "audio"),
    "half a sample": ([{**APPEND, "audio": "AAAA"}], "invalid_value", "audio"),
    "a commit of nothing": ([COMMIT], "input_audio_buffer_commit_empty", None),
    "an unknown item": (
        [{"type": "conversation.item.retrieve", "item_id": "nobody"}],
        "item_not_found",
        "item_id",
    ),
    "the same item twice": ([create(**LINE), create(**LINE)], "item_already_exists", "item.id"),
    "an item in the middle": (
        [create(**LINE), {**create(type="message", role="user", content=[]), "previous_item_id": "SPOKEN"}],
        "unsupported_value",
        "previous_item_id",
    ),
    "an item with a malformed id": ([create(**{**LINE, "id": "a b"})], "invalid_value", "item.id"),
    "a picture": (
        [create(type="message", role="user", content=[{"type": "input_image", "image_url": "data:,"}])],
        "unsupported_value",
        "item.content",
    ),
    "sound without a transcript": (
        [create(type="message", role="user", content=[{"type": "input_audio", "audio": "AAAA"}])],
        "unsupported_value",
        "item.content",
    ),
    "a result of no call": (
        [create(type="function_call_output", call_id="x", output="")],
        "invalid_tool_call_id",
        "item.call_id",
    ),
    "more sound than there is": (
        [
            {
                "type": "conversation.item.truncate",
                "item_id": "SPOKEN",
                "content_index": 0,
                "audio_end_ms": 5000,
            }
        ],
        "invalid_value",
        "audio_end_ms",
    ),
    "a second response": (
        [{"type": "response.create"}, {"type": "response.create"}],
        "conversation_already_has_active_response",
        None,
    ),
    "a response outside of the conversation": (
        [{"type": "response.create", "response": {"conversation": "none"}}],
        "unsupported_value",
        "response.conversation",
    ),
    "long metadata": (
        [{"type": "response.create", "response": {"metadata": {"a": "b" * 513}}}],
        "invalid_value",
        "response.metadata",
    ),
    "a cancellation of nothing": ([{"type": "response.cancel"}], "response_cancel_not_active", None),
    "a truncation of a line": (
        [
            create(**LINE),
            {"type": "conversation.item.truncate", "item_id": "line", "content_index": 0}
            | {"audio_end_ms": 0},
        ],
        "invalid_value",
        "item_id",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_event_is_refused(case: str) -> None:
    client = Client()
    *before, wrong = REFUSED[case][0]
    client.send(*before)
    client.taken()

    assert client.send({**wrong, "event_id": "mine"}) == []

    (error,) = client.taken()
    check_strictly([error])
    code, param = REFUSED[case][1:]
    assert {key: error["error"][key] for key in ("type", "code", "param", "event_id")} == {
        "type": "invalid_request_error",
        "code": code,
        "param": param,
        "event_id": "mine",
    }


@pytest.mark.parametrize("text", ["", "[", "[]", "5", "[" * 100_000, '{"type":', b"\xff"])
def test_what_is_no_event_at_all_is_junk(text: str | bytes) -> None:
    with pytest.raises(InvalidEvent) as refused:
        read(text)

    assert refused.value.is_junk
    assert refused.value.code == "invalid_json"


def test_a_client_changes_only_what_the_config_allows() -> None:
    client = Client(allowed=())
    tools = [{"type": "function", "name": "weather"}]
    detection = {"audio": {"input": {"turn_detection": None}}}

    commands = client.send(update(instructions="Rhyme.", tools=tools, **detection))

    assert commands == []
    (updated,) = client.taken()
    assert updated["session"]["instructions"] == ""
    assert updated["session"]["tools"] == []
    assert updated["session"]["audio"]["input"]["turn_detection"]["type"] == "semantic_vad"
    assert client.send({"type": "response.create", "response": {"instructions": "Rhyme."}}) == [AnswerNow()]
    client.taken()
    assert (
        client.send(create(type="message", role="system", content=[{"type": "input_text", "text": "x"}]))
        == []
    )
    assert [event["error"]["code"] for event in client.taken()] == ["unsupported_value"]


def test_the_first_event_but_an_update_begins_the_conversation() -> None:
    state = SessionState("0123456789abcdef", "pirate", ("turns", "instructions"), extension=False)
    requests = ClientRequests(state)
    format = {"type": "audio/pcmu"}
    audio = {"input": {"format": format, "turn_detection": None}, "output": {"format": format}}

    first = requests.receive(read(json.dumps(update(audio=audio, instructions="Rhyme."))))
    second = requests.receive(read(json.dumps(update(audio={"input": {"format": {"type": "audio/pcm"}}}))))

    assert first == [Begin(), NO_TURNS, OfferTools(), Instruct("Rhyme.")]
    assert second == []
    described = [event["session"]["audio"] for event in state.unsent]
    assert [each["input"]["format"] for each in described] == [format, format]
    check_strictly(state.unsent)
