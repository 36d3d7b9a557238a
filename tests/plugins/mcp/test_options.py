"""What is wrong with the options of a server is said before anything starts."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from voicebot import ServerAddress, ToolOverride
from voicebot_mcp.options import McpOptions

URL = "https://tools.example/mcp"
ASKS = ToolOverride(confirm="Shall I?")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "name one server: set either `url` or `command`"),
        ({"url": URL, "command": ("uvx",)}, "name one server: set either `url` or `command`"),
        ({"url": "tools.example/mcp"}, "not an HTTP address; write an address such as https://"),
        ({"url": "ws://tools.example/mcp"}, "not an HTTP address"),
        ({"url": "https://tools.example:port"}, "not an address (Port could not be cast"),
        ({"url": "https://me:s3cret@tools.example"}, "do not write a user and password into the address"),
        ({"url": "https://tools.example/a b"}, "contains characters that an address cannot have"),
        ({"command": ()}, "names no program; write one such as [uvx, mcp-server-time]"),
        ({"command": ("  ",)}, "names no program"),
        ({"command": ("uvx", "a\0b")}, "contains a null character"),
        ({"url": URL, "headers": {"X Key": "s3cret"}}, "'X Key' is not a valid header name"),
        ({"url": URL, "headers": {"X-Key": "s3cret\r\nX: y"}}, "the value of X-Key contains characters that"),
        ({"url": URL, "headers": {"X-Key": "a", "x-key": "b"}}, "a header is given twice"),
        ({"command": ("uvx",), "env": {"A=B": "s3cret"}}, "'A=B' cannot be a variable"),
        ({"command": ("uvx",), "start_timeout": 0}, "greater than 0"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_without_showing_secrets(values, message):
    with pytest.raises(ValidationError) as caught:
        McpOptions(**{"allow": ()} | values)

    assert message in str(caught.value)
    assert "s3cret" not in str(caught.value)


def advice(**values):
    options = McpOptions(**{"allow": (), "command": ("python3",)} | values)
    return [(each.option, each.message) for each in options.advice("en-US")]


@pytest.mark.parametrize(
    ("values", "option", "message"),
    [
        (
            {"command": ("no-such-program",)},
            "command",
            "there is no program 'no-such-program' in PATH; install it",
        ),
        ({"command": ("sh",), "env": {"PATH": "/nowhere"}}, "command", "there is no program 'sh' in PATH"),
        ({"cwd": "/no/such/folder"}, "cwd", "there is no such folder"),
        ({"headers": {"X": "y"}}, "headers", "has no effect: it is only for a server with `url`"),
        ({"token_file": "token"}, "token_file", "has no effect: it is only for a server with `url`"),
        ({"command": None, "url": URL, "env": {"X": "y"}}, "env", "only for a server with `command`"),
        ({"command": None, "url": URL, "cwd": "/"}, "cwd", "only for a server with `command`"),
        (
            {"command": None, "url": "http://tools.example"},
            "url",
            "cross the network unencrypted; use https://",
        ),
        ({"command": None, "url": "http://127.0.0.1.example.com"}, "url", "cross the network unencrypted"),
        (
            {"command": None, "url": URL, "token_file": "t", "headers": {"authorization": "x"}},
            "token_file",
            "replaces the header `Authorization`",
        ),
    ],
)
def test_what_is_unwise_is_advised_against(values, option, message):
    ((named, said),) = advice(**values)

    assert named == option
    assert message in said


@pytest.mark.parametrize(
    "url", [URL, "http://localhost:8000/mcp", "http://127.0.0.1/mcp", "http://[::1]:80/"]
)
def test_nothing_is_said_against_encryption_or_this_machine(url):
    assert advice(command=None, url=url) == []


@pytest.mark.parametrize(
    ("override", "trusted", "warns"),
    [
        (None, False, True),
        (None, True, False),
        (ToolOverride(timeout=3), False, True),
        (ToolOverride(effect="reads"), False, False),
        (ToolOverride(effect="writes"), True, True),
        (ASKS, False, False),
        (ToolOverride(confirm=""), False, False),
    ],
)
def test_a_tool_that_may_write_without_a_question_is_reported(override, trusted, warns):
    overrides = {} if override is None else {"pay": override}

    said = advice(allow=("pay",), overrides=overrides, trust_hints=trusted)

    assert said == [] or said[0][1].startswith(
        "'pay' may change something without a question to the user; in "
    )
    assert bool(said) == warns


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"url": "https://tools.example:8443/mcp?key=s3cret#x"}, "https://tools.example:8443/mcp"),
        ({"command": ("/opt/bin/server", "--key", "s3cret")}, "server"),
        ({"command": ("npx", "-y", "@scope/server-memory", "s3cret")}, "npx @scope/server-memory"),
        ({"command": ("python3", "-I", "/srv/tools.py")}, "python3 tools.py"),
        ({"command": ("uvx", "postgres://me:s3cret@db/x")}, "uvx"),
        ({"command": ("uvx", "--token", "s3cret", "tools")}, "uvx"),
        ({"command": ("docker", "run", "-i", "--rm", "mcp/time")}, "docker time"),
        ({"command": ("docker", "-e", "s3cret", "mcp/time")}, "docker"),
        ({"command": ("uvx",)}, "uvx"),
    ],
)
def test_messages_name_a_server_without_secrets(values, name):
    assert McpOptions(allow=(), **values).server_name == f"MCP server {name}"


def test_secrets_are_not_shown():
    options = McpOptions(allow=(), url=URL, headers={"Authorization": "s3cret"}, env={"KEY": "s3cret"})

    assert "s3cret" not in repr(options)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"url": URL}, [ServerAddress("tools.example", 443, True, environment_proxy=True)]),
        ({"url": "http://127.0.0.1:8000/mcp"}, [ServerAddress("127.0.0.1", 8000, False)]),
        ({"command": ("server",)}, []),
    ],
)
def test_the_server_of_a_url_is_one_that_doctor_visits(values, expected):
    assert list(McpOptions(allow=(), **values).server_addresses()) == expected
