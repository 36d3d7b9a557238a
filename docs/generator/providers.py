"""providers.md: the options of each of our providers."""

from __future__ import annotations

import inspect

from packaging.requirements import Requirement

from generator.markdown import code, joined, table
from generator.optionwords import option_table
from voicebot.plugin.manager import installed_plugins
from voicebot.plugin.packages import OURS
from voicebot.plugin.registry import KINDS, LISTED, Registration
from voicebot.plugin.sections import SectionRegistration

_INTRO = """
# Providers

These providers come with voicebot. A section of a [config](configuration.md) selects one with
`provider:`; the other keys of the section are its options. `voicebot plugins` lists all providers that are
installed on your machine, and `voicebot options NAME` shows the same text as this page.
"""
_KINDS = {
    "recognizer": "Speech to text.",
    "chat": "Text to text: writes the bot's replies.",
    "synthesizer": "Text to speech.",
    "device": "Where sound comes from and goes to. The default is `sound-card`.",
    "voice_activity": "Detects when somebody is speaking. The default is `silero`; "
    "`voice_activity: null` leaves it to the recogniser.",
    "turn_detector": "Decides how much silence ends the user's turn. The default is "
    "`judgement`; `turn_detector: null` waits 0.8 seconds, within the bounds of `turns.patience`.",
    "observer": "Receives every event of a conversation. The section `observers` is a list of observers.",
    "toolset": "What the chat model can have done. The section `tools` is a list of toolsets.",
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
    """Return a provider's heading; if two kinds have the same name, the second heading adds its kind."""
    first = next(each for each in ours if each.name == registration.name)
    return registration.name if first is registration else f"{registration.name} ({registration.kind})"


def _anchor(heading: str) -> str:
    return heading.replace(" ", "-").replace("(", "").replace(")", "")


def ours() -> list[Registration]:
    """Return the providers that come with voicebot."""
    return [
        registration for registration in installed_plugins().registry if registration.distribution == OURS
    ]


def our_sections() -> list[SectionRegistration]:
    """Return the sections of the plugins that come with voicebot."""
    return [section for section in installed_plugins().registry.sections if section.distribution == OURS]


def _provider(registration: Registration, heading: str) -> list[str]:
    doc = inspect.cleandoc(registration.provider.__doc__ or "")
    extras = sorted(
        {extra for package in registration.requires.values() for extra in Requirement(package).extras}
    )
    needs = f"Needs the [extra](../tutorial/first-bot.md#install) `{extras[0]}`." if extras else ""
    return [f"### {heading}", doc, needs, option_table(registration.options)]
