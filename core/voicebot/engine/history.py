"""What was said so far, as the user heard it, and the part of it that the chat model is reminded of."""

from __future__ import annotations

from voicebot.messages import Message


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

    def request(self) -> tuple[Message, ...]:
        """Return the messages to send: the system message, and the latest that the budget holds."""
        left = self._budget
        start = max(0, len(self._messages) - 1)
        for message in reversed(self._messages[:start]):
            left -= len(message.content)
            if left < 0:
                break
            start -= 1
        return (*self._system, *self._messages[start:])
