"""The reply that is prepared in silence while the user may still go on: made, discarded, or used."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voicebot.engine.history.history import History
from voicebot.engine.speaking.reply import Reply
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.running_reply import RunningReply
from voicebot.engine.turns.scheduler import TurnScheduler
from voicebot.events import ReplyPrepared, ReplyWithdrawn
from voicebot.messages import ChatRequest, Message


class Preparation:
    """Holds at most one prepared reply.

    Args:
        run: starts the task of a reply.
        asked_again: called if the chat model says of a reply that is no longer prepared, but used, that the
            user has not finished.
    """

    def __init__(
        self,
        scheduler: TurnScheduler,
        history: History,
        context: ReplyContext,
        run: Callable[[Reply], asyncio.Task[None]],
        asked_again: Callable[[], None],
    ) -> None:
        self._scheduler = scheduler
        self._history = history
        self._context = context
        self._run = run
        self._asked_again = asked_again
        self._prepared: RunningReply | None = None

    def use(self, context: ReplyContext) -> None:
        """Prepare the next replies with other providers or settings."""
        self._context = context

    def prepare(self, text: str, language: str) -> None:
        """Start the reply to `text` silently, without adding it to history."""
        self.discard()
        context = self._context
        if context.tools is not None and context.tools.question is not None:
            return  # what an answer to that means is decided when the turn is over
        self._scheduler.reply_prepared()
        context.events.publish(ReplyPrepared(context.events.now(), text))
        messages = self._history.request(Message("user", text))
        request = ChatRequest(messages, context.conversation, ahead=True)
        audible = self._scheduler.reply_audible
        unfinished = self._hold if context.settings.turns.ask_chat_model else None
        reply = Reply(context, request, language, audible, held=True, unfinished=unfinished)
        self._prepared = RunningReply(reply, self._run(reply), history=self._history.messages)

    def discard(self) -> None:
        """Cancel the prepared reply, if there is one."""
        prepared, self._prepared = self._prepared, None
        if prepared is None:
            return
        prepared.task.cancel()
        prepared.stop_tools("withdrawn", "the user went on")
        tokens, characters = prepared.estimated_tokens(), prepared.reply.synthesized_characters
        self._scheduler.reply_discarded(tokens, characters)
        self._context.events.publish(ReplyWithdrawn(self._context.events.now(), tokens, characters))

    def take(self, history: tuple[Message, ...]) -> RunningReply | None:
        """Return the prepared reply if it knows all that a new one would, and has not failed.

        Otherwise, it is discarded.

        Args:
            history: what had been said before the turn that it answers.
        """
        prepared = self._prepared
        if prepared is None or prepared.reply.has_failed or prepared.history != history:
            self.discard()
            return None
        self._prepared = None
        return prepared

    def _hold(self) -> None:
        """Record that the chat model wrote no reply, since the user has not finished."""
        if self._prepared is not None:
            self._prepared.is_held = True
            self._scheduler.reply_held()
        else:
            self._asked_again()
