"""The public API is complete, and imported only on use."""

from __future__ import annotations

import subprocess
import sys

import pytest

import voicebot


@pytest.mark.parametrize("name", voicebot.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(voicebot, name) is not None
    assert name in dir(voicebot)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = voicebot.Nothing


def test_importing_voicebot_imports_nothing_heavy() -> None:
    heavy = ("pydantic", "asyncio", "pluggy", "yaml")
    code = f"import voicebot, sys; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
