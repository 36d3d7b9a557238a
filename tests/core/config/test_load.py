"""Loading complete configs, and everything that can be wrong with sections and options."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from voicebot import ConfigError, Registry, hookimpl
from voicebot.config.load import choose, load_config
from voicebot.config.reading.tree import Place, Scalar
from voicebot.config.reading.value_text import value_text
from voicebot.config.schema import Settings, bounds
from voicebot.plugin.manager import Plugins
from voicebot.plugin.packages import install_command

CLOUD = "recognizer: {provider: ears}\nchat: {provider: parrot}\nsynthesizer:\n  provider: cloud\n"

EARS_AND_MOUTH = "recognizer: {provider: ears}\nsynthesizer: {provider: mouth}\n"


def test_a_small_config_selects_providers_and_uses_defaults_otherwise(load):
    config = load("WHOLE\n")

    names = {
        kind: getattr(config, kind).registration.name
        for kind in ("recognizer", "chat", "synthesizer", "device", "voice_activity")
    }
    assert names == {
        "recognizer": "ears",
        "chat": "parrot",
        "synthesizer": "mouth",
        "device": "sound-card",
        "voice_activity": "silero",
    }
    assert (config.settings, config.warnings) == (Settings(), ())


def test_settings_and_options_have_their_types(load):
    config = load(
        """\
        name: Polly
        phrases: [polly wants a cracker]
        turns: {patience: 2, interruptible: off}
        recognizer: {provider: ears}
        chat:
          provider: parrot
          rules:
            - {pattern: hello, answers: hi}
            - {pattern: bye, answers: [so long, "5"], weight: 2}
          by_name: {yes: {pattern: x}}
        synthesizer: {provider: mouth, rate: "200", pace: fast}
        """
    )

    assert (config.settings.name, config.settings.phrases) == ("Polly", ("polly wants a cracker",))
    assert (config.settings.turns.patience, config.settings.turns.interruptible) == (2.0, False)
    assert [rule.answers for rule in config.chat.options.rules] == ["hi", ("so long", "5")]
    assert list(config.chat.options.by_name) == ["yes"]
    assert (config.synthesizer.options.rate, config.synthesizer.options.pace) == (200, "fast")


def test_texts_of_a_config_can_be_encoded(load):
    config = load(
        """\
        WHOLE
        system: "half \\ud83d, whole \\ud83d\\ude00"
        greeting: ${GREETING}
        phrases: ["\\ude00", plain]
        """.replace("        WHOLE", "WHOLE").replace("        ", ""),
        {"GREETING": "caf\udce9"},
    )

    assert config.settings.system == "half \ufffd, whole 😀"
    assert config.settings.greeting == "caf\ufffd"
    assert config.settings.phrases == ("\ufffd", "plain")


def test_problems_of_a_config_can_be_encoded(problems):
    (problem,) = problems('WHOLE\n"na\\ud83dme": x\n')
    assert problem.encode()
    assert "unknown section 'na\ufffdme'" in problem


SPEAKER = """\
recognizer: {provider: ears}
chat: {provider: parrot}
synthesizer: {provider: mouth, voice: bob, rate: 200}
"""


def test_overridden_values_need_not_be_valid(write, plugins):
    path = write("bot.yaml", SPEAKER)

    config = load_config(path, plugins=plugins, overrides={"synthesizer": {"voice": "eve"}})

    assert (config.synthesizer.options.voice, config.synthesizer.options.rate) == ("eve", 200)
    assert config.warnings == ()


def test_overrides_are_checked_and_located_on_the_command_line(write, plugins):
    path = write("bot.yaml", SPEAKER + "language: nl-NL")

    overrides = {"synthesizer": {"voice": "eve", "voise": "eve", "rate": "1"}}
    with pytest.raises(ConfigError) as raised:
        load_config(path, plugins=plugins, overrides=overrides)
    config = load_config(path, plugins=plugins, overrides={"synthesizer": {"voice": "eve"}})

    assert [(problem.file, problem.message) for problem in raised.value.problems] == [
        ("<command line>", "rate must be at least 80, not '1'"),
        ("<command line>", "unknown option 'voise' of mouth; did you mean 'voice'?"),
    ]
    assert [str(warning) for warning in config.warnings] == [
        "<command line>:1:1: warning: mouth: eve does not speak nl-NL"
    ]


def test_an_override_does_not_repair_an_invalid_section(write, plugins):
    path = write("bot.yaml", "recognizer: {provider: ears}\nchat: {provider: parrot}\nsynthesizer: mouth\n")

    with pytest.raises(ConfigError, match="synthesizer must be a mapping"):
        load_config(path, plugins=plugins, overrides={"synthesizer": {"voice": "eve"}})


def test_the_setup_text_is_a_hint_only_if_variables_are_missing(write, plugins):
    def hint(more: str, environ: dict[str, str]) -> str:
        path = write("bot.yaml", f"WHOLE\nsetup: Ask Polly.\nname: ${{POLLY}}\n{more}\n")
        with pytest.raises(ConfigError) as raised:
            load_config(path, plugins=plugins, environ=environ)
        return raised.value.hint

    assert hint("", {}) == "Ask Polly."
    assert hint("colour: red", {"POLLY": "Polly"}) == ""


def test_a_choice_creates_its_provider_with_its_options(load):
    choice = load("WHOLE\n").synthesizer

    assert type(choice.make()) is choice.registration.provider
    assert choice.make().options is choice.options


def test_no_voice_activity_means_none(load):
    assert load("WHOLE\nvoice_activity: null\n").voice_activity is None


def test_the_default_turn_detector_is_judgement(load):
    assert load("WHOLE\n").turn_detector.registration.name == "judgement"
    assert load("WHOLE\nturn_detector: null\n").turn_detector is None


@pytest.mark.parametrize(
    ("said", "patience"),
    [
        ("quick", (0.2, 1.6)),
        ("relaxed", (0.7, 3.2)),
        ("1.2", (1.2, 1.2)),
        ("{earliest: 0.4, latest: 2}", (0.4, 2.0)),
    ],
)
def test_patience_is_a_word_a_number_or_a_range(load, said, patience):
    turns = load(f"WHOLE\nturns: {{patience: {said}, prepare: off}}\n").settings.turns

    assert bounds(turns.patience) == patience
    assert turns.prepare == "off"


def test_patience_with_a_maximum_below_the_minimum_is_rejected(problems):
    (problem,) = problems("WHOLE\nturns: {patience: {earliest: 2, latest: 1}}\n")

    assert "earliest must not be more than latest" in problem


def test_a_device_can_be_replaced(load, plugins):
    config = load("WHOLE\n")

    other = config.with_device(choose("device", "wav", {"input": Path("a.wav")}, plugins=plugins))

    assert (other.device.options.input, other.chat) == (Path("a.wav"), config.chat)
    assert config.device.registration.name == "sound-card"


def test_keys_that_begin_with_x_are_ignored(load):
    assert load("x-notes: {anything: [at, all]}\nWHOLE\n").settings == Settings()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "synthesiser: {provider: mouth}",
            ["4:1: unknown section 'synthesiser'; did you mean 'synthesizer'?"],
        ),
        ("Name: x", ["4:1: unknown section 'Name'; did you mean 'name'?"]),
        ("extend: x.yaml", ["4:1: unknown section 'extend'; did you mean 'extends'?"]),
        ("voice: {}", ["4:1: unknown section 'voice'; did you mean 'synthesizer'?"]),
        ("STT: {}", ["4:1: unknown section 'STT'; did you mean 'recognizer'?"]),
        ("llm: {}", ["4:1: unknown section 'llm'; did you mean 'chat'?"]),
        ("speaker: {}", ["4:1: unknown section 'speaker'; did you mean 'device'?"]),
        ("vad: {}", ["4:1: unknown section 'vad'; did you mean 'voice_activity'?"]),
        ("zzz: 1", ["4:1: unknown section 'zzz'"]),
        ("patience: 1", ["4:1: unknown section 'patience'; 'patience' belongs in the section 'turns'"]),
        ("turns: {patiance: 1}", ["4:9: unknown option 'patiance' of turns; did you mean 'patience'?"]),
        ("history: {x: 1}", ["4:11: unknown option 'x' of history; its options are budget and compact"]),
        (
            "history: {budget: 9000, compact: {}}",
            [
                "4:1: history: compact.over (16000) must be less than budget (9000), or turns are left out "
                "before they are summarised"
            ],
        ),
        ("rate: 99", ["4:1: unknown section 'rate'; 'rate' belongs in the section 'synthesizer'"]),
        ("persona: x", ["4:1: unknown section 'persona'; did you mean 'system'?"]),
        ("Instructions: x", ["4:1: unknown section 'Instructions'; did you mean 'system'?"]),
        ("welcome: x", ["4:1: unknown section 'welcome'; did you mean 'greeting'?"]),
        (
            "turns: relaxed",
            ["4:8: turns must be a mapping, not 'relaxed'; write `turns: {patience: relaxed}`"],
        ),
        (
            "reply: sentence",
            ["4:8: reply must be a mapping, not 'sentence'; write `reply: {first_unit: sentence}`"],
        ),
        ("turns: hasty", ["4:8: turns must be a mapping, not 'hasty'"]),
        ("turns: 3", ["4:8: turns must be a mapping, not 3"]),
        ("turns:", ["4:7: turns must be a mapping, not empty"]),
        (
            "turns: {patience: fast}",
            ["4:19: patience must be a number, a mapping or one of quick, normal or relaxed, not 'fast'"],
        ),
        (
            "turns: {patience: yes}",
            ["4:19: patience must be a number, a mapping or one of quick, normal or relaxed, not yes"],
        ),
        (
            "turns: {patience: [1]}",
            ["4:9: patience must be a number, a mapping or one of quick, normal or relaxed, not a list"],
        ),
        ("turns: {patience: 31}", ["4:19: patience must be at most 30, not 31"]),
        ("turns: {patience: -1}", ["4:19: patience must be at least 0, not -1"]),
        ("turns: {patience: .nan}", ["4:19: patience must be at most 30, not .nan"]),
        ("turns: {interruptible: maybe}", ["4:24: interruptible must be true or false, not 'maybe'"]),
        ("start_timeout: 0", ["4:16: start_timeout must be more than 0, not 0"]),
        ("history: {budget: 1.5}", ["4:19: budget must be a whole number, not 1.5"]),
        ("phrases: hello", ["4:10: phrases must be a list, not 'hello'"]),
        ("phrases:\n  - a\n  - 5", ["6:5: item 2 of phrases must be text, not 5; put quotes around it"]),
        ("language: no", ["4:11: language must be text, not no; put quotes around it"]),
        ("greeting:", ["4:10: greeting must be text, not empty"]),
        (
            "reply: {first_unit: shrt}",
            ["4:21: first_unit must be one of short or sentence, not 'shrt'; did you mean 'short'?"],
        ),
        ("reply: {first_unit: word}", ["4:21: first_unit must be one of short or sentence, not 'word'"]),
        (
            f"turns: {{patience: {'very ' * 20}long}}",
            [
                "4:19: patience must be a number, a mapping or one of quick, normal or relaxed, "
                "not 'very very very very very very very very...'"
            ],
        ),
    ],
)
def test_problems_of_settings_are_in_plain_words(problems, text, expected):
    assert problems(f"WHOLE\n{text}\n") == [f"bot.yaml:{line}" for line in expected]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("voise: zoe", ["5:3: unknown option 'voise' of mouth; did you mean 'voice'?"]),
        (
            "zzz: 1",
            [
                "5:3: unknown option 'zzz' of mouth; its options are "
                "voice, rate, pitch, loud, style, pace, nickname, save_to and shelf"
            ],
        ),
        ("rate: 1000", ["5:9: rate must be at most 400, not 1000"]),
        ("pitch: 0", ["5:10: pitch must be more than 0, not 0"]),
        ("pitch: 3", ["5:10: pitch must be less than 3, not 3"]),
        ("voice: bob", ["5:10: voice: bob has lost his voice"]),
        (
            "style: chearful",
            ["5:10: style must be one of calm or cheerful, not 'chearful'; did you mean 'cheerful'?"],
        ),
        ("pace: fst", ["5:9: pace must be a number or one of slow or fast, not 'fst'; did you mean 'fast'?"]),
        (
            "loud: 7\n  rate: x",
            ["5:9: loud must be true or false, not 7", "6:9: rate must be a whole number, not 'x'"],
        ),
    ],
)
def test_problems_of_options_are_in_plain_words(problems, options, expected):
    text = f"{CLOUD.replace('cloud', 'mouth')}  {options}\n"

    assert problems(text) == [f"bot.yaml:{line}" for line in expected]


def test_options_in_lists_and_mappings_have_their_own_locations(problems):
    text = """\
        recognizer: {provider: ears, x: 1}
        chat:
          provider: parrot
          rules:
            - pattern: hello
              answers:
                - hi
                - 5
            - patern: x
              weight: 50
            - just text
            - weight: 1
          by_name:
            a: {pattern: x, weight: yes}
          default: {pattern: x, answers: {a: b}}
        synthesizer: {provider: mouth}
        """

    assert problems(text) == [
        "bot.yaml:1:30: unknown option 'x' of ears; it has no options",
        "bot.yaml:8:11: item 2 of answers must be text, not 5; put quotes around it",
        "bot.yaml:9:7: unknown option 'patern' of item 2 of rules; did you mean 'pattern'?",
        "bot.yaml:10:15: weight must be at most 10, not 50",
        "bot.yaml:11:7: item 3 of rules must be a mapping, not 'just text'",
        "bot.yaml:12:7: item 4 of rules needs the option 'pattern'",
        "bot.yaml:14:29: weight must be a number, not yes",
        "bot.yaml:15:25: answers must be text or a list, not a mapping",
    ]


@pytest.mark.parametrize(
    ("chat", "expected"),
    [
        ("", "chat must be a mapping with a 'provider', not empty; installed: mind, parrot"),
        (
            "parrot",
            "chat must be a mapping with a 'provider', not 'parrot'; write `chat: {provider: parrot}`",
        ),
        ("zzz", "chat must be a mapping with a 'provider', not 'zzz'; installed: mind, parrot"),
        ("[parrot]", "chat must be a mapping with a 'provider', not a list; installed: mind, parrot"),
        ("{script: a}", "chat has no 'provider'; add one; installed: mind, parrot"),
        ("{provder: parrot}", "chat has no 'provider'; is 'provder' a misspelling of it?"),
        (
            "{provider: parot}",
            "no chat called 'parot' is installed; installed: mind, parrot; did you mean 'parrot'?",
        ),
        ("{provider: zzz}", "no chat called 'zzz' is installed; installed: mind, parrot"),
        (
            "{provider: mouth}",
            "no chat called 'mouth' is installed; 'mouth' is a provider for synthesizer; "
            "installed: mind, parrot",
        ),
        ("{provider: [a]}", "provider must be a name, not a list; installed: mind, parrot"),
        ("{provider: }", "provider must be a name, not empty; installed: mind, parrot"),
        (
            "{provider: mind}",
            "chat 'mind' needs packages that are not installed: pip install 'mind-sdk[all]'",
        ),
    ],
)
def test_a_section_without_a_valid_provider_brings_the_available_ones(problems, chat, expected):
    (only,) = problems(f"recognizer: {{provider: ears}}\nsynthesizer: {{provider: mouth}}\nchat: {chat}\n")

    assert only.startswith("bot.yaml:3:")
    assert only.split(": ", 1)[1] == expected


def test_options_are_checked_even_if_a_package_is_missing(problems):
    text = "recognizer: {provider: ears}\nsynthesizer: {provider: mouth}\nchat: {provider: mind, scrpt: x}\n"

    assert [line.split(": ", 1)[1] for line in problems(text)] == [
        "chat 'mind' needs packages that are not installed: pip install 'mind-sdk[all]'",
        "unknown option 'scrpt' of mind; did you mean 'script'?",
    ]


def test_every_missing_required_section_is_reported(problems):
    assert problems("name: x\n") == [
        "bot.yaml:1:1: there is no section 'chat'; add 'chat: {provider: NAME}'; installed: mind, parrot",
        "bot.yaml:1:1: there is no section 'recognizer'; add 'recognizer: {provider: NAME}'; installed: ears",
        "bot.yaml:1:1: there is no section 'synthesizer'; add 'synthesizer: {provider: NAME}'; "
        "installed: cloud, mouth",
    ]


def test_a_misspelt_section_is_not_also_reported_as_missing(problems):
    text = "recogniser: {provider: ears}\nchat: {provider: parrot}\nsynthesizer: {provider: mouth}\n"

    assert problems(text) == ["bot.yaml:1:1: unknown section 'recogniser'; did you mean 'recognizer'?"]


def test_a_missing_option_is_reported_at_its_provider(problems):
    text = "recognizer: {provider: ears}\nchat: {provider: parrot}\nsynthesizer: {provider: cloud}\n"

    assert problems(text) == ["bot.yaml:3:25: cloud needs the option 'api_key'"]


class _Broken:
    @hookimpl
    def voicebot_register(self, registry: Registry) -> None:
        raise RuntimeError("the moon is\nin the wrong place")


class _EntryPoint:
    """The part of an entry point that `Plugins` uses, without a distribution."""

    name, value, dist = "lunar", "lunar", None

    def load(self) -> object:
        return _Broken()


def test_a_broken_plugin_is_mentioned_if_a_provider_is_unknown(write):
    plugins = Plugins(entry_points=[_EntryPoint()])

    with pytest.raises(ConfigError) as caught:
        load_config(write("bot.yaml", "chat: {provider: moon}\n"), plugins=plugins, environ={})

    assert (
        "no chat called 'moon' is installed; no chat is installed; "
        "it may belong to plugin 'lunar' of unknown, which failed to load "
        "(RuntimeError: the moon is in the wrong place)"
    ) in [problem.message for problem in caught.value.problems]


def test_default_providers_that_are_not_installed_are_reported(write):
    with pytest.raises(ConfigError) as caught:
        load_config(write("bot.yaml", "name: x\n"), plugins=Plugins(entry_points=[]), environ={})

    messages = [problem.message for problem in caught.value.problems]
    assert "no device called 'sound-card' is installed; no device is installed" in messages
    assert "no voice_activity called 'silero' is installed; no voice_activity is installed" in messages


@pytest.mark.parametrize(
    ("mood", "expected"),
    [
        ("{weight: 1}", "mood needs the option 'pattern'"),
        ("{pattern: x, wait: 1}", "unknown option 'wait' of mood; did you mean 'weight'?"),
        ("{pattern: x, weight: 11}", "weight must be at most 10, not 11"),
        ("[x]", "mood must be text or a mapping, not a list"),
        ("5", "mood must be text or a mapping, not 5; put quotes around it"),
    ],
)
def test_for_a_union_only_the_matching_alternative_is_reported(problems, mood, expected):
    text = f"{EARS_AND_MOUTH}chat: {{provider: parrot, mood: {mood}}}\n"

    assert [line.split(": ", 1)[1] for line in problems(text)] == [expected]


def test_a_home_directory_is_expanded_if_the_user_exists(load):
    config = load(
        f"{EARS_AND_MOUTH}device: {{provider: wav, input: ~/a.wav}}\n"
        "chat: {provider: parrot, script: ~nobody-here/x}\n"
    )

    assert config.device.options.input == Path("~/a.wav").expanduser()
    assert config.chat.options.script.name == "x"


def test_advice_is_located_at_the_option_or_else_at_the_provider(load):
    config = load(
        "recognizer: {provider: ears}\n"
        "chat: {provider: parrot}\n"
        "synthesizer:\n"
        "  provider: mouth\n"
        "language: nl-NL\n"
    )

    assert [str(warning).partition("bot.yaml:")[2] for warning in config.warnings] == [
        "4:13: warning: mouth: amy does not speak nl-NL"
    ]


def test_advice_is_asked_for_each_language_and_shown_once(load, problems):
    mouth = "recognizer: {provider: ears}\nchat: {provider: parrot}\nsynthesizer:\n  provider: mouth\n"
    config = load(f"{mouth}languages: [nl-NL, de-DE, en-US]\n")

    assert (config.settings.language, config.settings.spoken_languages) == (
        "nl-NL",
        ("nl-NL", "de-DE", "en-US"),
    )
    assert [warning.message for warning in config.warnings] == ["mouth: amy does not speak nl-NL"]
    assert problems(f"{mouth}  style: calm\n  loud: true\nlanguages: [de-DE, en-US]\n") == [
        "bot.yaml:6:9: mouth: calm voices are never loud"
    ]


def test_a_language_in_other_letter_case_is_the_same(load):
    settings = load(
        f"{EARS_AND_MOUTH}chat: {{provider: parrot}}\nlanguage: en-US\nlanguages: [en-us, de, DE]\n"
    ).settings

    assert settings.spoken_languages == ("en-US", "de")


def test_each_of_several_languages_must_be_a_tag(problems):
    assert problems(f"{EARS_AND_MOUTH}chat: {{provider: parrot}}\nlanguages: [de-DE, german]\n") == [
        "bot.yaml:4:20: item 2 of languages: 'german' is not a language tag; did you mean de-DE?"
    ]


def test_advice_that_is_an_error_makes_a_config_invalid(problems):
    found = problems(
        "recognizer: {provider: ears}\nchat: {provider: parrot}\nsynthesizer: {provider: mouth, loud: true}\n"
    )

    assert found == ["bot.yaml:3:38: mouth: calm voices are never loud"]


def test_a_secret_in_plain_text_is_warned_about_and_not_shown(load):
    config = load(f"{CLOUD}  api_key: hunter2\n  headers: {{token: hunter3}}\n")

    places = [(warning.line, warning.column, warning.severity) for warning in config.warnings]
    assert places == [(5, 12, "warning"), (6, 20, "warning")]
    assert config.warnings[0].message == (
        "api_key is a secret in plain text; put it in the environment or a .env file, and write ${NAME} here"
    )
    assert "hunter" not in f"{config} {config.warnings}"


@pytest.mark.parametrize(
    ("header", "is_secret"),
    [
        ("Authorization: hunter2", True),
        ("X-Api-Key: hunter2", True),
        ("GITHUB_TOKEN: hunter2", True),
        ("PGPASSWORD: hunter2", True),
        ("Cookie: a=b", True),
        ("DATABASE_URL: 'db://me:hunter2@db.example/x'", True),
        ("ACCOUNT: 3f2b8c1d-77aa-4e0b-9d51-0c6a2f4b8e13", True),
        ("TZ: UTC", False),
        ("TZ: Europe/Berlin", False),
        ("LOG_LEVEL: debug", False),
        ("PORT: '8080'", False),
        ("SERVER: 'https://api.example:8443/v2/tools'", False),
        ("Accept-Language: 'de-DE, de;q=0.9'", False),
        ("DATA: /usr/share/this-is-a-long-name-without-digits", False),
    ],
)
def test_of_headers_and_variables_those_that_look_like_secrets_are_warned_about(load, header, is_secret):
    config = load(f"{CLOUD}  api_key: ${{KEY}}\n  headers: {{{header}}}\n", {"KEY": "hunter2"})

    name = header.partition(":")[0]
    warned = [warning.message.split(";")[0] for warning in config.warnings]
    assert warned == ([f"{name} is a secret in plain text"] if is_secret else [])


def test_a_secret_from_a_variable_brings_no_warning(load):
    config = load(f"{CLOUD}  api_key: ${{KEY}}\n", {"KEY": "hunter2"})

    assert config.warnings == ()
    assert "hunter2" not in repr(config)


@pytest.mark.parametrize(
    "options",
    [
        "api_key: [hunter2]",
        "api_key: {a: hunter2}",
        "api_key: hunter2\n  region: mars",
        "api_key: x\n  headers: hunter2",
    ],
)
def test_secrets_are_removed_from_messages_of_plugins(problems, options):
    found = problems(f"{CLOUD}  {options}\n")

    assert any("warning" not in line for line in found)
    assert "hunter2" not in "".join(found)


def test_paths_are_relative_to_the_file_that_contains_them(write, load, tmp_path):
    write("deep/base.yaml", "WHOLE\ndevice: {provider: wav, input: sounds/a.wav}\n")

    config = load("extends: deep/base.yaml\nchat: {files: [a.txt, /b.txt, '${FILE}']}\n", {"FILE": "c.txt"})

    assert config.device.options.input == tmp_path / "deep" / "sounds" / "a.wav"
    assert config.chat.options.files == (tmp_path / "a.txt", Path("/b.txt"), tmp_path / "c.txt")


def test_a_word_in_place_of_a_path_stays_a_word(load, tmp_path):
    text = f"{CLOUD.replace('cloud', 'mouth')}  save_to: %s\n"

    assert load(text % '"-"').synthesizer.options.save_to == "-"
    assert load(text % "x.wav").synthesizer.options.save_to == tmp_path / "x.wav"


def test_paths_of_a_choice_on_the_command_line_are_relative_to_the_working_directory(plugins):
    assert choose("device", "wav", {"input": "a.wav"}, plugins=plugins).options.input == Path("a.wav")


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("wave", {}, "no device called 'wave' is installed; installed: sound-card, wav; did you mean 'wav'?"),
        ("wav", {}, "wav needs the option 'input'"),
        ("wav", {"input": 5}, "input must be a path, not 5"),
        ("wav", {"input": "x", "inptu": "x"}, "unknown option 'inptu' of wav; did you mean 'input'?"),
    ],
)
def test_an_invalid_choice_on_the_command_line_is_reported_as_such(plugins, name, options, expected):
    with pytest.raises(ConfigError) as caught:
        choose("device", name, options, plugins=plugins)

    assert str(caught.value) == f"<command line>:1:1: {expected}"


def test_the_modes_of_echo_are_words_and_booleans_bring_a_suggestion(load, problems):
    assert [load(f"WHOLE\necho: {mode}\n").settings.echo for mode in ("none", "mute")] == ["none", "mute"]
    for said in ("off", "no", "on"):
        (problem,) = problems(f"WHOLE\necho: {said}\n")
        assert problem.startswith("bot.yaml:4:7: echo: on, off, yes and no are ambiguous")
    assert problems("WHOLE\necho: cancle\n") == [
        "bot.yaml:4:7: echo must be one of none, mute or cancel, not 'cancle'; did you mean 'cancel'?"
    ]


def test_echo_cancellation_without_its_package_is_reported_at_the_setting(problems, monkeypatch):
    monkeypatch.setitem(sys.modules, "livekit", None)  # as if it were not installed

    command = install_command("voicebot-framework[aec]")
    assert problems("WHOLE\necho: cancel\n") == [
        f"bot.yaml:4:7: echo: cancel needs a package that is not installed: {command}"
    ]


def test_a_deprecated_option_works_and_brings_a_warning_at_its_location(load):
    config = load(
        """\
        recognizer: {provider: ears}
        chat:
          provider: parrot
          rules:
            - {pattern: hello, answers: hi}
            - pattern: bye
              reply: so long
        synthesizer: {provider: mouth, speed: 200}
        """
    )

    assert [str(warning).partition("bot.yaml")[2] for warning in config.warnings] == [
        ":7:7: warning: the option 'reply' is deprecated: use `answers`",
        ":8:32: warning: the option 'speed' is deprecated: use `rate`",
    ]
    assert config.synthesizer.options.model_dump()["speed"] == 200


@pytest.mark.parametrize("said", ["on", "off", "'off'"])
def test_a_literal_may_be_a_word_that_yaml_reads_as_a_boolean(load, problems, said):
    config = load(f"{EARS_AND_MOUTH.replace('mouth', f'mouth, shelf: {said}')}chat: {{provider: parrot}}\n")

    assert config.synthesizer.options.shelf == said.strip("'")


@pytest.mark.parametrize(
    "said",
    [
        "https://captain:p4ssw0rd-of-forty-characters-and-more@proxy:80",
        "captain:p4ssw0rd@proxy:80",
        "//p4ssw0rd@x",
    ],
)
def test_a_password_in_an_address_is_not_shown(said):
    reported = value_text(Scalar(Place("a.yaml"), said, said))

    assert "p4ssw0rd" not in reported
    assert reported.startswith(("'***@", "'//***@"))
