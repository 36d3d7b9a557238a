"""Everything that happens in a conversation, as one closed union: the events that observers receive.

`at` is in seconds since the conversation began, on the conversation's own clock.
"""

from __future__ import annotations

from typing import TypeAlias

from voicebot.events.bot import (
    BotCorrected,
    BotDucked,
    BotResumed,
    BotTurnEnded,
    ReplyPrepared,
    ReplyStarted,
    ReplyWithdrawn,
    UnitSpoken,
)
from voicebot.events.control import ConversationControl
from voicebot.events.conversation import (
    ConfigChanged,
    ConversationEnded,
    ConversationInfo,
    DeviceChanged,
    HistoryCompacted,
    ListeningStarted,
    ProviderFailed,
    ProviderNoticed,
)
from voicebot.events.details import (
    ConversationDetail,
    InputReceived,
    ProviderAnswered,
    ProviderAsked,
    ProviderClosed,
    ProviderGiven,
    SoundCleared,
    SoundCorrected,
    SoundHeard,
    SoundWritten,
)
from voicebot.events.timing import (
    TurnTimed,
)
from voicebot.events.tools import (
    ToolEnded,
    ToolStarted,
)
from voicebot.events.usage import ProviderUsed
from voicebot.events.user import (
    EchoIgnored,
    KeyPressed,
    UserCorrected,
    UserFinal,
    UserPartial,
    UserSpeechStarted,
    UserSpeechStopped,
    UserTurnEnded,
)

__all__ = [
    "BotCorrected",
    "BotDucked",
    "BotResumed",
    "BotTurnEnded",
    "ConfigChanged",
    "ConversationControl",
    "ConversationDetail",
    "ConversationEnded",
    "ConversationEvent",
    "ConversationInfo",
    "DeviceChanged",
    "EchoIgnored",
    "HistoryCompacted",
    "InputReceived",
    "KeyPressed",
    "ListeningStarted",
    "ProviderAnswered",
    "ProviderAsked",
    "ProviderClosed",
    "ProviderFailed",
    "ProviderGiven",
    "ProviderNoticed",
    "ProviderUsed",
    "ReplyPrepared",
    "ReplyStarted",
    "ReplyWithdrawn",
    "SoundCleared",
    "SoundCorrected",
    "SoundHeard",
    "SoundWritten",
    "ToolEnded",
    "ToolStarted",
    "TurnTimed",
    "UnitSpoken",
    "UserCorrected",
    "UserFinal",
    "UserPartial",
    "UserSpeechStarted",
    "UserSpeechStopped",
    "UserTurnEnded",
]

ConversationEvent: TypeAlias = (
    ListeningStarted
    | UserSpeechStarted
    | UserSpeechStopped
    | UserPartial
    | UserFinal
    | UserTurnEnded
    | UserCorrected
    | KeyPressed
    | ReplyPrepared
    | ReplyWithdrawn
    | ReplyStarted
    | UnitSpoken
    | BotDucked
    | BotResumed
    | EchoIgnored
    | BotTurnEnded
    | BotCorrected
    | ProviderFailed
    | ProviderNoticed
    | ProviderUsed
    | DeviceChanged
    | ToolStarted
    | ToolEnded
    | HistoryCompacted
    | ConfigChanged
    | TurnTimed
    | ConversationEnded
)
