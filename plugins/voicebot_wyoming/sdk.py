"""Importing the distribution `wyoming`, which defines the events of the protocol."""

from __future__ import annotations

import warnings

from voicebot import ProviderError, install_hint

EXTRA = "voicebot-framework[wyoming]"


def load() -> None:
    """Import what the providers use, so that no import delays a conversation.

    Raises:
        ProviderError: the distribution is not installed.
    """
    try:
        with warnings.catch_warnings():
            # it imports audioop, which Python 3.11 and 3.12 report as deprecated
            warnings.simplefilter("ignore", DeprecationWarning)
            import wyoming.asr
            import wyoming.audio
            import wyoming.event
            import wyoming.info
            import wyoming.tts  # noqa: F401
    except ImportError as error:
        hint = install_hint("wyoming", EXTRA)
        raise ProviderError(f"the package wyoming is not installed; {hint}") from error
