"""Untrusted text never reaches a terminal, a pipe or a log unescaped, whichever way it takes."""

from __future__ import annotations

import ast
import contextlib
import json
import logging
import os
import re
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from voicebot.cli.output.log_handler import Stderr

PROJECT = Path(__file__).parents[3]
PROGRAM = sorted([*(PROJECT / "core").rglob("*.py"), *(PROJECT / "plugins").rglob("*.py")])
HOSTILE = (
    "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m\x1b]8;;http://x\x1b\\EVIL\u202egnp\u2066\u200e\u2028\x08\x7f\u200b"
    "\r\nerror: forged\n\x85[red]x[/red][link=http://x]y[/link]\U000e0041"
)
LINE = HOSTILE.replace("\r", "").replace("\n", "")  # code that prints by itself may print several lines
PLUGIN = f'''
import logging, sys, warnings
from collections.abc import Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from voicebot import *
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer, ScriptedVoiceActivity

EVIL = {HOSTILE!r}
LINE = {LINE!r}
print(LINE)
print(LINE, file=sys.stderr)
print(LINE, file=sys.__stdout__)
print(LINE, file=sys.__stderr__)
warnings.warn(LINE)

class ChatOptions(Options):
    """Options."""
    wish: str = EVIL
    fails: bool = False
ChatOptions.model_fields["wish"].description = EVIL

class Chat(ScriptedChatModel):
    def __init__(self, options):
        super().__init__([ProviderError(EVIL)] if options.fails else [EVIL, "Again."] * 9, first_token=0.0)
        logging.getLogger("voicebot.evil").warning("%s", EVIL)
    async def reply(self, request):
        yield Notice(EVIL)
        async for event in super().reply(request):
            yield event

class Ear(ScriptedRecognizer):
    def __init__(self, options):
        super().__init__()

class Voice(ScriptedSynthesizer):
    def __init__(self, options):
        super().__init__(first_byte=0.0, speed=10_000)
    async def voices(self):
        return (VoiceDescription(EVIL, (EVIL,), EVIL, EVIL),)
    async def synthesize(self, utterance):
        yield Notice(EVIL)
        async for event in super().synthesize(utterance):
            yield event

class Activity(ScriptedVoiceActivity):
    pass

class Card(AudioDevice[Options]):
    def endpoints(self):
        return [Endpoint(0, EVIL, "input", default=True)]
    @asynccontextmanager
    async def open(self):
        raise DeviceError(EVIL)
        yield
Chat.__doc__ = Card.__doc__ = EVIL

class Store(ModelStore):
    def models(self):
        return [
            StoredModel(EVIL, (EVIL,), 1, Path(EVIL), license=EVIL),
            StoredModel("x" + EVIL, (EVIL,), 1),
        ]
    def fetch(self, name, progress):
        progress(1, 2)
        raise ProviderError(name)
    def remove(self, name):
        raise ProviderError(name)

class Genie(Toolset[ToolsetOptions]):
    def tools(self):
        wish = {{"type": "object", "properties": {{EVIL: {{"type": "string", "description": EVIL}}}}}}
        return [
            Tool("wish", EVIL, wish, confirm=EVIL),
            Tool("dream", EVIL, effect="reads"),
            Tool(EVIL, EVIL),
        ]
    async def call(self, call, caller):
        yield Notice(EVIL)
        yield ToolProgress(EVIL)
        caller.remember(EVIL)
        yield ToolResult(EVIL, failed=call.name == "dream", say=EVIL)

class Trickster(Card):
    async def start(self):
        raise DeviceError(EVIL)

@hookimpl
def voicebot_register(registry):
    registry.add("evil", Chat, ChatOptions)
    registry.add("evil", Ear, Options)
    registry.add("evil", Voice, Options)
    registry.add("evil", Activity, VoiceActivityOptions)
    registry.add("evil", Card, Options, models=Store)
    registry.add("evil", Genie, ToolsetOptions)
    registry.add("evil-too", Trickster, Options)
    registry.add("evil-needs", Card, Options, requires={{"no_such_module_at_all": EVIL}})
    try:
        registry.add(EVIL, Card, Options)
    except PluginError as error:
        logging.getLogger("voicebot.evil").warning("%s", error)

@hookimpl
def voicebot_commands(commands):
    commands.add("evil", EVIL, "voicebot_evil:command")

def __getattr__(name):
    if name != "command":
        raise AttributeError(name)
    import click

    @click.command(help=EVIL)
    @click.option("--crash", is_flag=True)
    def command(crash):
        click.secho(LINE, fg="red")
        click.echo(LINE, err=True)
        from rich.console import Console
        Console().print("[bold]rich[/bold]", LINE)
        if crash:
            raise ZeroDivisionError(LINE)
    return command
'''
CONFIG = f"""\
name: {json.dumps(HOSTILE)}
greeting: {json.dumps("Hello " + HOSTILE)}
recognizer: {{provider: evil}}
chat: {{provider: evil}}
synthesizer: {{provider: evil}}
voice_activity: {{provider: evil}}
device: {{provider: evil}}
turn_detector: null
"""
TOOLS = f"{CONFIG}tools: [{{provider: evil, allow: [wish, dream]}}]\n"
COMMANDS = [
    ["plugins"],
    ["options", "evil"],
    ["devices"],
    ["models"],
    ["models", "--json"],
    ["models", "fetch", f"evil/x{HOSTILE}", HOSTILE],
    ["models", "fetch", f"evil/x{HOSTILE}"],
    ["models", "remove", f"evil/{HOSTILE}", "--yes"],
    ["models", HOSTILE],
    ["voices", "evil.yaml"],
    ["voices", "evil.yaml", "--json"],
    ["check", "evil.yaml", "wrong.yaml", "missing.yaml", "--connect"],
    ["check", "wrong.yaml", "--json"],
    ["check", "tools.yaml", "--connect"],
    ["doctor", "evil.yaml", "--sound"],
    ["doctor", "wrong.yaml", "--json"],
    ["tools", "tools.yaml", "--schema"],
    ["tools", "tools.yaml", "--json"],
    ["tools", "tools.yaml", "call", "wish"],
    ["tools", "tools.yaml", "call", "wish", "--yes"],
    ["tools", "tools.yaml", "call", "wish", f"{HOSTILE}=1"],
    ["tools", "tools.yaml", "call", "dream", "--arguments", HOSTILE],
    ["tools", "tools.yaml", "call", "dream"],
    ["tools", "tools.yaml", "call", HOSTILE],
    ["tools", "tools.yaml", HOSTILE],
    ["check-plugin", "evil", "--kind", "device"],
    ["run", "evil.yaml"],
    ["run", "evil.yaml", "--type", "-v"],
    ["run", "fails.yaml", "--type", "-vv"],
    ["run", "evil.yaml", "--input", "silence.wav", "--output", "\u202eout.wav"],
    ["say", "evil.yaml", HOSTILE, "-o", "\x1b[2Jsaid.wav"],
    ["transcribe", "evil.yaml", "silence\x1b[2J\n.wav"],
    ["evil", "--help"],
    ["evil", "--crash"],
    ["--help"],
    [f"no{HOSTILE}"],
    ["run", f"{HOSTILE}.yaml"],
    ["run", "evil.yaml", "--metrics", f"{HOSTILE}/no"],
    ["init", "new\x1b[2J\u202e"],
    ["schema"],
]
DRIVER = """
import os, sys
from voicebot.cli.entry import main
for number, arguments in list(enumerate({commands!r}))[{first}:]:
    if "--type" in arguments:
        read, write = os.pipe()
        os.write(write, ({hostile!r} + "\\nhello\\n").encode())
        os.close(write)
        sys.stdin = open(read)
    sys.argv = ["voicebot", *arguments]
    print("<%d>" % number, flush=True)
    try:
        main()
    except SystemExit:
        pass
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
"""
OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[hl]|\x1b\[[0-9]*[AGK]|\r+(?=\x1b|\n)|\r$")


@pytest.fixture
def evil(voicebot, install_plugin):
    """Return the command line with a hostile plugin, hostile configs, and files with hostile names."""
    folder = install_plugin("voicebot-evil", "voicebot_evil", PLUGIN)
    metadata = folder / "voicebot_evil-1.2.dist-info" / "METADATA"
    metadata.write_text("Metadata-Version: 2.1\nName: voicebot-evil\nVersion: 1\x1b[2J\u202e\n")
    broken = install_plugin("voicebot-broken", "voicebot_broken", f"raise RuntimeError({HOSTILE!r})")
    voicebot.environ["PYTHONPATH"] = os.pathsep.join(map(str, (folder, broken)))
    voicebot.environ["PYTHONUTF8"] = "1"
    voicebot.environ["EVIL"] = HOSTILE.replace("\0", "")
    (voicebot.directory / "evil.yaml").write_text(CONFIG)
    (voicebot.directory / "tools.yaml").write_text(TOOLS)
    (voicebot.directory / "fails.yaml").write_text(
        CONFIG.replace("chat: {provider: evil}", "chat: {provider: evil, fails: true}")
    )
    evil = json.dumps(HOSTILE)
    (voicebot.directory / "wrong.yaml").write_text(
        f"{evil}: 1\nsetup: {evil}\nname: ${{NOPE:?{HOSTILE.splitlines()[0][-4:]}}}\nidle: ${{EVIL}}\n"
        f"chat: {{provider: {evil}}}\ndevice: {{provider: evil-needs}}\nrecognizer: {{provider: evil-too}}\n"
        f"synthesizer: {{provider: evil, {evil}: 2}}\n"
    )
    voicebot.record("silence.wav", 1.0)
    voicebot.record("silence\x1b[2J\n.wav", 1.0)
    return voicebot


def dangers(text: str) -> set[str]:
    """Return the characters of a text that could do harm on a terminal."""
    return {
        f"U+{ord(c):04X}" for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"}
    }


def test_nothing_hostile_reaches_a_pipe(evil):
    output = errors = ""
    first = 0
    while first < len(COMMANDS):  # a command that is slow to stop on a busy machine ends the process
        done = subprocess.run(
            [
                *(sys.executable, "-W", "always", "-c"),
                DRIVER.format(commands=COMMANDS, hostile=HOSTILE, first=first),
            ],
            cwd=evil.directory,
            env=evil.environ,
            capture_output=True,
            timeout=120,
            check=False,
        )
        output, errors = output + done.stdout.decode(), errors + done.stderr.decode()
        *_, last = re.findall(r"^<(\d+)>$", done.stdout.decode(), re.M)
        first = int(last) + 1

    assert output.count("EVIL") > 40, "what is hostile is shown"
    assert errors.count("EVIL") > 40
    assert (dangers(output), dangers(errors)) == (set(), set())
    assert [line for line in (output + errors).splitlines() if line.startswith("error: forged")] == []


def test_nothing_hostile_reaches_a_terminal(evil):
    pty = pytest.importorskip("pty", reason="there are no pseudo terminals here")
    user, program = pty.openpty()
    received: list[bytes] = []

    def read() -> None:
        with contextlib.suppress(OSError):  # Linux: the other end is closed
            while piece := os.read(user, 65536):
                received.append(piece)

    reading = threading.Thread(target=read)
    reading.start()
    commands = [
        each for each in COMMANDS if each[0] in {"devices", "run", "transcribe"} and "fails.yaml" not in each
    ]
    try:
        subprocess.run(
            [sys.executable, "-c", DRIVER.format(commands=commands, hostile=HOSTILE, first=0)],
            cwd=evil.directory,
            env=evil.environ | {"TERM": "xterm-256color"},
            stdin=program,
            stdout=program,
            stderr=program,
            timeout=120,
            check=False,
        )
    finally:
        os.close(program)
        reading.join()
        os.close(user)

    seen = b"".join(received).decode()
    assert f"<{len(commands) - 1}>" in seen
    assert "\x1b[1;35m" in seen, "colours of our own are shown"
    assert seen.count("EVIL") > 20
    assert "[red]x[/red][link=http://x]y[/link]" in "".join(seen.split())
    assert dangers(OURS.sub("", seen.replace("\r\n", "\n"))) == set()


def test_a_message_on_a_log_is_one_line_and_its_traceback_is_indented(capsys):
    handler = Stderr("%(levelname)s %(name)s: %(message)s")
    try:
        raise ValueError("broken\nERROR voicebot: forged")
    except ValueError:
        exception = sys.exc_info()

    handler.emit(logging.LogRecord("a", logging.INFO, "", 0, "%s", ("b\nERROR voicebot: forged",), exception))

    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "INFO a: b ERROR voicebot: forged"
    assert [line for line in lines[1:] if not line.startswith("  ")] == []
    assert "    ERROR voicebot: forged" not in lines
    assert lines[-1] == "  ERROR voicebot: forged"


def test_all_output_goes_through_the_output_guard():
    calls = [
        f"{file.relative_to(PROJECT)}:{node.lineno}: {call}"
        for file in PROGRAM
        if _SUSPICIOUS.search(text := file.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        for call in _output_calls(node)
        if not _is_allowed(file, call)
    ]

    assert calls == []


_PRINTING = {
    *(
        "print",
        "click.secho",
        "click.echo_via_pager",
        "click.prompt",
        "click.confirm",
        "click.pause",
        "input",
    ),
    *("click.progressbar", "rich.print", "traceback.print_exc", "traceback.print_exception", "os.write"),
    *("logging.StreamHandler", "logging.FileHandler", "faulthandler.enable", "warnings.showwarning"),
    *("faulthandler.dump_traceback", "faulthandler.dump_traceback_later", "click.echo", "pprint.pprint"),
}
_SUSPICIOUS = re.compile(
    r"print\(|input\(|echo|click\.p|confirm|std(out|err)|rich|traceback|Handler|faulthandler|os\.write"
)
_STREAMS = {"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"}
_RICH = {"Console", "Live", "Progress", "Status", "print", "FileProxy"}
_ALLOWED = {
    "cli/output/printing.py": {
        "click.echo",
        "os.write",
        *_STREAMS,
        "rich Console",
        "rich Live",
        "rich FileProxy",
    },
    "cli/output/console.py": {"rich Console"},
    "doctor/sound/meter.py": {"rich Live"},  # of a bar and a number
    "cli/process/signals.py": {"sys.stdout", "sys.stderr"},  # flushes them at the end
    "cli/process/streams.py": {"sys.stdout", "sys.stderr"},  # wherever they point to
    "voicebot_recording/cost.py": {"click.echo"},  # of text that its reader has made printable
    "voicebot_replay/command.py": {"click.echo"},  # of text that its reader has made printable
    "voicebot_replay/tuning/command.py": {"click.echo"},  # likewise
    "voicebot_scenarios/command.py": {"click.echo"},  # of text that `results/report.py` has made printable
    "voicebot_recording/writing/files.py": {"os.write"},
    "relay/server.py": {"sys.stdout"},  # a pipe to the parent process, not a terminal
    "cli/output/download.py": {"rich Progress"},
    "cli/output/progress.py": {"rich Progress"},
    "cli/conversation/view/live.py": {"rich Console", "rich Live"},
    "plugin/import_watchdog.py": {"faulthandler.dump_traceback_later", "faulthandler.enable"},
    "voicebot_emulator/command.py": {"click.echo"},  # a plugin's own stream, outside the guard
    "voicebot_serve/command.py": {"click.echo"},
    "voicebot_serve/launch.py": {"click.echo"},
}


def _output_calls(node: ast.AST) -> Iterator[str]:
    """Yield the names in a piece of code that could print, or could return a stream."""
    if isinstance(node, ast.Call) and (called := ast.unparse(node.func)) in _PRINTING:
        yield called
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rich"):
        yield from (f"rich {alias.name}" for alias in node.names if alias.name in _RICH)
    if isinstance(node, ast.ImportFrom) and node.module in {"sys", "click"}:
        names = {f"{node.module}.{alias.name}" for alias in node.names}
        yield from names & (_PRINTING | _STREAMS)
    if isinstance(node, ast.Call):
        yield from (ast.unparse(each) for each in node.args if ast.unparse(each) in _STREAMS)
        yield from (ast.unparse(each.value) for each in node.keywords if ast.unparse(each.value) in _STREAMS)
    if isinstance(node, ast.Attribute) and node.attr in {"write", "writelines", "buffer"}:
        yield from (stream for stream in _STREAMS if ast.unparse(node.value) == stream)
    if isinstance(node, ast.Tuple | ast.Assign | ast.IfExp | ast.Return | ast.NamedExpr):
        inner = getattr(node, "elts", None) or [
            getattr(node, name, None) for name in ("value", "body", "orelse")
        ]
        yield from (ast.unparse(each) for each in inner if each is not None and ast.unparse(each) in _STREAMS)


def _is_allowed(file: Path, call: str) -> bool:
    allowed = {each for name, calls in _ALLOWED.items() if file.as_posix().endswith(name) for each in calls}
    return call in allowed
