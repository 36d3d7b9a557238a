"""Text to phonemes, by the library espeak-ng within piper, or by piper's other front ends."""

from __future__ import annotations

import json
import shlex
import threading
from typing import Any

from voicebot import ProviderError, install_hint
from voicebot_local.synthesis.voices.voice_config import VoiceConfig
from voicebot_local.synthesis.voices.voice_files import VoiceFiles, voices_folder

_START, _END, _PAD = "^", "$", "_"
_EXTRAS = {"pinyin": "zh", "japanese": "ja", "thai": "th"}
_BY_WORDS = frozenset({"espeak", "text"})
_REMEMBERED = 4096
_lock = threading.Lock()
"""espeak-ng speaks one language at a time, in the whole process."""


class Phonemizer:
    """The front end of one voice.

    Raises:
        ProviderError: piper is not installed, or the voice needs a front end or language that it lacks.
    """

    def __init__(self, files: VoiceFiles, config: VoiceConfig) -> None:
        self._name = files.name
        self._ids = config.phoneme_ids
        self._kind = str(config.raw.get("phoneme_type", "espeak"))
        self._words: dict[str, str] = {}
        try:
            from piper.config import PiperConfig
            from piper.voice import PiperVoice
        except ImportError as error:
            hint = install_hint("piper", "voicebot-framework[local]")
            raise ProviderError(f"piper is not installed or cannot be loaded ({error}); {hint}") from error
        try:
            piper_config = PiperConfig.from_dict(config.raw)
        except Exception as error:
            raise ProviderError(f"piper: {files.config} cannot be used: {error!r}") from error
        if self._kind == "pinyin":
            _check_readings(files.name)
        no_session: Any = None  # ours replace it
        self._piper = PiperVoice(no_session, piper_config, download_dir=voices_folder())

    @property
    def knows_words(self) -> bool:
        """Whether a word on its own has about the same phonemes as in a sentence."""
        return self._kind in _BY_WORDS

    def sentences(self, text: str) -> list[list[str]]:
        """Return the phonemes of each sentence; punctuation and spaces are phonemes too.

        Raises:
            ProviderError: the front end cannot be loaded or fails.
        """
        try:
            with _lock:
                return [phonemes for phonemes in self._piper.phonemize(text) if phonemes]
        except ImportError as error:
            extra = _EXTRAS.get(self._kind)
            needed = f"piper-tts[{extra}]" if extra else "piper-tts"
            raise ProviderError(
                f"piper: the voice {self._name} needs another package ({error}); run: pip install '{needed}'"
            ) from error
        except Exception as error:
            espeak = (
                "; `espeak` in its config has to name a language of espeak's"
                if self._kind == "espeak"
                else ""
            )
            raise ProviderError(
                f"piper: the voice {self._name} cannot read a text: {error}{espeak}"
            ) from error

    def word(self, word: str) -> str:
        """Return the phonemes of a word on its own."""
        if (known := self._words.get(word)) is None:
            if len(self._words) >= _REMEMBERED:
                self._words.clear()
            known = self._words[word] = "".join(phoneme for s in self.sentences(word) for phoneme in s)
        return known

    def ids(self, phonemes: list[str]) -> tuple[list[int], list[int]]:
        """Return the model's input for a sentence, and at which of its ids each phoneme begins.

        Phonemes that the voice does not have are left out.
        """
        if self._kind == "pinyin":
            return self._piper.phonemes_to_ids(phonemes), []
        pad = self._ids[_PAD]
        ids = [*self._ids[_START], *pad]
        begins = []
        for phoneme in phonemes:
            begins.append(len(ids))
            if known := self._ids.get(phoneme):
                ids += known
                ids += pad
        return [*ids, *self._ids[_END]], begins


def _check_readings(voice: str) -> None:
    """Check that piper's model of Chinese readings is here, which piper would fetch while the bot starts."""
    folder = voices_folder() / "g2pW"
    if (folder / "g2pw.onnx").is_file():
        return
    program = f"from piper.phonemize_chinese import download_model as fetch; fetch({json.dumps(str(folder))})"
    raise ProviderError(
        f"piper: the voice {voice} needs piper's model of Chinese readings, which is not on this machine; "
        f"run: pip install 'piper-tts[zh]' && python -c {shlex.quote(program)}"
    )
