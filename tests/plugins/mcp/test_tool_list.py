"""Tools as the chat model is offered them, and their results as text."""

from __future__ import annotations

import mcp_types as types
import pytest

from voicebot import ToolResult
from voicebot_mcp.limits import LONGEST_DESCRIPTION
from voicebot_mcp.offered.results import tool_result
from voicebot_mcp.offered.tool_list import model_name, newly_refused, tool_list
from voicebot_mcp.options import McpOptions

OPTIONS = McpOptions(allow=(), command=("uvx",))
OBJECT = {"type": "object"}


def tool(name, **values):
    return types.Tool(**{"name": name, "input_schema": OBJECT} | values)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("get_time-2", "get_time-2"),
        ("files.read", "files_read"),
        ("Zeit für dich", "Zeit_f_r_dich"),
        ("x" * 80, "x" * 64),
        ("", ""),
        ("时间", ""),
    ],
)
def test_names_have_what_models_accept(name, expected):
    assert model_name(name) == expected


def test_the_server_is_called_by_its_own_names_and_what_cannot_be_offered_is_reported_once():
    listed = [
        tool("files.read"),
        tool("files_read"),
        tool("\x1b[!"),
        tool("odd", input_schema={"type": "object", "properties": {"a": {"$ref": "#/x\n"}}}),
    ]

    found = tool_list(listed, OPTIONS)

    assert [each.name for each in found.tools] == ["files_read"]
    assert found.server_names == {"files_read": "files.read"}
    assert list(newly_refused(tool_list([], OPTIONS), found)) == [
        "its tool 'files_read' is not offered: another one is called 'files_read' as well",
        "its tool '␛[!' is not offered: it has no name that a model could use",
        "its tool 'odd' is not offered: its schema refers to '#/x\\n', which is not in it",
    ]
    assert list(newly_refused(found, found)) == []


def test_descriptions_are_shortened_and_titles_used_in_their_place():
    long = "word " * LONGEST_DESCRIPTION

    first, second, third = tool_list(
        [tool("a", description=long), tool("b", title="B"), tool("c")], OPTIONS
    ).tools

    assert len(first.description) <= LONGEST_DESCRIPTION
    assert first.description.endswith("word...")
    assert (second.description, third.description) == ("B", "")


def text(words):
    return types.TextContent(type="text", text=words)


IMAGE = types.ImageContent(type="image", data="A" * 4096, mime_type="image/png")
SOUND = types.AudioContent(type="audio", data="AAAA", mime_type="audio/wav")
LINK = types.ResourceLink(type="resource_link", name="notes", uri="file:///notes.txt", description="My notes")
TEXT_FILE = types.EmbeddedResource(
    type="resource", resource=types.TextResourceContents(uri="file:///a.txt", text="inside")
)
FILE = types.EmbeddedResource(
    type="resource", resource=types.BlobResourceContents(uri="file:///a.zip", blob="AAAA")
)


@pytest.mark.parametrize(
    ("content", "more", "expected"),
    [
        ([text("one"), text("two")], {}, "one\ntwo"),
        ([text("here"), IMAGE], {}, "here\n[an image (image/png) of 3 KB, which cannot be shown here]"),
        ([SOUND], {}, "[sound (audio/wav) of 3 bytes, which cannot be shown here]"),
        ([LINK], {}, "[link to notes, file:///notes.txt: My notes]"),
        ([TEXT_FILE], {}, "inside"),
        ([FILE], {}, "[file:///a.zip, 3 bytes, which cannot be shown here]"),
        ([], {"structured_content": {"größe": 3}}, '{"größe": 3}'),
        ([text("3")], {"structured_content": {"size": 3}}, "3"),
        ([], {}, "The tool returned nothing."),
    ],
)
def test_results_become_text(content, more, expected):
    assert tool_result(types.CallToolResult(content=content, **more)) == ToolResult(expected)


def test_errors_are_failed_results():
    failed = types.CallToolResult(content=[text("no such order")], is_error=True)

    assert tool_result(failed) == ToolResult("no such order", failed=True)
    assert (
        tool_result(types.CallToolResult(content=[], is_error=True)).text
        == "The tool failed and gave no reason."
    )
