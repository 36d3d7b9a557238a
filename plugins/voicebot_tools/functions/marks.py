"""Mistakes in `@tool(...)` and in what a tool yields that can be seen without running the file."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, TypeAlias

from voicebot_tools.arguments import unknown_placeholders

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LEAVES = (ast.Break, ast.Return, ast.Raise)
_OPTIONS = ("effect", "confirm", "timeout")
_EFFECTS = ("reads", "writes")
_LITERALS = (ast.Constant, ast.JoinedStr, ast.Dict, ast.List, ast.Tuple)


def mark_problems(function: Function, mark: ast.expr, arguments: Iterable[str] | None) -> Iterator[str]:
    """Yield what is wrong in a tool's decorator, each after its line and column.

    Args:
        mark: the decorator.
        arguments: those of the tool; None if they are not known.
    """
    if not isinstance(mark, ast.Call):
        return
    for value in mark.args:
        yield f"{place_of(value)}: `@tool` of '{function.name}' takes names only: {', '.join(_OPTIONS)}"
    for option in mark.keywords:
        if option.arg is None:  # `**options`
            continue
        if option.arg not in _OPTIONS:
            near = get_close_matches(option.arg, _OPTIONS, n=1)
            advice = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(_OPTIONS)}"
            yield f"{place_of(option)}: `@tool` has no option '{option.arg}'; {advice}"
        elif reason := _wrong(option.arg, option.value, arguments):
            yield f"{place_of(option.value)}: `@tool` of '{function.name}': `{option.arg}` {reason}"


def yield_problems(function: Function) -> Iterator[str]:
    """Yield what is wrong with the values that a tool yields, each after its line and column."""
    found = [node for node in _own_nodes(function.body) if isinstance(node, ast.Yield | ast.YieldFrom)]
    if not found:
        return
    tool = f"the tool '{function.name}'"
    if isinstance(function, ast.FunctionDef):
        yield f"{place_of(found[0])}: {tool} yields, so it has to be asynchronous: `async def`"
        return
    may_fail = any(isinstance(node, ast.Raise) for node in _own_nodes(function.body))
    if all(_is_progress(node.value) for node in found) and not may_fail:
        yield f"{place_of(found[-1])}: {tool} yields its progress and no result; `yield` the result last"
    for node in found:
        if node.value is None:
            yield f"{place_of(node)}: {tool} yields nothing here; `yield` a ToolProgress, or last the result"
    for value in _early_results(function.body):
        yield (
            f"{place_of(value)}: {tool} yields a value here that is not its last; what is not the result has "
            f"to be a ToolProgress"
        )


def _wrong(option: str, value: ast.expr, arguments: Iterable[str] | None) -> str:
    """Return why the value of an option is wrong, as far as it is a literal."""
    try:
        given: Any = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return ""
    if option == "effect":
        return "" if given in _EFFECTS else f"must be 'reads' or 'writes', not {given!r}"
    if given is None:
        return ""
    if option == "timeout":
        is_number = isinstance(given, int | float) and not isinstance(given, bool)
        return "" if is_number and given > 0 else f"must be more than 0 seconds, not {given!r}"
    if not isinstance(given, str):
        return f"must be a question, not {given!r}"
    known = None if arguments is None else dict.fromkeys(arguments)
    for name in unknown_placeholders(given, known) if known is not None else ():
        has = f"its parameters are {', '.join(known)}" if known else "it has none"
        return f"names {{{name}}}, which is not a parameter; {has}"
    return ""


def _early_results(block: list[ast.stmt], *, loops: bool = False) -> Iterator[ast.expr]:
    """Yield values that are written out, are no progress, and are followed by another value."""
    values: list[ast.expr] = []
    for statement in block:
        match statement:
            case ast.Expr(value=ast.Yield(value=ast.expr() as value)):
                if not _is_progress(value):
                    values.append(value)
            case ast.For(body=body) | ast.AsyncFor(body=body) | ast.While(body=body):
                yield from _early_results(body, loops=True)
    leaves = any(isinstance(node, _LEAVES) for node in _own_nodes(block))
    early = values if loops and not leaves else values[:-1]
    yield from (value for value in early if isinstance(value, _LITERALS))


def _is_progress(value: ast.expr | None) -> bool:
    match value:
        case ast.Call(func=ast.Name(id="ToolProgress") | ast.Attribute(attr="ToolProgress")):
            return True
    return False


def _own_nodes(block: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes of a block in order, but not those of functions and classes in it."""
    for node in block:
        if not isinstance(node, _SCOPES):
            yield node
            yield from _own_nodes(ast.iter_child_nodes(node))


def place_of(node: ast.stmt | ast.expr | ast.keyword | ast.arg) -> str:
    """Return the line and the column of a part of a file."""
    return f"{node.lineno}:{node.col_offset + 1}"
