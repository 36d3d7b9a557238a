"""realtime.md: the events of OpenAI's Realtime protocol that the server knows, and what it adds."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from pydantic import BaseModel

from generator.markdown import code, joined, table
from voicebot_serve.realtime.client.events import KINDS
from voicebot_serve.realtime.client.session_update import SessionUpdateFields
from voicebot_serve.realtime.server.events import SENT
from voicebot_serve.realtime.server.extension import EXTENSIONS

_INTRO = """
# The Realtime protocol

`voicebot serve` speaks OpenAI's Realtime protocol, with the events of its general availability, at
`/v1/realtime`. [Connect a Realtime client](../how-to/connect-a-realtime-client.md) shows how clients find
it; OpenAI's documentation says what each field means.

## Events of a client

Fields in parentheses are optional. An event that is not valid is answered with an `error` that has OpenAI's
codes, and the session goes on.
"""
_SESSION = """
## What a session can change

`session.update` changes what the config allows (`serve.allow`): `turns` is `audio.input.turn_detection`,
`tools` is `tools` and `tool_choice`, `instructions` is `instructions`. Formats are settled when the
conversation begins: with the first event but `session.update`, or a second after connecting. Everything else
is ignored. `session.updated` always has what is in effect.

These fields are read; whatever else a client sends is ignored:
"""
_NOTES = """
- With `input_audio_buffer.commit`, a turn whose end would be detected is over at once, and is answered.
- `turn_detection: null` is for clients that take turns by hand: `input_audio_buffer.commit` ends the user's
  speech, and `response.create` asks for the answer. With `create_response: false`, the end of speech is
  detected, and the answer waits for `response.create`. With `interrupt_response: false`, the user cannot
  interrupt the bot by speaking. How patiently the end of a turn is waited for is up to the config.
- The persona of the config is not shown: `instructions` are empty until the client sets its own.
- `tools` are functions that the client runs, beside those of the config, which the server runs. `tool_choice`
  is `none`, or else `auto`.
- `output_modalities` are always `["audio"]`. `voice` and `speed` are those of the config.
- Sound is `audio/pcm` (24 kHz, 16 bit, mono), `audio/pcmu` or `audio/pcma` (8 kHz).
"""
_SERVER = """
## Events of the server
"""
_DIFFERENCES = """
## What is different from OpenAI's servers

- Sound comes about as fast as it is played, at most 0.3 s ahead. So `response.done` comes when the answer has
  been heard, not when it has been made.
- `conversation.item.truncate` corrects the bot's last message that was stopped: the chat model gets what was
  heard of it, to the word. A message that is still being said ends there.
- A turn of the user is one item, even if the user pauses in it; it is committed when the turn is over. Every
  item of the user has a transcript, whatever `transcription` says.
- A short sound or an "okay" over the bot is no interruption, and is not told.
- The bot can speak without being asked: a greeting, a line while a tool runs, a question after a long
  silence. Each is a response.
- A result of a call (`function_call_output`) is given to the chat model with the next `response.create`. If
  there is none within 2 seconds, it only goes into the history.
- Items are added at the end only. Pictures, and sound in items without a transcript, are refused.
- `response.create` with an `input` of its own or `conversation: none` is refused.
- `usage` counts the tokens of the chat model, and is null if it reports none.
- `rate_limits.updated`, `response.output_text.*`, `mcp_*` and `conversation.created` are not sent. There are
  no transcription sessions, and no WebRTC.
"""
_EXTENSION = """
## Extension

A client that offers the subprotocol `voicebot.v1` beside `realtime`, or sends `"voicebot": {"events": true}`
in its first `session.update`, gets more events. Then the bot may also take sound back: at
`output_audio_buffer.cleared`, the client drops what it has not played, says by `conversation.item.truncate`
where it stopped, which ends nothing, and plays what comes next. All events have `at`, in seconds since the
conversation began.

With `"voicebot": {"greets": false}` in the first `session.update`, the bot does not greet: a client may go on
with a conversation of which this server knows nothing, and tell it by `conversation.item.create`.
"""


def page() -> str:
    """Return the page."""
    return joined(
        _INTRO,
        table(
            ("event", "fields", "what it does"),
            [(code(kind), _fields(event), _doc(event)) for kind, event in KINDS.items()],
        ),
        _SESSION,
        ", ".join(map(code, _paths(SessionUpdateFields))) + ".",
        _NOTES,
        _SERVER,
        _events(SENT),
        _DIFFERENCES,
        _EXTENSION,
        _events(EXTENSIONS),
    )


def _events(events: Mapping[str, str]) -> str:
    return table(("event", "when"), [(code(kind), when) for kind, when in events.items()])


def _fields(event: type[BaseModel]) -> str:
    named = {name: field for name, field in event.model_fields.items() if name not in {"type", "event_id"}}
    return ", ".join(
        code(name) if field.is_required() else f"({code(name)})" for name, field in named.items()
    )


def _paths(model: type[BaseModel], before: str = "") -> list[str]:
    """Return the fields of an object, and of the objects in it."""
    found: list[str] = []
    for name, field in model.model_fields.items():
        inner = [path for each in _models(field.annotation) for path in _paths(each, f"{before}{name}.")]
        found += inner or [f"{before}{name}"]
    return list(dict.fromkeys(found))


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models(part)]


def _doc(documented: object) -> str:
    return " ".join(inspect.cleandoc(getattr(documented, "__doc__", "") or "").split())
