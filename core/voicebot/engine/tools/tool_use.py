"""What the replies of one conversation share to use tools."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from voicebot.config.tool_use import ToolUseOptions
from voicebot.dataclass import dataclass
from voicebot.engine.text.questions import is_question
from voicebot.engine.tools.catalogue import OfferedTool, ToolCatalogue
from voicebot.engine.tools.confirmation import Answered, OpenQuestion
from voicebot.engine.tools.late_results import LateResults
from voicebot.engine.tools.runner import RunningCall, ToolRunner
from voicebot.engine.turns.actions import Answer
from voicebot.engine.turns.rules import PatienceBounds
from voicebot.messages import ToolCall, ToolResult

_ID = re.compile(r"[a-zA-Z0-9_-]{1,40}")
"""What OpenAI accepts."""
_REUSED = 5.0
"""Seconds after a reply was withdrawn in which the results of its calls that only read are used again."""


@dataclass(frozen=True, slots=True)
class ToolEffects:
    """What tools change in a conversation.

    Args:
        acted: called when a call that changes something begins.
        end: ends the conversation once the bot's turn is over.
        remember: adds a fact to all later requests.
        ended_late: called when a call has ended whose reply is over.
    """

    acted: Callable[[], None]
    end: Callable[[], None]
    remember: Callable[[str], None]
    ended_late: Callable[[], None]


class ToolUse:
    """The tools of one conversation, the calls that run, and the question that is open.

    Args:
        conversation: its opaque id.
        now: returns seconds since the conversation began.
    """

    def __init__(
        self,
        catalogue: ToolCatalogue,
        runner: ToolRunner,
        options: ToolUseOptions,
        effects: ToolEffects,
        conversation: str,
        now: Callable[[], float],
    ) -> None:
        self.catalogue = catalogue
        self.runner = runner
        self.options = options
        self.effects = effects
        self.conversation = conversation
        self.now = now
        self.question: OpenQuestion | None = None
        """What the user was asked last, until it is answered."""
        self.patience: PatienceBounds | None = None
        """How long the user may pause, if a tool has set that."""
        self.writing: dict[str, RunningCall] = {}
        """The calls that still change something, by what they do."""
        self.late = LateResults(effects.ended_late)
        """What calls gave that outlived their reply."""
        self.permits: Callable[[OfferedTool], bool] = lambda offered: True
        """Returns whether a tool that was offered may still be called."""
        self._ids: set[str] = set()
        self._made_ids = 0
        self._reusable: dict[str, tuple[float, RunningCall]] = {}

    @property
    def are_results_due(self) -> bool:
        """Whether the user should hear of calls that outlived their reply; an open question comes first."""
        return self.question is None and self.late.are_due

    def change(self, catalogue: ToolCatalogue, options: ToolUseOptions) -> None:
        """Offer other tools from now on; a question about a call that cannot run any more is closed."""
        self.catalogue, self.options, self.permits = catalogue, options, lambda offered: True
        self.runner.options = options
        self._reusable.clear()
        if self.question is not None and not catalogue.has(self.question.offered):
            self.drop_question("the tool is no longer offered")

    def unique(self, call: ToolCall) -> ToolCall:
        """Return a call with an id that no other call of the conversation has, and every server accepts."""
        id = call.id
        while id in self._ids or not _ID.fullmatch(id):
            self._made_ids += 1
            id = f"call{self._made_ids:05}"  # Mistral wants nine letters and digits
        self._ids.add(id)
        return ToolCall(id, call.name, call.arguments)

    def writes(self, key: str, running: RunningCall) -> None:
        """Record a call that changes something, until it has ended."""
        self.writing[key] = running
        if running.task is not None:
            running.task.add_done_callback(lambda _: self.writing.pop(key, None))

    def keep(self, key: str, running: RunningCall) -> None:
        """Keep the result of a call that only reads, of a reply that was withdrawn."""
        if running.record.result is not None and not running.record.result.failed:
            self._reusable[key] = (self.now(), running)

    def kept(self, key: str) -> ToolResult | None:
        """Return the result of the same call of a reply that was withdrawn a moment ago, if there is one.

        There is none if something may have changed since.
        """
        now = self.now()
        self._reusable = {k: each for k, each in self._reusable.items() if now - each[0] <= _REUSED}
        _, running = self._reusable.get(key, (now, None))
        return running.record.result if running and not self.runner.is_out_of_date(running) else None

    def answered(self, answer: Answer) -> Answered | None:
        """Return what a turn of the user means for the question that is open; None if there is none.

        The question then is no longer open, unless it is asked again.
        """
        question, self.question = self.question, None
        if question is None:
            return None
        answered = Answered(question, question.read(answer))
        if answered.meaning == "no":
            declined = ToolResult("Not run: the user said no.", failed=True)
            self.runner.settle(question.record, declined, "declined")
        elif answered.meaning == "again":
            self.question = replace(question, was_heard=False, asked_first=question)
        return answered

    def withdrawn(self, question: OpenQuestion) -> None:
        """Restore a question that was asked again, of which nothing was heard: the same turn answers it."""
        self.question = question.asked_first

    def asked(self, question: OpenQuestion, written: str, heard: str) -> None:
        """Open a question when the reply that asks it is over.

        Args:
            written: what was to be said after the calls: the question last, as reply filters have changed it.
            heard: what the user heard after the calls.
        """
        self.question = question
        if not heard:
            self.drop_question("the user has not heard the question")
            return
        is_asked = is_question(written) or not is_question(question.text)  # no filter has removed it
        question.was_heard = is_asked and heard.split() == written.split()

    def something_else_is_said(self) -> None:
        """Record that the bot says something after the question: a yes may be meant for that."""
        if self.question is not None:
            self.question.was_heard = False

    def drop_question(self, reason: str) -> None:
        """Close the question without an answer."""
        question, self.question = self.question, None
        if question is not None:
            self.runner.settle(question.record, ToolResult(f"Not run: {reason}.", failed=True), "cancelled")
