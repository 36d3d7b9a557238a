"""Short answers and commands of users, such as "no" and "stop"."""

from __future__ import annotations

from voicebot.engine.text.phrases import PhraseSet
from voicebot.engine.text.words import words
from voicebot.languages.known import derived
from voicebot.languages.language import Language


def begins_with_answer_or_command(text: str) -> bool:
    """Return whether somebody who says this answers or controls the bot."""
    return bool(answers_and_commands().ends(words(text), 0))


@derived
def answers_and_commands(language: Language) -> PhraseSet:
    """Return the answers and commands of all languages."""
    return PhraseSet(map(words, language.phrases.answers_and_commands))
