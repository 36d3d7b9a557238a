"""One call: carries sound, keys and marks between a carrier's messages and a session."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress

from voicebot import KeyPressed
from voicebot_serve.sessions.client_stream import InputOverflow
from voicebot_serve.sessions.outbox import Outgoing
from voicebot_serve.sessions.output import Cleared, Sound
from voicebot_serve.sessions.session import Session
from voicebot_serve.telephony.carrier import (
    CallEnded,
    CallerAudio,
    CallEvent,
    CallProtocol,
    CallStarted,
    CarrierMessageError,
    KeyPress,
    MarkPlayed,
)
from voicebot_serve.telephony.frames import Frames
from voicebot_serve.telephony.keys import KeyLine
from voicebot_serve.transport import Client, ClientGone

logger = logging.getLogger(__name__)
_AHEAD = 0.4
"""Seconds of sound that the carrier may have before they are due; more would be lost at each interruption."""
_DELAY = 0.15
"""Seconds until the caller hears what is sent, until marks tell."""
_MARK_EVERY = 0.2
"""Seconds of sound between two marks."""
_LAST_AFTER = 0.3
"""Seconds without sound after which no more is awaited to complete a frame; less than `_AHEAD`."""


class Call:
    """Carries one call to its end, once.

    Args:
        client: the carrier; the server closes the connection afterwards, which ends the call.
        protocol: a new one.
        session: has been entered.
    """

    def __init__(self, client: Client, protocol: CallProtocol, session: Session) -> None:
        self._client, self._protocol, self._session = client, protocol, session
        self._marks = deque[tuple[str, float]]()
        """The marks that were sent and not played: their names and positions."""
        self._marked = 0.0
        """Position of the last mark, in seconds of sound sent."""
        self._keys = KeyLine(self._say_keys)
        self._has_started = asyncio.Event()
        self._frames = Frames(0)
        self._has_sent = asyncio.Event()

    async def run(self) -> None:
        """Talk until one side hangs up."""
        try:
            async with asyncio.TaskGroup() as tasks:
                ends = [tasks.create_task(each, name="call") for each in (self._speak(), self._listen())]
                completing = tasks.create_task(self._complete_frames(), name="call: frames")
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                for end in (*ends, completing):
                    end.cancel()
        finally:
            self._keys.cancel()

    async def _listen(self) -> None:
        """Take what the carrier sends, until the caller hangs up."""
        try:
            while True:
                message = await self._client.receive()
                try:
                    events = self._protocol.receive(message)
                except CarrierMessageError as error:
                    logger.info("session %s: the carrier sent %s", self._session.id, error)
                    self._client.junk_received()
                    continue
                for event in events:
                    if isinstance(event, CallEnded):
                        return
                    self._take(event)
                    await asyncio.sleep(0)  # a conversation that has just been created begins
        except ClientGone:
            pass
        except InputOverflow as error:
            logger.warning("session %s: the call is ended: %s", self._session.id, error)

    def _take(self, event: CallEvent) -> None:
        session = self._session
        match event:
            case CallStarted() if not session.has_begun:
                sound = self._protocol.format
                self._frames = Frames(sound.bytes_in(self._protocol.frame))
                session.begin(sound, sound, ahead=_AHEAD, delay=_DELAY)
                self._has_started.set()
            case CallerAudio(audio=audio) if session.has_begun:
                self._client.audio_received(self._protocol.format.seconds_in(len(audio)))
                session.stream.receive(audio)
            case KeyPress(key=key) if session.has_begun:
                conversation = session.conversation
                conversation.publish(KeyPressed(conversation.clock.now(), key))
                self._keys.press(key)
            case MarkPlayed(name=name):
                self._played(name)
            case _:
                pass

    def _played(self, name: str) -> None:
        """Follow where the caller is; marks that were sent before a clear are no longer known."""
        if any(each == name for each, _ in self._marks):
            while True:
                reached, position = self._marks.popleft()
                if reached == name:
                    self._session.stream.is_playing(position)
                    return

    async def _speak(self) -> None:
        """Send what the bot says, until it has hung up."""
        await self._has_started.wait()
        try:
            async for output in self._session.outgoing():
                await self._send(output)
            await self._play(self._frames.last())
        except ClientGone:
            pass

    async def _send(self, output: Outgoing) -> None:
        match output:
            case Sound(audio=audio, start=start):
                await self._play(self._frames.cut(audio))
                sent = len(audio) - self._frames.waiting
                await self._mark(start + self._protocol.format.seconds_in(sent))
            case Cleared():
                self._marks.clear()
                self._frames.clear()
                if (message := self._protocol.clear()) is not None:
                    await self._client.send(message)
            case _:
                pass

    async def _play(self, pieces: list[bytes]) -> None:
        for piece in pieces:
            await self._client.send(self._protocol.audio(piece))
        self._has_sent.set()

    async def _complete_frames(self) -> None:
        """Send the end of what the bot says when no more sound follows it."""
        with suppress(ClientGone):
            while True:
                self._has_sent.clear()
                try:
                    async with asyncio.timeout(_LAST_AFTER if self._frames.waiting else None):
                        await self._has_sent.wait()
                except TimeoutError:
                    await self._play(self._frames.last())

    async def _mark(self, position: float) -> None:
        if position - self._marked < _MARK_EVERY:
            return
        self._marked = position
        name = f"{position:.3f}"
        if (message := self._protocol.mark(name)) is not None:
            self._marks.append((name, position))
            await self._client.send(message)

    def _say_keys(self, line: str) -> None:
        with suppress(InputOverflow):  # so many keys mean nothing
            self._session.stream.receive_text(line)
