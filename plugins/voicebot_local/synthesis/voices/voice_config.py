"""The config of a voice, a JSON file beside its model: its language, speakers, phonemes and defaults."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from voicebot import ProviderError
from voicebot_local.synthesis.voices.known_voices import language_in, similar
from voicebot_local.synthesis.voices.voice_files import CONFIG, VoiceFiles

_REQUIRED = ("^", "$", "_")
_RATES = range(8_000, 192_001)


@dataclass(frozen=True, slots=True)
class VoiceConfig:
    """What a voice's config says.

    `language` is a BCP 47 tag; `rate` is in Hz; `phoneme_ids` are the model's inputs for each phoneme;
    `raw` is all of it, for piper.
    """

    language: str
    rate: int
    speakers: int
    speaker_ids: dict[str, int]
    phoneme_ids: dict[str, list[int]]
    length_scale: float
    noise_scale: float
    noise_w: float
    raw: dict[str, Any]

    def speaker(self, wanted: str | int | None, voice: str) -> int:
        """Return the number of a speaker that is given by its name or number.

        Raises:
            ProviderError: the voice has no such speaker.
        """
        default = self.raw.get("default_speaker_id", 0)
        if wanted is None:
            return default if isinstance(default, int) and 0 <= default < self.speakers else 0
        name = str(wanted)
        if isinstance(wanted, str) and name in self.speaker_ids:
            return self.speaker_ids[name]
        if name.isdecimal() and int(name) < self.speakers:
            return int(name)
        if name in self.speaker_ids:
            return self.speaker_ids[name]
        if self.speakers == 1:
            raise ProviderError(f"piper: the voice {voice} has only one speaker; leave `speaker` out")
        names = similar(name, self.speaker_ids) or list(self.speaker_ids)[:5]
        named = f", or by name, such as {', '.join(names)}" if names else ""
        raise ProviderError(
            f"piper: the voice {voice} has no speaker '{name[:60]}'; "
            f"it has {self.speakers}, numbered from 0 to {self.speakers - 1}{named}"
        )


def parsed(files: VoiceFiles, content: bytes) -> VoiceConfig:
    """Return what a voice's config says.

    Raises:
        ProviderError: it is not JSON, or not the config of a piper voice.
    """
    try:
        raw = json.loads(content)
    except ValueError as error:  # of JSON, or of UTF-8
        raise ProviderError(
            f"piper: {files.config} is not valid JSON: damaged, or half a download; fetch it again"
        ) from error
    try:
        return _config(raw, files.name)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        match error:
            case KeyError():
                what = f"no {error}"
            case ValueError():
                what = str(error)
            case _:
                what = "a value of another type"
        raise ProviderError(
            f"piper: {files.config} is not the config of a piper voice ({what}); "
            f"it has to be the {CONFIG} that belongs to {files.model.name}"
        ) from error


def read_config(files: VoiceFiles) -> VoiceConfig:
    """Read and parse a voice's config.

    Raises:
        ProviderError: it cannot be read, or is not the config of a piper voice.
    """
    try:
        content = files.config.read_bytes()
    except OSError as error:
        raise ProviderError(f"piper: {files.config} cannot be read: {error.strerror}") from error
    return parsed(files, content)


def _config(raw: Any, name: str) -> VoiceConfig:
    phoneme_ids = {
        str(phoneme): [int(number) for number in ids] for phoneme, ids in raw["phoneme_id_map"].items()
    }
    if missing := [phoneme for phoneme in _REQUIRED if phoneme not in phoneme_ids]:
        raise ValueError(f"no phoneme {missing[0]}")
    rate, speakers = int(raw["audio"]["sample_rate"]), int(raw["num_speakers"])
    if rate not in _RATES:
        raise ValueError(f"a sample rate of {rate} Hz")
    spoken = str(raw["espeak"]["voice"])
    inference = raw.get("inference", {})
    return VoiceConfig(
        language=_language(raw, name) or spoken,
        rate=rate,
        speakers=max(1, speakers),
        speaker_ids={str(key): int(value) for key, value in raw.get("speaker_id_map", {}).items()},
        phoneme_ids=phoneme_ids,
        length_scale=float(inference.get("length_scale", 1.0)),
        noise_scale=float(inference.get("noise_scale", 0.667)),
        noise_w=float(inference.get("noise_w", 0.8)),
        raw=raw,
    )


def _language(raw: dict[str, Any], name: str) -> str:
    language = raw.get("language")
    code = language.get("code") if isinstance(language, dict) else None
    return language_in(f"{code}-") if isinstance(code, str) and "_" in code else language_in(name)
