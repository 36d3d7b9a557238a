"""interfaces.md, events.md and errors.md: the public names, with their signatures and docstrings."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import types
from itertools import pairwise
from typing import Any, get_args

import voicebot
import voicebot.errors
import voicebot.events
import voicebot.testing
from generator.linked_types import linked
from generator.markdown import code, joined, table

Function = ast.FunctionDef | ast.AsyncFunctionDef

_INTERFACES = """
# Interfaces

This is everything that `import voicebot` offers to plugins and to programs that embed a bot, apart from the
[events](events.md) of a conversation. Nothing else is public: every other name may change.
[Write a plugin](../how-to/write-a-plugin.md), [write an observer](../how-to/write-an-observer.md) and
[embed a bot](../how-to/embed-a-bot.md) show how to use it.

Sound is always mono s16le PCM (signed 16-bit, little-endian). Times are in seconds.
"""
GROUPS = {
    "The three interfaces": (
        "Recognizer",
        "Recognition",
        "ChatModel",
        "Synthesizer",
        "SpeechStream",
        "Provider",
    ),
    "Other interfaces": (
        "AudioDevice",
        "AudioStream",
        "VoiceActivityDetector",
        "VoiceActivity",
        "TurnDetector",
        "Toolset",
        "ToolCaller",
        "tool",
        "ToolMark",
        "Observer",
        "ConversationInfo",
        "ConversationControl",
        "ModelStore",
        "StoredModel",
    ),
    "Requests": ("Hints", "ChatRequest", "Message", "Tool", "ToolCall", "Utterance", "StreamedUtterance"),
    "Results": (
        "RecognitionEvent",
        "PartialTranscript",
        "FinalTranscript",
        "SpeechStarted",
        "SpeechStopped",
        "ChatEvent",
        "TextDelta",
        "ReplyEnded",
        "Usage",
        "ToolEvent",
        "ToolProgress",
        "ToolResult",
        "SynthesisEvent",
        "AudioChunk",
        "WordTiming",
        "Notice",
        "DeviceEvent",
        "TypedLine",
        "DeviceLost",
        "DeviceReopened",
        "PlaybackCorrected",
        "TurnControl",
        "TurnTakingChanged",
        "ManualSpeechStarted",
        "ManualSpeechStopped",
        "AnswerNow",
        "StopReply",
        "AddedMessage",
        "Endpoint",
        "VoiceDescription",
        "TurnSoFar",
    ),
    "Sound": ("AudioFormat", "Resampler"),
    "Text": (
        "printable",
        "printable_words",
        "hide_secrets",
        "map_contents",
        "turn_parts",
        "answered_after",
        "turn_bars",
        "TurnBar",
        "echo",
        "write_whole",
        "styled",
        "report_columns",
        "language_tag",
        "language_for",
        "Language",
        "normalize_text",
        "NormalizedText",
    ),
    "Options": (
        "Options",
        "VoiceActivityOptions",
        "ToolsetOptions",
        "ToolOverride",
        "Choice",
        "Advice",
        "Finding",
        "ServerAddress",
        "Field",
        "SecretStr",
        "PrivateText",
        "check_headers",
        "is_this_machine",
    ),
    "Registering": ("hookimpl", "Registry", "Commands", "Languages", "API_VERSION", "install_hint"),
    "A bot within a program": (
        "config_named",
        "load_config",
        "config_edits",
        "load_options",
        "BotConfig",
        "resolved_config",
        "secrets_in",
        "read_dot_env",
        "shipped_configs",
        "Settings",
        "Bot",
        "Conversation",
        "LiveBot",
        "TerminalView",
    ),
    "What it costs": (
        "counted",
        "amounts_of",
        "Amounts",
        "use_by_turn",
        "TurnUse",
        "load_prices",
        "Prices",
        "Price",
        "Cost",
        "use_line",
        "cost_line",
        "money_text",
    ),
    "Errors": ("VoicebotError", "ConfigError", "PluginError", "ProviderError", "DeviceError", "Problem"),
}
FOREIGN = {
    "Field": "Pydantic's `Field`: the default and the limits of an option.",
    "SecretStr": "Pydantic's `SecretStr`: the type of a key. `get_secret_value()` returns it.",
    "CONTRACTS": "The contract of each kind of provider, by kind.",
    "API_VERSION": "The version of the API, as two whole numbers: an addition raises the second, a change "
    "that can break a plugin the first. A plugin states the version that it was written for as "
    "`voicebot_api`. It is not loaded if the first number differs or the second one is lower here.",
    "hookimpl": "Marks a function of a plugin as the implementation of a [hook](hooks.md).",
}
_TESTING = """
## voicebot.testing

The tools that our own tests use are public too. With a virtual clock, an hour of conversation takes
moments; scripted providers do what a test tells them, and a scripted user talks to them.
"""
_EVENTS = """
# Events

Everything that happens in a conversation is reported, in order, in one stream of these events. The terminal
view uses nothing else. An [observer](../how-to/write-an-observer.md) receives the stream, and your own
program can read it from `Conversation.events()`, as [embed a bot](../how-to/embed-a-bot.md) shows. The
events are frozen dataclasses that you import from `voicebot`; `ConversationEvent` is any of them. Ignore
events that you do not know: later versions may add some.

`at` is in seconds since the conversation began, on the conversation's own clock. For a recording, which is
processed faster than real time, that is the clock of the recording.
"""
_DETAILS = """
## Details

An observer with `Observer.details` also receives these, `ConversationDetail`: all sound, and what providers
were asked and answered. [Recordings](recordings.md) are made of them.
"""
_ERRORS = """
# Errors

These are the exceptions that voicebot raises on purpose. The command line shows each message on one line,
without a traceback; [commands](commands.md#exit-status) lists the exit statuses.
"""


def interfaces() -> str:
    """Return the page of the public API."""
    grouped = [name for names in GROUPS.values() for name in names]
    unions = {"ConversationEvent", "ConversationDetail"}
    events = {event.__name__ for union in unions for event in get_args(getattr(voicebot, union))} | unions
    left_out = (set(voicebot.__all__) - events) ^ set(grouped)
    if left_out:
        raise SystemExit(f"docs/generator/api.py: put into a group, or take out of it: {', '.join(left_out)}")
    blocks = [_INTERFACES]
    for title, names in GROUPS.items():
        blocks.append(f"## {title}")
        for name in names:
            blocks += described(name, getattr(voicebot, name))
    blocks.append(_TESTING)
    for name in voicebot.testing.__all__:
        blocks += described(name, getattr(voicebot.testing, name))
    return joined(*blocks)


def events() -> str:
    """Return the page of a conversation's events."""
    blocks = [_EVENTS]
    for event in get_args(voicebot.events.ConversationEvent):
        blocks += described(event.__name__, event, level="##")
    blocks.append(_DETAILS)
    for event in get_args(voicebot.events.ConversationDetail):
        blocks += described(event.__name__, event)
    return joined(*blocks)


def errors() -> str:
    """Return the page of errors."""
    tree = (voicebot.errors.__doc__ or "").partition("::")[2]
    blocks = [_ERRORS, f"```text\n{textwrap.dedent(tree).strip()}\n```"]
    for name, value in vars(voicebot.errors).items():
        if inspect.isclass(value) and value.__module__ == voicebot.errors.__name__:
            blocks += described(name, value, level="##")
    return joined(*blocks)


def described(name: str, value: Any, level: str = "###") -> list[str]:
    heading = f"{level} {name}"
    if name in FOREIGN:
        return [heading, FOREIGN[name]]
    if isinstance(value, types.UnionType):
        return [heading, " or ".join(code(member.__name__) for member in get_args(value)) + "."]
    source = source_of(value)
    if not isinstance(source, ast.ClassDef):
        return [heading, _python(signature_of(source)), _prose(value.__doc__)]
    return [heading, _python(_head(source)), _prose(value.__doc__), *_attributes(source), *_methods(source)]


def source_of(value: Any) -> ast.ClassDef | Function:
    """Return the syntax tree: what the source says is the same in every version of Python."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(value)))).body[0]
    assert isinstance(tree, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    return tree


def _head(source: ast.ClassDef) -> str:
    """Return how an object is made, or what a subclass inherits."""
    if is_decorated(source, "dataclass"):
        fields = [
            ast.unparse(line).replace("\n", " ") for line in source.body if isinstance(line, ast.AnnAssign)
        ]
        return f"{source.name}({', '.join(fields)})"
    bases = ", ".join(ast.unparse(base) for base in source.bases)
    head = f"class {source.name}({bases})" if bases else f"class {source.name}"
    made = [line for line in source.body if isinstance(line, Function) and line.name == "__init__"]
    if not made or not (made[0].args.args[1:] or made[0].args.kwonlyargs):
        return head
    return f"{head}\n{signature_of(made[0]).replace('__init__', source.name, 1)}"


def _attributes(source: ast.ClassDef) -> list[str]:
    """Return a table of the attributes that have a docstring under them."""
    rows = []
    for line, following in pairwise([*source.body, ast.Pass()]):
        match line, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(doc))):
                rows.append((code(name), linked(ast.unparse(line.annotation)), inspect.cleandoc(doc)))
    return [table(("attribute", "type", "meaning"), rows)] if rows else []


def _methods(source: ast.ClassDef) -> list[str]:
    blocks = []
    for line in source.body:
        if not isinstance(line, Function) or (line.name.startswith("_") and line.name != "__aiter__"):
            continue
        marks = ("property", "abstractmethod", "classmethod")
        notes = ", ".join(mark.removesuffix("method") for mark in marks if is_decorated(line, mark))
        doc = textwrap.indent(_prose(ast.get_docstring(line)), "  ")
        signature = line.name if is_decorated(line, "property") else signature_of(line)
        blocks.append(f"- `{signature}`{f' ({notes})' if notes else ''}" + (f"\n\n{doc}" if doc else ""))
    return blocks


def signature_of(source: Function) -> str:
    """Return how a function is called."""
    arguments = source.args
    if arguments.args and arguments.args[0].arg in ("self", "cls"):
        arguments.args.pop(0)
    result = ast.unparse(source.returns) if source.returns else "None"
    awaited = isinstance(source, ast.AsyncFunctionDef) and not result.startswith("Async")
    # `unparse` puts no spaces around the `=` of a default
    inner = re.sub(r"(?<=[\w\]])=(?=\S)", " = ", ast.unparse(arguments))
    text = f"{'async ' if awaited else ''}{source.name}({inner})"
    return text if result == "None" else f"{text} -> {result}"


def is_decorated(source: ast.ClassDef | Function, name: str) -> bool:
    """Return whether a class or function has a decorator."""
    return any(ast.unparse(decorator).partition("(")[0] == name for decorator in source.decorator_list)


def _python(text: str) -> str:
    return f"```python\n{text}\n```"


def _prose(doc: str | None) -> str:
    """Return a docstring as Markdown; `Args:` and `Raises:` become lists."""
    lines = []
    for line in inspect.cleandoc(doc or "").splitlines():
        if line in ("Args:", "Raises:"):
            lines += [f"*{line[:-1]}*", ""]
        elif match := re.fullmatch(r"    (\w+): (.*)", line):
            lines.append(f"- `{match[1]}`: {match[2]}")
        else:
            lines.append(re.sub(r"^ {4,8}(?=\S)", "  ", line))
    return "\n".join(lines)
