"""What plugins check about HTTP: headers, and which hosts are this machine."""

from __future__ import annotations

import pytest

from voicebot import SecretStr, check_headers, is_this_machine


def test_headers_are_returned_without_blanks_around_their_values():
    checked = check_headers({"X-Key": SecretStr(" s3cret\x20"), "Host": SecretStr("here")})

    assert {name: value.get_secret_value() for name, value in checked.items()} == {
        "X-Key": "s3cret",
        "Host": "here",
    }


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"X Key": "s3cret"}, "'X Key' is not a valid header name"),
        ({"": "s3cret"}, "'' is not a valid header name"),
        ({"Schl\u00fcssel": "s3cret"}, "is not a valid header name"),
        ({"X-Key": "s3cret\r\nX: y"}, "the value of X-Key contains characters that a header cannot have"),
        ({"X-Key": "s3cret\u00fc"}, "the value of X-Key contains characters that a header cannot have"),
        ({"Content-Length": "1"}, "Content-Length cannot be set"),
        ({"HOST": "here"}, "HOST cannot be set"),
        ({"X-Key": "s3cret", "x-key": "s3cret"}, "a header is given twice; header names ignore case"),
    ],
)
def test_headers_that_cannot_be_sent_are_refused_without_their_values(headers, message):
    with pytest.raises(ValueError, match=message) as caught:
        check_headers({name: SecretStr(value) for name, value in headers.items()}, {"host"})

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]
)
def test_loopback_addresses_are_this_machine(host):
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host", ["", "127.0.0.1.example.com", "localhost.example.com", "0.0.0.0", "192.168.0.1", "::ffff:1.1.1.1"]
)
def test_all_others_are_not(host):
    assert not is_this_machine(host)
