"""contract.md: the rules for a provider of each kind, from the docstrings of the checks."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import Any

from generator.markdown import code, joined, table
from voicebot.testing.contract import CONTRACTS, ProviderContract, relayed
from voicebot.testing.contract.check import anchor
from voicebot.testing.contract.discovery import checks, is_ours

_INTRO = """
# The contract of a provider

These are the rules for a provider of each kind. Each rule is a check in a class of
`voicebot.testing.contract`. You can subclass these classes for pytest, or run them with `voicebot
check-plugin`; [test a plugin](../how-to/test-a-plugin.md) shows both. A failure says what was expected,
what was seen, and which section of this page to read.

A check that cannot be run is skipped, with the reason.
"""
_GIVEN = """
## What you provide

Only `make` is required. Everything else enables more checks.
"""
_KNOWN = """
## Known failures

You cannot override a check: a class that tries is rejected when it is defined. List one that is known to
fail with the reason, and it is skipped:

```python
# test_known_failures.py
import voicebot
from voicebot.testing import ScriptedChatModel
from voicebot.testing.contract import ChatModelContract


class TestMine(ChatModelContract):
    expected_failures = {
        "test_a_long_reply_comes_in_pieces_as_it_is_written": "the service cannot stream; see issue 12",
    }

    def make(self) -> voicebot.ChatModel:
        return ScriptedChatModel()
```

An empty reason and a check that does not exist are rejected. A listed check that passes counts as a
failure, so that the list stays correct.
"""
_KINDS = {
    "recognizer": "Recognisers",
    "chat": "Chat models",
    "synthesizer": "Synthesizers",
    "device": "Audio devices",
    "voice_activity": "Voice activity detectors",
    "turn_detector": "Turn detectors",
    "observer": "Observers",
    "toolset": "Toolsets",
}


def page() -> str:
    """Return the page."""
    general = checks(ProviderContract)
    rows = [
        (f"[{title}](#{anchor(title.lower().replace(' ', '_'))})", code(CONTRACTS[kind].__name__))
        for kind, title in _KINDS.items()
    ]
    blocks = [_INTRO, table(("kind of provider", "class"), rows), _GIVEN, _given(), _KNOWN]
    blocks += ["## Every provider", *_rules(ProviderContract, general)]
    seen = set(general)
    for kind, title in _KINDS.items():
        contract = CONTRACTS[kind]
        own = [name for name in checks(contract) if name not in general]
        blocks += [f"## {title}", f"{code(contract.__name__)}: {_words(contract)}"]
        for name in own:
            blocks += _rule(contract, name, kind if name in seen else "")
        seen.update(own)
    return joined(*blocks)


def _rules(contract: type[ProviderContract[Any]], names: list[str]) -> list[str]:
    return [block for name in names for block in _rule(contract, name)]


def _rule(contract: type[ProviderContract[Any]], name: str, again: str = "") -> list[str]:
    """Return a section; its heading makes the anchor that a failure names, once on the page."""
    title = name.removeprefix("test_").replace("_", " ")
    heading = f"### {title}" if not again else f"**{title}**"
    return [heading, inspect.getdoc(getattr(contract, name)) or ""]


def _words(contract: type) -> str:
    doc = (inspect.getdoc(contract) or "").partition("\n")[0]
    return doc[:1].lower() + doc[1:]


def _given() -> str:
    rows: dict[str, str] = {}
    for contract in (ProviderContract, *CONTRACTS.values()):
        for base in contract.__mro__:
            for name, doc in _attributes(base) if is_ours(base) else ():
                rows.setdefault(name, doc)
    rows["relayed(host, port)"] = (
        f"{inspect.getdoc(relayed)} Call its `cut` and `restore` from your `cut` and `restore`."
    )
    return table(("name", "meaning"), [(code(name), doc) for name, doc in rows.items()])


def _attributes(contract: type) -> list[tuple[str, str]]:
    """Return the attributes and methods that an author may give, with their docstrings."""
    (source,) = ast.parse(textwrap.dedent(inspect.getsource(contract))).body
    assert isinstance(source, ast.ClassDef)
    found = []
    for line, following in pairwise([*source.body, ast.Pass()]):
        match line, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(doc))):
                found.append((name, inspect.cleandoc(doc)))
            case ast.FunctionDef(name="make" | "broken" | "refused" | "cut" | "restore" as name), _:
                found.append((f"{name}()", ast.get_docstring(line) or ""))  # type: ignore[arg-type]
    return found
