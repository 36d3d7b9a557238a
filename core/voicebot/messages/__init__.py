"""What the engine and its providers exchange: one request per call, closed unions of events in return."""

from __future__ import annotations

from voicebot.messages.chat import ChatEvent, ChatRequest, Message, ReplyEnded, Role, TextDelta, Usage
from voicebot.messages.device import (
    DeviceEvent,
    DeviceLost,
    DeviceReopened,
    Endpoint,
    PlaybackCorrected,
    TypedLine,
)
from voicebot.messages.notice import Notice
from voicebot.messages.recognition import (
    FinalTranscript,
    Hints,
    PartialTranscript,
    RecognitionEvent,
    SpeechStarted,
    SpeechStopped,
)
from voicebot.messages.synthesis import (
    AudioChunk,
    StreamedUtterance,
    SynthesisEvent,
    Utterance,
    VoiceDescription,
    WordTiming,
)
from voicebot.messages.tools import Effect, Tool, ToolCall, ToolEvent, ToolProgress, ToolResult
from voicebot.messages.turn_control import (
    AddedMessage,
    AnswerNow,
    ManualSpeechStarted,
    ManualSpeechStopped,
    StopReply,
    TurnControl,
    TurnTakingChanged,
)
from voicebot.messages.turns import TurnSoFar

__all__ = [
    "AddedMessage",
    "AnswerNow",
    "AudioChunk",
    "ChatEvent",
    "ChatRequest",
    "DeviceEvent",
    "DeviceLost",
    "DeviceReopened",
    "Effect",
    "Endpoint",
    "FinalTranscript",
    "Hints",
    "ManualSpeechStarted",
    "ManualSpeechStopped",
    "Message",
    "Notice",
    "PartialTranscript",
    "PlaybackCorrected",
    "RecognitionEvent",
    "ReplyEnded",
    "Role",
    "SpeechStarted",
    "SpeechStopped",
    "StopReply",
    "StreamedUtterance",
    "SynthesisEvent",
    "TextDelta",
    "Tool",
    "ToolCall",
    "ToolEvent",
    "ToolProgress",
    "ToolResult",
    "TurnControl",
    "TurnSoFar",
    "TurnTakingChanged",
    "TypedLine",
    "Usage",
    "Utterance",
    "VoiceDescription",
    "WordTiming",
]
