"""public_api.txt: every public name with its signature, one per line, to make API changes visible."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Iterator
from typing import Any, get_args

import voicebot
import voicebot.testing
import voicebot.testing.contract
from generator.api import FOREIGN, Function, is_decorated, signature_of, source_of
from voicebot.plugin import hookspecs
from voicebot.plugin.manager import HOOKS

FILE = "public_api.txt"
_MODULES = {"": voicebot, "testing.": voicebot.testing, "testing.contract.": voicebot.testing.contract}


def listing() -> str:
    """Return the file's text: on each line a name, two spaces and its signature."""
    lines = [
        line
        for prefix, module in _MODULES.items()
        for name in module.__all__
        for line in _lines(prefix + name, getattr(module, name))
    ]
    lines += [f"{name}  {_call(source_of(getattr(hookspecs, name)))}" for name in HOOKS]
    return "".join(f"{line}\n" for line in sorted(lines))


def _lines(name: str, value: Any) -> Iterator[str]:
    if name in FOREIGN or isinstance(value, dict):
        yield f"{name}  {type(value).__name__}"
    elif isinstance(value, types.UnionType):
        yield f"{name}  {' | '.join(member.__name__ for member in get_args(value))}"
    else:
        tree = source_of(value)
        if isinstance(tree, ast.ClassDef):
            yield f"{name}  class({', '.join(ast.unparse(base) for base in tree.bases)})"
            yield from _members(name, tree)
        else:
            yield f"{name}  {_call(tree)}"


def _members(name: str, tree: ast.ClassDef) -> Iterator[str]:
    """Yield the members that a class defines itself; inherited ones are listed with their own class."""
    for line in tree.body:
        match line:
            case ast.AnnAssign(target=ast.Name(id=attribute)) if not attribute.startswith("_"):
                default = "" if line.value is None else f" = {ast.unparse(line.value)}"
                yield f"{name}.{attribute}  {ast.unparse(line.annotation)}{default}"
            case ast.FunctionDef() | ast.AsyncFunctionDef() if _is_public(line):
                yield f"{name}.{line.name}  {_call(line)}"


def _is_public(method: Function) -> bool:
    """Return whether a method is public; the checks of a contract are run by pytest, not called."""
    if method.name.startswith("test_"):
        return False
    return not method.name.startswith("_") or method.name in ("__init__", "__aiter__", "__iter__")


def _call(function: Function) -> str:
    """Return a signature without the name, preceded by what else a caller or a subclass must know."""
    marks = ("abstractmethod", "property", "classmethod", "staticmethod", "overload")
    words = [mark.removesuffix("method") for mark in marks if is_decorated(function, mark)]
    if isinstance(function, ast.AsyncFunctionDef):
        words.append("async")
    text = signature_of(function).removeprefix("async ").removeprefix(function.name)
    return " ".join([*words, inspect.cleandoc(text).replace("\n", " ")])
