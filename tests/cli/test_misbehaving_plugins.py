"""A plugin that takes a name, hangs or ends the program is named by every command that loads it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

RIVAL = """
from voicebot import AudioDevice, Options, PluginError, hookimpl

@hookimpl
def voicebot_register(registry):
    for kind, name in (("chat", "scripted"), ("device", "keyboard"), ("synthesizer", "cache"),
                       ("observer", "transcript")):
        try:
            registry.add(name, "nowhere:Nothing", "nowhere:Options", kind=kind)
        except PluginError:
            pass  # silently

@hookimpl
def voicebot_commands(commands):
    for name in ("new-plugin", "emulate"):
        try:
            commands.add(name, "Mine.", "nowhere:command")
        except PluginError:
            pass
"""
TAKEN = "{name}' is provided by {owner}; another of the same name, from zz-rival, is not used"
SHORT_PATIENCE = (
    "from voicebot.plugin import import_watchdog as dog; dog.SLOW, dog.HUNG, dog._BACKSTOP = 0.1, 0.2, 0.5; "
    "from voicebot.cli.entry import main; main()"
)


@pytest.fixture
def rivalled(voicebot, install_plugin):
    """Return the command line with an installed plugin that registers names which are taken."""
    folder = install_plugin("zz-rival", "zz_rival", RIVAL)
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(folder)
    return voicebot


@pytest.mark.parametrize(
    ("arguments", "taken"),
    [
        (["run", "scripted.yaml", "--type"], {"chat 'scripted": "voicebot-scripted", "device 'keyboard": ""}),
        pytest.param(["options", "cache"], {"synthesizer 'cache": ""}, marks=pytest.mark.slow),
        pytest.param(["devices"], {"device 'keyboard": ""}, marks=pytest.mark.slow),
        (["new-plugin", "Not A Name", "--kind", "observer"], {"command 'new-plugin": ""}),
        pytest.param(
            ["plugins"],
            {"chat 'scripted": "voicebot-scripted", "command 'emulate": "", "observer 'transcript": ""},
            marks=pytest.mark.slow,
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_name_conflict_is_reported_when_the_name_is_used(rivalled, arguments, taken):
    done = rivalled(*arguments)

    for name, owner in taken.items():
        assert TAKEN.format(name=name, owner=owner or "voicebot itself") in done.stderr
    assert done.stderr.count("another of the same name") == (6 if arguments == ["plugins"] else len(taken))


def test_a_plugin_that_ends_the_program_is_named_and_the_others_work(voicebot, install_plugin):
    for number, source in enumerate(
        ("import os; os._exit(0)", "raise KeyboardInterrupt", "exit()", "input()")
    ):
        folder = install_plugin(f"rude-{number}", f"rude_{number}", source)
        voicebot.environ["PYTHONPATH"] += os.pathsep + str(folder)

    done = voicebot("run", "scripted.yaml", "--type", stdin="hello\n")

    assert (done.returncode, done.stdout) == (0, "You: hello\nParrot: All right.\n")
    told = [line.removeprefix("warning: ") for line in done.stderr.splitlines()]
    assert "plugin 'rude_0' of rude-0 tried to end the program: SystemExit: os._exit(0)" in told
    assert "plugin 'rude_1' of rude-1 tried to end the program: KeyboardInterrupt" in told
    assert "plugin 'rude_2' of rude-2 tried to end the program: SystemExit: None" in told


def test_a_plugin_that_ends_the_program_during_registration_is_named(voicebot, install_plugin):
    register = (
        "from voicebot import hookimpl\n@hookimpl\ndef voicebot_register(registry): raise BaseException"
    )
    for name, source in {
        "rude-hook": register,
        "rude-name": "def __getattr__(name): raise SystemExit(5)",
        "rude-text": "class E(Exception):\n    def __str__(self): raise SystemExit(5)\nraise E",
    }.items():
        folder = install_plugin(name, name.replace("-", "_"), source)
        voicebot.environ["PYTHONPATH"] += os.pathsep + str(folder)

    done = voicebot("plugins")

    assert done.returncode == 0
    assert "plugin 'rude_hook' of rude-hook tried to end the program: BaseException" in done.stderr
    assert "plugin 'rude_name' of rude-name tried to end the program: SystemExit: 5" in done.stderr
    assert "rude-text" in done.stdout


@pytest.mark.parametrize(
    "source",
    [
        "import threading, time; threading.Thread(target=time.sleep, args=(1000,)).start()",
        pytest.param("import atexit, time; atexit.register(time.sleep, 1000)", marks=pytest.mark.slow),
    ],
    ids=["thread", "atexit"],
)
def test_threads_of_a_plugin_do_not_keep_the_program_from_ending(voicebot, install_plugin, source):
    folder = install_plugin("busy-plugin", "busy", source)

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from voicebot.cli import entry; entry.EXIT_TIMEOUT = 0.1; entry.main()",
            "plugins",
        ],
        env={**voicebot.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0
    assert "busy-plugin" in done.stdout
    assert done.stderr.endswith("\nerror: something did not stop within 0.1 s and was abandoned\n")


def test_a_plugin_that_closes_the_output_does_not_stop_others_from_writing(voicebot, install_plugin):
    folder = install_plugin("closing-plugin", "closing", "import sys; sys.stdout.close(); sys.stderr.close()")
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(folder)

    done = voicebot("run", "scripted.yaml", "--type", stdin="hello\n")

    assert (done.returncode, done.stdout) == (0, "You: hello\nParrot: All right.\n")


@pytest.mark.parametrize(
    "source",
    [
        "import threading, os; t = threading.Thread(target=lambda: os._exit(0)); t.start(); t.join()",
        "import ctypes; ctypes.string_at(0)",
    ],
)
def test_a_plugin_that_kills_the_program_is_named(voicebot, install_plugin, source):
    folder = install_plugin("deadly-plugin", "deadly", source)
    voicebot.environ["PYTHONPATH"] = str(folder)

    done = voicebot("plugins")

    assert "plugin 'deadly' of deadly-plugin ended the program" in done.stderr or "deadly.py" in done.stderr


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        pytest.param("import re; re.match('(a+)+$', 'a' * 99 + 'b')", marks=pytest.mark.slow),
    ],
)
def test_a_plugin_that_hangs_is_named_and_the_program_ends(voicebot, install_plugin, source):
    folder = install_plugin("stuck-plugin", "stuck", source)

    done = subprocess.run(
        [sys.executable, "-c", SHORT_PATIENCE, "plugins"],
        env={**voicebot.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    if "while" in source:
        assert "error: plugin 'stuck' of stuck-plugin does not finish loading" in done.stderr
    else:  # no other Python code runs any more
        assert str(folder / "stuck.py") in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process alone")
@pytest.mark.parametrize("arguments", ["--help", pytest.param("check scripted.yaml", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow)]
)
def test_a_signal_while_a_plugin_is_loaded_ends_the_program_without_blaming_it(
    voicebot, install_plugin, arguments, number, status
):
    folder = install_plugin(
        "slow-plugin",
        "slow_plugin",
        "import sys, time\nprint('<loading>', file=sys.stderr, flush=True)\nwhile True: time.sleep(0.01)",
    )
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(folder)
    with voicebot.started(*arguments.split()) as process:
        assert process.stderr.readline() == "<loading>\n"
        process.send_signal(number)

        assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == status


BROKEN = """
from contextlib import asynccontextmanager
from voicebot import AudioDevice, AudioFormat, Options, Recognizer, Synthesizer, hookimpl

class Voice(Synthesizer[Options]):
    def synthesize(self, utterance): raise KeyError("sesame")
    async def voices(self): raise ConnectionRefusedError("sesame")

class Unborn(Voice):
    def __init__(self, options): raise KeyError("sesame")

class Listener(Recognizer[Options]):
    input_format = AudioFormat(16_000)
    @asynccontextmanager
    async def listen(self, hints): yield Session()

class Session:
    async def write(self, audio): raise KeyError("sesame")
    async def commit(self): pass
    async def finish(self): pass
    def __aiter__(self): return self
    async def __anext__(self): raise StopAsyncIteration

class Speaker(AudioDevice[Options]):
    @asynccontextmanager
    async def open(self): raise KeyError("sesame"); yield

@hookimpl
def voicebot_register(registry):
    for name, model in (("broken", Speaker), ("broken", Voice), ("unborn", Unborn), ("broken", Listener)):
        registry.add(name, model, Options)
"""


@pytest.mark.parametrize(
    ("arguments", "section", "line"),
    [
        (
            "voices bot.yaml",
            "synthesizer: {provider: broken}",
            "synthesizer 'broken' broke: ConnectionRefusedError",
        ),
        (
            "voices bot.yaml",
            "synthesizer: {provider: unborn}",
            "synthesizer 'unborn' could not start: KeyError",
        ),
        ("say bot.yaml Ahoy.", "device: {provider: broken}", "device 'broken' broke: KeyError"),
        (
            "transcribe bot.yaml talk.wav",
            "recognizer: {provider: broken}",
            "recognizer 'broken' broke: KeyError",
        ),
    ],
)
def test_a_bug_in_a_plugin_is_one_line_that_names_the_provider(
    voicebot, install_plugin, arguments, section, line
):
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(install_plugin("zz-broken", "zz_broken", BROKEN))
    config = voicebot.write("scripted.yaml", "")
    part = section.partition(":")[0]
    rest = [each for each in config.read_text().splitlines() if not each.startswith(part)]
    (voicebot.directory / "bot.yaml").write_text("\n".join([section, *rest, ""]))
    voicebot.record("talk.wav", "good morning")

    done = voicebot(*arguments.split())

    assert (done.returncode, done.stderr) == (1, f"error: {line} (-v shows where)\n")
