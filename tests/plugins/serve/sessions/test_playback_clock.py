"""What a client has played: a table of what was sent, said and cleared, and when."""

from __future__ import annotations

import pytest

from voicebot_serve.sessions.playback_clock import PlaybackClock


def test_sound_is_played_as_time_passes_after_the_delay() -> None:
    clock = PlaybackClock(delay=0.1)
    assert clock.add(now=5.0, seconds=2.0) == 0.0
    assert [clock.played(now) for now in (5.0, 5.1, 6.1, 7.1, 99)] == pytest.approx([0, 0, 1, 2, 2])


def test_sound_that_follows_in_time_has_no_delay_of_its_own() -> None:
    clock = PlaybackClock(delay=0.1)
    clock.add(0.0, 1.0)
    assert clock.add(0.5, 1.0) == 1.0
    assert clock.left(0.5) == pytest.approx(1.6)
    assert clock.played(2.1) == pytest.approx(2.0)


def test_cleared_sound_is_not_played_and_positions_go_on_after_it() -> None:
    clock = PlaybackClock(delay=0.0)
    clock.add(0.0, 2.0)
    assert clock.clear(0.5) == pytest.approx(0.5)
    assert clock.add(3.0, 1.0) == 2.0
    assert clock.position(3.25) == pytest.approx(2.25)
    assert clock.played(3.25) == pytest.approx(0.75)
    assert clock.played(9.0) == pytest.approx(1.5)


def test_the_second_clear_continues_from_the_first() -> None:
    clock = PlaybackClock(delay=0.0)
    clock.add(0.0, 2.0)
    clock.clear(0.5)
    clock.add(1.0, 2.0)
    assert clock.clear(1.75) == pytest.approx(2.75)
    assert clock.played(9.0) == pytest.approx(1.25)


def test_the_client_corrects_the_time() -> None:
    clock = PlaybackClock(delay=0.0)
    clock.add(0.0, 4.0)
    clock.is_at(1.0, position=0.6)
    assert clock.played(2.0) == pytest.approx(1.6)
    assert clock.left(2.0) == pytest.approx(2.4)
    assert clock.delay == pytest.approx(0.2)


def test_what_was_reported_as_played_is_never_taken_back() -> None:
    clock = PlaybackClock(delay=0.0)
    clock.add(0.0, 4.0)
    assert clock.played(1.0) == pytest.approx(1.0)
    clock.is_at(1.0, position=0.6)
    assert [clock.played(now) for now in (1.0, 1.2, 1.6)] == pytest.approx([1.0, 1.0, 1.2])


def test_word_of_sound_that_was_cleared_changes_nothing() -> None:
    clock = PlaybackClock(delay=0.0)
    clock.add(0.0, 4.0)
    clock.clear(1.0)
    clock.is_at(1.1, position=1.05)
    assert clock.left(1.1) == 0.0
    assert clock.delay == 0.0


def test_where_the_client_stopped_is_learned_for_the_next_time() -> None:
    clock = PlaybackClock(delay=0.0)
    for now in range(0, 60, 10):
        clock.add(now, 4.0)
        more = clock.stopped_at(clock.clear(now + 1) - (0.2 - clock.delay))  # it plays everything 0.2 s late
        assert more == pytest.approx(clock.delay - 0.2 + more / 2)
    assert clock.delay == pytest.approx(0.2, abs=0.01)


def test_a_client_that_claims_nonsense_is_believed_within_bounds() -> None:
    clock = PlaybackClock(delay=0.0)
    clock.add(0.0, 10.0)
    clock.clear(9.0)
    assert clock.stopped_at(-1e9) is clock.stopped_at(11.0) is None
    assert clock.delay == 0.0
    assert clock.stopped_at(0.0) == pytest.approx(-9.0)
    assert clock.delay == 2.0
