"""Who has the floor: the turns on the conversation's clock, with a timer for their deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voicebot.engine.clock import Clock
from voicebot.engine.timeline import Listened
from voicebot.engine.turns.actions import Action, Answer
from voicebot.engine.turns.idle import IdleTimer
from voicebot.engine.turns.turn_taking import Turns

LONGEST_WAIT = 60.0
"""Seconds that a recording waits for its words."""


class TurnScheduler:
    """Has done what the turns decide, whether news or a deadline made them.

    Args:
        carry_out: does what was decided.
        settled: called when all of it is done.
    """

    def __init__(
        self,
        turns: Turns,
        idling: IdleTimer,
        clock: Clock,
        carry_out: Callable[[Action], None],
        settled: Callable[[], None],
    ) -> None:
        self.turns = turns
        self._idling = idling
        self.clock = clock
        self.listened = Listened()
        """The marks of the turn that is under way."""
        self._carry_out = carry_out
        self._settled = settled
        self._timer: asyncio.TimerHandle | None = None
        self._changed = asyncio.Event()
        self.minds_silence = False
        """Whether the user's silence is counted: from when the bot hears until the conversation ends."""
        self._recognition_is_away = False
        self.closed = False

    def do(self, actions: list[Action]) -> None:
        """Do what the turns decided."""
        if self.closed:
            return
        for action in actions:
            if isinstance(action, Answer):
                self._idling.answered()
            self._carry_out(action)
        self._settled()
        counts = self.minds_silence and not self._recognition_is_away
        self._idling.note(self.clock.now(), idle=self.turns.idle and counts)
        self._set_timer()
        self._changed.set()

    @property
    def deadline(self) -> float | None:
        """When `tick` is to be called, if nothing happens before."""
        deadlines = [d for d in (self.turns.deadline, self._idling.deadline) if d is not None]
        return min(deadlines, default=None)

    def tick(self, now: float) -> None:
        """Have done what is due."""
        self.do(self.turns.tick(now))
        if actions := self._idling.tick(now):
            self.do(actions)

    def begin(self) -> None:
        """Count the user's silence from now on."""
        self.minds_silence = True
        self.do([])

    def note_recognition(self, *, away: bool) -> None:
        """Take note whether recognition is away: nobody knows then whether the user is silent."""
        self._recognition_is_away = away
        if not away:
            self._idling.answered()  # the user has had no chance: be as patient as after a turn
        self.do([])

    def take_listened(self) -> Listened:
        """Return the marks of the user's turn, which is over, and begin new ones."""
        listened, self.listened = self.listened, Listened()
        return listened

    async def rest(self) -> None:
        """Wait until the bot is not at work, while a recording waits.

        Its time goes on while the bot speaks, but stands still for a recogniser that is behind: that is no
        silence of the user.
        """
        while self.turns.busy and not self.closed:
            self._changed.clear()
            if self.turns.replying:
                self.clock.hold()
                await self._changed.wait()
                self.clock.release()
                continue
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    await self._changed.wait()
            except TimeoutError:
                self.do(self.turns.give_up(self.clock.now()))

    def close(self) -> None:
        """Have nothing done any more."""
        self.closed = True
        self._cancel_timer()
        self._changed.set()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self) -> None:
        self._cancel_timer()
        deadline = self.deadline
        if deadline is not None and self.clock.live:  # a recording's sound tells its time
            wait = max(0.0, deadline - self.clock.now())
            self._timer = asyncio.get_running_loop().call_later(wait, self._on_time, deadline)

    def _on_time(self, deadline: float) -> None:
        # a timer may fire a rounding error early; the deadline has come all the same
        self.tick(max(deadline, self.clock.now()))
