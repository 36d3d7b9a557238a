"""The replies of a conversation: started, prepared ahead of time, discarded, released and interrupted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from voicebot.engine.history.history import History
from voicebot.engine.history.request_messages import SILENCE
from voicebot.engine.speaking.preparation import Preparation
from voicebot.engine.speaking.reply import Reply
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.running_reply import ReplyTasks, RunningReply
from voicebot.engine.speaking.stopped_reply import StoppedReply
from voicebot.engine.turns.actions import Answer, Correct, Interrupt
from voicebot.engine.turns.rules import PatienceBounds
from voicebot.engine.turns.scheduler import TurnScheduler
from voicebot.events import BotResumed, BotTurnEnded, UserCorrected, UserTurnEnded
from voicebot.messages import ChatRequest

if TYPE_CHECKING:
    from voicebot.engine.tools.confirmation import OpenQuestion
    from voicebot.engine.tools.late_results import LateResult

_REFUSED = "[A content filter refused what the user said here.]"


class Replies:
    """Runs at most one reply that can be heard, and one that is prepared in silence.

    Args:
        tasks: runs them.
        ended: called when the bot's turn is over and was not interrupted, with what it said and the
            patience that its model asked for in the user's next turn, if any.
    """

    def __init__(
        self,
        scheduler: TurnScheduler,
        history: History,
        context: ReplyContext,
        tasks: ReplyTasks,
        ended: Callable[[str, PatienceBounds | None], None],
    ) -> None:
        self._scheduler, self._history, self._ended = scheduler, history, ended
        self._context, self._tasks, self._events = context, tasks, context.events
        self._running: RunningReply | None = None
        self.stopped = StoppedReply(history, context)
        self._language = context.synthesizer.language  # of the user's last turn
        self._preparation = Preparation(scheduler, history, context, self._run, self._ask_again)

    def use(self, context: ReplyContext) -> None:
        """Speak the next replies with other providers or settings; one that is prepared is discarded."""
        self.discard()
        self._context, self._events = context, context.events
        if self._language not in context.settings.spoken_languages:
            self._language = context.synthesizer.language
        self._preparation.use(context)

    def say(self, line: str) -> asyncio.Task[None]:
        """Start a line that is not an answer."""
        if (tools := self._context.tools) is not None:
            tools.something_else_is_said()
        return self._start(line, self._context.synthesizer.language).task

    def tell_results(self) -> None:
        """Tell the user what has come of calls that outlived their reply; nothing more is called."""
        from voicebot.engine.tools import late_results  # with tools only

        results = self._late_results()
        source: ChatRequest | str = late_results.line(results)
        if not source:
            messages = self._history.request(late_results.note(results))
            source = ChatRequest(messages, self._context.conversation)
        self._start(source, self._language, may_call=False).results = results

    def prepare(self, text: str, language: str) -> None:
        """Start the reply to `text` silently, without adding it to history."""
        self._preparation.prepare(text, language)

    def discard(self) -> None:
        """Cancel the prepared reply, if there is one."""
        self._preparation.discard()

    def answer(self, answer: Answer, *, line: str = "") -> None:
        """Answer the user: release what was prepared, if that was for the same words and the same history.

        Args:
            line: what to say instead of asking the chat model, if anything.
        """
        self._events.publish(UserTurnEnded(self._events.now(), answer.text, answer.turn, answer.language))
        before = self._history.messages
        self._history.add_user_turn(answer.text, answer.turn)
        self._language = answer.language
        if line or not answer.prepared or answer.instructions:
            self.discard()
        prepared = self._preparation.take(before)
        if prepared is None:
            self._start_answer(answer, line)
            return
        self._running, prepared.results = prepared, self._late_results()
        prepared.release(answer.turn, self._scheduler.take_timestamps())

    def _start_answer(self, answer: Answer, line: str) -> None:
        """Start a line, or a reply of the chat model; the turn may answer the question before a call."""
        tools = self._context.tools
        if line:
            self._start(line, self._context.synthesizer.language, answer.turn)
            return
        answered = tools.answered(answer) if tools is not None else None
        if tools is not None and answered is not None and answered.meaning == "again":
            self._start(answered.question.text, answer.language, answer.turn).question = tools.question
            return
        confirmed = answered.question if answered is not None and answered.meaning == "yes" else None
        request = ChatRequest(self._history.request(system=answer.instructions), self._context.conversation)
        self._start(request, answer.language, answer.turn, confirmed=confirmed).results = self._late_results()

    def _late_results(self) -> list[LateResult]:
        """Return the results that a new request contains and nothing was said of yet."""
        return self._context.tools.late.take() if self._context.tools is not None else []

    def speak_again(self, instructions: str) -> None:
        """Have the chat model reply to what has been said, though it has been answered."""
        if (tools := self._context.tools) is not None:
            tools.something_else_is_said()
        messages = self._history.request(system=instructions)
        if not messages or messages[-1].role in {"system", "assistant"}:
            messages = self._history.request(SILENCE, system=instructions)
        request = ChatRequest(messages, self._context.conversation)
        self._start(request, self._context.synthesizer.language).results = self._late_results()

    def correct(self, correct: Correct) -> None:
        """Correct the words of a turn of the user in history, unless it was removed from it."""
        self._history.correct_user_turn(correct.text, correct.turn)
        self._events.publish(UserCorrected(self._events.now(), correct.text, correct.turn))

    def interrupt(self, interrupt: Interrupt) -> str:
        """Stop the reply; return what was heard. If nothing was, its question joins the turn that begins."""
        running = self._running
        heard = self._stop(unheard=interrupt.unheard, goes_on=interrupt.goes_on)
        if interrupt.unheard and running:
            self._remove_question(running)
        return heard

    def device_lost(self) -> str:
        """Stop a reply that is being heard, and return what was heard; others wait for the device."""
        if self._running is None:
            self._context.speaker.clear()  # of a listening tone
            return ""
        return self._stop(reason="the device was lost") if self._running.reply.heard() else ""

    def close(self) -> None:
        """Stop and discard all replies: the conversation is over."""
        self.discard()
        self._stop(reason="the conversation ended")
        if (tools := self._context.tools) is not None:
            tools.drop_question("the conversation ended")

    def _start(
        self,
        source: ChatRequest | str,
        language: str,
        turn: int | None = None,
        *,
        confirmed: OpenQuestion | None = None,
        may_call: bool = True,
    ) -> RunningReply:
        audible = self._scheduler.reply_audible
        reply = Reply(self._context, source, language, audible, confirmed=confirmed, may_call=may_call)
        self._running = RunningReply(reply, self._run(reply), turn, self._scheduler.take_timestamps())
        return self._running

    def _ask_again(self) -> None:
        """Record that the chat model is asked again, since it wrote no reply when the turn was over."""
        if self._running is not None:
            self._running.ask_again()

    def _run(self, reply: Reply) -> asyncio.Task[None]:
        return self._tasks.start(self._complete(reply))

    async def _complete(self, reply: Reply) -> None:
        await reply.run()
        running = self._running
        if running is None or running.reply is not reply:  # it was stopped, but a provider ignored that
            return
        if self._context.speaker.is_attenuated:
            self._context.speaker.resume()
            self._events.publish(BotResumed(self._events.now()))
        running.stop_tools("ended", "the reply broke off")
        heard = self._end(running)
        self._ended(heard, reply.patience)

    def _stop(self, *, unheard: bool = False, goes_on: bool = False, reason: str = "the user spoke") -> str:
        """Stop the reply, if there is one; return what the user heard of it, or nothing if `unheard`.

        Args:
            goes_on: whether the user had probably not finished.
            reason: why it is stopped, for the results of calls that are stopped too.
        """
        running = self._running
        if running is None:
            return ""
        running.task.cancel()
        running.reply.stop()
        running.stop_tools("withdrawn" if unheard else "interrupted", reason)
        heard = self._end(running, interrupted=True, unheard=unheard, goes_on=goes_on)
        self._context.speaker.clear()
        self.stopped.remember(running, heard)
        return heard

    def _end(
        self,
        running: RunningReply,
        *,
        interrupted: bool = False,
        unheard: bool = False,
        goes_on: bool = False,
    ) -> str:
        reply, now = running.reply, self._events.now()
        heard = "" if unheard else reply.heard()
        if reply.is_question_refused and not reply.has_acted:
            self._remove_question(running)  # every later request with it would be refused too
        elif not unheard:
            if reply.is_question_refused and running.turn is not None:
                self._history.correct_user_turn(_REFUSED, running.turn)
                reply.withhold_calls()
            running.add_to(self._history, heard, goes_on=goes_on)
        if running.question is not None and self._context.tools is not None:
            if unheard:
                self._context.tools.withdrawn(running.question)
            else:
                self._context.tools.asked(running.question, running.reply.written_last, running.heard_last())
        if interrupted and not heard and self._context.tools is not None:
            self._context.tools.late.restore(running.results)
        self._events.publish(BotTurnEnded(now, heard, interrupted))
        if reply.is_answer:
            first_byte = reply.timestamps.first_byte
            if running.turn is not None and first_byte is not None:
                self._scheduler.reply_took(first_byte - reply.timestamps.began)
            self._events.publish(running.report(now, heard, interrupted=interrupted))
        self._running = None
        return heard

    def _remove_question(self, running: RunningReply) -> None:
        if running.turn is not None:
            self._history.remove_user_turn(running.turn)
