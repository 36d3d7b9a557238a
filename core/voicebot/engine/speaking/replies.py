"""The bot's side of a conversation: replies begun, made ahead, withdrawn, let out and broken off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from voicebot.engine.history import History
from voicebot.engine.speaking.reply import Reply
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.timeline import UserTurnMarks
from voicebot.engine.turns.actions import Answer, Correct, Interrupt
from voicebot.engine.turns.rules import PatienceBounds
from voicebot.engine.turns.scheduler import TurnScheduler
from voicebot.events import (
    BotResumed,
    BotTurnEnded,
    ReplyPrepared,
    ReplyWithdrawn,
    UserCorrected,
    UserTurnEnded,
)
from voicebot.messages import ChatRequest, Message

_CHARACTERS_PER_TOKEN = 4


@dataclass(slots=True)
class _Running:
    """A reply at work, the number of the turn that it answers, and what came before it."""

    reply: Reply
    task: asyncio.Task[None]
    turn: int | None = None
    history: tuple[Message, ...] = ()
    listened: UserTurnMarks = field(default_factory=UserTurnMarks)


class Replies:
    """One reply at most can be heard, and one at most is made ahead, in silence.

    Args:
        tasks: the conversation's.
        ended: called when the bot's turn is over and it was not interrupted, with what it said and how
            patient its model wants to be with the user's next turn, if it has a view on that.
    """

    def __init__(
        self,
        scheduler: TurnScheduler,
        history: History,
        means: ReplyContext,
        tasks: asyncio.TaskGroup,
        ended: Callable[[str, PatienceBounds | None], None],
    ) -> None:
        self._scheduler = scheduler
        self._history = history
        self._means = means
        self._tasks = tasks
        self._ended = ended
        self._publish = means.publish
        self._questions: dict[int, Message] = {}
        """Turns of the user by their numbers, as history knows them."""
        self._running: _Running | None = None
        self._prepared: _Running | None = None

    def say(self, source: ChatRequest | str) -> asyncio.Task[None]:
        """Begin a reply, or a line that the bot says unasked."""
        return self._begin(source).task

    def prepare(self, text: str) -> None:
        """Begin to make the reply to `text`; nobody hears it, and history does not know."""
        self.withdraw()
        self._scheduler.marks.prepared += 1
        self._publish(ReplyPrepared(self._now(), text))
        request = self._request(*self._history.request(Message("user", text)), ahead=True)
        reply = Reply(self._means, request, self._audible, held=True)
        self._prepared = self._run(reply)
        self._prepared.history = self._history.messages

    def withdraw(self) -> None:
        """Throw away what was prepared."""
        prepared, self._prepared = self._prepared, None
        if prepared is None:
            return
        prepared.task.cancel()
        wasted = _tokens(prepared.reply)
        listened = self._scheduler.marks
        listened.withdrawn += 1
        listened.wasted_tokens += wasted
        self._publish(ReplyWithdrawn(self._now(), wasted))

    def answer(self, answer: Answer, *, line: str = "") -> None:
        """Answer the user: let out what was prepared, if it was for these words and this history.

        Args:
            line: what to say instead of asking the chat model, if anything.
        """
        now = self._now()
        self._publish(UserTurnEnded(now, answer.text, answer.turn))
        before = self._history.messages
        self._questions[answer.turn] = self._history.user_said(answer.text)
        if line or not (answer.prepared and self._is_prepared_for(before)):
            self.withdraw()
            self._begin(line or self._request(*self._history.request())).turn = answer.turn
            return
        assert self._prepared is not None
        self._running, self._prepared = self._prepared, None
        self._running.turn = answer.turn
        self._running.listened = self._scheduler.take_marks()
        self._running.reply.release()

    def correct(self, correct: Correct) -> None:
        """Put the settled words of a turn of the user into history, unless it was taken back."""
        if (question := self._questions.get(correct.turn)) is not None:
            self._questions[correct.turn] = self._history.correct(question, correct.text)
        self._publish(UserCorrected(self._now(), correct.text, correct.turn))

    def interrupt(self, interrupt: Interrupt) -> str:
        """Break the reply off and return what was heard of it.

        Its question goes back to the user's turn if nothing of it was heard.
        """
        running = self._running
        heard = self.fall_silent(unheard=interrupt.unheard)
        if interrupt.unheard and running:
            self._withdraw_question(running)
        return heard

    def _withdraw_question(self, running: _Running) -> None:
        if running.turn is not None and (question := self._questions.pop(running.turn, None)) is not None:
            self._history.withdraw(question)

    def fall_silent(self, *, unheard: bool = False) -> str:
        """Stop the reply, if there is one, and keep what was heard of it, unless that does not count."""
        running = self._running
        if running is None:
            return ""
        running.task.cancel()
        heard = self._end(running, interrupted=True, unheard=unheard)
        self._means.speaker.clear()
        return heard

    def lose_device(self) -> str:
        """Break off a reply that is being heard, and return what was heard of it.

        The rest would come when its moment has passed. One of which nothing was heard waits for the device.
        """
        if self._running is None:
            self._means.speaker.clear()  # a tone
            return ""
        return self.fall_silent() if self._running.reply.heard() else ""

    def close(self) -> None:
        """Stop all."""
        self.withdraw()
        self.fall_silent()

    def _request(self, *messages: Message, ahead: bool = False) -> ChatRequest:
        return ChatRequest(messages, self._means.conversation, ahead)

    def _begin(self, source: ChatRequest | str) -> _Running:
        self._running = self._run(Reply(self._means, source, self._audible))
        self._running.listened = self._scheduler.take_marks()
        return self._running

    def _run(self, reply: Reply) -> _Running:
        return _Running(reply, self._tasks.create_task(self._complete(reply), name="reply"))

    async def _complete(self, reply: Reply) -> None:
        await reply.run()
        running = self._running
        if running is None or running.reply is not reply:  # it was broken off, and took no notice
            return
        if self._means.speaker.is_moderated:  # there is nothing left to lower
            self._means.speaker.resume()
            self._publish(BotResumed(self._now()))
        heard = self._end(running)
        self._ended(heard, reply.patience)

    def _end(self, running: _Running, *, interrupted: bool = False, unheard: bool = False) -> str:
        reply, now = running.reply, self._now()
        heard = "" if unheard else reply.heard()
        if reply.question_refused:  # with it, every later question would be refused too
            self._withdraw_question(running)
        else:
            self._history.bot_was_heard(heard or reply.unspoken)
        self._publish(BotTurnEnded(now, heard, interrupted))
        if reply.answers:
            self._learn(reply)
            share = min(1.0, len(heard) / len(reply.written)) if reply.written else 0.0
            timed = reply.timeline.report(
                now, running.turn or 0, running.listened, interrupted=interrupted, heard_share=share
            )
            self._publish(timed)
        self._running = None
        return heard

    def _is_prepared_for(self, history: tuple[Message, ...]) -> bool:
        """Whether what is prepared has all that a new reply would have, and has not failed."""
        if self._prepared is None or self._prepared.reply.failing:
            return False
        return self._prepared.history == history

    def _learn(self, reply: Reply) -> None:
        """Expect the next reply to take about as long as this one did."""
        if reply.timeline.first_byte is not None:
            self._scheduler.reply_took(reply.timeline.first_byte - reply.timeline.began)

    def _audible(self) -> None:
        self._scheduler.reply_audible()

    def _now(self) -> float:
        return self._means.clock.now()


def _tokens(reply: Reply) -> int:
    """Estimate what a reply cost that was broken off, before its model could tell."""
    usage = reply.timeline.usage
    if usage is not None:
        return usage.input_tokens + usage.output_tokens
    asked = sum(len(m.content) for m in reply.source.messages) if isinstance(reply.source, ChatRequest) else 0
    return (asked + len(reply.written)) // _CHARACTERS_PER_TOKEN
