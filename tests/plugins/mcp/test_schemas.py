"""Schemas as chat models accept them."""

from __future__ import annotations

import pytest

from voicebot_mcp.limits import MOST_SCHEMA_PARTS
from voicebot_mcp.offered.schemas import UnusableSchema, parameters

POINT = {"type": "object", "properties": {"x": {"type": "number"}}}
TEXT = {"type": "string"}
NAMED_LIKE_KEYWORDS = {"$ref": TEXT, "definitions": TEXT, "x-a": TEXT}


def of(**properties):
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "object"}, of()),
        ({}, of()),
        ({"$schema": "x", "$id": "y", "$comment": "z", "x-a": 1, **of(a=TEXT)}, of(a=TEXT)),
        ({**of(a={"$ref": "#/$defs/Point"}), "$defs": {"Point": POINT}}, of(a=POINT)),
        ({**of(a={"$ref": "#/definitions/P"}), "definitions": {"P": POINT}}, of(a=POINT)),
        (
            {**of(a={"$ref": "#/$defs/Point", "description": "where"}), "$defs": {"Point": POINT}},
            of(a=POINT | {"description": "where"}),
        ),
        ({**of(a={"$ref": "#/$defs/A"}), "$defs": {"A": {"$ref": "#/$defs/B"}, "B": TEXT}}, of(a=TEXT)),
        ({**of(a={"$ref": "#/$defs/a~1b%20c"}), "$defs": {"a/b c": TEXT}}, of(a=TEXT)),
        (of(a={"anyOf": [{"$ref": "#/properties/b"}]}, b=POINT), of(a={"anyOf": [POINT]}, b=POINT)),
        ({**of(a=TEXT, b=TEXT), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, of(a=TEXT, b=TEXT)),
        # what looks like a keyword may be the name of a property, or a value
        (of(**NAMED_LIKE_KEYWORDS), of(**NAMED_LIKE_KEYWORDS)),
        (of(a={"default": {"$ref": "#/nowhere"}}), of(a={"default": {"$ref": "#/nowhere"}})),
        # a list within a list within ...
        (
            {**of(a={"$ref": "#/$defs/L"}), "$defs": {"L": {"items": {"$ref": "#/$defs/L"}}}},
            of(a={"items": {}}),
        ),
    ],
)  # fmt: skip
def test_references_are_replaced_by_what_they_name(schema, expected):
    assert parameters(schema) == expected


def doubling(levels):
    """Return a schema that is small and has 2**levels parts when its references are replaced."""
    defs = {
        f"d{n}": of(a={"$ref": f"#/$defs/d{n + 1}"}, b={"$ref": f"#/$defs/d{n + 1}"}) for n in range(levels)
    }
    return {"$ref": "#/$defs/d0", "$defs": defs | {f"d{levels}": TEXT}}


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "array"}, "its parameters are not an object"),
        ({"type": "object", "properties": []}, "the properties of its schema are not an object"),
        (of(a={"$ref": "#/$defs/Missing"}), "its schema refers to '#/$defs/Missing', which is not in it"),
        (
            of(a={"$ref": "https://schemas.example/a"}),
            "refers to 'https://schemas.example/a', which is not in",
        ),
        (doubling(30), f"more than {MOST_SCHEMA_PARTS:,} parts"),
        (of(a={"anyOf": [TEXT] * (MOST_SCHEMA_PARTS + 1)}), "parts"),
    ],
)
def test_a_schema_that_no_model_accepts_is_refused(schema, message):
    with pytest.raises(UnusableSchema, match=r".") as caught:
        parameters(schema)

    assert message in str(caught.value)
