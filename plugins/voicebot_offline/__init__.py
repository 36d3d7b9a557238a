"""Providers that need no network: pocketsphinx listens, espeak-ng speaks, and a script of rules answers.

They are meant for demonstrations and tests. They need no key, no download and no graphics card, and each can
be replaced separately by a better one. Nothing is imported before it is used: the recogniser's worker is a
module of this package and should not have to load the rest of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the recogniser, the synthesizer and the chat model of this plugin."""
    extra = "voicebot-framework[offline]"
    registry.add(
        "pocketsphinx",
        "voicebot_offline.recognition.recognizer:PocketsphinxRecognizer",
        "voicebot_offline.recognition.recognizer:PocketsphinxOptions",
        kind="recognizer",
        requires={"pocketsphinx": extra},
    )
    registry.add(
        "espeak",
        "voicebot_offline.synthesis.synthesizer:EspeakSynthesizer",
        "voicebot_offline.synthesis.synthesizer:EspeakOptions",
        kind="synthesizer",
        requires={"espeakng_loader": extra},
    )
    registry.add(
        "script",
        "voicebot_offline.chat.model:ScriptChat",
        "voicebot_offline.chat.model:ScriptOptions",
        kind="chat",
    )
