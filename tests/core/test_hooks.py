"""Hooks other than registration: what plugins add to every bot, and how their failures are handled."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import dedent

import pytest

from voicebot import Bot, Options, load_config
from voicebot.plugin.manager import GROUP, Plugins
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer

CONFIG = """\
name: Polly
recognizer: {provider: tiny}
chat: {provider: tiny}
synthesizer: {provider: tiny}
voice_activity: null
turn_detector: null
device: {provider: card}
"""
CARD = """\
    from voicebot import AudioDevice, Options, hookimpl

    class Card(AudioDevice[Options]):
        def open(self):
            raise NotImplementedError

    @hookimpl
    def voicebot_register(registry):
        registry.add("card", Card, Options)
    """
WATCHING = """\
    from voicebot import Observer, Options, hookimpl

    class Watch(Observer[Options]):
        async def observe(self, conversation, events):
            raise NotImplementedError

    @hookimpl
    def voicebot_observe(settings):
        return Watch(Options())
    """
IDLE = """\
    from voicebot import hookimpl

    @hookimpl
    def voicebot_observe():
        return None
    """
BROKEN = """\
    from voicebot import hookimpl

    @hookimpl
    def voicebot_observe(settings):
        raise KeyError(settings.name)
    """
WRONG = """\
    from voicebot import hookimpl

    @hookimpl
    def voicebot_observe(settings):
        return "everything"
    """
ADDING = """\
    from voicebot import hookimpl

    @hookimpl{order}
    def voicebot_filter_transcript(settings):
        return lambda text: text + " {word}"
    """


class TinyRecognizer(ScriptedRecognizer):
    def __init__(self, options: Options) -> None:
        super().__init__()


class TinyChatModel(ScriptedChatModel):
    def __init__(self, options: Options) -> None:
        super().__init__()


class TinySynthesizer(ScriptedSynthesizer):
    def __init__(self, options: Options) -> None:
        super().__init__()


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[object]:
    """Create a bot with only the plugins that are given by their source code."""
    modules: list[str] = []

    def bot(*sources: str) -> tuple[Bot, Plugins]:
        entry_points = []
        for number, source in enumerate([CARD, *sources]):
            module = f"hooking_plugin_{number}"
            modules.append(module)
            (tmp_path / f"{module}.py").write_text(dedent(source))
            entry_points.append(importlib.metadata.EntryPoint(f"p{number}", module, GROUP))
        plugins = Plugins(entry_points)
        for name, provider in (("tiny", TinyRecognizer), ("tiny", TinyChatModel), ("tiny", TinySynthesizer)):
            plugins.registry.add(name, provider, Options)
        path = tmp_path / "bot.yaml"
        path.write_text(CONFIG)
        return Bot.from_config(load_config(path, plugins=plugins, environ={})), plugins

    sys.path.insert(0, str(tmp_path))
    yield bot
    sys.path.remove(str(tmp_path))
    for module in modules:
        sys.modules.pop(module, None)


def applied(bot: Bot, text: str) -> str:
    for make in bot.transcript_filters:
        text = make(bot.settings)(text)  # type: ignore[misc]
    return text


def test_a_plugin_observes_every_bot_that_is_made_from_a_config(bot, caplog):
    made, _ = bot(IDLE, WATCHING)
    assert [(each.name, type(each.observer).__name__) for each in made.observers] == [
        ("p2 of unknown", "Watch")
    ]
    assert made.names["chat"] == "tiny"
    assert caplog.text == ""


def test_a_failing_hook_is_skipped_with_a_warning_and_the_others_work(bot, caplog):
    made, _ = bot(BROKEN, WRONG, WATCHING)
    assert [each.name for each in made.observers] == ["p3 of unknown"]
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == [
        "the observer of plugin 'p1 of unknown' is left out: it broke: KeyError (-v shows where)",
        "the observer of plugin 'p2 of unknown' is left out: it returned str, which is not an Observer",
    ]


@pytest.mark.parametrize(
    ("orders", "words"),
    [(["", "", ""], "a b c"), (["(trylast=True)", "", "(tryfirst=True)"], "c b a")],
)
def test_filters_are_applied_in_the_order_of_loading_unless_marked_first_or_last(
    bot, orders: Sequence[str], words: str
):
    made, _ = bot(*(ADDING.format(order=order, word=word) for order, word in zip(orders, "abc", strict=True)))
    assert applied(made, "x") == f"x {words}"


def test_a_loaded_plugin_lists_its_hooks(bot):
    _, plugins = bot(WATCHING, ADDING.format(order="", word="a"))
    assert [plugin.hooks for plugin in plugins.loaded] == [
        ("voicebot_register",),
        ("voicebot_observe",),
        ("voicebot_filter_transcript",),
    ]


def test_hooks_of_a_broken_plugin_are_not_called(bot):
    broken = WATCHING + "\n    @hookimpl\n    def voicebot_register(registry):\n        1 / 0\n"
    made, plugins = bot(broken)
    assert [plugin.name for plugin in plugins.broken] == ["p1"]
    assert made.observers == ()


def test_a_hook_cannot_be_wrapped(bot):
    wrapper = ADDING.format(order="(wrapper=True)", word="a").replace("return", "yield")
    _, plugins = bot(wrapper)
    (broken,) = plugins.broken
    assert broken.error == "voicebot_filter_transcript wraps a hook; hooks cannot be wrapped"
