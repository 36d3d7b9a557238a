"""The tools in one reply: which of its calls run, when, and what the chat model is told of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from voicebot.engine.tools.records import CallRecord, ToolStep, cut_results
from voicebot.engine.tools.reply_calls import NOT_PERMITTED, ReplyCalls
from voicebot.engine.tools.rules import Stop, is_told_later, kind_of, when_called
from voicebot.engine.tools.runner import RunningCall
from voicebot.engine.tools.tool_use import ToolUse
from voicebot.messages import ChatRequest, ToolCall, ToolResult

_MOST_CALLS = 32
"""Calls of one step that are run; a model that asks for more is out of control."""
_FULL_RESULTS = 4
"""Results of the longest length that a turn's requests have in full; older ones are cut if there are more."""


class ReplyTools:
    """Runs the calls of one reply.

    Args:
        language: of the user's turn.
        released: set when the reply may be heard.
        confirmed: the call that the user has just agreed to, if any: it runs first.
        may_call: whether the chat model is offered tools.
    """

    def __init__(
        self,
        use: ToolUse,
        language: str,
        released: Latch,
        confirmed: OpenQuestion | None = None,
        *,
        may_call: bool = True,
    ) -> None:
        self.steps: list[ToolStep] = []
        self.question: OpenQuestion | None = None
        """What the user is asked at the end of this reply."""
        self.seconds = 0.0
        """How long the reply waited for them."""
        self.working = Latch()
        """Set while the reply waits for calls."""
        self._is_over = False
        self._caller = ReplyCaller(use, language, released.is_set, lambda: self._is_over)
        self.calls = ReplyCalls(use, self._caller, released)
        """Those that were started."""
        self._use = use
        self._released = released
        self._may_call = may_call
        self._offered: Mapping[str, OfferedTool] = {}
        if confirmed is not None:
            self._run_confirmed(confirmed)

    @property
    def is_complete(self) -> bool:
        """Whether the reply ends without asking the chat model again."""
        if self._caller.is_silent or self.question is not None:
            return True
        if self._caller.ends and self.steps[-1].written:
            return True  # goodbye was said before the call
        return bool(self.steps) and all(each.result and each.result.say for each in self.steps[-1].records)

    @property
    def may_be_silent(self) -> bool:
        """Whether it is no failure if the chat model writes nothing."""
        return self.is_complete or self._caller.ends or not self._may_call

    @property
    def names(self) -> Iterable[str]:
        """The names of the tools that there are, whether or not they are offered now."""
        return self._offered.keys()

    def request(self, first: ChatRequest) -> ChatRequest:
        """Return the next request: the first one, with the calls so far and their results."""
        offered = self._use.catalogue.offered()
        self._offered = {name: each for name, each in offered.items() if self._use.permits(each)}
        is_last = not self._may_call or len(self.steps) >= self._use.options.most
        tools = () if is_last else tuple(each.tool for each in self._offered.values())
        said = [message for step in self.steps for message in step.messages(as_heard=False)]
        said = cut_results(said, _FULL_RESULTS * self._use.options.result_limit)
        ahead = first.ahead and not self._released.is_set()
        return replace(first, messages=(*first.messages, *said), ahead=ahead, tools=tools)

    async def run(self, written: str, calls: Sequence[ToolCall]) -> list[str]:
        """Run what the chat model calls after the text it wrote; return the lines to say, if it is not asked.

        Those that change something wait until the reply is released.
        """
        step = ToolStep(written, [])
        self.steps.append(step)
        waiting: list[PlannedCall] = []
        for number, call in enumerate(calls):
            record = CallRecord(self._use.unique(as_sent(call)))
            step.records.append(record)
            if number >= _MOST_CALLS:
                self._settle(record, f"Not run: only {_MOST_CALLS} calls are run at once.", "refused")
                continue
            if (each := self._plan(call, record)) is None:
                continue
            kind, before = kind_of(each.offered.tool), self.calls.before(each)
            released, called_before = self._released.is_set(), before is not None
            match when_called(kind, released=released, called_before=called_before):
                case "run":
                    self.calls.start(each, kind)
                case "wait":
                    waiting.append(each)
                case "ask":
                    self._ask(each)
                case "repeat":
                    assert before is not None
                    self.calls.repeat(each, before)
                case other:
                    assert_never(other)
        if waiting:
            await self._released.wait()
        with self._timed():
            for each in waiting:
                if (before := self.calls.before(each)) is None:
                    self.calls.start(each, kind_of(each.offered.tool))
                else:
                    self.calls.repeat(each, before)
            await self.calls.finish()
        return self._lines()

    async def finish_confirmed(self) -> list[str]:
        """Wait for the call that the user has agreed to; return the lines to say, if it is all there is."""
        with self._timed():
            await self.calls.finish()
        return self._lines()

    def stop(self, stop: Stop, reason: str, *, heard: int) -> None:
        """Stop what the reply still waits for; what changes something goes on.

        Args:
            reason: becomes the result of what is stopped.
            heard: after how many steps something was written that the user has heard.
        """
        self._is_over = True
        self.calls.stop(stop, reason)
        if stop == "withdrawn":
            self.question = None
            return
        asked = self.question.record if self.question is not None else None
        for number, record in (
            (number, each) for number, step in enumerate(self.steps) for each in step.records
        ):
            if (running := self.calls.started(record)) is not None:
                self._leave(running, stop, is_told=number < heard)
            elif (before := self.calls.repeated(record)) is not None:
                if not is_told_later(stop, has_ended=before.record.is_over.is_set(), is_told=number < heard):
                    self._use.late.told(before.record)
            elif record is not asked:
                self._settle(record, f"Not run: {reason}.", "cancelled")

    def _leave(self, running: RunningCall, stop: Stop, *, is_told: bool) -> None:
        """Have the user told later of a call that changes something, if that is necessary."""
        has_ended = running.record.is_over.is_set()
        is_left = running.kind == "writes" and not self._caller.ends
        if is_left and is_told_later(stop, has_ended=has_ended, is_told=is_told):
            self._use.late.add(running, lambda: self._caller.is_silent)

    def _plan(self, call: ToolCall, record: CallRecord) -> PlannedCall | None:
        """Return a call that is to be run; one that is not gets its result."""
        try:
            offered, arguments = plan(call, self._offered)
        except InvalidArguments as error:
            self._settle(record, f"Not run: {error}.", "refused")
            return None
        if not self._use.permits(offered):
            self._settle(record, NOT_PERMITTED, "refused")
            return None
        call_planned = planned(record, offered, arguments)
        if kind_of(offered.tool) == "reads" and (kept := self._use.kept(call_planned.key)) is not None:
            self._use.runner.settle(record, kept, "repeated")
            return None
        return call_planned

    def _ask(self, planned: PlannedCall) -> None:
        """Prepare the question that a call needs an answer to; there is only one at a time."""
        if self.question is not None:
            later = "Not run: another question to the user comes first. Call it again when that is answered."
            self._settle(planned.record, later, "refused")
            return
        try:
            text = question(planned.offered.tool.confirm or "", json.loads(planned.arguments))
        except InvalidArguments as error:
            self._settle(planned.record, f"Not run: {error}.", "refused")
            return
        self.question = OpenQuestion(planned.record, planned.offered, planned.arguments, text)

    def _run_confirmed(self, confirmed: OpenQuestion) -> None:
        """Call again what has now been agreed to."""
        record = CallRecord(self._use.unique(confirmed.record.call))
        self.steps.append(ToolStep("", [record]))
        self.calls.start(planned(record, confirmed.offered, json.loads(confirmed.arguments)), "writes")

    def _lines(self) -> list[str]:
        if self._caller.is_silent or not self.is_complete:
            return []
        lines = [each.result.say for each in self.steps[-1].records if each.result and each.result.say]
        return [*lines, *([self.question.text] if self.question else [])]

    def _settle(self, record: CallRecord, text: str, outcome: Outcome) -> None:
        self._use.runner.settle(record, ToolResult(text, failed=True), outcome)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began = self._use.now()
        self.working.set()
        try:
            yield
        finally:
            self.working.clear()
            self.seconds += self._use.now() - began
