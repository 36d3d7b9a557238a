"""The base of all views: which events are shown, and when."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias, assert_never

from voicebot.cli.conversation.view.advice import Advisor
from voicebot.cli.conversation.view.summary import Summary
from voicebot.cli.conversation.view.timers import Timers
from voicebot.cli.conversation.view.timing import describe
from voicebot.cli.conversation.view.tool_calls import ToolCalls
from voicebot.errors import leaves
from voicebot.events import (
    BotCorrected,
    BotDucked,
    BotResumed,
    BotTurnEnded,
    ConfigChanged,
    ConversationEnded,
    ConversationEvent,
    DeviceChanged,
    EchoIgnored,
    HistoryCompacted,
    KeyPressed,
    ListeningStarted,
    ProviderFailed,
    ProviderNoticed,
    ProviderUsed,
    ReplyPrepared,
    ReplyStarted,
    ReplyWithdrawn,
    ToolEnded,
    ToolStarted,
    TurnTimed,
    UnitSpoken,
    UserCorrected,
    UserFinal,
    UserPartial,
    UserSpeechStarted,
    UserSpeechStopped,
    UserTurnEnded,
)
from voicebot.plain_text import printable, printable_words

if TYPE_CHECKING:
    from voicebot.config.schema import Settings

_Other: TypeAlias = DeviceChanged | TurnTimed | HistoryCompacted | ConfigChanged | ConversationEnded
_OfProvider: TypeAlias = ProviderFailed | ProviderNoticed | ProviderUsed | ReplyStarted
_UNAVAILABLE = {
    "recognizer": "the recogniser is unavailable; what you say now will be recognised when it is back",
    "chat": "the chat model is unavailable; your next turn will try it again",
}


class View(ABC):
    """Shows a conversation; use it as a context manager.

    A question is shown for good once its answer begins; until then, the user may still add to it. A unit of
    the reply is shown when it becomes audible.
    """

    def __init__(self, settings: Settings, now: Callable[[], float]) -> None:
        self.turns = 0  # of the user
        self.answers = 0  # those of which something was heard
        self.failed: list[str] = []  # the kinds of providers that failed, each once
        self.unavailable: dict[str, str] = {}  # messages about those that have not worked since, by kind
        self.name = printable_words(settings.name) or "Bot"
        self.advisor = Advisor(settings)
        self.waterfall = False  # whether bars show where the time of each turn went
        self.summary = Summary(settings.prices)
        self._now = now
        self._question = ""
        self.turn_is_open = False  # whether there are words, not only a cough, not shown for good yet
        self.calls = ToolCalls()
        self._timers = Timers()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._timers.cancel()
        unwritable = error is not None and any(isinstance(cause, OSError) for cause in leaves(error))
        if not unwritable and (line := self.summary.line):
            with suppress(OSError):  # nobody reads it any more
                self.concluded(line)

    def show(self, event: ConversationEvent) -> None:
        """Show what happened."""
        self.summary.observe(event)
        self.turn_is_open |= isinstance(event, UserPartial | UserFinal | UserTurnEnded) and bool(event.text)
        match event:
            case ListeningStarted():
                self.listening()
            case UserSpeechStarted():
                self.user_speaks("")
            case UserPartial(text=text) | UserFinal(text=text):
                self.user_speaks(printable_words(text))
            case UserTurnEnded(text=text):
                self.turns += 1
                self.advisor.turn_ended()
                self._question = printable_words(text)
                self.bot_thinks(self._question)
            case UnitSpoken(at=at, text=text):
                self._timers.after(at - self._now(), self._play_unit, printable_words(text))
            case BotTurnEnded(heard=heard, interrupted=interrupted):
                self._end_turn(printable_words(heard), interrupted=interrupted)
            case ProviderFailed() | ProviderNoticed() | ProviderUsed() | ReplyStarted():
                self._show_provider(event)
            case DeviceChanged() | TurnTimed() | HistoryCompacted() | ConfigChanged() | ConversationEnded():
                self._show_other(event)
            case ToolStarted() | ToolEnded():
                self._show_call(event)
            case BotDucked() | BotResumed() | EchoIgnored() | KeyPressed():  # words so far may be no turn
                self.turn_is_open = bool(self._question)
            case UserSpeechStopped() | ReplyPrepared() | ReplyWithdrawn() | UserCorrected() | BotCorrected():
                pass
            case _:
                assert_never(event)

    @abstractmethod
    def question(self, text: str) -> None:
        """Show the user's final words."""

    @abstractmethod
    def bot_spoke(self, text: str, *, interrupted: bool) -> None:
        """Show what was heard of a finished reply; the text is empty if nothing was."""

    @abstractmethod
    def trouble(self, message: str) -> None:
        """Show a failure after which the conversation goes on."""

    @abstractmethod
    def recovered(self, message: str) -> None:
        """Show that something works again."""

    @abstractmethod
    def noticed(self, message: str) -> None:
        """Show a provider's notice unobtrusively."""

    @abstractmethod
    def timed(self, line: str, turn: TurnTimed | None = None) -> None:
        """Show the timing of a turn, with bars for one that is given."""

    def concluded(self, line: str) -> None:
        """Show the summary of the conversation."""
        self.timed(line)

    def listening(self) -> None:  # noqa: B027 - not every view shows it
        """Show that the bot listens."""

    def device(self, *, present: bool) -> None:  # noqa: B027 - not every view shows it
        """Show whether the device is available."""

    def user_speaks(self, text: str) -> None:  # noqa: B027 - not every view shows it
        """Show the words of the user's turn so far."""

    def bot_thinks(self, question: str) -> None:  # noqa: B027 - not every view shows it
        """Show that an answer is being prepared."""

    def tools_run(self) -> None:  # noqa: B027 - not every view shows it
        """Show which tools run; called whenever that may have changed."""

    def unit_heard(self, text: str) -> None:  # noqa: B027 - not every view shows it
        """Show the next unit of a reply, which is now being played."""

    def _show_provider(self, event: _OfProvider) -> None:
        match event:
            case ProviderFailed(kind=kind, message=message):
                self._finish_question()
                self.failed += [kind] if kind not in self.failed else []
                if kind in _UNAVAILABLE:
                    self.unavailable[kind] = _UNAVAILABLE[kind]
                self.trouble(f"{kind}: {printable(message)}")
            case ProviderNoticed(kind="device", message=message):
                self.trouble(printable(message))
            case ProviderNoticed(kind="toolset", message=message) if self.turn_is_open:
                self.calls.remark(printable(message))
            case ProviderNoticed(kind=kind, message=message):
                # A notice shows that a recogniser works; a chat model may send one before it answers.
                back = kind == "recognizer" and self._is_back(kind)
                (self.recovered if back else self.noticed)(printable(message))
            case ReplyStarted():
                if self._is_back("chat"):
                    self.recovered("the chat model is answering again")
            case ProviderUsed():  # it is part of the summary
                pass
            case _:
                assert_never(event)

    def _show_call(self, event: ToolStarted | ToolEnded) -> None:
        if self.calls.record(event) and not self._question:
            self._show_ended_calls()
        self.tools_run()

    def _show_ended_calls(self) -> None:
        for line, failed in self.calls.lines():
            (self.trouble if failed else self.noticed)(line)

    def _show_other(self, event: _Other) -> None:
        match event:
            case DeviceChanged(present=present, message=message):
                self.device(present=present)
                (self.recovered if present else self.trouble)(printable(message))
            case TurnTimed():
                if line := describe(event, self.advisor.advice(event), parts=not self.waterfall):
                    self.timed(line, event if self.waterfall else None)
            case HistoryCompacted():
                self.noticed("the chat model gets a summary of older turns from now on")
            case ConfigChanged(changes=changes):
                self.recovered(printable_words(f"changed: {', '.join(changes)}"))
            case ConversationEnded(by=by):
                self.unavailable.clear()
                self._timers.cancel()
                self._finish_question()
                if by == "silence":
                    self.recovered("nobody spoke for a long time; conversation ended")
            case _:
                assert_never(event)

    def _is_back(self, kind: str) -> bool:
        """Return whether a provider that works now was unavailable."""
        return self.unavailable.pop(kind, None) is not None

    def _play_unit(self, text: str) -> None:
        self._finish_question()
        self.unit_heard(text)

    def _end_turn(self, heard: str, *, interrupted: bool) -> None:
        self._timers.cancel()
        self.advisor.bot_said(heard)
        if heard and self.turns:  # otherwise it was the greeting
            self.answers += 1
        if heard or not interrupted:
            self._finish_question()
        self.bot_spoke(heard, interrupted=interrupted)

    def _finish_question(self) -> None:
        question, self._question, self.turn_is_open = self._question, "", False
        if question:
            self.summary.turns += 1
            self.question(question)
        self._show_ended_calls()
        self.tools_run()
