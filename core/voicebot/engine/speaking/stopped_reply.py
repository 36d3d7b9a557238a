"""The reply that was stopped last: a device may learn later how much of it was heard."""

from __future__ import annotations

from voicebot.engine.history.history import History
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.running_reply import RunningReply
from voicebot.events import BotCorrected


class StoppedReply:
    """Remembers one reply, to correct what the user heard of it."""

    def __init__(self, history: History, context: ReplyContext) -> None:
        self._history = history
        self._speaker = context.speaker
        self._events = context.events
        self._reply: RunningReply | None = None
        self._clears = 0

    def remember(self, reply: RunningReply, heard: str) -> None:
        """Remember a reply for which the speaker has just been cleared, unless nothing of it was heard."""
        self._reply, self._clears = reply if heard else None, self._speaker.clears

    def correct(self, seconds: float) -> None:
        """Record that the device had played so many more seconds when it was last cleared; fewer if negative.

        That may have been to hold a reply that still runs.
        """
        self._speaker.correct(seconds)
        if self._reply is None or self._clears != self._speaker.clears:
            return
        if (heard := self._reply.correct(self._history, seconds)) is not None:
            self._events.publish(BotCorrected(self._events.now(), heard))
