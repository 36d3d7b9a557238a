"""The models for the tests: the one that the extra brings along, and a toy for many languages."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from voicebot import FinalTranscript
from voicebot_local.recognition import model_files
from voicebot_local.recognition.options import WhisperOptions
from voicebot_local.recognition.session import WhisperRecognition
from voicebot_local.recognition.voice_activity import SpeechDetector, SpeechDetectors
from voicebot_local.recognition.whisper_model import Decoded, Sound, WhisperModel

Speak = Callable[[str, str], bytes]
Hear = Callable[..., list[str]]
QUESTION = Path(__file__).parents[4] / "configs" / "question.wav"
TOY_LANGUAGES = ("en", "de", "fr", "no", "zh", "yue")
FRAME = 640
"""Bytes of 20 ms."""
_WIDTH, _POSITIONS = 8, 1500


@pytest.fixture(scope="session")
def question() -> bytes:
    """Return "what's the weather like" as s16le at 16 kHz."""
    import soundfile
    import soxr

    sound, rate = soundfile.read(str(QUESTION), dtype="float32")
    audio: bytes = (soxr.resample(sound, rate, 16_000) * 32767).astype("<i2").tobytes()
    return audio


@pytest.fixture(scope="session")
def speak(tmp_path_factory: pytest.TempPathFactory) -> Speak:
    """Return a function that says a text by one of flite's voices: s16le at 16 kHz."""
    if shutil.which("flite") is None:
        pytest.skip("flite makes the test speech: apt-get install flite")
    path = str(tmp_path_factory.mktemp("speech") / "speech.wav")

    def say(text: str, voice: str) -> bytes:
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", path], check=True)
        with wave.open(path) as speech:
            return speech.readframes(speech.getnframes())

    return say


@pytest.fixture(scope="session")
def whisper() -> Iterator[WhisperModel]:
    """Return the model that the extra brings along, loaded."""
    model = WhisperModel(WhisperOptions())
    yield model
    model.close()


class Direct:
    """Decodes at once, in the caller's thread."""

    took = 0.0

    def __init__(self, model: WhisperModel, *, idle: bool) -> None:
        self._model, self.idle = model, idle

    async def decode(self, sound: Sound) -> Decoded:
        return self._model.decode(sound)


@pytest.fixture(scope="session")
def hear(whisper: WhisperModel) -> Hear:
    """Return a function that returns the finals of a sound that comes as from a microphone, and a commit.

    Partials are decoded only if it is said that the decoder is idle, for they take most of the time.
    """
    detectors = SpeechDetectors()

    async def finals(audio: bytes, idle: bool) -> list[str]:
        listening = WhisperRecognition(
            Direct(whisper, idle=idle),  # type: ignore[arg-type]
            SpeechDetector(detectors),
            ("en-US",),
            ("en",),
            "",
        )

        async def record() -> None:
            for at in range(0, len(audio), FRAME):
                await listening.write(audio[at : at + FRAME])
                await asyncio.sleep(0)
            await listening.commit()
            await listening.finish()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(record())
            heard = [event.text async for event in listening if isinstance(event, FinalTranscript)]
        listening.close()
        return heard

    return lambda audio, *, idle=False: asyncio.run(finals(audio, idle))


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a multilingual model with 128 bands, which understands nothing."""
    return save_toy(tmp_path_factory.mktemp("models") / "toy", bands=128)


@pytest.fixture(scope="session")
def toy_vocabulary() -> list[str]:
    """Return the tokens of the toy."""
    return toy_tokens(51_866)


@pytest.fixture
def bundled() -> Path:
    """Return the folder of the model that the extra brings along."""
    folder = model_files.bundled_folder()
    assert folder is not None
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the hub's cache."""
    for name in ("HF_HOME", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def toy_tokens(size: int) -> list[str]:
    """Return a vocabulary of so many tokens, in the order of the real ones."""
    plain = [
        *(f"Ġw{number}" for number in range(50_256)),
        "",
    ]  # by the empty one, multilingual models are known
    special = [
        "<|endoftext|>",
        "<|startoftranscript|>",
        *(f"<|{code}|>" for code in TOY_LANGUAGES),
        "<|translate|>",
        "<|transcribe|>",
        "<|startoflm|>",
        "<|startofprev|>",
        "<|nospeech|>",
        "<|notimestamps|>",
    ]
    times = size - len(plain) - len(special)
    return plain + special + [f"<|{number / 50:.2f}|>" for number in range(times)]


def save_toy(folder: Path, *, bands: int, size: int = 51_866) -> Path:
    """Write a model for a number of mel bands; return its folder."""
    import numpy
    from ctranslate2.specs import WhisperSpec

    random = numpy.random.default_rng(1)
    spec = WhisperSpec(1, 2, 1, 2)

    def fill(layer: Any, name: str, *shape: int) -> None:
        setattr(layer, name, random.normal(0, 0.3, shape).astype("f4"))

    def linear(layer: Any, out: int, width: int) -> None:
        fill(layer, "weight", out, width)
        fill(layer, "bias", out)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = numpy.ones(_WIDTH, "f4"), numpy.zeros(_WIDTH, "f4")

    def attention(layer: Any, *outputs: int) -> None:
        norm(layer.layer_norm)
        for part, out in zip(layer.linear, outputs, strict=True):
            linear(part, out, _WIDTH)

    def feed_forward(layer: Any) -> None:
        norm(layer.layer_norm)
        linear(layer.linear_0, 2 * _WIDTH, _WIDTH)
        linear(layer.linear_1, _WIDTH, 2 * _WIDTH)

    fill(spec.encoder.conv1, "weight", _WIDTH, bands, 3)
    fill(spec.encoder.conv1, "bias", _WIDTH)
    fill(spec.encoder.conv2, "weight", _WIDTH, _WIDTH, 3)
    fill(spec.encoder.conv2, "bias", _WIDTH)
    fill(spec.encoder.position_encodings, "encodings", _POSITIONS, _WIDTH)
    norm(spec.encoder.layer_norm)
    attention(spec.encoder.layer[0].self_attention, 3 * _WIDTH, _WIDTH)
    feed_forward(spec.encoder.layer[0].ffn)
    fill(spec.decoder.embeddings, "weight", size, _WIDTH)
    fill(spec.decoder.position_encodings, "encodings", 448, _WIDTH)
    norm(spec.decoder.layer_norm)
    attention(spec.decoder.layer[0].self_attention, 3 * _WIDTH, _WIDTH)
    attention(spec.decoder.layer[0].attention, _WIDTH, 2 * _WIDTH, _WIDTH)
    feed_forward(spec.decoder.layer[0].ffn)
    fill(spec.decoder.projection, "weight", size, _WIDTH)
    vocabulary = toy_tokens(size)
    spec.register_vocabulary(vocabulary)
    first = vocabulary.index("<|startoftranscript|>") + 1
    spec.config.lang_ids = list(range(first, first + len(TOY_LANGUAGES)))
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], []
    spec.validate()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    return folder
