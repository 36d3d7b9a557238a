"""voicebot: a pluggable provider framework for conversations by voice.

This is the whole public API for plugin authors and for programs that embed a bot; every other name may
change. Names are imported on first use, so that the command line starts quickly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voicebot.lazy_names import LazyNames

if TYPE_CHECKING:
    from voicebot.audio import AudioFormat, Resampler
    from voicebot.cli.conversation.view.terminal_view import TerminalView
    from voicebot.cli.output.printing import echo, report_columns, styled
    from voicebot.cli.process.whole_files import write_whole
    from voicebot.config.edits import config_edits
    from voicebot.config.environment.variables import read_dot_env
    from voicebot.config.load import BotConfig, load_config
    from voicebot.config.load_options import load_options
    from voicebot.config.prices import load_prices
    from voicebot.config.resolved import resolved_config, secrets_in
    from voicebot.config.schema import Settings
    from voicebot.config.shipped import config_named, shipped_configs
    from voicebot.cost.amounts import Amounts, TurnUse, amounts_of, use_by_turn
    from voicebot.cost.currencies import money_text
    from voicebot.cost.lines import cost_line, use_line
    from voicebot.cost.prices import Cost, Price, Prices
    from voicebot.diagnosis import Finding, ServerAddress
    from voicebot.engine.bot import Bot
    from voicebot.engine.conversation import Conversation
    from voicebot.engine.counting.wrapping import counted
    from voicebot.engine.live.live_bot import LiveBot
    from voicebot.errors import (
        ConfigError,
        DeviceError,
        PluginError,
        Problem,
        ProviderError,
        VoicebotError,
    )
    from voicebot.events import (
        BotCorrected,
        BotDucked,
        BotResumed,
        BotTurnEnded,
        ConfigChanged,
        ConversationControl,
        ConversationDetail,
        ConversationEnded,
        ConversationEvent,
        ConversationInfo,
        DeviceChanged,
        EchoIgnored,
        HistoryCompacted,
        InputReceived,
        KeyPressed,
        ListeningStarted,
        ProviderAnswered,
        ProviderAsked,
        ProviderClosed,
        ProviderFailed,
        ProviderGiven,
        ProviderNoticed,
        ProviderUsed,
        ReplyPrepared,
        ReplyStarted,
        ReplyWithdrawn,
        SoundCleared,
        SoundCorrected,
        SoundHeard,
        SoundWritten,
        ToolEnded,
        ToolStarted,
        TurnTimed,
        UnitSpoken,
        UserCorrected,
        UserFinal,
        UserPartial,
        UserSpeechStarted,
        UserSpeechStopped,
        UserTurnEnded,
    )
    from voicebot.events.contents import map_contents
    from voicebot.events.timing import answered_after, turn_parts
    from voicebot.http_options import check_headers, is_this_machine
    from voicebot.interfaces import (
        AudioDevice,
        AudioStream,
        ChatModel,
        ModelStore,
        Observer,
        Provider,
        Recognition,
        Recognizer,
        SpeechStream,
        StoredModel,
        Synthesizer,
        ToolCaller,
        Toolset,
        TurnDetector,
        VoiceActivity,
        VoiceActivityDetector,
    )
    from voicebot.languages.known import language_for
    from voicebot.languages.language import Language
    from voicebot.languages.tags import language_tag
    from voicebot.messages import (
        AddedMessage,
        AnswerNow,
        AudioChunk,
        ChatEvent,
        ChatRequest,
        DeviceEvent,
        DeviceLost,
        DeviceReopened,
        Endpoint,
        FinalTranscript,
        Hints,
        ManualSpeechStarted,
        ManualSpeechStopped,
        Message,
        Notice,
        PartialTranscript,
        PlaybackCorrected,
        RecognitionEvent,
        ReplyEnded,
        SpeechStarted,
        SpeechStopped,
        StopReply,
        StreamedUtterance,
        SynthesisEvent,
        TextDelta,
        Tool,
        ToolCall,
        ToolEvent,
        ToolProgress,
        ToolResult,
        TurnControl,
        TurnSoFar,
        TurnTakingChanged,
        TypedLine,
        Usage,
        Utterance,
        VoiceDescription,
        WordTiming,
    )
    from voicebot.options import (
        Advice,
        Field,
        Options,
        SecretStr,
        ToolOverride,
        ToolsetOptions,
        VoiceActivityOptions,
    )
    from voicebot.plain_text import printable, printable_words
    from voicebot.plugin.api_version import API_VERSION
    from voicebot.plugin.choice import Choice
    from voicebot.plugin.commands import Commands
    from voicebot.plugin.hookspecs import hookimpl
    from voicebot.plugin.languages import Languages
    from voicebot.plugin.packages import install_hint
    from voicebot.plugin.registry import Registry
    from voicebot.redaction import PrivateText, hide_secrets
    from voicebot.text_normalization.normalize import normalize_text
    from voicebot.text_normalization.normalized_text import NormalizedText
    from voicebot.tool_functions import ToolMark, tool
    from voicebot.waterfall import TurnBar, turn_bars

__version__ = "0.1.0"
__all__ = [
    "API_VERSION",
    "AddedMessage",
    "Advice",
    "Amounts",
    "AnswerNow",
    "AudioChunk",
    "AudioDevice",
    "AudioFormat",
    "AudioStream",
    "Bot",
    "BotConfig",
    "BotCorrected",
    "BotDucked",
    "BotResumed",
    "BotTurnEnded",
    "ChatEvent",
    "ChatModel",
    "ChatRequest",
    "Choice",
    "Commands",
    "ConfigChanged",
    "ConfigError",
    "Conversation",
    "ConversationControl",
    "ConversationDetail",
    "ConversationEnded",
    "ConversationEvent",
    "ConversationInfo",
    "Cost",
    "DeviceChanged",
    "DeviceError",
    "DeviceEvent",
    "DeviceLost",
    "DeviceReopened",
    "EchoIgnored",
    "Endpoint",
    "Field",
    "FinalTranscript",
    "Finding",
    "Hints",
    "HistoryCompacted",
    "InputReceived",
    "KeyPressed",
    "Language",
    "Languages",
    "ListeningStarted",
    "LiveBot",
    "ManualSpeechStarted",
    "ManualSpeechStopped",
    "Message",
    "ModelStore",
    "NormalizedText",
    "Notice",
    "Observer",
    "Options",
    "PartialTranscript",
    "PlaybackCorrected",
    "PluginError",
    "Price",
    "Prices",
    "PrivateText",
    "Problem",
    "Provider",
    "ProviderAnswered",
    "ProviderAsked",
    "ProviderClosed",
    "ProviderError",
    "ProviderFailed",
    "ProviderGiven",
    "ProviderNoticed",
    "ProviderUsed",
    "Recognition",
    "RecognitionEvent",
    "Recognizer",
    "Registry",
    "ReplyEnded",
    "ReplyPrepared",
    "ReplyStarted",
    "ReplyWithdrawn",
    "Resampler",
    "SecretStr",
    "ServerAddress",
    "Settings",
    "SoundCleared",
    "SoundCorrected",
    "SoundHeard",
    "SoundWritten",
    "SpeechStarted",
    "SpeechStopped",
    "SpeechStream",
    "StopReply",
    "StoredModel",
    "StreamedUtterance",
    "SynthesisEvent",
    "Synthesizer",
    "TerminalView",
    "TextDelta",
    "Tool",
    "ToolCall",
    "ToolCaller",
    "ToolEnded",
    "ToolEvent",
    "ToolMark",
    "ToolOverride",
    "ToolProgress",
    "ToolResult",
    "ToolStarted",
    "Toolset",
    "ToolsetOptions",
    "TurnBar",
    "TurnControl",
    "TurnDetector",
    "TurnSoFar",
    "TurnTakingChanged",
    "TurnTimed",
    "TurnUse",
    "TypedLine",
    "UnitSpoken",
    "Usage",
    "UserCorrected",
    "UserFinal",
    "UserPartial",
    "UserSpeechStarted",
    "UserSpeechStopped",
    "UserTurnEnded",
    "Utterance",
    "VoiceActivity",
    "VoiceActivityDetector",
    "VoiceActivityOptions",
    "VoiceDescription",
    "VoicebotError",
    "WordTiming",
    "amounts_of",
    "answered_after",
    "check_headers",
    "config_edits",
    "config_named",
    "cost_line",
    "counted",
    "echo",
    "hide_secrets",
    "hookimpl",
    "install_hint",
    "is_this_machine",
    "language_for",
    "language_tag",
    "load_config",
    "load_options",
    "load_prices",
    "map_contents",
    "money_text",
    "normalize_text",
    "printable",
    "printable_words",
    "read_dot_env",
    "report_columns",
    "resolved_config",
    "secrets_in",
    "shipped_configs",
    "styled",
    "tool",
    "turn_bars",
    "turn_parts",
    "use_by_turn",
    "use_line",
    "write_whole",
]
_HOMES = (  # quickest to import first
    "plugin.hookspecs",
    "errors",
    "plugin.api_version",
    "plugin.packages",
    "audio",
    "messages",
    "events",
    "events.contents",
    "events.timing",
    "waterfall",
    "plugin.commands",
    "options",
    "diagnosis",
    "http_options",
    "redaction",
    "cost.amounts",
    "cost.currencies",
    "cost.prices",
    "cost.lines",
    "interfaces",
    "plugin.registry",
    "plugin.choice",
    "tool_functions",
    "languages.language",
    "languages.known",
    "languages.tags",
    "plain_text",
    "text_normalization.normalized_text",
    "text_normalization.normalize",
    "config.shipped",
    "config.environment.variables",
    "config.schema",
    "plugin.languages",
    "config.prices",
    "config.load",
    "config.load_options",
    "config.resolved",
    "config.edits",
    "engine.counting.wrapping",
    "engine.bot",
    "engine.conversation",
    "engine.live.live_bot",
    "cli.conversation.view.terminal_view",
    "cli.output.printing",
    "cli.process.whole_files",
)
_DEPRECATED: dict[str, str] = {}  # name -> what to do instead, such as "use `Bot`"
_NAMES = LazyNames(__name__, _HOMES, __all__, _DEPRECATED)


def __getattr__(name: str) -> Any:
    globals()[name] = value = _NAMES.find(name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
