"""A function as a tool: its schema from the type hints, its descriptions from the docstring."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pydantic.fields import FieldInfo

from voicebot import Tool, ToolCaller, ToolMark
from voicebot_tools.arguments import NAME, Arguments, parameter, unknown_placeholders
from voicebot_tools.functions.docstring import parsed

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class FunctionTool:
    """A function that was marked with `@tool`.

    Raises:
        ValueError: it cannot be a tool; the message says why, and what to do.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.name = function.__name__
        if not NAME.fullmatch(self.name):
            raise ValueError("a tool's name has 1 to 64 letters from a to z, digits and '_'")
        mark: ToolMark = function.__voicebot_tool__  # type: ignore[attr-defined]
        hints = _hints(function)
        self.caller = next((name for name, hint in hints.items() if hint is ToolCaller), None)
        description, texts = parsed(function.__doc__)
        self.arguments = Arguments(
            {
                name: (hints[name], _field(each, texts.get(name, "")))
                for name, each in _parameters(function, hints).items()
                if name != self.caller
            }
        )
        confirm = mark.confirm or ""
        for name in unknown_placeholders(confirm, self.arguments.schema["properties"]):
            raise ValueError(f"`confirm` names {{{name}}}, which is not a parameter")
        self.tool = Tool(
            self.name, description, self.arguments.schema, mark.effect, mark.confirm or None, mark.timeout
        )

    @property
    def is_generator(self) -> bool:
        """Whether it yields its progress and its result."""
        return any(map(inspect.isasyncgenfunction, (self.function, inspect.unwrap(self.function))))

    @property
    def is_async(self) -> bool:
        """Whether it runs in the event loop; another one needs a thread."""
        return any(map(inspect.iscoroutinefunction, (self.function, inspect.unwrap(self.function))))

    @property
    def file(self) -> str:
        """The file that contains it."""
        file: str = inspect.unwrap(self.function).__code__.co_filename
        return file

    @property
    def line(self) -> int:
        """The line where it begins, decorators included."""
        line: int = inspect.unwrap(self.function).__code__.co_firstlineno
        return line


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except Exception as error:  # evaluating a hint may raise anything
        raise ValueError(f"its type hints cannot be read: {error}") from error


def _parameters(function: Callable[..., Any], hints: Mapping[str, Any]) -> Mapping[str, inspect.Parameter]:
    parameters = inspect.signature(function).parameters
    for name, each in parameters.items():
        if each.kind not in _NAMED:
            raise ValueError(f"'{each}' cannot be given by name; list each parameter")
        if name not in hints:
            raise ValueError(f"parameter '{name}' has no type; write, for example, `{name}: str`")
        if isinstance(each.default, FieldInfo):
            raise ValueError(f"parameter '{name}': write `Annotated[TYPE, Field(...)]` instead of a default")
    if inspect.isgeneratorfunction(inspect.unwrap(function)):
        raise ValueError("a function that yields has to be asynchronous: `async def`")
    return parameters


def _field(each: inspect.Parameter, description: str) -> FieldInfo:
    if each.default is inspect.Parameter.empty:
        return parameter(description)
    return parameter(description, each.default)
