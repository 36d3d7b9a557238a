"""What a client may say in `session.update`; what is not listed here is ignored, and answered unchanged."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field


class _Lenient(BaseModel):
    """An object in which newer clients may send more; what is known must be right."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class FormatFields(_Lenient):
    """A format of sound."""

    type: Literal["audio/pcm", "audio/pcmu", "audio/pcma"]
    rate: Literal[24000] | None = None


class TurnDetectionFields(_Lenient):
    """How the end of a turn is found; how patiently is up to the bot."""

    type: Literal["server_vad", "semantic_vad"]
    create_response: bool | None = None
    interrupt_response: bool | None = None


class InputFields(_Lenient):
    """The user's sound."""

    format: FormatFields | None = None
    turn_detection: TurnDetectionFields | None = None


class OutputFields(_Lenient):
    """The bot's sound."""

    format: FormatFields | None = None


class AudioFields(_Lenient):
    """Sound in both directions."""

    input: InputFields | None = None
    output: OutputFields | None = None


class FunctionTool(_Lenient):
    """A function that the client runs."""

    type: Literal["function"]
    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    description: str | None = None
    parameters: dict[str, Any] | None = None


class McpTool(_Lenient):
    """A server of tools, which is ignored."""

    type: Literal["mcp"]


ToolFields: TypeAlias = Annotated[FunctionTool | McpTool, Field(discriminator="type")]


class ExtensionFields(_Lenient):
    """What this server adds to the protocol."""

    events: bool | None = None
    """Whether the client wants the events whose names begin with `voicebot.`."""
    greets: bool | None = None
    """Whether the bot greets; not if the client goes on with a conversation, or begins with a line."""


class SessionUpdateFields(_Lenient):
    """The session."""

    type: Literal["realtime"]
    instructions: str | None = None
    audio: AudioFields | None = None
    tools: list[ToolFields] | None = Field(None, max_length=128)
    tool_choice: str | dict[str, Any] | None = None
    voicebot: ExtensionFields | None = None
