"""Results of calls that outlived their reply, until the user has been told.

A call that changes something is finished when its reply is interrupted. Its result is in the next request to
the chat model. If no turn of the user leads to one, the bot tells the result when nobody speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from voicebot.dataclass import dataclass
from voicebot.engine.tools.records import CallRecord
from voicebot.engine.tools.runner import RunningCall
from voicebot.messages import Message


@dataclass(frozen=True, slots=True)
class LateResult:
    """A call whose reply is over, and perhaps its result.

    Args:
        is_silenced: returns whether a tool wants nothing more to be said in the turn that asked for it.
    """

    record: CallRecord
    is_silenced: Callable[[], bool]

    @property
    def is_due(self) -> bool:
        """Whether there is a result that the user should hear."""
        return self.record.is_over.is_set() and not self.is_silenced()


class LateResults:
    """Those of one conversation that nothing has been said of.

    Args:
        changed: called when one of the calls has ended.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._untold: list[LateResult] = []

    @property
    def are_due(self) -> bool:
        """Whether there is a result that the user should hear."""
        return any(each.is_due for each in self._untold)

    def add(self, running: RunningCall, is_silenced: Callable[[], bool]) -> None:
        """Add a call whose reply is over."""
        self._untold.append(LateResult(running.record, is_silenced))
        if running.task is not None and not running.task.done():
            running.task.add_done_callback(lambda _: self._changed())

    def take(self) -> list[LateResult]:
        """Remove and return the results that there are: a reply is about to tell them."""
        taken = [each for each in self._untold if each.is_due]
        self._untold = [each for each in self._untold if not each.is_due]
        return taken

    def restore(self, taken: Iterable[LateResult]) -> None:
        """Take back what was taken for a reply of which nothing was heard."""
        self._untold += taken

    def told(self, record: CallRecord) -> None:
        """Remove a call whose result a reply has waited for."""
        self._untold = [each for each in self._untold if each.record is not record]


def line(results: Iterable[LateResult]) -> str:
    """Return what to say without asking the chat model; empty if one of the tools has not given that."""
    given = [each.record.result.say if each.record.result else None for each in results]
    return " ".join(filter(None, given)) if all(given) else ""


def note(results: Iterable[LateResult]) -> Message:
    """Return what asks the chat model to tell the results, which are in the messages before."""
    names = ", ".join(dict.fromkeys(each.record.call.name for each in results))
    text = f"Since then, nobody has spoken. What was called before has ended meanwhile: {names}."
    return Message("user", f"[{text} The result is above. Tell it to the user briefly.]")
