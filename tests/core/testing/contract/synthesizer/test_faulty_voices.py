"""Voices with one fault each, and the check that should catch it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from voicebot.testing.contract import SynthesizerContract

from . import faulty_lengths, faulty_life_cycles, faulty_speech, faulty_streams
from .faulty_lengths import SaysHalfItsRate, SaysTwiceItsRate
from .faulty_life_cycles import LeavesASocket, LeavesAThread
from .faulty_speech import (
    BlocksTheLoop,
    KnowsLatinAlone,
    SpeaksOneByOne,
    TimesWordsAfterTheSound,
    WaitsForAll,
    WaitsForEver,
)
from .faulty_streams import StreamsOneByOne
from .voices import KEY, Fades, Hums, Streams, Voice, contract

FAULTS: dict[type[Voice], str] = {
    **faulty_speech.FAULTS,
    **faulty_lengths.FAULTS,
    **faulty_streams.FAULTS,
    **faulty_life_cycles.FAULTS,
}
AGAIN = {"starting_twice_is_harmless", "cancelled_at_any_await_it_stops_within_250_ms"}
ALSO: dict[type[Voice], set[str]] = {
    # leftovers of every use are noticed by all checks for leftovers
    LeavesAThread: AGAIN,
    LeavesASocket: {*AGAIN, "a_start_that_is_cancelled_leaves_nothing"},
    TimesWordsAfterTheSound: {"twenty_utterances_at_once_are_kept_apart"},
    KnowsLatinAlone: {"word_timings_are_words_of_the_text_in_order"},
}
MAYBE: dict[type[Voice], set[str]] = {
    # it keeps all its speech until it is made, so what is measured meanwhile depends on the machine
    WaitsForAll: {"a_slow_consumer_does_not_fill_the_memory"},
    # on a busy machine, a start may be done before it is cancelled
    LeavesAThread: {"a_start_that_is_cancelled_leaves_nothing"},
}
HANGING = {WaitsForEver, BlocksTheLoop, SpeaksOneByOne, StreamsOneByOne}


@pytest.fixture(autouse=True)
def _tidy() -> Iterator[None]:
    yield
    faulty_life_cycles.release()


def faulty(voice: type[Voice], longest: float = 1.0) -> type[SynthesizerContract]:
    """Return its contract, with so many seconds for a voice that hangs."""
    return contract(voice, time_limit=longest if voice in HANGING else 8.0)


@pytest.mark.parametrize("voice", [Voice, Hums, Fades, Streams])
def test_a_correct_voice_passes(voice: type[Voice], outcomes: Callable[..., Any]) -> None:
    failed = {name: o.text for name, o in outcomes(faulty(voice)).items() if o.result == "failed"}
    assert not failed


@pytest.mark.parametrize("voice", FAULTS)
def test_a_fault_is_caught_by_the_corresponding_check(
    voice: type[Voice], outcomes: Callable[..., Any]
) -> None:
    meant = f"test_{FAULTS[voice]}"
    outcome = outcomes(faulty(voice), meant)[meant]
    assert outcome.result == "failed", outcome
    assert outcome.text.startswith("expected: ")
    assert "\nseen: " in outcome.text
    assert outcome.text.endswith(f"read: docs/reference/contract.md#{FAULTS[voice].replace('_', '-')}")
    assert KEY not in outcome.text


@pytest.mark.parametrize(
    ("voice", "pace"), [(SaysTwiceItsRate, (30.0, 45.0)), (SaysHalfItsRate, (8.0, 12.0))]
)
def test_the_failure_of_an_unusual_pace_names_the_option_to_set(
    voice: type[Voice], pace: tuple[float, float], outcomes: Callable[..., Any]
) -> None:
    check = "test_speech_is_as_long_as_its_text"
    as_it_comes = outcomes(faulty(voice), check)[check]
    on_purpose = outcomes(type("Paced", (contract(voice),), {"pace": pace}), check)[check]

    assert "set `pace` of the class or `--pace` of `voicebot check-plugin`" in as_it_comes.text
    assert on_purpose.result == "passed", on_purpose


@pytest.mark.slow
@pytest.mark.parametrize("voice", FAULTS)
def test_a_fault_is_caught_by_no_other_check(voice: type[Voice], outcomes: Callable[..., Any]) -> None:
    longest = 1.0 if voice is BlocksTheLoop else 6.0  # what does not hang may be slow on a busy machine
    found = outcomes(faulty(voice, longest)).items()
    failed = {
        name.removeprefix("test_"): outcome.text for name, outcome in found if outcome.result == "failed"
    }
    expected = {FAULTS[voice], *ALSO.get(voice, ())}
    assert failed.keys() - MAYBE.get(voice, set()) == expected, failed


def test_a_plugin_that_imports_its_sdk_when_it_is_loaded_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcomes: Callable[..., Any]
) -> None:
    (tmp_path / "heavy_voice.py").write_text(
        "import colorsys\nimport voicebot\n"
        "class HeavyOptions(voicebot.Options): pass\n"
        "class Heavy(voicebot.Synthesizer[HeavyOptions]):\n"
        "    async def synthesize(self, utterance):\n        yield voicebot.AudioChunk(b'')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    heavy: Any = __import__("heavy_voice")
    monkeypatch.delitem(sys.modules, "heavy_voice")

    class TestHeavy(SynthesizerContract):
        sdk = ("colorsys",)

        def make(self) -> Any:
            return heavy.Heavy(heavy.HeavyOptions())

    (outcome,) = outcomes(TestHeavy, "test_the_plugin_loads_without_its_sdk").values()
    assert outcome.result == "failed"
    assert "No module named 'colorsys'" in outcome.text
