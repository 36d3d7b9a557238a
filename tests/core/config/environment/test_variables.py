"""`.env`: what configs see of it, and that nothing else does."""

from __future__ import annotations

import os
from itertools import pairwise

import pytest

from voicebot import ConfigError, read_dot_env
from voicebot.config.environment.variables import variables_beside
from voicebot.config.load import load_config


@pytest.fixture
def dot_env(tmp_path, monkeypatch):
    """Write the `.env` next to a config."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    def dot_env(text):
        (tmp_path / ".env").write_text(text, encoding="utf-8")
        return tmp_path

    return dot_env


def test_variables_are_visible_to_configs_but_not_to_the_process(dot_env, write, plugins):
    there = dot_env("BOTS_NAME=Zoë\nPYTHONPATH=/evil\nLD_PRELOAD=/evil.so\nHTTPS_PROXY=http://evil\n")
    path = write("bot.yaml", "WHOLE\nname: ${BOTS_NAME}\n")
    before = dict(os.environ)

    read_dot_env(there)

    assert load_config(path, plugins=plugins).settings.name == "Zoë"
    assert dict(os.environ) == before


def test_the_environment_takes_precedence(dot_env, monkeypatch):
    monkeypatch.setenv("SET_ALREADY", "by the user")

    variables = variables_beside(dot_env("SET_ALREADY=by a file\nALSO=${SET_ALREADY}\n"))

    assert variables["SET_ALREADY"] == variables["ALSO"] == "by the user"


def test_the_working_directory_takes_precedence_over_that_of_the_config(dot_env, tmp_path):
    (tmp_path / "elsewhere" / ".env").write_text("WHERE=here\nBASE=b\n")

    variables = variables_beside(dot_env("WHERE=there\nTHERE=${BASE}c\n"))

    assert (variables["WHERE"], variables["THERE"]) == ("here", "bc")


def told(variables):
    return [(problem.line, problem.message, problem.severity) for problem in variables.problems]


def test_files_of_every_system_are_read(dot_env):
    there = dot_env(
        "\ufeffFIRST=1\r\n# a comment\r\nexport SECOND = 'two words' # another\r\n\r\nEMPTY=\r\n"
        'THIRD="3 # no comment"\rFOURTH=a#b\r\nKEY="-----BEGIN\nabc=\n-----END"\nLAST=5'
    )

    variables = variables_beside(there)

    expected = {
        "FIRST": "1",
        "SECOND": "two words",
        "EMPTY": "",
        "THIRD": "3 # no comment",
        "FOURTH": "a#b",
        "KEY": "-----BEGIN\nabc=\n-----END",
        "LAST": "5",
    }
    assert {name: variables[name] for name in expected} == expected
    assert told(variables) == []
    assert [variables.places[name].line for name in ("FIRST", "SECOND", "EMPTY", "LAST")] == [1, 3, 5, 11]


FORM = "this is not of the form 'NAME=value' and is ignored"
OPEN = "this value begins with a quotation mark that is never closed, and is ignored"


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("no variable at all", FORM),
        ("SECRET", f"there is no '=' after the name: {FORM}"),
        ("SECRET abc", FORM),
        ("SECRET: abc", FORM),
        ("=secret", FORM),
        ("MY SECRET=abc", f"a name cannot contain spaces: {FORM}"),
        ("set SECRET='abc'", f"a name cannot contain spaces: {FORM}"),
        ('SECRET="abc', OPEN),
        ("export SECRET='abc", OPEN),
        ('SECRET="abc" def', "there is something after the closing quotation mark and is ignored"),
    ],
)
@pytest.mark.parametrize("after", ["LAST=2", 'NEXT="x"\nLAST=2', "\nLAST='2'\n", 'LAST="2"\nMORE="'])
def test_an_invalid_line_is_reported_and_affects_no_other(dot_env, line, mistake, after):
    variables = variables_beside(dot_env(f"FIRST=1\n\n{line}\n{after}"))

    assert (variables["FIRST"], variables["LAST"]) == ("1", "2")
    assert "SECRET" not in variables
    assert (3, mistake, "warning") in told(variables)
    assert len(told(variables)) == (2 if after.endswith('MORE="') else 1)


def test_a_value_after_an_empty_one_is_not_a_duplicate(dot_env):
    variables = variables_beside(dot_env("KEY=\nREGION=''\nKEY=1\nREGION=2\nKEY=\n"))

    assert (variables["KEY"], variables["REGION"]) == ("", "2")
    assert told(variables) == [(5, "KEY is already set on line 3; this value is used", "warning")]


@pytest.mark.parametrize(
    ("line", "mistake", "value"),
    [
        ("FIRST=2", "FIRST is already set on line 1; this value is used", "2"),
        ("my-key=x", "no config can refer to this name; names consist of letters, digits and _", "1"),
        ('FIRST\u200b=x"', None, "1"),
        (
            "A=\u201cx\u201d",
            "typographic quotation marks are part of the value; use \" or ', or no quotes",
            "1",
        ),
        ('A=x"', "this value ends with a quotation mark, but does not begin with one", "1"),
    ],
)
def test_an_odd_value_is_used_with_a_warning(dot_env, line, mistake, value):
    variables = variables_beside(dot_env(f"FIRST=1\n{line}\n"))

    assert variables["FIRST"] == value
    assert [line for line, *_ in told(variables)][:1] == [2]
    assert mistake is None or (2, mistake, "warning") in told(variables)


def test_very_many_mistakes_are_cut_short_quickly(dot_env):
    variables = variables_beside(dot_env('A="x\n' * 15_000))

    assert len(told(variables)) == 21
    assert told(variables)[-1][:2] == (21, "too many mistakes; everything from here on is ignored")


def test_without_the_command_line_mistakes_are_logged(dot_env, caplog):
    there = dot_env("nothing\n")

    read_dot_env(there)

    assert [record.getMessage() for record in caplog.records] == [
        f"{there / '.env'}:1: there is no '=' after the name: {FORM}"
    ]


def test_invalid_text_is_reported_with_its_line(tmp_path):
    (tmp_path / ".env").write_bytes(b"A=1\nB=2\nC=\xff\n")

    with pytest.raises(ConfigError, match=r"\.env:3:1: this is not text in UTF-8; save it as UTF-8"):
        variables_beside(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_reported(dot_env):
    there = dot_env("A=1\n")
    (there / ".env").chmod(0)

    with pytest.raises(ConfigError, match=r"\.env:1:1: the file cannot be read: Permission denied"):
        variables_beside(there)


def test_a_dangling_link_is_reported(tmp_path):
    (tmp_path / ".env").symlink_to("nowhere")

    with pytest.raises(ConfigError, match=r"\.env:1:1: this is a link to a file that does not exist"):
        variables_beside(tmp_path)


def test_exponential_expansion_of_variables_is_rejected(dot_env):
    names = [f"A{number}" for number in range(40)]
    doubled = "".join(f"{name}=${{{before}}}${{{before}}}\n" for before, name in pairwise(names))

    with pytest.raises(ConfigError, match=r"\.env:1[0-9]:1: its variables expand to too much text"):
        variables_beside(dot_env(f"A0={'x' * 16}\n{doubled}"))


@pytest.mark.parametrize(
    "value",
    ["${" * 40_000, "${a" * 20_000 + ":x}", " " * 90_000 + "x"],
    ids=["never closed", "never named", "blanks"],
)
def test_a_file_that_dotenv_reads_slowly_is_rejected(dot_env, value):
    with pytest.raises(ConfigError, match=r"\.env:1:1: this is not a file of variables"):
        variables_beside(dot_env(f"A={value}\n"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        ("pipe", "this is a pipe, not a file"),
        ("/dev/zero", "this is a device, not a file"),
        ("huge", r"the file is too large for a config \(over 100 kB\)"),
    ],
)
def test_anything_but_a_small_file_is_rejected_at_once(tmp_path, kind, complaint):
    path = tmp_path / ".env"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "huge":
        path.touch()
        os.truncate(path, 10**12)
    else:
        path.symlink_to(kind)

    with pytest.raises(ConfigError, match=complaint):
        variables_beside(tmp_path)


def test_a_folder_named_dot_env_is_reported_unless_it_is_a_virtual_environment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").mkdir()

    variables = variables_beside(tmp_path)

    assert variables.keys() == os.environ.keys()
    assert told(variables) == [(1, "this is a directory, not a file of variables, and is ignored", "warning")]
    (tmp_path / ".env" / "pyvenv.cfg").touch()
    assert told(variables_beside(tmp_path)) == []
