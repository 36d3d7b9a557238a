"""The hooks a plugin can implement, and the marker to implement them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import Any

    from voicebot.config.schema import Settings
    from voicebot.interfaces import Observer
    from voicebot.plugin.commands import Commands
    from voicebot.plugin.languages import Languages
    from voicebot.plugin.registry import Registry

PROJECT = "voicebot"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec(historic=True)
def voicebot_register(registry: Registry) -> None:
    """Register the plugin's providers: `registry.add("my-tts", MySynthesizer, MyOptions)`."""


@hookspec(historic=True)
def voicebot_commands(commands: Commands) -> None:
    """Add commands: `commands.add("greet", "Say hello.", "my_plugin.command:command")`."""


@hookspec(historic=True)
def voicebot_languages(languages: Languages) -> None:
    """Add a language, or words to one: `languages.add(Path(__file__).with_name("eo.toml"))`.

    The words count for every bot whose config is loaded with the plugin. A file that does not fit the schema
    is a plugin that cannot be loaded.
    """


@hookspec
def voicebot_observe(settings: Settings) -> Observer[Any] | None:
    """Watch every bot: return an observer that sees all its conversations, or None to see none.

    Called when a bot is made from a config. The observer is started, asked and closed like one that the
    config lists, whatever the config says. A hook that raises is left out with a warning.
    """


@hookspec
def voicebot_filter_transcript(settings: Settings) -> Callable[[str], str] | None:
    """Change what was heard: return a function from words to words, or None to change nothing.

    Called once for each conversation when it begins, so the function may keep state. It is given the text
    of each partial and final transcript, and each typed line, before anything else sees it: detectors,
    events, history and chat model know only what it returns. It must be quick, for it is called within the
    event loop. Partial transcripts of the same words come again and again, each longer than the one before.

    Filters of several plugins are applied in the order in which plugins are loaded. A filter that raises lets
    the words pass as they were: it fails open, with a `ProviderFailed` event and a warning, once a
    conversation. So does a hook that raises: the conversation is held without its filter. A filter that must
    not fail open catches its own errors and returns what is safe.
    """


@hookspec
def voicebot_filter_reply(settings: Settings) -> Callable[[AsyncIterator[str]], AsyncIterator[str]] | None:
    """Change what will be said: return a function from streamed text to streamed text, or None.

    Called once for each conversation when it begins, so the function may keep state. It is called for each
    reply of the chat model, with the text as it is written, in pieces of any size, and returns (as an async
    generator does) what is to be said instead. That is what is cut into sentences and spoken, what events
    show and history keeps. What it holds back is spoken later, so it should hold back little. Replies that
    are made ahead pass through it too, even if nobody hears them, while another one may still be spoken.
    What the bot says of itself (greeting, prompts, the safe line) does not. Text that comes after the chat
    model's content filter has ended a reply is left out.

    Filters of several plugins are applied in the order in which plugins are loaded. A filter that raises
    ends the reply: what it gave before is spoken, then the safe line, and `ProviderFailed` has the kind
    `filter`. A hook that raises is left out with a warning: the conversation is held without its filter. A
    filter that must not be left out catches its own errors.
    """
