"""remedies.md: what can go wrong with Azure and other chat servers, and what to do."""

from __future__ import annotations

import re

import voicebot_azure.remedies
import voicebot_openai.errors.remedies
from generator.markdown import code, joined, table

_INTRO = """
# What can go wrong with a service, and what to do

A failure is one line: where, what, and one thing to do. These are the tables that such lines come from. What
is tried again is tried within the turn; if that is no use, the bot says its `on_error` line, and the
conversation goes on.
"""
_SPEECH = """
## Azure Speech

The line begins with the service and its place, as "Azure Speech in swedencentral".
"""
_CHAT = """
## Azure OpenAI and other chat models

The line begins with the server's address. Words in braces are filled in; `{said}` is what the server itself
says.
"""


def page() -> str:
    """Return the page."""
    speech = [
        (code(sign), remedy.problem, remedy.to_do, _again(retried=remedy.retryable))
        for sign, remedy in voicebot_azure.remedies.REMEDIES.items()
    ]
    chat = [
        (
            cause.name.lower().replace("_", " "),
            _plain(remedy.azure or remedy.text),
            _plain(remedy.text) if remedy.azure else "the same",
            _again(retried=remedy.retryable and remedy.retry_after is not None),
        )
        for cause, remedy in voicebot_openai.errors.remedies.REMEDIES.items()
    ]
    return joined(
        _INTRO,
        _SPEECH,
        table(("sign", "it ...", "what to do", "tried again"), speech),
        _CHAT,
        table(("cause", "of Azure OpenAI", "of others", "tried again"), chat),
    )


def _again(*, retried: bool) -> str:
    return "yes" if retried else "no"


def _plain(template: str) -> str:
    """Return a template with the names of options in place of their values."""
    return re.sub(r"`?\{o\.(\w+)(?::\w+)?\}`?", r"`\1`", template)
