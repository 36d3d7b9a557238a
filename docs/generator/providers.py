"""providers.md: what each of our providers can be configured with."""

from __future__ import annotations

import inspect

from generator.markdown import code, joined, table
from generator.optionwords import option_table
from voicebot.plugin.manager import installed_plugins
from voicebot.plugin.registry import KINDS, Registration

_OURS = "voicebot"
_INTRO = """
# Providers

The providers that come with voicebot. A section of a [config](configuration.md) names one with
`provider:`; the other keys of the section are its options. `voicebot plugins` lists what is installed
on your machine, plugins of others included, and `voicebot options NAME` shows the same as this page.
"""
_KINDS = {
    "recognizer": "Speech to text.",
    "chat": "Text to text: the mind of the bot.",
    "synthesizer": "Text to speech.",
    "device": "Where sound comes from and goes to. Without a section `device`, it is `sound-card`.",
    "voice_activity": "The bot's own ears for when somebody speaks. Without a section, it is `silero`; "
    "`voice_activity: null` leaves it to the recogniser.",
    "turn_detector": "How long a pause must last until it is the bot's turn. Without a section, it is "
    "`transcript`; `turn_detector: null` waits 0.8 seconds, within the bounds of `turns.patience`.",
}


def page() -> str:
    """Return the page."""
    ours = [
        registration for registration in installed_plugins().registry if registration.distribution == _OURS
    ]
    contents = [
        (code(kind), ", ".join(f"[{r.name}](#{r.name})" for r in ours if r.kind == kind)) for kind in KINDS
    ]
    blocks = [_INTRO, table(("section", "providers"), contents)]
    for kind in KINDS:
        blocks += [f"## {kind}", _KINDS[kind]]
        for registration in ours:
            if registration.kind == kind:
                blocks += _provider(registration)
    return joined(*blocks)


def _provider(registration: Registration) -> list[str]:
    doc = inspect.cleandoc(registration.provider.__doc__ or "")
    extras = sorted({package for package in registration.requires.values() if "[" in package})
    needs = f"Needs the extra: `pip install '{extras[0]}'`." if extras else ""
    return [f"### {registration.name}", doc, needs, option_table(registration.options)]
