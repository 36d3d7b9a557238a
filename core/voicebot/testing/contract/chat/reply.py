"""A chat model's reply: its events, each checked."""

from __future__ import annotations

from dataclasses import dataclass, field

from voicebot.messages import ChatEvent, Notice, ReplyEnded, TextDelta, Tool, ToolCall
from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.measurements.progress import record_progress

_BRIEF = 0.5
"""How much shorter a reply may be than another to the same question, if no two are alike."""


@dataclass
class Reply:
    """What a model answered: its pieces of text, its calls of the `tools` offered to it, and how it ended."""

    tools: tuple[Tool, ...] = ()
    deltas: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    ended: ReplyEnded | None = None
    late: list[ChatEvent] = field(default_factory=list)
    """What came after its end, except notices."""

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.deltas)

    def add(self, event: ChatEvent) -> None:
        """Check an event, and add it."""
        record_progress()
        if self.ended is not None and not isinstance(event, Notice):
            self.late.append(event)
            return
        match event:
            case TextDelta(text=str(text)):
                self.deltas.append(text)
            case ReplyEnded():
                self.ended = event
            case ToolCall(id=str(), name=str(), arguments=str()) if self.tools:
                self.calls.append(event)
            case Notice(message=str()):
                pass
            case _:
                allowed = "TextDelta (with a str), ReplyEnded, Notice and, if tools are offered, ToolCall"
                raise Unmet(f"events of {allowed}", repr(event)[:200])

    def complete(self) -> Reply:
        """Require that it ended with `ReplyEnded`."""
        expect(self.ended is not None, "one ReplyEnded as the last event", f"none after {self.text[-80:]!r}")
        return self

    def ends_last(self) -> Reply:
        """Require that only notices came after its end."""
        expect(not self.late, "only notices after ReplyEnded", repr(self.late[:1])[1:-1][:200])
        return self

    def is_as_complete_as(self, *others: Reply) -> None:
        """Require that a reply reported as complete is no shorter than others to the same question."""
        assert self.ended is not None
        if self.ended.reason != "stop":
            return
        alike = len({other.text for other in others}) == 1
        least = min(len(other.text) for other in others)
        expect(
            self.text == others[0].text if alike else len(self.text) >= _BRIEF * least,
            "an error or the whole reply, where it was cut off",
            f"ReplyEnded(reason='stop') after {len(self.text)} characters, where others have {least}",
        )
