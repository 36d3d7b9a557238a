"""Foreign errors become the framework's own."""

from __future__ import annotations

import pytest

from voicebot import ProviderError
from voicebot.engine.failures import as_provider_error


def test_a_foreign_error_is_named_and_its_text_is_only_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")

    error = as_provider_error("the voice broke", ValueError("wss://x?key=SECRET"), retryable=True)

    assert str(error) == "the voice broke: ValueError (-v shows where)"
    assert error.retryable
    assert "SECRET" in caplog.text
    assert [record.levelname for record in caplog.records] == ["INFO"]


def test_a_provider_error_is_unwrapped_from_its_groups_unchanged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    error = ProviderError("no key")

    nested = ExceptionGroup("tasks", [ExceptionGroup("tasks", [error])])

    assert as_provider_error("the voice broke", nested, retryable=True) is error
    assert not error.retryable
    assert caplog.text == ""
