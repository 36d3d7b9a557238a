"""The languages whose words a turn is judged by."""

from __future__ import annotations

from collections.abc import Mapping

from voicebot_turns.english import ENGLISH
from voicebot_turns.french import FRENCH
from voicebot_turns.german import GERMAN
from voicebot_turns.spanish import SPANISH
from voicebot_turns.words import Words

WORDS: Mapping[str, Words] = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}
NEUTRAL = Words()
"""Those of a language without lists: only its punctuation and length count."""
