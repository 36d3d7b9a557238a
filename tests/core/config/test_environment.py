"""`.env`: what configs see of it, and that nobody else sees anything."""

from __future__ import annotations

import os
from itertools import pairwise

import pytest

from voicebot import ConfigError, read_dot_env
from voicebot.config.environment import variables_beside
from voicebot.config.load import load_config


@pytest.fixture
def dot_env(tmp_path, monkeypatch):
    """Write the `.env` beside a config."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    def dot_env(text):
        (tmp_path / ".env").write_text(text, encoding="utf-8")
        return tmp_path

    return dot_env


def test_a_config_gets_the_variables_that_it_names_and_the_process_gets_none(dot_env, write, plugins):
    there = dot_env("BOTS_NAME=Zoë\nPYTHONPATH=/evil\nLD_PRELOAD=/evil.so\nHTTPS_PROXY=http://evil\n")
    path = write("bot.yaml", "WHOLE\nname: ${BOTS_NAME}\n")
    before = dict(os.environ)

    read_dot_env(there)

    assert load_config(path, plugins=plugins).settings.name == "Zoë"
    assert dict(os.environ) == before


def test_the_environment_goes_first(dot_env, monkeypatch):
    monkeypatch.setenv("SET_ALREADY", "by the user")

    variables = variables_beside(dot_env("SET_ALREADY=by a file\nALSO=${SET_ALREADY}\n"))

    assert variables["SET_ALREADY"] == variables["ALSO"] == "by the user"


def test_the_directory_at_hand_goes_before_that_of_the_config(dot_env, tmp_path):
    (tmp_path / "elsewhere" / ".env").write_text("WHERE=here\nBASE=b\n")

    variables = variables_beside(dot_env("WHERE=there\nTHERE=${BASE}c\n"))

    assert (variables["WHERE"], variables["THERE"]) == ("here", "bc")


def test_a_byte_order_mark_and_a_line_that_is_none_take_no_variable_away(dot_env, caplog):
    there = dot_env("\ufeffFIRST=1\nno variable at all\nnor this\nLAST=2\n")

    variables = variables_beside(there)

    assert (variables["FIRST"], variables["LAST"]) == ("1", "2")
    assert [record.getMessage() for record in caplog.records] == [
        f"{there / '.env'}:2: this is not of the form 'NAME=value' and is left out"
    ]


def test_variables_that_multiply_each_other_without_bound_are_refused(dot_env):
    names = [f"A{number}" for number in range(40)]
    doubled = "".join(f"{name}=${{{before}}}${{{before}}}\n" for before, name in pairwise(names))

    with pytest.raises(ConfigError, match=r"\.env:1[0-9]:1: its variables make too much of each other"):
        variables_beside(dot_env(f"A0={'x' * 16}\n{doubled}"))


@pytest.mark.parametrize(
    "value",
    ["${" * 40_000, "${a" * 20_000 + ":x}", " " * 90_000 + "x"],
    ids=["never closed", "never named", "blanks"],
)
def test_what_takes_dotenv_long_to_read_is_refused(dot_env, value):
    with pytest.raises(ConfigError, match=r"\.env:1:1: this is no file of variables"):
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
def test_what_is_no_small_file_is_refused_at_once(tmp_path, kind, complaint):
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


def test_a_folder_of_that_name_is_somebody_elses(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").mkdir()

    assert variables_beside(tmp_path).keys() == os.environ.keys()
