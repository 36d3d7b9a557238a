"""Voices that fail when they start, are cancelled, lose their service or close."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import threading
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any, ClassVar

from voicebot import (
    Options,
    ProviderError,
    SynthesisEvent,
    Utterance,
)

from .voices import KEY, Voice, VoiceOptions


class GoesOnWhenCancelled(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        for event in self.speech(utterance.text) if self.up else []:
            yield event
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0)


class SaysGoodbyeSlowly(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        try:
            async for event in super().synthesize(utterance):
                yield event
        except asyncio.CancelledError:
            await asyncio.sleep(0.4)
            raise


class FailsWhenCancelled(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        try:
            async for event in super().synthesize(utterance):
                yield event
        except asyncio.CancelledError as error:
            raise ProviderError("interrupted") from error


class LeavesATask(Voice):
    kept: ClassVar[set[Any]] = set()

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        whole = False
        try:
            async for event in super().synthesize(utterance):
                yield event
            whole = True
        finally:
            if not whole and self.up:
                self.kept.add(asyncio.create_task(asyncio.sleep(60.0), name="tidying up"))


class LeavesAThread(Voice):
    async def aclose(self) -> None:
        if self.up:
            threading.Thread(target=threading.Event().wait, args=(60.0,), name="player", daemon=True).start()
        await super().aclose()


class LeavesASocket(Voice):
    kept: ClassVar[list[socket.socket]] = []

    async def start(self) -> None:
        await super().start()
        self.kept += socket.socketpair()


class ForgetsItsFirstStart(Voice):
    async def start(self) -> None:
        await super().start()
        self.line = socket.create_server(("127.0.0.1", 0))
        Lines.opened.append(self.line)

    async def aclose(self) -> None:
        if self.up:
            self.line.close()
        await super().aclose()


class Lines:
    opened: ClassVar[list[socket.socket]] = []


class KeepsWhatACancelledStartBegan(Voice):
    async def start(self) -> None:
        LeavesASocket.kept += socket.socketpair()
        await asyncio.sleep(0)
        await super().start()
        for line in LeavesASocket.kept[-2:]:
            line.close()


class CannotBeClosedTwice(Voice):
    closed = False

    async def aclose(self) -> None:
        if self.closed:
            raise RuntimeError("not open")
        self.closed = True
        await super().aclose()


class HasNoStartInIt(Voice):
    def __init__(self, options: Options) -> None:
        super().__init__(options)
        del self.up

    async def aclose(self) -> None:
        self.up = True  # it continues to speak


class CrashesAfterClosing(Voice):
    closed = False

    async def aclose(self) -> None:
        self.closed = True

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        if self.closed:
            raise RuntimeError("session is closed")
        async for event in super().synthesize(utterance):
            yield event


class ShowsItsKey(Voice):
    def __repr__(self) -> str:
        return f"Voice(key={self.options.key.get_secret_value()})"


class LogsItsKey(Voice):
    async def start(self) -> None:
        logging.getLogger("voice").debug("connecting with %s", self.options.key.get_secret_value())
        await super().start()


class TellsItsKey(Voice):
    def trouble(self) -> ProviderError:
        return ProviderError(f"refused: {KEY}", retryable=self.options.service == "away")


class BareOptions(VoiceOptions):
    speed: float = 1.0


class HasBareOptions(Voice):
    def __init__(self, options: Options) -> None:
        super().__init__(BareOptions())
        self.options = BareOptions(**{name: getattr(options, name) for name in VoiceOptions.model_fields})


class GivesUpForGood(Voice):
    def trouble(self) -> ProviderError:
        return ProviderError("the service is not there")


class TriesForEver(Voice):
    def trouble(self) -> ProviderError:
        return ProviderError("the service is not there", retryable=True)


class LetsErrorsThrough(Voice):
    async def start(self) -> None:
        if self.options.service == "away":
            raise ConnectionRefusedError(111, "Connection refused")
        await super().start()


class EndsInSilenceWhenCutOff(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        try:
            async for event in super().synthesize(utterance):
                yield event
        except ProviderError:
            if not self.up:
                raise


class KeepsAFileOpenWhenCancelled(Voice):
    """Closes its file once everything is spoken, and awaits only once."""

    opened: ClassVar[list[int]] = []

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        if not self.up:
            raise ProviderError("the voice is not started")
        self.opened.append(os.open(__file__, os.O_RDONLY))
        note = self.opened[-1]
        await asyncio.sleep(0.005)
        for event in self.speech(utterance.text):
            if not self.connected:
                raise ProviderError("the connection is lost", retryable=True)
            yield event
        os.close(note)
        self.opened.remove(note)


class LeavesALongProcess(Voice):
    """Runs a process for as long as the text takes, and stops it once everything is spoken."""

    begun: ClassVar[list[subprocess.Popen[bytes]]] = []

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        takes = 0.03 * len(utterance.text)
        program = subprocess.Popen(["sleep", f"{takes:.3f}"])  # noqa: ASYNC220
        self.begun.append(program)
        asyncio.get_running_loop().call_later(takes + 0.1, program.poll)
        async for event in super().synthesize(utterance):
            yield event
        program.kill()
        program.wait()


class EndsWithWhatItHasWhenCutOff(Voice):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        said = 0
        try:
            async for event in super().synthesize(utterance):
                said += 1
                yield event
        except ProviderError:
            if not self.up:
                raise
            for event in list(self.speech(utterance.text))[said : said + 200]:
                yield event


FAULTS: dict[type[Voice], str] = {
    KeepsAFileOpenWhenCancelled: "no_process_or_file_is_left",
    LeavesALongProcess: "no_process_or_file_is_left",
    GoesOnWhenCancelled: "cancelled_at_any_await_it_stops_within_250_ms",
    SaysGoodbyeSlowly: "cancelled_at_any_await_it_stops_within_250_ms",
    FailsWhenCancelled: "cancelled_at_any_await_it_stops_within_250_ms",
    LeavesATask: "cancelled_at_any_await_it_stops_within_250_ms",
    LeavesAThread: "nothing_is_left_after_closing",
    LeavesASocket: "nothing_is_left_after_closing",
    ForgetsItsFirstStart: "starting_twice_is_harmless",
    KeepsWhatACancelledStartBegan: "a_start_that_is_cancelled_leaves_nothing",
    CannotBeClosedTwice: "closing_twice_or_without_a_start_is_harmless",
    HasNoStartInIt: "used_before_its_start_it_works_or_raises_a_provider_error",
    CrashesAfterClosing: "used_after_closing_it_works_or_raises_a_provider_error",
    ShowsItsKey: "secrets_are_never_shown",
    LogsItsKey: "secrets_are_never_shown",
    TellsItsKey: "secrets_are_never_shown",
    HasBareOptions: "every_option_is_documented",
    GivesUpForGood: "an_unreachable_service_raises_a_retryable_provider_error",
    LetsErrorsThrough: "an_unreachable_service_raises_a_retryable_provider_error",
    TriesForEver: "a_refusing_service_raises_a_provider_error_that_is_not_retryable",
    EndsWithWhatItHasWhenCutOff: "a_lost_network_raises_a_retryable_provider_error",
    EndsInSilenceWhenCutOff: "a_lost_network_raises_a_retryable_provider_error",
}


def release() -> None:
    """Release what these voices left behind."""
    for program in LeavesALongProcess.begun:
        program.kill()
        program.wait()
    for descriptor in KeepsAFileOpenWhenCancelled.opened:
        os.close(descriptor)
    LeavesALongProcess.begun.clear()
    KeepsAFileOpenWhenCancelled.opened.clear()
