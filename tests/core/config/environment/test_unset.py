"""A problem with the value of a variable is reported with the line of `.env` that sets it."""

from __future__ import annotations

import pytest

from voicebot import ConfigError
from voicebot.config.environment.variables import variables_beside
from voicebot.config.load import load_config

CLOUD = """\
recognizer: {provider: ears}
chat: {provider: parrot}
synthesizer:
  provider: cloud
  api_key: ${CLOUD_KEY}
  region: ${CLOUD_REGION:-north}
"""


@pytest.fixture
def problems(tmp_path, monkeypatch, write, plugins):
    """Load a config next to a `.env`; return the problems of its variables."""
    monkeypatch.chdir(tmp_path)

    def problems(config, dot_env):
        (tmp_path / ".env").write_text(dot_env, encoding="utf-8")
        path = write("bot.yaml", config)
        try:
            loaded = load_config(path, plugins=plugins, environ=variables_beside(tmp_path))
        except ConfigError as error:
            return [f"{problem.line}: {problem.message}" for problem in error.problems]
        return [f"{problem.line}: {problem.message}" for problem in loaded.warnings]

    return problems


def test_a_placeholder_in_a_file_is_an_error_with_its_line(problems):
    told = problems(CLOUD, "# keys\n\nCLOUD_KEY=<your key>\nCLOUD_REGION='<region>'\n")

    end = "; replace it with your own value"
    assert told == [
        f"5: api_key is still a placeholder (the value of ${{CLOUD_KEY}}){end}; "
        "${CLOUD_KEY} comes from .env:3",
        f"6: region is still a placeholder (the value of ${{CLOUD_REGION}}){end}; "
        "${CLOUD_REGION} comes from .env:4",
    ]


def test_a_value_from_the_environment_is_reported_as_such(problems, monkeypatch):
    monkeypatch.setenv("CLOUD_KEY", "changeme")
    monkeypatch.setenv("RATE", "fast")
    config = CLOUD.replace("provider: cloud", "provider: mouth\n  rate: ${RATE}")

    assert (
        "${CLOUD_KEY} comes from the environment, which takes precedence over .env:1"
        in problems(CLOUD, "CLOUD_KEY=0123\n")[0]
    )
    assert (
        "5: rate must be a whole number, not the value of ${RATE}; ${RATE} comes from the environment"
        in problems(config, "")
    )


def test_advice_of_a_plugin_about_a_value_names_its_origin(problems):
    config = CLOUD.replace("cloud\n", "mouth\n  voice: ${WHO}\n  loud: ${LOUD}\n").partition("  api_key")[0]

    assert problems(config, "WHO=bob\nLOUD=yes\n") == [
        "5: voice: bob has lost his voice; ${WHO} comes from .env:1"
    ]
    assert problems(config, "LOUD=yes\nWHO=amy\n") == [
        "6: mouth: calm voices are never loud; ${LOUD} comes from .env:1"
    ]


def test_a_default_has_no_origin_and_a_secret_is_never_shown(problems):
    told = problems(CLOUD.replace("north", "mars"), "CLOUD_KEY=s3cr3t-0123\n")

    assert told == ["4: cloud: no key *** on mars"]


def test_an_unreadable_line_is_reported_with_the_missing_variable(problems):
    told = problems(CLOUD, 'A=1\nCLOUD_KEY="s3cr3t\n')

    assert told == [
        "5: the variable CLOUD_KEY is not set; set it in the environment or in a .env file; "
        ".env:2 cannot be read",
        "2: this value begins with a quotation mark that is never closed, and is ignored",
    ]


def test_text_to_be_spoken_may_look_like_a_placeholder(problems):
    config = CLOUD.replace("parrot", "parrot, rules: [{pattern: '<name>', answers: '[laughs]'}]")

    assert problems(f"{config}greeting: <hello>\n", "CLOUD_KEY=0123\n") == []


def test_an_empty_variable_in_a_file_is_reported_with_its_line_and_without_the_setup(
    tmp_path, write, plugins
):
    config = CLOUD.replace("${CLOUD_KEY}", "${CLOUD_KEY:?the key}").replace("${CLOUD_REGION:-", "${REGION:?")
    path = write("bot.yaml", f"{config}setup: Make a file.\n")

    def told(dot_env):
        (tmp_path / ".env").write_text(dot_env, encoding="utf-8")
        with pytest.raises(ConfigError) as raised:
            load_config(path, plugins=plugins, environ=variables_beside(tmp_path))
        return [problem.message.rpartition("/")[2] for problem in raised.value.problems], raised.value.hint

    half, hint = told("# keys\nCLOUD_KEY=\n")
    assert half[0].endswith(".env:2 is empty")
    assert half[1:] == ["the variable REGION has no value: north"]
    assert hint == "Make a file."
    both, hint = told("CLOUD_KEY=\nREGION=\n")
    assert both == [".env:1 is empty", ".env:2 is empty"]
    assert hint == ""
