"""What a config may say about calls of web services, and what is wrong with the rest, with its place."""

from __future__ import annotations

import pytest

from voicebot import ConfigError, ServerAddress, load_config
from voicebot_tools.web.options import HttpToolOptions

CONFIG = """\
recognizer: {provider: openai-stt, base_url: "http://localhost:1/v1", model: whisper-1}
chat: {provider: script, default: [What?]}
synthesizer: {provider: openai-tts, base_url: "http://localhost:1/v1", model: tts-1}
tools:
  - provider: http
    allow: [weather]
    tools:
      weather:
        description: Tell the weather.
"""
CITY = "parameters: {city: string}"


@pytest.fixture
def problems(tmp_path):
    """Return a function that returns what `check` reports about a tool with some lines."""

    def problems(*lines, allow="weather"):
        text = CONFIG.replace("[weather]", f"[{allow}]") + "".join(f"        {line}\n" for line in lines)
        path = tmp_path / "bot.yaml"
        path.write_text(text)
        try:
            found = load_config(path, environ={"KEY": "hunter22", "BAD": "a\x07b"}).warnings
        except ConfigError as error:
            found = error.problems
        return [str(each).removeprefix(f"{path}:") for each in found]

    return problems


@pytest.mark.parametrize(
    "lines",
    [
        ["url: https://api.example/v1/{city}", CITY],
        ["url: http://localhost:8000/{city}", CITY],
        ["url: http://127.0.0.1/{city}", CITY],
        [
            "url: https://api.example/",
            "headers: {Authorization: 'Bearer ${KEY}'}",
            "secret_query: {k: '${KEY}'}",
        ],
        [
            "url: https://api.example/",
            CITY,
            "method: POST",
            "body: {query: '{ user { name } }', city: '{city}'}",
        ],
        ["url: https://api.example/", CITY, "query: {q: '{city}'}", "confirm: Look at {city}?"],
    ],
)
def test_a_call_that_can_be_made_is_accepted(problems, lines):
    assert problems(*lines) == []


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["url: api.example"], "url: must be an address that begins with https:// and has no '#'"),
        (["url: ftp://api.example"], "url: must be an address that begins with https:// and has no '#'"),
        (
            ["url: https://api.example/a b"],
            "url: must be an address that begins with https:// and has no '#'",
        ),
        (["url: 'https://{city}/'", CITY], "url: the host must not depend on an argument"),
        (["url: 'https://api.example{city}/'", CITY], "url: the host must not depend on an argument"),
        (["url: 'https://api.example:{city}/'", CITY], "url: the host must not depend on an argument"),
        (["url: https://me:pw@api.example/"], "url: must not contain a user name or password; use `headers`"),
        (["url: https://api.example:99999/"], "url: Port out of range 0-65535"),
        (["url: https://api.example/{town}", CITY], "{town} is not one of its `parameters`"),
        (["url: https://api.example/", "query: {q: '{town}'}"], "{town} is not one of its `parameters`"),
        (["url: https://api.example/", "confirm: 'Go to {town}?'"], "{town} is not one of its `parameters`"),
        (
            ["url: https://api.example/", CITY],
            "the parameter 'city' is used neither in `url` nor in `query` or `body`",
        ),
        (
            ["url: 'https://api.example/{city}'", "parameters: {city: {optional: true}}"],
            "the parameter 'city' cannot be optional, since `url` needs it",
        ),
        (["url: https://api.example/", "body: {a: 1}"], "`body` needs one of the methods POST, PUT, PATCH"),
        (
            ["url: http://192.168.1.9/"],
            "`url` has to begin with https://; set `insecure: true` if you trust the network",
        ),
        (["url: http://127.0.0.1.example.com/"], "`url` has to begin with https://"),
        (
            ["url: https://api.example/", CITY, "headers: {X-City: '${KEY}{city}'}"],
            "X-City in `headers` has a name in braces, which is not filled in there; write arguments in",
        ),
        (
            ["url: https://api.example/", "secret_query: {k: '${KEY}{x}'}"],
            "k in `secret_query` has a name in braces",
        ),
        (
            ["url: https://api.example/", "method: POST", "body: {a: [{'{city}': 1}]}"],
            "{city} is filled in only in values, not in the names of `query` or `body`",
        ),
        (
            ["url: https://api.example/{n}", "parameters: {n: {type: integer, enum: [1, true]}}"],
            "the value True in `enum` does not have the type 'integer'",
        ),
        (
            ["url: https://api.example/{n}", "parameters: {n: {type: number, enum: [.nan]}}"],
            "the value nan in `enum` does not have the type 'number'",
        ),
        (["url: https://api.example/{n}", "parameters: {n: {enum: [1]}}"], "does not have the type 'string'"),
        (
            ["url: https://api.example/", "parameters: {my-city: string}"],
            "'my-city' must consist of letters, digits and '_'",
        ),
        (["url: https://api.example/", "parameters: {city: text}"], "city"),
        (
            ["url: https://api.example/", "headers: {'Bad Name': '${KEY}'}"],
            "'Bad Name' is not a valid header name",
        ),
        (["url: https://api.example/", "headers: {Host: '${KEY}'}"], "Host cannot be set"),
        (
            ["url: https://api.example/", "headers: {X-Key: '${BAD}'}"],
            "the value of X-Key contains characters",
        ),
        (["url: https://api.example/", "methd: POST"], "did you mean 'method'?"),
    ],
)
def test_a_call_that_cannot_be_made_is_reported_in_one_line(problems, lines, message):
    (problem,) = problems(*lines)

    assert message in problem
    assert problem.startswith(("8:", "9:", "10:", "11:"))
    assert "hunter22" not in problem


def test_an_address_that_others_can_read_is_a_warning(problems):
    assert problems("url: http://192.168.1.9/", "insecure: true") == [
        "8:7: warning: http: others in the network can read what 'weather' sends to 192.168.1.9"
    ]


def test_names_in_allow_have_to_exist(problems):
    assert problems("url: https://api.example/", allow="wether") == [
        "6:13: http: there is no tool 'wether'; did you mean 'weather'?"
    ]


def test_a_name_that_chat_models_refuse_is_reported(problems, tmp_path):
    problems("url: https://api.example/")
    path = tmp_path / "bot.yaml"
    path.write_text(path.read_text().replace("      weather:", "      the weather:"))

    with pytest.raises(ConfigError, match="'the weather' must consist of 1 to 64 letters"):
        load_config(path, environ={})


def test_each_host_is_one_that_doctor_visits():
    calls = {
        "a": {"description": "a", "url": "https://api.example.com/{x}", "parameters": {"x": "string"}},
        "b": {"description": "b", "url": "https://api.example.com/b"},
        "c": {"description": "c", "url": "http://localhost:8000/"},
    }

    assert list(HttpToolOptions.model_validate({"allow": [], "tools": calls}).server_addresses()) == [
        ServerAddress("api.example.com", 443, True, environment_proxy=True),
        ServerAddress("localhost", 8000, False),
    ]
