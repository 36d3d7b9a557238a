"""A request or websocket connection to one of the emulated services."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from voicebot_emulator.journal import Entry

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.emulation import Emulation
    from voicebot_emulator.faults import Fault

_VERSION = re.compile(r"\d{4}-\d\d-\d\d(-preview)?")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request or websocket connection, with its number for the journal."""

    emulation: Emulation
    request: web.Request
    service: str
    number: int

    @classmethod
    def open(cls, emulation: Emulation, request: web.Request, service: str) -> Self:
        """Number a new request and record it in the journal."""
        visit = cls(emulation, request, service, next(emulation.visit_numbers))
        visit.note("in", "open", headers=dict(request.headers), body=request.raw_path)
        return visit

    @property
    def is_openai(self) -> bool:
        """Whether the service is one of OpenAI's, or the same in Azure OpenAI."""
        return self.service == "chat" or self.service.startswith("openai-")

    @property
    def is_azure(self) -> bool:
        """Whether the address is one of Azure, and not of openai.com."""
        return not self.request.path.startswith("/v1/")

    @property
    def has_version(self) -> bool:
        """Whether the address contains a version of the API, as those that name a deployment must."""
        return _VERSION.fullmatch(self.request.query.get("api-version", "")) is not None

    @property
    def models(self) -> Mapping[str, str]:
        """The models by the names that a request may use: deployments in Azure, models on openai.com."""
        deployments = self.emulation.account.deployments
        return deployments if self.is_azure else {model: model for model in deployments.values()}

    def note(
        self,
        direction: Literal["in", "out"],
        what: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: str = "",
        size: int = 0,
    ) -> None:
        """Record a message in the journal."""
        at = asyncio.get_running_loop().time()
        self.emulation.journal.add(
            Entry(at, self.service, self.number, direction, what, headers or {}, body, size)
        )

    def cut(self) -> None:
        """Cut the connection without closing it properly (RST)."""
        if self.request.transport is not None:
            self.request.transport.abort()

    async def hang(self) -> None:
        """Send nothing more until the client or the emulator goes away, which cancels this."""
        self.note("out", "hang")
        await asyncio.Event().wait()

    def fault(self, *names: str, point: str | None = None) -> Fault | None:
        """Return the fault that is due now, if there is one, and record it."""
        if fault := self.emulation.faults.take(self.service, *names, point=point):
            self.note("out", "fault", body=str(fault))
        return fault


def as_json(document: Any) -> str:
    """Write a document as the services do."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
