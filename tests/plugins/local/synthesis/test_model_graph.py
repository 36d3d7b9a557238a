"""Reading an ONNX file without `onnx`, and dividing it."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest

from voicebot_local.synthesis.model_graph import BrokenModelError, ModelGraph

onnx = pytest.importorskip("onnx", reason="onnx makes the models: pip install onnx")
onnxruntime = pytest.importorskip("onnxruntime", reason="it runs them: extra local")
helper, FLOAT = onnx.helper, onnx.TensorProto.FLOAT


def session(content):
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def model_of(nodes, inputs=("x",), outputs=("y",), constants=()):
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info(name, FLOAT, [None, None, None]) for name in inputs],
        [helper.make_tensor_value_info(name, FLOAT, None) for name in outputs],
        list(constants),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    return model.SerializeToString()


def test_the_nodes_inputs_and_outputs_are_those_that_onnx_reads(humming: Path):
    content = humming.read_bytes()
    graph, wanted = ModelGraph(content), onnx.load_from_string(content).graph

    assert [node.operator for node in graph.nodes] == [node.op_type for node in wanted.node]
    assert [node.inputs for node in graph.nodes] == [tuple(node.input) for node in wanted.node]
    assert [node.outputs for node in graph.nodes] == [tuple(node.output) for node in wanted.node]
    assert list(graph.inputs) == [each.name for each in wanted.input]
    assert list(graph.outputs) == [each.name for each in wanted.output]


def test_the_parts_of_a_model_together_do_what_it_does():
    content = model_of(
        [
            helper.make_node("Mul", ["x", "two"], ["twice"]),
            helper.make_node("Add", ["twice", "one"], ["more"]),
            helper.make_node("Neg", ["more"], ["y"]),
            helper.make_node("Sqrt", ["twice"], ["z"]),
        ],
        outputs=("y", "z"),
        constants=[helper.make_tensor(name, FLOAT, [1], [at]) for name, at in (("one", 1), ("two", 2))],
    )
    graph = ModelGraph(content)
    first, second = session(graph.part((), ["twice", "z"])), session(graph.part(["twice"], ["y"]))
    x = numpy.arange(6, dtype=numpy.float32).reshape(1, 2, 3)

    twice, z = first.run(None, {"x": x})
    (y,) = second.run(None, {"twice": twice})

    wanted_y, wanted_z = session(content).run(None, {"x": x})
    assert (y == wanted_y).all()
    assert (z == wanted_z).all()
    assert [each.name for each in second.get_inputs()] == ["twice"]
    assert len(ModelGraph(graph.part(["twice"], ["y"])).nodes) == 2


def test_what_the_branches_of_a_condition_use_is_kept():
    branch = helper.make_graph(
        [helper.make_node("Neg", ["twice"], ["inner"])],
        "branch",
        [],
        [helper.make_tensor_value_info("inner", FLOAT, None)],
    )
    content = model_of(
        [
            helper.make_node("Add", ["x", "x"], ["twice"]),
            helper.make_node("ReduceMax", ["x"], ["most"], keepdims=0),
            helper.make_node("Cast", ["most"], ["condition"], to=onnx.TensorProto.BOOL),
            helper.make_node("If", ["condition"], ["y"], then_branch=branch, else_branch=branch),
        ]
    )
    part = session(ModelGraph(content).part((), ["y"]))
    x = numpy.ones((1, 1, 2), numpy.float32)

    assert part.run(None, {"x": x})[0].tolist() == [[[-2, -2]]]


def test_a_value_of_no_use_is_left_out(humming: Path):
    graph = ModelGraph(humming.read_bytes())
    assert "hum" in {name for node in graph.nodes for name in node.inputs}
    assert b"hum" not in graph.part((), ["durations"]).replace(b"hummed", b"").replace(b"humming", b"")


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_half_a_file_is_recognised(humming: Path, share: float):
    content = humming.read_bytes()
    with pytest.raises(BrokenModelError, match=r"part of a file|not an ONNX model"):
        ModelGraph(content[: int(share * len(content))])


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 100, b"<!doctype html><title>404</title>", b'{"audio": {}}' * 20, b"RIFF" + bytes(200)],
)
def test_another_file_is_no_model(content: bytes):
    with pytest.raises(BrokenModelError):
        ModelGraph(content)
