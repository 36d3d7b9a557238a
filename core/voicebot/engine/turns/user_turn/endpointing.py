"""When the user's turn is over, and when to prepare the reply to it."""

from __future__ import annotations

from voicebot.dataclass import dataclass
from voicebot.engine.turns.actions import Action, Commit
from voicebot.engine.turns.rules import PatienceBounds, TurnRules
from voicebot.engine.turns.user_turn.hold import Hold
from voicebot.engine.turns.user_turn.preemptive_reply import PreemptiveReply
from voicebot.engine.turns.user_turn.speech_segments import SpeechSegments
from voicebot.engine.turns.user_turn.transcripts import Transcripts
from voicebot.engine.turns.user_turn.turn_detector_question import TurnDetectorQuestion
from voicebot.engine.turns.user_turn.user_language import UserLanguage
from voicebot.engine.turns.user_turn.user_speech import UserSpeech

_WORDLESS = 1.0
"""Seconds without another word after which the user has fallen silent, where nothing reports speech."""
_SHORTEST_NOISE = 1.5
"""Seconds of speech without a new word before it may be noise, however short patience is."""
_EAGER = 0.3
"""Seconds without a new word after which an eager reply is prepared while the user still seems to speak."""


@dataclass(frozen=True, slots=True)
class EndpointDecision:
    """What to do now, and whether the user's turn is over.

    Args:
        decide_again: whether this has changed the turn, so that its end is still to be decided.
    """

    actions: list[Action]
    is_over: bool = False
    decide_again: bool = False


class Endpointing:
    """Decides when the user has finished; times are seconds on the conversation's clock.

    Two decisions end a turn. *Prepare* is early and cheap: the reply is made in silence, and discarded if the
    user goes on. *Answer* plays it, once the silence has lasted as long as the turn detector thinks right for
    the words that were said.
    """

    def __init__(
        self,
        rules: TurnRules,
        segments: SpeechSegments,
        transcripts: Transcripts,
        speech: UserSpeech,
        language: UserLanguage,
    ) -> None:
        self.deadline: float | None = None
        """When to call `decide` again, if nothing happens before."""
        self.preemptive_reply = PreemptiveReply(rules)
        self.input_ended = False
        """Whether no more sound will come, so that no silence is waited for."""
        self.hold = Hold()
        self._rules = rules
        self._segments = segments
        self._transcripts = transcripts
        self._speech = speech
        self._language = language
        self.question = TurnDetectorQuestion(rules, segments, speech, language)

    def end_input(self) -> None:
        """Wait for no more silence: no more sound will come."""
        self.input_ended = True

    def reset(self) -> None:
        """Begin a new turn."""
        self.deadline = None
        self.question.turn_ended()
        self._speech.reset_noise()

    def speech_stopped(self, now: float, silent_since: float) -> list[Action]:
        """Record a pause."""
        self._speech.stop(silent_since)
        self.preemptive_reply.measure_transcription(self._speech.words_changed_at, silent_since)
        return self.commit(now)

    def words_changed(self, now: float, *, is_partial: bool) -> None:
        """Record new words of the turn; only those of a partial transcript show how late words come."""
        self._speech.noise.words_came(now, is_speaking=self._speech.is_active)
        if not is_partial and self._speech.is_silent:
            self.preemptive_reply.words_were_missing()
        if is_partial:
            self._speech.words_changed(now)
            if not self._speech.is_active:
                self.preemptive_reply.measure_transcription(now, self._speech.silent_since)

    def words_confirmed(self) -> None:
        """Record a final transcript that has no new words."""
        speech = self._speech
        if not speech.is_active and self._segments.text:
            self.preemptive_reply.final_came(speech.words_changed_at, speech.silent_since)

    def commit(self, now: float) -> list[Action]:
        """Ask for the final transcript of the open segment, unless the input has ended."""
        if self.input_ended:
            return []
        self._segments.commit(now)
        return [Commit()]

    def decide(self, now: float, patience: PatienceBounds) -> EndpointDecision:
        """Decide what is due, and set the deadline."""
        self.deadline = None
        self._segments.remove_empty()
        speech = self._speech
        actions = self.preemptive_reply.discard_unless_for(self._segments.text)
        if actions and speech.is_silent:
            self.preemptive_reply.words_were_missing()
        actions += self.preemptive_reply.discard_unless_in(self._language.tag)
        if speech.is_active and not (speech.has_detector or speech.awaits_stop):
            self.deadline = speech.words_changed_at + _WORDLESS
            if now >= self.deadline:
                actions += self.speech_stopped(now, speech.words_changed_at)
                return EndpointDecision(actions, decide_again=True)
        if not (self._segments.text or self._segments.awaits_final):
            return EndpointDecision(actions)
        if self.hold.is_active:
            return EndpointDecision(actions)
        is_speaking = speech.is_active and not self.hold.is_released
        decide = self._decide_in_speech if is_speaking else self._decide_in_pause
        return decide(now, patience, actions)

    def _decide_in_speech(
        self, now: float, patience: PatienceBounds, actions: list[Action]
    ) -> EndpointDecision:
        """Decide while the user seems to speak, though it may be noise: no words come of that."""
        if not self._segments.text:
            return EndpointDecision(actions)
        noise = self._speech.noise
        if noise.since is not None:
            due = noise.since + _longest_noise(patience)
            if now < due:
                self._set_deadline(due)
            elif self._transcripts.has_partials or (noise.is_committed and not self._segments.awaits_final):
                return EndpointDecision(actions, is_over=True)
            elif not noise.is_committed:
                noise.committed()
                actions += self.commit(now)
            if self._segments.awaits_final and noise.is_committed:
                timeout = max(self._segments.commit_times) + self._rules.stable
                if now >= timeout:
                    return self._give_up_finals(actions)
                self._set_deadline(timeout)
        if self._rules.prepare == "eager":
            actions += self._prepare(now, self._speech.words_changed_at + _EAGER)
        if self._speech.pausing_since is not None and self._rules.prepare != "off":
            actions += self._prepare_early(now, patience, self._speech.pausing_since)
        return EndpointDecision(actions)

    def _prepare_early(self, now: float, patience: PatienceBounds, silent_since: float) -> list[Action]:
        """Prepare the reply in a silence that may turn out to be a pause, if the words are complete."""
        if not (self.preemptive_reply.is_allowed and self.preemptive_reply.expects_complete_words):
            return []
        begins = silent_since + self.preemptive_reply.shortest_pause
        if now < begins:
            self._set_deadline(begins)
            return []
        actions = self._ask_turn_detector(now - silent_since, is_final=False, is_pause=False)
        if self.question.wait is not None:
            answer_due = silent_since + patience.clamp(self.question.wait)
            actions += self._prepare_in_silence(now, answer_due, silent_since, is_final=False)
        return actions

    def _ask_turn_detector(self, silence: float, *, is_final: bool, is_pause: bool = True) -> list[Action]:
        if self.input_ended or self.hold.is_released:
            return []
        return self.question.ask(silence, is_final=is_final, is_pause=is_pause)

    def _look_again(self, now: float, due: float) -> list[Action]:
        """Ask the turn detector a second time, shortly before the answer is due."""
        look_at = self.question.look_again_at(due)
        if look_at is None or self.input_ended:
            return []
        if now < look_at:
            self._set_deadline(look_at)
            return []
        return self.question.look_again(now - self._speech.silent_since)

    def _decide_in_pause(
        self, now: float, patience: PatienceBounds, actions: list[Action]
    ) -> EndpointDecision:
        is_final = not self._segments.awaits_final
        actions += self._ask_turn_detector(now - self._speech.silent_since, is_final=is_final)
        due = max(
            self._patience_ends(patience), *(self._final_due(at) for at in self._segments.commit_times), 0.0
        )
        if now < due:
            self._set_deadline(due)
            if self.question.wait is not None:
                actions += self._look_again(now, due)
                actions += self._prepare_in_silence(now, due, self._speech.silent_since, is_final=is_final)
            return EndpointDecision(actions)
        if not is_final:
            return self._give_up_finals(actions)
        if self._segments.has_open and self._segments.text:  # words that came late, and not of a commit
            actions += self.commit(now)
        return EndpointDecision(actions, is_over=True)

    def _give_up_finals(self, actions: list[Action]) -> EndpointDecision:
        self._segments.give_up_finals()
        return EndpointDecision(actions, decide_again=True)

    def _patience_ends(self, patience: PatienceBounds) -> float:
        """Return when the silence has lasted long enough; noise cannot delay that for ever."""
        wait = 0.0 if self.input_ended or self.hold.is_released else patience.clamp(self.question.wait)
        ends = self._speech.silent_since + wait
        if self._speech.noise.since is None or self._segments.awaits_final:
            return ends
        return min(ends, self._speech.noise.since + _longest_noise(patience))

    def _final_due(self, committed_at: float) -> float:
        """Return until when to wait for the final of a commit."""
        timeout = committed_at + self._rules.final_timeout
        if not self._segments.text or self.input_ended:
            return timeout
        stable = max(self._speech.words_changed_at, self._speech.silent_since) + self._rules.stable
        return min(stable, timeout)

    def _set_deadline(self, due: float) -> None:
        self.deadline = due if self.deadline is None else min(due, self.deadline)

    def _prepare_in_silence(
        self, now: float, answer_due: float, silent_since: float, *, is_final: bool
    ) -> list[Action]:
        """Prepare the reply in time for the answer, once the words are complete."""
        if self._rules.prepare == "off":
            return []
        due = answer_due - self.preemptive_reply.reply_time
        unfinished_since = None if is_final else self._speech.words_changed_at
        return self._prepare(now, self.preemptive_reply.due(due, silent_since, unfinished_since))

    def _prepare(self, now: float, due: float) -> list[Action]:
        """Prepare the reply no earlier than `due`, if the budget allows it."""
        if not self._segments.text or not self.preemptive_reply.is_allowed:
            return []
        if now < due:
            self._set_deadline(due)
            return []
        return self.preemptive_reply.begin(self._segments.text, self._language.tag)


def _longest_noise(patience: PatienceBounds) -> float:
    """Return for how many seconds speech without words delays an answer."""
    return max(patience.latest, _SHORTEST_NOISE)
