"""Languages of plugins: they are added to the known ones, and a broken file breaks its plugin."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from voicebot import ConfigError, Settings, language_for, load_config, normalize_text
from voicebot.engine.text.backchannel import is_backchannel
from voicebot.languages.known import use_plugin_languages
from voicebot.languages.tags import suggested_tag
from voicebot.plugin.manager import GROUP, Plugins

PLUGIN = """\
from pathlib import Path
from voicebot import hookimpl

@hookimpl
def voicebot_languages(languages):
    for name in {files}:
        languages.add(Path(__file__).with_name(name))
    {then}
"""
ESPERANTO = "name = 'Esperanto'\n[phrases]\nbackchannels = 'jes ja'\n[questions]\nyes_or_no = '^ĉu'\n"
Load = Callable[..., Plugins]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Load a plugin that adds language files, and use its languages."""
    modules: list[str] = []

    def load(then: str = "pass", **files: str) -> Plugins:
        name = f"language_plugin_{len(modules)}"
        modules.append(name)
        for tag, content in files.items():
            (tmp_path / f"{tag}.toml").write_text(content, encoding="utf-8")
        source = PLUGIN.format(files=[f"{tag}.toml" for tag in files], then=then)
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        plugins = Plugins([importlib.metadata.EntryPoint("words", name, GROUP)])
        use_plugin_languages(plugins.languages)
        return plugins

    sys.path.insert(0, str(tmp_path))
    yield load
    sys.path.remove(str(tmp_path))
    for module in modules:
        sys.modules.pop(module, None)
    use_plugin_languages(())


def test_a_plugin_adds_a_language(load: Load) -> None:
    assert not is_backchannel("Jes, ja!")
    assert "^ĉu" not in Settings().turns.asking_rules()[0].words

    plugins = load(eo=ESPERANTO)

    assert not plugins.broken
    assert language_for("eo-EO").name == "Esperanto"
    assert is_backchannel("Jes ja!")
    assert "^ĉu" in Settings().turns.asking_rules()[0].words


def test_a_language_without_a_usual_region_is_suggested_by_its_tag(load: Load) -> None:
    load(eo="aliases = 'esperanto'\n")

    assert suggested_tag("Esperanto") == "eo"


def test_a_plugin_adds_readings_and_replaces_some(load: Load) -> None:
    assert normalize_text("Dr. Weiß, 2 km", "de").text == "Doktor Weiß, zwei Kilometer"

    load(
        de="[spoken]\nbefore_names = 'dr: Doc'\n",
        eo="[spoken]\nformats = 'to: ĝis'\nunits = 'km: kilometroj'\n",
    )

    assert normalize_text("Dr. Weiß, 2 km", "de").text == "Doc Weiß, zwei Kilometer"
    assert normalize_text("2-3 km", "eo").text == "du ĝis tri kilometroj"


def test_a_plugin_adds_words_to_a_language(load: Load) -> None:
    before = language_for("de").phrases.backchannels

    load(de="[phrases]\nbackchannels = 'jau, ja'\n")

    german = language_for("de")
    assert german.name == "German"
    assert german.phrases.backchannels == (*before, "jau")
    assert german.numbers.digits >= {"zwo"}


def test_a_file_that_does_not_fit_breaks_its_plugin(load: Load, tmp_path: Path) -> None:
    plugins = load(eo=ESPERANTO, de="[phrases]\nbackchannel = 'jau'\n")

    (broken,) = plugins.broken
    place = tmp_path / "de.toml"
    assert broken.error == (f"{place}: phrases.backchannel: unknown key; did you mean phrases.backchannels?")
    assert language_for("eo").name == "", "half of a plugin is not used"


def test_the_languages_of_a_plugin_that_breaks_later_are_not_used(load: Load) -> None:
    plugins = load("raise KeyError('eo')", eo=ESPERANTO)

    assert [plugin.error for plugin in plugins.broken] == ["KeyError: 'eo'"]
    assert language_for("eo").name == ""


def test_a_plugin_that_adds_languages_says_which(load: Load) -> None:
    (plugin,) = load(eo=ESPERANTO, de="").loaded

    assert plugin.hooks == ("voicebot_languages",)
    assert [language.tag for language in plugin.languages] == ["eo", "de"]


def test_a_config_is_checked_with_the_languages_of_its_plugins(load: Load, tmp_path: Path) -> None:
    installed = load(eo="usual_tag = 'eo-EO'\n" + ESPERANTO)
    use_plugin_languages(())
    config = tmp_path / "bot.yaml"
    config.write_text("recognizer: {}\n", encoding="utf-8")

    with pytest.raises(ConfigError):
        load_config(config, plugins=installed)

    assert language_for("eo").name == "Esperanto"
    assert "^ĉu" in Settings().turns.asking_rules()[0].words
