"""Options that are named like a secret but are plain text are found, and no others."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, NewType

import pytest
from pydantic import Field, SecretStr, create_model

from voicebot import Options
from voicebot.config.checking.secret_names import names_a_secret
from voicebot.testing.contract.provider.secret_names import bare_secrets


@pytest.mark.parametrize(
    "name",
    "key api_key apikey apiKey APIKey subscription_key azure_speech_key deepgram_key key2 secret_key token "
    "hf_token access_token bearer_token secret client_secret webhook_secret password db_password passwd pwd "
    "passphrase credentials authorization api_keys access_tokens secrets".split(),
)
def test_a_name_of_a_secret_is_recognised(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize(
    "name",
    "max_tokens tokenizer token_limit keyboard key_phrases keywords primary_key sort_key public_key hotkey "
    "talk_key key_file key_id secret_name password_file stop_token eos_token stop_tokens tokens keys monkey "
    "passport secretary voice turkey keynote".split(),
)
def test_a_name_that_merely_resembles_a_secret_is_ignored(name: str) -> None:
    assert not names_a_secret(name)


class Mode(StrEnum):
    KEY = "key"


@dataclass
class Login:
    password: str = ""


class Account(Options):
    name: str = ""
    token: str = ""


class Safe(Options):
    token: SecretStr = SecretStr("")
    within: Safe | None = None


Key = NewType("Key", str)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (str, ["api_key"]),
        (bytes, ["api_key"]),
        (str | None, ["api_key"]),
        (SecretStr | str, ["api_key"]),
        (list[str], ["api_key"]),
        (dict[str, str], ["api_key"]),
        (dict[str, list[str | None]], ["api_key"]),
        (Annotated[str, Field(min_length=1)], ["api_key"]),
        (Annotated[str | None, "a note"], ["api_key"]),
        (Key, ["api_key"]),
        (Account, ["api_key.token"]),
        (list[Account | None], ["api_key.token"]),
        (Login, ["api_key.password"]),
        (SecretStr, []),
        (SecretStr | None, []),
        (list[SecretStr], []),
        (dict[str, SecretStr], []),
        (Literal["key", "none"], []),
        (Mode, []),
        (bool, []),
        (int | None, []),
        (Safe, []),
    ],
)
def test_options_that_may_be_plain_text_are_found_at_any_depth(kind: object, found: list[str]) -> None:
    options = create_model("Made", __base__=Options, api_key=(kind, ...))
    assert bare_secrets(options) == found


def test_an_alias_is_a_name_too() -> None:
    options = create_model("Made", __base__=Options, entry=(str, Field("", alias="api_key")))
    assert bare_secrets(options) == ["entry"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="a type statement is new in Python 3.12")
def test_a_named_type_counts_as_the_type_it_names() -> None:
    scope: dict[str, object] = {}
    exec("type Key = str", scope)  # noqa: S102
    options = create_model("Made", __base__=Options, api_key=(scope["Key"], ...))
    assert bare_secrets(options) == ["api_key"]
