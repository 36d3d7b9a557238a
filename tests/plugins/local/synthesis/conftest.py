"""A voice for the tests: a model of a few kilobytes in the shape of piper's, which hums each phoneme."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FRAME = 256
"""Samples of one frame."""
LETTERS = "abcdefhijklmnopqrstuvwxyzæçðøŋɐɑɒɔəɚɛɜɡɪɫɹɾʃʊʌʒʔˈˌːθᵻ"
MARKS = " !'(),-.:;?"
PHONEMES = {"_": [0], "^": [1], "$": [2]} | {
    phoneme: [number] for number, phoneme in enumerate(MARKS + LETTERS, 3)
}
MakeVoice = Callable[..., Path]


def humming_model(*, speakers: int, divisible: bool) -> bytes:
    """Return a model in which each id takes three frames, longer for later speakers, hummed unless a mark."""
    onnx = pytest.importorskip("onnx", reason="onnx makes the model: pip install onnx")
    helper, tensor = onnx.helper, onnx.TensorProto
    node = helper.make_node
    first_letter = 3 + len(MARKS)
    constants: dict[str, tuple[int, list[int], list[float]]] = {
        "speed": (tensor.INT64, [1], [1]),
        "three": (tensor.FLOAT, [1], [3.0]),
        "one": (tensor.FLOAT, [1], [1.0]),
        "half": (tensor.INT64, [1], [1]),
        "last": (tensor.INT64, [1], [-1]),
        "letters": (tensor.INT64, [1], [first_letter]),
        "nothing": (tensor.INT64, [1], [0]),
        "row": (tensor.INT64, [3], [1, 1, -1]),
    }
    steps = [
        node("Gather", ["scales", "speed"], ["length_scale"]),
        node("Mul", ["length_scale", "three"], ["slow"]),
        *(
            [node("Cast", ["sid"], ["speaker"], to=tensor.FLOAT), node("Add", ["speaker", "one"], ["slower"])]
            if speakers > 1
            else [node("Identity", ["one"], ["slower"])]
        ),
        node("Mul", ["slow", "slower"], ["frames"]),
        node("Shape", ["input"], ["shape"]),
        node("Expand", ["frames", "shape"], ["widths"]),
        node("Ceil", ["widths"], ["durations"]),
        node("Cast", ["frames"], ["width"], to=tensor.INT64),
        # which ids are hummed, each repeated for its frames
        node("Less", ["input", "letters"], ["small"]),
        node("Greater", ["input", "nothing"], ["more"]),
        node("And", ["small", "more"], ["quiet"]),
        node("Not", ["quiet"], ["loud"]),
        node("Cast", ["loud"], ["hummed"], to=tensor.FLOAT),
        node("Unsqueeze", ["hummed", "last"], ["column"]),
        node("Concat", ["shape", "width"], ["table"], axis=0),
        node("Expand", ["column", "table"], ["repeated"]),
        node("Reshape", ["repeated", "row"], ["latent"]),
        node("Conv", ["latent", "dec.conv_pre.weight" if divisible else "weight"], ["loudness"]),
        node("ConvTranspose", ["loudness", "hum"], ["wave"], strides=[FRAME]),
        node("Unsqueeze", ["wave", "half"], ["output"]),
    ]
    constants["dec.conv_pre.weight" if divisible else "weight"] = (tensor.FLOAT, [1, 1, 1], [0.25])
    hum = [math.sin(4 * math.pi * at / FRAME) for at in range(FRAME)]
    constants["hum"] = (tensor.FLOAT, [1, 1, FRAME], hum)
    inputs = [
        helper.make_tensor_value_info("input", tensor.INT64, ["batch", "phonemes"]),
        helper.make_tensor_value_info("input_lengths", tensor.INT64, ["batch"]),
        helper.make_tensor_value_info("scales", tensor.FLOAT, [3]),
    ]
    if speakers > 1:
        inputs.append(helper.make_tensor_value_info("sid", tensor.INT64, ["batch"]))
    graph = helper.make_graph(
        steps,
        "humming",
        inputs,
        [helper.make_tensor_value_info("output", tensor.FLOAT, ["batch", 1, 1, "samples"])],
        [helper.make_tensor(name, kind, dims, values) for name, (kind, dims, values) in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    return bytes(model.SerializeToString())


def humming_config(*, speakers: int = 1, rate: int = 22_050, language: str = "en_US") -> dict[str, Any]:
    """Return the config of such a voice; the speakers are called `speaker0`, `speaker1` and so on."""
    return {
        "audio": {"sample_rate": rate, "quality": "medium"},
        "espeak": {"voice": language.replace("_", "-").lower() if language == "en_US" else language[:2]},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": PHONEMES,
        "num_symbols": len(PHONEMES),
        "num_speakers": speakers,
        "speaker_id_map": {f"speaker{number}": number for number in range(speakers)} if speakers > 1 else {},
        "language": {"code": language},
    }


@pytest.fixture(scope="session")
def make_voice() -> MakeVoice:
    """Return a function that writes a humming voice into a folder, and returns the path of its model."""
    models: dict[tuple[int, bool], bytes] = {}

    def make(folder: Path, name: str = "en_US-hum-medium", *, divisible: bool = True, **config: Any) -> Path:
        key = config.get("speakers", 1), divisible
        if key not in models:
            models[key] = humming_model(speakers=key[0], divisible=divisible)
        path = folder / f"{name}.onnx"
        path.write_bytes(models[key])
        path.with_name(f"{path.name}.json").write_text(json.dumps(humming_config(**config)))
        return path

    return make


@pytest.fixture(scope="session")
def humming(make_voice: MakeVoice, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the model of a humming voice."""
    pytest.importorskip("piper", reason="the extra local is not installed")
    return make_voice(tmp_path_factory.mktemp("voices"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the empty folder that voices are fetched into."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    voices = tmp_path / "data" / "piper-voices"
    voices.mkdir(parents=True)
    return voices
