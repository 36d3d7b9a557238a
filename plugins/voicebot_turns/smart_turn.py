"""The `smart-turn` turn detector: whether a voice sounds as if it has finished."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicebot import Advice, AudioFormat, Field, Options, ProviderError, TurnDetector, TurnSoFar, install_hint
from voicebot_turns.mel import BANDS, RATE, LogMel
from voicebot_turns.smart_turn_store import NAME, model_file
from voicebot_turns.sound_analysis import SoundAnalysis

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# Before onnxruntime is imported, or it sends Microsoft what models are run, and on what.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
_SECONDS = 8.0
_INPUT = "input_features"
_ADVICE = (
    f"run: voicebot models fetch {NAME}; or take smart-turn-v3.2-cpu.onnx from "
    "https://huggingface.co/pipecat-ai/smart-turn-v3"
)


class SmartTurnOptions(Options):
    """Options of the `smart-turn` turn detector."""

    model: Path = Path(NAME)
    """The model, smart-turn version 3 (9 MB, BSD-2-Clause): an ONNX file, or the name of what
    `voicebot models fetch smart-turn-v3.2` has fetched."""
    threshold: float = Field(0.5, gt=0, lt=1)
    """The probability of a complete turn at which the bot waits halfway between the earliest and the latest
    of `turns.patience`. At a probability of 1 it waits for the earliest, at 0 for the latest, and in between
    in proportion. A higher threshold makes the bot more patient."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Report a missing model."""
        model = model_file(self.model)
        if not model.is_file():
            yield Advice("model", f"there is no file {model}; {_ADVICE}", "error")


class SmartTurnDetector(TurnDetector[SmartTurnOptions]):
    """Predicts from the sound of the last 8 seconds whether the turn is complete, in 23 languages.

    A neural network analyses how the words sound, not what they mean. All conversations share one model,
    which runs in threads outside the event loop. It runs once per pause, however often the words change.
    """

    input_format = AudioFormat(RATE)
    audio_seconds = _SECONDS

    def __init__(self, options: SmartTurnOptions) -> None:
        super().__init__(options)
        self._analysis = SoundAnalysis("smart-turn", self.complete)

    async def start(self) -> None:
        """Load the model and try it.

        Raises:
            ProviderError: onnxruntime is not installed, or the file is not such a model.
        """
        import numpy  # noqa: F401 - here, since threads that import it at once break it or each other

        await self._analysis.start(self.load)

    async def aclose(self) -> None:
        """Release the model."""
        self._analysis.close()

    async def wait(self, turn: TurnSoFar) -> float:
        """Return the seconds of silence after which a turn that sounds like this is over.

        Without audio, that is the latest.
        """
        if not turn.audio:
            return turn.latest
        complete = await self.probability(turn.audio)
        return turn.latest - (turn.latest - turn.earliest) * _share(complete, self.options.threshold)

    async def probability(self, audio: bytes) -> float:
        """Return the probability that a turn with this audio (s16le at 16 kHz) is complete.

        Raises:
            ProviderError: it was not started.
        """
        return await self._analysis.of(audio)

    def complete(self, audio: bytes) -> float:
        """Return the probability that a turn with this audio (s16le at 16 kHz) is complete; blocks."""
        features = self._spectrogram.of(audio)[None]
        (result,) = self._session.run(None, {_INPUT: features})
        return float(result.item())

    def load(self) -> None:
        """Load the model; blocks."""
        self._session = _session(model_file(self.options.model))
        self._spectrogram = LogMel(_SECONDS)
        self._check_shape()
        try:
            complete = self.complete(b"")  # the first call is slow
        except Exception as error:
            raise ProviderError(f"smart-turn: the model {self.options.model} failed: {error}") from error
        if not 0 <= complete <= 1:
            raise self._wrong_model(f"gives {complete:g}, which is not a probability")

    def _check_shape(self) -> None:
        wanted = (1, BANDS, self._spectrogram.frames)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if [each.name for each in inputs] != [_INPUT] or len(outputs) != 1:
            names = [", ".join(each.name for each in side) for side in (inputs, outputs)]
            raise self._wrong_model(f"makes {names[1]} of {names[0]}, not one probability of {_INPUT}")
        shape, kind = inputs[0].shape, inputs[0].type
        fits = len(shape) == len(wanted) and all(
            has == wants or not isinstance(has, int) for has, wants in zip(shape, wanted, strict=True)
        )
        if kind != "tensor(float)" or not fits:
            raise self._wrong_model(f"takes a {kind} of {shape}, not a tensor(float) of {list(wanted)}")

    def _wrong_model(self, why: str) -> ProviderError:
        return ProviderError(
            f"smart-turn: {self.options.model} is another kind of model: it {why}; {_ADVICE}"
        )


def _session(model: Path) -> InferenceSession:
    try:
        import onnxruntime
    except ImportError as error:
        hint = install_hint("onnxruntime", "voicebot-framework[smart-turn]")
        raise ProviderError(f"smart-turn: onnxruntime cannot be loaded ({error}); {hint}") from error
    if not model.is_file():
        raise ProviderError(f"smart-turn: there is no model {model}; {_ADVICE}")
    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # many conversations, few cores
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            str(model), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # each reason has a private class of its own
        raise ProviderError(f"smart-turn: {model} is not a readable ONNX model; {_ADVICE}") from error


def _share(complete: float, threshold: float) -> float:
    """Return where the end of the turn lies between the latest (0) and the earliest (1)."""
    if complete < threshold:
        return 0.5 * complete / threshold
    return 1.0 - 0.5 * (1.0 - complete) / (1.0 - threshold)
