"""Options that select providers: the same rules, messages and locations as at the top, at any depth."""

from __future__ import annotations

from typing import Any

import pytest

from voicebot import ChatModel, Choice, ConfigError, Field, Options, Recognizer, Synthesizer
from voicebot.config.load import choose

from .conftest import Cloud, Parrot, TinySynthesizer

TOP = "recognizer: {provider: ears}\nchat: {provider: parrot}\n"


class OneOptions(Options):
    of: Choice[Synthesizer[Any]]
    """Who speaks."""
    spare: Choice[Synthesizer[Any]] | None = None
    loud: bool = False


class One(TinySynthesizer):
    def __init__(self, options: Any) -> None:
        super().__init__(options)
        self.of = options.of.make()


class ManyOptions(Options):
    of: tuple[Choice[Synthesizer[Any]], ...] = Field(min_length=2)
    by_name: dict[str, Choice[ChatModel[Any]] | str] = Field({})


class Many(TinySynthesizer):
    pass


@pytest.fixture
def plugins(plugins):
    plugins.registry.add("one", One, OneOptions)
    plugins.registry.add("many", Many, ManyOptions)
    return plugins


def test_a_nested_section_becomes_a_choice_that_creates_new_providers(load):
    options = load(
        TOP + "synthesizer: {provider: one, of: {provider: mouth, voice: eve}}"
    ).synthesizer.options

    assert (options.of.name, options.of.options.voice) == ("mouth", "eve")
    first, second = options.of.make(), options.of.make()
    assert isinstance(first, TinySynthesizer)
    assert first is not second


def test_a_choice_lists_the_choices_inside_it_in_order(load):
    choice = load(
        TOP
        + """\
synthesizer:
  provider: many
  of:
    - {provider: one, of: {provider: cloud, api_key: "${KEY}"}, spare: {provider: mouth}}
    - provider: mouth
  by_name: {a: {provider: parrot}, b: text}
""",
        {"KEY": "very-secret"},
    ).synthesizer

    assert [inner.name for inner in choice.inner] == ["one", "mouth", "parrot"]
    assert [inner.name for inner in choice.inner[0].inner] == ["cloud", "mouth"]
    assert [leaf.name for leaf in choice.leaves] == ["cloud", "mouth", "mouth", "parrot"]
    assert "very-secret" not in repr(choice)
    assert "very-secret" not in str(choice.options.model_dump(mode="json"))
    assert choice.options.model_dump(mode="json")["of"][1]["provider"] == "mouth"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "of: {provider: mout}",
            "bot.yaml:5:18: no synthesizer called 'mout' is installed; installed: cloud, ",
        ),
        (
            "of: {provider: parrot}",
            "bot.yaml:5:18: no synthesizer called 'parrot' is installed; 'parrot' is a ",
        ),
        (
            "of: {voice: eve}",
            "bot.yaml:5:3: synthesizer has no 'provider'; add one; installed: cloud, many, ",
        ),
        (
            "of: mouth",
            "bot.yaml:5:3: synthesizer must be a mapping with a 'provider', not 'mouth'; "
            "write `{provider: mouth}`",
        ),
        (
            "of:",
            "bot.yaml:5:3: synthesizer must be a mapping with a 'provider', not empty; installed: cloud, ",
        ),
        (
            "of: [{provider: mouth}]",
            "bot.yaml:5:3: synthesizer must be a mapping with a 'provider', not a list",
        ),
        ("loud: true", "bot.yaml:4:13: one needs the option 'of'"),
        ("of: {provider: mouth, rate: 20}", "bot.yaml:5:31: rate must be at least 80, not 20"),
        (
            "of: {provider: mouth, voise: eve}",
            "bot.yaml:5:25: unknown option 'voise' of mouth; did you mean ",
        ),
        ("of: {provider: cloud}", "bot.yaml:5:18: cloud needs the option 'api_key'"),
        (
            "of: {provider: cloud, api_key: '${NONE}'}",
            "bot.yaml:5:34: the variable NONE is not set; set it in ",
        ),
        ("of: {provider: mouth, loud: true}", "bot.yaml:5:31: mouth: calm voices are never loud"),
        (
            "of: {provider: one, of: {provider: one, of: {provider: mouth, pitch: 7}}}",
            "bot.yaml:5:72: pitch must be less than 3, not 7",
        ),
        (
            "of: {provider: mouth}\n  spare: {provider: eyes}",
            "bot.yaml:6:21: no synthesizer called 'eyes' is ",
        ),
    ],
)
def test_a_nested_problem_is_reported_once_at_its_location(problems, text, expected):
    (problem,) = problems(TOP + "synthesizer:\n  provider: one\n  " + text)
    assert problem.startswith(expected)


def test_problems_at_all_depths_are_reported_together_in_order(problems):
    told = problems(
        TOP
        + """\
synthesizer:
  provider: many
  of:
    - provider: one
      loud: perhaps
      of: {provider: mouth, rate: fast}
    - provider: nobody
    - text
"""
    )
    assert [problem.split(" ")[0] for problem in told] == [
        "bot.yaml:7:13:",
        "bot.yaml:8:35:",
        "bot.yaml:9:17:",
        "bot.yaml:10:7:",
    ]


def test_a_mapping_or_too_short_list_is_reported_as_for_other_options(problems):
    (none,) = problems(TOP + "synthesizer: {provider: many, of: {provider: mouth}}")
    (short,) = problems(TOP + "synthesizer: {provider: many, of: [{provider: mouth}]}")
    assert none.endswith("of must be a list, not a mapping")
    assert short.endswith("of must have at least 2 items, not a list")


def test_an_optional_nested_provider_may_be_null(load):
    text = "synthesizer: {provider: one, of: {provider: mouth}, spare: null}"
    assert load(TOP + text).synthesizer.options.spare is None


def test_missing_packages_of_nested_providers_are_reported(problems, plugins):
    plugins.registry.add("heavy", Cloud, Options, requires={"no_such_module_anywhere": "heavy-sdk[all]"})
    (problem,) = problems(TOP + "synthesizer: {provider: one, of: {provider: heavy}}")
    assert problem == (
        "bot.yaml:3:45: synthesizer 'heavy' needs packages that are not installed: "
        "pip install 'heavy-sdk[all]'"
    )


def test_a_nested_secret_in_plain_text_is_warned_about_and_not_shown(load):
    config = load(TOP + "synthesizer: {provider: one, of: {provider: cloud, api_key: very-secret}}")
    (warning,) = config.warnings
    assert "api_key is a secret in plain text" in warning.message
    assert (warning.line, warning.column) == (3, 61)
    assert "very-secret" not in str(warning) + repr(config)


def test_nested_paths_and_advice_work_as_at_the_top(load, plugins, tmp_path):
    class ThinkingOptions(Options):
        of: Choice[ChatModel[Any]]

    plugins.registry.add("thinking", Parrot, ThinkingOptions)
    config = load(
        "language: nl-NL\nrecognizer: {provider: ears}\nsynthesizer: {provider: one, of: {provider: mouth}}\n"
        "chat: {provider: thinking, of: {provider: parrot, script: lines.txt}}"
    )
    assert config.chat.options.of.options.script == tmp_path / "lines.txt"
    assert [str(warning).rpartition("/")[2] for warning in config.warnings] == [
        "bot.yaml:3:45: warning: mouth: amy does not speak nl-NL"
    ]


def test_extends_merges_or_replaces_nested_options(write, load):
    write("base.yaml", TOP + "synthesizer: {provider: one, of: {provider: mouth, voice: eve, rate: 90}}")
    same = load("extends: base.yaml\nsynthesizer: {of: {rate: 100}}").synthesizer.options.of.options
    other = load("extends: base.yaml\nsynthesizer: {of: {provider: one, of: {provider: mouth}}}")
    assert (same.voice, same.rate) == ("eve", 100)
    assert other.synthesizer.options.of.options.of.options.voice == "amy"


def test_choose_accepts_nested_providers(plugins):
    choice = choose("synthesizer", "one", {"of": {"provider": "mouth", "voice": "eve"}}, plugins=plugins)
    assert choice.options.of.options.voice == "eve"
    with pytest.raises(ConfigError, match="no synthesizer called 'mout' is installed"):
        choose("synthesizer", "one", {"of": {"provider": "mout"}}, plugins=plugins)


class VagueOptions(Options):
    of: Choice[Any]


def test_a_choice_without_a_kind_is_rejected():
    with pytest.raises(TypeError, match="must specify what it selects"):
        VagueOptions.model_rebuild()


def test_in_python_an_option_must_be_a_choice(load):
    mouth = load(TOP + "synthesizer: {provider: mouth}").synthesizer
    assert OneOptions(of=mouth).of is mouth

    class RecognizerOptions(Options):
        of: Choice[Recognizer[Any]]

    for wrong in (mouth, "mouth", {"provider": "mouth"}):
        with pytest.raises(ValueError, match="must be the choice of a provider"):
            RecognizerOptions(of=wrong)
