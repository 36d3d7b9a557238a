"""The user's turn: speech and its transcripts, and whether it is over."""

from __future__ import annotations

from voicebot.engine.text.backchannel import is_backchannel
from voicebot.engine.text.questions import is_question
from voicebot.engine.text.words import same_words
from voicebot.engine.turns.actions import Action
from voicebot.engine.turns.bot_turn import BotSaid
from voicebot.engine.turns.final import Final
from voicebot.engine.turns.rules import TurnRules
from voicebot.engine.turns.user_turn.endpointing import EndpointDecision, Endpointing
from voicebot.engine.turns.user_turn.speech_segments import SpeechSegment, SpeechSegments
from voicebot.engine.turns.user_turn.transcripts import Transcripts
from voicebot.engine.turns.user_turn.user_language import UserLanguage
from voicebot.engine.turns.user_turn.user_speech import UserSpeech


class UserTurn:
    """What the user says until the bot answers; times are seconds on the conversation's clock.

    Args:
        has_detector: whether a voice activity detector reports speech, so that words never come without a
            report.
        live: False for a recording, whose clock says nothing about how late words are.
    """

    def __init__(self, rules: TurnRules, *, has_detector: bool, live: bool) -> None:
        self.segments = SpeechSegments()
        self.speech = UserSpeech(has_detector=has_detector)
        self._transcripts = Transcripts(self.segments, self.speech, live=live)
        self.language = UserLanguage(rules, self.segments)
        self.endpointing = Endpointing(rules, self.segments, self._transcripts, self.speech, self.language)
        self.hold = self.endpointing.hold
        self._began_over_bot = False
        """Whether it began while the bot was speaking."""

    @property
    def text(self) -> str:
        """The words so far."""
        return self.segments.text

    @property
    def is_in_noise(self) -> bool:
        """Whether there was speech after its last word that has not become words."""
        return self.speech.noise.since is not None

    @property
    def is_empty_and_released(self) -> bool:
        """Whether an answer has been asked for, and there will be no words to answer."""
        return self.hold.is_released and not (self.text or self.segments.awaits_final)

    def start_speech(self, now: float, *, after_pause: bool, over_bot: bool) -> None:
        """Start speech, at the beginning of the turn or after a pause in it."""
        self.speech.start(now, after_pause=after_pause)
        self.endpointing.question.forget()
        self.hold.until_speech = False
        self._began_over_bot = over_bot

    def stop_speech(self, now: float, silent_since: float) -> list[Action]:
        """Stop speech, unless it has stopped already; ask for its final transcript."""
        if not (self.speech.is_active or self.speech.awaits_stop):
            return []
        return self.endpointing.speech_stopped(now, silent_since)

    def pause_speech(self, silent_since: float) -> None:
        """Record a silence in which speech may have stopped."""
        self.speech.pause(silent_since)

    def resume_speech(self) -> None:
        """Record that speech goes on after a short silence."""
        self.speech.resume()
        self.endpointing.question.speech_resumed()

    def end_input(self, now: float) -> list[Action]:
        """Wait for no more speech: none will come."""
        actions: list[Action] = []
        if self.speech.is_active or self.speech.awaits_stop:
            actions = self.stop_speech(now, now)
        elif not (self.speech.has_detector and self.speech.is_reported):  # words may still come
            actions = self.endpointing.commit(now)
        self.endpointing.end_input()
        return actions

    def finish(self, now: float, instructions: str, *, only_if_said: bool) -> None:
        """Wait for no silence: what was said is to be answered."""
        self._began_over_bot = False  # what is sent on purpose is no backchannel
        self.hold.release(instructions, only_if_said=only_if_said)

    def discard(self, now: float) -> list[Action]:
        """Take back the words of this turn, those that are still being recognised too."""
        actions = self.commit_open_speech(now)
        self.segments.discard()
        self.hold.turn_ended()
        self._reset()
        return actions + self.endpointing.preemptive_reply.discard()

    def commit_open_speech(self, now: float) -> list[Action]:
        """Ask for the final transcript of what is being said, so that what follows is not of this turn."""
        has_open_speech = self.segments.has_open and (self.speech.is_active or bool(self.text))
        return self.endpointing.commit(now) if has_open_speech else []

    def add_typed(self, text: str) -> list[Action]:
        """Add a typed line."""
        self.segments.add(text)
        return self.endpointing.preemptive_reply.discard()

    def match_partial(self, now: float, text: str) -> SpeechSegment | None:
        """Return the segment of a partial transcript; None if a final with its words has come already."""
        return self._transcripts.match_partial(now, text)

    def match_final(self, now: float, final: Final) -> SpeechSegment | None:
        """Return the segment of a final transcript; None if it repeats one that has come already."""
        return self._transcripts.match_final(now, final)

    def starts_speech(self, segment: SpeechSegment, text: str) -> bool:
        """Return whether words show that the user has begun to speak."""
        is_known = self.speech.is_active or self.speech.is_reported
        return bool(text) and not is_known and segment.turn is None and not segment.awaits_final

    def add_partial(self, now: float, segment: SpeechSegment, text: str) -> None:
        """Put a partial transcript into a segment of this turn."""
        self.speech.partial_came()
        before = self.text
        self._transcripts.add_partial(now, segment, text)
        if not same_words(before, self.text):
            self.endpointing.words_changed(now, is_partial=True)

    def add_late_partial(self, now: float, segment: SpeechSegment, text: str) -> None:
        """Put a partial transcript into a segment that has been answered."""
        self._transcripts.add_partial(now, segment, text)
        if segment.turn is None:
            self.speech.words_changed(now)

    def add_final(self, now: float, segment: SpeechSegment, final: Final) -> None:
        """Put a final transcript into its segment, of this turn or one that has been answered."""
        ends_speech = final.ends_speech and segment.committed_at is None
        completes = ends_speech or not self.speech.is_active
        before = self.text
        self._transcripts.add_final(now, segment, final, completes=completes)
        if segment.turn is not None:
            self.language.final_came_late(segment.turn)
        self.speech.final_came(now, ends_speech=ends_speech and segment.turn is None)
        if not same_words(before, self.text):
            self.endpointing.words_changed(now, is_partial=False)
        elif final.text and segment.turn is None:
            self.endpointing.words_confirmed()

    def readmit(self, segment: SpeechSegment) -> bool:
        """Return whether a dropped segment belongs to the turn after all: its final is not a backchannel."""
        if segment.is_dropped and not is_backchannel(segment.text):
            self.segments.readmit(segment)
        return segment.turn is None

    def decide(self, now: float, said: BotSaid) -> EndpointDecision:
        """Decide what is due, and whether the turn is over and to be answered."""
        actions: list[Action] = []
        while True:
            if self._is_only_backchannel(said):
                self.segments.drop()
                self._reset()
                actions += self.endpointing.preemptive_reply.discard()
            decision = self.endpointing.decide(now, said.patience)
            actions += decision.actions
            if not decision.decide_again:
                return EndpointDecision(actions, is_over=decision.is_over)

    def end(self) -> int:
        """End the turn and return its number."""
        self.language.turn_ended()
        turn = self.segments.end_turn()
        self.hold.turn_ended()
        self._reset()
        return turn

    def _reset(self) -> None:
        self._began_over_bot = False
        self.endpointing.reset()

    def _is_only_backchannel(self, said: BotSaid) -> bool:
        """Return whether all the user said is a backchannel over the bot that answers no question."""
        is_over = self._began_over_bot and not (self.speech.is_active or self.segments.awaits_final)
        return is_over and is_backchannel(self.text) and not is_question(said.text)
