"""Transcripts are written as they happen, to files that nobody else reads."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.typewriter import Typewriter, Typist

from voicebot import (
    Bot,
    BotCorrected,
    BotTurnEnded,
    Conversation,
    ConversationEnded,
    ConversationEvent,
    DeviceChanged,
    ProviderError,
    UnitSpoken,
    UserTurnEnded,
)
from voicebot.testing import Pause, ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer
from voicebot_observers.transcript import TranscriptOptions

from .transcripts import HEADING, lines, transcript


def test_markdown_is_read_by_a_person(watch, tmp_path):
    file = tmp_path / "talk.md"
    watch(transcript(file))
    assert file.read_text() == (
        f"{HEADING}**User** (0:02): tell me more\n\n"
        "**Polly** (0:03): Once there was a parrot.\n\n"
        "*1:05: The conversation ended.*\n\n"
    )


def test_what_the_user_heard_after_all_is_written_too(watch, tmp_path):
    ended = BotTurnEnded(2.0, "Well met.", interrupted=True)
    watch(
        transcript(file := tmp_path / "talk.md"),
        [ended, BotCorrected(2.1, "Well"), ended, BotCorrected(2.2, "")],
    )
    text = file.read_text()
    assert "*0:02: of that, the user heard:* Well\n" in text
    assert "*0:02: of that, the user heard:* *nothing*" in text


def test_timings_are_written_only_if_asked_for(watch, tmp_path):
    file = tmp_path / "talk.md"
    watch(transcript(file, timings=True))
    assert "*turn 1, answered after 1.10 s, 120 + 30 tokens, 1 prepared and discarded*" in file.read_text()


def test_json_lines_are_objects_with_wall_clock_times(watch, tmp_path):
    file = tmp_path / "talk.jsonl"
    watch(transcript(file, timings=True))
    entries = lines(file)
    assert [line["kind"] for line in entries] == ["start", "user", "bot", "timing", "end"]
    assert {line["conversation"] for line in entries} == {"c0ffee0"}
    assert (entries[0]["name"], entries[0]["model"]) == ("Polly", "gpt-x")
    assert entries[2] == {
        "conversation": "c0ffee0",
        "time": "2026-11-24T15:30:03.100+00:00",
        "at": 3.1,
        "kind": "bot",
        "text": "Once there was a parrot.",
        "interrupted": False,
    }
    assert (entries[3]["decided"], entries[3]["input_tokens"]) == (2.5, 120)


@pytest.mark.parametrize(
    ("name", "format", "begins"),
    [
        ("a.md", None, "##"),
        ("a", None, "##"),
        ("a.JSON", None, "{"),
        ("a.md", "jsonl", "{"),
        ("a.json", "markdown", "##"),
    ],
)
def test_the_suffix_decides_the_format_unless_the_option_does(watch, tmp_path, name, format, begins):
    watch(transcript(tmp_path / name, format=format))
    assert (tmp_path / name).read_text().startswith(begins)


def test_a_later_conversation_is_appended(watch, tmp_path):
    file = tmp_path / "talk.md"
    file.write_text("mine\n")
    watch(
        transcript(file),
        *[[UserTurnEnded(1.0, text), ConversationEnded(2.0)] for text in ("first", "second")],
    )
    text = file.read_text()
    assert text.startswith("mine\n")
    assert text.count(HEADING) == 2
    assert text.index("first") < text.index("second")


def test_simultaneous_conversations_can_be_distinguished_in_one_file(tmp_path, info):
    file = tmp_path / "talk.md"
    observer = transcript(file)

    async def run() -> None:
        queues: list[asyncio.Queue[ConversationEvent | None]] = [asyncio.Queue(), asyncio.Queue()]

        async def events(number: int) -> AsyncIterator[ConversationEvent]:
            while (event := await queues[number].get()) is not None:
                yield event
                queues[number].task_done()

        async with asyncio.TaskGroup() as tasks:
            for number in (0, 1):
                tasks.create_task(
                    observer.observe(info(id=f"c{number}", name=f"Bot {number}"), events(number))
                )
            for number in (0, 1, 1, 0):
                queues[number].put_nowait(DeviceChanged(1.0, True, f"from {number}"))
                await asyncio.sleep(0.05)
            for queue in queues:
                queue.put_nowait(None)

    asyncio.run(run())
    entries = [line for line in file.read_text().splitlines() if line]
    assert [line.split(",")[0].removeprefix("*0:01: ") for line in entries] == [
        "## Bot 0", "from 0*", "## Bot 1", "from 1*", "from 1*", "## Bot 0", "from 0*"
    ]  # fmt: skip


def test_placeholders_give_each_conversation_a_file_in_the_same_folder(watch, tmp_path):
    file = tmp_path / "talks" / "{name}" / "{started}-{id}.md"
    watch(transcript(file), name="../../etc/ Пират\n/x.sh", id="../../../root")
    (written,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written.relative_to(tmp_path / "talks") == Path("etc-Пират-x-sh", "20261124T153000Z-root.md")


@pytest.mark.parametrize("name", ["...", "", "/", "\x00"])
def test_a_name_without_a_safe_character_still_makes_a_file(watch, tmp_path, name):
    watch(transcript(tmp_path / "{name}.md"), name=name)
    assert (tmp_path / "unnamed.md").exists()


@pytest.mark.parametrize("file", ["{date}.md", "a{.md", "{started}/{Name}.md"])
def test_an_unknown_placeholder_is_refused(file):
    with pytest.raises(
        ValidationError, match=r"is not a placeholder; the placeholders are \{started\}, \{name\}, \{id\}"
    ):
        TranscriptOptions.model_validate({"file": file})


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions")
def test_only_its_owner_can_read_a_transcript(watch, tmp_path):
    watch(transcript(tmp_path / "{id}.md"))
    assert stat.S_IMODE((tmp_path / "c0ffee0.md").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("file", "reason"), [("there/talk.md", "Not a directory"), ("folder", "Is a directory")]
)
def test_a_path_that_cannot_be_written_is_reported_at_the_start(tmp_path, file, reason):
    (tmp_path / "there").write_text("a file")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ProviderError, match=f"cannot write transcripts to .*{file}: {reason}"):
        asyncio.run(transcript(tmp_path / file).start())


def test_starting_leaves_nothing_behind(tmp_path):
    asyncio.run(transcript(tmp_path / "talks" / "today" / "{id}.md").start())
    assert list(tmp_path.iterdir()) == []


def test_events_of_later_versions_are_ignored(watch, tmp_path):
    class Novelty:
        at = 1.0

    file = tmp_path / "talk.md"
    watch(transcript(file), [Novelty(), UserTurnEnded(1.0, "hello"), ConversationEnded(2.0)])
    assert "hello" in file.read_text()


def test_a_conversation_that_is_stopped_is_written_to_its_end(tmp_path):
    async def run() -> None:
        bot = Bot(
            recognizer=ScriptedRecognizer(),
            chat=ScriptedChatModel([["Once there was a parrot. ", Pause(float("inf"))]]),
            synthesizer=ScriptedSynthesizer(),
            device=Typewriter(Typist("tell me a story", every=0.0, leaves_after=float("inf"))),
            observers=[transcript(tmp_path / "talk.jsonl")],
        )
        async with bot, bot.device.open() as stream:
            conversation = Conversation(bot, stream)
            news = conversation.events()
            talking = asyncio.create_task(conversation.run())
            async for event in news:
                if isinstance(event, UnitSpoken):
                    break
            talking.cancel()
            await asyncio.wait([talking])

    asyncio.run(run())
    entries = [
        (line["kind"], line.get("text"), line.get("interrupted")) for line in lines(tmp_path / "talk.jsonl")
    ]
    assert entries == [
        ("start", None, None),
        ("user", "tell me a story", None),
        ("bot", "Once there was a parrot.", True),
        ("end", "input", None),
    ]
