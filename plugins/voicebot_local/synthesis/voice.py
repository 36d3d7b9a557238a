"""A voice that is loaded: its front end, its model, and how loud it is."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot import ProviderError
from voicebot_local.synthesis.sound import gain_for
from voicebot_local.synthesis.text.phonemizer import Phonemizer
from voicebot_local.synthesis.text.spoken_text import spoken_text
from voicebot_local.synthesis.voice_model import Prosody, VoiceModel, divided
from voicebot_local.synthesis.voices.voice_config import parsed
from voicebot_local.synthesis.voices.voice_files import VoiceFiles

_SAMPLES_PER_FRAME = 256
_WARM_UP = "1, 2, 3, 4."
"""What is said silently to measure how loud a voice is: all languages have numbers."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice with its settings; `rate` is in Hz, `gain` a factor."""

    name: str
    language: str
    rate: int
    phonemizer: Phonemizer
    model: VoiceModel
    prosody: Prosody
    gain: float


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How to use a voice; None is the voice's own. `volume` is a factor."""

    speaker: str | int | None = None
    length_scale: float | None = None
    noise_scale: float | None = None
    noise_w: float | None = None
    volume: float = 1.0


def load_voice(files: VoiceFiles, settings: VoiceSettings) -> Voice:
    """Load a voice, and say a few words silently, since the first are slow; blocks for some 0.5 s.

    Raises:
        ProviderError: the files are not those of a voice, or piper is not installed.
    """
    content, config_content = files.read()
    config = parsed(files, config_content)
    own = Prosody(
        config.noise_scale if settings.noise_scale is None else settings.noise_scale,
        config.length_scale if settings.length_scale is None else settings.length_scale,
        config.noise_w if settings.noise_w is None else settings.noise_w,
        config.speaker(settings.speaker, files.name),
    )
    phonemizer = Phonemizer(files, config)
    hop = config.raw.get("hop_length", _SAMPLES_PER_FRAME)
    parts = divided(files, content)
    del content  # 60 MB
    model = VoiceModel(files, parts, hop if isinstance(hop, int) and hop > 0 else _SAMPLES_PER_FRAME)
    del parts
    text = spoken_text(_WARM_UP, config.language).text  # which reads the words of the language
    ids, _ = phonemizer.ids([phoneme for sentence in phonemizer.sentences(text) for phoneme in sentence])
    steady = Prosody(0.0, config.length_scale, 0.0, own.speaker)  # the same each time
    try:
        gain = gain_for(model.warm_up(ids, steady))
    except ProviderError:
        raise
    except Exception as error:  # what it returns has another shape or type than sound
        raise ProviderError(f"piper: {files.model} does not work as a voice: {error!r}") from error
    return Voice(files.name, config.language, config.rate, phonemizer, model, own, gain * settings.volume)
