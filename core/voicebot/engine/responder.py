"""Carries out what turn-taking decides about the bot's turns, and reports what was said."""

from __future__ import annotations

import asyncio
from typing import assert_never

from voicebot.config.schema import Settings
from voicebot.engine.history.history import History
from voicebot.engine.rules_from_settings import patience_after
from voicebot.engine.speaking.playback.listening_tone import listening_tone
from voicebot.engine.speaking.replies import Replies
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.running_reply import ReplyTasks
from voicebot.engine.turns.actions import (
    AddMessage,
    Answer,
    BotAction,
    Correct,
    Discard,
    Duck,
    Hold,
    Interrupt,
    Prepare,
    Prompt,
    Resume,
    SayGoodbye,
    SpeakAgain,
    TellResults,
)
from voicebot.engine.turns.bot_turn import BotSaid
from voicebot.engine.turns.goodbye import Goodbye
from voicebot.engine.turns.rules import PatienceBounds
from voicebot.engine.turns.scheduler import TurnScheduler
from voicebot.events import BotDucked, BotResumed
from voicebot.messages import DeviceLost, DeviceReopened, PlaybackCorrected


class Responder:
    """Answers, prompts and says goodbye.

    Args:
        tasks: in which replies run.
    """

    def __init__(
        self,
        scheduler: TurnScheduler,
        goodbye: Goodbye,
        history: History,
        context: ReplyContext,
        settings: Settings,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._scheduler = scheduler
        self._goodbye = goodbye
        self._history = history
        self._context = context
        self._settings = settings
        self._tone_format = context.speaker.format if settings.listening_tone else None
        self._tasks = tasks
        self._reply_tasks = ReplyTasks(tasks)
        self._replies = Replies(scheduler, history, context, self._reply_tasks, self._reply_ended)
        self._is_prompt = False
        """Whether the bot is prompting a user who has not answered yet."""

    def carry_out(self, action: BotAction) -> None:
        """Do what was decided."""
        match action:
            case Prepare(text, language):
                if not (self._goodbye.line and self._goodbye.is_farewell(text)):
                    self._replies.prepare(text, language)
            case Discard():
                self._replies.discard()
            case Answer():
                self._answer(action)
            case SpeakAgain() | AddMessage():
                self._carry_out_request(action)
            case Correct(text, turn):
                self._goodbye.correct(text, turn)
                self._replies.correct(action)
            case Duck() | Hold() | Resume():
                self._moderate(action)
            case Interrupt():
                self._goodbye.cancel()
                if heard := self._replies.interrupt(action):
                    self._reply_interrupted(heard)
            case Prompt() | TellResults() | SayGoodbye():
                self._speak_unasked(action)
            case _:
                assert_never(action)

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """The tasks of replies that have not ended, even if they were stopped."""
        return list(self._reply_tasks.unfinished)

    def use(self, context: ReplyContext, settings: Settings) -> None:
        """Speak with other providers and settings from now on; a prepared reply is discarded."""
        self._context, self._settings = context, settings
        self._tone_format = context.speaker.format if settings.listening_tone else None
        self._replies.use(context)

    def say(self, line: str) -> None:
        """Say a line that answers nothing."""
        self._is_prompt = False
        self._scheduler.bot_started()
        self._replies.say(line)

    def device_changed(self, change: DeviceLost | DeviceReopened | PlaybackCorrected) -> None:
        """Break off a reply that is being played when the device is lost; correct what was heard of one."""
        match change:
            case DeviceLost():
                self._context.speaker.device_lost()
                if heard := self._replies.device_lost():
                    self._reply_interrupted(heard)
                    self._scheduler.reply_ended(None)
            case DeviceReopened():
                self._context.speaker.device_reopened()
            case PlaybackCorrected(seconds):
                self._replies.stopped.correct(seconds)
            case _:
                assert_never(change)

    async def play_listening_tone(self) -> None:
        """Play the listening tone, if it is turned on."""
        speaker = self._context.speaker
        if self._tone_format is not None:
            await speaker.play(listening_tone(self._tone_format))

    async def give_up(self) -> None:
        """Stop everything and say the safe line: the conversation cannot go on."""
        self.close()
        if line := self._settings.on_error:
            await self._replies.say(line)

    def discard(self) -> None:
        """Discard the prepared reply, if there is one."""
        self._replies.discard()

    def close(self) -> None:
        """Stop everything."""
        self._replies.close()

    def _speak_unasked(self, action: Prompt | TellResults | SayGoodbye) -> None:
        match action:
            case Prompt(text):
                self.say(text)
                self._is_prompt = True
            case TellResults():
                self._is_prompt = False
                self._scheduler.bot_started()
                self._replies.tell_results()
            case SayGoodbye():
                self._goodbye.user_is_gone()
                if self._goodbye.line:
                    self.say(self._goodbye.line)
            case _:
                assert_never(action)

    def _carry_out_request(self, action: SpeakAgain | AddMessage) -> None:
        match action:
            case SpeakAgain(instructions):
                self._is_prompt = False
                self._replies.speak_again(instructions)
            case AddMessage(role, text, turn):
                self._history.add(role, text, turn)
            case _:
                assert_never(action)

    def _answer(self, answer: Answer) -> None:
        self._is_prompt = False
        is_farewell = self._goodbye.user_turn_ended(answer.text, answer.turn)
        if is_farewell and self._context.tools is not None:
            self._context.tools.drop_question("the user said goodbye")
        self._replies.answer(answer, line=self._goodbye.line if is_farewell else "")

    def _moderate(self, action: Duck | Hold | Resume) -> None:
        speaker, events = self._context.speaker, self._context.events
        match action:
            case Duck():
                speaker.duck()
                events.publish(BotDucked(events.now(), held=False))
            case Hold():
                speaker.hold()
                events.publish(BotDucked(events.now(), held=True))
            case Resume():
                speaker.resume()
                events.publish(BotResumed(events.now()))

    def _reply_interrupted(self, heard: str) -> None:
        if (said := self._said(heard)) is not None:
            self._scheduler.reply_interrupted(said)

    def _reply_ended(self, heard: str, patience: PatienceBounds | None) -> None:
        self._scheduler.reply_ended(self._said(heard, patience))
        listens = self._scheduler.is_idle and not self._goodbye.reason and not self._scheduler.closed
        if listens and self._tone_format is not None:
            self._tasks.create_task(self.play_listening_tone(), name="listening tone")

    def _said(self, heard: str, patience: PatienceBounds | None = None) -> BotSaid | None:
        """Return what the user should answer now; None if a prompt does not change that.

        Args:
            patience: the patience that the chat model asked for, if any.
        """
        if self._is_prompt:
            return None
        if patience is None and self._context.tools is not None:
            patience = self._context.tools.patience
        return BotSaid(heard, patience or patience_after(heard, self._settings))
