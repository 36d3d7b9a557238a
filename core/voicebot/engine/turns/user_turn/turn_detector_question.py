"""What the turn detector was asked about the current pause, and what it answered."""

from __future__ import annotations

import math
from typing import TypeAlias

from voicebot.engine.text.words import same_words
from voicebot.engine.turns.actions import Action, AskTurnDetector
from voicebot.engine.turns.rules import TurnRules
from voicebot.engine.turns.user_turn.speech_segments import SpeechSegments
from voicebot.engine.turns.user_turn.user_language import UserLanguage
from voicebot.engine.turns.user_turn.user_speech import UserSpeech

_Question: TypeAlias = tuple[str, bool, str, bool]
"""The words, whether they are final, their language, and whether all sound that counts was heard."""


class TurnDetectorQuestion:
    """One question at a time; times are seconds on the conversation's clock.

    It is asked when the words are known, also in a silence that may be too short for a pause, so that the
    reply can be prepared. A detector that listens has then heard too little to end the turn, and is asked
    again when the pause is certain. A detector that wants a second look is asked once more shortly before the
    answer is due: by then, the reply has been prepared, and more of the silence has been heard. The second
    answer can only make the wait longer, so if it is late, nothing is.
    """

    def __init__(
        self, rules: TurnRules, segments: SpeechSegments, speech: UserSpeech, language: UserLanguage
    ) -> None:
        self._wait: float | None = None
        self._rules = rules
        self._segments = segments
        self._speech = speech
        self._language = language
        self._asked_about: _Question | None = None
        self._answered_at = 0.0
        self._looked_again_at: str | None = None
        """The words of this pause that were asked about a second time."""
        self._awaits_second_look = False
        self._unfinished: str | None = None
        """The words of this turn that the chat model calls unfinished."""

    @property
    def wait(self) -> float | None:
        """Seconds of silence that end the turn, endless for unfinished words; None if that is not known."""
        return math.inf if self._is_unfinished else self._wait

    @property
    def is_awaited(self) -> bool:
        """Whether the detector was asked and has not answered."""
        return self._asked_about is not None and (self._wait is None or self._awaits_second_look)

    def ask(self, silence: float, *, is_final: bool, is_pause: bool = True) -> list[Action]:
        """Ask how much silence ends the turn, unless that was asked about the same words.

        Args:
            silence: seconds of silence so far.
            is_final: whether the recogniser has given the final transcript of all words.
            is_pause: whether it is certain that the user pauses.
        """
        has_heard_all = is_pause or not self._rules.listens
        question = self._segments.text, is_final, self._language.tag, has_heard_all
        if not self._segments.text or self._asked_about == question:
            return []
        self._asked_about, self._wait, self._awaits_second_look = question, None, False
        return self._ask(question, silence, is_second_look=False)

    def look_again_at(self, due: float) -> float | None:
        """Return when to ask a second time if the answer is due then; None for never.

        A wait that has nearly run out when the detector answers is divided in half.
        """
        if not self._rules.second_look or self._asked_about is None or self._wait is None:
            return None
        if self._is_unfinished:
            return None
        if self._looked_again_at is not None and same_words(self._looked_again_at, self._asked_about[0]):
            return None
        return due - min(self._rules.second_look_lead, (due - self._answered_at) / 2)

    def look_again(self, silence: float) -> list[Action]:
        """Ask a second time about the same words."""
        assert self._asked_about is not None
        self._looked_again_at, self._awaits_second_look = self._asked_about[0], True
        return self._ask(self._asked_about, silence, is_second_look=True)

    def answered(self, now: float, wait: float) -> None:
        """Record the detector's answer, unless it comes when the pause is over."""
        if self._asked_about is None:
            return
        self._wait = max(self._wait, wait) if self._awaits_second_look and self._wait is not None else wait
        self._awaits_second_look = False
        self._answered_at = now

    def speech_resumed(self) -> None:
        """Record that speech goes on after a silence that was too short for a pause."""
        if self._rules.listens:
            self.forget()

    def forget(self) -> None:
        """Ask again in the next pause."""
        self._asked_about = self._wait = self._looked_again_at = None
        self._awaits_second_look = False

    def words_are_unfinished(self) -> None:
        """Wait as long as patience allows while the turn has no other words: its user will go on."""
        self._unfinished = self._segments.text

    def turn_ended(self) -> None:
        """Begin a new turn."""
        self.forget()
        self._unfinished = None

    @property
    def _is_unfinished(self) -> bool:
        return self._unfinished is not None and same_words(self._unfinished, self._segments.text)

    def _ask(self, question: _Question, silence: float, *, is_second_look: bool) -> list[Action]:
        text, is_final, language, _ = question
        pauses = tuple(self._speech.pauses)
        return [AskTurnDetector(text, is_final, pauses, language, silence, is_second_look)]
