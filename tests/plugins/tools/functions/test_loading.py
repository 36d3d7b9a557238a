"""A file of tools may contain anything; starting fails with one line that says where."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import warnings
from pathlib import Path

import pytest

from voicebot import ConfigError, ProviderError, ToolResult, load_config, tool
from voicebot_tools.functions.source import read_source
from voicebot_tools.functions.toolset import PythonToolOptions, PythonToolset

CONFIG = """\
recognizer: {{provider: openai-stt, base_url: "http://localhost:1/v1", model: whisper-1}}
chat: {{provider: script, default: [What?]}}
synthesizer: {{provider: openai-tts, base_url: "http://localhost:1/v1", model: tts-1}}
tools:
  - provider: python
    {option}
    allow: [{allow}]
"""
GOOD = "from voicebot import tool\n\n@tool\ndef clock():\n    'Tell the time.'\n"


def start(path=None, module=None):
    asyncio.run(PythonToolset(PythonToolOptions(file=path, module=module, allow=())).start())


def problems(folder, *, option="file: tools.py", allow="clock"):
    """Return what `check` reports about a config in a folder, without the config's own name."""
    (folder / "bot.yaml").write_text(CONFIG.format(option=option, allow=allow))
    try:
        found = load_config(folder / "bot.yaml", environ={}).warnings
    except ConfigError as error:
        found = error.problems
    return [str(each).removeprefix(f"{folder / 'bot.yaml'}:") for each in found]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("from voicebot import tool\n\ndef f(:\n", ":3:7: invalid syntax"),
        ("def f():\n  x = 1\n y = 2\n", ":3:"),
        ("x = '\n", ":1:5: unterminated string literal (detected at line 1)"),
        ("x = 1\0", ":1:1: source code string cannot contain null bytes"),
        ("(" * 5000 + ")" * 5000, ":1:"),
    ],
)
def test_a_syntax_error_is_told_with_line_and_column(write, text, message):
    path = write("")
    path.write_text(text)

    with pytest.raises(ProviderError) as raised:
        start(path)
    (problem,) = problems(path.parent)

    assert str(raised.value).startswith(f"{path}{message}")
    assert "\n" not in str(raised.value)
    assert problem == f"6:11: python: {raised.value}"


def test_a_file_in_another_encoding_is_read_as_it_says(write):
    path = write("")
    path.write_bytes(
        b"# -*- coding: latin-1 -*-\nfrom voicebot import tool\n@tool\ndef f():\n    'caf\xe9'\n"
    )

    start(path)
    assert problems(path.parent, allow="f") == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("1 / 0", ":2: ZeroDivisionError: division by zero"),
        ("raise SystemExit('bye')", ":2: SystemExit: bye"),
        ("raise KeyboardInterrupt", ":2: KeyboardInterrupt"),
        ("import no_such_package.part", ":2: ModuleNotFoundError: No module named 'no_such_package'"),
        (
            "import prices",
            ":2: ModuleNotFoundError: No module named 'prices'; a file of tools cannot import files beside",
        ),
        ("tool(effect='read')(print)", ":2: ValueError: @tool(effect='read'): must be 'reads' or 'writes'"),
        ("tool(timeout=0)(print)", ":2: ValueError: @tool(timeout=0): must be more than 0 seconds"),
        (
            "tool(confirm=True)(print)",
            ":2: ValueError: @tool(confirm=True): must be a question, such as 'Sha",
        ),
        ("tool(timeout='5')(print)", ":2: ValueError: @tool(timeout='5'): must be more than 0 seconds"),
        ("@tool\nclass Clock: ...", ":2: TypeError: @tool is for functions, not for <class"),
        ("x = 1", ": has no function marked with `@tool`"),
    ],
)
def test_what_a_file_does_when_it_is_run_fails_the_start_alone(write, statement, message):
    path = write("")
    path.with_name("prices.py").write_text("")
    before = set(sys.modules)
    path.write_text(f"from voicebot import tool\n{statement}\n")

    with pytest.raises(ProviderError) as raised:
        start(path)

    assert str(raised.value).startswith(f"{path}{message}")
    assert "\n" not in str(raised.value)
    if message.startswith(":2"):
        assert not {name for name in set(sys.modules) - before if name.startswith("tools_")}


def test_a_mistake_in_a_file_with_a_relative_path_has_its_line(write, tmp_path, monkeypatch):
    write("x = 1\n1 / 0\n")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ProviderError, match=r"^tools\.py:2: ZeroDivisionError"):
        start(Path("tools.py"))


def test_checking_a_config_does_not_run_the_file(write, tmp_path):
    path = write(f"{GOOD}\n\nopen({str(tmp_path / 'ran')!r}, 'w').close()\n")

    assert problems(tmp_path) == []
    assert not (tmp_path / "ran").exists()
    start(path)
    assert (tmp_path / "ran").exists()


def test_a_tool_that_is_defined_twice_names_both_lines(write, tmp_path):
    path = write(f"{GOOD}\n@tool\ndef clock():\n    'Again.'\n")

    with pytest.raises(
        ProviderError, match=r"tools\.py:8:1: the tool 'clock' is defined twice, in lines 4 and 8"
    ):
        start(path)
    assert problems(tmp_path) == [
        f"6:11: python: {path}:8:1: the tool 'clock' is defined twice, in lines 4 and 8"
    ]


def test_a_tool_that_a_later_function_replaces_is_reported(write, tmp_path):
    path = write(f"{GOOD}\ndef clock():\n    'Again.'\n")

    assert problems(tmp_path) == [
        f"6:11: python: {path}:7:1: the tool 'clock' is defined twice, in lines 4 and 7"
    ]


def test_two_functions_of_one_name_from_two_places_are_told_apart(write):
    path = write(
        f"{GOOD}\nother = clock\ndef made():\n    def clock():\n        'Tell.'\n    return tool(clock)\n"
        f"\nlater = made()\n"
    )

    with pytest.raises(
        ProviderError, match=rf"tools\.py:9: the tool 'clock' is defined twice, first at {path}:3"
    ):
        start(path)


def test_names_that_do_not_exist_are_reported_with_a_suggestion(write, tmp_path):
    write(f"{GOOD}\ndef helper(): ...\n")

    assert problems(tmp_path, allow="clok, helper, weather") == [
        f"7:12: python: {tmp_path / 'tools.py'}:7:1: 'helper' is not marked with `@tool`",
        "7:13: python: there is no tool 'clok'; did you mean 'clock'?",
        "7:19: python: there is no tool 'helper'; its tools are clock",
        "7:27: python: there is no tool 'weather'; its tools are clock",
    ]


def test_a_question_for_confirmation_is_checked_against_the_parameters(write, tmp_path):
    path = write(GOOD)
    path.write_text(GOOD.replace("clock()", "clock(city: str, caller: 'ToolCaller')"))
    override = "file: tools.py\n    overrides: {clock: {confirm: 'In {town}?'}}"

    assert problems(tmp_path, option=override) == [
        "7:34: python: confirm of clock: {town} is not an argument; its arguments are city"
    ]
    assert problems(tmp_path, option=override.replace("town", "city")) == []


@pytest.mark.parametrize(
    "text",
    [
        "import voicebot as v\n@v.tool(effect='reads')\ndef clock():\n    'Tell.'\n",
        "from voicebot import tool as t\n@t\nasync def clock():\n    'Tell.'\n",
        "from voicebot import tool\nif True:\n    @tool\n    def clock():\n        'Tell.'\n",
        "from voicebot import *\n@tool\ndef clock():\n    'Tell.'\n",
        "from voicebot import tool\ntry:\n    import zoneinfo\nexcept ImportError:\n    @tool\n"
        "    def clock():\n        'Tell.'\nelse:\n    @tool\n    def clock():\n        'Tell.'\n",
        "from elsewhere import clock\n",
        "from elsewhere import *\n",
        "from voicebot import tool\nclock = tool(min)\n",
        "import elsewhere\n@elsewhere.decorated\ndef clock(): ...\n",
    ],
)
def test_a_tool_that_may_exist_is_not_reported(write, tmp_path, text):
    write(text)

    assert problems(tmp_path) == []


def test_a_tool_without_docstring_is_a_warning(write, tmp_path):
    path = write("from voicebot import tool\n\n@tool\ndef clock(): ...\n")

    assert problems(tmp_path) == [
        f"6:11: warning: python: {path}:4:1: the tool 'clock' has no docstring; the chat model has to guess "
        f"what it does"
    ]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("file: other.py", "other.py: cannot be read: No such file or directory"),
        ("file: .", ": cannot be read: Is a directory"),
        ("module: no_such_module", "there is no module 'no_such_module'; install it, or name a `file`"),
        (
            "module: json.no_such_module",
            "there is no module 'json.no_such_module'; install it, or name a `file`",
        ),
        ("", "python: needs either `file` or `module`"),
        ("{module: json, file: tools.py}", "python: needs either `file` or `module`"),
    ],
)
def test_a_file_or_module_that_is_missing_is_reported(write, tmp_path, option, message):
    write(GOOD)
    if option.startswith("{"):
        option = "module: json\n    file: tools.py"

    (problem,) = problems(tmp_path, option=option)

    assert message in problem


def test_a_module_that_is_missing_at_the_start_is_one_line():
    with pytest.raises(
        ProviderError, match=r"^there is no module 'no_such_module'; install it, or name a `file`$"
    ):
        start(module="no_such_module")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_one_line(write):
    path = write(GOOD)
    path.chmod(0)

    with pytest.raises(ProviderError, match=r"tools\.py: cannot be read: Permission denied"):
        start(path)


def test_a_marked_function_is_called_as_before():
    @tool(effect="reads")
    def double(number: int) -> int:
        return 2 * number

    assert double(4) == 8
    assert double.__voicebot_tool__.effect == "reads"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "@tool(effect='read')\ndef f(): 'F.'",
            "2:14: `@tool` of 'f': `effect` must be 'reads' or 'writes', not 'read'",
        ),
        (
            "@tool(timeout=-1)\ndef f(): 'F.'",
            "2:15: `@tool` of 'f': `timeout` must be more than 0 seconds, not -1",
        ),
        ("@tool(confirm=3)\ndef f(): 'F.'", "2:15: `@tool` of 'f': `confirm` must be a question, not 3"),
        (
            "@tool(confirm='To {town}?')\ndef f(city: str): 'F.'",
            "2:15: `@tool` of 'f': `confirm` names {town}, which is not a parameter; its parameters are city",
        ),
        ("@tool(efect='reads')\ndef f(): 'F.'", "2:7: `@tool` has no option 'efect'; did you mean 'effect'?"),
        ("@tool('reads')\ndef f(): 'F.'", "2:7: `@tool` of 'f' takes names only: effect, confirm, timeout"),
        (
            "@tool\ndef f():\n    'F.'\n    yield 1",
            "5:5: the tool 'f' yields, so it has to be asynchronous: `async def`",
        ),
        (
            "@tool\nasync def f():\n    'F.'\n    yield ToolProgress('a')",
            "5:5: the tool 'f' yields its progress and no result; `yield` the result last",
        ),
        (
            "@tool\nasync def f():\n    'F.'\n    yield\n    yield 3",
            "5:5: the tool 'f' yields nothing here; `yield` a ToolProgress, or last the result",
        ),
        (
            "@tool\nasync def f():\n    'F.'\n    yield 'looking'\n    yield 3",
            "5:11: the tool 'f' yields a value here that is not its last; what is not the result has to be a "
            "ToolProgress",
        ),
        (
            "@tool\nasync def f():\n    'F.'\n    for n in (1, 2):\n        yield f'{n}'",
            "6:15: the tool 'f' yields a value here that is not its last; what is not the result has to be a "
            "ToolProgress",
        ),
        (
            "@tool\nasync def f():\n    'F.'\n    return 1\n    yield 2",
            "5:5: 'return' with value in async generator",
        ),
    ],
)
def test_literal_mistakes_are_found_without_running_the_file(write, tmp_path, text, found):
    path = write(f"from voicebot import ToolProgress, tool\n{text}\n")

    assert problems(tmp_path, allow="f") == [f"6:11: python: {path}:{found}"]


@pytest.mark.parametrize(
    "text",
    [
        "@tool(effect=EFFECT, **MORE)\ndef f(): 'F.'",
        "@tool(confirm=f'To {TOWN}?', timeout=None)\ndef f(city: str): 'F.'",
        "@other\n@tool(confirm='To {town}?')\ndef f(city: str): 'F.'",
        "@tool\nasync def f():\n    'F.'\n    yield ToolProgress('a')\n    yield 3",
        "@tool\nasync def f():\n    'F.'\n    for n in (1, 2):\n        yield 'found'\n        break",
        "@tool\nasync def f():\n    'F.'\n    if found:\n        yield 'a'\n    else:\n        yield 'b'",
        "@tool\nasync def f():\n    'F.'\n    async for each in g():\n        yield each",
        "@tool\ndef f():\n    'F.'\n    def inner():\n        yield 1\n    return list(inner())",
    ],
)
def test_what_may_be_right_is_not_reported(write, tmp_path, text):
    write(f"from voicebot import ToolProgress, tool\n{text}\n")

    assert problems(tmp_path, allow="f") == []


def test_a_file_has_to_end_with_py(write, tmp_path):
    write(GOOD).rename(tmp_path / "tools.txt")

    assert problems(tmp_path, option="file: tools.txt") == [
        f"6:11: python: {tmp_path / 'tools.txt'}: is not a Python file; its name has to end with .py"
    ]


def test_values_beside_the_tools_are_left_alone(started, call):
    toolset = started(
        """
        import functools

        class Settings:
            def __getattr__(self, name):
                raise RuntimeError("not configured")

        settings = Settings()

        @functools.lru_cache
        @tool
        def f():
            return "done"
        """
    )

    assert [tool.name for tool in toolset.tools()] == ["f"]
    assert asyncio.run(call(toolset, "f")) == [ToolResult("done")]


def test_files_that_are_read_in_several_threads_leave_the_filters_of_warnings_as_they_were(
    tmp_path: Path,
) -> None:
    path = tmp_path / "tools.py"
    path.write_text("text = '\\d'\n")
    filters, interval = warnings.filters, sys.getswitchinterval()
    readers = [
        threading.Thread(target=lambda: [read_source(path) for _ in range(50)], daemon=True) for _ in range(3)
    ]
    sys.setswitchinterval(1e-6)
    try:
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    finally:
        sys.setswitchinterval(interval)
    assert warnings.filters is filters
