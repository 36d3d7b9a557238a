"""The record of a timeline: what happened, and the result."""

from __future__ import annotations

from dataclasses import dataclass, field

from voicebot import ConversationEvent, Message

from .timeline import Timeline
from .world.chat_model import Written
from .world.coded_sound import Piece
from .world.session import Recognized
from .world.synthesizer import Spoken


@dataclass(frozen=True, slots=True)
class Said:
    """A word that the user said or typed: from when until when, and how."""

    word: str
    began: float
    ended: float
    typed: bool = False


@dataclass(slots=True)
class Record:
    """What happened; times are seconds since the conversation began."""

    timeline: Timeline
    said: list[Said] = field(default_factory=list)
    sounds: list[tuple[float, float]] = field(default_factory=list)
    """When the user made a sound, with or without words."""
    given: dict[str, float] = field(default_factory=dict)
    """When the engine was given each word that was said or typed."""
    recognized: list[Recognized] = field(default_factory=list)
    """The events of the recogniser."""
    absences: list[tuple[float, float]] = field(default_factory=list)
    """When the device was lost."""
    written: list[Written] = field(default_factory=list)
    """What the chat model wrote."""
    spoken: list[Spoken] = field(default_factory=list)
    """What the synthesizer spoke."""
    heard: list[Piece] = field(default_factory=list)
    """What was heard of it."""
    events: list[ConversationEvent] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    """When each event was published; the time of a recording is different."""
    messages: tuple[Message, ...] = ()
    """The history in the end."""
    ended_by_user: float = float("inf")
    """When the user hung up, or the conversation was cancelled or broken."""
    over: float = float("inf")
    outcome: str = "ended"
    left: list[str] = field(default_factory=list)
    """What was still running at the end."""
