"""The messages of a conversation, as the user heard them, and which of them are sent to the chat model.

The chat templates of many models accept only questions and answers in turn, the first one a question, after
at most one system message. In a real conversation, the bot may speak first or twice, and a question may
remain unanswered. So a request joins consecutive messages of one side, and begins with a silent
user if the bot spoke first. Where the bot began to speak before the user had finished, the request has the
user's turn in one message, with a note of what was heard of the bot: an answer to half a question is not a
part of the dialogue that a model should go by.

A summary of older turns is sent in their place, as words of the bot after a note: it has been made of what
users, models and tools wrote, so it must not become part of the system message. Neither must facts that a
tool has remembered; they are sent in the same way, before the summary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Literal

from voicebot.engine.history.request_messages import alternating, noted, size_of, start_within
from voicebot.engine.tools.records import ToolStep, cut_results
from voicebot.messages import Message, Role

_SUMMARISED = Message("user", "[The conversation so far is left out here. Its summary follows.]")
_FACTS = Message("user", "[Facts to remember follow.]")
_MOST_FACTS = 50
_LONGEST_FACT = 500


class History:
    """The messages of one conversation. Turns of the user are known by their numbers.

    Args:
        system: the system message; none is sent if it is empty.
        budget: characters of messages sent with each request, not counting the system message, facts, the
            summary and the last message.
    """

    def __init__(self, system: str, budget: int) -> None:
        self.instruct(system)
        self._budget = budget
        self._facts: list[str] = []
        self._said: list[Message | ToolStep] = []
        self._user_turns: dict[int, Message] = {}
        self._cut_offs: list[Message] = []
        """What the user heard of turns of the bot that began too early."""
        self.summary = ""
        """What stands for the oldest messages in requests; empty if nothing does."""
        self._summarised = 0
        """How many of the oldest messages it stands for."""

    @property
    def messages(self) -> tuple[Message, ...]:
        """All messages, the system message first, then the facts to remember."""
        return (*self._system, *self._remembered(), *_flat(self._said))

    @property
    def said(self) -> tuple[Message, ...]:
        """What user and bot said, with calls and their results; neither the system message nor facts."""
        return tuple(_flat(self._said))

    def restore(self, messages: Iterable[Message]) -> None:
        """Begin with what was said in an earlier conversation that this one continues.

        Args:
            messages: those of user and assistant, without calls.
        """
        self._said[:0] = messages

    def instruct(self, system: str) -> None:
        """Replace the system message; none is sent if it is empty."""
        self._system = [Message("system", system)] if system else []

    def limit(self, budget: int) -> None:
        """Change how many characters of messages are sent with each request."""
        self._budget = budget

    def forget(self, role: Role, content: str) -> None:
        """Remove the latest message with that role and content, unless a summary stands for it."""
        for index in range(len(self._said) - 1, -1, -1):
            each = self._said[index]
            if isinstance(each, Message) and (each.role, each.content) == (role, content):
                if sum(1 for _ in _flat(self._said[:index])) >= self._summarised:
                    del self._said[index]
                return

    def add(self, role: Literal["user", "assistant", "system"], text: str, turn: int) -> None:
        """Add a message that is not answered; `system` adds to the system message."""
        if role == "system":
            self.instruct("\n\n".join((*(message.content for message in self._system), text)))
        elif role == "user":
            self.add_user_turn(text, turn)
        else:
            self.add_bot_turn(text)

    def remember(self, fact: str) -> None:
        """Add a fact, which is sent on a line of its own with all requests from now on."""
        fact = " ".join(fact.split())[:_LONGEST_FACT]
        if fact and fact not in self._facts:
            self._facts = [*self._facts, fact][-_MOST_FACTS:]

    def _remembered(self) -> tuple[Message, ...]:
        lines = "\n".join(f"- {each}" for each in self._facts)
        return (_FACTS, Message("assistant", lines)) if lines else ()

    def add_user_turn(self, text: str, turn: int) -> None:
        """Add a turn of the user."""
        self._user_turns[turn] = message = Message("user", text)
        self._said.append(message)

    def add_tool_step(self, step: ToolStep) -> None:
        """Add calls of the chat model; results that are not there yet are in later requests."""
        self._said.append(step)

    def add_bot_turn(self, heard: str, *, cut_off: bool = False) -> Message | None:
        """Add what the user heard of a turn of the bot, if anything; return the message.

        Args:
            cut_off: whether the bot cut the user off: the user's next turn continues the one before.
        """
        if not heard:
            return None
        self._said.append(message := Message("assistant", heard))
        self._cut_offs += [message] if cut_off else []
        return message

    def correct_bot_turn(self, message: Message, heard: str) -> Message | None:
        """Replace a message of the bot, if it is there and no summary stands for it; return what is there.

        Args:
            heard: what the user heard; if that is nothing, the message is removed.
        """
        index = next((at for at, each in enumerate(self._said) if each is message), None)
        if index is None or sum(1 for _ in _flat(self._said[:index])) < self._summarised:
            return message
        corrected = Message("assistant", heard) if heard else None
        self._said[index : index + 1] = [corrected] if corrected is not None else []
        self._cut_offs = [corrected if each is message else each for each in self._cut_offs if corrected]
        return corrected

    def remove_user_turn(self, turn: int) -> None:
        """Remove a turn of the user, if it is there: it will be added again in full, or must not be sent."""
        if (message := self._user_turns.pop(turn, None)) is not None:
            del self._said[self._index(message)]

    def correct_user_turn(self, text: str, turn: int) -> None:
        """Replace the words of a turn of the user, if it is there."""
        if (message := self._user_turns.get(turn)) is not None:
            self._user_turns[turn] = corrected = Message("user", text)
            self._said[self._index(message)] = corrected

    def _index(self, message: Message) -> int:
        """Return where this very message is, not an equal one."""
        return next(index for index, each in enumerate(self._said) if each is message)

    @property
    def since_summary(self) -> tuple[Message, ...]:
        """The messages that the summary does not stand for."""
        return tuple(_flat(self._said))[self._summarised :]

    def older(self, keep: int) -> tuple[Message, ...]:
        """Return the messages that a summary can stand for next: those since the last one, but the latest.

        They end before a turn of the user, and contain no call that is still running.

        Args:
            keep: how many of the latest turns of the user are left out.
        """
        said = self.since_summary
        users = [at for at, message in enumerate(said) if message.role == "user"]
        starts = [at for at in users if not (at >= 2 and self._goes_on(said[at - 2 : at + 1]))]
        settled = _settled(self._said) - self._summarised
        return said[
            : max((at for at in starts[: max(0, len(starts) - keep + 1)] if at <= settled), default=0)
        ]

    def summarise(self, older: Sequence[Message], summary: str) -> bool:
        """Send a summary in the place of messages from now on; return False if they are no longer the oldest.

        Args:
            older: what `older` has returned before; the summary includes the one before it.
        """
        if self.since_summary[: len(older)] != tuple(older):
            return False
        self.summary = summary
        self._summarised += len(older)
        return True

    def request(self, *question: Message, system: str = "") -> tuple[Message, ...]:
        """Return the messages to send: the system message, facts, and the latest that the budget holds.

        User and assistant alternate in them, the user first and last. Before turns are left out, results of
        tools are cut, apart from the latest.

        Args:
            question: words of the user that were not added yet, if any.
            system: replaces the system message, unless it is empty.
        """
        said: Sequence[Message] = (*self.since_summary, *question)
        if self._cut_offs:
            said = self._whole_turns(said)
        if said and sum(map(size_of, said[:-1])) > self._budget:
            said = cut_results(said, self._budget // 2)
        summary = (_SUMMARISED, Message("assistant", self.summary)) if self.summary else ()
        before = (*([Message("system", system)] if system else self._system), *self._remembered(), *summary)
        return (*before, *alternating(said[start_within(said, self._budget) :]))

    def _whole_turns(self, said: Sequence[Message]) -> list[Message]:
        """Join each turn of the user in which the bot cut the user off."""
        whole: list[Message] = []
        at = 0
        while at < len(said):
            parts, heard = [said[at]], []
            while self._goes_on(said[at : at + 3]):
                heard.append(said[at + 1])
                parts.append(said[at + 2])
                at += 2
            whole.append(noted(parts, heard) if heard else said[at])
            at += 1
        return whole

    def _goes_on(self, said: Sequence[Message]) -> bool:
        """Return whether the last of three messages continues the first, and the second cut it off."""
        roles = [message.role for message in said]
        return roles == ["user", "assistant", "user"] and any(said[1] is each for each in self._cut_offs)


def _settled(said: Sequence[Message | ToolStep]) -> int:
    """Return how many messages there are before the first call that is still running."""
    before = takewhile(lambda each: isinstance(each, Message) or not each.is_running, said)
    return sum(1 for _ in _flat(before))


def _flat(said: Iterable[Message | ToolStep]) -> Iterator[Message]:
    for each in said:
        if isinstance(each, ToolStep):
            yield from each.messages()
        else:
            yield each
