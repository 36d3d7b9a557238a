"""`extends`: configs based on others."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from voicebot import Choice, ConfigError, Options, SynthesisEvent, Synthesizer, Utterance
from voicebot.config.load import load_config
from voicebot.config.shipped import shipped_configs


class ShelfOptions(Options):
    of: Choice[Synthesizer[Any]]
    others: tuple[Choice[Synthesizer[Any]], ...] = ()


class Shelf(Synthesizer[ShelfOptions]):
    def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        raise NotImplementedError


def test_a_child_contains_only_what_is_different(write, load):
    write("base.yaml", "WHOLE\nname: Base\nphrases: [a, b]\nturns: {patience: 3, interruptible: no}\n")

    config = load(
        """\
        extends: base.yaml
        system: Hello
        phrases: [c]
        turns: {patience: 4}
        synthesizer: {rate: 200}
        """
    )

    settings = config.settings
    assert (settings.name, settings.system, settings.phrases) == ("Base", "Hello", ("c",))
    assert (settings.turns.patience, settings.turns.interruptible) == (4, False)
    assert (config.synthesizer.registration.name, config.synthesizer.options.rate) == ("mouth", 200)


def test_a_section_with_another_provider_inherits_no_options(write, load):
    write("base.yaml", "WHOLE\nsynthesizer: {provider: cloud, api_key: '${KEY}'}\n".replace("WHOLE", BASE))

    config = load("extends: base.yaml\nsynthesizer: {provider: mouth, voice: zoe}\n")

    assert config.synthesizer.options.voice == "zoe"
    assert config.warnings == ()


def test_a_section_can_wrap_the_one_that_it_replaces(write, load, plugins):
    plugins.registry.add("shelf", Shelf, ShelfOptions)
    write("base.yaml", f"{BASE}\nsynthesizer: {{provider: cloud, api_key: '${{KEY}}'}}\n")
    write("middle.yaml", "extends: base.yaml\nsynthesizer: {provider: shelf, of: inherited}\n")
    below = "synthesizer:\n  provider: shelf\n"

    options = [
        load(f"extends: base.yaml\n{below}{text}", {"KEY": "key-4711"}).synthesizer.options
        for text in (
            "  of: inherited\n",
            "  of: {provider: mouth}\n  others: [{provider: mouth, voice: zoe}, inherited]\n",
            "  of: {provider: shelf, of: inherited}\n",
        )
    ]
    assert [each.of.name for each in options] == ["cloud", "mouth", "shelf"]
    assert [each.name for each in options[1].others] == ["mouth", "cloud"]
    assert options[2].of.inner[0].options.api_key.get_secret_value() == "key-4711"

    merged = load("extends: middle.yaml\nsynthesizer: {others: [{provider: mouth}]}\n", {"KEY": "key-4711"})
    assert [each.name for each in merged.synthesizer.inner] == ["cloud", "mouth"]


def test_what_is_inherited_is_checked_where_it_is_written(write, problems, plugins):
    plugins.registry.add("shelf", Shelf, ShelfOptions)
    write("base.yaml", f"{BASE}\nsynthesizer: {{provider: mouth, voise: zoe}}\n")

    assert problems("extends: base.yaml\nsynthesizer: {provider: shelf, of: inherited}\n") == [
        "base.yaml:3:32: unknown option 'voise' of mouth; did you mean 'voice'?"
    ]


def test_the_word_inherited_means_nothing_where_nothing_is_replaced(write, load, problems, plugins):
    plugins.registry.add("shelf", Shelf, ShelfOptions)
    write("base.yaml", f"{BASE}\nsynthesizer: {{provider: mouth}}\n")

    config = load("extends: base.yaml\nname: inherited\nsynthesizer: {voice: inherited}\n")
    assert (config.settings.name, config.synthesizer.options.voice) == ("inherited", "inherited")
    assert problems(f"{BASE}\nsynthesizer: {{provider: shelf, of: inherited}}\n") == [
        "bot.yaml:3:32: synthesizer must be a mapping with a 'provider', not "
        "'inherited'; there is no section above that it could stand for"
    ]


def test_a_section_with_the_same_provider_inherits_the_options(write, load):
    write("base.yaml", "WHOLE\nvoice_activity: {provider: silero, start: 0.7}\n")

    config = load("extends: base.yaml\nvoice_activity: {provider: '${VAD:-silero}', stop: 0.2}\n")

    assert (config.voice_activity.options.start, config.voice_activity.options.stop) == (0.7, 0.2)


def test_a_child_can_remove_a_section(write, load):
    write("base.yaml", "WHOLE\nvoice_activity: {provider: silero, start: 0.7}\n")

    assert load("extends: base.yaml\nvoice_activity: null\n").voice_activity is None


def test_paths_in_extends_are_relative_to_the_file_that_contains_them(write, load):
    write("shared/top.yaml", "WHOLE\nname: Top\n")
    write("shared/middle.yaml", "extends: top.yaml\ngreeting: Hi\n")

    config = load("extends: ${WHERE}/middle.yaml\n", {"WHERE": "shared"})

    assert (config.settings.name, config.settings.greeting) == ("Top", "Hi")


def test_problems_are_reported_in_their_file_those_of_the_child_first(write, problems):
    write(
        "base.yaml",
        "WHOLE\nnme: x\nsynthesizer: {provider: mouth, rate: 5, voice: bob}\n".replace("WHOLE", BASE),
    )

    assert problems("extends: base.yaml\nsynthesizer:\n  pitch: 9\n  voice: zoe\n") == [
        "bot.yaml:3:10: pitch must be less than 3, not 9",
        "base.yaml:3:1: unknown section 'nme'; did you mean 'name'?",
        "base.yaml:4:38: rate must be at least 80, not 5",
    ]


def test_a_variable_that_the_child_overrides_need_not_be_set(write, load):
    write("base.yaml", "WHOLE\nname: ${NO_SUCH_NAME}\n")

    assert load("extends: base.yaml\nname: Polly\n").settings.name == "Polly"


BASE = "recognizer: {provider: ears}\nchat: {provider: parrot}"


@pytest.mark.parametrize(
    ("extends", "expected"),
    [
        (
            "bsae.yaml",
            "1:10: extends names 'bsae.yaml', but there is no such config; did you mean 'base.yaml'?",
        ),
        ("bot2.yaml", "1:10: extends names 'bot2.yaml', but there is no such config"),
        ("bot.yaml", "1:10: extends leads back to the same config: bot.yaml -> bot.yaml"),
        ("[a, b]", "1:10: extends must be the file name of a config, not a list"),
        ("", "1:9: extends must be the file name of a config, not empty"),
        ("${NO}", "1:10: NO is not set, so extends does not name a config"),
        (".", "1:1: this is a directory, not a config; it contains base.yaml and bot.yaml"),
    ],
)
def test_an_invalid_extends_is_the_only_problem_reported(write, problems, tmp_path, extends, expected):
    write("base.yaml", "WHOLE\n")
    file = str(tmp_path) if extends == "." else "bot.yaml"

    assert problems(f"extends: {extends}\nchat: {{rules: []}}\n") == [f"{file}:{expected}"]


def test_a_cycle_through_several_files_is_shown(write, problems):
    write("one.yaml", "extends: two.yaml\n")
    write("two.yaml", "\nextends: one.yaml\n")

    assert problems("extends: one.yaml\n") == [
        "two.yaml:2:10: extends leads back to the same config: one.yaml -> two.yaml -> one.yaml"
    ]


def test_a_broken_parent_does_not_hide_problems_of_the_child(write, problems):
    write("base.yaml", "a: [1\nb: 2\n")

    assert problems("extends: base.yaml\nturns: {patience: fast}\nchat: {provider: parot}\n") == [
        "bot.yaml:2:19: patience must be a number, a mapping or one of quick, normal or relaxed, not 'fast'",
        "bot.yaml:3:18: no chat called 'parot' is installed; installed: mind, parrot; did you mean 'parrot'?",
        "base.yaml:1:4: this '[' is never closed, or a ',' is missing after an item",
    ]


@pytest.mark.skipif(not shipped_configs(), reason="needs at least one shipped config")
def test_a_parent_that_is_not_next_to_its_child_is_looked_up_among_the_shipped_configs(write, plugins):
    name, shipped = next(iter(shipped_configs().items()))

    with pytest.raises(ConfigError) as caught:  # the test does not have its providers
        load_config(
            write("bot.yaml", f"extends: {name}.yaml\nturns: {{patience: fast}}\n"),
            plugins=plugins,
            environ={},
        )

    files = {problem.file for problem in caught.value.problems}
    assert str(shipped) in files
    assert not any(f"extends names '{name}.yaml'" in problem.message for problem in caught.value.problems)
