"""The emulator: one port on this machine, its routes, and what all of them share."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from voicebot_emulator.admission import MOST_REQUESTS, Admission
from voicebot_emulator.behind import Behind
from voicebot_emulator.faults import Fault, Faults
from voicebot_emulator.journal import Entry, Journal
from voicebot_emulator.latency import Latency
from voicebot_emulator.lines import Lines
from voicebot_emulator.redaction import Redaction
from voicebot_emulator.script import Script

if TYPE_CHECKING:
    from aiohttp import web

logger = logging.getLogger(__name__)
LARGEST_BODY = 2 * 2**20
"""Bytes of a request."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the emulated resources are: keys that are right, the region, the deployments and their models."""

    speech_key: str = "emulated-speech-key"
    openai_key: str = "emulated-openai-key"
    region: str = "swedencentral"
    deployments: Mapping[str, str] = field(default_factory=lambda: {"chat": "gpt-5.4-mini"})

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are right."""
        return self.speech_key, self.openai_key


@dataclass(frozen=True, slots=True)
class Visit:
    """One request or websocket connection, with its number for the journal."""

    emulator: Emulator
    request: web.Request
    service: str
    number: int

    def note(
        self,
        direction: Literal["in", "out"],
        what: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: str = "",
        size: int = 0,
    ) -> None:
        """Write a message into the journal."""
        at = asyncio.get_running_loop().time()
        self.emulator.journal.add(
            Entry(at, self.service, self.number, direction, what, headers or {}, body, size)
        )

    def cut(self) -> None:
        """Cut the connection without a word (RST)."""
        if self.request.transport is not None:
            self.request.transport.abort()

    async def hang(self) -> None:
        """Say nothing until the client or the emulator goes away, which cancels this."""
        self.note("out", "hang")
        await asyncio.Event().wait()

    def fault(self, *names: str, point: str | None = None) -> Fault | None:
        """Return a fault that is to happen now, if there is one."""
        if fault := self.emulator.faults.take(self.service, *names, point=point):
            self.note("out", "fault", body=str(fault))
        return fault


class Emulator:
    """Azure Speech and Azure OpenAI on one port of 127.0.0.1; an async context manager.

    Args:
        script: what is heard and answered; what it leaves out comes from `behind`.
        behind: providers that hear, think and speak for real.
        port: 0 takes a free one.
        hosts: other names that it may be called, beside those of this machine, each as NAME or NAME:PORT.
        most_requests: requests and websockets that are served at a time.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        behind: Behind | None = None,
        account: Account | None = None,
        faults: Iterable[Fault | str] = (),
        latency: Latency | None = None,
        journal: Path | None = None,
        port: int = 0,
        hosts: Iterable[str] = (),
        most_requests: int = MOST_REQUESTS,
    ) -> None:
        self.script = script or Script()
        self.behind = behind or Behind()
        self.account = account or Account()
        self.faults = Faults(faults)
        self.latency = latency or Latency()
        self.journal = Journal(journal, self.account.keys)
        self.port = port
        self._admission = Admission(hosts, most_requests)
        self.heard = Lines()
        """Numbers the stretches of speech, for the script."""
        self.answered = itertools.count()
        """Numbers the replies, for the script."""
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._refusing: asyncio.Task[None] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make the shipped configs talk to this emulator."""
        return {
            "SPEECH_KEY": self.account.speech_key,
            "SERVICE_REGION": self.account.region,
            "SPEECH_ENDPOINT": f"ws://127.0.0.1:{self.port}",
            "OPENAI_API_KEY": self.account.openai_key,
            "OPENAI_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "OPENAI_DEPLOYMENT": next(iter(self.account.deployments)),
        }

    async def __aenter__(self) -> Self:
        from aiohttp import web

        from voicebot_emulator import routes

        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[web.middleware(self._admission)])
        routes.add(app, self)
        runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            handler_cancellation=True,
            shutdown_timeout=0.2,
            logger=_HttpLog(self.journal.redaction),
        )
        try:
            await self.behind.start()
            self._runner = runner
            await runner.setup()
            await self._listen()
        except BaseException:
            await self.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection and give the port back."""
        if self._refusing is not None:
            self._refusing.cancel()
        if self._runner is not None:
            self._cut_all()
            await self._runner.cleanup()
            self._runner = None
        await self.behind.aclose()
        self.journal.close()

    @property
    def refusing(self) -> bool:
        """Whether nobody gets through just now."""
        return self._refusing is not None and not self._refusing.done()

    def write_journal(self, path: Path | None) -> None:
        """Write the journal to a file from now on; `OSError` if it cannot be."""
        self.journal = Journal(path, self.account.keys)

    def set_faults(self, faults: Iterable[Fault | str]) -> None:
        """Replace the faults that are set; `refused` begins at once.

        Raises:
            ValueError: something is no fault; nothing is changed then.
        """
        self.faults.set(faults)
        if refused := self.faults.take("chat", "refused"):
            self._refusing = asyncio.get_running_loop().create_task(
                self._refuse(float(refused.value)), name="emulator: refuse"
            )

    def visit(self, request: web.Request, service: str) -> Visit:
        """Number a new request and note it."""
        visit = Visit(self, request, service, next(self._numbers))
        visit.note("in", "open", headers=dict(request.headers), body=request.raw_path)
        return visit

    async def _listen(self) -> None:
        from aiohttp import web

        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    async def _refuse(self, seconds: float) -> None:
        """Be away for a while: cut what is connected and close the port."""
        assert self._site is not None
        await self._site.stop()
        self._cut_all()
        await asyncio.sleep(seconds)
        await self._listen()

    def _cut_all(self) -> None:
        server = self._runner.server if self._runner is not None else None
        for protocol in list(server.connections) if server is not None else ():
            if protocol.transport is not None:
                protocol.transport.abort()


class _HttpLog(logging.LoggerAdapter[logging.Logger]):
    """Logs what the HTTP server has to say, without keys: it quotes requests that it cannot read."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__(logger)
        self._redaction = redaction

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        if kwargs.pop("exc_info", None) and (error := sys.exception()) is not None:
            told = self._redaction.text(f"{type(error).__name__}: {error}").replace("%", "%%")
            msg = f"{msg}: {told}"
        return msg, kwargs


def as_json(document: Any) -> str:
    """Write a document as the services do."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
