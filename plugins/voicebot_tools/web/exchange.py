"""One call of a web service: the request, its redirects, and the response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from voicebot import ToolEvent, ToolResult, hide_secrets
from voicebot_tools.web import template
from voicebot_tools.web.client import make_request
from voicebot_tools.web.failures import Failure, failure_of_exception, failure_of_status
from voicebot_tools.web.options import HttpTool
from voicebot_tools.web.response import BadResponse, read_limited, result_text

if TYPE_CHECKING:
    import httpx2

_REDIRECTS = 3
_LONGEST = 200
"""Characters of an address in a message."""
_ACCEPT = {"accept": "application/json, text/plain;q=0.9, */*;q=0.1"}


async def exchange(client: httpx2.AsyncClient, each: HttpTool, values: Mapping[str, Any]) -> list[ToolEvent]:
    """Send the request of one call, and return its result, after a notice if its owner can do something.

    Raises:
        BadArguments: an argument cannot be part of the address.
    """
    import httpx2

    headers = _ACCEPT | {name.lower(): value.get_secret_value() for name, value in each.headers.items()}
    body = None
    if each.body is not None:
        body = json.dumps(template.filled(each.body, values), ensure_ascii=False).encode("utf-8", "replace")
        headers = {"content-type": "application/json"} | headers
    try:
        url = _url(each, values)
        for _ in range(_REDIRECTS + 1):
            request = make_request(client, each.method, url, headers, body)
            response = await client.send(request, stream=True)
            try:
                target = response.headers.get("Location") if response.is_redirect else None
                if target is None:
                    return _result(each, response, await read_limited(response, each.limit))
                url = _redirected(each, url, target)
            finally:
                await response.aclose()
        raise BadResponse("redirects again and again")
    except BadResponse as error:
        return _failed(each, Failure(f"{each.host} {error}"))
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
        return _failed(each, failure_of_exception(error, each.host))


def _url(each: HttpTool, values: Mapping[str, Any]) -> httpx2.URL:
    import httpx2

    query = [template.encoded_query(template.filled(each.query, values))]
    query.append(
        template.encoded_query({name: value.get_secret_value() for name, value in each.secret_query.items()})
    )
    address = template.filled_url(each.url, values)
    mark = "&" if "?" in address else "?"
    added = "&".join(filter(None, query))
    return httpx2.URL(f"{address}{mark}{added}" if added else address)


def _redirected(each: HttpTool, url: httpx2.URL, target: str) -> httpx2.URL:
    """Return where a redirect leads, if that is the same server and nothing was to be changed there."""
    new = url.join(target)
    if each.method != "GET":
        raise BadResponse(f"redirects a {each.method}; correct `url`")
    if new.userinfo:
        raise BadResponse("redirects to an address with a user name or password")
    if new.scheme not in ("http", "https"):
        raise BadResponse(f"redirects to an address that begins with {new.scheme}:")
    if (new.scheme, new.host, new.port) != (url.scheme, url.host, url.port):
        path = new.raw_path.decode("ascii").partition("?")[0]
        address = hide_secrets(f"{new.scheme}://{new.netloc.decode('ascii')}{path}", each.secrets)
        raise BadResponse(f"redirects to {address[:_LONGEST]}; if you trust that, correct `url`")
    return new


def _result(each: HttpTool, response: httpx2.Response, body: bytes) -> list[ToolEvent]:
    if not response.is_success:
        masked = hide_secrets(
            body.decode("utf-8", "replace"), each.secrets
        ).encode()  # before it is shortened
        return _failed(each, failure_of_status(response, masked, each.host))
    content_type = response.headers.get("Content-Type", "").lower()
    text = result_text(body, content_type, response.charset_encoding, each.result)
    return [ToolResult(hide_secrets(text, each.secrets))]


def _failed(each: HttpTool, failure: Failure) -> list[ToolEvent]:
    unknown = each.writes and not failure.undone
    text = hide_secrets(failure.text, each.secrets)
    text += "; whether it was done is not known" if unknown else ""
    detail = f"{text}; {failure.remedy}" if failure.remedy else ""
    return [ToolResult(text, failed=True, detail=detail)]
