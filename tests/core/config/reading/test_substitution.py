"""`${VAR}` in configs."""

from __future__ import annotations

import pytest

from voicebot.config.reading.substitution import VariableSyntaxError, substitute
from voicebot.config.reading.tree import Unset

ENVIRON = {"A": "one", "B": "two", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("${A}", "one"),
        ("<${A}${B}>", "<onetwo>"),
        ("${EMPTY}", ""),
        ("${A:-x}", "one"),
        ("${NO:-x}", "x"),
        ("${NO:-}", ""),
        ("${NO-x}", "x"),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("${NO:-${B}}", "two"),
        ("${NO:-a ${NOR:-b} c}", "a b c"),
        ("${NO:-a:-b?c}", "a:-b?c"),
        ("${A:?needed}", "one"),
        ("${EMPTY?needed}", ""),
        ("${A:+yes}${NO:+no}${EMPTY:+no}${EMPTY+yes}", "yesyes"),
        ("$${A}", "${A}"),
        ("$$", "$"),
        ("costs $5, $A and ^end$", "costs $5, $A and ^end$"),
    ],
)
def test_variables_are_replaced_as_in_docker_compose(text, expected):
    substituted = substitute(text, ENVIRON)

    assert (substituted.text, substituted.unset) == (expected, ())


@pytest.mark.parametrize(
    ("text", "unset"),
    [
        ("${NO}", [Unset("NO")]),
        ("${NO} ${NOR}", [Unset("NO"), Unset("NOR")]),
        ("${NO:?say it}", [Unset("NO", "say it")]),
        ("${EMPTY:?say it}", [Unset("EMPTY", "say it")]),
        ("${NO?say it}", [Unset("NO", "say it")]),
        ("${NO:-${NOR}}", [Unset("NOR")]),
        ("${A:-${NOR}}", []),
    ],
)
def test_all_variables_without_a_value_are_collected(text, unset):
    assert list(substitute(text, ENVIRON).unset) == unset


@pytest.mark.parametrize("text", ["${", "${}", "${1}", "${A", "${A:-x", "${A!}", "${NO:-${B}", "${ A }"])
def test_an_invalid_variable_is_rejected(text):
    with pytest.raises(VariableSyntaxError, match=r"write \$\{NAME\}"):
        substitute(text, ENVIRON)


def test_a_number_from_a_variable_works_with_and_without_quotes(load):
    config = load(
        """\
        WHOLE
        start_timeout: ${SECONDS_TO_START}
        listening_tone: "${TONE}"
        turns: {patience: "${PATIENCE:-2}"}
        """,
        {"SECONDS_TO_START": "7", "TONE": "yes"},
    )

    settings = config.settings
    assert (settings.start_timeout, settings.listening_tone, settings.turns.patience) == (7, True, 2)


def test_digits_from_a_variable_are_text_for_a_text_option(load):
    config = load(
        """\
        recognizer: {provider: ears}
        chat: {provider: parrot}
        synthesizer:
          provider: cloud
          api_key: ${KEY}
          region: ${REGION:-}
        """,
        {"KEY": "0012"},
    )

    assert (config.synthesizer.options.api_key.get_secret_value(), config.synthesizer.options.region) == (
        "0012",
        "",
    )


def test_an_empty_variable_is_null_for_an_optional_value(load):
    config = load(
        """\
        recognizer: {provider: ears}
        chat: {provider: parrot}
        synthesizer:
          provider: ${VOICE_PROVIDER:-mouth}
          nickname: ${NICKNAME:-}
        """
    )

    assert config.synthesizer.options.nickname is None


def test_every_variable_without_a_value_is_reported_once_without_further_problems(problems):
    text = """\
        recognizer: {provider: "${EARS}"}
        chat:
          provider: parrot
          rules: [{pattern: x, weight: "${WEIGHT:?how much}"}]
        synthesizer:
          provider: cloud
          api_key: ${KEY}
          region: ${KEY}
        start_timeout: ${START}
        voice_activity: ${NO_SECTION}
        """

    assert problems(text) == [
        "bot.yaml:1:24: the variable EARS is not set; set it in the environment or in a .env file",
        "bot.yaml:4:32: the variable WEIGHT has no value: how much",
        "bot.yaml:7:12: the variable KEY is not set; set it in the environment or in a .env file",
        "bot.yaml:9:16: the variable START is not set; set it in the environment or in a .env file",
        "bot.yaml:10:17: the variable NO_SECTION is not set; set it in the environment or in a .env file",
    ]


def test_a_value_from_a_variable_is_not_shown(problems):
    assert problems("WHOLE\nturns: {patience: '${PATIENCE}'}", {"PATIENCE": "hunter2"}) == [
        "bot.yaml:4:19: patience must be a number, a mapping or one of quick, normal or relaxed, "
        "not the value of ${PATIENCE}"
    ]


def test_a_malformed_variable_is_reported_at_its_location(problems):
    assert problems("WHOLE\nname: ${1}") == [
        "bot.yaml:4:7: a '${' is not followed by the name of a variable; "
        "write ${NAME}, ${NAME:-default} or ${NAME:?message}, and $$ for a dollar sign"
    ]


def test_variables_come_from_the_environment_by_default(write, plugins, monkeypatch):
    from voicebot.config.load import load_config

    monkeypatch.setenv("VOICEBOT_TEST_NAME", "Polly")

    assert (
        load_config(write("bot.yaml", "WHOLE\nname: ${VOICEBOT_TEST_NAME}\n"), plugins=plugins).settings.name
        == "Polly"
    )
