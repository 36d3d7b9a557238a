"""Where events hold what people said and what tools were told: for whoever redacts it or leaves it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeAlias, TypeVar

from voicebot import events
from voicebot.events import details
from voicebot.messages import (
    AddedMessage,
    AnswerNow,
    FinalTranscript,
    Hints,
    Message,
    Notice,
    PartialTranscript,
    TextDelta,
    ToolCall,
    TurnSoFar,
    TypedLine,
    Utterance,
)

EventT = TypeVar("EventT")
TextChange: TypeAlias = Callable[[str], str]

_WORDS: dict[type, tuple[str, ...]] = {
    events.UserPartial: ("text",),
    events.UserFinal: ("text",),
    events.UserTurnEnded: ("text",),
    events.UserCorrected: ("text",),
    events.EchoIgnored: ("text",),
    events.KeyPressed: ("key",),
    events.ReplyPrepared: ("text",),
    events.UnitSpoken: ("text",),
    events.BotTurnEnded: ("heard",),
    events.HistoryCompacted: ("summary",),
    events.ConfigChanged: ("changes",),
    details.ProviderGiven: ("text",),
    AddedMessage: ("text",),
    AnswerNow: ("instructions",),
    FinalTranscript: ("text",),
    Hints: ("phrases",),
    PartialTranscript: ("text",),
    TextDelta: ("text",),
    TurnSoFar: ("text", "asked"),
    TypedLine: ("text",),
    Utterance: ("text",),
}
_TOOLS: dict[type, tuple[str, ...]] = {
    events.ToolStarted: ("arguments",),
    events.ToolEnded: ("text", "detail"),
    ToolCall: ("arguments",),
}
_REPORTS: dict[type, tuple[str, ...]] = {
    events.ProviderFailed: ("message",),
    events.ProviderNoticed: ("message",),
    events.DeviceChanged: ("message",),
    events.ConversationEnded: ("failure",),
    details.ProviderClosed: ("failure",),
    Notice: ("message",),
}


def map_contents(
    event: EventT,
    *,
    words: TextChange | None = None,
    tools: TextChange | None = None,
    reports: TextChange | None = None,
) -> EventT:
    """Return an event with its contents changed; everything else, such as times and names, is kept.

    Args:
        event: an event of a conversation, or what a provider was asked or answered.
        words: changes each text that was said, heard, typed or written by the chat model, keys that were
            pressed, and what was changed of the config, which may be a line to say; None to keep them.
        tools: the same for the arguments and results of tools.
        reports: the same for messages of errors and notices, which may quote the others.
    """
    return _mapped(event, words, tools, reports)  # type: ignore[no-any-return]


def _mapped(
    value: Any, words: TextChange | None, tools: TextChange | None, reports: TextChange | None
) -> Any:
    kind: type[Any] = type(value)
    if kind is tuple:
        return tuple(_mapped(item, words, tools, reports) for item in value)
    if isinstance(value, Message):
        change = tools if value.role == "tool" else words
        content = value.content if change is None else change(value.content)
        return replace(value, content=content, calls=_mapped(value.calls, words, tools, reports))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {}
    for change, table in ((words, _WORDS), (tools, _TOOLS), (reports, _REPORTS)):
        for name in table.get(kind, ()) if change is not None else ():
            changed[name] = _changed(getattr(value, name), change)
    for name in (each.name for each in fields(value)):
        inner = getattr(value, name)
        if name not in changed and (is_dataclass(inner) or type(inner) is tuple):
            changed[name] = _mapped(inner, words, tools, reports)
    return replace(value, **changed) if changed else value


def _changed(text: Any, change: TextChange | None) -> Any:
    """Change a text, or each of several; what is no text, such as a failure that is None, is kept."""
    if isinstance(text, tuple):
        return tuple(_changed(each, change) for each in text)
    return change(text) if isinstance(text, str) and change is not None else text
