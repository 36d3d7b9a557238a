"""Whether this machine's processor can run CTranslate2 at all."""

from __future__ import annotations

import platform

from voicebot import ProviderError

_NEEDED = "AVX"


def check() -> None:
    """Raise `ProviderError` if the processor lacks what the library needs, which would end the program."""
    if not lacks(features()):
        return
    raise ProviderError(
        f"whisper needs a processor with {_NEEDED}, and this one is older; use the recogniser pocketsphinx, "
        "or a service on another machine"
    )


def features() -> dict[str, bool]:
    """Return what the processor has, as numpy found it out; empty if that is not known."""
    try:
        from numpy._core._multiarray_umath import __cpu_features__
    except ImportError:
        return {}
    return dict(__cpu_features__)


def lacks(found: dict[str, bool]) -> bool:
    """Return whether a processor of Intel's or AMD's kind has these features without the one needed."""
    intel = platform.machine().lower() in {"x86_64", "amd64"}
    return intel and found.get(_NEEDED) is False
