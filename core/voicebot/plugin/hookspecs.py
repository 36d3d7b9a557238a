"""The hooks that a plugin can implement, and the decorator that marks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import Any

    from voicebot.config.load import BotConfig
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

    Every bot uses the words once the plugin is loaded. If a file does not fit the schema, its plugin cannot
    be loaded.
    """


@hookspec
def voicebot_observe(settings: Settings, config: BotConfig) -> Observer[Any] | None:
    """Watch every bot: return an observer of all its conversations, or None.

    `config.sections` has the plugin's own sections (`Registry.add_section`), as far as the config has them.
    Called when a bot is made from a config, whatever the config says. The observer is started, used and
    closed like one that the config lists. A hook that raises is left out with a warning.

    When the config of a bot changes, hooks that take `config` are called again. An observer with the same
    options as before is not used: the one before goes on, and is told (`Observer.renewed`).
    """


@hookspec
def voicebot_filter_transcript(settings: Settings) -> Callable[[str], str] | None:
    """Change what was heard: return a function from words to words, or None to change nothing.

    Called once when each conversation begins, so the function may keep state. It receives the text of each
    partial and final transcript, and each typed line, before anything else sees it: detectors, events,
    history and chat model see only what it returns. It must be quick, since it runs in the event loop.
    Partial transcripts of the same words come again and again, each longer than the one before.

    Filters of several plugins are applied in the order in which plugins are loaded. If a filter raises, the
    words pass unchanged: it fails open, with a `ProviderFailed` event and a warning, once per conversation.
    A hook that raises also fails open: the conversation goes on without its filter. A filter that must not
    fail open catches its own errors and returns something safe.
    """


@hookspec
def voicebot_filter_reply(settings: Settings) -> Callable[[AsyncIterator[str]], AsyncIterator[str]] | None:
    """Change what will be said: return a function from streamed text to streamed text, or None.

    Called once when each conversation begins, so the function may keep state. The function is called for each
    reply of the chat model, with the text as it is written, in pieces of any size, and returns (usually as an
    async generator) what to say instead. That is what is cut into sentences and spoken, what events show and
    what history keeps. Text that it holds back is spoken later, so it should hold back little. Prepared
    replies pass through it too, even if they are never heard, and even while another reply is being spoken.
    The bot's own lines (greeting, prompts, the safe line) do not. Text that comes after the chat model's
    content filter has ended a reply is left out.

    Filters of several plugins are applied in the order in which plugins are loaded. A filter that raises
    ends the reply: what it returned before is spoken, then the safe line, and `ProviderFailed` has the kind
    `filter`. A hook that raises is left out with a warning: the conversation goes on without its filter. A
    filter that must not be left out catches its own errors.
    """


@hookspec
def voicebot_redact(settings: Settings, config: BotConfig) -> Callable[[str], str] | None:
    """Remove what must not be kept: return a function from text to text, or None to remove nothing.

    Called once when each conversation begins, and when it goes on with a changed config, for what observers
    receive from then on. The function receives every text of a conversation before any observer does, and so
    before it is written to a transcript or a recording, or exported: the words of both sides, arguments and
    results of tools, error messages, and what providers were asked and answered. The conversation itself,
    the screen and the events of a `Conversation` keep it. The text of a chat model is held back for some
    words, so that what is removed may come in pieces; keys of a telephone become `?`. The function must be
    quick, since it runs in the event loop. It gets `***` for keys and other secrets of the config, which
    observers never receive.

    Filters of several plugins are applied in the order in which plugins are loaded. They fail closed: if one
    raises, or if the hook does, nothing is left of the text, and a warning is logged once per conversation.
    """
