"""The recogniser, with the real model."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from voicebot import FinalTranscript, Hints, PartialTranscript, ProviderError, Recognition
from voicebot_local.recognition.recognizer import WhisperOptions, WhisperRecognizer
from voicebot_local.recognition.text.languages import ENGLISH
from voicebot_local.recognition.whisper_model import BYTES_PER_SECOND, Sound, WhisperModel

WORDS = "weather like"
"""How the question ends; the model is small, and may miss the word before."""


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scenario)


def words(text: str) -> str:
    """Return the last two words of a text."""
    return " ".join(text.lower().rstrip(".?!").split()[-2:])


@asynccontextmanager
async def started(**options: Any) -> AsyncIterator[WhisperRecognizer]:
    recognizer = WhisperRecognizer(WhisperOptions(**options))
    await recognizer.start()
    try:
        yield recognizer
    finally:
        await recognizer.aclose()


async def next_final(recognition: Recognition) -> FinalTranscript:
    async for event in recognition:
        if isinstance(event, FinalTranscript):
            return event
    raise AssertionError("the iteration ended without a final")


def test_a_question_is_recognised_with_its_language_and_partials(question: bytes) -> None:
    async def scenario() -> None:
        async with started() as recognizer, recognizer.listen(Hints(languages=("en-GB",))) as recognition:
            await recognition.write(question)
            event = await anext(aiter(recognition))
            assert isinstance(event, PartialTranscript)
            assert event.text.startswith("What")
            await recognition.commit()
            final = await next_final(recognition)
            assert (words(final.text), final.language) == (WORDS, "en-GB")

    run(scenario())


def test_several_conversations_share_one_model_and_are_kept_apart(question: bytes) -> None:
    async def scenario() -> None:
        async with started(workers=2) as recognizer:

            async def listen(silent: bool) -> str:
                async with recognizer.listen(Hints()) as recognition:
                    await recognition.write(bytes(len(question)) if silent else question)
                    await recognition.commit()
                    return words((await next_final(recognition)).text)

            heard = await asyncio.gather(*(listen(silent) for silent in (False, True, False, True)))
            assert heard == [WORDS, "", WORDS, ""]

    run(scenario())


def test_closing_ends_the_threads_even_while_it_decodes(question: bytes) -> None:
    async def scenario() -> None:
        before = set(threading.enumerate())
        async with started() as recognizer, recognizer.listen(Hints()) as recognition:
            await recognition.write(question)
            await recognition.commit()
            decoding = asyncio.ensure_future(next_final(recognition))
            await asyncio.sleep(0)
            await recognizer.aclose()
            await asyncio.wait({decoding})
            left = [thread.name for thread in set(threading.enumerate()) - before]
            assert not [name for name in left if name.startswith("whisper")]
            await recognition.write(question)
            await recognition.commit()
            with pytest.raises(ProviderError, match="closed"):
                await next_final(recognition)

    run(scenario())


def test_a_decoding_that_nobody_waits_for_holds_up_nothing(question: bytes) -> None:
    async def scenario() -> None:
        async with started() as recognizer:
            for _ in range(5):
                async with recognizer.listen(Hints()) as recognition:
                    await recognition.write(question)
                    await recognition.commit()
                    decoding = asyncio.ensure_future(next_final(recognition))
                    await asyncio.sleep(0)
                    decoding.cancel()
                    await asyncio.wait({decoding})
            async with recognizer.listen(Hints()) as recognition:
                await recognition.write(question)
                await recognition.commit()
                assert words((await next_final(recognition)).text) == WORDS

    run(scenario())


def test_an_english_model_refuses_other_languages() -> None:
    async def scenario() -> None:
        async with started() as recognizer:
            for tags in (("de-DE",), ("xx-XX",), ("fr", "de")):
                with pytest.raises(ProviderError, match=r"English only, not .*; set `model` to") as caught:
                    async with recognizer.listen(Hints(languages=tags)):
                        pass
                assert not caught.value.retryable

    run(scenario())


def test_a_language_among_others_that_the_model_lacks_is_warned_about(
    question: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        hints = Hints(languages=("de-DE", "en-US"))
        async with started() as recognizer, recognizer.listen(hints) as recognition:
            await recognition.write(question)
            await recognition.commit()
            assert (await next_final(recognition)).language == "en-US"

    run(scenario())
    assert "tiny.en knows English only, not de-DE" in caplog.text


@pytest.mark.parametrize(
    ("language", "tags", "expected"),
    [
        (None, ("de-AT",), {"de-AT"}),
        (None, ("nb-NO", "fr-CA"), {"nb-NO", "fr-CA"}),
        ("zh-HK", ("de",), {"zh-HK"}),
        ("auto", ("de-AT",), {"en", "de-AT", "fr", "no", "zh", "yue"}),
    ],
)
def test_a_multilingual_model_is_told_its_language_or_finds_it_out(
    toy: Path, question: bytes, language: str | None, tags: tuple[str, ...], expected: set[str]
) -> None:
    async def scenario() -> None:
        options = {"model": str(toy), "language": language}
        async with started(**options) as recognizer, recognizer.listen(Hints((), tags)) as recognition:
            await recognition.write(question)
            await recognition.commit()
            assert (await next_final(recognition)).language in expected

    run(scenario())


def test_a_multilingual_model_refuses_what_it_does_not_know(toy: Path) -> None:
    async def scenario() -> None:
        async with started(model=str(toy)) as recognizer:
            with pytest.raises(ProviderError, match="does not know it-IT; it knows de, en, fr, no, yue, zh"):
                async with recognizer.listen(Hints(languages=("it-IT",))):
                    pass

    run(scenario())


@pytest.mark.parametrize(
    ("options", "language", "option", "message"),
    [
        ({}, "en-US", None, ""),
        ({}, "de-DE", "model", "knows English only, not de-DE; set `model` to one for many languages"),
        ({"language": "fr"}, "en-US", "language", "knows English only, not fr"),
        ({"language": "en"}, "de-DE", None, ""),
        ({"language": "auto"}, "de-DE", None, ""),
        ({"model": "bse"}, "en-US", "model", "did you mean base?"),
        ({"model": "base"}, "en-US", "model", "fetch it with `voicebot models fetch whisper/base`"),
        ({"model": "/nowhere"}, "en-US", "model", "there is no folder /nowhere"),
    ],
)
def test_a_config_is_checked_for_model_and_language(
    cache: Path, options: dict[str, str], language: str, option: str | None, message: str
) -> None:
    advice = list(WhisperOptions(**options).advice(language))

    assert [each.option for each in advice] == ([] if option is None else [option])
    assert all(message in each.message and each.severity == "error" for each in advice)


def test_a_distilled_model_counts_as_english_though_it_has_tokens_of_all_languages(
    cache: Path, toy: Path
) -> None:
    place = cache / "models--Systran--faster-distil-whisper-large-v3"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text("abc")
    (place / "snapshots").mkdir()
    (place / "snapshots" / "abc").symlink_to(toy)

    assert WhisperModel(WhisperOptions(model="distil-large-v3")).spoken == ENGLISH
    assert [each.option for each in WhisperOptions(model="distil-large-v3").advice("de")] == ["model"]


def test_a_graphics_card_that_is_not_there_is_one_line(toy: Path) -> None:
    with pytest.raises(ProviderError, match="set `device` to cpu") as caught:
        WhisperModel(WhisperOptions(model=str(toy), device="cuda"))
    assert "\n" not in str(caught.value)


def test_numbers_that_the_processor_does_not_calculate_with_are_one_line(toy: Path) -> None:
    with pytest.raises(ProviderError, match="`compute_type` to auto"):
        WhisperModel(WhisperOptions(model=str(toy), compute_type="int8_float16"))


def test_a_processor_without_the_instructions_of_the_detector_is_one_line(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    features = import_module("numpy._core._multiarray_umath").__cpu_features__
    for name in ("AVX2", "F16C"):
        monkeypatch.setitem(features, name, False)
    monkeypatch.setitem(features, "SSE", True)
    monkeypatch.setitem(features, "FMA3", True)

    with pytest.raises(ProviderError) as caught:
        asyncio.run(WhisperRecognizer(WhisperOptions(model=str(toy))).start())

    assert str(caught.value) == (
        "whisper: this processor lacks AVX2, F16C, which the voice activity model needs; use another "
        "recogniser, such as pocketsphinx"
    )


def test_the_phrases_are_read_before_the_sound(whisper: WhisperModel, question: bytes) -> None:
    prompt = "The forecast. What's the weather like? " * 40
    assert len(whisper.encoder.tokens(prompt)) > 300
    assert words(whisper.decode(Sound(question, 1.0, (), prompt)).text) == WORDS


def test_the_longest_sound_is_decoded(whisper: WhisperModel, question: bytes) -> None:
    audio = (question + bytes(BYTES_PER_SECOND)) * 20
    assert WORDS in whisper.decode(Sound(audio[: 30 * BYTES_PER_SECOND], 10.0)).text


def test_before_its_start_it_says_so() -> None:
    async def scenario() -> None:
        recognizer = WhisperRecognizer(WhisperOptions())
        with pytest.raises(ProviderError, match="whisper was not started"):
            async with recognizer.listen(Hints()):
                pass
        await recognizer.aclose()

    run(scenario())
