"""A Whisper model in CTranslate2: sound to text. It blocks, and serves several threads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicebot import ProviderError, install_hint, printable
from voicebot_local.recognition import model_files, processor, vocabulary
from voicebot_local.recognition.mel import HOP, RATE, LogMel
from voicebot_local.recognition.repetition import is_doubtful, is_impossible, without_repetition

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
        prompt: tokens of a text that may be said.
    """

    audio: bytes
    speech: float
    languages: tuple[str, ...] = ()
    prompt: tuple[str, ...] = ()


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
        tokens = vocabulary.read(folder)
        self._multilingual = bool(self._model.is_multilingual)
        self.spoken = model_files.spoken(options.model, folder)
        self.encoder = vocabulary.Encoder(tokens)
        self._mel = LogMel(self._model.n_mels)
        self._check_output(folder)

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
        decoded, _ = self._decode(sound, window)
        if window < _WHOLE_WINDOW and is_doubtful(decoded.text, sound.speech):
            decoded, _ = self._decode(sound, _WHOLE_WINDOW)
        if is_impossible(decoded.text, sound.speech):
            decoded = Decoded(without_repetition(decoded.text), decoded.language)
        return decoded

    def _decode(self, sound: Sound, window: int) -> tuple[Decoded, float]:
        """Decode once; return the probability of no speech too."""
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
                max_length=len(prompt) + most,
                return_no_speech_prob=True,
            )
        except (RuntimeError, ValueError, MemoryError) as error:
            raise ProviderError(f"whisper failed: {_first_line(error)}", retryable=True) from error
        silent = float(result.no_speech_prob)
        text = "" if silent > _NO_SPEECH else vocabulary.text_of(result.sequences[0])
        return Decoded(text, language), silent

    def _language(self, encoded: Any, wanted: tuple[str, ...]) -> str:
        if not self._multilingual:
            return "en"
        if len(wanted) == 1:
            return wanted[0]
        (ranked,) = self._model.detect_language(encoded)
        codes = [token[2:-2] for token, _ in ranked]
        return next((code for code in codes if not wanted or code in wanted), codes[0])

    def _prompt(self, before: Sequence[str], language: str) -> list[str]:
        start = [vocabulary.START, vocabulary.NO_TIMESTAMPS]
        if self._multilingual:
            start[1:1] = [f"<|{language}|>", vocabulary.TRANSCRIBE]
        return [vocabulary.BEFORE, *before[-_MOST_PROMPT_TOKENS:], *start] if before else start

    def _check_output(self, folder: Path) -> None:
        """Decode once: the first time is slow, and a damaged model gives numbers that are none."""
        _, silent = self._decode(Sound(bytes(BYTES_PER_SECOND), 0.0, ("en",)), _LEAST_WINDOW)
        if not 0 <= silent <= 1:
            raise ProviderError(
                f"the Whisper model in {printable(str(folder))} is damaged: it gives no probabilities; "
                f"{model_files.repair(folder)}"
            )


def _load(folder: Path, options: WhisperOptions) -> Any:
    processor.check()
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
        raise ProviderError(
            f"there is not enough memory for the Whisper model in {where}; use a smaller one"
        ) from error
    except ValueError as error:
        raise ProviderError(
            f"whisper: this machine cannot run the model so: {_first_line(error)}; set `device` to cpu and "
            "`compute_type` to auto"
        ) from error
    except RuntimeError as error:
        if options.device != "cpu" and "cu" in str(error).lower():
            raise ProviderError(
                f"whisper: the graphics card cannot be used: {_first_line(error)}; set `device` to cpu"
            ) from error
        raise ProviderError(
            f"the Whisper model in {where} cannot be loaded, as if it were damaged or cut off: "
            f"{_first_line(error)}; {model_files.repair(folder)}"
        ) from error


def _first_line(error: Exception) -> str:
    return printable(str(error).partition("\n")[0][:200]) or type(error).__name__
