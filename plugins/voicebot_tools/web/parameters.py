"""An argument of a call of a web service, as a config describes it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Strict, TypeAdapter, ValidationError, model_validator

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
            try:
                _VALUES[self.type].validate_python(value)
            except ValidationError:
                raise ValueError(
                    f"the value {value!r} in `enum` does not have the type '{self.type}'"
                ) from None
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
_VALUES = {
    name: TypeAdapter(Annotated[hint, Strict()], config={"allow_inf_nan": False})
    for name, hint in _TYPES.items()
}
