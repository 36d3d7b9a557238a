"""How the sound of a turn becomes a wait, with tiny models of the real one's shape that are made here."""

from __future__ import annotations

import asyncio
import math
import re
import sys
import threading
from pathlib import Path

import numpy
import pytest

from voicebot import ProviderError, TurnSoFar, install_hint
from voicebot_turns.smart_turn import SmartTurnDetector, SmartTurnOptions

onnx = pytest.importorskip("onnx", reason="onnx makes the models: pip install onnx")
pytest.importorskip("onnxruntime", reason="onnxruntime runs them: extra smart-turn")

RATE = 16_000
SHAPE: list[int | str] = ["batch", 80, 800]


def write_model(
    path: Path,
    *,
    shape: list[int | str] = SHAPE,
    gain: float = 0.0,
    bias: float = 0.0,
    name: str = "input_features",
) -> Path:
    """Write a model that gives sigmoid(gain * mean of the last second + bias)."""
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    constants = {
        "starts": numpy.array([-100], "i8"),
        "ends": numpy.array([2**31], "i8"),
        "axis": numpy.array([len(shape) - 1], "i8"),
        "others": numpy.array(range(1, len(shape)), "i8"),
        "gain": numpy.array(gain, "f4"),
        "bias": numpy.array(bias, "f4"),
        "column": numpy.array([-1, 1], "i8"),
    }
    steps = [
        ("Slice", [name, "starts", "ends", "axis"], "end"),
        ("ReduceMean", ["end", "others"], "mean"),
        ("Reshape", ["mean", "column"], "one"),
        ("Mul", ["one", "gain"], "scaled"),
        ("Add", ["scaled", "bias"], "shifted"),
        ("Sigmoid", ["shifted"], "logits"),
    ]
    graph = helper.make_graph(
        [helper.make_node(kind, inputs, [output]) for kind, inputs, output in steps],
        "tiny",
        [helper.make_tensor_value_info(name, floats, shape)],
        [helper.make_tensor_value_info("logits", floats, ["batch", 1])],
        [onnx.numpy_helper.from_array(value, key) for key, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def certain(path: Path, probability: float) -> Path:
    """Write a model that always gives the same probability."""
    return write_model(path, bias=math.log(probability / (1 - probability)))


def turn(audio: bytes = b"\x01\x00" * RATE) -> TurnSoFar:
    return TurnSoFar("and then", settled=True, language="en-US", earliest=0.3, latest=1.6, audio=audio)


async def waited(options: SmartTurnOptions, *audio: bytes) -> list[float]:
    detector = SmartTurnDetector(options)
    await detector.start()
    try:
        return await asyncio.gather(*(detector.wait(turn(each)) for each in audio))
    finally:
        await detector.aclose()


@pytest.mark.parametrize(
    ("probability", "threshold", "expected"),
    [
        (1 - 1e-7, 0.5, 0.3),
        (0.5, 0.5, 0.95),
        (1e-7, 0.5, 1.6),
        (0.75, 0.5, 0.625),
        (0.25, 0.5, 1.275),
        (0.8, 0.8, 0.95),
        (0.9, 0.8, 0.625),
    ],
)
def test_the_likelier_a_turn_is_complete_the_shorter_the_wait(
    tmp_path: Path, probability: float, threshold: float, expected: float
) -> None:
    options = SmartTurnOptions(model=certain(tmp_path / "m.onnx", probability), threshold=threshold)
    assert asyncio.run(waited(options, turn().audio)) == [pytest.approx(expected, abs=1e-3)]


def test_the_sound_decides(tmp_path: Path) -> None:
    """This model takes a turn for complete if its last second is quiet."""
    options = SmartTurnOptions(model=write_model(tmp_path / "m.onnx", gain=-20.0))
    noise = numpy.random.default_rng(1).integers(-9000, 9000, 3 * RATE).astype("<i2").tobytes()
    quiet, loud = asyncio.run(waited(options, noise + bytes(2 * RATE), noise))
    assert quiet == pytest.approx(0.3, abs=0.01)
    assert loud == pytest.approx(1.6, abs=0.01)


def test_without_sound_it_waits_the_latest(tmp_path: Path) -> None:
    options = SmartTurnOptions(model=certain(tmp_path / "m.onnx", 0.99))
    assert asyncio.run(waited(options, b"")) == [1.6]


class Watched(SmartTurnDetector):
    """Records in which threads its model runs, and can be made to wait there."""

    def __init__(self, options: SmartTurnOptions) -> None:
        super().__init__(options)
        self.asked: list[str] = []
        self.begun = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.go_on = threading.Event()
        self.go_on.set()

    def complete(self, audio: bytes) -> float:
        self.asked.append(threading.current_thread().name)
        self._loop.call_soon_threadsafe(self.begun.set)
        self.go_on.wait(30)
        return super().complete(audio)


def test_the_event_loop_runs_while_the_model_does(tmp_path: Path) -> None:
    async def talk() -> float:
        detector = Watched(SmartTurnOptions(model=certain(tmp_path / "m.onnx", 0.5)))
        await detector.start()
        detector.begun.clear()  # it was tried at the start
        detector.go_on.clear()
        waiting = asyncio.ensure_future(detector.wait(turn()))
        await detector.begun.wait()
        detector.go_on.set()  # only a loop that is free comes here
        wait = await waiting
        await detector.aclose()
        assert all(name.startswith("smart-turn") for name in detector.asked)
        return wait

    assert asyncio.run(talk()) == pytest.approx(0.95, abs=1e-3)


def test_the_same_audio_is_predicted_once_even_if_the_request_was_cancelled(tmp_path: Path) -> None:
    async def talk() -> list[float]:
        detector = Watched(SmartTurnOptions(model=certain(tmp_path / "m.onnx", 0.5)))
        await detector.start()
        detector.begun.clear()  # it was tried at the start
        detector.go_on.clear()
        dropped = asyncio.ensure_future(detector.wait(turn()))
        await detector.begun.wait()
        dropped.cancel()
        again = asyncio.ensure_future(detector.wait(turn()))
        await asyncio.sleep(0)
        assert dropped.cancelled()  # at once, though the thread is still at work
        detector.go_on.set()
        waits = [await again, await detector.wait(turn())]
        assert len(detector.asked) == 2
        await detector.wait(turn(b"\x02\x00" * RATE))
        assert len(detector.asked) == 3
        await detector.aclose()
        return waits

    assert asyncio.run(talk()) == pytest.approx([0.95, 0.95], abs=1e-3)


def test_conversations_share_one_model_and_get_their_own_answers(tmp_path: Path) -> None:
    options = SmartTurnOptions(model=write_model(tmp_path / "m.onnx", gain=2.0))
    noise = numpy.random.default_rng(1).integers(-9000, 9000, 8 * RATE).astype("<i2").tobytes()
    sounds = [noise[: 2 * RATE * seconds] + bytes(2000 * count) for seconds in (1, 4) for count in range(20)]
    together = asyncio.run(waited(options, *sounds))
    alone = [asyncio.run(waited(options, sound))[0] for sound in sounds[::7]]
    assert together[::7] == alone
    assert len(set(together)) > 20


def broken(options: SmartTurnOptions) -> str:
    with pytest.raises(ProviderError) as caught:
        asyncio.run(waited(options))
    return str(caught.value)


def test_a_missing_model_is_reported_with_where_to_get_it(tmp_path: Path) -> None:
    options = SmartTurnOptions(model=tmp_path / "none.onnx")
    assert re.search(r"no model .*none\.onnx.*huggingface\.co/pipecat-ai/smart-turn-v3", broken(options))
    (advice,) = options.advice("en-US")
    assert (advice.option, advice.severity) == ("model", "error")
    assert "none.onnx" in advice.message


def test_a_model_that_is_there_needs_no_advice(tmp_path: Path) -> None:
    assert not list(SmartTurnOptions(model=certain(tmp_path / "m.onnx", 0.5)).advice("en-US"))


def test_a_file_that_is_not_a_model_is_reported(tmp_path: Path) -> None:
    (tmp_path / "page.onnx").write_text("<html>Please sign in</html>")
    assert re.search(
        r"page\.onnx is not a readable ONNX model.*huggingface",
        broken(SmartTurnOptions(model=tmp_path / "page.onnx")),
    )


@pytest.mark.parametrize("shape", [["batch", 80, 3000], ["batch", 128000], [4, 80, 800]])
def test_a_model_of_another_shape_is_reported_with_the_expected_one(
    tmp_path: Path, shape: list[int | str]
) -> None:
    message = broken(SmartTurnOptions(model=write_model(tmp_path / "m.onnx", shape=shape)))
    assert str(shape[-1]) in message
    assert "[1, 80, 800]" in message


def test_a_model_with_another_input_is_reported(tmp_path: Path) -> None:
    message = broken(SmartTurnOptions(model=write_model(tmp_path / "m.onnx", name="audio")))
    assert "makes logits of audio, not one probability of input_features" in message


def test_without_onnxruntime_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    options = SmartTurnOptions(model=certain(tmp_path / "m.onnx", 0.5))
    assert install_hint("onnxruntime", "voicebot-framework[smart-turn]") in broken(options)


def test_it_can_be_closed_twice_and_without_a_start(tmp_path: Path) -> None:
    async def close() -> None:
        detector = SmartTurnDetector(SmartTurnOptions(model=certain(tmp_path / "m.onnx", 0.5)))
        await detector.aclose()
        await detector.start()
        await detector.aclose()
        await detector.aclose()
        with pytest.raises(ProviderError, match="not started"):
            await detector.wait(turn())

    asyncio.run(close())
