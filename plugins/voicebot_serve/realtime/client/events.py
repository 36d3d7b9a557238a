"""The events of a client, checked strictly; each class is one event, and its fields are what it may have."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from voicebot_serve.realtime.client.session_update import SessionUpdateFields
from voicebot_serve.realtime.refusal import InvalidEvent

_ID = r"^[A-Za-z0-9_-]{1,64}$"
_CODES = {
    "missing": ("missing_required_parameter", "Missing required parameter: '{param}'."),
    "extra_forbidden": ("unknown_parameter", "Unknown parameter: '{param}'."),
}
_DEEPEST = 50
"""Objects and lists within each other."""
_SHOWN = 100
"""Characters of a wrong value that are quoted."""
ItemId: TypeAlias = Annotated[str, Field(pattern=_ID)]


class Strict(BaseModel):
    """An object of a client in which nothing unknown may be."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _ClientEvent(Strict):
    event_id: str | None = Field(None, max_length=512)


class SessionUpdate(_ClientEvent):
    """Change the session."""

    type: Literal["session.update"]
    session: SessionUpdateFields


class InputAudioAppend(_ClientEvent):
    """Add sound of the user."""

    type: Literal["input_audio_buffer.append"]
    audio: str


class InputAudioCommit(_ClientEvent):
    """End the user's speech."""

    type: Literal["input_audio_buffer.commit"]


class InputAudioClear(_ClientEvent):
    """Take back the user's speech."""

    type: Literal["input_audio_buffer.clear"]


class OutputAudioClear(_ClientEvent):
    """Stop the bot's sound."""

    type: Literal["output_audio_buffer.clear"]


class TextPart(Strict):
    """Text in a message."""

    type: Literal["input_text", "output_text", "text"]
    text: str


class AudioPart(Strict):
    """Sound in a message, of which only the transcript is used."""

    type: Literal["input_audio", "output_audio", "audio"]
    audio: str | None = None
    transcript: str | None = None


class ImagePart(Strict):
    """A picture in a message, which is refused."""

    type: Literal["input_image"]
    image_url: str | None = None
    detail: str | None = None


class _Item(Strict):
    id: ItemId | None = None
    object: Literal["realtime.item"] | None = None
    status: Literal["completed", "incomplete", "in_progress"] | None = None


Part: TypeAlias = Annotated[TextPart | AudioPart | ImagePart, Field(discriminator="type")]


class MessageItem(_Item):
    """Something that was said or written."""

    type: Literal["message"]
    role: Literal["system", "user", "assistant"]
    content: list[Part]


class FunctionCallItem(_Item):
    """A call of a function."""

    type: Literal["function_call"]
    name: str
    arguments: str
    call_id: str | None = Field(None, max_length=64)


class FunctionOutputItem(_Item):
    """The result of a call."""

    type: Literal["function_call_output"]
    call_id: str = Field(max_length=64)
    output: str


Item: TypeAlias = Annotated[MessageItem | FunctionCallItem | FunctionOutputItem, Field(discriminator="type")]


class ItemCreate(_ClientEvent):
    """Add to the conversation, without an answer."""

    type: Literal["conversation.item.create"]
    item: Item
    previous_item_id: str | None = None


class ItemRetrieve(_ClientEvent):
    """Ask for an item."""

    type: Literal["conversation.item.retrieve"]
    item_id: str


class ItemTruncate(_ClientEvent):
    """Say how much of the bot's sound was heard."""

    type: Literal["conversation.item.truncate"]
    item_id: str
    content_index: int = Field(ge=0)
    audio_end_ms: int = Field(ge=0)


class ItemDelete(_ClientEvent):
    """Remove an item."""

    type: Literal["conversation.item.delete"]
    item_id: str


class ResponseFields(BaseModel):
    """What a response is asked for; what is not listed here is ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)
    conversation: Literal["auto", "none"] | None = None
    input: list[Any] | None = None
    instructions: str | None = None
    metadata: dict[str, str] | None = Field(None, max_length=16)

    @field_validator("metadata")
    @classmethod
    def _short(cls, metadata: dict[str, str] | None) -> dict[str, str] | None:
        if any(len(key) > 64 or len(value) > 512 for key, value in (metadata or {}).items()):
            raise ValueError("keys have at most 64 characters, values 512")
        return metadata


class ResponseCreate(_ClientEvent):
    """Have the bot answer."""

    type: Literal["response.create"]
    response: ResponseFields | None = None


class ResponseCancel(_ClientEvent):
    """Stop the bot's answer."""

    type: Literal["response.cancel"]
    response_id: str | None = None


class Playing(_ClientEvent):
    """Say what is being played, a few times a second (an extension)."""

    type: Literal["voicebot.playing"]
    item_id: str
    audio_ms: int = Field(ge=0)


ClientEvent: TypeAlias = (
    SessionUpdate
    | InputAudioAppend
    | InputAudioCommit
    | InputAudioClear
    | OutputAudioClear
    | ItemCreate
    | ItemRetrieve
    | ItemTruncate
    | ItemDelete
    | ResponseCreate
    | ResponseCancel
    | Playing
)
KINDS: dict[str, type[ClientEvent]] = {
    get_args(kind.model_fields["type"].annotation)[0]: kind for kind in get_args(ClientEvent)
}


def read(text: str | bytes) -> ClientEvent:
    """Read one message of a client.

    Raises:
        InvalidEvent: it is not an event, or not a valid one.
    """
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise InvalidEvent("invalid_json", "The message is not a JSON object.", is_junk=True)
    kind = KINDS.get(fields["type"]) if isinstance(fields.get("type"), str) else None
    event_id = fields.get("event_id")
    try:
        if kind is None:
            shown = str(fields.get("type"))[:_SHOWN]
            raise InvalidEvent("invalid_value", f"Invalid value: '{shown}'.", "type", is_junk=True)
        if kind is not InputAudioAppend and _is_deeper(fields, _DEEPEST):
            raise InvalidEvent("invalid_value", f"More than {_DEEPEST} objects are within each other.")
        return kind.model_validate(fields)
    except ValidationError as error:
        refusal = _refusal(error)
    except InvalidEvent as error:
        refusal = error
    refusal.event_id = event_id[:512] if isinstance(event_id, str) else None
    raise refusal


def _is_deeper(value: object, most: int) -> bool:
    """Return whether more objects and lists are within each other than `most`."""
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return most == 0 or any(_is_deeper(each, most - 1) for each in inner)


def _refusal(error: ValidationError) -> InvalidEvent:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    known = {"message", "function_call", "function_call_output", "input_text", "output_text", "input_audio"}
    steps = [step for step in first["loc"] if step not in known or step == first["loc"][-1]]
    param = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")
    code, message = _CODES.get(first["type"], ("", ""))
    if code:
        return InvalidEvent(code, message.format(param=param), param)
    code = "invalid_type" if first["type"].endswith("_type") else "invalid_value"
    return InvalidEvent(code, f"Invalid value for '{param}': {first['msg'].lower()}.", param)
