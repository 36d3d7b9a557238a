"""The neural network of a voice: phonemes in, sound out, piece by piece, and stopped at any time.

A piper voice is VITS: an encoder turns phonemes into frames, which hold the rhythm and the melody, and a
decoder turns frames into sound. The decoder takes most of the time, and needs only a few frames around those
that it decodes. So the model is divided in two and the sound made in pieces, which are the same as if it was
made at once: the first comes early, and the memory does not depend on the length of a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voicebot import ProviderError
from voicebot_local.synthesis.model_graph import BrokenModelError, ModelGraph
from voicebot_local.synthesis.voices.voice_files import VoiceFiles

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, RunOptions

_INPUTS = ("input", "input_lengths", "scales")
_SPEAKER = "sid"
_DECODER_STARTS_AT = "dec.conv_pre.weight"
_CONTEXT = 14
"""Frames on each side that the sound of a frame depends on: 10 in medium voices, 13 in high ones."""


@dataclass(frozen=True, slots=True)
class Prosody:
    """How much a voice varies at random, how long it makes phonemes, and the number of its speaker."""

    noise_scale: float
    length_scale: float
    noise_w: float
    speaker: int


@dataclass(frozen=True, slots=True)
class Frames:
    """What the encoder made of a sentence; `durations` are frames per phoneme id, None if unknown."""

    latent: Any
    given: dict[str, Any]
    count: int
    durations: Any


@dataclass(frozen=True, slots=True)
class ModelParts:
    """The encoder and the decoder as models of their own, and the name of what the one gives to the other.

    A voice whose parts are not named as usual is not divided: its encoder is the whole model.
    """

    encoder: bytes
    decoder: bytes | None
    latent: str | None


class VoiceModel:
    """The sessions of one voice, shared by all utterances; a run uses one thread, that of its caller.

    Args:
        samples_per_frame: according to the config; `warm_up` corrects it.

    Raises:
        ProviderError: the model cannot be loaded.
    """

    def __init__(self, files: VoiceFiles, parts: ModelParts, samples_per_frame: int) -> None:
        self._name = files.name
        self._samples_per_frame = samples_per_frame
        self._latent = parts.latent
        self._encoder = _session(parts.encoder, files)
        self._decoder = _session(parts.decoder, files) if parts.decoder else None
        self._takes = {
            session: [each.name for each in session.get_inputs()]
            for session in (self._encoder, self._decoder)
            if session is not None
        }

    def warm_up(self, phoneme_ids: list[int], prosody: Prosody) -> Any:
        """Return the sound of some phonemes, made at once; later runs are quicker than this one.

        Raises:
            ProviderError: the model fails.
            ValueError: what it returns is not sound.
        """
        frames = self.encode(phoneme_ids, prosody)
        if self._decoder is None:
            sound = frames.latent.reshape(-1)
            count = 0 if frames.durations is None else int(frames.durations.sum())
        else:
            sound = self._decoded(self._decoder, frames, frames.latent, None)
            count = frames.count
        if sound.dtype.kind != "f" or sound.size < count:
            raise ValueError(f"it returns {sound.size} numbers of the type {sound.dtype}")
        if count:
            self._samples_per_frame = sound.size // count
        return sound

    def encode(self, phoneme_ids: list[int], prosody: Prosody, run: RunOptions | None = None) -> Frames:
        """Return the frames of one sentence, given its phonemes; fails if `run` is terminated."""
        import numpy as np

        known = {
            "input": np.array([phoneme_ids], np.int64),
            "input_lengths": np.array([len(phoneme_ids)], np.int64),
            "scales": np.array([prosody.noise_scale, prosody.length_scale, prosody.noise_w], np.float32),
            _SPEAKER: np.array([prosody.speaker], np.int64),
        }
        given = {name: known[name] for name in self._takes[self._encoder]}
        latent, *durations = self._run(self._encoder, given, run)
        if self._decoder is None:  # it is the sound itself
            return Frames(latent, known, -(-latent.size // self._samples_per_frame), _flat(durations))
        return Frames(latent, known, latent.shape[-1], _flat(durations))

    def decode(self, frames: Frames, first: int, end: int, run: RunOptions | None = None) -> Any:
        """Return the sound of some of the frames, as floats from -1 to 1; fails if `run` is terminated."""
        samples = self._samples_per_frame
        if self._decoder is None:
            return frames.latent.reshape(-1)[first * samples : end * samples]
        start = max(0, first - _CONTEXT)
        sound = self._decoded(self._decoder, frames, frames.latent[:, :, start : end + _CONTEXT], run)
        return sound[(first - start) * samples : (end - start) * samples]

    def duration(self, frames: int) -> int:
        """Return the samples of some frames."""
        return frames * self._samples_per_frame

    def _decoded(self, decoder: InferenceSession, frames: Frames, latent: Any, run: RunOptions | None) -> Any:
        names = self._takes[decoder]
        given = {name: latent if name == self._latent else frames.given[name] for name in names}
        return self._run(decoder, given, run)[0].reshape(-1)

    def _run(self, session: InferenceSession, given: dict[str, Any], run: RunOptions | None) -> list[Any]:
        try:
            return list(session.run(None, given, run))
        except Exception as error:  # each reason has a private class of its own
            raise ProviderError(f"piper: the voice {self._name} failed: {error}", retryable=True) from error


def _flat(durations: list[Any]) -> Any:
    return durations[0].reshape(-1) if durations else None


def divided(files: VoiceFiles, content: bytes) -> ModelParts:
    """Divide the model of a voice.

    Raises:
        ProviderError: the model is damaged, or of another kind.
    """
    try:
        graph = ModelGraph(content)
    except BrokenModelError as error:
        raise ProviderError(
            f"piper: {files.model} ({len(content):,} bytes) cannot be read: {error}; remove it and fetch the "
            f"voice again"
        ) from error
    if missing := [name for name in _INPUTS if name not in graph.inputs]:
        raise ProviderError(
            f"piper: {files.model} is not a piper voice but an ONNX model of another kind: it has no input "
            f"`{missing[0]}`; give the path of a piper voice, or the name of one that `voicebot voices` lists"
        )
    sound = next(iter(graph.outputs))
    durations = [output for node in graph.nodes if node.operator == "Ceil" for output in node.outputs]
    if len(durations) != 1:
        durations = []
    starts = [node.inputs[0] for node in graph.nodes if _DECODER_STARTS_AT in node.inputs]
    if len(starts) != 1:
        return ModelParts(graph.part((), [sound, *durations]), None, None)
    return ModelParts(graph.part((), [*starts, *durations]), graph.part(starts, [sound]), starts[0])


def _session(content: bytes, files: VoiceFiles) -> InferenceSession:
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # two cost half as much again
    options.enable_mem_pattern = False  # no two sentences have the same shape; it would hold 60 MB
    options.log_severity_level = 4  # a stopped run is logged as an error
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # each reason has a private class of its own
        if "bad_alloc" in str(error):
            raise ProviderError(
                f"piper: there is not enough memory for the voice {files.name}; use a smaller one"
            ) from error
        reason = str(error).partition("\n")[0]
        raise ProviderError(
            f"piper: {files.model} cannot be loaded: {reason}; remove it and fetch the voice again"
        ) from error
    # it would keep the content, 60 MB, for a change of providers ("TODO: This is bad", says its source)
    session._model_bytes = None
    return session
