"""What the queue between the loop and the audio thread promises."""

from __future__ import annotations

from voicebot_audio.playback_queue import PlaybackQueue


def test_the_audio_thread_gets_what_was_put_and_then_silence() -> None:
    queue = PlaybackQueue(delay=0)
    queue.put(b"abcd")
    queue.put(b"ef")

    assert [queue.take(4), queue.take(4), queue.take(2)] == [b"abcd", b"ef\0\0", b"\0\0"]


def test_sound_counts_as_played_when_it_has_left_the_devices_own_buffer() -> None:
    queue = PlaybackQueue(delay=4)
    queue.put(b"abcdef")

    played = []
    for _ in range(6):
        queue.take(2)
        played.append((queue.played, queue.idle))

    assert played == [(0, False), (0, False), (2, False), (4, False), (6, True), (6, True)]


def test_cleared_sound_is_neither_taken_nor_played() -> None:
    queue = PlaybackQueue(delay=2)
    queue.put(b"abcdef")
    queue.take(2)

    queue.clear()

    assert queue.size == 0
    assert [queue.take(2), queue.take(2), queue.take(2)] == [b"\0\0"] * 3
    assert (queue.played, queue.idle) == (2, True)


def test_sound_already_in_the_device_counts_as_played_after_a_clear() -> None:
    queue = PlaybackQueue(delay=4)
    queue.put(b"abcdefgh")
    queue.take(4)

    queue.clear()
    heard = queue.played
    queue.put(b"efgh")
    for _ in range(4):
        queue.take(4)

    assert (heard, queue.played) == (4, 8)


def test_running_dry_in_mid_speech_is_an_underrun_however_long_it_lasts() -> None:
    queue = PlaybackQueue(delay=0)
    for _ in range(2):
        queue.put(b"abcd")
        for _ in range(5):
            queue.take(4)
    queue.put(b"abcd")

    assert queue.underruns == 2


def test_running_dry_between_replies_is_not_an_underrun() -> None:
    queue = PlaybackQueue(delay=0)
    queue.take(4)
    queue.put(b"abcd")
    queue.end()
    queue.take(4)
    queue.take(4)
    queue.put(b"abcdef")
    queue.take(4)
    queue.clear()
    queue.take(4)
    queue.put(b"abcd")

    assert queue.underruns == 0
