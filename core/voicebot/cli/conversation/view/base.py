"""What all views share: which events matter to a person, when they are shown, and which are taken back."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self, assert_never

from voicebot.cli.conversation.view.advice import Advisor
from voicebot.cli.conversation.view.summary import Summary
from voicebot.cli.conversation.view.timing import describe
from voicebot.cli.output.errors import leaves
from voicebot.events import (
    BotDucked,
    BotResumed,
    BotTurnEnded,
    ConversationEnded,
    ConversationEvent,
    DeviceChanged,
    EchoIgnored,
    ListeningStarted,
    ProviderFailed,
    ProviderNoticed,
    ReplyPrepared,
    ReplyStarted,
    ReplyWithdrawn,
    TurnTimed,
    UnitSpoken,
    UserCorrected,
    UserFinal,
    UserPartial,
    UserSpeechStarted,
    UserSpeechStopped,
    UserTurnEnded,
)
from voicebot.plaintext import printable, printable_words

if TYPE_CHECKING:
    from voicebot.config.schema import Settings


_AWAY = {
    "recognizer": "the recogniser is away: what is said now is understood when it is back",
    "chat": "the chat model is away: it is asked again with the next question",
}
_CHAT_IS_BACK = "the chat model answers again"


class View(ABC):
    """Shows a conversation; use it as a context manager.

    A question is settled once its answer begins: one that nobody heard an answer to is asked again, with
    what the user added. A unit of the reply is shown when it is heard.
    """

    def __init__(self, settings: Settings, now: Callable[[], float]) -> None:
        self.turns = 0
        """How often the user had a turn."""
        self.answers = 0
        """How often something of the bot's answer was heard."""
        self.failed: list[str] = []
        """The kinds of the providers that failed, each once."""
        self.away: dict[str, str] = {}
        """What to say of the providers that failed and have not worked since, by kind."""
        self.name = printable_words(settings.name) or "Bot"
        self.advisor = Advisor(settings)
        """Says what would make answers quicker."""
        self._summary = Summary()
        self._now = now
        self._question = ""
        self._ahead: list[asyncio.TimerHandle] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._forget_what_is_ahead()
        unseen = error is not None and any(isinstance(cause, OSError) for cause in leaves(error))
        if not unseen and (line := self._summary.line):
            with suppress(OSError):  # nobody looks any more
                self.concluded(line)

    def show(self, event: ConversationEvent) -> None:
        """Show what happened."""
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
                self._show_unit(at - self._now(), printable_words(text))
            case BotTurnEnded(heard=heard, interrupted=interrupted):
                self._end_turn(printable_words(heard), interrupted=interrupted)
            case ProviderFailed() | ProviderNoticed() | ReplyStarted():
                self._show_provider(event)
            case DeviceChanged() | TurnTimed() | ConversationEnded():
                self._show_aside(event)
            case UserSpeechStopped() | ReplyPrepared() | ReplyWithdrawn():
                pass
            case UserCorrected() | BotDucked() | BotResumed() | EchoIgnored():
                pass
            case _:
                assert_never(event)

    @abstractmethod
    def question(self, text: str) -> None:
        """Show the user's words, settled."""

    @abstractmethod
    def bot_spoke(self, text: str, *, interrupted: bool) -> None:
        """Show what was heard of a reply that is over; the text is empty when nothing was."""

    @abstractmethod
    def trouble(self, message: str) -> None:
        """Show a failure that the conversation survives."""

    @abstractmethod
    def news(self, message: str) -> None:
        """Show that something is well again."""

    @abstractmethod
    def noticed(self, message: str) -> None:
        """Show unobtrusively what a provider says that is no trouble."""

    @abstractmethod
    def timed(self, line: str) -> None:
        """Show where the time of a turn went."""

    def concluded(self, line: str) -> None:
        """Show what the conversation came to."""
        self.timed(line)

    def listening(self) -> None:  # noqa: B027 - not every view shows it
        """Show that the bot hears."""

    def device(self, *, present: bool) -> None:  # noqa: B027 - not every view shows it
        """Show whether the device is there."""

    def user_speaks(self, text: str) -> None:  # noqa: B027 - not every view shows it
        """Show the words of the user's turn so far."""

    def bot_thinks(self, question: str) -> None:  # noqa: B027 - not every view shows it
        """Show that an answer is being thought of."""

    def unit_heard(self, text: str) -> None:  # noqa: B027 - not every view shows it
        """Show the next unit of a reply, which begins to be heard."""

    def _show_provider(self, event: ProviderFailed | ProviderNoticed | ReplyStarted) -> None:
        match event:
            case ProviderFailed(kind=kind, message=message):
                self._settle_question()
                self.failed += [kind] if kind not in self.failed else []
                if kind in _AWAY:
                    self.away[kind] = _AWAY[kind]
                self.trouble(f"{kind}: {printable(message)}")
            case ProviderNoticed(kind="device", message=message):
                self.trouble(printable(message))
            case ProviderNoticed(kind=kind, message=message):
                # A recogniser that says something listens; a chat model may say it before it answers.
                back = kind == "recognizer" and self._is_back(kind)
                (self.news if back else self.noticed)(printable(message))
            case ReplyStarted():
                if self._is_back("chat"):
                    self.news(_CHAT_IS_BACK)
            case _:
                assert_never(event)

    def _show_aside(self, event: DeviceChanged | TurnTimed | ConversationEnded) -> None:
        match event:
            case DeviceChanged(present=present, message=message):
                self.device(present=present)
                (self.news if present else self.trouble)(printable(message))
            case TurnTimed():
                self._summary.add(event)
                if line := describe(event, self.advisor.advice(event)):
                    self.timed(line)
            case ConversationEnded(by=by):
                self.away.clear()
                self._forget_what_is_ahead()
                self._settle_question()
                if by == "silence":
                    self.news("nothing was said for long, so the conversation is over")
            case _:
                assert_never(event)

    def _is_back(self, kind: str) -> bool:
        """Return whether a provider that works now was away."""
        return self.away.pop(kind, None) is not None

    def _show_unit(self, wait: float, text: str) -> None:
        if wait <= 0:
            self._hear_unit(text)
        else:
            timer = asyncio.get_running_loop().call_later(wait, self._hear_unit, text)
            self._ahead.append(timer)

    def _hear_unit(self, text: str) -> None:
        self._settle_question()
        self.unit_heard(text)

    def _end_turn(self, heard: str, *, interrupted: bool) -> None:
        self._forget_what_is_ahead()
        self.advisor.bot_said(heard)
        if heard and self.turns:  # else it was the greeting
            self.answers += 1
        if heard or not interrupted:
            self._settle_question()
        self.bot_spoke(heard, interrupted=interrupted)

    def _settle_question(self) -> None:
        question, self._question = self._question, ""
        if question:
            self._summary.turns += 1
            self.question(question)

    def _forget_what_is_ahead(self) -> None:
        for timer in self._ahead:
            timer.cancel()
        self._ahead.clear()
