"""What was said so far, as the user heard it, and the part of it that the chat model is reminded of.

Chat templates of many models take nothing but questions and answers in turn, the first a question, after at
most one system message. A conversation is not like that: the bot speaks first or twice, and a question may
be left without an answer. So a request joins what one side said in a row, and where the bot spoke first it
begins with a user who says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from voicebot.messages import Message

_SILENCE = Message("user", "...")
"""What the user said before the bot spoke first; some servers refuse a message that is empty."""


class History:
    """The messages of one conversation.

    Args:
        system: the system message; none is sent when it is empty.
        budget: characters of messages sent with each request, the system message and the last message
            not counted.
    """

    def __init__(self, system: str, budget: int) -> None:
        self._system = [Message("system", system)] if system else []
        self._budget = budget
        self._messages: list[Message] = []

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that was said, the system message first."""
        return (*self._system, *self._messages)

    def user_said(self, text: str) -> Message:
        """Add a turn of the user; return what `withdraw` and `correct` know it by."""
        self._messages.append(question := Message("user", text))
        return question

    def bot_was_heard(self, text: str) -> None:
        """Add what was heard of a turn of the bot; nothing heard leaves nothing."""
        if text:
            self._messages.append(Message("assistant", text))

    def withdraw(self, question: Message) -> None:
        """Take back a turn of the user: nobody heard an answer, and it will be said again in full."""
        if (index := self._find(question)) is not None:
            del self._messages[index]

    def correct(self, question: Message, text: str) -> Message:
        """Put other words into a turn of the user, unless it was taken back; return what it is known by."""
        if (index := self._find(question)) is not None:
            question = self._messages[index] = Message("user", text)
        return question

    def _find(self, question: Message) -> int | None:
        """Return where a turn is: that very one, not another with the same words."""
        return next((index for index, each in enumerate(self._messages) if each is question), None)

    def request(self, *question: Message) -> tuple[Message, ...]:
        """Return the messages to send: the system message, and the latest that the budget holds.

        User and assistant alternate in them, the user first and last.

        Args:
            question: what the user says beside what history knows, if anything.
        """
        said = (*self._messages, *question) if question else self._messages
        return (*self._system, *_alternating(said[_start(said, self._budget) :]))


def _start(said: Sequence[Message], budget: int) -> int:
    """Return where the latest messages begin that a budget holds beside the last one.

    A question and what was said after it are kept or left out together.
    """
    start = at = max(0, len(said) - 1)
    while at > 0 and budget >= 0:
        at -= 1
        budget -= len(said[at].content)
        if budget >= 0 and (at == 0 or said[at].role == "user"):
            start = at
    return start


def _alternating(said: Iterable[Message]) -> Iterable[Message]:
    for number, (role, messages) in enumerate(groupby(said, lambda message: message.role)):
        if number == 0 and role == "assistant":
            yield _SILENCE
        yield Message(role, "\n".join(message.content for message in messages))
