"""Marks functions as tools, for the toolset `python`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Literal, TypeVar, get_args, overload

from voicebot.dataclass import dataclass

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
ToolEffect = Literal["reads", "writes"]


@dataclass(frozen=True, slots=True)
class ToolMark:
    """What `@tool` says about a function; it is the function's attribute `__voicebot_tool__`."""

    effect: ToolEffect = "writes"
    confirm: str | None = None
    timeout: float | None = None


@overload
def tool(function: FunctionT, /) -> FunctionT: ...
@overload
def tool(
    *, effect: ToolEffect = "writes", confirm: str | None = None, timeout: float | None = None
) -> Callable[[FunctionT], FunctionT]: ...


def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    effect: ToolEffect = "writes",
    confirm: str | None = None,
    timeout: float | None = None,
) -> Callable[..., Any]:
    """Mark a function as a tool; it stays a function that can be called as before.

    The toolset `python` makes a `Tool` of it: its name is the function's, its description and those of the
    arguments come from the docstring, and its `parameters` from the type hints. A parameter of the type
    `ToolCaller` receives the caller and is hidden from the chat model.

    Args:
        effect: what a call changes: nothing (`reads`: it may run before the user's turn is over, more than
            once, or in vain), or something (`writes`: it runs once, when it is the bot's turn).
        confirm: a question that the user has to answer with yes before it runs; `{argument}` stands for the
            value of an argument.
        timeout: seconds that a call may take; None for the config's `tool_use.timeout`.

    Raises:
        ValueError: one of these has no meaning.
        TypeError: it does not mark a function.
    """
    if effect not in get_args(ToolEffect):
        raise ValueError(f"@tool(effect={effect!r}): must be 'reads' or 'writes'")
    if confirm is not None and not isinstance(confirm, str):
        raise ValueError(f"@tool(confirm={confirm!r}): must be a question, such as 'Shall I order {{item}}?'")
    if timeout is not None and not (isinstance(timeout, int | float) and timeout > 0):
        raise ValueError(f"@tool(timeout={timeout!r}): must be more than 0 seconds")
    mark = ToolMark(effect, confirm, timeout)

    def marked(function: Callable[..., Any]) -> Callable[..., Any]:
        if not inspect.isfunction(function):
            raise TypeError(f"@tool is for functions, not for {function!r}")
        function.__voicebot_tool__ = mark  # type: ignore[attr-defined]
        return function

    return marked if function is None else marked(function)
