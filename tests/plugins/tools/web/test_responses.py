"""Whatever a server sends, the result is short text, or one line that says why there is none."""

from __future__ import annotations

import asyncio
import gzip
import subprocess

import httpx2
import pytest

from voicebot import ToolResult
from voicebot_tools.web.failures import failure_of_exception
from voicebot_tools.web.options import HttpToolOptions
from voicebot_tools.web.toolset import HttpToolset

from .conftest import response

WEATHER = {"current": {"summary": "Sunny.", "temp": 21.5}, "days": [{"name": "Mon"}, {"name": "Tue"}]}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("", '{"current": {"summary": "Sunny.", "temp": 21.5}, "days": [{"name": "Mon"}, {"name": "Tue"}]}'),
        ("current.summary", "Sunny."),
        ("current.temp", "21.5"),
        ("days.1", '{"name": "Tue"}'),
        ("days.*.name", '["Mon", "Tue"]'),
    ],
)
def test_the_result_is_a_part_of_the_json(ask, server, path, text):
    server.answer = response(WEATHER)

    assert ask(result=path) == [ToolResult(text)]


@pytest.mark.parametrize(
    ("path", "reason"), [("now.summary", "no 'now'"), ("days.7.name", "no '7'"), ("days.*.date", "no 'date'")]
)
def test_a_part_that_is_missing_is_named(ask, server, path, reason):
    server.answer = response(WEATHER)

    assert ask(result=path) == [
        ToolResult(f"localhost sent JSON that has no '{path}' ({reason})", failed=True)
    ]


TEXTS = [
    (response("Sunny.\n", content_type="text/plain"), "Sunny."),
    (response("", "204 No Content"), "done"),
    (response('""'), "(empty)"),
    (response("Grüße".encode("latin-1"), content_type="text/plain; charset=latin-1"), "Grüße"),
    (response("Grüße", content_type="text/plain; charset=klingon"), "Grüße"),
    (response("Grüße".encode("latin-1"), content_type="text/plain; charset=utf-8"), "Gr\ufffd\ufffde"),
    (response('\ufeff{"a": "ö"}'), '{"a": "ö"}'),
    (response(gzip.compress(b"[1]"), headers="Content-Encoding: gzip\r\n"), "[1]"),
    (response("[1]", "201 Created", headers="Location: /1\r\n"), "[1]"),
]


def test_text_of_any_kind_is_a_result(ask):
    assert ask(answers=[sent for sent, _ in TEXTS]) == [ToolResult(text) for _, text in TEXTS]


FAILURES = [
    (response("<p>Hi</p>", content_type="text/html"), "localhost sent a web page (HTML) instead of data"),
    (response(" <!DOCTYPE html><p>Hi</p>"), "localhost sent a web page (HTML) instead of data"),
    (response("{"), "localhost did not send valid JSON"),
    (response("[" * 200_000), "localhost did not send valid JSON"),
    (response("x" * 2_000_000), "localhost sent more than 500,000 bytes (`limit`)"),
    (
        response(gzip.compress(b" " * 50_000_000), headers="Content-Encoding: gzip\r\n"),
        "localhost sent more than 500,000 bytes (`limit`)",
    ),
    (response("", "404 Not Found"), "localhost answered 404 Not Found"),
    (
        response({"message": "no such city"}, "404 Not Found"),
        "localhost answered 404 Not Found: no such city",
    ),
    (
        response({"errors": [{"detail": "full\x1b[2J\nup"}]}, "409 Conflict"),
        "localhost answered 409 Conflict: full[2J up",
    ),
    (
        response({"error": "x" * 999}, "500 Oops"),
        f"localhost answered 500 Internal Server Error: {'x' * 200}",
    ),
    (response("", "599 Own"), "localhost answered 599"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "localhost closed the connection"),
    (b"", "localhost closed the connection"),
    (b"SSH-2.0-OpenSSH\r\n", "localhost closed the connection"),
    (
        response("x" * 20, headers="Content-Encoding: gzip\r\n"),
        "the response of localhost is compressed in a wrong way",
    ),
]


def test_what_is_no_result_is_a_failure_in_one_line(ask):
    results = ask(answers=[sent for sent, _ in FAILURES])

    assert all(result.failed for result in results)
    assert [result.text for result in results] == [text for _, text in FAILURES]


def test_a_redirect_on_the_same_server_is_followed_with_the_headers(ask, server):
    server.answers = {"/": response("", "307 Temporary Redirect", headers="Location: /new?x=1\r\n")}

    assert ask(headers={"X-Key": "k"}) == [ToolResult('{"ok": true}')]
    assert [(each.target, each.headers["x-key"]) for each in server.requests] == [
        ("/", "k"),
        ("/new?x=1", "k"),
    ]


@pytest.mark.parametrize(
    ("location", "method", "text"),
    [
        (
            "https://evil.example/x?y",
            "GET",
            "redirects to https://evil.example/x; if you trust that, correct `url`",
        ),
        ("http://localhost:1/", "GET", "redirects to http://localhost:1/; if you trust that, correct `url`"),
        ("//me:pw@localhost/", "GET", "redirects to an address with a user name or password"),
        ("file:///etc/passwd", "GET", "redirects to an address that begins with file:"),
        ("/new", "POST", "redirects a POST; correct `url`; whether it was done is not known"),
        ("/", "GET", "redirects again and again"),
    ],
)
def test_a_redirect_elsewhere_is_a_failure(ask, server, location, method, text):
    server.answer = response("", "302 Found", headers=f"Location: {location}\r\n")

    assert ask(method=method, headers={"X-Key": "k"}) == [ToolResult(f"localhost {text}", failed=True)]
    assert len(server.requests) == (4 if location == "/" else 1)


def test_a_server_that_is_away_is_a_failure(ask):
    assert ask(url="http://localhost:1/") == [ToolResult("localhost cannot be reached", failed=True)]


@pytest.mark.parametrize(
    ("error", "text", "undone"),
    [
        (
            httpx2.ConnectError("[Errno -2] Name or service not known"),
            "there is no host called a.example, or no network",
            True,
        ),
        (httpx2.ConnectTimeout(""), "a.example did not accept a connection within 5 s", True),
        (httpx2.ReadTimeout(""), "a.example sent nothing for 60 s", False),
        (httpx2.ProxyError("403 key-1234"), "the proxy does not connect to a.example", True),
        (httpx2.WriteError("broken pipe"), "a.example closed the connection", False),
        (
            httpx2.UnsupportedProtocol("gopher"),
            "the request to a.example failed (UnsupportedProtocol)",
            False,
        ),
    ],
)
def test_what_the_client_raises_is_told_in_plain_words(error, text, undone):
    failure = failure_of_exception(error, "a.example")

    assert (failure.text, failure.undone) == (text, undone)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (response("", "409 Conflict"), "answered 409 Conflict"),
        (response("", "502 Bad Gateway"), "answered 502 Bad Gateway; whether it was done is not known"),
        (b"", "closed the connection; whether it was done is not known"),
        (response("{"), "did not send valid JSON; whether it was done is not known"),
    ],
)
def test_a_call_that_writes_tells_if_it_may_have_been_done(ask, sent, text):
    assert ask(answers=[sent], method="POST") == [ToolResult(f"localhost {text}", failed=True)]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate that nobody trusts, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    named = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", folder / "key.pem", "-out", folder / "certificate.pem"]
    try:
        subprocess.run([*made, *named, *files], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs openssl")
    return folder / "certificate.pem", folder / "key.pem"


def test_a_certificate_that_is_not_trusted_is_a_failure(ask, server, certificate, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    (result,) = ask(encrypted=certificate, headers={"X-Key": "k"})

    text = "the certificate of localhost is not trusted"
    detail = f"{text}; name the file of its certificate authority in SSL_CERT_FILE"
    assert result == ToolResult(text, failed=True, detail=detail)
    assert server.requests == []

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert ask(encrypted=certificate) == [ToolResult('{"ok": true}')]


def test_a_cancelled_call_gives_up_at_once(call, server):
    async def run():
        asked = asyncio.Event()

        async def serve(reader, writer):
            asked.set()
            await reader.read()  # until the client is gone
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            options = {"allow": [], "tools": {"f": {"description": "", "url": f"http://127.0.0.1:{port}/"}}}
            toolset = HttpToolset(HttpToolOptions.model_validate(options))
            await toolset.start()
            task = asyncio.create_task(call(toolset, "f"))
            await asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await toolset.aclose()
            await toolset.aclose()

    asyncio.run(run())


def test_a_proxy_that_is_no_address_fails_the_start(monkeypatch):
    from voicebot import ProviderError

    monkeypatch.setenv("HTTPS_PROXY", "gopher://x")
    toolset = HttpToolset(HttpToolOptions.model_validate({"allow": [], "tools": {}}))

    with pytest.raises(ProviderError, match="the HTTP client cannot be made: ValueError; check HTTPS_PROXY"):
        asyncio.run(toolset.start())
