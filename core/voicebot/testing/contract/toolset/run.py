"""One call of a tool: its events, each checked, and the conversation that it seems to come from."""

from __future__ import annotations

from dataclasses import dataclass, field

from voicebot.errors import ProviderError
from voicebot.interfaces import ToolCaller
from voicebot.messages import Notice, ToolEvent, ToolProgress, ToolResult
from voicebot.plain_text import printable
from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.measurements.progress import record_progress

_LONGEST_LINE = 100
"""Characters of a line of progress: about six seconds of speech."""
_MARKUP = "<>{}[]*_`|"


class FailedCall(ProviderError):
    """The result of a call is that it failed; whether to try again is for the chat model to say."""


class Caller(ToolCaller):
    """Records what a tool does to the conversation."""

    def __init__(self, conversation: str = "contract-1") -> None:
        self.conversation = conversation
        self.language = "en-US"
        self.uses: list[str] = []

    def end_conversation(self) -> None:
        """Record it."""
        self.uses.append("end_conversation")

    def stay_silent(self) -> None:
        """Record it."""
        self.uses.append("stay_silent")

    def set_patience(self, earliest: float, latest: float) -> None:
        """Record it."""
        self.uses.append("set_patience")

    def remember(self, fact: str) -> None:
        """Record it."""
        self.uses.append("remember")


@dataclass
class Run:
    """What a call yielded; `late` came after its result. `hint` is why it may have failed, or empty."""

    hint: str = ""
    progress: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    result: ToolResult | None = None
    late: list[ToolEvent] = field(default_factory=list)

    def add(self, event: ToolEvent) -> None:
        """Check an event, and add it."""
        record_progress()
        if self.result is not None:
            self.late.append(event)
            return
        match event:
            case ToolProgress(message=str(message)):
                self.progress.append(message)
            case Notice(message=str(message)):
                self.notices.append(message)
            case ToolResult(text=str(), failed=bool(), say=str() | None):
                self.result = event
            case _:
                raise Unmet("events of ToolProgress, Notice and ToolResult, with texts", repr(event)[:200])

    @property
    def texts(self) -> list[str]:
        """Everything that it says."""
        result = (
            [self.result.text, self.result.say or "", self.result.detail] if self.result is not None else []
        )
        return [*self.progress, *self.notices, *result]

    def complete(self) -> ToolResult:
        """Return its result, which it must have."""
        if self.result is None:
            raise Unmet(
                "one ToolResult as the last event", f"none after {len(self.progress)} lines of progress"
            )
        return self.result

    def succeeded(self) -> ToolResult:
        """Return its result; raise `FailedCall` if it failed."""
        result = self.complete()
        if result.failed:
            raise FailedCall(f"{result.text}{self.hint}")
        return result

    def can_be_spoken(self) -> None:
        """Require that what is said while the tool runs, and instead of an answer, is fit to be said."""
        say = self.result.say if self.result is not None else None
        for line in self.progress:
            expect(len(line) <= _LONGEST_LINE, f"lines of at most {_LONGEST_LINE} characters", repr(line))
        for line in [*self.progress, *([say] if say is not None else [])]:
            plain = line.strip() and printable(line) == line and not any(sign in _MARKUP for sign in line)
            expect(plain, "plain text on one line, without markup", repr(line)[:200])
