"""`cache`: the same audio from the disk for exactly the same request; a failing disk does no harm."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from voicebot import Choice, Options, SecretStr, Synthesizer, Utterance
from voicebot.plugin.registry import Registration
from voicebot_combine.cache.recording import Recording
from voicebot_combine.cache.store import Store, cache_folder
from voicebot_combine.cache.synthesizer import CacheOptions, CacheSynthesizer
from voicebot_combine.fallback.chat_and_voice import FallbackSynthesizer, FallbackSynthesizerOptions
from voicebot_combine.retry import RetrySynthesizer, RetrySynthesizerOptions

from ..conftest import Outage, Voice, around, choice, say

SOUND = bytes(range(250)) * 4


class SpokenOptions(Options):
    voice: str = "amy"
    key: SecretStr = SecretStr("very-secret")
    words: Path | None = None


def quick(**script: Any) -> Voice:
    return Voice(**{"first_byte": 0.0, "speed": 1e6, "chunk": SOUND, "word_timings": True, **script})


def spoken(voice: Voice, options: Options | None = None, name: str = "spoken") -> Choice[Synthesizer[Any]]:
    maker: Any = lambda _: voice  # noqa: E731
    return Choice(
        Registration(name, "synthesizer", maker, SpokenOptions, "voicebot-framework"),
        options or SpokenOptions(),
    )


def cached(voice: Voice | Choice[Any], folder: Path, **options: Any) -> CacheSynthesizer:
    of = spoken(voice) if isinstance(voice, Voice) else voice
    return CacheSynthesizer(CacheOptions(of=of, folder=folder, **options))


def real(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test with threads, which have no virtual time; it never waits."""

    def run(tmp_path: Path) -> None:
        asyncio.run(test(tmp_path))

    return run


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@real
async def test_a_sentence_is_spoken_once_and_then_read_from_the_disk(folder: Path) -> None:
    voice = quick()
    cache = cached(voice, folder)
    await cache.start()
    first, second = await say(cache, "Good day."), await say(cache, "Good day.", "another conversation")
    assert voice.utterances == ["Good day."]
    assert len(first.sound) == round(24_000 * 0.06 * 9) * 2
    assert (second.sound, second.timings, second.notices) == (first.sound, first.timings, [])
    await cache.aclose()
    assert (voice.starts, voice.closes) == (1, 1)

    later = quick()
    again = cached(later, folder)
    await again.start()
    assert (await say(again, "Good day.")).sound == first.sound
    assert later.utterances == []


def key(folder: Path, voice: Voice, options: Options, utterance: Utterance, name: str = "spoken") -> str:
    async def described() -> str:
        cache = cached(spoken(voice, options, name), folder)
        await cache.start()
        return cache._key(utterance)

    return asyncio.run(described())


HELLO = Utterance("Hello.", "en-US", "one")


@pytest.mark.parametrize(
    ("rate", "options", "utterance", "name"),
    [
        (24_000, SpokenOptions(), Utterance("Hello!", "en-US"), "spoken"),
        (24_000, SpokenOptions(), Utterance("Hello.", "en-GB"), "spoken"),
        (24_000, SpokenOptions(), Utterance("Hello."), "spoken"),
        (24_000, SpokenOptions(voice="eve"), HELLO, "spoken"),
        (16_000, SpokenOptions(), HELLO, "spoken"),
        (24_000, SpokenOptions(), HELLO, "other"),
    ],
)
def test_everything_that_affects_the_audio_is_in_the_key(tmp_path, rate, options, utterance, name) -> None:
    usual = key(tmp_path, Voice(), SpokenOptions(), HELLO)
    assert key(tmp_path, Voice(rate=rate), options, utterance, name) != usual


def test_secrets_and_conversations_are_not_in_the_key(tmp_path: Path) -> None:
    usual = key(tmp_path, Voice(), SpokenOptions(), HELLO)
    other = SpokenOptions(key=SecretStr("another"))
    assert key(tmp_path, Voice(), other, Utterance("Hello.", "en-US", "two")) == usual
    assert len(usual) == 64


def test_a_file_that_an_option_names_is_in_the_key_by_its_state(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("one")
    before = key(tmp_path, Voice(), SpokenOptions(words=words), HELLO)
    words.write_text("three")
    assert key(tmp_path, Voice(), SpokenOptions(words=words), HELLO) != before


def test_a_retry_around_the_synthesizer_does_not_change_the_key(tmp_path: Path) -> None:
    async def described() -> str:
        options = RetrySynthesizerOptions(of=spoken(Voice()))
        cache = cached(around(RetrySynthesizer, "retry", options), tmp_path)
        await cache.start()
        return cache._key(HELLO)

    assert asyncio.run(described()) == key(tmp_path, Voice(), SpokenOptions(), HELLO)


def test_a_cache_around_several_voices_is_rejected(tmp_path: Path) -> None:
    both = FallbackSynthesizerOptions(of=(choice(Voice(), "azure-tts"), choice(Voice(), "espeak")))
    with pytest.raises(ValueError, match="put a `cache` around each of them inside 'fallback'"):
        CacheOptions(of=around(FallbackSynthesizer, "fallback", both))


@real
async def test_failed_and_interrupted_sentences_are_not_cached(folder: Path) -> None:
    voice = quick(faults={0: Outage()})
    cache = cached(voice, folder)
    await cache.start()
    assert (await say(cache)).error is not None
    events = cache.synthesize(HELLO)
    await anext(events)
    await events.aclose()
    assert files(folder) == []
    await say(cache)
    assert len(files(folder)) == 1


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "alien", "longer"])
def test_a_damaged_file_is_a_miss_and_is_written_again(tmp_path: Path, damage: str) -> None:
    async def test() -> None:
        voice = quick()
        cache = cached(voice, tmp_path)
        await cache.start()
        first = await say(cache)
        (file,) = files(tmp_path)
        whole = file.read_bytes()
        file.write_bytes(
            {
                "cut": whole[:-10],
                "flipped": whole[:-1] + bytes([whole[-1] ^ 1]),
                "empty": b"",
                "alien": b"\xff\x00 {}\n",
                "longer": whole + b"\0\0",
            }[damage]
        )
        again = await say(cache)
        assert again.sound == first.sound
        assert len(voice.utterances) == 2
        assert file.read_bytes() == whole

    asyncio.run(test())


def test_a_stored_utterance_is_unchanged() -> None:
    assert Recording.decode(Recording(b"\1\2\3\4").encode()) == Recording(b"\1\2\3\4")
    assert Recording.decode(Recording(b"").encode()) is None
    assert Recording.decode(Recording(b"\n\n \n").encode()) == Recording(b"\n\n \n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
@real
async def test_only_the_owner_can_read_folder_and_files(folder: Path) -> None:
    cache = cached(quick(), folder / "a" / "sentences")
    await cache.start()
    await say(cache, "../../etc/passwd")
    (file,) = files(folder / "a" / "sentences")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert file.stem.isalnum()


def test_a_folder_that_cannot_be_used_is_warned_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    voice = quick()

    async def test() -> None:
        cache = cached(voice, blocked / "sentences")
        await cache.start()
        for _ in range(3):
            assert (await say(cache)).error is None

    with caplog.at_level(logging.WARNING):
        asyncio.run(test())
    assert len(voice.utterances) == 3
    (record,) = caplog.records
    assert "sentences cannot be" in record.message


def test_the_least_recently_used_files_are_deleted_first_and_the_limit_holds(tmp_path: Path) -> None:
    store = Store(tmp_path, max_bytes=1000)
    now = time.time()
    for age, name in enumerate(("new", "middle", "old")):
        store.write(name, bytes(300))
        os.utime(tmp_path / f"{name}.voice", (now - 100 * age - 100,) * 2)
    assert store.read("old") is not None
    store.write("another", bytes(300))
    assert sorted(file.stem for file in tmp_path.iterdir()) == ["another", "new", "old"]
    store.write("big", bytes(1001))
    assert store.read("big") is None
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 1000


def test_unfinished_files_are_deleted_after_an_hour(tmp_path: Path) -> None:
    old, fresh = tmp_path / "a.unfinished", tmp_path / "b.unfinished"
    old.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(old, (time.time() - 4000,) * 2)
    Store(tmp_path, max_bytes=1000).write("one", b"whole")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["b.unfinished", "one.voice"]


WRITER = """
import sys
from pathlib import Path
from voicebot_combine.cache.recording import Recording
from voicebot_combine.cache.store import Store
store = Store(Path(sys.argv[1]), max_bytes=60_000)
wrong = 0
for number in range(300):
    key = f"key{number % 17}"
    stored = store.read(key)
    if stored is not None:
        recorded = Recording.decode(stored)
        wrong += recorded is None or recorded.audio != bytes([number % 17]) * 5000
    store.write(key, Recording(bytes([number % 17]) * 5000).encode())
print(wrong)
"""


def test_several_processes_share_a_folder_and_none_reads_half_a_file(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [writer.communicate(timeout=60)[0].strip() for writer in writers] == ["0", "0"]
    assert [writer.returncode for writer in writers] == [0, 0]
    left = files(tmp_path)
    assert left
    assert sum(file.stat().st_size for file in left) <= 60_000
    assert not [file for file in left if file.suffix != ".voice"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="where XDG holds")
def test_the_default_folder_is_the_users_cache_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "voicebot"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "voicebot"
