"""The settings of a session: what a client may change, and how they are described to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from voicebot import Tool, TurnTakingChanged
from voicebot_serve.realtime.client.session_update import (
    AudioFields,
    FormatFields,
    FunctionTool,
    SessionUpdateFields,
    ToolFields,
)
from voicebot_serve.realtime.event import Event
from voicebot_serve.realtime.sound_formats import FORMATS, PCM, SoundFormat

_KEPT = ("instructions", "detects_turns", "creates_response", "interrupts", "offers_tools")


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What is in effect.

    Args:
        instructions: those of the client; None for the bot's own, which stay hidden from it.
        detects_turns: whether the end of the user's speech is detected.
        creates_response: whether the bot answers then by itself.
        interrupts: whether the user's speech interrupts the bot.
        tools: the client's own.
        offers_tools: whether the chat model may call them.
        extension: whether the client wants events beyond the protocol.
        greets: whether the bot greets when the conversation begins.
    """

    input: SoundFormat = PCM
    output: SoundFormat = PCM
    instructions: str | None = None
    detects_turns: bool = True
    creates_response: bool = True
    interrupts: bool = True
    tools: tuple[FunctionTool, ...] = ()
    offers_tools: bool = True
    extension: bool = False
    greets: bool = True

    def updated(
        self, fields: SessionUpdateFields, allowed: Collection[str], *, has_begun: bool
    ) -> SessionSettings:
        """Return the settings after an update; what may not be changed stays as it is.

        Args:
            allowed: `serve.allow` of the config.
            has_begun: whether the conversation has begun, so that formats are settled.
        """
        new = self
        if fields.audio is not None:
            new = new._with_sound(fields.audio, allowed, has_begun=has_begun)
        if "instructions" in fields.model_fields_set and "instructions" in allowed:
            new = replace(new, instructions=fields.instructions or "")
        if "tools" in allowed:
            if fields.tools is not None:
                new = replace(new, tools=_functions(fields.tools))
            if fields.tool_choice is not None:
                new = replace(new, offers_tools=fields.tool_choice != "none")
        if fields.voicebot is not None:
            wanted = fields.voicebot
            new = replace(
                new,
                extension=new.extension if wanted.events is None else wanted.events,
                greets=new.greets if wanted.greets is None else wanted.greets,
            )
        return new

    def _with_sound(
        self, audio: AudioFields, allowed: Collection[str], *, has_begun: bool
    ) -> SessionSettings:
        new = self
        if not has_begun:
            new = replace(
                new,
                input=_format(audio.input.format, new.input) if audio.input else new.input,
                output=_format(audio.output.format, new.output) if audio.output else new.output,
            )
        if (
            audio.input is None
            or "turn_detection" not in audio.input.model_fields_set
            or "turns" not in allowed
        ):
            return new
        detection = audio.input.turn_detection
        if detection is None:
            return replace(new, detects_turns=False)
        return replace(
            new,
            detects_turns=True,
            creates_response=detection.create_response is not False,
            interrupts=detection.interrupt_response is not False,
        )

    def to_keep(self) -> dict[str, Any]:
        """Return what the client has changed, as it can be kept; formats it has to choose again."""
        kept = {name: getattr(self, name) for name in _KEPT}
        return kept | {"tools": [tool.model_dump() for tool in self.tools]}

    def with_kept(self, kept: Mapping[str, Any]) -> SessionSettings:
        """Return the settings with what `to_keep` returned before."""
        tools = tuple(FunctionTool.model_validate(tool) for tool in kept["tools"])
        return replace(self, **{name: kept[name] for name in _KEPT}, tools=tools)

    @property
    def turn_taking(self) -> TurnTakingChanged:
        """How turns are taken, for the engine."""
        return TurnTakingChanged(
            detects_speech=self.detects_turns,
            answers=self.detects_turns and self.creates_response,
            interruptible=None if self.interrupts else False,
        )

    def engine_tools(self) -> list[Tool]:
        """Return the client's functions, for the engine; a call of one may change something."""
        nothing = {"type": "object", "properties": {}}
        return [
            Tool(tool.name, tool.description or "", tool.parameters or nothing)
            for tool in (self.tools if self.offers_tools else ())
        ]

    def as_object(self, session_id: str, model: str) -> Event:
        """Return the session as the client sees it."""
        detection = {
            "type": "semantic_vad",
            "eagerness": "auto",
            "create_response": self.creates_response,
            "interrupt_response": self.interrupts,
        }
        return {
            "type": "realtime",
            "object": "realtime.session",
            "id": session_id,
            "model": model,
            "output_modalities": ["audio"],
            "instructions": self.instructions or "",
            "tools": [tool.model_dump(exclude_none=True) for tool in self.tools],
            "tool_choice": "auto" if self.offers_tools else "none",
            "max_output_tokens": "inf",
            "tracing": None,
            "truncation": "auto",
            "prompt": None,
            "include": None,
            "audio": {
                "input": {
                    "format": self.input.as_object(),
                    "transcription": None,
                    "noise_reduction": None,
                    "turn_detection": detection if self.detects_turns else None,
                },
                "output": {"format": self.output.as_object(), "voice": model, "speed": 1.0},
            },
            "voicebot": {"events": self.extension},
        }


def _format(fields: FormatFields | None, now: SoundFormat) -> SoundFormat:
    return now if fields is None else FORMATS[fields.type]


def _functions(tools: list[ToolFields]) -> tuple[FunctionTool, ...]:
    """Return the functions, one of each name."""
    return tuple({tool.name: tool for tool in tools if isinstance(tool, FunctionTool)}.values())
