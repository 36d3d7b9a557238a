"""An argument of a call of a web service, as a config describes it."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Strict, model_validator

from voicebot import Options

ParameterType: TypeAlias = Literal["string", "integer", "number", "boolean"]


class Parameter(Options):
    """An argument that the chat model gives."""

    type: ParameterType = "string"
    """What it is."""
    description: str = ""
    """What it means, for the chat model."""
    enum: tuple[str | int | float | bool, ...] = ()
    """The only values that it may have; empty for any."""
    optional: bool = False
    """Whether the chat model may leave it out."""

    @model_validator(mode="after")
    def _fits_together(self) -> Parameter:
        for value in self.enum:
            if not _has_type(value, self.type):
                raise ValueError(f"the value {value!r} in `enum` does not have the type '{self.type}'")
        return self

    @property
    def annotation(self) -> Any:
        """The type of its values."""
        return Literal[self.enum] if self.enum else _TYPES[self.type]


def _no_boolean(value: object) -> object:
    """Refuse what Python would take for 0 or 1."""
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


_TYPES: dict[ParameterType, Any] = {
    "string": str,
    "integer": Annotated[int, BeforeValidator(_no_boolean)],
    "number": Annotated[float, BeforeValidator(_no_boolean)],
    "boolean": Annotated[bool, Strict()],
}
_CLASSES: dict[ParameterType, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def _has_type(value: object, name: ParameterType) -> bool:
    if isinstance(value, bool):  # which Python counts among the integers
        return name == "boolean"
    return isinstance(value, _CLASSES[name]) and not (isinstance(value, float) and not math.isfinite(value))
