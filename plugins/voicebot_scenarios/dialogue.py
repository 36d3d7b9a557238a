"""One scenario: the user speaks, pauses, interrupts and types at exact times."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from voicebot import Bot, Conversation
from voicebot_scenarios.observed import Answer, Observed, ObservedTurn
from voicebot_scenarios.scenario import Scenario, Turn
from voicebot_scenarios.user.hearing import ToldRecognizer
from voicebot_scenarios.user.speech import SpokenTurn
from voicebot_scenarios.user.stream import UserStream

_LATE = 0.001
"""Seconds by which an interruption may be late."""
_LONGEST = 3600.0
"""Seconds that an answer may last."""
_AFTER = 0.5
"""Seconds after the bot's last word at which the user begins, unless the scenario says it."""


class Dialogue:
    """Holds one conversation.

    Args:
        bot: one that has been entered.
        spoken: what the user says in each turn; None for a turn without.
        recognizer: the bot's, if it has to be told the words.
        timeout: seconds for which a turn waits for an answer.
    """

    def __init__(
        self,
        scenario: Scenario,
        bot: Bot,
        spoken: Sequence[SpokenTurn | None],
        *,
        recognizer: ToldRecognizer | None,
        timeout: float,
    ) -> None:
        self.observed = Observed()
        self.turns: list[ObservedTurn] = []
        self._scenario, self._spoken = scenario, spoken
        self._bot, self._recognizer, self._timeout = bot, recognizer, timeout
        self._loop = asyncio.get_running_loop()
        self._stream = UserStream()
        self._conversation = Conversation(bot, self._stream)

    async def hold(self) -> None:
        """Hold the conversation to its end.

        Raises:
            ProviderError: it could not go on.
        """
        events = self._conversation.events()

        async def observe() -> None:
            async for event in events:
                self.observed.add(event)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(observe(), name="scenario: observe")
            tasks.create_task(self._conversation.run(), name="scenario: conversation")
            await asyncio.sleep(0)
            try:
                await self._talk()
            finally:
                self._stream.hang_up()

    @property
    def _now(self) -> float:
        return self._conversation.clock.now()

    async def _talk(self) -> None:
        turns = self._scenario.turns
        first = turns[0]
        await self.observed.until(lambda: self.observed.listening, self._timeout)
        if self._bot.settings.greeting and not first.waits and first.interrupt is None:
            await self._answered(0.0)
        for turn, spoken in zip(turns, self._spoken, strict=True):
            observed = await self._begin(turn, is_first=turn is first)
            if self.turns:
                self.turns[-1].until = observed.began
            self.turns.append(observed)
            if observed.problem:
                return
            if self.observed.ended is not None:
                observed.problem = "the conversation was over before"
                return
            await self._say(observed, spoken)
            await self._wait(observed)

    async def _begin(self, turn: Turn, *, is_first: bool) -> ObservedTurn:
        """Wait until a turn begins."""
        if turn.waits:
            return ObservedTurn(turn, 0.0, 0.0) if is_first else ObservedTurn(turn, self._now, self._now)
        if turn.interrupt is None:
            if not is_first or self.observed.answers or turn.after is not None:
                await asyncio.sleep(_AFTER if turn.after is None else turn.after)
            return ObservedTurn(turn, self._now, self._now)
        since = self.turns[-1].last_word if self.turns else 0.0
        over = await self._interruptible(since, turn.interrupt)
        observed = ObservedTurn(turn, self._now, self._now, over=over)
        if over is None:
            observed.problem = f"the bot said nothing within {self._timeout:g} s that could be interrupted"
        elif over.ended is not None:
            seconds = over.ended - over.began
            observed.problem = f"the answer was over after {seconds:.2f} s, before {turn.interrupt:g} s"
        elif (spoken := observed.began - over.began) > turn.interrupt + _LATE:
            observed.problem = (
                f"the bot had spoken for {spoken:.2f} s, longer than {turn.interrupt:g} s, before"
            )
        return observed

    async def _interruptible(self, since: float, seconds: float) -> Answer | None:
        """Wait until the bot has spoken for some seconds; return what it says, None if it says nothing."""

        def begun() -> Answer | None:
            later = (each for each in self.observed.answers if each.began >= since)
            return self.observed.speaking or next(later, None)

        await self.observed.until(begun, self._timeout)
        if (answer := begun()) is not None:
            await asyncio.sleep(max(0.0, answer.began + seconds - self._now))
        return answer

    async def _say(self, observed: ObservedTurn, spoken: SpokenTurn | None) -> None:
        """Say or type what the turn has, and note when that was."""
        if observed.turn.typed:
            self._stream.type(observed.turn.typed)
        if spoken is None:
            return
        began = self._loop.time()
        self._stream.play(spoken.audio)
        for word in spoken.words:
            await asyncio.sleep(began + word.at - self._loop.time())
            if self._recognizer is not None:
                self._recognizer.said(word.text)
        await asyncio.sleep(began + spoken.seconds - self._loop.time())
        observed.last_word = observed.began + spoken.seconds
        observed.pauses = tuple((observed.began + a, observed.began + b) for a, b in spoken.pauses)

    async def _wait(self, observed: ObservedTurn) -> None:
        """Wait until the turn is over: answered, or silent for long enough, or interrupted next."""
        turns = self._scenario.turns
        following = turns[len(self.turns)] if len(self.turns) < len(turns) else None
        if following is not None and following.interrupt is not None:
            return
        if observed.turn.expect.silent is not None:
            await asyncio.sleep(max(0.0, observed.last_word + observed.turn.expect.silent - self._now))
        else:
            await self._answered(observed.last_word)

    async def _answered(self, since: float) -> None:
        """Wait until the bot has said something to its end, and says nothing more."""

        def is_over() -> bool:
            answers = self.observed.answers
            if not answers or (last := answers[-1]).ended is None:
                return False
            return last.ended >= since and not last.interrupted

        def has_begun() -> bool:
            return is_over() or self.observed.speaking is not None

        while await self.observed.until(has_begun, self._timeout) and not is_over():
            if not await self.observed.until(lambda: self.observed.speaking is None, _LONGEST):
                return
