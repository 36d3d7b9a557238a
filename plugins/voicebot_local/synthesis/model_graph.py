"""The graph of a voice's ONNX model, read from the file's bytes, and parts of it as models of their own.

The package `onnx` does the same, but takes 0.4 s to read a voice and 60 MB on disk. What is needed here is
little: an ONNX file is a protobuf message, and its parts are copied unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MODEL_GRAPH = 7
_NODE, _INITIALIZER, _INPUT, _OUTPUT, _VALUE_INFO = 1, 5, 11, 12, 13
_NODE_INPUT, _NODE_OUTPUT, _NODE_OPERATOR, _NODE_ATTRIBUTE = 1, 2, 4, 5
_VALUE_NAME, _TENSOR_NAME = 1, 8
_ATTRIBUTE_GRAPHS = (6, 11)
_HAS_GRAPHS = frozenset({"If", "Loop", "Scan"})
_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5
_FLOAT = 1


class BrokenModelError(ValueError):
    """The bytes are not an ONNX model, or not a whole one."""


@dataclass(frozen=True, slots=True)
class Node:
    """One operation: what it computes, from which values, and its bytes in the file."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    raw: memoryview


class ModelGraph:
    """The nodes and constants of an ONNX model.

    Raises:
        BrokenModelError: the bytes are not an ONNX model, or end early.
    """

    def __init__(self, data: bytes) -> None:
        self.nodes: list[Node] = []
        self.inputs: dict[str, memoryview] = {}
        self.outputs: dict[str, memoryview] = {}
        self._constants: dict[str, memoryview] = {}
        self._rest: list[memoryview] = []
        graphs = []
        try:
            for number, raw, value in _fields(memoryview(data)):
                if number == _MODEL_GRAPH:
                    graphs.append(value)
                else:
                    self._rest.append(raw)
            for graph in graphs:
                self._read(graph)
        except (IndexError, UnicodeDecodeError) as error:
            raise BrokenModelError("it is damaged, or only a part of a file") from error
        if not self.nodes:
            raise BrokenModelError("it is not an ONNX model")

    def part(self, inputs: Iterable[str], outputs: Iterable[str]) -> bytes:
        """Return a model of the operations that compute `outputs` from `inputs` and the model's own inputs.

        Args:
            inputs: names of values that are given instead of computed, tensors of floats.
            outputs: names of values that the part returns, in this order.
        """
        outputs = tuple(outputs)
        given = set(inputs)
        makers = {output: index for index, node in enumerate(self.nodes) for output in node.outputs}
        kept: set[int] = set()
        used: set[str] = set()
        wanted = list(outputs)
        while wanted:
            name = wanted.pop()
            if name in used:
                continue
            used.add(name)
            index = makers.get(name)
            if name not in given and index is not None and index not in kept:
                kept.add(index)
                wanted += self.nodes[index].inputs
        fields = [_field(_NODE, self.nodes[index].raw) for index in sorted(kept)]
        fields.append(_field(2, b"part"))
        fields += [_field(_INITIALIZER, raw) for name, raw in self._constants.items() if name in used]
        fields += [_field(_INPUT, raw) for name, raw in self.inputs.items() if name in used]
        fields += [_field(_INPUT, _float_value(name)) for name in sorted(given)]
        fields += [_field(_OUTPUT, self.outputs.get(name) or _value(name)) for name in outputs]
        graph = b"".join(piece for field in fields for piece in field)
        return b"".join([*self._rest, *_field(_MODEL_GRAPH, graph)])

    def _read(self, graph: memoryview) -> None:
        for number, _, value in _fields(graph):
            if number == _NODE:
                self.nodes.append(_node(value))
            elif number == _INITIALIZER:
                self._constants[_text(value, _TENSOR_NAME)] = value
            elif number == _INPUT:
                self.inputs[_text(value, _VALUE_NAME)] = value
            elif number == _OUTPUT:
                self.outputs[_text(value, _VALUE_NAME)] = value


def _node(raw: memoryview) -> Node:
    inputs, outputs, operator, attributes = [], [], "", []
    for number, _, value in _fields(raw):
        if number == _NODE_INPUT:
            inputs.append(str(value, "utf-8"))
        elif number == _NODE_OUTPUT:
            outputs.append(str(value, "utf-8"))
        elif number == _NODE_OPERATOR:
            operator = str(value, "utf-8")
        elif number == _NODE_ATTRIBUTE:
            attributes.append(value)
    if operator in _HAS_GRAPHS:  # their graphs use values of this one by name
        inputs += [name for attribute in attributes for name in _used_within(attribute)]
    return Node(operator, tuple(inputs), tuple(outputs), raw)


def _used_within(attribute: memoryview) -> Iterator[str]:
    for number, _, graph in _fields(attribute):
        if number in _ATTRIBUTE_GRAPHS:
            for inner, _, value in _fields(graph):
                if inner == _NODE:
                    yield from _node(value).inputs
                elif inner == _OUTPUT:
                    yield _text(value, _VALUE_NAME)


def _text(message: memoryview, wanted: int) -> str:
    return next((str(value, "utf-8") for number, _, value in _fields(message) if number == wanted), "")


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """Yield the number of each field, the whole field and its value; numbers have an empty value."""
    at, size = 0, len(message)
    while at < size:
        start = at
        key, at = _varint(message, at)
        kind = key & 7
        value = at
        if kind == _BYTES:
            length, value = _varint(message, at)
            at = value + length
        elif kind == _VARINT:
            _, value = _varint(message, at)
            at = value
        elif kind == _FIXED_64:
            value = at = at + 8
        elif kind == _FIXED_32:
            value = at = at + 4
        else:
            raise BrokenModelError("it is not an ONNX model")
        if at > size:
            raise BrokenModelError("it is damaged, or only a part of a file")
        yield key >> 3, message[start:at], message[value:at]


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    byte = message[at]
    if byte < 0x80:
        return byte, at + 1
    number, shift = 0, 0
    while byte >= 0x80:
        number |= (byte & 0x7F) << shift
        shift += 7
        at += 1
        if shift > 63:
            raise BrokenModelError("it is not an ONNX model")
        byte = message[at]
    return number | byte << shift, at + 1


def _field(number: int, value: bytes | memoryview) -> tuple[bytes, bytes | memoryview]:
    return _encoded(number << 3 | _BYTES) + _encoded(len(value)), value


def _encoded(number: int) -> bytes:
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _value(name: str) -> bytes:
    """Return the declaration of a value whose type is to be inferred."""
    return b"".join(_field(_VALUE_NAME, name.encode()))


def _float_value(name: str) -> bytes:
    """Return the declaration of a tensor of floats of three dimensions, none of them fixed."""
    shape = b"".join(piece for _ in range(3) for piece in _field(1, b""))
    tensor = bytes([1 << 3 | _VARINT, _FLOAT]) + b"".join(_field(2, shape))
    return _value(name) + b"".join(_field(2, b"".join(_field(1, tensor))))
