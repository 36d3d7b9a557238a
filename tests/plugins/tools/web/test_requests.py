"""What a call sends: arguments where the config wants them, and nowhere else; secrets that nobody sees."""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import quote, quote_plus

import pytest

from voicebot import ToolResult
from voicebot_tools.web.options import HttpToolOptions
from voicebot_tools.web.toolset import HttpToolset

from .conftest import response

BOOK = {
    "method": "POST",
    "parameters": {
        "name": "string",
        "guests": {"type": "integer", "description": "How many come"},
        "note": {"type": "string", "optional": True},
        "seat": {"enum": ["inside", "outside"], "optional": True},
    },
    "body": {
        "booking": {"for": "Table for {name}", "guests": "{guests}", "note": "{note}"},
        "wishes": ["{seat}", "a candle"],
        "paid": False,
    },
}


def described(**options):
    (tool,) = HttpToolset(
        HttpToolOptions.model_validate({"allow": ["f"], "tools": {"f": {"description": "Do it.", **options}}})
    ).tools()
    return tool


def test_a_call_is_described_to_the_chat_model():
    tool = described(url="https://a.example/", confirm="A table for {guests}?", timeout=5, **BOOK)

    assert (tool.name, tool.description, tool.effect, tool.timeout) == ("f", "Do it.", "writes", 5)
    assert tool.confirm == "A table for {guests}?"
    assert tool.parameters == {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "guests": {"type": "integer", "description": "How many come"},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            "seat": {
                "anyOf": [{"type": "string", "enum": ["inside", "outside"]}, {"type": "null"}],
                "default": None,
            },
        },
        "required": ["name", "guests"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("method", "effect", "expected"),
    [
        ("GET", None, "reads"),
        ("POST", None, "writes"),
        ("DELETE", None, "writes"),
        ("POST", "reads", "reads"),
    ],
)
def test_only_get_reads_unless_the_config_says_otherwise(method, effect, expected):
    assert described(url="https://a.example/", method=method, effect=effect).effect == expected


def test_arguments_fill_the_path_the_query_and_nothing_is_sent_for_those_not_given(ask, server):
    options = {
        "url": "{server}/v1/{city}/now?lang={lang}",
        "parameters": {
            "city": "string",
            "lang": "string",
            "days": {"type": "integer", "optional": True},
            "from_": {"type": "string", "optional": True},
        },
        "query": {"units": "metric", "n": 3, "days": "{days}", "span": "from {from_} on"},
    }

    ask(
        {"city": "Köln am Rhein", "lang": "de", "days": 2},
        {"city": "a/b?c#d&e=f%2F", "lang": "x&y=z", "days": None},
        **options,
    )

    first, second = server.requests
    assert (first.method, first.path) == ("GET", "/v1/K%C3%B6ln%20am%20Rhein/now")
    assert first.query == {"lang": "de", "units": "metric", "n": "3", "days": "2"}
    assert second.path == "/v1/a%2Fb%3Fc%23d%26e%3Df%252F/now"
    assert second.query == {"lang": "x&y=z", "units": "metric", "n": "3"}


@pytest.mark.parametrize("city", ["..", ".", ""])
def test_an_argument_cannot_leave_its_segment_of_the_path(ask, server, city):
    (result,) = ask({"city": city}, url="{server}/users/{city}/orders", parameters={"city": "string"})

    assert result == ToolResult(f"wrong arguments: city must not be {city!r}", failed=True)
    assert server.requests == []


def test_a_body_keeps_the_types_of_arguments(ask, server):
    ask(
        {"name": 'Anna "B"', "guests": 4, "seat": "outside"},
        {"name": "Bo", "guests": 2, "note": "late"},
        **BOOK,
    )

    first, second = server.requests
    assert first.headers["content-type"] == "application/json"
    assert first.json == {
        "booking": {"for": 'Table for Anna "B"', "guests": 4},
        "wishes": ["outside", "a candle"],
        "paid": False,
    }
    assert second.json["booking"]["note"] == "late"
    assert second.json["wishes"] == ["a candle"]


@pytest.mark.parametrize(
    "arguments",
    [
        "{",
        '{"guests": 2}',
        '{"name": "A", "guests": "some"}',
        '{"name": "A", "guests": true}',
        '{"name": "A", "guests": 1, "x": 1}',
    ],
)
def test_wrong_arguments_send_nothing(ask, server, arguments):
    (result,) = ask(arguments, **BOOK)

    assert result.failed
    assert server.requests == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_what_json_has_no_number_for_is_not_sent(ask, server, number):
    options = {"method": "POST", "parameters": {"n": "number"}, "body": {"n": "{n}"}}
    (result,) = ask(f'{{"n": {number}}}', **options)

    assert result.failed
    assert server.requests == []


def test_an_address_that_is_too_long_is_a_failure(ask, server):
    (result,) = ask({"city": "x" * 100_000}, url="{server}/{city}", parameters={"city": "string"})

    assert result == ToolResult("the request to localhost failed (InvalidURL)", failed=True)
    assert server.requests == []


def test_an_unknown_call_is_a_failure(call):
    toolset = HttpToolset(
        HttpToolOptions.model_validate(
            {"allow": [], "tools": {"f": {"description": "", "url": "https://a.example"}}}
        )
    )

    assert asyncio.run(call(toolset, "g")) == [ToolResult("there is no tool called 'g'", failed=True)]


def test_secrets_are_sent_and_appear_nowhere_else(ask, server, caplog):
    caplog.set_level(logging.DEBUG)
    server.answer = server.answer.replace(b'{"ok": true}', b'"key-12 k-2222"!').replace(b"200 OK", b"401 No")

    options = {
        "headers": {"Authorization": "Bearer key-12", "X-Team": "blue"},
        "secret_query": {"appid": "k-2222"},
        "parameters": {"q": "string"},
        "query": {"q": "{q}"},
    }
    (result,) = ask({"q": "what the user said"}, **options)

    (request,) = server.requests
    assert request.headers["authorization"] == "Bearer key-12"
    assert request.headers["x-team"] == "blue"
    assert request.query == {"q": "what the user said", "appid": "k-2222"}
    text = "localhost answered 401 Unauthorized"
    assert result == ToolResult(text, failed=True, detail=f"{text}; check `headers` and `secret_query`")
    logged = caplog.text
    assert "HTTP Request: GET" in logged
    assert not any(secret in logged for secret in ("key-12", "k-2222", "what"))
    parsed = HttpToolOptions.model_validate(
        {"allow": [], "tools": {"f": {"description": "", "url": "https://a.example", **options}}}
    )
    assert "key-12" not in repr(parsed)
    assert "k-2222" not in repr(parsed)


def test_headers_replace_our_own_in_any_case_and_without_blanks(ask, server):
    ask(
        {},
        method="PATCH",
        body={"a": 1},
        headers={"content-type": "application/merge-patch+json", "ACCEPT": "text/csv", "X-Key": " key-12 "},
    )

    (request,) = server.requests
    assert request.headers["content-type"] == "application/merge-patch+json"
    assert request.headers["accept"] == "text/csv"
    assert request.headers["x-key"] == "key-12"
    assert [name.lower() for name in request.names].count("content-type") == 1


def test_a_server_that_repeats_a_secret_does_not_tell_it_to_the_chat_model(ask, server):
    server.answers = {"/": b'HTTP/1.1 200 OK\r\n\r\n{"token": "key-12", "whole": "Bearer key-12"}'}
    (result,) = ask(headers={"Authorization": "Bearer key-12"})
    assert result.text == '{"token": "***", "whole": "***"}'

    server.answers = {"/": b'HTTP/1.1 403 No\r\n\r\n{"error": {"message": "bad key key-12"}}'}
    *_, result = ask(headers={"Authorization": "Bearer key-12"})
    assert result.text == "localhost answered 403 Forbidden: bad key ***"

    long = b"x" * 197  # a message is cut after 200 characters, which must not leave half of a secret
    server.answers = {"/": b'HTTP/1.1 403 No\r\n\r\n{"error": {"message": "' + long + b'key-12"}}'}
    *_, result = ask(headers={"Authorization": "Bearer key-12"})
    assert result.text.endswith("x***")


def test_a_secret_is_hidden_in_each_form_in_which_a_server_repeats_it(ask, server):
    secret = 'k/1 2+"3='
    server.answer = response(
        {"url": f"/?k={quote(secret, safe='')}", "form": quote_plus(secret), "raw": secret}
    )
    (result,) = ask(secret_query={"k": secret})
    assert result.text == '{"url": "/?k=***", "form": "***", "raw": "***"}'


def test_cookies_of_one_user_are_not_sent_for_another(ask, server):
    server.answers = {"/": b"HTTP/1.1 200 OK\r\nSet-Cookie: session=anna; Path=/\r\n\r\n{}"}

    ask({}, {})

    assert [request.headers.get("cookie") for request in server.requests] == [None, None]


def test_this_machine_is_reached_without_a_proxy(ask, server, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert ask() == [ToolResult('{"ok": true}')]


def test_so_is_each_of_its_loopback_addresses(ask, server, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    (result,) = ask(url="http://127.9.9.9:1/")

    assert result == ToolResult("127.9.9.9 cannot be reached", failed=True)  # and not the proxy
