"""Listening to a chat model: its events checked one by one, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass, field

from voicebot.messages import ChatEvent, Notice, ReplyEnded, TextDelta
from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.measurements.progress import record_progress

_BRIEF = 0.5
"""How much shorter a reply may be than another to the same question, where no two are alike."""


@dataclass
class Reply:
    """What a model answered: its pieces, and how it ended."""

    deltas: list[str] = field(default_factory=list)
    ended: ReplyEnded | None = None
    late: list[ChatEvent] = field(default_factory=list)
    """What came after its end, notices aside."""

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.deltas)

    def add(self, event: ChatEvent) -> None:
        """Take note of an event that is as it should be."""
        record_progress()
        if self.ended is not None and not isinstance(event, Notice):
            self.late.append(event)
            return
        match event:
            case TextDelta(text=str(text)):
                self.deltas.append(text)
            case ReplyEnded():
                self.ended = event
            case Notice(message=str()):
                pass
            case _:
                raise Unmet("events of TextDelta (with a str), ReplyEnded and Notice", repr(event)[:200])

    def whole(self) -> Reply:
        """Insist that it ended as a reply does."""
        expect(self.ended is not None, "one ReplyEnded as the last event", f"none after {self.text[-80:]!r}")
        return self

    def ends_last(self) -> Reply:
        """Insist that nothing but notices came after its end."""
        expect(not self.late, "nothing but notices after ReplyEnded", repr(self.late[:1])[1:-1][:200])
        return self

    def is_as_whole_as(self, *others: Reply) -> None:
        """Insist that a reply which is told as complete is no shorter than others to the same question."""
        assert self.ended is not None
        if self.ended.reason != "stop":
            return
        alike = len({other.text for other in others}) == 1
        least = min(len(other.text) for other in others)
        expect(
            self.text == others[0].text if alike else len(self.text) >= _BRIEF * least,
            "an error, or the whole reply, where it was broken off",
            f"ReplyEnded(reason='stop') after {len(self.text)} characters, where others have {least}",
        )
