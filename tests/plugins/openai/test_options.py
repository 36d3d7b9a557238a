"""The options: what is accepted, and what is rejected before anything is sent."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from voicebot import Registry
from voicebot_openai import voicebot_register
from voicebot_openai.options import OpenAIChatOptions


def test_the_plugin_registers_the_chat_model():
    registry = Registry()
    voicebot_register(registry)
    registration = registry.get("chat", "openai")
    assert registration is not None
    assert registration.options is OpenAIChatOptions
    assert registration.missing == []


def test_openai_com_needs_a_key_and_the_error_says_how_to_give_one():
    with pytest.raises(ValidationError, match=r"needs a key: add `api_key: \$\{OPENAI_API_KEY\}`"):
        OpenAIChatOptions(model="gpt-4o-mini")


def test_an_empty_key_counts_as_none():
    with pytest.raises(ValidationError, match="needs a key"):
        OpenAIChatOptions.model_validate({"model": "gpt-4o-mini", "api_key": " "})


@pytest.mark.parametrize("key", ["sk-abc\u2026xyz", "sk-abc\nsk-def"])
def test_a_badly_copied_key_is_rejected_without_showing_it(key):
    with pytest.raises(ValidationError, match="copy it again") as raised:
        OpenAIChatOptions.model_validate({"model": "gpt-4o-mini", "api_key": key})
    assert "sk-abc" not in str(raised.value)


def test_other_servers_need_no_key():
    assert OpenAIChatOptions(model="m", base_url="http://localhost:11434/v1").key == ""


@pytest.mark.parametrize(
    "base_url", ["localhost:11434", "ftp://host/v1", "http://", "http:///v1", "http://h:99999/v1", ""]
)
def test_an_invalid_address_is_rejected(base_url):
    with pytest.raises(ValidationError, match="must be an address such as"):
        OpenAIChatOptions(model="m", base_url=base_url)


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": ""},
        {"temperature": 3},
        {"max_tokens": 0},
        {"top_p": 0},
        {"timeout": 0},
        {"max_retries": -1},
        {"extra_body": {"f": object()}},
        {"temprature": 1},
    ],
)
def test_options_out_of_range_are_rejected(wrong):
    with pytest.raises(ValidationError):
        OpenAIChatOptions.model_validate({"model": "m", "base_url": "http://localhost/v1", **wrong})


def test_secrets_in_the_options_are_never_shown():
    options = OpenAIChatOptions.model_validate(
        {"model": "m", "base_url": "http://me:hidden@localhost/v1?token=hidden", "api_key": "sk-hidden"}
    )
    assert "hidden" not in options.address
    assert "sk-hidden" not in f"{options!r} {options}"


def test_openai_com_gets_the_length_limit_by_the_name_that_reasoning_models_accept():
    ours = OpenAIChatOptions.model_validate({"model": "gpt-5", "api_key": "sk-x", "max_tokens": 80})
    theirs = OpenAIChatOptions(model="llama3.2", base_url="http://localhost:11434/v1", max_tokens=80)
    assert ours.request_fields == {"max_completion_tokens": 80}
    assert theirs.request_fields == {"max_tokens": 80}


def test_every_option_is_documented():
    options = OpenAIChatOptions.model_json_schema()["properties"]
    assert [name for name, option in options.items() if not option.get("description")] == []
