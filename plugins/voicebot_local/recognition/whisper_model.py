"""A Whisper model in CTranslate2: sound to text. It blocks, and serves several threads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicebot import ProviderError, install_hint, printable
from voicebot_local.recognition import model_files
from voicebot_local.recognition.mel import HOP, RATE, LogMel
from voicebot_local.recognition.text import vocabulary
from voicebot_local.recognition.text.languages import ENGLISH
from voicebot_local.recognition.text.repetition import is_doubtful, is_impossible, without_repetition

if TYPE_CHECKING:
    from voicebot_local.recognition.options import WhisperOptions

BYTES_PER_SECOND = 2 * RATE
_FRAMES_PER_SECOND = RATE // HOP
_LEAST_WINDOW, _ROOM, _WHOLE_WINDOW = 15, 3, 30
"""Seconds: how much the encoder sees at least, how much of it is empty, and at most. It was trained on 30 s
and takes five times as long for them as for 15; in less than 15, or without room, it repeats itself."""
_NO_SPEECH = 0.5
"""Probability of no speech from which a text was made up: measured .76 and more for noise, at most .26 for
speech."""
_MOST_TOKENS, _MOST_ENGLISH_TOKENS = 224, 100
_MOST_PROMPT_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Sound:
    """Sound to decode.

    Args:
        audio: s16le at 16 kHz.
        speech: seconds of speech in it.
        languages: Whisper's codes of which one is spoken; any, if empty.
        prompt: a text that may be said.
    """

    audio: bytes
    speech: float
    languages: tuple[str, ...] = ()
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a sound, empty without speech, and Whisper's code of its language."""

    text: str
    language: str = "en"


class WhisperModel:
    """Loads a model, and decodes with it.

    Raises:
        ProviderError: it is not on this machine or not whole, or the library or the device cannot run it.
    """

    def __init__(self, options: WhisperOptions) -> None:
        folder = model_files.find(options.model)
        model_files.check(folder)
        self._beam = options.beam
        self._model: Any = _load(folder, options)
        self._folder = folder
        self._multilingual = bool(self._model.is_multilingual)
        self.spoken = model_files.spoken(options.model, folder) if self._multilingual else ENGLISH
        if options.phrases:
            _ = self.encoder
        self._mel = LogMel(self._model.n_mels)
        self.decode(Sound(bytes(BYTES_PER_SECOND), 0.0, ("en",)))  # the first time is slow

    @cached_property
    def encoder(self) -> vocabulary.Encoder:
        """What writes texts as tokens."""
        return vocabulary.Encoder(vocabulary.read(self._folder))

    def close(self) -> None:
        """Release the memory of the model."""
        self._model.unload_model()

    def decode(self, sound: Sound) -> Decoded:
        """Return what is said in up to 30 seconds of sound.

        Raises:
            ProviderError: the library failed, such as for lack of memory.
        """
        seconds = len(sound.audio) / BYTES_PER_SECOND
        window = min(max(_LEAST_WINDOW, math.ceil(seconds) + _ROOM), _WHOLE_WINDOW)
        decoded = self._decode(sound, window)
        if window < _WHOLE_WINDOW and is_doubtful(decoded.text, seconds):
            decoded = self._decode(sound, _WHOLE_WINDOW)
        if is_impossible(decoded.text, sound.speech):
            decoded = Decoded(without_repetition(decoded.text), decoded.language)
        return decoded

    def _decode(self, sound: Sound, window: int) -> Decoded:
        """Decode once, with so many seconds for the encoder."""
        import ctranslate2

        features = self._mel.of(sound.audio, window * _FRAMES_PER_SECOND)
        try:
            encoded = self._model.encode(ctranslate2.StorageView.from_array(features[None]))
            language = self._language(encoded, sound.languages)
            prompt = self._prompt(sound.prompt, language)
            most = _MOST_ENGLISH_TOKENS if language == "en" else _MOST_TOKENS
            (result,) = self._model.generate(
                encoded,
                [prompt],
                beam_size=self._beam,
                max_length=max(2 * most, len(prompt) + most),  # it writes at most half of this, too
                return_no_speech_prob=True,
            )
        except (RuntimeError, ValueError, MemoryError) as error:
            raise ProviderError(f"whisper failed: {_first_line(error)}", retryable=True) from error
        silent = result.no_speech_prob > _NO_SPEECH
        return Decoded("" if silent else vocabulary.text_of(result.sequences[0]), language)

    def _language(self, encoded: Any, wanted: tuple[str, ...]) -> str:
        if not self._multilingual:
            return "en"
        if len(wanted) == 1:
            return wanted[0]
        (ranked,) = self._model.detect_language(encoded)
        codes: list[str] = [token[2:-2] for token, _ in ranked]
        return next((code for code in codes if not wanted or code in wanted), codes[0])

    def _prompt(self, before: str, language: str) -> list[str]:
        start = [vocabulary.START, vocabulary.NO_TIMESTAMPS]
        if self._multilingual:
            start[1:1] = [f"<|{language}|>", vocabulary.TRANSCRIBE]
        if not before:
            return start
        return [vocabulary.BEFORE, *self.encoder.tokens(f" {before}")[-_MOST_PROMPT_TOKENS:], *start]


def _load(folder: Path, options: WhisperOptions) -> Any:
    try:
        import ctranslate2
    except (ImportError, OSError) as error:
        hint = install_hint("ctranslate2", model_files.EXTRA)
        raise ProviderError(
            f"whisper: ctranslate2 cannot be loaded ({_first_line(error)}); {hint}"
        ) from error
    where = printable(str(folder))
    try:
        return ctranslate2.models.Whisper(
            str(folder),
            device=options.device,
            compute_type=options.compute_type,
            inter_threads=options.workers,
            intra_threads=options.threads,
        )
    except MemoryError as error:
        raise _no_memory(where) from error
    except (RuntimeError, UnicodeDecodeError) as error:
        if "allocate memory" in str(error):
            raise _no_memory(where) from error
        if options.device != "cpu" and "cu" in str(error).lower():
            raise ProviderError(
                f"whisper: the graphics card cannot be used: {_first_line(error)}; set `device` to cpu"
            ) from error
        raise ProviderError(
            f"the Whisper model in {where} cannot be loaded, as if it were damaged or cut off: "
            f"{_first_line(error)}; {model_files.repair(folder)}"
        ) from error
    except ValueError as error:
        raise ProviderError(
            f"whisper: this machine cannot run the model so: {_first_line(error)}; set `device` to cpu and "
            "`compute_type` to auto"
        ) from error


def _no_memory(where: str) -> ProviderError:
    return ProviderError(f"there is not enough memory for the Whisper model in {where}; use a smaller one")


def _first_line(error: Exception) -> str:
    return printable(str(error).partition("\n")[0][:200]).rstrip(". ") or type(error).__name__
