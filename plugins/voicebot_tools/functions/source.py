"""What can be known of a file of tools without running it: its functions, and many mistakes."""

from __future__ import annotations

import ast
import threading
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from voicebot_tools.functions.marks import Function, mark_problems, place_of, yield_problems

_WARNING_FILTERS = threading.Lock()
"""Held while the filters of warnings are others, which threads share: several files may be read at a time."""
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(slots=True)
class Source:
    """A file of tools, or why it cannot be one: `problems`, each one line with the place.

    `tools` are the functions marked with `@tool`, and `plain` the functions and classes that are not, each
    with its place. `others` are names that may be tools, since they are imported, assigned or decorated
    otherwise; `*` stands for any. `parameters` are the names of a tool's arguments, unless another decorator
    may change them. `undescribed` are the places of tools without a docstring.
    """

    tools: dict[str, int] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    parameters: dict[str, list[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    undescribed: list[str] = field(default_factory=list)


def read_source(path: Path) -> Source:
    """Read a file of tools without running it."""
    try:
        text = path.read_bytes()
        with _WARNING_FILTERS, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in strings, such as "\\d"
            tree = ast.parse(text, str(path))
            compile(text, str(path), "exec", dont_inherit=True)  # finds more, such as a misplaced `return`
    except OSError as error:
        return Source(problems=[f"{path}: cannot be read: {error.strerror or error}"])
    except SyntaxError as error:
        place = f"{path}:{error.lineno or 1}:{error.offset or 1}"
        return Source(problems=[f"{place}: {error.msg}"])
    except (ValueError, RecursionError, MemoryError) as error:
        return Source(problems=[f"{path}: is not a Python file: {error}"])
    return _described(path, tree)


def _described(path: Path, tree: ast.Module) -> Source:
    source = Source()
    blocks = list(_blocks(tree))
    statements = [statement for block in blocks for statement in block]
    markers, modules = _names_of_tool(statements)
    for statement in statements:
        if isinstance(statement, Function) and (mark := _mark(statement, markers, modules)) is not None:
            source.tools[statement.name] = statement.lineno
            alone = len(statement.decorator_list) == 1
            arguments = list(_arguments(statement)) if alone else None
            problems = chain(
                mark_problems(statement, mark, arguments), _problems(statement), yield_problems(statement)
            )
            source.problems += (f"{path}:{place}" for place in problems)
            if arguments is not None:
                source.parameters.setdefault(statement.name, []).extend(arguments)
            if ast.get_docstring(statement) is None:
                source.undescribed.append(f"{path}:{place_of(statement)}: the tool '{statement.name}'")
        elif isinstance(statement, _DEFINITIONS) and not statement.decorator_list:
            source.plain[statement.name] = place_of(statement)
        else:
            source.others.update(_bound(statement))
    for block in blocks:
        source.problems += (f"{path}:{place}" for place in _defined_twice(block, source))
    return source


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of a module: its own, and those of `if`, `try` and `with`."""
    for _, value in ast.iter_fields(node):
        if isinstance(value, list):
            if value and isinstance(value[0], ast.stmt):
                yield value
            for child in value:
                if isinstance(child, ast.AST) and not isinstance(child, _DEFINITIONS):
                    yield from _blocks(child)


def _defined_twice(block: list[ast.stmt], source: Source) -> Iterator[str]:
    """Yield which tools are defined more than once in a block, each after the last line."""
    definitions: dict[str, list[ast.stmt]] = defaultdict(list)
    for statement in block:
        if isinstance(statement, _DEFINITIONS) and statement.name in source.tools:
            definitions[statement.name].append(statement)
    for name, found in definitions.items():
        if len(found) > 1:
            lines = " and ".join(str(each.lineno) for each in found)
            yield f"{place_of(found[-1])}: the tool '{name}' is defined twice, in lines {lines}"


def _names_of_tool(statements: list[ast.stmt]) -> tuple[set[str], set[str]]:
    """Return what the file calls `voicebot.tool`, and what it calls the module `voicebot`."""
    markers, modules = set(), set()
    for statement in statements:
        match statement:
            case ast.ImportFrom(module="voicebot", names=names):
                markers |= {each.asname or each.name for each in names if each.name == "tool"}
                markers |= {"tool" for each in names if each.name == "*"}
            case ast.Import(names=names):
                modules |= {each.asname or each.name for each in names if each.name == "voicebot"}
    return markers, modules


def _mark(function: Function, markers: set[str], modules: set[str]) -> ast.expr | None:
    """Return the decorator that makes a tool of a function; None if there is none."""
    for decorator in function.decorator_list:
        match decorator.func if isinstance(decorator, ast.Call) else decorator:
            case ast.Name(id=name) if name in markers:
                return decorator
            case ast.Attribute(value=ast.Name(id=module), attr="tool") if module in modules:
                return decorator
    return None


def _problems(function: Function) -> Iterator[str]:
    """Yield what is wrong with the parameters of a tool, each after its line and column."""
    arguments = function.args
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if each.annotation is None:
            yield (
                f"{place_of(each)}: parameter '{each.arg}' of the tool '{function.name}' "
                f"has no type; write, for example, `{each.arg}: str`"
            )
    for rest in filter(None, (arguments.vararg, arguments.kwarg)):
        yield (
            f"{place_of(rest)}: the tool '{function.name}' takes any arguments "
            f"('{rest.arg}'); list each parameter"
        )


def _arguments(function: Function) -> Iterator[str]:
    """Yield the parameters that the chat model gives: all but the caller."""
    arguments = function.args
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        hint = ast.unparse(each.annotation) if each.annotation is not None else ""
        if hint.strip("'\"").rpartition(".")[2] != "ToolCaller":
            yield each.arg


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement binds."""
    match statement:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from ((each.asname or each.name).partition(".")[0] for each in names)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign() | ast.AnnAssign():
            yield from (node.id for node in ast.walk(statement) if isinstance(node, ast.Name))
