"""Our devices, turn detectors and voice activity detectors fulfil their contracts."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from voicebot import AudioDevice, TurnDetector, VoiceActivityDetector
from voicebot.testing import ScriptedVoiceActivity
from voicebot.testing.contract import AudioDeviceContract, TurnDetectorContract, VoiceActivityDetectorContract
from voicebot_audio.keyboard import KeyboardDevice, KeyboardOptions
from voicebot_audio.silero import SileroDetector, SileroOptions
from voicebot_audio.wav import WavDevice, WavOptions
from voicebot_turns.judgement.detector import JudgementDetector, JudgementOptions
from voicebot_turns.silence import SilenceDetector, SilenceOptions
from voicebot_turns.smart_turn import SmartTurnDetector, SmartTurnOptions
from voicebot_turns.transcript import TranscriptDetector, TranscriptOptions

QUESTION = Path(__file__).parents[2] / "configs" / "question.wav"


class TestSilero(VoiceActivityDetectorContract):
    clip = QUESTION

    def make(self) -> VoiceActivityDetector[Any]:
        return SileroDetector(SileroOptions())


class TestScriptedVoiceActivity(VoiceActivityDetectorContract):
    expected_failures = {  # noqa: RUF012
        "test_a_probability_is_from_0_to_1": "it reads the probability out of scripted frames alone",
    }

    def make(self) -> VoiceActivityDetector[Any]:
        return ScriptedVoiceActivity()


class TestSilence(TurnDetectorContract):
    def make(self) -> TurnDetector[Any]:
        return SilenceDetector(SilenceOptions())


class TestTranscript(TurnDetectorContract):
    def make(self) -> TurnDetector[Any]:
        return TranscriptDetector(TranscriptOptions())


class TestJudgement(TurnDetectorContract):
    def make(self) -> TurnDetector[Any]:
        return JudgementDetector(JudgementOptions())


class TestSmartTurn(TurnDetectorContract):
    @pytest.fixture(autouse=True)
    def model(self, tmp_path: Path) -> None:
        """Write a model with the shape of the real one that returns 0.5 for every turn."""
        onnx = pytest.importorskip("onnx", reason="onnx makes the model: pip install onnx")
        pytest.importorskip("onnxruntime", reason="it runs it: extra smart-turn")
        helper, floats = onnx.helper, onnx.TensorProto.FLOAT
        steps = [
            helper.make_node("ReduceMean", ["input_features", "axes"], ["mean"], keepdims=0),
            helper.make_node("Unsqueeze", ["mean", "last"], ["column"]),
            helper.make_node("Sigmoid", ["column"], ["logits"]),
        ]
        sizes = {"axes": [1, 2], "last": [1]}
        graph = helper.make_graph(
            steps,
            "half",
            [helper.make_tensor_value_info("input_features", floats, ["batch", 80, 800])],
            [helper.make_tensor_value_info("logits", floats, ["batch", 1])],
            [helper.make_tensor(name, onnx.TensorProto.INT64, [len(v)], v) for name, v in sizes.items()],
        )
        self.path = tmp_path / "half.onnx"
        opset = [helper.make_opsetid("", 18)]
        onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=9), self.path)

    def make(self) -> TurnDetector[Any]:
        return SmartTurnDetector(SmartTurnOptions(model=self.path))


class TestWav(AudioDeviceContract):
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path) -> None:
        self.output = tmp_path / "spoken.wav"

    def make(self) -> AudioDevice[Any]:
        return WavDevice(WavOptions(input=QUESTION, output=self.output))


class TestWavInRealTime(TestWav):
    def make(self) -> AudioDevice[Any]:
        return WavDevice(WavOptions(input=QUESTION, output=self.output, pace="realtime"))


class TestKeyboard(AudioDeviceContract):
    @pytest.fixture(autouse=True)
    def typed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("hello\n\nhow are you\n"))

    def make(self) -> AudioDevice[Any]:
        return KeyboardDevice(KeyboardOptions())


@pytest.mark.slow
def test_the_sound_card_passes_its_contract(sound_server: Any) -> None:
    command = [sys.executable, "-m", "voicebot", "check-plugin", "sound-card", "--json"]
    # in a process of its own, because the sound libraries read the environment once
    ran = subprocess.run(command, env=sound_server.environment, capture_output=True, text=True, check=False)
    outcomes = json.loads(ran.stdout)["checks"]
    assert not [outcome for outcome in outcomes if outcome["result"] == "failed"]
    assert sum(outcome["result"] == "passed" for outcome in outcomes) >= 15
