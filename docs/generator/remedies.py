"""remedies.md: what can go wrong with Azure and other chat servers, and what to do about it."""

from __future__ import annotations

import re

import voicebot_azure.remedies
import voicebot_openai.errors.remedies
import voicebot_openai.errors.speech_remedies
from generator.markdown import code, joined, table
from voicebot_openai.errors.causes import Cause
from voicebot_openai.errors.remedies import Remedy

_INTRO = """
# What can go wrong with a service, and what to do

An error message is one line: where, what, and one thing to do. It comes from one of these tables. Retries
happen within the turn; if they do not help, the bot says its `on_error` line, and the conversation goes on.
"""
_SPEECH = """
## Azure Speech

The line begins with the service and its region, such as "Azure Speech in swedencentral".
"""
_CHAT = """
## Azure OpenAI and other chat models

The line begins with the server's address. Words in braces are replaced; `{said}` is the message from the
server itself.
"""

_AUDIO = """
## Voices and recognisers with OpenAI's audio API

`openai-tts` and `openai-stt` say the same as chat models, except for these.
"""


def page() -> str:
    """Return the page."""
    speech = [
        (code(sign), remedy.problem, remedy.to_do, _again(retried=remedy.retryable))
        for sign, remedy in voicebot_azure.remedies.REMEDIES.items()
    ]
    chat_remedies = voicebot_openai.errors.remedies.REMEDIES
    audio = [
        _row(cause, remedy)
        for cause, remedy in voicebot_openai.errors.speech_remedies.SPEECH_REMEDIES.items()
        if remedy != chat_remedies[cause]
    ]
    columns = ("cause", "Azure OpenAI", "other servers", "retried")
    return joined(
        _INTRO,
        _SPEECH,
        table(("sign", "it ...", "what to do", "retried"), speech),
        _CHAT,
        table(columns, [_row(cause, remedy) for cause, remedy in chat_remedies.items()]),
        _AUDIO,
        table(columns, audio),
    )


def _row(cause: Cause, remedy: Remedy) -> tuple[str, str, str, str]:
    return (
        cause.name.lower().replace("_", " "),
        _plain(remedy.azure or remedy.text),
        _plain(remedy.text) if remedy.azure else "the same",
        _again(retried=remedy.retryable and remedy.retry_after is not None),
    )


def _again(*, retried: bool) -> str:
    return "yes" if retried else "no"


def _plain(template: str) -> str:
    """Return a template with the names of options in place of their values."""
    return re.sub(r"`?\{o\.(\w+)(?::\w+)?\}`?", r"`\1`", template)
