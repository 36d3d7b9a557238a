"""A bot whose config is edited while it talks: all or nothing, and nothing is left over."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from voicebot.errors import ProviderError
from voicebot.events import BotTurnEnded, ConfigChanged, UserTurnEnded
from voicebot.testing import ScriptedUser, simulated

from .editing import OPEN, SPOKEN, Chat, Editing, Voice


def changes(user: ScriptedUser) -> list[tuple[str, ...]]:
    return [event.changes for event in user.events if isinstance(event, ConfigChanged)]


def kinds() -> list[str]:
    return sorted(type(each).__name__ for each in OPEN)


@simulated
async def test_a_new_voice_is_heard_and_the_old_one_closed(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    async with editing.conversation() as user:
        chat = next(each for each in OPEN if isinstance(each, Chat))
        await user.says("hello")
        await user.is_answered()
        await editing.live.apply(editing.config(("mouth", "mouth, voice: onyx")))
        await user.says("hello")
        await user.is_answered()
        assert kinds() == ["Card", "Chat", "Detector", "Ears", "Voice"]
        assert chat in OPEN  # its section is the same
        assert [each.options.voice for each in OPEN if isinstance(each, Voice)] == ["onyx"]
    assert changes(user) == [("synthesizer.voice nova -> onyx",)]
    assert [voice for voice, _ in SPOKEN] == ["nova", "onyx"]
    assert OPEN == []


@simulated
async def test_a_bot_that_does_not_start_says_why(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    with pytest.raises(ProviderError, match="chat: no such key"):
        async with editing.conversation(("provider: mind", "provider: mind, start: fails")):
            raise AssertionError("it must not start")
    assert OPEN == []


@simulated
async def test_the_same_config_changes_nothing_and_secrets_are_not_shown(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    async with editing.conversation() as user:
        before = editing.live.bot
        assert await editing.live.apply(editing.config()) == ()
        assert editing.live.bot is before
        key = ("provider: mind", "provider: mind, key: sesame, reply: " + "long " * 10)
        config = editing.config(key)
        assert await editing.live.apply(config) == ("chat.reply", "chat.key")
    assert changes(user) == [("chat.reply", "chat.key")]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (("provider: mind", "provider: mind, start: fails"), "chat: no such key"),
        (("provider: mind", "provider: mind, start: breaks"), "chat: 'mind' could not start: KeyError .*"),
        (("provider: mouth", "provider: mouth, works: false"), "synthesizer: no such voice"),
    ],
)
def test_a_provider_that_does_not_start_or_speak_rolls_the_whole_edit_back(
    tmp_path: Path, edit: tuple[str, str], message: str
) -> None:
    @simulated
    async def run() -> None:
        editing = Editing(tmp_path)
        line = ('on_error: ""', "on_error: Sorry.")
        async with editing.conversation(line) as user:
            before, was_open = editing.live.bot, list(OPEN)
            with pytest.raises(ProviderError, match=f"^{message}$"):
                await editing.live.apply(editing.config(line, edit, ("ears", "ears, model: large")))
            await user.waits(1)
            assert (editing.live.bot, OPEN) == (before, was_open)
            await user.says("hello")
            await user.is_answered()
        assert changes(user) == []
        assert OPEN == []

    run()


BROKEN_DETECTOR = ("{provider: scripted}", "{provider: scripted, works: false}")
APPLIED = "the change could not be applied: {} (-v shows where)"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (("provider: mind", "provider: mind, start: breaks at 1"), APPLIED.format("KeyError")),
        (("provider: mind", "provider: mind, start: breaks at 2"), APPLIED.format("KeyError")),
        (
            ("turn_detector: null", "turn_detector: {provider: guess}"),
            APPLIED.format("TypeError"),
        ),
        (BROKEN_DETECTOR, "voice_activity: it broke: KeyError (-v shows where)"),
    ],
)
@pytest.mark.parametrize("while_speaking", [False, True])
def test_a_bug_of_a_plugin_rolls_the_edit_back_and_the_conversation_goes_on(
    tmp_path: Path, edit: tuple[str, str], message: str, while_speaking: bool
) -> None:
    @simulated
    async def run() -> None:
        editing = Editing(tmp_path)
        async with editing.conversation() as user, asyncio.TaskGroup() as tasks:
            await user.waits(1)
            was_open, voice = list(OPEN), ("mouth", "mouth, voice: onyx")
            speaking = tasks.create_task(user.says("hello there", 2.0)) if while_speaking else None
            await user.waits(0.5)
            with pytest.raises(ProviderError) as error:
                await editing.live.apply(editing.config(edit, voice))
            assert str(error.value) == message
            await (speaking or user.says("hello there"))
            await user.is_answered()
            await user.waits(1)
            assert was_open == OPEN
            await editing.live.apply(editing.config(voice))
            await user.says("and now")
            await user.is_answered()
        assert changes(user) == [("synthesizer.voice nova -> onyx",)]
        assert [voice for voice, _ in SPOKEN] == ["nova", "onyx"]
        assert OPEN == []

    run()


@simulated
async def test_toolsets_have_their_names_of_the_config_in_what_is_different(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    lamp = "{provider: lamp, allow: [light]}"
    edits = (f"tools: [{lamp}]", f"tools: [{lamp}, {lamp.replace('[light]', '[]')}]", "tools: []")
    async with editing.conversation() as user:
        for tools in edits:
            await editing.live.apply(editing.config(("device:", f"{tools}\ndevice:")))
    assert changes(user) == [
        ("tools.0 none -> lamp",),
        ("tools.1 none -> lamp 2",),
        ("tools.0 lamp 1 -> none", "tools.1 lamp 2 -> none"),
    ]
    assert OPEN == []


@simulated
async def test_an_edit_that_is_cancelled_while_the_user_speaks_changes_nothing(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    async with editing.conversation() as user, asyncio.TaskGroup() as tasks:
        was_open = list(OPEN)
        tasks.create_task(user.says("one two three", 3.0))
        await user.waits(0.5)
        applying = tasks.create_task(editing.live.apply(editing.config(("mouth", "mouth, voice: onyx"))))
        await user.waits(1.0)
        assert len(OPEN) == len(was_open) + 1
        applying.cancel()
        await user.waits(0.1)
        assert was_open == OPEN
        await editing.live.apply(editing.config(("mouth", "mouth, voice: echo")))
        await user.is_answered()
    assert changes(user) == [("synthesizer.voice nova -> echo",)]
    assert [voice for voice, _ in SPOKEN] == ["echo"]
    assert OPEN == []


async def talk_and_edit(editing: Editing, edits: int) -> ScriptedUser:
    """Have a user talk without long pauses, and edit everything all the time."""
    said: list[str] = []
    async with editing.conversation() as user:

        async def talk() -> None:
            number = 0
            while len(changes(user)) < edits:
                text = f"first{number} second{number} third{number}"
                said.append(text)
                await user.says(text, 1.2)
                await user.is_answered()
                number += 1

        async def edit() -> None:
            for number in range(edits):
                await user.waits(0.37 * (number % 4))
                await editing.live.apply(
                    editing.config(
                        ("mouth", f"mouth, voice: v{number}"),
                        ("ears", f"ears, model: m{number}"),
                        ("mind", f"mind, reply: Number {number}."),
                        ("turns: {", f"turns: {{patience: {0.5 + number % 3 / 10}, "),
                    )
                )

        await user.waits(2)
        tasks_before = len(asyncio.all_tasks())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(talk())
            tasks.create_task(edit())
        await user.waits(5)
        assert kinds() == ["Card", "Chat", "Detector", "Ears", "Voice"]
        assert len(asyncio.all_tasks()) == tasks_before
    turns = [event.text for event in user.events if isinstance(event, UserTurnEnded)]
    assert turns == said
    assert len([event for event in user.events if isinstance(event, BotTurnEnded)]) == len(said)
    assert OPEN == []
    return user


@simulated
async def test_no_word_is_lost_and_none_answered_twice_by_edits_while_the_user_talks(tmp_path: Path) -> None:
    await talk_and_edit(Editing(tmp_path), 6)


@pytest.mark.slow
@simulated
async def test_the_same_with_100_edits(tmp_path: Path) -> None:
    user = await talk_and_edit(Editing(tmp_path), 100)
    assert len(changes(user)) == 100
