"""Who has the floor: the turns on the conversation's clock, with a timer for their deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import assert_never

from voicebot.engine.clock import Clock
from voicebot.engine.timeline import Timeline
from voicebot.engine.turns import Action, Answer, Commit, Interrupt, Turns


class Floor:
    """Has done what the turns decide, whether news or a deadline made them.

    Args:
        answer: begins a reply to the user's words.
        interrupt: stops the reply.
    """

    def __init__(
        self,
        turns: Turns,
        clock: Clock,
        *,
        answer: Callable[[str], None],
        interrupt: Callable[[Interrupt], None],
    ) -> None:
        self.turns = turns
        self.clock = clock
        self.timeline = Timeline()
        """The marks of the turn that is under way."""
        self._answer = answer
        self._interrupt = interrupt
        self._timer: asyncio.TimerHandle | None = None
        self._at_rest = asyncio.Event()

    def do(self, actions: list[Action]) -> bool:
        """Do what the turns decided; return whether the recogniser is to be asked for its final."""
        commit = False
        for action in actions:
            match action:
                case Commit():
                    commit = True
                case Answer(text):
                    self._answer(text)
                case Interrupt():
                    self._interrupt(action)
                case _:
                    assert_never(action)
        self._set_timer()
        if not self.turns.busy:
            self._at_rest.set()
        return commit

    def take_timeline(self) -> Timeline:
        """Return the marks of the user's turn, which is over, and begin new ones."""
        timeline, self.timeline = self.timeline, Timeline()
        return timeline

    async def rest(self) -> None:
        """Wait until the bot is not at work; the time of a recording stands still for it."""
        began = self.clock.now()
        self.clock.hold()
        self._set_timer()
        while self.turns.busy:
            self._at_rest.clear()
            await self._at_rest.wait()
        self.clock.release()
        self.turns.postpone(self.clock.now() - began)

    def close(self) -> None:
        """Let no deadline come any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self) -> None:
        self.close()
        if self.turns.deadline is not None and self.clock.runs:
            wait = max(0.0, self.turns.deadline - self.clock.now())
            self._timer = asyncio.get_running_loop().call_later(wait, self._tick, self.turns.deadline)

    def _tick(self, deadline: float) -> None:
        # a timer may fire a rounding error early; the deadline has come all the same
        self.do(self.turns.tick(max(deadline, self.clock.now())))
