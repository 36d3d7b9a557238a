"""Arguments of a tool are read from words by the types of its schema."""

from __future__ import annotations

import re

import pytest

from voicebot.cli.resources.tool_arguments import arguments_from, arguments_from_json

SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "people": {"type": "integer"},
        "degrees": {"type": "number"},
        "outside": {"type": "boolean"},
        "day": {"enum": ["today", 7]},
        "names": {"type": "array", "items": {"type": "string"}},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "place": {"$ref": "#/$defs/Place"},
        "anything": {},
    },
    "required": ["city"],
    "$defs": {"Place": {"type": "object"}},
}


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        (["city=Bonn=Beuel"], {"city": "Bonn=Beuel"}),
        (["city=5"], {"city": "5"}),
        (["city="], {"city": ""}),
        (["people=-4"], {"people": -4}),
        (["degrees=4", "outside=no"], {"degrees": 4, "outside": False}),
        (["degrees=-0.5", "outside=TRUE"], {"degrees": -0.5, "outside": True}),
        (["day=today"], {"day": "today"}),
        (["day=7"], {"day": 7}),
        (["names=Ann"], {"names": ["Ann"]}),
        (["names=Ann", "names=5"], {"names": ["Ann", "5"]}),
        (['names=["Ann", "Bob"]'], {"names": ["Ann", "Bob"]}),
        (["note=null"], {"note": None}),
        (["note=none"], {"note": "none"}),
        (['place={"x": 1}'], {"place": {"x": 1}}),
        (["anything=[1]"], {"anything": [1]}),
        (["anything=one"], {"anything": "one"}),
    ],
)
def test_a_value_has_the_type_of_its_argument(words, arguments):
    city = [] if words[0].startswith("city") else ["city=Bonn"]
    assert arguments_from([*city, *words], SCHEMA) == {**({"city": "Bonn"} if city else {}), **arguments}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "an argument is missing: city"),
        (["Bonn"], "'Bonn' must have the form NAME=VALUE"),
        (["=Bonn"], "'=Bonn' must have the form NAME=VALUE"),
        (["citty=Bonn"], "there is no argument 'citty'; did you mean 'city'?"),
        (["city=Bonn", "city=Rome"], "'city' is given 2 times; it is not a list"),
        (["city=Bonn", "people=four"], "'people' must be a whole number, not 'four'"),
        (["city=Bonn", "people=true"], "'people' must be a whole number, not 'true'"),
        (["city=Bonn", "outside=maybe"], "'outside' must be true or false, not 'maybe'"),
        (["city=Bonn", "day=monday"], "'day' must be today or 7, not 'monday'"),
        (["city=Bonn", "place=here"], "'place' must be a JSON object, not 'here'"),
    ],
)
def test_what_does_not_fit_is_refused(words, reason):
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        arguments_from(words, SCHEMA)


def test_arguments_may_be_one_json_object():
    assert arguments_from_json('{"city": "Bonn"}') == {"city": "Bonn"}
    for text, reason in (("{", "it is not JSON"), ("[]", "it must be a JSON object"), ("5", "JSON object")):
        with pytest.raises(ValueError, match=reason):
            arguments_from_json(text)
