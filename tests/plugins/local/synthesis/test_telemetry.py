"""The library that runs voices and turn detectors does not report to its makers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[4] / "plugins"
IMPORTS = re.compile(r"^ *(import onnxruntime|from (onnxruntime|piper)\b)", re.MULTILINE)
OFF = 'os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")'


def test_nothing_imports_onnxruntime_before_its_telemetry_is_off() -> None:
    importing = [file for file in PLUGINS.rglob("*.py") if IMPORTS.search(file.read_text())]
    assert importing
    for file in importing:
        packages = [each / "__init__.py" for each in file.parents if PLUGINS in each.parents]
        assert any(OFF in each.read_text() for each in (file, *packages)), file


@pytest.mark.slow
def test_a_voice_leaves_no_trace_of_telemetry(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="onnx makes the model: pip install onnx")
    value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    out = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])
    graph = onnx.helper.make_graph([onnx.helper.make_node("Abs", ["x"], ["y"])], "tiny", [value], [out])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    (tmp_path / "tiny.onnx").write_bytes(model.SerializeToString())
    home = tmp_path / "home"
    home.mkdir()
    left_out = {"CI", "XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY"}
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    program = (
        "import voicebot_local.synthesis.voice_model, onnxruntime, sys;"
        "onnxruntime.InferenceSession(sys.argv[1], providers=['CPUExecutionProvider'])"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "tiny.onnx")]
    subprocess.run(command, env={**env, "HOME": str(home)}, check=True)
    assert list(home.iterdir()) == []
