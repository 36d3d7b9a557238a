"""What a client may say of an item that it creates."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

_ID = r"^[A-Za-z0-9_-]{1,64}$"
ItemId: TypeAlias = Annotated[str, Field(pattern=_ID)]
Text: TypeAlias = Annotated[str, Field(max_length=100_000)]
"""Text of an item, in characters."""


class Strict(BaseModel):
    """An object of a client in which nothing unknown may be."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class TextPart(Strict):
    """Text in a message."""

    type: Literal["input_text", "output_text", "text"]
    text: Text


class AudioPart(Strict):
    """Sound in a message, of which only the transcript is used."""

    type: Literal["input_audio", "output_audio", "audio"]
    audio: str | None = None
    transcript: Text | None = None


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
    output: Text


Item: TypeAlias = Annotated[MessageItem | FunctionCallItem | FunctionOutputItem, Field(discriminator="type")]
