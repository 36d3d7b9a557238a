"""The emulated text to speech speaks turns as the service does."""

from __future__ import annotations

import asyncio

import numpy
import pytest

from voicebot import AudioFormat
from voicebot.testing import ScriptedSynthesizer
from voicebot_emulator.latency import Latency
from voicebot_emulator.providers import Providers
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import running

from .client import AVA, HD, ID, TEXT, client, context, exchange, metadata, sound, ssml


def test_a_turn_has_the_messages_of_the_service() -> None:
    messages, _, _ = exchange(ssml("Ahoy."))
    paths = [message.path for message in messages]
    assert paths[:2] == ["turn.start", "response"]
    assert paths[-1] == "turn.end"
    assert {message.request_id for message in messages} == {ID}
    last_sound = max(i for i, message in enumerate(messages) if message.path == "audio")
    assert messages[last_sound].body == b""
    assert metadata(messages)[-1]["Type"] == "SessionEnd"
    assert metadata(messages)[-1]["Data"]["Offset"] == round(len(sound(messages)) / 48_000 * 10_000_000)


def test_words_and_punctuation_are_timed_before_their_sound() -> None:
    messages, _, _ = exchange(ssml("Ahoy, it's me."))
    spoken = [entry["Data"] for entry in metadata(messages)[:-1]]
    assert [entry["text"]["Text"] for entry in spoken] == ["Ahoy", ",", "it's", "me", "."]
    assert [entry["text"]["BoundaryType"] for entry in spoken] == [
        "WordBoundary",
        "PunctuationBoundary",
        "WordBoundary",
        "WordBoundary",
        "PunctuationBoundary",
    ]
    heard = 0.0
    for message in messages:
        if isinstance(message.body, bytes):
            heard += len(message.body) / 48_000
        elif message.path == "audio.metadata" and message.json()["Metadata"][0]["Type"] == "WordBoundary":
            assert message.json()["Metadata"][0]["Data"]["Offset"] / 10_000_000 >= heard - 0.1


def test_a_word_is_timed_with_its_vowel_signs() -> None:
    messages, _, _ = exchange(ssml("हिन्दी में, cafe\u0301। \u2764\ufe0fhi"))
    spoken = [entry["Data"]["text"]["Text"] for entry in metadata(messages)[:-1]]
    assert spoken == ["हिन्दी", "में", ",", "cafe\u0301", "।", "\u2764", "\ufe0f", "hi"]


@pytest.mark.parametrize(("voice", "asked"), [(HD, True), (AVA, False)])
def test_words_are_timed_only_if_asked_for_and_supported_by_the_voice(voice: str, *, asked: bool) -> None:
    messages, _, _ = exchange(ssml("Ahoy.", voice), context(words=asked))
    assert [entry["Type"] for entry in metadata(messages)] == ["SessionEnd"]


@pytest.mark.parametrize(
    ("format", "rate", "header"),
    [
        ("raw-8khz-16bit-mono-pcm", 8_000, 0),
        ("raw-16khz-16bit-mono-pcm", 16_000, 0),
        ("raw-22050hz-16bit-mono-pcm", 22_050, 0),
        ("raw-48khz-16bit-mono-pcm", 48_000, 0),
        ("riff-24khz-16bit-mono-pcm", 24_000, 44),
    ],
)
def test_sound_has_the_format_that_is_asked_for_and_the_length_of_the_text(
    format: str, rate: int, header: int
) -> None:
    audio = sound(exchange(ssml(TEXT), context(format))[0])
    assert audio.startswith(b"RIFF") is bool(header)
    assert (len(audio) - header) / 2 / rate == pytest.approx(len(TEXT) / 15, abs=0.01)
    samples = numpy.abs(numpy.frombuffer(audio[header:], dtype="<i2").astype("<i4"))
    assert 2_000 < samples.max() < 8_000


def test_text_without_a_word_is_a_turn_without_sound() -> None:
    messages, code, _ = exchange(ssml("  "))
    assert sound(messages) == b""
    assert messages[-1].path == "turn.end"
    assert code is None


def test_hd_voices_append_a_second_of_silence() -> None:
    audio = sound(exchange(ssml("Ahoy", HD))[0])
    assert not any(audio[-48_000:])
    assert any(audio[-52_800:-48_000])


def test_turns_are_spoken_one_after_the_other() -> None:
    async def scenario() -> None:
        async with Emulator() as emulator, client(emulator) as someone:
            await someone.send("synthesis.context", context())
            for request in ("A" * 32, "B" * 32):
                await someone.send("ssml", ssml("Ahoy."), request)
            for request in ("A" * 32, "B" * 32):
                assert {message.request_id for message in await someone.turn()} == {request}

    asyncio.run(scenario())


def test_a_turn_can_be_stopped() -> None:
    async def scenario() -> None:
        script = Script.model_validate({"spoken": {"speed": 1.0}})
        async with Emulator(script) as emulator, client(emulator) as someone:
            await someone.send("synthesis.context", context())
            await someone.send("ssml", ssml("A very long sentence. " * 50))
            while (message := await someone.receive()) is not None and message.path != "audio":
                pass
            await someone.send("synthesis.control", {"action": "stop"})
            rest = await someone.turn()
            assert rest[-1].path == "turn.end"
            assert len(sound(rest)) < 48_000
            await someone.send("ssml", ssml("Aye."))
            assert len(sound(await someone.turn())) == pytest.approx(48_000 * 4 / 15, abs=3)

    asyncio.run(scenario())


def test_delays_are_those_of_the_voices_family() -> None:
    drawn: list[str] = []

    class Noting(Latency):
        def draw(self, name: str) -> float:
            drawn.append(name)
            return 0.0

    for voice in (AVA, HD):
        exchange(ssml("Ahoy.", voice), latency=Noting())
    assert drawn == ["tts.first_byte.neural", "tts.first_byte.openai"]


def test_a_real_voice_speaks_where_there_is_one() -> None:
    voice = ScriptedSynthesizer()
    audio = sound(exchange(ssml(TEXT), providers=Providers(synthesizer=voice))[0])
    tone = sound(
        exchange(
            ssml(TEXT),
            providers=Providers(synthesizer=voice),
            script=Script.model_validate({"spoken": {"tone": True}}),
        )[0]
    )
    assert audio
    assert audio != tone
    assert voice.output_format == AudioFormat(24_000)


def test_text_can_be_written_while_it_is_spoken() -> None:
    import azure.cognitiveservices.speech as sdk

    with running(Emulator()) as emulator:
        config = sdk.SpeechConfig(
            subscription=emulator.environment["SPEECH_KEY"], endpoint=emulator.environment["SPEECH_ENDPOINT"]
        )
        config.set_speech_synthesis_output_format(sdk.SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm)
        config.speech_synthesis_voice_name = "en-US-Ava:DragonHDLatestNeural"
        synthesizer = sdk.SpeechSynthesizer(config, audio_config=None)
        request = sdk.SpeechSynthesisRequest(sdk.SpeechSynthesisRequestInputType.TextStream)
        begun = synthesizer.start_speaking(request)
        for piece in ("Ahoy, ma", "tey, how ", "are you?"):
            request.input_stream.write(piece)
        request.input_stream.close()
        stream = sdk.AudioDataStream(begun)
        audio = b""
        buffer = bytes(9_600)
        while size := stream.read_data(buffer):
            audio += buffer[:size]
        assert stream.status == sdk.StreamStatus.AllData
        assert len(audio) / 48_000 == pytest.approx(len("Ahoy, matey, how are you?") / 15 + 1.0, abs=0.1)
        written = emulator.emulator.journal.find(what="text.piece")
        assert "".join(entry.body for entry in written) == "Ahoy, matey, how are you?"
        del stream, begun, request, synthesizer


def test_openai_voices_do_not_take_text_that_is_being_written() -> None:
    async def scenario() -> None:
        async with Emulator() as emulator, client(emulator) as someone:
            await someone.send(
                "synthesis.context", context(input={"bidirectionalStreamingMode": True, "voiceName": HD})
            )
            await someone.turn()
            assert someone.closed == 1007

    asyncio.run(scenario())
