"""The tools in one reply: which of its calls run, when, and what the chat model is told of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import assert_never

from voicebot.engine.latch import Latch
from voicebot.engine.tools.arguments import InvalidArguments
from voicebot.engine.tools.caller import ReplyCaller
from voicebot.engine.tools.catalogue import OfferedTool
from voicebot.engine.tools.confirmation import OpenQuestion, question
from voicebot.engine.tools.invocation import Outcome
from voicebot.engine.tools.planning import PlannedCall, as_sent, plan, planned
from voicebot.engine.tools.records import CallRecord, ToolStep
from voicebot.engine.tools.rules import Kind, Stop, kind_of, when_called, when_stopped
from voicebot.engine.tools.runner import RunningCall
from voicebot.engine.tools.tool_use import ToolUse
from voicebot.messages import ChatRequest, ToolCall, ToolResult

_MOST_CALLS = 32
"""Calls of one step; a model that asks for more is out of control."""


class ReplyTools:
    """Runs the calls of one reply.

    Args:
        language: of the user's turn.
        released: set when the reply may be heard.
        confirmed: the call that the user has just agreed to, if any: it runs first.
    """

    def __init__(
        self, use: ToolUse, language: str, released: Latch, confirmed: OpenQuestion | None = None
    ) -> None:
        self.steps: list[ToolStep] = []
        self.question: OpenQuestion | None = None
        """What the user is asked at the end of this reply."""
        self.calls = 0
        """How many calls were run."""
        self.seconds = 0.0
        """How long the reply waited for them."""
        self.working = Latch()
        """Set while the reply waits for calls."""
        self.progress = ""
        """The last line that a call reported."""
        self.reported = Latch()
        """Set when there is another one."""
        self._use = use
        self._released = released
        self._is_over = False
        self._caller = ReplyCaller(use, language, released.is_set, lambda: self._is_over)
        self._offered: dict[str, OfferedTool] = {}
        self._running: dict[str, RunningCall] = {}
        """The calls that were started, by what they do; they may have ended."""
        self._repeated: list[tuple[CallRecord, RunningCall]] = []
        """Calls that are not run, with the same one that was."""
        if confirmed is not None:
            self._run_confirmed(confirmed)

    @property
    def has_acted(self) -> bool:
        """Whether a call that changes something was started."""
        return any(running.kind == "writes" for running in self._running.values())

    @property
    def is_complete(self) -> bool:
        """Whether the reply ends without asking the chat model again."""
        if self._caller.is_silent or self.question is not None:
            return True
        if self._caller.ends and any(step.written for step in self.steps):
            return True  # goodbye was said before the call
        return bool(self.steps) and all(each.result and each.result.say for each in self.steps[-1].records)

    @property
    def may_be_silent(self) -> bool:
        """Whether it is no failure if the chat model writes nothing."""
        return self.is_complete or self._caller.ends

    def request(self, first: ChatRequest) -> ChatRequest:
        """Return the next request: the first one, with the calls so far and their results."""
        self._offered = self._use.catalogue.offered()
        is_last = len(self.steps) >= self._use.options.most
        tools = () if is_last else tuple(each.tool for each in self._offered.values())
        said = [message for step in self.steps for message in step.messages(as_heard=False)]
        ahead = first.ahead and not self._released.is_set()
        return replace(first, messages=(*first.messages, *said), ahead=ahead, tools=tools)

    async def run(self, written: str, calls: Sequence[ToolCall]) -> list[str]:
        """Run what the chat model calls after the text it wrote; return the lines to say, if it is not asked.

        Those that change something wait until the reply is released.
        """
        step = ToolStep(written, [])
        self.steps.append(step)
        waiting: list[PlannedCall] = []
        for call in calls[:_MOST_CALLS]:
            record = CallRecord(self._use.unique(as_sent(call)))
            step.records.append(record)
            if (each := self._plan(call, record)) is None:
                continue
            kind, before = kind_of(each.offered.tool), self._before(each)
            released, called_before = self._released.is_set(), before is not None
            match when_called(kind, released=released, called_before=called_before):
                case "run":
                    self._start(each, kind)
                case "wait":
                    waiting.append(each)
                case "ask":
                    self._ask(each)
                case "repeat":
                    assert before is not None
                    self._repeated.append((record, before))
                case other:
                    assert_never(other)
        if waiting:
            await self._released.wait()
        with self._timed():
            for each in waiting:
                if (before := self._before(each)) is None:
                    self._start(each, kind_of(each.offered.tool))
                else:
                    self._repeated.append((each.record, before))
            await self._finish()
        return self._lines()

    async def finish_confirmed(self) -> list[str]:
        """Wait for the call that the user has agreed to; return the lines to say, if it is all there is."""
        with self._timed():
            await self._finish()
        return self._lines()

    def stop(self, stop: Stop, reason: str) -> None:
        """Stop what the reply still waits for; what changes something goes on.

        Args:
            reason: becomes the result of what is stopped.
        """
        self._is_over = True
        for key, running in self._running.items():
            if running.record.is_over.is_set():
                if stop == "withdrawn" and running.kind == "reads":
                    self._use.keep(key, running.record)
            elif when_stopped(running.kind, stop) == "cancel":
                self._use.runner.cancel(running, f"Stopped: {reason}.")
        if stop == "withdrawn":
            self.question = None
            return
        for record, before in self._repeated:
            self._repeat(record, before)
        goes_on = [running.record for running in self._running.values()]
        goes_on += [self.question.record] if self.question else []
        for record in (record for step in self.steps for record in step.records):
            if not any(record is each for each in goes_on):
                self._settle(record, f"Not run: {reason}.", "cancelled")

    def _plan(self, call: ToolCall, record: CallRecord) -> PlannedCall | None:
        """Return a call that is to be run; one that is not gets its result."""
        try:
            offered, arguments = plan(call, self._offered)
        except InvalidArguments as error:
            self._settle(record, f"Not run: {error}.", "refused")
            return None
        call_planned = planned(record, offered, arguments)
        if kind_of(offered.tool) == "reads" and (kept := self._use.kept(call_planned.key)) is not None:
            self._use.runner.settle(record, kept, "repeated")
            return None
        return call_planned

    def _before(self, planned: PlannedCall) -> RunningCall | None:
        """Return the same call, made before in this turn or still changing something."""
        return self._running.get(planned.key) or self._use.writing.get(planned.key)

    def _start(self, planned: PlannedCall, kind: Kind) -> None:
        use, key = self._use, planned.key
        if kind == "writes":
            use.effects.acted()
        ahead = not self._released.is_set()
        self._running[key] = running = use.runner.start(
            planned.record, planned.offered, planned.arguments, self._caller, kind, self._report, ahead=ahead
        )
        self.calls += 1
        if kind == "writes":
            use.writes(key, running)

    def _ask(self, planned: PlannedCall) -> None:
        """Prepare the question that a call needs an answer to; there is only one at a time."""
        if self.question is not None:
            later = "Not run: another question to the user comes first. Call it again when that is answered."
            self._settle(planned.record, later, "refused")
            return
        text = question(planned.offered.tool.confirm or "", json.loads(planned.arguments))
        self.question = OpenQuestion(planned.record, planned.offered, planned.arguments, text)

    def _run_confirmed(self, confirmed: OpenQuestion) -> None:
        """Call again what has now been agreed to."""
        record = CallRecord(self._use.unique(confirmed.record.call))
        self.steps.append(ToolStep("", [record]))
        self._start(planned(record, confirmed.offered, json.loads(confirmed.arguments)), "writes")

    async def _finish(self) -> None:
        for running in tuple(self._running.values()):
            await self._use.runner.finished(running)
        for record, before in self._repeated:
            await self._use.runner.finished(before)
            self._repeat(record, before)

    def _repeat(self, record: CallRecord, before: RunningCall) -> None:
        """Give a call the result of the same one before, as far as it is known."""
        content = before.record.content
        failed = before.record.result is None or before.record.result.failed
        if before.kind == "reads":
            text = content
        else:
            text = f"Not run again: {content}" if failed else f"Already done, so not run again: {content}"
        self._use.runner.settle(record, ToolResult(text, failed), "repeated")

    def _lines(self) -> list[str]:
        if not self.is_complete:
            return []
        lines = [each.result.say for each in self.steps[-1].records if each.result and each.result.say]
        return [*lines, *([self.question.text] if self.question else [])]

    def _settle(self, record: CallRecord, text: str, outcome: Outcome) -> None:
        self._use.runner.settle(record, ToolResult(text, failed=True), outcome)

    def _report(self, message: str) -> None:
        self.progress = message
        self.reported.set()

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began = self._use.now()
        self.working.set()
        try:
            yield
        finally:
            self.working.clear()
            self.seconds += self._use.now() - began
