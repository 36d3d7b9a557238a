"""Which voice speaks a language: the voices that the options name, and those that are here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from voicebot_local.synthesis.voices.known_voices import known_voices, language_in
from voicebot_local.synthesis.voices.voice_config import read_config
from voicebot_local.synthesis.voices.voice_files import BUNDLED, files_of, voices_here

_SAME = {"nb": "no", "nn": "no", "cmn": "zh", "iw": "he", "in": "id"}
"""Tags that mean the same for a voice."""


class VoiceSelection:
    """The voices of one synthesizer, by name or path.

    Args:
        voice: the voice for everything, unless `voices` has one for the language. If it is None, all voices
            that are here may speak.
        voices: names or paths by language tag.

    Raises:
        ProviderError: the voice is not on this machine, or its config cannot be read.
    """

    def __init__(self, voice: str | None, voices: Mapping[str, str]) -> None:
        here = voices_here()
        self.main = voice or (BUNDLED if BUNDLED in here else next(iter(here), BUNDLED))
        self.files = files_of(self.main)
        self.config = read_config(self.files)
        self._voices = dict(voices)
        self._others = [] if voice else [(language_in(name), name) for name in here]

    def speaking(self, language: str) -> str | None:
        """Return the voice for a language, a BCP 47 tag; None if none speaks it."""
        chosen = {tag.casefold(): voice for tag, voice in self._voices.items()}
        if language.casefold() in chosen:
            return chosen[language.casefold()]
        main = (self.config.language, self.main)
        if self._others:
            return _best(language, self._voices.items()) or _best(language, [main, *self._others])
        return _best(language, [main]) or _best(language, self._voices.items())

    def lacking(self, language: str) -> str:
        """Return the warning that no voice speaks a language, and what to do."""
        return (
            f"the voice {self.main} does not speak {language} and reads it as {self.config.language}; "
            f"{_suggestion(language)}"
        )


def _best(language: str, voices: Iterable[tuple[str, str]]) -> str | None:
    """Return the first voice with exactly this language, else one with another accent of it."""
    pairs = list(voices)
    exact = (voice for tag, voice in pairs if tag.casefold() == language.casefold())
    return next(exact, None) or next((voice for tag, voice in pairs if _base(tag) == _base(language)), None)


def _suggestion(language: str) -> str:
    """Return which voice to set: of one speaker and medium quality, if there is one."""
    voices = [voice for voice in known_voices().values() if _base(voice.language) == _base(language)]
    voices.sort(key=lambda voice: (voice.speakers > 1, not voice.name.endswith("-medium")))
    voice = _best(language, [(voice.language, voice.name) for voice in voices])
    if voice is None:
        return "piper has none for it that could be fetched"
    return f"set `voices: {{{_base(language)}: {voice}}}`"


def _base(language: str) -> str:
    base = language.replace("_", "-").partition("-")[0].casefold()
    return _SAME.get(base, base)
