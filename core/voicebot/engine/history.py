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

    def user_said(self, text: str) -> None:
        """Add a turn of the user."""
        self._messages.append(Message("user", text))

    def bot_was_heard(self, text: str) -> None:
        """Add what was heard of a turn of the bot; nothing heard leaves nothing."""
        if text:
            self._messages.append(Message("assistant", text))

    def withdraw_question(self) -> None:
        """Take back the user's last turn: nobody heard an answer, and it will be said again in full."""
        if self._messages and self._messages[-1].role == "user":
            self._messages.pop()

    def correct_question(self, text: str) -> None:
        """Put other words into the user's last turn: the recogniser has settled them."""
        for index in range(len(self._messages) - 1, -1, -1):
            if self._messages[index].role == "user":
                self._messages[index] = Message("user", text)
                return

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
