"""Options are documented by docstrings, which are read only when they are needed."""

from typing import Any

import pytest
from pydantic import model_validator

from voicebot import Field, Options


class Lamp(Options):
    """A lamp."""

    watts: int = Field(40, alias="power")
    """How bright it is,
    in watts."""
    colour: str = "white"
    "What it looks like."
    bulb: str = Field("E27", description="Its socket.")
    """Overruled by the description."""
    plain: bool = False


class FloorLamp(Lamp):
    """A lamp with a foot."""

    colour: str = "brown"
    """What its foot looks like."""


def descriptions(model: type[Options]) -> dict[str, str | None]:
    properties = model.model_json_schema()["properties"]
    return {name: option.get("description") for name, option in properties.items()}


def test_docstrings_of_options_are_in_the_schema():
    assert descriptions(Lamp) == {
        "power": "How bright it is,\nin watts.",
        "colour": "What it looks like.",
        "bulb": "Its socket.",
        "plain": None,
    }


def test_a_subclass_inherits_documentation_and_can_override_it():
    assert descriptions(FloorLamp)["colour"] == "What its foot looks like."
    assert descriptions(FloorLamp)["power"] == "How bright it is,\nin watts."


def test_options_nested_in_options_are_documented_too():
    class Room(Options):
        lamp: Lamp = Lamp()
        """What makes light."""

    schema = Room.model_json_schema()
    assert schema["properties"]["lamp"]["description"] == "What makes light."
    assert schema["$defs"]["Lamp"]["properties"]["colour"]["description"] == "What it looks like."


def test_options_without_a_source_have_a_schema_without_docstrings():
    namespace: dict[str, type[Options]] = {}
    exec("class Made(Options):\n    size: int = 1\n    'How big.'", {"Options": Options}, namespace)  # noqa: S102
    assert descriptions(namespace["Made"]) == {"size": None}


class SpeakingOptions(Options):
    rate: int = 165
    speed: int | None = Field(None, deprecated="use `rate`")

    @model_validator(mode="before")
    @classmethod
    def _speed_is_rate(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {"rate": values["speed"], **values} if "speed" in values else values


@pytest.mark.filterwarnings("error")
def test_a_deprecated_option_can_be_moved_to_its_replacement_before_validation() -> None:
    assert SpeakingOptions.model_validate({"speed": 200}).rate == 200
    assert SpeakingOptions.model_validate({"rate": 150}).rate == 150


def test_reading_a_deprecated_option_warns_its_provider() -> None:
    with pytest.warns(DeprecationWarning, match="use `rate`"):
        _ = SpeakingOptions().speed
