"""What can be known of a file of tools without running it: its functions, and many mistakes."""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(slots=True)
class Source:
    """A file of tools, or why it cannot be one: `problems`, each one line with the place.

    `tools` are the functions marked with `@tool`, and `plain` the functions and classes that are not, each
    with its line. `others` are names that may be tools, since they are imported, assigned or decorated
    otherwise; `*` stands for any. `undescribed` are the places of tools without a docstring.
    """

    tools: dict[str, int] = field(default_factory=dict)
    plain: dict[str, int] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    undescribed: list[str] = field(default_factory=list)


def read_source(path: Path) -> Source:
    """Read a file of tools without running it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in strings, such as "\\d"
            tree = ast.parse(path.read_bytes(), str(path))
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
    statements = list(_statements(tree))
    markers, modules = _names_of_tool(statements)
    seen: dict[str, list[int]] = defaultdict(list)
    for statement in statements:
        if isinstance(statement, Function) and _is_marked(statement, markers, modules):
            source.tools[statement.name] = statement.lineno
            seen[statement.name].append(statement.lineno)
            source.problems += (f"{path}:{place}" for place in _problems(statement))
            if ast.get_docstring(statement) is None:
                source.undescribed.append(f"{path}:{statement.lineno}: the tool '{statement.name}'")
        elif isinstance(statement, _DEFINITIONS) and not statement.decorator_list:
            source.plain[statement.name] = statement.lineno
        else:
            source.others.update(_bound(statement))
    for name, lines in seen.items():
        if len(lines) > 1:
            where = " and ".join(map(str, lines))
            source.problems.append(
                f"{path}:{lines[-1]}: the tool '{name}' is defined twice, in lines {where}"
            )
    return source


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements of a module, those in `if`, `try` and `with` too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if not isinstance(child, _DEFINITIONS):
            yield from _statements(child)


def _names_of_tool(statements: list[ast.stmt]) -> tuple[set[str], set[str]]:
    """Return what the file calls `voicebot.tool`, and what it calls the module `voicebot`."""
    markers, modules = set(), set()
    for statement in statements:
        match statement:
            case ast.ImportFrom(module="voicebot", names=names):
                markers |= {each.asname or each.name for each in names if each.name == "tool"}
            case ast.Import(names=names):
                modules |= {each.asname or each.name for each in names if each.name == "voicebot"}
    return markers, modules


def _is_marked(function: Function, markers: set[str], modules: set[str]) -> bool:
    for decorator in function.decorator_list:
        match decorator.func if isinstance(decorator, ast.Call) else decorator:
            case ast.Name(id=name) if name in markers:
                return True
            case ast.Attribute(value=ast.Name(id=module), attr="tool") if module in modules:
                return True
    return False


def _problems(function: Function) -> Iterator[str]:
    """Yield what is wrong with the parameters of a tool, each after its line and column."""
    arguments = function.args
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if each.annotation is None:
            yield (
                f"{each.lineno}:{each.col_offset + 1}: parameter '{each.arg}' of the tool '{function.name}' "
                f"has no type; write, for example, `{each.arg}: str`"
            )
    for rest in filter(None, (arguments.vararg, arguments.kwarg)):
        yield (
            f"{rest.lineno}:{rest.col_offset + 1}: the tool '{function.name}' takes any arguments "
            f"('{rest.arg}'); list each parameter"
        )


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement binds."""
    match statement:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from ((each.asname or each.name).partition(".")[0] for each in names)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign() | ast.AnnAssign():
            yield from (node.id for node in ast.walk(statement) if isinstance(node, ast.Name))
