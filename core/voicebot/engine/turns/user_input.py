"""What hearing reports to turn-taking: speech, words and typed lines, as they come."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from voicebot.engine.clock import Clock
from voicebot.engine.turns.actions import Action, Answer
from voicebot.engine.turns.final import Final
from voicebot.engine.turns.scheduler import TurnScheduler
from voicebot.engine.turns.turn_audio import TurnAudio
from voicebot.engine.turns.turn_taking import TurnTaking
from voicebot.events import ConversationEvent, UserFinal, UserPartial
from voicebot.messages import (
    AddedMessage,
    AnswerNow,
    ManualSpeechStarted,
    ManualSpeechStopped,
    StopReply,
    TurnControl,
    TurnTakingChanged,
)


class UserInput:
    """Adds the time to reports, and has the decisions of turn-taking carried out.

    Args:
        audio: told when speech starts and stops.
    """

    def __init__(
        self,
        turn_taking: TurnTaking,
        scheduler: TurnScheduler,
        audio: TurnAudio,
        clock: Clock,
        publish: Callable[[ConversationEvent], None],
    ) -> None:
        self._turn_taking = turn_taking
        self._scheduler = scheduler
        self._audio = audio
        self._clock = clock
        self._publish = publish

    @property
    def unanswered_commits(self) -> int:
        """How many commits have got no final transcript, whether or not it is waited for."""
        return self._turn_taking.unanswered_commits

    @property
    def awaits_final(self) -> bool:
        """Whether a final transcript of the user's turn is waited for."""
        return self._turn_taking.awaits_final

    @property
    def is_busy(self) -> bool:
        """Whether the bot is at work: replying, or waiting for what it needs before it replies."""
        return self._turn_taking.is_busy

    async def wait_while_busy(self) -> None:
        """Wait until the bot is not at work; the clock of a recording goes on only while the bot speaks."""
        await self._scheduler.wait_while_busy()

    def audio_received(self, audio: bytes) -> None:
        """Report sound from the microphone, which a turn detector may listen to."""
        self._audio.write(audio, self._is_idle)

    def advance(self, seconds: float) -> None:
        """Move the clock of a recording forward, and do what is due."""
        self._clock.advance(seconds)
        now, deadline = self._clock.now(), self._scheduler.deadline
        if deadline is not None and now >= deadline:
            self._scheduler.tick(now)

    def speech_started(self) -> None:
        """Report that the user began to speak, or went on after a pause."""
        self._scheduler.carry_out(self._turn_taking.speech_started(self._clock.now()))
        has_words = self._turn_taking.transcript or self._turn_taking.awaits_final
        self._audio.speech_started(is_new_turn=not has_words)

    def speech_pausing(self, silence: float) -> None:
        """Report silence for that many seconds, too few to say whether the user has stopped speaking."""
        now = self._clock.now()
        self._scheduler.carry_out(self._turn_taking.speech_pausing(now, now - silence))

    def speech_resumed(self) -> None:
        """Report that the user went on speaking after such a silence."""
        self._scheduler.carry_out(self._turn_taking.speech_resumed(self._clock.now()))

    def speech_stopped(self, silence: float) -> None:
        """Report that the user has been silent for that many seconds."""
        now = self._clock.now()
        self._scheduler.speech_stopped(now - silence)
        self._audio.speech_stopped()
        self._scheduler.carry_out(self._turn_taking.speech_stopped(now, now - silence))

    def partial(self, text: str) -> None:
        """Report a partial transcript; then the words of the whole turn are published."""
        now = self._clock.now()
        self._scheduler.partial_came(now)
        self._scheduler.carry_out(self._turn_taking.partial(now, text))
        if words := self._turn_taking.transcript:
            self._publish(UserPartial(now, words))

    def final(self, final: Final) -> None:
        """Report a final transcript; the words of the whole turn are published before it is answered."""
        now = self._clock.now()
        actions = self._turn_taking.final(now, final)
        answered = (action.text for action in actions if isinstance(action, Answer))
        if words := self._turn_taking.transcript or next(answered, ""):
            self._scheduler.final_came(now)
            self._publish(UserFinal(now, words, self._turn_taking.language))
        self._scheduler.carry_out(actions)

    def typed(self, text: str) -> None:
        """Report a typed line."""
        self._scheduler.carry_out(self._turn_taking.typed(self._clock.now(), text))

    def controlled(self, control: TurnControl) -> None:
        """Report what the device says about turns."""
        self._scheduler.carry_out(self._controlled(self._clock.now(), control))

    def _controlled(self, now: float, control: TurnControl) -> list[Action]:
        manual = self._turn_taking.manual
        match control:
            case TurnTakingChanged(detects_speech, answers, interruptible):
                return manual.change(
                    now, detects_speech=detects_speech, answers=answers, interruptible=interruptible
                )
            case ManualSpeechStarted():
                return manual.speech_started(now)
            case ManualSpeechStopped(discard):
                self._scheduler.speech_stopped(now)
                return manual.speech_stopped(now, discard=discard)
            case AnswerNow(instructions, only_if_said):
                return manual.answer(now, instructions, only_if_said=only_if_said)
            case StopReply():
                return manual.stop_reply(now)
            case AddedMessage(role, text):
                return manual.add(now, role, text)
            case _:
                assert_never(control)

    def detector_changed(self, *, has_detector: bool) -> None:
        """Report whether a voice activity detector reports speech from now on."""
        self._turn_taking.changing.detector_changed(has_detector=has_detector)

    def recognition_reopened(self) -> None:
        """Report that a new session of the recogniser hears again what has no final transcript yet."""
        self._scheduler.carry_out(self._turn_taking.recognition_reopened(self._clock.now()))

    def recognition_lost(self) -> None:
        """Report that speech cannot be recognised for now."""
        self._scheduler.recognition_lost()

    def recognition_restored(self) -> None:
        """Report that speech is recognised again."""
        self._scheduler.recognition_restored()

    def recognition_ended(self) -> None:
        """Report that no more final transcripts will come."""
        self._scheduler.carry_out(self._turn_taking.give_up_finals(self._clock.now()))

    def input_ended(self) -> None:
        """Report that no more sound will come."""
        self._scheduler.carry_out(self._turn_taking.input_ended(self._clock.now()))

    def _is_idle(self) -> bool:
        """Return whether nothing is going on, and no words of an earlier turn can still come."""
        return self._turn_taking.is_idle and not self._turn_taking.unanswered_commits
