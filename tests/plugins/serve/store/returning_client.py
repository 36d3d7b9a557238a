"""A client of the Realtime protocol that types lines, and goes on elsewhere when its connection is lost."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

_RETRY, _LONGEST_RETRY = 0.02, 1.0
"""Seconds until it tries again, which double each time."""


class ReturningClient:
    """Types `lines`, each when the one before was answered, until it `has_had_enough`.

    `answers` counts, for each line, the answers of which it has got sound; `texts` holds their words;
    `absences` are the seconds from a lost connection to the next session.
    """

    def __init__(
        self, urls: Sequence[str], lines: Sequence[str], headers: Mapping[str, str] | None = None
    ) -> None:
        self.answers: Counter[int] = Counter()
        self.texts: dict[int, str] = {}
        self.absences: list[float] = []
        self.began_anew = 0
        self.refused = 0
        self.closed_with: list[int | None] = []
        self.is_talking = asyncio.Event()
        """Whether its first line was answered."""
        self.has_had_enough = False
        self.url = ""
        """Where it is connected."""
        self._urls = cycle(urls)
        self._lines = lines
        self._headers = headers
        self.token = ""
        self._got = 0
        """The last line of whose answer it has got sound."""
        self.finished = 0
        """The last line whose answer was complete, or cut off."""
        self._answering = 0
        self._responses: set[str] = set()

    async def run(self, pause: float = 0.0) -> None:
        """Talk until every line was answered."""
        loop = asyncio.get_running_loop()
        lost: float | None = None
        retry = _RETRY
        while self._has_more():
            self.url = next(self._urls)
            offered = ["realtime", "voicebot.v1"]
            if self.token:
                offered.append(f"voicebot.resume.{self.token}.{self._got}")
            try:
                async with connect(
                    self.url,
                    subprotocols=offered,  # type: ignore[arg-type]
                    additional_headers=self._headers,
                    compression=None,
                    max_queue=None,
                    open_timeout=60,
                ) as socket:
                    session = await until(socket, "session.created")
                    retry = _RETRY
                    if lost is not None:
                        self.absences.append(loop.time() - lost)
                    await self._talk(socket, session["session"]["voicebot"], pause)
                    return
            except ConnectionClosed:
                lost = loop.time()
                self.closed_with.append(socket.close_code)
            except InvalidHandshake as error:
                self.refused += 1
                if "410" in str(error):
                    assert not self.is_talking.is_set(), (
                        "its session is lost"
                    )  # only one not answered yet may be
                    self.token, self.began_anew = "", self.began_anew + 1
                retry = await _wait(retry)
            except OSError:
                retry = await _wait(retry)

    def _has_more(self) -> bool:
        return self.finished < len(self._lines) and not self.has_had_enough

    async def _talk(self, socket: ClientConnection, facts: dict[str, Any], pause: float) -> None:
        self.token, self._answering = facts["resume"], 0
        self.finished = max(self.finished, self._got)  # the rest of that answer is lost
        await socket.send(json.dumps({"type": "session.update", "session": {"type": "realtime"}}))  # begin
        number = self.finished + 1
        while self._has_more():
            if number > facts["turns"]:
                await type_line(socket, self._lines[number - 1])
            await self._hear(socket, number)
            self.finished = number
            self.is_talking.set()
            number += 1
            await asyncio.sleep(pause)

    async def _hear(self, socket: ClientConnection, number: int) -> None:
        """Receive until the answer of a line is complete."""
        while True:
            event = json.loads(await socket.recv())
            match event["type"]:
                case "voicebot.answering":
                    self._answering = event["turn"]
                case "response.output_audio.delta" if event["response_id"] not in self._responses:
                    self._responses.add(event["response_id"])
                    self.answers[self._answering] += 1
                    self._got = self._answering
                case "response.output_audio_transcript.done":
                    self.texts[self._answering] = event["transcript"]
                case "response.done" if self._got == number:
                    return


async def _wait(retry: float) -> float:
    await asyncio.sleep(retry)
    return min(2 * retry, _LONGEST_RETRY)


async def type_line(socket: ClientConnection, line: str) -> None:
    content = [{"type": "input_text", "text": line}]
    item = {"type": "message", "role": "user", "content": content}
    await socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
    await socket.send(json.dumps({"type": "response.create"}))


async def until(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        event: dict[str, Any] = json.loads(await socket.recv())
        if event["type"] == kind:
            return event
