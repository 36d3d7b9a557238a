"""Runs turn-taking on the conversation's clock: carries out its decisions and keeps its deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voicebot.engine.clock import Clock
from voicebot.engine.latch import Latch
from voicebot.engine.timeline import UserTurnTimestamps
from voicebot.engine.turns.actions import Action, Answer
from voicebot.engine.turns.bot_turn import BotSaid
from voicebot.engine.turns.goodbye import Goodbye
from voicebot.engine.turns.idle import IdleTimer, quiet_after
from voicebot.engine.turns.turn_taking import TurnTaking

LONGEST_WAIT = 60.0
"""Seconds that a recording waits for its words."""


class TurnScheduler:
    """Drives turn-taking, the idle timer and goodbye, and carries out their decisions at once.

    `UserInput` receives reports about the user, this class those about replies.

    Args:
        carry_out: called with each action.
    """

    def __init__(
        self,
        turn_taking: TurnTaking,
        idle_timer: IdleTimer,
        goodbye: Goodbye,
        clock: Clock,
        carry_out: Callable[[Action], None],
    ) -> None:
        self.closed = False
        self.are_results_due: Callable[[], bool] = lambda: False
        """Returns whether the bot is to tell results that came late, once nobody speaks."""
        self.carried_out: Callable[[], None] = lambda: None
        """Called when everything that was decided has been carried out."""
        self._turn_taking = turn_taking
        self._idle_timer = idle_timer
        self._goodbye = goodbye
        self._clock = clock
        self._carry_out = carry_out
        self._timer: asyncio.TimerHandle | None = None
        self._changed = Latch()
        self._timestamps = UserTurnTimestamps()
        self._counts_silence = self._is_recognition_lost = False

    @property
    def said(self) -> BotSaid:
        """What the bot said last."""
        return self._turn_taking.said

    @property
    def is_idle(self) -> bool:
        """Whether nothing is going on and nothing is left to answer."""
        return self._turn_taking.is_idle

    @property
    def deadline(self) -> float | None:
        """When to call `tick`, if nothing happens before."""
        deadlines = [d for d in (self._turn_taking.deadline, self._idle_timer.deadline) if d is not None]
        return min(deadlines, default=None)

    def begin(self) -> None:
        """Count the user's silence from now on."""
        self._counts_silence = True
        self.carry_out([])

    def close(self) -> None:
        """Carry out no more actions."""
        self.closed = True
        self._cancel_timer()
        self._changed.set()

    def carry_out(self, actions: list[Action]) -> None:
        """Carry out actions, then whatever follows from them."""
        if self.closed:
            return
        for action in actions:
            if isinstance(action, Answer):
                self._idle_timer.reset()
                self._timestamps.decided = self._clock.now()
            self._carry_out(action)
        for last in self._goodbye.decide(is_idle=self.is_idle):
            self._counts_silence = False
            self._carry_out(last)
        counts_silence = self._counts_silence and not self._is_recognition_lost
        quiet = quiet_after(self.said.text) if self.are_results_due() else None
        is_idle = self.is_idle and counts_silence
        self._idle_timer.update(self._clock.now(), is_idle=is_idle, quiet=quiet)
        self._set_timer()
        self._changed.set()
        self.carried_out()

    def tick(self, now: float) -> None:
        """Carry out what is due."""
        self.carry_out(self._turn_taking.tick(now))
        if actions := self._idle_timer.tick(now):
            self.carry_out(actions)

    def recognition_lost(self) -> None:
        """Stop counting the user's silence: speech cannot be recognised for now."""
        self._is_recognition_lost = True
        self.carry_out([])

    def recognition_restored(self) -> None:
        """Count the user's silence again, as patiently as after a turn: the user could not be heard."""
        self._is_recognition_lost = False
        self._idle_timer.reset()
        self.carry_out([])

    def turn_detected(self, wait: float) -> None:
        """Report the turn detector's answer: seconds of silence that end the turn."""
        self.carry_out(self._turn_taking.turn_detected(self._clock.now(), wait))

    def bot_started(self) -> None:
        """Report that the bot speaks first: a greeting, a prompt, or goodbye."""
        self._turn_taking.bot.begin(None)

    def stop_bot(self) -> None:
        """Stop the bot: it is about to say something else."""
        self.carry_out(self._turn_taking.manual.stop_reply(self._clock.now()))

    def reply_audible(self) -> None:
        """Report that the first sound of a reply is played."""
        self._turn_taking.bot.audible(self._clock.now())

    def reply_acted(self) -> None:
        """Report that the reply changes something, so that it will not be taken back."""
        self._turn_taking.bot.acted()

    def tool_ended(self) -> None:
        """Report that a call has ended whose reply is over."""
        self.carry_out([])

    def reply_took(self, seconds: float) -> None:
        """Report how long a reply took from the request to its first sound."""
        self._turn_taking.reply_took(seconds)

    def reply_interrupted(self, said: BotSaid) -> None:
        """Report what was heard of an interrupted reply."""
        self._turn_taking.bot.said = said

    def reply_ended(self, said: BotSaid | None) -> None:
        """Report that a reply is over; `said` is None if what the bot said before is still to be answered."""
        self.carry_out(self._turn_taking.reply_ended(self._clock.now(), said))

    def speech_stopped(self, silent_since: float) -> None:
        """Record when the user stopped speaking."""
        self._timestamps.speech_stopped = silent_since

    def partial_came(self, now: float) -> None:
        """Record when the last partial transcript came."""
        self._timestamps.last_partial = now

    def final_came(self, now: float) -> None:
        """Record when the last final transcript came."""
        self._timestamps.final = now

    def reply_prepared(self) -> None:
        """Report that a reply is prepared in the user's turn."""
        self._timestamps.prepared += 1

    def reply_held(self) -> None:
        """Report that the chat model, asked for a reply in advance, says that the user has not finished."""
        self._timestamps.held += 1
        self.carry_out(self._turn_taking.words_are_unfinished(self._clock.now()))

    def reply_discarded(self, wasted_tokens: int, wasted_characters: int) -> None:
        """Report that a prepared reply was discarded, and how many tokens and characters it took."""
        self._timestamps.withdrawn += 1
        self._timestamps.wasted_tokens += wasted_tokens
        self._timestamps.wasted_characters += wasted_characters

    def take_timestamps(self) -> UserTurnTimestamps:
        """Return the times of the user's turn, which is over, and begin to record the next."""
        timestamps, self._timestamps = self._timestamps, UserTurnTimestamps()
        return timestamps

    async def wait_while_busy(self) -> None:
        """Wait until the bot is not at work.

        The clock of a recording goes on while the bot speaks, but stands still while a recogniser is behind:
        that is not the user's silence.
        """
        while self._turn_taking.is_busy and not self.closed:
            self._changed.clear()
            if self._turn_taking.is_bot_turn:
                self._clock.hold()
                await self._changed.wait()
                self._clock.release()
                continue
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    await self._changed.wait()
            except TimeoutError:
                self.carry_out(self._turn_taking.give_up_finals(self._clock.now()))

    def _set_timer(self) -> None:
        self._cancel_timer()
        deadline = self.deadline
        if deadline is not None and self._clock.live:  # the clock of a recording moves with its sound
            wait = max(0.0, deadline - self._clock.now())
            self._timer = asyncio.get_running_loop().call_later(wait, self._on_time, deadline)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_time(self, deadline: float) -> None:
        # a timer may fire early by a rounding error; the deadline still counts as reached
        self.tick(max(deadline, self._clock.now()))
