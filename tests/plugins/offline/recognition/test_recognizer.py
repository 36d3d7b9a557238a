"""The recogniser, with real speech and real worker processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from voicebot import FinalTranscript, Hints, PartialTranscript, ProviderError, Recognition, RecognitionEvent
from voicebot_offline.recognition.recognizer import PocketsphinxOptions, PocketsphinxRecognizer

Speak = Callable[[str], bytes]
PHRASES = (
    "what's the weather like",
    "what is the weather in paris",
    "turn on the living room lamp",
    "go forward ten meters",
    "tell me a joke",
)


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scenario)


def workers() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "voicebot_offline.recognition.worker" in " ".join(child.cmdline())
    ]


async def reaped(process: psutil.Process) -> None:
    def watched() -> bool:
        watchers = [thread for thread in threading.enumerate() if "waitpid" in thread.name]
        return psutil.pid_exists(process.pid) or bool(watchers)

    while watched():  # noqa: ASYNC110 - asyncio watches its children in threads of its own
        await asyncio.sleep(0)
    for _ in range(5):
        await asyncio.sleep(0)


@asynccontextmanager
async def listening(
    phrases: tuple[str, ...] = PHRASES, **options: Any
) -> AsyncIterator[tuple[Recognition, AsyncIterator[RecognitionEvent]]]:
    recognizer = PocketsphinxRecognizer(PocketsphinxOptions(**options))
    await recognizer.start()
    try:
        async with recognizer.listen(Hints(phrases)) as recognition:
            yield recognition, aiter(recognition)
    finally:
        await recognizer.aclose()


async def next_final(events: AsyncIterator[RecognitionEvent]) -> str:
    async for event in events:
        if isinstance(event, FinalTranscript):
            return event.text
    raise AssertionError("the iteration ended without a final")


def test_other_speech_is_recognised_in_words_other_than_the_phrases(speak: Speak) -> None:
    async def scenario() -> None:
        async with listening() as (recognition, events):
            await recognition.write(speak("i would like a cup of tea"))
            await recognition.commit()
            assert await next_final(events) == "i would like a cup of tea"
            await recognition.write(speak("tell me a joke"))
            await recognition.commit()
            assert await next_final(events) == "tell me a joke"

    run(scenario())


def test_other_speech_has_no_words_if_only_phrases_are_recognised(speak: Speak) -> None:
    async def scenario() -> None:
        async with listening(vocabulary="phrases") as (recognition, events):
            await recognition.write(speak("i would like a cup of tea"))
            await recognition.commit()
            assert await next_final(events) == ""

    run(scenario())


def test_partials_grow_towards_the_final(speak: Speak) -> None:
    async def scenario() -> None:
        async with listening() as (recognition, events):
            await recognition.write(speak("turn on the living room lamp"))
            await recognition.commit()
            partials = []
            async for event in events:
                if isinstance(event, FinalTranscript):
                    break
                assert isinstance(event, PartialTranscript)
                partials.append(event.text)
            assert len(partials) > 2
            assert all(one != other for one, other in pairwise(partials))
            assert partials[-1] in ("turn on the living room lamp", "turn on the living room")

    run(scenario())


@pytest.mark.parametrize("size", [2, 346, 5_000, 1_000_000])
def test_the_size_of_what_is_written_does_not_matter(speak: Speak, size: int) -> None:
    async def scenario() -> None:
        audio = speak("go forward ten meters")
        async with listening(vocabulary="phrases") as (recognition, events):
            for first in range(0, len(audio), size):
                await recognition.write(audio[first : first + size])
            await recognition.commit()
            assert await next_final(events) == "go forward ten meters"

    run(scenario())


def test_each_commit_is_answered_by_exactly_one_final(speak: Speak) -> None:
    async def scenario() -> None:
        async with listening(vocabulary="phrases") as (recognition, events):
            await recognition.commit()
            await recognition.commit()
            await recognition.write(speak("tell me a joke"))
            await recognition.commit()
            await recognition.write(bytes(32_000))
            await recognition.commit()
            await recognition.finish()
            finals = [event.text async for event in events if isinstance(event, FinalTranscript)]
            assert finals == ["", "", "tell me a joke", ""]

    run(scenario())


def test_a_final_reported_while_a_commit_is_on_its_way_belongs_to_that_commit(speak: Speak) -> None:
    async def scenario() -> None:
        async with listening(vocabulary="phrases") as (recognition, events):
            pause = bytes(2 * 32_000)
            await recognition.write(speak("tell me a joke") + pause + speak("go forward ten meters") + pause)
            await recognition.commit()
            await recognition.finish()
            finals = [event.text async for event in events if isinstance(event, FinalTranscript)]
            assert finals == ["tell me a joke go forward ten meters"]

    run(scenario())


def test_long_speech_ends_at_its_pauses_without_a_commit(speak: Speak) -> None:
    async def scenario() -> None:
        said = [PHRASES[i % len(PHRASES)] for i in range(12)]
        async with listening(vocabulary="phrases") as (recognition, events):

            async def write() -> None:
                for phrase in said:
                    await recognition.write(speak(phrase) + bytes(40_000))
                await recognition.finish()

            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(write())
                finals = [event.text async for event in events if isinstance(event, FinalTranscript)]
            assert finals == said

    run(scenario())


@pytest.mark.slow
def test_speech_without_a_pause_ends_after_a_while(speak: Speak) -> None:
    async def scenario() -> None:
        without_pause = speak("tell me a joke")[16_000:-16_000]
        phrases = ("tell me a joke tell me a joke",)  # so that what is said goes on being one of them
        async with listening(phrases, vocabulary="phrases") as (recognition, events):
            [worker] = workers()
            finals, memory = 0, 0

            async def write() -> None:
                for _ in range(2 * 60 * 32_000 // len(without_pause)):
                    await recognition.write(without_pause)
                await recognition.finish()

            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(write())
                async for event in events:
                    with suppress(psutil.NoSuchProcess):  # it is done sooner than its last words are read
                        memory = max(memory, worker.memory_info().rss)
                    finals += isinstance(event, FinalTranscript)
            # two minutes were finalised in segments, so the worker's memory is that of one segment
            assert finals > 3
            assert 0 < memory < 150_000_000

    run(scenario())


def test_hours_of_silence_have_no_words() -> None:
    async def scenario() -> None:
        async with listening() as (recognition, events):
            for _ in range(600):
                await recognition.write(bytes(32_000))
            await recognition.finish()
            assert [event async for event in events] == []

    run(scenario())


def test_finish_yields_a_final_of_the_rest(speak: Speak) -> None:
    async def scenario() -> None:
        async with listening(vocabulary="phrases") as (recognition, events):
            await recognition.write(speak("tell me a joke"))
            await recognition.finish()
            await recognition.finish()
            finals = [event.text async for event in events if isinstance(event, FinalTranscript)]
            assert finals == ["tell me a joke"]
            await recognition.write(bytes(320))

    run(scenario())


def test_words_missing_from_the_dictionary_leave_out_only_their_phrase(
    speak: Speak, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        phrases = (
            "tell me a joke",
            "tell me a xyzzyplugh",
            "",
            "!!!",
            "расскажи шутку",
            "Go  FORWARD, ten meters!",
        )
        async with listening(phrases, vocabulary="phrases") as (recognition, events):
            await recognition.write(speak("go forward ten meters"))
            await recognition.commit()
            assert await next_final(events) == "go forward ten meters"

    with caplog.at_level("DEBUG", logger="voicebot_offline.recognition.session"):
        run(scenario())
    assert "xyzzyplugh" in caplog.text


def test_several_listen_at_the_same_time(speak: Speak) -> None:
    async def scenario() -> None:
        recognizer = PocketsphinxRecognizer(PocketsphinxOptions(vocabulary="phrases"))
        await recognizer.start()

        async def hear(phrase: str) -> str:
            async with recognizer.listen(Hints(PHRASES)) as recognition:
                await recognition.write(speak(phrase))
                await recognition.commit()
                return await next_final(aiter(recognition))

        assert tuple(await asyncio.gather(*(hear(phrase) for phrase in PHRASES))) == PHRASES
        await recognizer.aclose()

    run(scenario())
    assert workers() == []


def test_a_worker_killed_in_mid_speech_is_a_retryable_error(speak: Speak) -> None:
    async def scenario() -> None:
        recognizer = PocketsphinxRecognizer(PocketsphinxOptions(vocabulary="phrases"))
        await recognizer.start()
        async with recognizer.listen(Hints(PHRASES)) as recognition:
            await recognition.write(speak("tell me a joke"))
            workers()[0].kill()
            with pytest.raises(ProviderError, match="died") as caught:
                async for _ in recognition:
                    pass
            assert caught.value.retryable
            for _ in range(20):
                await recognition.write(speak("tell me a joke"))
            await recognition.commit()
            await recognition.finish()
        await recognizer.aclose()

    run(scenario())


def test_a_worker_that_died_while_it_waited_is_replaced(speak: Speak) -> None:
    async def scenario() -> None:
        recognizer = PocketsphinxRecognizer(PocketsphinxOptions(vocabulary="phrases"))
        await recognizer.start()
        [spare] = workers()
        spare.kill()
        await reaped(spare)
        async with recognizer.listen(Hints(PHRASES)) as recognition:
            await recognition.write(speak("tell me a joke"))
            await recognition.commit()
            assert await next_final(aiter(recognition)) == "tell me a joke"
        await recognizer.aclose()

    run(scenario())


def test_being_cancelled_in_mid_speech_leaves_no_process(speak: Speak) -> None:
    async def scenario() -> None:
        started = asyncio.Event()

        async def converse() -> None:
            async with listening() as (recognition, events):
                await recognition.write(speak("tell me a joke"))
                started.set()
                async for _ in events:
                    pass

        task = asyncio.create_task(converse())
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert workers() == []

    run(scenario())


def test_starting_and_closing_twice_is_harmless() -> None:
    async def scenario() -> None:
        recognizer = PocketsphinxRecognizer(PocketsphinxOptions(vocabulary="phrases"))
        await recognizer.aclose()
        await recognizer.start()
        await recognizer.start()
        assert len(workers()) == 1
        await recognizer.aclose()
        await recognizer.aclose()
        assert workers() == []

    run(scenario())


def test_a_writer_waits_while_the_worker_is_stopped() -> None:
    async def scenario() -> None:
        async with listening() as (recognition, _):
            worker = workers()[0]
            worker.suspend()
            minutes = bytes(32_000 * 60 * 5)
            writing = asyncio.create_task(recognition.write(minutes))
            done, _pending = await asyncio.wait({writing}, timeout=0.3)
            assert not done
            writing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await writing

    run(scenario())


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_worker_ignores_ctrl_c_and_ends_with_its_input() -> None:
    settings = '{"vocabulary": "phrases", "acoustic_model": null, "dictionary": null, "language_model": null}'
    command = [sys.executable, "-P", "-m", "voicebot_offline.recognition.worker", settings]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        assert worker.stdout.readline() == b'{"ready": true}\n'
        os.kill(worker.pid, signal.SIGINT)
        worker.stdin.write(b"C\0\0\0\0")
        worker.stdin.flush()
        assert worker.stdout.readline() == b'{"final": "", "commit": true}\n'
        worker.stdin.close()
        assert worker.wait(timeout=10) == 0


@pytest.mark.parametrize("name", ["acoustic_model", "dictionary", "language_model"])
def test_a_missing_model_is_named(name: str, tmp_path: Path) -> None:
    recognizer = PocketsphinxRecognizer(PocketsphinxOptions(**{name: tmp_path / "nothing"}))
    with pytest.raises(ProviderError, match=f"{name}.*nothing"):
        run(recognizer.start())


def test_an_invalid_model_is_reported_and_leaves_no_process(tmp_path: Path) -> None:
    (tmp_path / "model.lm").write_text("not a language model")
    recognizer = PocketsphinxRecognizer(PocketsphinxOptions(language_model=tmp_path / "model.lm"))
    with pytest.raises(ProviderError, match="cannot start"):
        run(recognizer.start())
    assert workers() == []


def test_another_language_without_its_models_is_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        recognizer = PocketsphinxRecognizer(PocketsphinxOptions(vocabulary="phrases"))
        async with recognizer.listen(Hints(languages=("de-DE",))):
            pass
        await recognizer.aclose()

    run(scenario())
    assert "de-DE" in caplog.text
