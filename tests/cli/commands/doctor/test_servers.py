"""Servers that cannot be reached, or whose certificate or clock is wrong: with real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from voicebot.cli.commands.doctor.network.certificates import Certificate, trusted_finding
from voicebot.cli.commands.doctor.network.servers import Users, server_results
from voicebot.cli.commands.doctor.network.visit import TlsContexts, visit
from voicebot.cli.commands.doctor.result import Result
from voicebot.diagnosis import ServerAddress
from voicebot.options import SecretStr

from .certificates import DAY, Authority, serving

COMPANY = "Initech Web Filter"


def answer(ahead: timedelta = timedelta()) -> str:
    date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
    return f"HTTP/1.1 404 Not Found\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n"


async def visited(*addresses: ServerAddress, required: bool = True) -> list[Result]:
    return await server_results({address: Users(["chat openai"], required) for address in addresses})


def results(*addresses: ServerAddress) -> list[Result]:
    return asyncio.run(visited(*addresses))


def verdicts(found: list[Result]) -> dict[str, str]:
    return {result.finding.check: result.finding.verdict for result in found}


def message_of(check: str, found: list[Result]) -> str:
    (finding,) = (result.finding for result in found if result.finding.check == check)
    return f"{finding.message}; {finding.remedy}"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    pytest.importorskip("cryptography", reason="it comes with the extra entra")
    return Authority(tmp_path, COMPANY)


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Return an authority whose certificates this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    return authority


def test_a_server_that_answers_is_fine_and_each_stage_is_timed() -> None:
    async def scenario() -> list[Result]:
        async with serving(answer()) as address:
            return await server_results(
                {address: Users(["chat openai", "synthesizer openai-tts"], required=True)}
            )

    found = asyncio.run(scenario())

    assert verdicts(found) == {"server": "ok", "clock": "ok"}
    assert found[0].finding.message == "can be reached, for chat openai, synthesizer openai-tts"
    assert list(found[0].seconds) == ["connect", "answer"]


def test_a_server_that_is_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    found = results(ServerAddress("127.0.0.1", port, tls=False))

    assert verdicts(found) == {"server": "problem", "clock": "skipped"}
    assert f"nothing is listening at 127.0.0.1:{port}; needed by chat openai; " in message_of("server", found)


def test_a_server_that_others_step_in_for_is_only_a_warning() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = ServerAddress("127.0.0.1", closed.getsockname()[1], tls=False)
    found = asyncio.run(visited(address, required=False))

    assert verdicts(found) == {"server": "warning", "clock": "skipped"}


@pytest.mark.parametrize("host", ["api.invalid", "a..b"])
def test_a_host_that_does_not_exist(host: str) -> None:
    found = results(ServerAddress(host, 443, tls=True))

    assert f"there is no host named {host}; needed by chat openai; check" in message_of("server", found)


def test_a_server_without_tls_where_it_is_expected() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def scenario() -> list[Result]:
        async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await visited(ServerAddress("localhost", port, tls=True))

    assert "does not speak TLS as this machine does" in message_of("server", asyncio.run(scenario()))


@pytest.mark.parametrize(
    ("begins", "ends", "host", "message"),
    [
        (-9 * DAY, -2 * DAY, "localhost", f"its certificate, from '{COMPANY}, Root', expired on "),
        (2 * DAY, 9 * DAY, "localhost", f"its certificate, from '{COMPANY}, Root', is not valid before "),
        (
            -DAY,
            9 * DAY,
            "elsewhere",
            f"its certificate, from '{COMPANY}, Root', is not for the name localhost",
        ),
    ],
)
def test_a_certificate_that_is_not_valid_here(
    trusted: Authority, begins: timedelta, ends: timedelta, host: str, message: str
) -> None:
    async def scenario() -> list[Result]:
        async with serving(answer(), trusted.context(host, begins, ends)) as address:
            return await visited(address)

    found = asyncio.run(scenario())

    assert verdicts(found) == {"certificate": "problem", "clock": "ok"}
    assert message_of("certificate", found).startswith(message)


def test_a_certificate_of_a_company_that_this_machine_does_not_trust(authority: Authority) -> None:
    async def scenario() -> list[Result]:
        async with serving(answer(), authority.context()) as address:
            return await visited(address)

    found = asyncio.run(scenario())

    assert verdicts(found) == {"certificate": "problem", "clock": "ok"}
    assert message_of("certificate", found).startswith(
        f"its certificate is from '{COMPANY}, Root', which this machine does not trust; if '{COMPANY}, Root' "
        "is your organisation, whose proxy then reads the connection, install its root certificate"
    )


def test_a_certificate_that_expires_soon(trusted: Authority) -> None:
    async def scenario() -> list[Result]:
        async with serving(answer(), trusted.context(ends=3 * DAY)) as address:
            return await visited(address)

    found = asyncio.run(scenario())

    assert verdicts(found) == {"server": "ok", "certificate": "warning", "clock": "ok"}
    assert list(found[0].seconds) == ["connect", "tls", "answer"]


def test_a_trusted_certificate_is_fine(trusted: Authority) -> None:
    async def scenario() -> list[Result]:
        async with serving(answer(), trusted.context()) as address:
            return await visited(address)

    assert verdicts(asyncio.run(scenario())) == {"server": "ok", "certificate": "ok", "clock": "ok"}


def test_a_proxy_of_the_company_whose_root_certificate_is_installed_here_is_noticed(
    trusted: Authority,
) -> None:
    pytest.importorskip("certifi", reason="some extras install it")

    async def scenario() -> bool | None:
        async with serving(answer(), trusted.context()) as address:
            return (await visit(address, TlsContexts.load())).publicly_trusted

    publicly = asyncio.run(scenario())
    now = datetime.now(UTC)
    found = trusted_finding(Certificate(f"'{COMPANY}'", now - DAY, now + 90 * DAY), now, publicly=publicly)

    assert publicly is False
    assert found.verdict == "warning"
    assert found.message.startswith(
        f"its certificate is from '{COMPANY}', which is no public authority: a proxy of your "
        "organisation reads the connection"
    )


@pytest.mark.parametrize(
    ("ahead", "verdict", "message"),
    [
        (timedelta(seconds=20), "ok", "right to "),
        (timedelta(seconds=-110), "warning", "this machine's clock is 1"),
        (
            timedelta(hours=3),
            "problem",
            "this machine's clock is 3 hours slow, by the clock of localhost; cert",
        ),
        (-400 * DAY, "problem", "this machine's clock is 400 days fast, by the clock of localhost; cert"),
    ],
)
def test_a_clock_that_differs_from_the_servers(ahead: timedelta, verdict: str, message: str) -> None:
    async def scenario() -> list[Result]:
        async with serving(answer(ahead)) as address:
            return await visited(address)

    found = asyncio.run(scenario())

    assert verdicts(found)["clock"] == verdict
    assert message_of("clock", found).startswith(message)


def test_one_server_with_a_wrong_clock_does_not_make_this_machines_wrong() -> None:
    async def scenario() -> list[Result]:
        async with serving(answer()) as first, serving(answer()) as second, serving(answer(9 * DAY)) as wrong:
            return await visited(first, second, wrong)

    assert message_of("clock", asyncio.run(scenario())).startswith("right to ")


@asynccontextmanager
async def proxy(status: str) -> AsyncIterator[str]:
    """Answer every request with a status; yield the address of the proxy."""
    async with serving(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n") as address:
        yield f"127.0.0.1:{address.port}"


@pytest.mark.parametrize(
    ("status", "login", "message"),
    [
        (
            "407 Proxy Authentication Required",
            "",
            "requires a login; needed by chat openai; put the right user name",
        ),
        (
            "407 Proxy Authentication Required",
            "me:swordfish@",
            "rejects the login; needed by chat openai; put the",
        ),
        (
            "403 Forbidden",
            "",
            "does not connect to the server (status 403); needed by chat openai; have the admin",
        ),
    ],
)
def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch, status: str, login: str, message: str) -> None:
    async def scenario() -> list[Result]:
        async with proxy(status) as address:
            monkeypatch.setenv("HTTPS_PROXY", f"http://{login}{address}")
            server = ServerAddress("api.example.com", 443, tls=True, environment_proxy=True)
            return await visited(server)

    monkeypatch.delenv("https_proxy", raising=False)
    found = message_of("server", asyncio.run(scenario()))

    assert found.startswith("the proxy of HTTPS_PROXY (127.0.0.1:")
    assert message in found
    assert "swordfish" not in found


def test_a_proxy_is_used_if_an_option_names_it_but_not_if_the_environment_exempts_the_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario() -> list[Result]:
        async with proxy("502 Bad Gateway") as address, serving(answer()) as server:
            monkeypatch.setenv("HTTP_PROXY", f"http://{address}")
            monkeypatch.setenv("NO_PROXY", "localhost")
            named = SecretStr(f"http://{address}")
            return await visited(
                ServerAddress("localhost", server.port, tls=False, environment_proxy=True),
                ServerAddress("api.example.com", 443, tls=True, proxy=named),
            )

    for name in ("http_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    chat, voice, _ = asyncio.run(scenario())

    assert (chat.finding.verdict, voice.finding.verdict) == ("ok", "problem")
    assert "the proxy of the option `proxy` (127.0.0.1:" in voice.finding.message


def test_a_proxy_that_connects_is_on_the_way_and_timed(
    trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        there = await asyncio.open_connection("127.0.0.1", int(head.split()[1].rpartition(b":")[2]))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(pump(reader, there[1]))
            tasks.create_task(pump(there[0], writer))

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError):
                while data := await source.read(65_536):
                    target.write(data)
                    await target.drain()
        finally:
            target.close()

    async def scenario() -> list[Result]:
        async with (
            await asyncio.start_server(connect, "127.0.0.1", 0) as server,
            serving(answer(), trusted.context()) as address,
        ):
            port = server.sockets[0].getsockname()[1]
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
            return await visited(replace(address, environment_proxy=True))

    for name in ("https_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    found = asyncio.run(scenario())

    assert verdicts(found) == {"server": "ok", "certificate": "ok", "clock": "ok"}
    assert found[0].finding.message == "can be reached through the proxy of HTTPS_PROXY, for chat openai"
    assert list(found[0].seconds) == ["connect", "tunnel", "tls", "answer"]
