"""The services of the how-to guide are called as they want to be, with what they answered once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from voicebot import ToolResult

from .conftest import response

GUIDE = Path(__file__).parents[4] / "docs" / "how-to" / "call-a-web-service.md"
BONN = {
    "results": [
        {"id": 2946447, "name": "Bonn", "latitude": 50.73438, "longitude": 7.09549, "country": "Germany"}
    ],
    "generationtime_ms": 0.6,
}
WEATHER = {
    "latitude": 50.74,
    "longitude": 7.1,
    "current_units": {"time": "iso8601", "interval": "seconds", "temperature_2m": "\u00b0C"},
    "current": {"time": "2026-11-29T09:00", "interval": 900, "temperature_2m": 6.4, "wind_speed_10m": 11.2},
}


@pytest.fixture
def described():
    """Return a function that returns a tool of the guide, at our server, with a key in its variable."""
    pages = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    toolsets = [toolset for page in pages for toolset in yaml.safe_load(page)["tools"]]
    tools = {name: each for toolset in toolsets for name, each in toolset["tools"].items()}

    def described(name):
        each = tools[name]
        url = re.sub(r"https://[^/]+", "{server}", each.pop("url"))
        headers = {
            key: value.replace("${TABLES_KEY:-none}", "key-12")
            for key, value in each.pop("headers", {}).items()
        }
        return {**each, "url": url, "headers": headers}

    return described


def test_a_city_is_found(ask, server, described):
    (result,) = ask({"city": "Bonn"}, answers=[response(BONN)], **described("find_place"))

    assert server.requests[0].target == "/v1/search?count=1&name=Bonn"
    assert result.text.startswith('{"id": 2946447, "name": "Bonn", "latitude": 50.73438,')


def test_the_weather_there_is_told(ask, server, described):
    arguments = {"latitude": 50.73438, "longitude": 7.09549}
    (result,) = ask(arguments, answers=[response(WEATHER)], **described("weather"))

    asked = "current=temperature_2m,wind_speed_10m&latitude=50.73438&longitude=7.09549"
    assert server.requests[0].target == f"/v1/forecast?{asked}"
    assert '"temperature_2m": 6.4' in result.text


def test_a_table_is_booked(ask, server, described):
    arguments = {"restaurant": "Zum Anker", "guests": 4}
    (result,) = ask(
        arguments, answers=[response({"booking": {"code": "A17"}}, "201 Created")], **described("book_table")
    )

    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/v1/restaurants/Zum%20Anker/bookings")
    assert request.headers["authorization"] == "Bearer key-12"
    assert request.json == {"party": {"size": 4}, "source": "voice"}
    assert result == ToolResult("A17")
