"""What all replies of a conversation are made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot.config.schema import Settings
from voicebot.dataclass import dataclass
from voicebot.engine.filters import NamedFilter, ReplyFilter
from voicebot.engine.speaking.playback.speaker import Speaker
from voicebot.engine.speaking.prepared_line import PreparedLine, WaitLines
from voicebot.engine.speaking.reply_events import ReplyEvents
from voicebot.engine.speaking.synthesis.session import SynthesizerSession
from voicebot.interfaces import ChatModel
from voicebot.options import Options

if TYPE_CHECKING:
    from voicebot.engine.tools.tool_use import ToolUse


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """A reply's way through the providers: chat model, filters, synthesizer, speaker.

    Args:
        conversation: opaque id, for the chat model.
        safe_line: what to say when a provider fails.
        tools: what the chat model can have done; None without toolsets.
        wait_lines: what to say meanwhile.
    """

    conversation: str
    settings: Settings
    chat: ChatModel[Options]
    filters: tuple[NamedFilter[ReplyFilter], ...]
    synthesizer: SynthesizerSession
    safe_line: PreparedLine
    speaker: Speaker
    events: ReplyEvents
    tools: ToolUse | None = None
    wait_lines: WaitLines | None = None
