"""The calls that a reply has started, and those that only repeat one."""

from __future__ import annotations

from voicebot.engine.latch import Latch
from voicebot.engine.tools.caller import ReplyCaller
from voicebot.engine.tools.planning import PlannedCall
from voicebot.engine.tools.records import CallRecord
from voicebot.engine.tools.rules import Kind, Stop
from voicebot.engine.tools.runner import RunningCall
from voicebot.engine.tools.tool_use import ToolUse
from voicebot.messages import ToolResult

NOT_PERMITTED = "Not run: this tool is no longer allowed."


class ReplyCalls:
    """Starts calls and waits for them.

    Args:
        released: set when the reply may be heard.
    """

    def __init__(self, use: ToolUse, caller: ReplyCaller, released: Latch) -> None:
        self.progress = ""
        """The last line that a call reported."""
        self.reported = Latch()
        """Set when there is another one."""
        self._use = use
        self._caller = caller
        self._released = released
        self._started: list[tuple[str, RunningCall]] = []
        """Each with what it does, as a key; they may have ended."""
        self._repeated: list[tuple[CallRecord, RunningCall]] = []
        """Calls that are not run, with the same one that was."""

    @property
    def count(self) -> int:
        """How many were started."""
        return len(self._started)

    @property
    def has_acted(self) -> bool:
        """Whether one that changes something was started."""
        return any(running.kind == "writes" for _, running in self._started)

    def before(self, planned: PlannedCall) -> RunningCall | None:
        """Return the same call, made before in this turn or still changing something.

        One that only reads is made again if it failed, or if something may have changed since.
        """
        same = (each for key, each in self._started if key == planned.key and self._still_holds(each))
        return next(same, None) or self._use.writing.get(planned.key)

    def start(self, planned: PlannedCall, kind: Kind) -> None:
        """Start a call; the same one has not been made before."""
        use, key = self._use, planned.key
        if not use.permits(planned.offered):  # it may have waited since it was planned
            use.runner.settle(planned.record, ToolResult(NOT_PERMITTED, failed=True), "refused")
            return
        if kind == "writes":
            use.effects.acted()
        ahead = not self._released.is_set()
        running = use.runner.start(
            planned.record, planned.offered, planned.arguments, self._caller, kind, self._report, ahead=ahead
        )
        self._started.append((key, running))
        if kind == "writes":
            use.writes(key, running)

    def repeat(self, planned: PlannedCall, before: RunningCall) -> None:
        """Take a call that gets the result of the same one before."""
        self._repeated.append((planned.record, before))

    async def finish(self) -> None:
        """Wait until all have a result."""
        runner = self._use.runner
        for _, running in tuple(self._started):
            await runner.finished(running)
        for record, before in self._repeated:
            await runner.finished(before)
            self._give_again(record, before)

    def stop(self, stop: Stop, reason: str) -> None:
        """Stop those that do not go on; keep what was read in a reply that is withdrawn."""
        for key, running in self._started:
            if running.record.is_over.is_set():
                if stop == "withdrawn" and running.kind == "reads":
                    self._use.keep(key, running)
            elif running.kind == "reads":
                self._use.runner.cancel(running, f"Stopped: {reason}.")
        if stop != "withdrawn":
            for record, before in self._repeated:
                self._give_again(record, before)

    def started(self, record: CallRecord) -> RunningCall | None:
        """Return a call if it was started."""
        return next((running for _, running in self._started if record is running.record), None)

    def repeated(self, record: CallRecord) -> RunningCall | None:
        """Return the call of an earlier reply that a call repeats, if it does."""
        before = next((before for each, before in self._repeated if record is each), None)
        return before if before is not None and self.started(before.record) is None else None

    def _still_holds(self, running: RunningCall) -> bool:
        """Return whether the same call need not be run: what was changed stays so, and what was read may."""
        result = running.record.result
        if running.kind == "reads" and result is not None and result.failed:
            return False
        return not self._use.runner.is_out_of_date(running)

    def _give_again(self, record: CallRecord, before: RunningCall) -> None:
        """Give a call the result of the same one before; it is referred to if that is not known yet."""
        text = before.record.content
        failed = before.record.result is None or before.record.result.failed
        if before.record.result is None:
            text = "Not run again: the same call was made before, and its result is given there."
        elif before.kind == "writes":
            text = f"Not run again: {text}" if failed else f"Already done, so not run again: {text}"
        self._use.runner.settle(record, ToolResult(text, failed), "repeated")

    def _report(self, message: str) -> None:
        self.progress = message
        self.reported.set()
