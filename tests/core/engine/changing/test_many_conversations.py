"""One bot holds several conversations when its config changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.engine.live.live_bot import LiveBot
from voicebot.errors import ProviderError
from voicebot.testing import ScriptedUser, simulated

from .editing import OPEN, SPOKEN, Detector, Ears, Editing

VOICE = ("{provider: mouth}", "{provider: mouth, voice: onyx}")
DETECTOR = ("{provider: scripted}", "{provider: scripted, hang_over: 0.7}")
EARS = ("{provider: ears}", "{provider: ears, model: large}")


class Several:
    """A bot, and users who talk to it one beside the other."""

    def __init__(self, live: LiveBot, tasks: asyncio.TaskGroup) -> None:
        self.live = live
        self._tasks = tasks

    async def comes(self, name: str = "") -> ScriptedUser:
        """Begin another conversation, whose bot is called differently if there is a name."""
        user = ScriptedUser()
        user.joins(Conversation(self.live.bot, user))
        self._tasks.create_task(self._run(user, name))
        await asyncio.sleep(0)
        return user

    async def _run(self, user: ScriptedUser, name: str) -> None:
        adapt = (lambda settings: settings.model_copy(update={"system": name})) if name else lambda each: each
        with self.live.following(user.conversation, adapt=adapt):
            await user.conversation.run()


@asynccontextmanager
async def several(editing: Editing, *edits: tuple[str, str]) -> AsyncGenerator[Several, None]:
    OPEN.clear()
    SPOKEN.clear()
    async with LiveBot(Bot.from_config(editing.config(*edits))) as live, asyncio.TaskGroup() as tasks:
        yield Several(live, tasks)
    assert not OPEN


async def say(user: ScriptedUser, text: str) -> None:
    await user.says(text, 0.5)
    await user.is_answered()


@simulated
async def test_who_comes_while_another_still_speaks_has_the_new_bot_and_both_go_on(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    async with several(editing) as it, asyncio.TaskGroup() as tasks:
        speaking, silent = await it.comes(), await it.comes()
        before = it.live.bot
        saying = tasks.create_task(speaking.says("a very long story of the sea", 6.0))
        await asyncio.sleep(0.5)
        applying = tasks.create_task(it.live.apply(editing.config(VOICE)))
        await asyncio.sleep(2.0)
        assert silent.conversation.bot is not before
        late = await it.comes()
        await say(late, "hello")
        assert SPOKEN == [("onyx", "All right.")]
        assert not applying.done()
        await saying
        await speaking.is_answered()
        await asyncio.sleep(0.5)
        assert [applying.done(), len({id(each.conversation.bot) for each in (speaking, silent, late)})] == [
            True,
            1,
        ]
        for user in (speaking, silent, late):
            user.hangs_up()
    assert [voice for voice, _ in SPOKEN] == ["onyx"] * len(SPOKEN)


@simulated
async def test_what_is_taken_back_stays_open_until_nobody_uses_it(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    async with several(editing) as it, asyncio.TaskGroup() as tasks:
        silent, speaking = await it.comes(), await it.comes()
        before = it.live.bot
        tasks.create_task(speaking.says("a very long story of the sea", 6.0))
        await asyncio.sleep(0.5)
        applying = tasks.create_task(it.live.apply(editing.config(VOICE, EARS)))
        await asyncio.sleep(2.0)
        late = await it.comes()
        assert late.conversation.bot is it.live.bot is not before
        telling = tasks.create_task(say(silent, "and now"))
        await asyncio.sleep(0.2)
        applying.cancel()  # a newer edit comes
        await asyncio.wait([applying])
        assert it.live.bot is before
        await telling
        await speaking.is_answered()
        await say(late, "hello")
        assert {each.conversation.bot for each in (silent, speaking, late)} == {before}
        for user in (silent, speaking, late):
            user.hangs_up()


@simulated
async def test_a_conversation_keeps_its_own_settings(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    async with several(editing) as it:
        own, common = await it.comes("Be a parrot."), await it.comes()
        await it.live.apply(editing.config(VOICE, ('on_error: ""', 'on_error: ""\nsystem: Be brief.')))
        systems = [user.conversation.history.request()[0].content for user in (own, common)]
        assert systems == ["Be a parrot.", "Be brief."]
        own.hangs_up()
        common.hangs_up()


@simulated
async def test_an_edit_that_fails_is_taken_back_everywhere(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    async with several(editing) as it:
        users = [await it.comes() for _ in range(3)]
        with pytest.raises(ProviderError, match="no such voice"):
            await it.live.apply(
                editing.config(("{provider: mouth}", "{provider: mouth, works: false}"), ('""', "Sorry."))
            )
        for user in users:
            await say(user, "hello")
            user.hangs_up()
    assert {voice for voice, _ in SPOKEN} == {"nova"}


@simulated
async def test_a_recogniser_that_opens_no_session_takes_the_edit_back_and_all_go_on(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    async with several(editing) as it:
        users = [await it.comes() for _ in range(3)]
        with pytest.raises(ProviderError, match="recognizer: no such model"):
            await it.live.apply(editing.config(VOICE, ("{provider: ears}", "{provider: ears, model: none}")))
        for user in users:
            await say(user, "hello")
            user.hangs_up()
    assert {voice for voice, text in SPOKEN if text} == {"nova"}


@simulated
async def test_a_plugin_that_breaks_when_an_edit_is_taken_back_keeps_no_other_conversation_from_that(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    editing = Editing(tmp_path)
    third = ("{provider: mind}", "{provider: mind, start: breaks at 4}")  # what goes back first asks again
    async with several(editing, third) as it:
        users = [await it.comes() for _ in range(3)]
        speaking = asyncio.create_task(users[-1].says("hello", 3.0))
        await asyncio.sleep(1)
        applying = asyncio.create_task(it.live.apply(editing.config(VOICE)))
        await asyncio.sleep(1)
        applying.cancel()
        await speaking
        await users[-1].is_answered()
        await say(users[0], "hello")
        await say(users[1], "hello")
        for user in users:
            user.hangs_up()
    assert [voice for voice, text in SPOKEN if text] == ["nova", "onyx", "nova"]
    assert "goes on with a config that others could not use: the change could not" in caplog.text


@simulated
async def test_recogniser_and_detector_are_tried_once_for_all_conversations(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    async with several(editing) as it:
        users = [await it.comes() for _ in range(5)]
        await it.live.apply(editing.config(EARS, DETECTOR))
        await asyncio.sleep(1)
        ears, detector = it.live.bot.recognizer, it.live.bot.voice_activity
        assert isinstance(ears, Ears)
        assert isinstance(detector, Detector)
        assert detector.detections == 1 + len(users)
        tried, *used = [session.hints.conversation for session in ears.sessions]
        assert sorted(used) == sorted(user.conversation.id for user in users)
        assert tried in used
        for user in users:
            await say(user, "hello")
            user.hangs_up()


@simulated
async def test_a_conversation_that_ends_before_it_was_run_holds_no_edit_up(tmp_path: Path) -> None:
    editing = Editing(tmp_path)
    async with several(editing) as it, asyncio.TaskGroup() as tasks:
        user = ScriptedUser()
        user.joins(Conversation(it.live.bot, user))
        with it.live.following(user.conversation):
            applying = tasks.create_task(it.live.apply(editing.config(VOICE)))
            await asyncio.sleep(1)
            assert not applying.done()
        assert await applying == ("synthesizer.voice nova -> onyx",)
