"""What happens in the conversation, as the client is told it."""

from __future__ import annotations

from voicebot import (
    BotCorrected,
    BotResumed,
    BotTurnEnded,
    ConversationEnded,
    ConversationEvent,
    ProviderFailed,
    ReplyStarted,
    TurnTimed,
    UnitSpoken,
    UserCorrected,
    UserFinal,
    UserSpeechStarted,
    UserSpeechStopped,
    UserTurnEnded,
)
from voicebot_serve.realtime.server.extension import extension_event
from voicebot_serve.realtime.state import SessionState
from voicebot_serve.sessions.output import Cleared, Sound


class Happenings:
    """Tells one client what happens."""

    def __init__(self, state: SessionState) -> None:
        self._state = state
        self._position = 0.0
        """Where the sound that comes next begins, in seconds of all sound that was sent."""
        self._is_speaking = self._is_replying = False
        """Whether the bot speaks, so that speech may be no interruption, and whether it replies."""
        self._has_failed = False

    def observe(self, happening: Sound | Cleared | ConversationEvent) -> None:
        """Tell what happened."""
        match happening:
            case Sound():
                self._speak(happening)
            case Cleared():
                self._cleared()
            case _:
                self._observe(happening)
                if self._state.settings.extension and (event := extension_event(happening, self._state)):
                    self._state.say.say(**event)

    def call(self, call_id: str, name: str, arguments: str) -> None:
        """Tell of a call that the client has to run."""
        response = self._state.open_response()
        response.close_message()
        response.call(call_id, name, arguments)
        response.closes = True

    def flush(self) -> None:
        """Tell what does not wait for anything that has happened already."""
        if self._state.response is not None and self._state.response.closes:
            self._state.close_response()

    def _speak(self, sound: Sound) -> None:
        state = self._state
        state.is_cancelling = state.is_cancelling and self._is_replying
        if state.is_cancelling:  # the client has stopped it, and what comes is dropped soon
            return
        self._is_speaking = self._is_replying = True
        self._position = sound.start + state.settings.output.sound.seconds_in(len(sound.audio))
        if state.settings.extension and sound.answers != state.answering:
            state.answering = sound.answers
            state.say.say("voicebot.answering", turn=sound.answers)
        state.open_response().speak(sound.audio, sound.start)

    def _cleared(self) -> None:
        state = self._state
        if state.settings.extension and state.response is not None:
            state.say.say("output_audio_buffer.cleared", response_id=state.response.id)

    def _observe(self, event: ConversationEvent) -> None:
        state, user = self._state, self._state.user
        match event:
            case ReplyStarted():
                user.no_more_words()
                self._reply_begins()
            case UnitSpoken(text=text) if not state.is_cancelling:
                state.open_response().add_words(text, self._position)
            case BotResumed():
                user.not_interrupted()
            case BotTurnEnded():
                self._bot_turn_ended(event)
            case BotCorrected(heard=heard) if state.stopped is not None:
                state.stopped.text = heard
            case TurnTimed() if state.response is not None:
                state.response.usage = event
            case ProviderFailed(kind="chat" | "synthesizer"):
                self._has_failed = True
            case ConversationEnded():
                state.close_response()
            case _:
                self._observe_user(event)

    def _observe_user(self, event: ConversationEvent) -> None:
        state, user = self._state, self._state.user
        match event:
            case UserSpeechStarted() if state.settings.detects_turns:
                user.speech_started(over_bot=self._is_speaking)
            case UserSpeechStopped(at, silent_since) if state.settings.detects_turns:
                user.speech_stopped(at - silent_since)
            case UserFinal(text=text):
                user.words_came(text)
            case UserTurnEnded(text=text, turn=turn):
                user.turn_ended(text, turn)
                self._reply_begins()
            case UserCorrected(text=text, turn=turn):
                user.corrected(text, turn)
            case _:
                pass

    def _reply_begins(self) -> None:
        self._is_replying, self._state.is_cancelling = True, False
        self._state.open_response()

    def _bot_turn_ended(self, event: BotTurnEnded) -> None:
        state, response = self._state, self._state.response
        self._is_speaking = self._is_replying = False
        has_failed, self._has_failed = self._has_failed, False
        was_cancelled, state.is_cancelling = state.is_cancelling, False
        if event.interrupted:
            state.stopped = state.cancelled if was_cancelled or response is None else response.message
        if was_cancelled and state.stopped is not None:
            state.stopped.text = event.heard
        if response is None or was_cancelled:
            return
        if event.interrupted:
            if not event.heard:
                state.user.answer_was_unheard()
            if response.has_sound and state.settings.detects_turns:
                state.user.interrupted()
            response.ending = "turn_detected"
        elif has_failed and not response.has_sound:
            response.ending = "failed"
        response.close_message(event.heard, interrupted=event.interrupted)
        response.closes = True
