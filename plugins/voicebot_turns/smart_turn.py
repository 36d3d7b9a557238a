"""The `smart-turn` turn detector: whether the melody of a voice says that it has finished."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicebot import Advice, AudioFormat, Field, Options, ProviderError, TurnDetector, TurnSoFar, install_hint
from voicebot_turns.mel import BANDS, RATE, LogMel

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_SECONDS = 8.0
_INPUT = "input_features"
_REMEMBERED = 16
"""Sounds whose judgements are kept, a quarter of a megabyte each."""
_ADVICE = (
    "the weights are at https://huggingface.co/pipecat-ai/smart-turn-v3 (smart-turn-v3.2-cpu.onnx), "
    "and in the wheel of pipecat-ai"
)


class SmartTurnOptions(Options):
    """Options of the `smart-turn` turn detector."""

    model: Path
    """The model as an ONNX file: smart-turn version 3, `smart-turn-v3.2-cpu.onnx` (9 MB, BSD-2-Clause)."""
    threshold: float = Field(0.5, gt=0, lt=1)
    """How likely the turn must be complete for the bot to wait half way between the earliest and the latest
    of `turns.patience`. It waits the earliest where that is certain, the latest where the opposite is, and
    in proportion in between. A higher threshold is more patient."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Tell of a model that is not there."""
        if not self.model.is_file():
            yield Advice("model", f"there is no file {self.model}; {_ADVICE}", "error")


class SmartTurnDetector(TurnDetector[SmartTurnOptions]):
    """Hears by a network on the last 8 seconds of the turn whether it is complete, in 23 languages.

    Words do not count, only their sound. All conversations share one model, and threads beside the event
    loop ask it. What was heard up to the same pause is judged once, however often the words change.
    """

    input_format = AudioFormat(RATE)
    audio_seconds = _SECONDS

    def __init__(self, options: SmartTurnOptions) -> None:
        super().__init__(options)
        self._threads: ThreadPoolExecutor | None = None
        self._judged: OrderedDict[bytes, Future[float]] = OrderedDict()

    async def start(self) -> None:
        """Load the model and try it.

        Raises:
            ProviderError: onnxruntime is not installed, or the file is no such model.
        """
        await self.aclose()
        threads = ThreadPoolExecutor(max(1, (os.cpu_count() or 1) - 1), "smart-turn")
        try:
            await asyncio.wrap_future(threads.submit(self._load))
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
        self._threads = threads

    async def aclose(self) -> None:
        """Let the model go."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None
        self._judged.clear()

    async def wait(self, turn: TurnSoFar) -> float:
        """Return the seconds of silence after which a turn that sounds so is over; unheard, the latest."""
        if not turn.audio:
            return turn.latest
        complete = await asyncio.wrap_future(self._judgement(turn.audio))
        return turn.latest - (turn.latest - turn.earliest) * _share(complete, self.options.threshold)

    def complete(self, audio: bytes) -> float:
        """Return the probability that a turn that sounds so (s16le at 16 kHz) is complete; blocks."""
        features = self._spectrogram.of(audio)[None]
        (result,) = self._session.run(None, {_INPUT: features})
        return float(result.item())

    def _judgement(self, audio: bytes) -> Future[float]:
        """Return the judgement of this sound, made already or on its way.

        A question that is dropped because the words changed is asked again at once, about the same sound:
        where a thread is at work on it, that work is not lost.
        """
        judgement = self._judged.get(audio)
        if judgement is None or judgement.cancelled():
            if self._threads is None:
                raise ProviderError("smart-turn was not started")
            judgement = self._judged[audio] = self._threads.submit(self.complete, audio)
            if len(self._judged) > _REMEMBERED:
                self._judged.popitem(last=False)
        return judgement

    def _load(self) -> None:
        """Read the model; runs in a thread."""
        self._session = _session(self.options.model)
        self._spectrogram = LogMel(_SECONDS)
        self._check_shape()
        try:
            complete = self.complete(b"")  # the first call is slow
        except Exception as error:
            raise ProviderError(f"smart-turn: the model {self.options.model} broke: {error}") from error
        if not 0 <= complete <= 1:
            raise self._misfit(f"gives {complete:g}, which is no probability")

    def _check_shape(self) -> None:
        wanted = (1, BANDS, self._spectrogram.frames)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if [each.name for each in inputs] != [_INPUT] or len(outputs) != 1:
            names = [", ".join(each.name for each in side) for side in (inputs, outputs)]
            raise self._misfit(f"makes {names[1]} of {names[0]}, not one probability of {_INPUT}")
        shape, kind = inputs[0].shape, inputs[0].type
        fits = len(shape) == len(wanted) and all(
            has == wants or not isinstance(has, int) for has, wants in zip(shape, wanted, strict=True)
        )
        if kind != "tensor(float)" or not fits:
            raise self._misfit(f"takes a {kind} of {shape}, not a tensor(float) of {list(wanted)}")

    def _misfit(self, why: str) -> ProviderError:
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
    except Exception as error:  # a class of its own for each reason, all of them private
        raise ProviderError(f"smart-turn: {model} is no ONNX model that can be read; {_ADVICE}") from error


def _share(complete: float, threshold: float) -> float:
    """Return where between the latest (0) and the earliest (1) the end of the turn lies."""
    if complete < threshold:
        return 0.5 * complete / threshold
    return 1.0 - 0.5 * (1.0 - complete) / (1.0 - threshold)
