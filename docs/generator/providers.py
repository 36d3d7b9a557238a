"""providers.md: what each of our providers can be configured with."""

from __future__ import annotations

import inspect

from packaging.requirements import Requirement

from generator.markdown import code, joined, table
from generator.optionwords import option_table
from voicebot.plugin.manager import installed_plugins
from voicebot.plugin.packages import OURS
from voicebot.plugin.registry import KINDS, LISTED, Registration

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
    "observer": "Sees all that happens in a conversation. The section `observers` is a list of them.",
}


def page() -> str:
    """Return the page."""
    providers = ours()
    contents = [
        (
            code(LISTED.get(kind, kind)),
            ", ".join(f"[{r.name}](#{_anchor(_heading(r, providers))})" for r in providers if r.kind == kind),
        )
        for kind in KINDS
    ]
    blocks = [_INTRO, table(("section", "providers"), contents)]
    for kind in KINDS:
        blocks += [f"## {kind}", _KINDS[kind]]
        for registration in providers:
            if registration.kind == kind:
                blocks += _provider(registration, _heading(registration, providers))
    return joined(*blocks)


def _heading(registration: Registration, ours: list[Registration]) -> str:
    """Return what to call a provider on the page: of a name that two kinds have, the second says its kind."""
    first = next(each for each in ours if each.name == registration.name)
    return registration.name if first is registration else f"{registration.name} ({registration.kind})"


def _anchor(heading: str) -> str:
    return heading.replace(" ", "-").replace("(", "").replace(")", "")


def ours() -> list[Registration]:
    """Return the providers that come with voicebot."""
    return [
        registration for registration in installed_plugins().registry if registration.distribution == OURS
    ]


def _provider(registration: Registration, heading: str) -> list[str]:
    doc = inspect.cleandoc(registration.provider.__doc__ or "")
    extras = sorted(
        {extra for package in registration.requires.values() for extra in Requirement(package).extras}
    )
    needs = f"Needs the [extra](../tutorial/first-bot.md#install) `{extras[0]}`." if extras else ""
    return [f"### {heading}", doc, needs, option_table(registration.options)]
