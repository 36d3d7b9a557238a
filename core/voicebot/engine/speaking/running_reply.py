"""A reply and its task, with what is reported of it when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from voicebot.dataclass import dataclass
from voicebot.engine.history.history import History
from voicebot.engine.speaking.reply import Reply
from voicebot.engine.text.sentences.cutter import SentenceCutter
from voicebot.engine.timeline import UserTurnTimestamps
from voicebot.events import TurnTimed
from voicebot.messages import ChatRequest, Message

if TYPE_CHECKING:
    from voicebot.engine.tools.confirmation import OpenQuestion
    from voicebot.engine.tools.late_results import LateResult
    from voicebot.engine.tools.records import ToolStep
    from voicebot.engine.tools.rules import Stop

_CHARACTERS_PER_TOKEN = 4


@dataclass(slots=True)
class RunningReply:
    """A running reply, and the turn that it answers.

    Args:
        turn: the number of the user's turn that it answers; None for a line of the bot's own, or until it is
            released.
        user_timestamps: when the user's turn reached which stage.
        history: what had been said before a reply that is prepared.
        is_held: whether the chat model wrote none, since the user had not finished.
        question: what the user is asked in it before a call runs.
        results: those of calls that outlived an earlier reply, which this one tells.
        message: what history has of it, apart from what was said before calls.
    """

    reply: Reply
    task: asyncio.Task[None]
    turn: int | None = None
    user_timestamps: UserTurnTimestamps = field(default_factory=UserTurnTimestamps)
    history: tuple[Message, ...] = ()
    is_held: bool = False
    question: OpenQuestion | None = None
    results: list[LateResult] = field(default_factory=list)
    message: Message | None = None

    def release(self, turn: int, user_timestamps: UserTurnTimestamps) -> None:
        """Let a prepared reply be heard, as the answer to a turn that is over."""
        self.turn, self.user_timestamps = turn, user_timestamps
        if self.is_held:
            user_timestamps.wasted_tokens += self.estimated_tokens()
        self.reply.release()

    def ask_again(self) -> None:
        """Record that the chat model is asked again, since it wrote no reply when the turn was over."""
        self.user_timestamps.held += 1
        self.user_timestamps.wasted_tokens += self.estimated_tokens()

    def stop_tools(self, stop: Stop, reason: str) -> None:
        """Stop the calls that it still waits for; those that change something go on."""
        if (tools := self.reply.tools) is not None:
            steps = range(len(tools.steps), 0, -1)
            tools.stop(stop, reason, heard=next((step for step in steps if self.reply.heard(step)), 0))
            self.question = tools.question
            timestamps = self.reply.timestamps
            timestamps.tool_calls, timestamps.tool_seconds = tools.calls.count, tools.seconds

    def add_to(self, history: History, heard: str, *, goes_on: bool) -> None:
        """Add to history what the user heard of it, and between that, what tools gave.

        Args:
            heard: all that was heard.
            goes_on: whether the user had probably not finished.
        """
        for number, step in enumerate(self._steps):
            step.heard = self.reply.heard(number)
            history.add_tool_step(step)
        last = self.heard_last() if self._steps else heard
        # an answer of which a sentence was heard is one, however soon it was interrupted
        cut_off = goes_on and not _has_sentence(heard)
        self.message = history.add_bot_turn(last or self.reply.unspoken, cut_off=cut_off)

    def correct(self, history: History, seconds: float) -> str | None:
        """Correct what the user heard of it, after it was stopped.

        Args:
            seconds: for which it had been played longer than it seemed, or shorter if negative.

        Returns:
            What was heard; None if that is nothing new.
        """
        before = self.reply.heard()
        self.reply.correct(seconds)
        if not before or (heard := self.reply.heard()) == before:
            return None
        for number, step in enumerate(self._steps):
            step.heard = self.reply.heard(number)
        if self.message is not None:
            self.message = history.correct_bot_turn(self.message, self.heard_last())
        return heard

    def heard_last(self) -> str:
        """Return what the user heard of what was said after the last calls."""
        return self.reply.heard(len(self._steps))

    @property
    def _steps(self) -> list[ToolStep]:
        return self.reply.tools.steps if self.reply.tools is not None else []

    def report(self, now: float, heard: str, *, interrupted: bool) -> TurnTimed:
        """Return the event that reports where the time of the turn went, and its tokens."""
        written = self.reply.written
        share = min(1.0, len(heard) / len(written)) if written else 0.0
        user, timestamps = self.user_timestamps, self.reply.timestamps
        if self.turn is None:  # nobody has asked, so nobody has waited
            began = timestamps.began
            user = replace(user, speech_stopped=None, last_partial=None, final=None, decided=began)
        return timestamps.report(now, self.turn or 0, user, interrupted=interrupted, heard_share=share)

    def estimated_tokens(self) -> int:
        """Return about how many tokens the reply has cost, even if its model has not reported that yet."""
        reply = self.reply
        if (usage := reply.timestamps.usage) is not None:
            return usage.input_tokens + usage.output_tokens
        messages = reply.source.messages if isinstance(reply.source, ChatRequest) else ()
        asked = sum(len(message.content) for message in messages)
        return (asked + len(reply.written)) // _CHARACTERS_PER_TOKEN


class ReplyTasks:
    """Runs replies, and knows which have not ended, even if they were stopped.

    Args:
        tasks: the conversation's.
    """

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self.unfinished: set[asyncio.Task[None]] = set()
        self._tasks = tasks

    def start(self, reply: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a reply."""
        task = self._tasks.create_task(reply, name="reply")
        self.unfinished.add(task)
        task.add_done_callback(self.unfinished.discard)
        return task


def _has_sentence(text: str) -> bool:
    """Return whether a text contains a whole sentence."""
    cutter = SentenceCutter(short_first=False)
    return bool(cutter.push(text) or cutter.take_finished())
