"""The language that the user speaks, as the recogniser reports it, among those that the config lists."""

from __future__ import annotations

from voicebot.engine.text.words import words
from voicebot.engine.turns.rules import TurnRules
from voicebot.engine.turns.user_turn.speech_segments import SpeechSegments
from voicebot.languages.known import language_for


class UserLanguage:
    """Follows the user from language to language.

    A recogniser may take a cough for a word of any language, so only listed languages count. If several are
    spoken in a turn, the one with the most words is its language: a loan word or a name does not change it.
    Until the recogniser reports a language, it is that of the turn before, at first the bot's own.

    Args:
        rules: name the languages that may be spoken, the bot's own first.
    """

    def __init__(self, rules: TurnRules, segments: SpeechSegments) -> None:
        self._rules = rules
        self._segments = segments
        self._before = rules.languages[0]
        """The language of the turn before."""

    @property
    def tag(self) -> str:
        """The language of the turn so far, as the config writes it."""
        return self._reported(None) or self._before

    def rules_changed(self) -> None:
        """Begin with the bot's own language again if the one before may no longer be spoken."""
        if self._before not in self._rules.languages:
            self._before = self._rules.languages[0]

    def turn_ended(self) -> None:
        """Keep the language of the turn for the next one."""
        self._before = self.tag

    def final_came_late(self, turn: int) -> None:
        """Keep the language of the last turn, if its final transcript came after it was answered."""
        if turn == self._segments.last_turn:
            self._before = self._reported(turn) or self._before

    def _reported(self, turn: int | None) -> str | None:
        """Return the language of most words of a turn, the latest if there are several; None if unknown."""
        counts: dict[str, int] = {}
        languages = self._rules.languages
        if len(languages) == 1:
            return None
        for text, reported in self._segments.finals_of(turn):
            if text and reported and (tag := listed(reported, languages)):
                counts[tag] = counts.pop(tag, 0) + len(words(text))
        return max(reversed(counts), key=counts.__getitem__, default=None)


def listed(reported: str, languages: tuple[str, ...]) -> str | None:
    """Return the tag in a list that names the language a recogniser reports; None if it is not in the list.

    A recogniser may report a tag with or without a region, or the name of a language. If the list has no such
    region, the first of that language is meant.
    """
    said = reported.replace("_", "-").lower()
    for form in (str.lower, _code, _known_code):  # the last reads the files of all languages
        if (same := next((tag for tag in languages if form(tag) == form(said)), None)) is not None:
            return same
    return None


def _code(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _known_code(tag: str) -> str:
    return language_for(tag).tag or tag.lower()
