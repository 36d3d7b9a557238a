"""One conversation: it tells the turns what happens, and does what they say."""

from __future__ import annotations

import asyncio
from typing import assert_never
from uuid import uuid4

from voicebot.engine.bot import Bot
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.clock import Clock
from voicebot.engine.event_stream import EventStream, Subscription
from voicebot.engine.failures import as_provider_error
from voicebot.engine.filters import FilteredWords, begun
from voicebot.engine.hearing.echo.echo_path import EchoPath
from voicebot.engine.hearing.echo.transcript_filter import EchoTranscriptFilter
from voicebot.engine.hearing.hearing import Hearing
from voicebot.engine.history import History
from voicebot.engine.observers import Watch
from voicebot.engine.speaking.playback.listening_tone import listening_tone
from voicebot.engine.speaking.playback.speaker import Speaker
from voicebot.engine.speaking.replies import Replies
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.turn_rules import idle_rules, patience_after, turn_rules
from voicebot.engine.turns.actions import (
    Action,
    Answer,
    AskTurnDetector,
    Commit,
    Correct,
    Discard,
    Duck,
    HangUp,
    Hold,
    Interrupt,
    Patience,
    Prepare,
    Prompt,
    Resume,
)
from voicebot.engine.turns.goodbye import Goodbye
from voicebot.engine.turns.idle import IdleTimer
from voicebot.engine.turns.scheduler import LONGEST_WAIT, TurnScheduler
from voicebot.engine.turns.turn_detection import TurnDetection
from voicebot.engine.turns.turn_taking import Turns
from voicebot.errors import ProviderError
from voicebot.events import (
    BotDucked,
    BotResumed,
    ConversationEnded,
    ListeningStarted,
    ProviderFailed,
)
from voicebot.interfaces import AudioStream
from voicebot.messages import DeviceLost, DeviceReopened


class Conversation:
    """One dialogue over one stream of sound; run it once.

    Args:
        bot: entered already.
        stream: what the bot's device opened.
    """

    def __init__(self, bot: Bot, stream: AudioStream) -> None:
        self.id = uuid4().hex
        """Opaque and unique."""
        self.history = History(bot.settings.system, bot.settings.history.budget)
        self._guard = EchoTranscriptFilter()
        self.publish = (events := EventStream(self._guard.observe)).publish
        self._events = events
        self._bot = bot
        self._stream = stream
        self._was_run = False

    def events(self) -> Subscription:
        """Return the events from now on; ask before `run` to see them all.

        Raises:
            RuntimeError: the conversation has ended.
        """
        return self._events.subscribe()

    async def run(self) -> None:
        """Talk until the device has nothing more to say, or goodbye was said, and the last reply is over.

        Raises:
            ProviderError: the conversation cannot go on; what was said is in `history`.
            RuntimeError: it was run already.
        """
        if self._was_run:
            raise RuntimeError("a conversation is run once: make another for the next dialogue")
        self._was_run = True
        self.clock = Clock(live=self._stream.live)
        detects, live = self._bot.voice_activity is not None, self._stream.live
        rules = turn_rules(self._bot.settings, acts=self._bot.chat.acts)
        self._turns = Turns(rules, detects=detects, live=live)
        idling = IdleTimer(idle_rules(self._bot.settings))
        self._floor = TurnScheduler(self._turns, idling, self.clock, self._carry_out, self._settled)
        settings = self._bot.settings
        self._leaving = Goodbye(settings.goodbye, settings.name, self._stop_hearing)
        self._hearing_task: asyncio.Task[None] | None = None
        self._prompting = False
        self._reply_filters = begun(self._bot.reply_filters, settings)
        self._filtered = FilteredWords(begun(self._bot.transcript_filters, settings), self._filter_failed)
        async with Watch(self._bot.watchers, self._bot.about(self.id), self._events):
            failure = await self._converse()
        if failure is not None:
            raise failure

    async def _converse(self) -> ProviderError | None:
        """Talk to the end; return why the conversation could not go on, if that is how it ended."""
        failure: ProviderError | None = None
        try:
            with own_cancellation("the conversation broke"):
                async with asyncio.TaskGroup() as tasks:
                    self._gather(tasks)
                    await self._talk(tasks)
        except* Exception as errors:
            failure = as_provider_error("the conversation broke", errors)
        finally:
            self._bot_turns.close()
            by = "failure" if failure else self._leaving.by or "input"
            self.publish(ConversationEnded(self.clock.now(), str(failure) if failure else None, by))
        return failure

    def _filter_failed(self, error: ProviderError) -> None:
        self.publish(ProviderFailed(self.clock.now(), "filter", str(error)))

    def _gather(self, tasks: asyncio.TaskGroup) -> None:
        """Make what the conversation's tasks work with."""
        self._echo = EchoPath(self._bot.settings.echo, self._stream)
        self._speaker = Speaker(self._stream, tasks, self._echo.played)
        self._tasks = tasks
        self._bot_turns = Replies(self._floor, self.history, self._means(), tasks, self._bot_ended)
        self._judging = TurnDetection(
            self._bot.turn_detector,
            tasks,
            self._bot.settings.language,
            self._stream.microphone,
            self._judged,
        )

    async def _talk(self, tasks: asyncio.TaskGroup) -> None:
        self._hearing = hearing = Hearing(
            self._floor,
            self._bot,
            self._stream,
            self.publish,
            self._judging,
            self._echo,
            self._guard,
            self._filtered,
            self._device_changed,
            conversation=self.id,
        )
        try:
            listening = tasks.create_task(self._listen(hearing), name="listen")
            if self._bot.settings.greeting:
                self._say(self._bot.settings.greeting)
            await hearing.ready.wait()
            self.publish(ListeningStarted(self.clock.now()))
            if not self._bot.settings.greeting:
                await self._play_tone()
            self._floor.begin()
            if await self._hear(tasks, hearing):
                await self._floor.rest()
                await asyncio.wait([listening], timeout=self._last_words_timeout)
            await self._floor.rest()
            if self._floor.closed:
                await listening  # it says why the conversation cannot go on
            listening.cancel()
        finally:
            self._floor.close()
            self._judging.drop()
            self._bot_turns.withdraw()

    @property
    def _last_words_timeout(self) -> float:
        """Seconds after the end of the input in which a recogniser may tell what nobody waits for."""
        return self._bot.settings.recognizer_timeout if self._stream.live else LONGEST_WAIT

    async def _hear(self, tasks: asyncio.TaskGroup, hearing: Hearing) -> bool:
        """Hear until the input ends, or goodbye was said; return whether it is the input."""
        self._hearing_task = tasks.create_task(hearing.hear(), name="hear")
        await asyncio.wait([self._hearing_task])
        self._speaker.device_reopened()  # it will not come back
        return not self._hearing_task.cancelled()

    def _stop_hearing(self) -> None:
        self._floor.minds_silence = False
        if self._hearing_task is not None:
            self._hearing_task.cancel()

    def _settled(self) -> None:
        self._leaving.settled(idle=self._turns.idle)

    async def _listen(self, hearing: Hearing) -> None:
        try:
            await hearing.listen()
        except ProviderError as error:  # for good: nothing more can be understood
            self.publish(ProviderFailed(self.clock.now(), "recognizer", str(error)))
            self._floor.close()
            self._bot_turns.close()
            if line := self._bot.settings.on_error:
                await self._bot_turns.say(line)
            raise

    def _carry_out(self, action: Action) -> None:
        match action:
            case AskTurnDetector():
                self._judging.ask(action, self._turns.asked, self._turns.patience)
            case Prepare(text):
                self._prepare(text)
            case Discard():
                self._bot_turns.withdraw()
            case Answer():
                self._judging.drop()
                self._answer(action)
            case Correct(text, turn):
                self._leaving.correct(text, turn)
                self._bot_turns.correct(action)
            case Duck() | Hold() | Resume():
                self._moderate(action)
            case Interrupt():
                self._interrupt(action)
            case Prompt(text):
                self._say(text)
                self._prompting = True  # its words are no new question
            case HangUp():
                self._leave()
            case Commit():
                self._hearing.commit()
            case _:
                assert_never(action)

    def _moderate(self, action: Duck | Hold | Resume) -> None:
        now = self.clock.now()
        match action:
            case Duck():
                self._speaker.duck()
                self.publish(BotDucked(now, held=False))
            case Hold():
                self._speaker.hold()
                self.publish(BotDucked(now, held=True))
            case Resume():
                self._speaker.resume()
                self.publish(BotResumed(now))

    def _device_changed(self, change: DeviceLost | DeviceReopened) -> None:
        match change:
            case DeviceLost():
                self._speaker.device_lost()
                if heard := self._bot_turns.lose_device():
                    if not self._prompting:
                        self._expect_answer_to(heard)
                    self._floor.do(self._turns.reply_ended(self.clock.now()))
            case DeviceReopened():
                self._speaker.device_reopened()
            case _:
                assert_never(change)

    def _prepare(self, text: str) -> None:
        if not (self._leaving.line and self._leaving.is_farewell(text)):
            self._bot_turns.prepare(text)

    def _interrupt(self, interrupt: Interrupt) -> None:
        self._leaving.stay()
        if (heard := self._bot_turns.interrupt(interrupt)) and not self._prompting:
            self._expect_answer_to(heard)

    def _answer(self, answer: Answer) -> None:
        self._prompting = False
        line = self._leaving.line if self._leaving.answer(answer.text, answer.turn) else ""
        self._bot_turns.answer(answer, line=line)

    def _say(self, line: str) -> None:
        self._prompting = False
        self._turns.bot_begins()
        self._bot_turns.say(line)

    def _leave(self) -> None:
        """End the conversation: the user has been silent for long."""
        self._leaving.by = "silence"
        if self._leaving.line:
            self._say(self._leaving.line)

    def _judged(self, wait: float) -> None:
        self._floor.do(self._turns.judged(self.clock.now(), wait))

    def _bot_ended(self, said: str, patience: Patience | None) -> None:
        if not self._prompting:
            self._expect_answer_to(said, patience)
        self._floor.do(self._turns.reply_ended(self.clock.now()))
        if self._turns.idle and not self._leaving.by and not self._floor.closed:
            self._tasks.create_task(self._play_tone(), name="tone")

    def _expect_answer_to(self, said: str, patience: Patience | None = None) -> None:
        """Be as patient as what the bot has said asks for."""
        self._turns.asked = said
        self._turns.patience = patience or patience_after(said, self._bot.settings)

    async def _play_tone(self) -> None:
        if self._bot.settings.listening_tone and self._stream.speaker is not None:
            await self._speaker.playback.write(listening_tone(self._stream.speaker))

    def _means(self) -> ReplyContext:
        settings = self._bot.settings
        return ReplyContext(
            chat=self._bot.chat,
            synthesizer=self._bot.synthesizer,
            stream=self._stream,
            speaker=self._speaker,
            clock=self.clock,
            publish=self.publish,
            safe_line=self._bot.safe_line,
            unspeakable_line=settings.on_unspeakable,
            language=settings.language,
            conversation=self.id,
            short_first=settings.reply.first_unit == "short",
            chat_timeout=settings.reply.chat_timeout,
            speech_timeout=settings.reply.speech_timeout,
            filters=self._reply_filters,
        )
