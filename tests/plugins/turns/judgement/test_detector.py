"""What the `judgement` detector makes of words, sound and pauses, alone and together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import pytest

from voicebot import ProviderError, TurnSoFar
from voicebot_turns.completeness import Completeness
from voicebot_turns.judgement.detector import JudgementDetector, JudgementOptions
from voicebot_turns.judgement.evidence import Evidence, coefficients

TURN = TurnSoFar("we moved here in spring", True, "en-US", 0.3, 3.0)
LEVELS = [0.0] * 20 + [-2.0 * step for step in range(10)]


@pytest.fixture
def falling(tone: Callable[..., bytes]) -> bytes:
    return tone(LEVELS)


@pytest.fixture
def rising(tone: Callable[..., bytes]) -> bytes:
    return tone(LEVELS[::-1][:15])


def run(scenario: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(scenario)


async def waits(*turns: TurnSoFar) -> list[float]:
    detector = JudgementDetector(JudgementOptions())
    await detector.start()
    try:
        return [await detector.wait(turn) for turn in turns]
    finally:
        await detector.aclose()


def test_words_alone_decide_where_there_is_no_sound() -> None:
    complete, statement, open_ended = run(
        waits(replace(TURN, text="thank you"), TURN, replace(TURN, text="we moved here in"))
    )
    assert 0.3 <= complete < statement < open_ended <= 3.0


def test_words_after_which_more_must_follow_wait_however_they_sound(falling: bytes, rising: bytes) -> None:
    open_ended = replace(TURN, text="we moved here and")
    for wait in run(waits(replace(open_ended, audio=falling), replace(open_ended, audio=rising))):
        assert wait > 2.5


def test_a_short_turn_goes_by_its_words_and_a_long_one_is_less_likely_over(
    tone: Callable[..., bytes], falling: bytes, rising: bytes
) -> None:
    short, other, long = run(
        waits(*(replace(TURN, audio=audio) for audio in (falling, rising, tone([0.0] * 70))))
    )
    assert short == other < long


def test_a_language_whose_words_are_not_known_goes_by_sound(falling: bytes) -> None:
    unknown = replace(TURN, language="tlh", audio=falling)
    one, other = run(waits(unknown, replace(unknown, text="we moved here in")))
    assert one == other
    assert run(waits(replace(TURN, language="tlh")))[0] < 3.0


def test_somebody_who_pauses_long_gets_more_time() -> None:
    hasty, slow = run(waits(replace(TURN, pauses=(0.3, 0.25, 0.3)), replace(TURN, pauses=(1.0, 1.4, 1.2))))
    assert hasty < slow


def test_what_the_bot_asked_counts() -> None:
    answer = replace(TURN, text="helsinki")
    alone, asked = run(waits(answer, replace(answer, asked="Which city is it?")))
    assert asked < alone


def test_it_must_be_started_to_listen(falling: bytes) -> None:
    with pytest.raises(ProviderError, match="was not started"):
        run(JudgementDetector(JudgementOptions()).wait(replace(TURN, audio=falling)))


def write_model(path: Path, logit: float) -> Path:
    """Write a model of smart-turn's shape that always gives the same probability."""
    onnx = pytest.importorskip("onnx", reason="onnx makes the models: pip install onnx")
    pytest.importorskip("onnxruntime", reason="onnxruntime runs them: extra smart-turn")
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    constants = {"zero": numpy.zeros((80 * 800, 1), "f4"), "logit": numpy.array(logit, "f4")}
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["input_features"], ["flat"]),
            helper.make_node("MatMul", ["flat", "zero"], ["nothing"]),
            helper.make_node("Add", ["nothing", "logit"], ["sum"]),
            helper.make_node("Sigmoid", ["sum"], ["logits"]),
        ],
        "constant",
        [helper.make_tensor_value_info("input_features", floats, ["batch", 80, 800])],
        [helper.make_tensor_value_info("logits", floats, ["batch", 1])],
        [onnx.numpy_helper.from_array(value, key) for key, value in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)
    return path


def test_a_network_joins_in_where_its_model_is_given(tmp_path: Path, falling: bytes) -> None:
    async def scenario(logit: float) -> float:
        detector = JudgementDetector(
            JudgementOptions(smart_turn=write_model(tmp_path / f"{logit}.onnx", logit))
        )
        await detector.start()
        try:
            return await detector.wait(replace(TURN, audio=falling))
        finally:
            await detector.aclose()

    assert run(scenario(4.0)) < run(scenario(-4.0))


def test_a_missing_model_is_advice_and_an_error(tmp_path: Path) -> None:
    options = JudgementOptions(smart_turn=tmp_path / "no.onnx")
    (advice,) = options.advice("en-US")
    assert advice.option == "smart_turn"
    assert advice.severity == "error"
    with pytest.raises(ProviderError, match="there is no model"):
        run(JudgementDetector(options).start())


def test_every_combination_of_evidence_has_coefficients() -> None:
    melody = (0.0, 0.2)
    for words in (None, Completeness.STATEMENT):
        for heard in (None, melody):
            for network in (None, 0.5) if heard else (None,):
                evidence = Evidence(words, heard, network)
                if evidence.kinds:
                    assert 0.0 < evidence.over() < 1.0
    assert all(len(each.weights) == len(each.means) == len(each.scales) for each in coefficients().values())


def test_probabilities_stay_within_bounds_however_odd_the_sound() -> None:
    assert 0.02 <= Evidence(Completeness.COMPLETE, (9e4, 0.0)).over() <= 0.98
    assert 0.02 <= Evidence(None, (-9e4, 0.7)).over() <= 0.98
