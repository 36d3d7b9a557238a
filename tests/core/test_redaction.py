"""Secrets in texts of others are hidden in each form in which they are repeated."""

from __future__ import annotations

from urllib.parse import quote, quote_plus

import pytest

from voicebot import SecretStr, hide_secrets

SECRET = 'k/1 2+"3=\u00fc'


@pytest.mark.parametrize(
    "repeated",
    [SECRET, quote(SECRET, safe=""), quote_plus(SECRET), 'k/1 2+\\"3=\u00fc', 'k/1 2+\\"3=\\u00fc'],
)
def test_a_secret_is_hidden_in_addresses_and_in_json(repeated):
    assert hide_secrets(f"<{repeated}>", [SecretStr(SECRET)]) == "<***>"


def test_a_key_is_hidden_without_the_word_before_it_too():
    secrets = [SecretStr("Bearer abcdef"), SecretStr("abcdef-longer")]

    assert hide_secrets("Bearer abcdef, abcdef, abcdef-longer", secrets) == "***, ***, ***"


def test_what_is_too_short_for_a_secret_is_left():
    assert hide_secrets("page 1 of 10", [SecretStr("1"), SecretStr(""), SecretStr("  ")]) == "page 1 of 10"


def test_half_of_a_surrogate_pair_in_a_secret_does_no_harm():
    assert hide_secrets("hello", [SecretStr("s3cret\ud800")]) == "hello"
