"""Settings made with `--set`."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot import ConfigError
from voicebot.config.environment.variables import variables
from voicebot.config.load import load_with_assignments
from voicebot.config.reading.assignments import Assignment

BOT = """\
name: Polly
recognizer: {provider: ears}
chat:
  provider: parrot
  rules:
    - {pattern: one, answers: [a, b]}
    - {pattern: two}
synthesizer: {provider: mouth, voice: zoe, rate: 200}
"""


@pytest.fixture
def load(write, plugins):
    """Return a function that loads a config with settings applied."""

    def load(*settings, text=BOT, environ=None):
        path = write("bot.yaml", text)
        return load_with_assignments(
            path, [Assignment.parse(each) for each in settings], plugins=plugins, environ=environ or {}
        )

    return load


@pytest.fixture
def complaints(load):
    """Return a function that returns the problems of settings."""

    def complaints(*settings, **options):
        with pytest.raises(ConfigError) as raised:
            load(*settings, **options)
        return [(Path(problem.file).name, problem.message) for problem in raised.value.problems]

    return complaints


def test_an_option_of_any_section_can_be_set_and_the_others_are_kept(load):
    config = load("synthesizer.rate=180", "name=Kim", "turns.patience=quick", "history.budget=0")

    assert (config.synthesizer.options.rate, config.synthesizer.options.voice) == (180, "zoe")
    assert (config.settings.name, config.settings.turns.patience) == ("Kim", "quick")
    assert config.settings.history.budget == 0


def test_a_value_is_yaml_as_in_a_file(load):
    config = load(
        "turns.patience={earliest: 0.1, latest: 1}", "phrases=[ahoy, matey]", "turns.interruptible=no"
    )

    assert config.settings.turns.patience.latest == 1
    assert config.settings.phrases == ("ahoy", "matey")
    assert not config.settings.turns.interruptible
    assert load("voice_activity=null").voice_activity is None
    assert load("greeting=", text=f"{BOT}greeting: Hi\n").settings.greeting == ""
    assert load('name="a: b=c"').settings.name == "a: b=c"


def test_nested_options_and_items_of_lists_can_be_set(load):
    config = load("chat.rules.0.answers.1=c", "chat.rules.1.weight=2", "chat.by_name.x={pattern: p}")

    first, second = config.chat.options.rules
    assert (first.pattern, first.answers) == ("one", ("a", "c"))
    assert (second.pattern, second.weight) == ("two", 2)
    assert config.chat.options.by_name["x"].pattern == "p"


def test_mappings_are_merged_and_lists_replaced_as_with_extends(load):
    config = load("synthesizer={rate: 90}", "chat.rules=[{pattern: three}]")

    assert (config.synthesizer.options.rate, config.synthesizer.options.voice) == (90, "zoe")
    assert [rule.pattern for rule in config.chat.options.rules] == ["three"]


def test_another_provider_drops_the_old_options_in_any_order_of_settings(load):
    settings = ["synthesizer.region=south", "synthesizer.provider=cloud", "synthesizer.api_key=${KEY}"]
    for each in (settings, settings[::-1]):
        voice = load(*each, environ={"KEY": "example"}).synthesizer

        assert (voice.name, voice.options.region) == ("cloud", "south")


def test_a_secret_in_plain_text_is_warned_about_as_in_a_file(load):
    [warning] = load("synthesizer={provider: cloud}", "synthesizer.api_key=example").warnings

    assert (warning.file, warning.severity) == ("command line", "warning")
    assert warning.message.startswith("api_key is a secret in plain text")


def test_the_later_of_two_settings_wins(load):
    assert load("name=a", "name=b").settings.name == "b"
    assert load("synthesizer.rate=90", "synthesizer={rate: 91}").synthesizer.options.rate == 91


def test_options_of_a_default_provider_can_be_set(load):
    assert load("voice_activity.stop=0.2").voice_activity.options.stop == 0.2


def test_paths_are_relative_to_the_working_directory(load):
    assert load("chat.script=lines.txt").chat.options.script == Path("lines.txt")


def test_variables_are_replaced_as_in_a_file(load, complaints):
    assert load("name=${WHO}", environ={"WHO": "Kim"}).settings.name == "Kim"
    assert complaints("name=${WHO}") == [
        ("command line", "the variable WHO is not set; set it in the environment or in a .env file")
    ]
    [(place, message)] = complaints("name=${WHO")
    assert place == "command line"
    assert message.startswith("--set name: a '${' has no closing")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("synthesizer.rat=1", "unknown option 'rat' of mouth; did you mean 'rate'?"),
        ("synthesizer.rate=fast", "rate must be a whole number, not 'fast'"),
        ("synthesiser.rate=1", "unknown section 'synthesiser'; did you mean 'synthesizer'?"),
        ("patience=quick", "unknown section 'patience'; 'patience' belongs in the section 'turns'"),
        (
            "rate=120",
            "unknown section 'rate'; 'rate' belongs in the section 'synthesizer'; "
            "did you mean synthesizer.rate?",
        ),
        ("turns.patience=quik", "not 'quik'; did you mean 'quick'?"),
        ("chat.provider=parot", "did you mean 'parrot'?"),
        ("chat.rules.2.pattern=x", "rules has no item 2; they count from 0 to 1"),
        ("name=a: b", "--set name: a second ': ' in one line; put quotes around"),
        ("name=[a", "--set name: this '[' is never closed"),
        ("extends=base.yaml", "extends can only be set in a file; name that config instead"),
    ],
)
def test_problems_are_reported_as_in_a_file_but_located_on_the_command_line(complaints, setting, message):
    [(place, told)] = complaints(setting)

    assert place == "command line"
    assert message in told


def test_problems_of_the_file_keep_their_location(complaints):
    assert complaints("chat.mood=merry", text=BOT.replace("provider: parrot", "provder: parrot"))[0][0] == (
        "bot.yaml"
    )


def test_an_overridden_option_of_the_file_need_not_be_valid(load):
    assert load("synthesizer.rate=180", text=BOT.replace("rate: 200", "rate: fast")).synthesizer


@pytest.mark.parametrize(
    "text", ["rate", "", "=1", ".rate=1", "synthesizer.=1", "a..b=1", "a." * 200 + "b=1"]
)
def test_a_malformed_setting_is_reported_with_the_expected_form(text):
    with pytest.raises(ValueError, match=r"a setting has the form SECTION\.OPTION=VALUE"):
        Assignment.parse(text)


def test_each_setting_has_a_location_of_its_own(load, monkeypatch):
    monkeypatch.setenv("WHO", "zoe")
    settings = [
        "name=a",
        "synthesizer.voice=${WHO}",
        "synthesizer.rate=1",
        "greeting=|\n  a\n  b",
        "name=[b]",
    ]

    with pytest.raises(ConfigError) as raised:
        load(*settings, environ=variables())

    assert [problem.message for problem in raised.value.problems] == [
        "rate must be at least 80, not 1",
        "name must be text, not a list",
    ]
    assert len({problem.line for problem in raised.value.problems}) == 2


def test_a_placeholder_in_a_setting_does_not_hide_problems_of_others(complaints):
    settings = ["synthesizer.provider=cloud", "synthesizer.api_key=<your key>", "synthesizer.region=[a]"]

    assert {message.partition(" ")[0] for _, message in complaints(*settings)} == {"api_key", "region"}


def test_messages_about_settings_name_no_line(complaints):
    assert complaints("name=Kim", "synthesizer={rate: 90, rate: 91}") == [
        ("command line", "--set synthesizer: duplicate key 'rate'; already defined")
    ]
