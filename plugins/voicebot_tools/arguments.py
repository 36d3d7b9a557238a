"""The parameters of a tool: their JSON Schema, and reading the arguments that a chat model writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticUndefined

from voicebot import Field
from voicebot_tools.json_schema import closed_schema

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""What a tool can be called: OpenAI's rule, which others share or relax."""
NAME_RULE = "1 to 64 letters from a to z, digits, '_' and '-'"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MOST_ERRORS = 3
_CONFIG = ConfigDict(extra="forbid", hide_input_in_errors=True, regex_engine="python-re", allow_inf_nan=False)


class BadArguments(ValueError):
    """A chat model has written arguments that do not fit; the text tells it what is wrong."""


class _Schemas(GenerateJsonSchema):
    """Leaves out defaults that JSON cannot express, without a warning."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012  # as in pydantic


class Arguments:
    """The parameters of one tool.

    Args:
        parameters: the type of each, and its field: `parameter(...)`.

    Raises:
        ValueError: a type cannot be described in JSON; the message names the parameter.
    """

    def __init__(self, parameters: Mapping[str, tuple[Any, FieldInfo]]) -> None:
        try:
            self._model, self.schema = _described(parameters)
        except _NOT_DESCRIBED as error:
            raise ValueError(_culprit(parameters) or str(error).partition("\n")[0]) from error
        self._names = {field: info.alias or field for field, info in self._model.model_fields.items()}

    def read(self, arguments: str) -> dict[str, Any]:
        """Return the values that were given, by name.

        Raises:
            BadArguments: they are not JSON, or do not fit.
        """
        try:
            values = self._model.model_validate_json(arguments.strip() or "{}")
        except ValidationError as error:
            raise BadArguments(_problems(error)) from error
        given = values.model_fields_set
        return {name: getattr(values, field) for field, name in self._names.items() if field in given}


def parameter(description: str = "", default: Any = PydanticUndefined) -> FieldInfo:
    """Return the field of a parameter; without a default, it is required."""
    described = {"description": description} if description else {}
    made: FieldInfo = Field(default, **described)  # type: ignore[call-overload]
    return made


def unknown_placeholders(template: str, known: Mapping[str, Any]) -> list[str]:
    """Return the names in braces that are not parameters."""
    return [name for name in PLACEHOLDER.findall(template) if name not in known]


_NOT_DESCRIBED = (PydanticUserError, ValueError, TypeError, NameError)


def _described(parameters: Mapping[str, tuple[Any, FieldInfo]]) -> tuple[type[BaseModel], dict[str, Any]]:
    # Fields have other names than parameters, some of which a model could not have: `json`, `_id`, `model_x`.
    fields: dict[str, Any] = {}
    for number, (name, (annotation, field)) in enumerate(parameters.items()):
        named = FieldInfo.merge_field_infos(
            field, alias=name, validation_alias=name, serialization_alias=name
        )
        fields[f"field_{number}"] = (annotation, named)
    model = create_model("Arguments", __config__=_CONFIG, **fields)
    schema = closed_schema(model.model_json_schema(schema_generator=_Schemas))
    return model, {"type": "object", "properties": {}} | schema


def _culprit(parameters: Mapping[str, tuple[Any, FieldInfo]]) -> str:
    """Return which parameter cannot be described, and why; empty if each can."""
    for name, each in parameters.items():
        try:
            _described({name: each})
        except ValueError as error:
            return f"parameter '{name}': {error}"
        except _NOT_DESCRIBED:
            return f"parameter '{name}' has a type that cannot be described in JSON: {_type_name(each[0])}"
    return ""


def _type_name(annotation: Any) -> str:
    return getattr(annotation, "__name__", None) or str(annotation)


def _problems(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    if found[0]["type"] == "json_invalid":
        return "the arguments are not valid JSON"
    texts = [
        f"{'.'.join(map(str, each['loc'])) or 'arguments'}: {_lowered(each['msg'])}"
        for each in found[:_MOST_ERRORS]
    ]
    return f"wrong arguments: {'; '.join(texts)}"


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]
