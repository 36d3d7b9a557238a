"""Recognisers with one fault each, derived from a correct one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from voicebot import (
    AudioFormat,
    FinalTranscript,
    Hints,
    Options,
    PartialTranscript,
    ProviderError,
    Recognition,
    RecognitionEvent,
    Recognizer,
)

WORDS = "there is a parrot on my left shoulder"


FRAME = 640


class Session(Recognition):
    """A correct session: reads the words in frames of scripted sound. The faulty ones derive from it."""

    def __init__(self, recognizer: Reader) -> None:
        self.recognizer = recognizer
        self.sound = b""
        self.words: list[str] = []
        self.events: asyncio.Queue[RecognitionEvent | ProviderError | None] = asyncio.Queue()

    async def write(self, audio: bytes) -> None:
        await asyncio.sleep(0)
        if not self.recognizer.connected:
            self.events.put_nowait(ProviderError("the line is dead", retryable=True))
        self.sound += audio
        while len(self.sound) >= FRAME:
            frame, self.sound = self.sound[:FRAME], self.sound[FRAME:]
            self.read(frame)

    def read(self, frame: bytes) -> None:
        if frame[0] and (said := frame[1:].rstrip(b"\0").decode()):
            self.words.append(said)
            self.events.put_nowait(PartialTranscript(" ".join(self.words)))

    async def commit(self) -> None:
        self.events.put_nowait(FinalTranscript(" ".join(self.words)))
        self.words.clear()

    async def finish(self) -> None:
        if self.words:
            await self.commit()
        self.events.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        while (event := await self.events.get()) is not None:
            if isinstance(event, ProviderError):
                raise event
            yield event


class Reader(Recognizer[Options]):
    """A correct recogniser."""

    input_format = AudioFormat(16_000)
    session: type[Session] = Session

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.connected = True

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        await asyncio.sleep(0)
        yield self.session(self)


class KeepsTheLastWord(Session):
    async def finish(self) -> None:
        if self.words:
            self.words.pop()
        await super().finish()


class DropsWhatIsLeftOfAFrame(Session):
    async def write(self, audio: bytes) -> None:
        await super().write(audio)
        self.sound = b""


class ReadsAtTheEnd(Session):
    def read(self, frame: bytes) -> None:
        if frame[0] and (said := frame[1:].rstrip(b"\0").decode()):
            self.words.append(said)


class SettlesTwice(Session):
    async def commit(self) -> None:
        words = " ".join(self.words)
        await super().commit()
        if words:
            self.events.put_nowait(FinalTranscript(words))


class SettlesNothingInSilence(Session):
    async def commit(self) -> None:
        if self.words:
            await super().commit()


class SettlesNothingTheSecondTime(Session):
    """Waits for words that never come, until the end."""

    settled = False

    async def commit(self) -> None:
        if self.words or not self.settled:
            self.settled = True
            await super().commit()

    async def finish(self) -> None:
        await Session.commit(self)
        self.events.put_nowait(None)


class EndsAtASecondCommit(Session):
    async def commit(self) -> None:
        if not self.words:
            self.events.put_nowait(None)
        await super().commit()


class TellsWhatIsSettled(Session):
    async def commit(self) -> None:
        late = PartialTranscript(" ".join(self.words))
        await super().commit()
        if late.text:
            self.events.put_nowait(late)


class TellsItsLastWordsInTheEnd(Session):
    """Finds the end of speech by itself, and does not reset its words."""

    commit = Recognition.commit

    async def finish(self) -> None:
        self.events.put_nowait(FinalTranscript(" ".join(self.words)))
        if self.words:
            self.events.put_nowait(PartialTranscript(self.words[-1].upper()))
        self.events.put_nowait(None)


class SettlesByItself(Session):
    """A correct session that finds the end of speech by itself."""

    commit = Recognition.commit

    async def finish(self) -> None:
        await Session.commit(self)
        self.events.put_nowait(None)


class EndsQuietlyWhenCutOff(Session):
    async def write(self, audio: bytes) -> None:
        if self.recognizer.connected:
            await super().write(audio)


class HearsGhosts(Session):
    def read(self, frame: bytes) -> None:
        super().read(frame if any(frame) else b"\1boo".ljust(FRAME, b"\0"))


class NeedsSound(Session):
    heard = False

    async def write(self, audio: bytes) -> None:
        self.heard = True
        await super().write(audio)

    async def finish(self) -> None:
        if self.heard:
            await super().finish()


class KeepsAllSound(Session):
    async def write(self, audio: bytes) -> None:
        await super().write(audio)
        self.all = [*getattr(self, "all", []), bytes(bytearray(audio))]


class GivesBareText(Session):
    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        async for event in super().__aiter__():
            yield getattr(event, "text", event)


class ListensOn(Session):
    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        try:
            async for event in super().__aiter__():
                yield event
        except asyncio.CancelledError:
            await asyncio.sleep(0.4)
            raise


class WaitsOnADeadLine(Session):
    async def write(self, audio: bytes) -> None:
        if not self.recognizer.connected:
            await asyncio.get_running_loop().create_future()
        await super().write(audio)


class SharesItsWords(Reader):
    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        async with super().listen(hints) as session:
            assert isinstance(session, Session)
            session.words = self.__dict__.setdefault("words", session.words)
            yield session


class SharesItsSound(Reader):
    """The rest of a frame is in one buffer for all sessions."""

    sound = b""

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        class Leftover(Session):
            async def write(self, audio: bytes) -> None:
                self.sound = self.recognizer.__dict__.get("sound", b"")
                await super().write(audio)
                self.recognizer.__dict__["sound"] = self.sound

        await asyncio.sleep(0)
        yield Leftover(self)
        self.__dict__.pop("sound", None)


class SharesWhatFillsNoPiece(Reader):
    """Takes sound in pieces of a tenth of a second; an incomplete piece is in one buffer for all sessions."""

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        shared = self.__dict__.setdefault("shared", bytearray())

        class Pieces(Session):
            async def write(self, audio: bytes) -> None:
                shared.extend(audio)
                while len(shared) >= 5 * FRAME:
                    piece = bytes(shared[: 5 * FRAME])
                    del shared[: 5 * FRAME]
                    await super().write(piece)

            async def finish(self) -> None:
                await super().write(bytes(shared))
                shared.clear()
                await super().finish()

        yield Pieces(self)
        shared.clear()


class ListensToOne(Reader):
    """Has one connection, and keeps it while a session is open."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.line = asyncio.Lock()

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        async with self.line, super().listen(hints) as session:
            yield session


class TellsOne(Reader):
    """Sessions get their events one after the other."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.telling = asyncio.Lock()

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        telling = self.telling

        class OneByOne(Session):
            async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
                async with telling:
                    async for event in super().__aiter__():
                        yield event

        await asyncio.sleep(0)
        yield OneByOne(self)


class KnowsLatinHints(Reader):
    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        [phrase.encode("latin-1") for phrase in hints.phrases]
        async with super().listen(hints) as session:
            yield session


class HasNoFormat(Reader):
    input_format: Any = None

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        raise ProviderError("not to be had")
        yield


def with_session(session: type[Session]) -> type[Reader]:
    return type(session.__name__, (Reader,), {"session": session})


FAULTS: dict[type[Reader], str] = {
    with_session(KeepsTheLastWord): "the_words_of_a_clip_are_recognised",
    with_session(GivesBareText): "the_words_of_a_clip_are_recognised",
    with_session(DropsWhatIsLeftOfAFrame): "sound_may_come_in_pieces_of_any_even_size",
    with_session(ReadsAtTheEnd): "words_come_before_the_sound_ends",
    with_session(SettlesTwice): "each_commit_is_answered_by_one_final",
    with_session(SettlesNothingInSilence): "each_commit_is_answered_by_one_final",
    with_session(SettlesNothingTheSecondTime): "each_commit_is_answered_by_one_final",
    with_session(EndsAtASecondCommit): "each_commit_is_answered_by_one_final",
    with_session(TellsWhatIsSettled): "final_words_are_not_reported_again",
    with_session(TellsItsLastWordsInTheEnd): "final_words_are_not_reported_again",
    with_session(EndsQuietlyWhenCutOff): "a_lost_network_raises_a_retryable_provider_error",
    SharesItsSound: "twenty_sessions_at_once_are_kept_apart",
    SharesWhatFillsNoPiece: "twenty_sessions_at_once_are_kept_apart",
    ListensToOne: "a_use_that_waits_does_not_block_another",
    TellsOne: "a_use_that_waits_does_not_block_another",
    with_session(HearsGhosts): "silence_has_no_words",
    with_session(NeedsSound): "a_session_without_sound_ends_without_words",
    SharesItsWords: "twenty_sessions_at_once_are_kept_apart",
    KnowsLatinHints: "any_hints_are_accepted_or_refused",
    with_session(KeepsAllSound): "unread_events_do_not_fill_the_memory",
    with_session(ListensOn): "cancelled_at_any_await_it_stops_within_250_ms",
    with_session(WaitsOnADeadLine): "a_lost_network_raises_a_retryable_provider_error",
    HasNoFormat: "its_format_is_known_after_its_start",
}


MANY = {"KeepsTheLastWord", "GivesBareText", "SettlesTwice", "HearsGhosts", "NeedsSound", "HasNoFormat"}
"""Faults that other checks notice too."""
