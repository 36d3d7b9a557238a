"""The emulator: Azure Speech, Azure OpenAI and the API of openai.com on one port of this machine."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterable, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from voicebot_emulator import routes
from voicebot_emulator.account import Account
from voicebot_emulator.emulation import Emulation
from voicebot_emulator.faults import Fault, Faults
from voicebot_emulator.http.admission import LARGEST_BODY, MOST_REQUESTS, Admission
from voicebot_emulator.journal import Journal
from voicebot_emulator.latency import Latency
from voicebot_emulator.providers import Providers
from voicebot_emulator.redaction import Redaction
from voicebot_emulator.script import Script

if TYPE_CHECKING:
    from aiohttp import web

logger = logging.getLogger(__name__)


class Emulator:
    """The emulated services on one port of 127.0.0.1; an async context manager.

    Args:
        script: what is heard and answered; what it leaves out is left to `providers`.
        providers: providers that listen, answer and speak for real.
        port: 0 takes a free one.
        hosts: other names it may be reached by, beside those of this machine, each as NAME or NAME:PORT.
        most_requests: requests and websockets that are served at a time.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        providers: Providers | None = None,
        account: Account | None = None,
        faults: Iterable[Fault | str] = (),
        latency: Latency | None = None,
        journal: Path | None = None,
        port: int = 0,
        hosts: Iterable[str] = (),
        most_requests: int = MOST_REQUESTS,
    ) -> None:
        self.port = port
        account = account or Account()
        self.emulation = Emulation(
            script or Script(),
            providers or Providers(),
            account,
            Faults(faults),
            latency or Latency(),
            Journal(journal, account.keys),
        )
        self._admission = Admission(hosts, most_requests)
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._refusing: asyncio.Task[None] | None = None

    @property
    def account(self) -> Account:
        """Keys, region and deployments."""
        return self.emulation.account

    @property
    def faults(self) -> Faults:
        """The faults that are set."""
        return self.emulation.faults

    @property
    def journal(self) -> Journal:
        """The messages so far."""
        return self.emulation.journal

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make the shipped configs talk to this emulator."""
        return self.account.environment(self.port)

    async def __aenter__(self) -> Self:
        from aiohttp import web

        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[web.middleware(self._admission)])
        routes.add(app, self.emulation, self.set_faults)
        runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            handler_cancellation=True,
            shutdown_timeout=0.2,
            logger=_HttpLog(self.journal.redaction),
        )
        try:
            await self.emulation.providers.start()
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
        """Close every connection and release the port."""
        if self._refusing is not None:
            self._refusing.cancel()
        if self._runner is not None:
            self._cut_all()
            await self._runner.cleanup()
            self._runner = None
        await self.emulation.providers.aclose()
        self.journal.close()

    @property
    def refusing(self) -> bool:
        """Whether all connections are being refused."""
        return self._refusing is not None and not self._refusing.done()

    def write_journal(self, path: Path | None) -> None:
        """Write the journal to a file from now on.

        Raises:
            OSError: the file cannot be written.
        """
        self.emulation.journal = Journal(path, self.account.keys)

    def use_script(self, script: Script) -> None:
        """Replace the script from now on."""
        self.emulation.script = script

    def set_faults(self, faults: Iterable[Fault | str]) -> None:
        """Replace the faults that are set; `refused` begins at once.

        Raises:
            ValueError: a fault is not valid; nothing is changed then.
        """
        self.faults.set(faults)
        if refused := self.faults.take("chat", "refused"):
            self._refusing = asyncio.get_running_loop().create_task(
                self._refuse(float(refused.value)), name="emulator: refuse"
            )

    async def _listen(self) -> None:
        from aiohttp import web

        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    async def _refuse(self, seconds: float) -> None:
        """Cut all connections and close the port for a while."""
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
    """Logs what the HTTP server reports, without keys: it quotes requests that it cannot parse."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__(logger)
        self._redaction = redaction

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        if kwargs.pop("exc_info", None) and (error := sys.exception()) is not None:
            text = self._redaction.text(f"{type(error).__name__}: {error}").replace("%", "%%")
            msg = f"{msg}: {text}"
        return msg, kwargs
