"""Which words a recogniser gives when it is asked at other moments than it was asked then."""

from __future__ import annotations

from voicebot import (
    FinalTranscript,
    PartialTranscript,
    ProviderAnswered,
    ProviderAsked,
    ProviderGiven,
    UserSpeechStarted,
    UserSpeechStopped,
)
from voicebot.messages import Hints
from voicebot_replay.providers.segments import segments, silences, speech_starts
from voicebot_replay.providers.transcript import ReplayedTranscript

EAR = "recognizer"


def partial(at: float, text: str) -> ProviderAnswered:
    return ProviderAnswered(at, EAR, 1, PartialTranscript(text))


def commit(at: float) -> ProviderGiven:
    return ProviderGiven(at, EAR, 1, "commit")


def final(at: float, text: str) -> ProviderAnswered:
    return ProviderAnswered(at, EAR, 1, FinalTranscript(text))


TALK = (
    ProviderAsked(0.0, EAR, 1, Hints()),
    UserSpeechStarted(1.0),
    partial(1.4, "i would"),
    partial(1.8, "i would like"),
    UserSpeechStopped(2.3, 2.0),
    commit(2.5),
    final(2.7, "I would like"),
    UserSpeechStarted(3.0),
    partial(3.4, "a pizza"),
    UserSpeechStopped(3.9, 3.6),
    commit(4.0),
    final(4.1, "a pizza."),
)


def transcript(
    *, heard: tuple[float, ...] = (1.1, 3.1), without_partials: bool = False
) -> ReplayedTranscript:
    events = [
        each
        for each in TALK
        if not (without_partials and isinstance(getattr(each, "answer", None), PartialTranscript))
    ]
    found = ReplayedTranscript(segments(events), speech_starts(events), silences(events))
    for at in heard:
        found.heard(at)
    return found


def test_a_final_in_the_same_pause_is_the_recorded_one_after_the_same_delay() -> None:
    given = transcript().final(2.6)
    assert (given.words, given.is_recorded) == (["I", "would", "like"], True)
    assert given.delay is not None
    assert abs(given.delay - 0.2) < 1e-9


def test_what_another_session_has_given_is_not_given_again() -> None:
    found = transcript()
    found.skip(2.6)
    assert found.final(2.6).words == ["I", "would", "like"]  # its final came later
    found = transcript()
    found.skip(3.0)
    assert found.partial(1, ["a", "pizza"]) == ["a", "pizza"]
    assert found.rest() == ["a", "pizza."]


def test_without_a_final_in_the_first_pause_the_next_has_all_words() -> None:
    found = transcript()
    assert found.partial(1, ["a", "pizza"]) == ["I", "would", "like", "a", "pizza"]
    assert found.final(4.2).words == ["I", "would", "like", "a", "pizza."]


def test_a_final_in_the_middle_of_speech_has_the_words_known_by_then_and_the_next_has_the_rest() -> None:
    found = transcript()
    first = found.final(1.5)
    assert (first.words, first.is_recorded) == (["i", "would"], False)
    assert found.partial(0, ["i", "would", "like"]) == ["like"]
    assert found.final(2.5).words == ["like"]


def test_without_partials_a_final_has_as_large_a_share_of_the_words_as_of_the_speech() -> None:
    assert transcript(without_partials=True).final(1.9).words == ["I", "would"]


def test_words_whose_sound_the_recogniser_was_not_given_are_not_recognised() -> None:
    found = transcript(heard=(3.1,))
    assert found.partial(0, ["i", "would"]) == []
    assert found.final(4.0).words == ["a", "pizza."]


def test_partials_go_on_while_their_final_is_on_its_way() -> None:
    found = transcript()
    given = found.final(2.5)
    assert found.partial(0, ["i", "would", "like", "to"]) == ["i", "would", "like", "to"]
    found.came(given)
    assert found.partial(0, ["i", "would", "like", "to"]) == []


def test_at_the_end_the_rest_is_given_once() -> None:
    found = transcript()
    found.final(2.5)
    assert found.rest() == ["a", "pizza."]
    assert found.rest() == []
