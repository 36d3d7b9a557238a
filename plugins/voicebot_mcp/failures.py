"""Why a server cannot be used, in one line that says what to do.

The package `mcp` wraps what happened in exception groups, several deep, and reports answers that are no
messages without their HTTP status.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

from voicebot_mcp.options import McpOptions
from voicebot_mcp.redaction import shown
from voicebot_mcp.token_file import Unusable
from voicebot_mcp.transports.http_client import Responses

_CORRECT_URL = "correct `url`"


def leaves(error: BaseException) -> Iterator[BaseException]:
    """Yield the exceptions in a group, or the exception itself."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from leaves(each)
    else:
        yield error


def cause(error: BaseException, options: McpOptions, responses: Responses | None = None) -> str:
    """Return why a connection failed; `responses` tell what an HTTP server answered."""
    import httpx2
    from mcp import MCPError
    from mcp_types import CONNECTION_CLOSED
    from pydantic import ValidationError

    known = [leaf for leaf in leaves(error) if isinstance(leaf, Exception)]
    leaf = next((each for each in known if not isinstance(each, MCPError)), known[0] if known else error)
    match leaf:
        case Unusable():
            return str(leaf)
        case FileNotFoundError() if options.command is not None:
            return _not_found(leaf, options)
        case PermissionError() if options.command is not None:
            return f"'{options.command[0]}' may not be run by this user; correct `command`"
        case OSError() if options.command is not None:
            return f"'{options.command[0]}' cannot be run: {shown(leaf.strerror or leaf, options)}"
        case httpx2.ConnectTimeout():
            return f"it accepts no connection; {_CORRECT_URL}, or start the server"
        case httpx2.ConnectError():
            return _unreachable(leaf, options)
    if responses is not None and responses.status:
        return _answered(responses, options)
    match leaf:
        case MCPError(error=reported) if reported.code == CONNECTION_CLOSED:
            return "it closed the connection"
        case ValidationError():
            first = leaf.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            return (
                f"it sends what MCP does not allow: {shown(where, options)}: {shown(first['msg'], options)}"
            )
        case MCPError(error=reported):
            return f"it reports: {shown(reported.message, options)}"
        case httpx2.HTTPError():
            return f"the connection broke: {shown(leaf, options) or type(leaf).__name__}"
        case Exception():
            return f"{shown(leaf, options)} ({type(leaf).__name__})"
    return "the connection broke"


def _not_found(error: FileNotFoundError, options: McpOptions) -> str:
    assert options.command is not None
    if options.cwd is not None and not options.cwd.is_dir():
        return f"there is no folder '{options.cwd}'; correct `cwd`"
    return f"there is no program '{options.command[0]}'; install it, or correct `command`"


def _unreachable(error: Exception, options: McpOptions) -> str:
    chain: list[BaseException] = [error]
    while (below := chain[-1].__cause__ or chain[-1].__context__) is not None and len(chain) < 10:
        chain.append(below)
    text = " ".join(map(str, chain))
    if any(isinstance(each, socket.gaierror) for each in chain):
        return f"there is no such host; {_CORRECT_URL}"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return f"its certificate is not trusted ({shown(error, options)}); SSL_CERT_FILE names further ones"
    if "SSL" in text:
        return f"it does not answer with TLS; {_CORRECT_URL}, perhaps to http://"
    return f"nothing accepts connections there; start the server, or {_CORRECT_URL}"


def _answered(responses: Responses, options: McpOptions) -> str:
    status, content_type = responses.status, responses.content_type
    if status == 401:
        return "it does not accept the credentials (401); correct `headers` or `token_file`"
    if status == 403:
        return "it refuses access (403); check what the credentials in `headers` or `token_file` may do"
    if status in (404, 405):
        return f"there is no MCP server at this path ({status}); {_CORRECT_URL}"
    if status >= 400:
        return f"it answers with an error ({status})"
    what = "a web page" if content_type == "text/html" else shown(content_type, options) or "something else"
    return f"it answers with {what}, not with messages of MCP; {_CORRECT_URL}"
