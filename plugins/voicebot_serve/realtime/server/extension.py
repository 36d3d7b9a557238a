"""Events beyond OpenAI's protocol, for clients that ask for them: their names begin with `voicebot.`."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from voicebot import (
    BotCorrected,
    BotDucked,
    BotResumed,
    ConversationEnded,
    ConversationEvent,
    ListeningStarted,
    ProviderFailed,
    ProviderNoticed,
    ReplyPrepared,
    ReplyWithdrawn,
    ToolEnded,
    ToolStarted,
    TurnTimed,
    UnitSpoken,
    UserCorrected,
    UserFinal,
    UserPartial,
)
from voicebot_serve.realtime.event import Event
from voicebot_serve.realtime.state import SessionState

EXTENSIONS: Final = {
    "voicebot.listening": "the bot listens",
    "voicebot.user.partial": "the words of the user's turn so far, in `text`; they may change",
    "voicebot.user.final": "the final words of the user's turn so far, in `text`",
    "voicebot.user.corrected": "the words of a turn that was answered were `text`; `item_id` is its item",
    "voicebot.answering": "the sound that follows answers the user's turn of that number; `at` is left out",
    "voicebot.reply.prepared": "a reply is made in silence, as the user's turn may be over",
    "voicebot.reply.withdrawn": "it was discarded; it had cost `wasted_tokens`",
    "voicebot.reply.words": "`text` is heard from `audio_start_ms` of the item `item_id` on",
    "voicebot.reply.ducked": "the user makes a sound: the bot lowers its voice, or pauses if `held`",
    "voicebot.reply.resumed": "that was no interruption",
    "voicebot.reply.corrected": "of the item `item_id`, the user has `heard` this, as the client has said",
    "voicebot.tool.started": "the tool `name` runs; `ahead` of the end of the user's turn, perhaps",
    "voicebot.tool.ended": "the call `call_id` is over, with its `outcome`, after `seconds`",
    "voicebot.turn.timed": "where the time of a turn went, in seconds on the clock of `at`",
    "voicebot.notice": "the `provider` of that kind has `failed`, or had something to say",
    "voicebot.ended": "the conversation is over, through what `by` says",
}
"""The events of the extension, and what they tell. `at` is in seconds since the conversation began."""


_FIELDS: Final[dict[type, tuple[str, tuple[str, ...]]]] = {
    ListeningStarted: ("listening", ()),
    UserPartial: ("user.partial", ("text",)),
    UserFinal: ("user.final", ("text",)),
    UserCorrected: ("user.corrected", ("text",)),
    ReplyPrepared: ("reply.prepared", ()),
    ReplyWithdrawn: ("reply.withdrawn", ("wasted_tokens",)),
    UnitSpoken: ("reply.words", ("text",)),
    BotDucked: ("reply.ducked", ("held",)),
    BotCorrected: ("reply.corrected", ("heard",)),
    BotResumed: ("reply.resumed", ()),
    TurnTimed: ("turn.timed", tuple(each.name for each in fields(TurnTimed) if each.name != "at")),
    ConversationEnded: ("ended", ("by",)),
}
"""Events that are told with some of their fields."""


def extension_event(event: ConversationEvent, state: SessionState) -> Event | None:
    """Return what the client is told beyond the protocol; no text of a provider, and no result of a tool."""
    message = state.response.message if state.response is not None else None
    told = _told(event)
    if told is None:
        return None
    kind, details = told
    if isinstance(event, UnitSpoken) and message is not None:
        details |= {"item_id": message.id, "audio_start_ms": round(message.seconds * 1000)}
    if isinstance(event, BotCorrected):
        details |= {"item_id": state.stopped.id if state.stopped is not None else None}
    if isinstance(event, UserCorrected):
        item = state.items.of_turn(event.turn)
        details |= {"item_id": item.id if item is not None else None}
    return {"kind": f"voicebot.{kind}", "at": round(event.at, 3), **details}


def _told(event: ConversationEvent) -> tuple[str, dict[str, Any]] | None:
    match event:
        case ToolStarted(id=call_id, name=name, ahead=ahead):
            return "tool.started", {"call_id": call_id, "name": name, "ahead": ahead}
        case ToolEnded(id=call_id, name=name, outcome=outcome, seconds=seconds):
            told = {"call_id": call_id, "name": name, "outcome": outcome, "seconds": round(seconds, 3)}
            return "tool.ended", told
        case ProviderFailed(kind=kind) | ProviderNoticed(kind=kind):
            return "notice", {"provider": kind, "failed": isinstance(event, ProviderFailed)}
    for kind_of_event, (name, fields_told) in _FIELDS.items():
        if isinstance(event, kind_of_event):
            return name, {field: getattr(event, field) for field in fields_told}
    return None
